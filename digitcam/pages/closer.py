"""A closer look at a generated page: a part of it around one digit, as large as the camera would have it."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from digitcam.pages.page import Page
from digitcam.types import Box, Truth

# The part is so many digit lengths high, any ratio as likely as any other.
REACH = (1.3, 12.0)
ASPECT = (0.8, 1.6)
# The digit stands somewhere in the middle half.
MIDDLE = (0.25, 0.75)
LEAST_SIDE = 80
# Enlarged to at most this length, and by at most this factor: beyond it there is only blur.
MOST_SIDE = 900
MOST_ENLARGED = 4.0


class Part(NamedTuple):
    """``image`` H×W×3 uint8, the ``truth`` of the digits that are wholly seen, and boxes of those ``cut``."""

    image: np.ndarray
    truth: tuple[Truth, ...]
    cut: tuple[Box, ...]


def whole(page: Page) -> Part:
    """The page as it is."""
    return Part(page.image, page.truth, ())


def closer(page: Page, rng: np.random.Generator) -> Part:
    """Some part of a page with at least one digit, around one of them, often enlarged."""
    middle = page.truth[int(rng.integers(len(page.truth)))].box
    height = max(middle.width, middle.height) * float(np.exp(rng.uniform(*np.log(REACH))))
    width = max(LEAST_SIDE, round(height * float(rng.uniform(*ASPECT))))
    height = max(LEAST_SIDE, round(height))
    left = max(0, round(middle.x + middle.width / 2 - width * float(rng.uniform(*MIDDLE))))
    top = max(0, round(middle.y + middle.height / 2 - height * float(rng.uniform(*MIDDLE))))
    image = np.ascontiguousarray(page.image[top : top + height, left : left + width])
    height, width = image.shape[:2]
    factor = float(np.exp(rng.uniform(0, np.log(np.clip(MOST_SIDE / max(image.shape), 1, MOST_ENLARGED)))))
    image = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    seen: list[Truth] = []
    cut: list[Box] = []
    for digit in page.truth:
        box = digit.box
        x0, y0, x1, y1 = box.x - left, box.y - top, box.right - left, box.bottom - top
        inside = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
        if inside[0] >= inside[2] or inside[1] >= inside[3]:
            continue
        if inside == (x0, y0, x1, y1):
            seen.append(Truth(_scaled(inside, factor), digit.label))
        else:
            cut.append(_scaled(inside, factor))
    return Part(image, tuple(seen), tuple(cut))


def _scaled(sides: tuple[int, int, int, int], factor: float) -> Box:
    x0, y0, x1, y1 = (round(side * factor) for side in sides)
    return Box(x0, y0, max(1, x1 - x0), max(1, y1 - y0))
