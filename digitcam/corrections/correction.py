"""One correction: a digit as the network was shown it, what stands around it, and what it is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitcam.types import LABELS, Box

# The surroundings are a square this many times the box's longer side, with the box in its middle.
AROUND = 2.0
# Pixels a side that they are kept at.
SURROUNDINGS = 64
CROP = 28
# What the keys and the file call what is no digit, after the ten digits.
NOT_A_DIGIT = len(LABELS)
WORDS = (*LABELS, "not a digit")


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """
    Attributes:
        crop: 28×28 uint8, what the network was shown, white ink on black.
        surroundings: 64×64×3 uint8, RGB, of the frame: a square around the box.
        box: of the digit, in pixels of its frame.
        label: what it is, 0 to 9, or 10 for "not a digit".
        read_as: what it was read as, the same way.
        time: seconds since 1970, UTC.
        model: SHA-256 of the Keras file of the digit network, hexadecimal.
        number: counts from 1 within the file, and is never used again; 0 for what is in no file yet.
    """

    crop: np.ndarray
    surroundings: np.ndarray
    box: Box
    label: int
    read_as: int
    time: float
    model: str
    number: int = 0

    def __post_init__(self) -> None:
        for name, shape in (("crop", (CROP, CROP)), ("surroundings", (SURROUNDINGS, SURROUNDINGS, 3))):
            value = getattr(self, name)
            if value.shape != shape or value.dtype != np.uint8:
                raise ValueError(f"{name} must be {shape} uint8, received {value.shape} {value.dtype}")
        for name in ("label", "read_as"):
            if not 0 <= getattr(self, name) <= NOT_A_DIGIT:
                raise ValueError(f"{name} must be from 0 to {NOT_A_DIGIT}, received {getattr(self, name)}")


def surroundings_of(image: np.ndarray, box: Box) -> np.ndarray:
    """What stands around a box: 64×64×3 uint8, RGB; beyond the picture its edge goes on.

    Args:
        image: H×W×3 uint8, BGR.
        box: in its pixels; it may reach beyond the edge.
    """
    side = max(2, round(AROUND * max(box.width, box.height)))
    left, top = (round(middle - side / 2) for middle in box.centre)
    height, width = image.shape[:2]
    rows = np.clip(np.arange(top, top + side), 0, height - 1)
    columns = np.clip(np.arange(left, left + side), 0, width - 1)
    square = np.ascontiguousarray(image[rows[:, None], columns])
    kind = cv2.INTER_AREA if side > SURROUNDINGS else cv2.INTER_LINEAR
    small = cv2.resize(square, (SURROUNDINGS, SURROUNDINGS), interpolation=kind)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB))
