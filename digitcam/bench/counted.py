"""Pages with an exact number of digits, for timing: the same work on every machine and in every version."""

from __future__ import annotations

import math

import cv2
import numpy as np

from digitcam.pages.glyphs import Glyph
from digitcam.pages.inking import Ink, Pen, render
from digitcam.pages.pen import make_style, write_digit
from digitcam.types import LABELS, Box, Frame, Truth

LARGEST = 1 / 6  # of the frame's height: a single digit does not fill the frame
FILLED = 0.55  # of a cell's height; the rest is the space between rows


def make_counted_frame(
    count: int, size: tuple[int, int], rng: np.random.Generator, ruled: bool = False
) -> Frame:
    """Write ``count`` digits in one hand on evenly spaced places of a page under uneven light.

    Args:
        count: ≥ 1.
        size: width and height in pixels.
        ruled: with a line under each row and one between, and the dark edge of a desk on the left.

    Returns:
        A frame that is not a still, with its truth.
    """
    width, height = size
    columns = max(1, math.ceil(math.sqrt(count * width / height)))
    rows = math.ceil(count / columns)
    cell_width, cell_height = width / columns, height / rows
    digit_height = min(FILLED * cell_height, 0.8 * cell_width, LARGEST * height)
    style = make_style(rng)
    pen = Pen(width=max(1.2, digit_height * float(rng.uniform(0.07, 0.12))))
    ink = np.zeros((height, width), np.uint8)
    truth = []
    for place in range(count):
        label = LABELS[place % len(LABELS)]
        drawn = render(Glyph(strokes=write_digit(label, rng, style)), digit_height, pen, rng)
        row, column = divmod(place, columns)
        centre = ((column + 0.5) * cell_width, (row + 0.5) * cell_height)
        truth.append(Truth(_lay(ink, drawn, centre), label, place))
    paper = _make_paper(size, rng)
    if ruled:
        spacing = cell_height / 2
        for line in range(1, 2 * rows):
            y, thickness = round(line * spacing), max(1, round(0.02 * digit_height))
            cv2.line(paper, (0, y), (width, y), (120, 110, 90), thickness, cv2.LINE_AA)
        paper[:, : round(0.02 * width)] *= 0.3
    return Frame(_write_on(paper, ink, rng), still=False, truth=tuple(truth))


def _lay(page: np.ndarray, drawn: Ink, centre: tuple[float, float]) -> Box:
    """Put ``drawn`` with its ink box around ``centre``, kept inside the page."""
    height, width = page.shape
    tall, wide = drawn.alpha.shape
    left = int(np.clip(round(centre[0] - wide / 2), 0, width - wide))
    top = int(np.clip(round(centre[1] - tall / 2), 0, height - tall))
    part = page[top : top + tall, left : left + wide]
    np.maximum(part, drawn.alpha, out=part)
    return Box(left + drawn.corner[0], top + drawn.corner[1], *drawn.size)


def _make_paper(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Light paper, lit unevenly: H×W×3 float32, BGR, 0 to 255."""
    light = cv2.resize(rng.uniform(150, 240, (2, 2)).astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    return light[:, :, None] * np.array([0.92, 0.97, 1.0], np.float32)


def _write_on(paper: np.ndarray, ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Dark ink on ``paper`` through a sensor's noise: H×W×3 uint8."""
    page = paper * (1 - 0.8 * ink.astype(np.float32) / 255)[:, :, None]
    noise = rng.normal(0, 3, (*ink.shape, 1)).astype(np.float32)
    return np.clip(page + noise, 0, 255).astype(np.uint8)
