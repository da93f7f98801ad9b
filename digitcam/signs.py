"""Signs in numbers: decimal point, comma, colon and minus, known by where they stand beside digits."""

from __future__ import annotations

import numpy as np

from digitcam.layer import InkLayer
from digitcam.marks import Marks, find_marks
from digitcam.rows import Rows, find_rows
from digitcam.types import Box, Digit, Sign

# All in digit heights. A sign is as bold as its digits, give or take.
LEAST_STRENGTH = 0.4
# Between two digits: at most this far from each, and inside their boxes by at most so much.
BESIDE = 0.8
INSIDE = 0.22
# A dot is at most this large and at least that.
DOT = (0.03, 0.34)
# A point or comma begins at most so high over the baseline, and ends at most so low.
LOW_TOP, LOW_FOOT = 0.34, -0.5
# A comma reaches this far below the baseline and is this much higher than a dot.
COMMA_FOOT, COMMA_HEIGHT = -0.09, 0.13
# The dots of a colon: how high their middles lie, how far one lies above the other and beside it.
COLON_LOW, COLON_HIGH = (-0.1, 0.45), (0.3, 0.95)
COLON_APART, COLON_ASIDE = (0.18, 0.75), 0.3
# A dash: its length, its slope, and the height of its middle.
DASH_LENGTH = (0.16, 0.95)
DASH_FLAT = 0.55
DASH_LEVEL = (0.2, 0.75)
DASH_BESIDE = 0.75


def find_signs(
    layers: tuple[InkLayer, ...], boxes: np.ndarray, dark: np.ndarray, contrast: np.ndarray
) -> tuple[Sign, ...]:
    """The signs beside digits.

    Args:
        layers: of the picture.
        boxes: N×4 int, x, y, width, height of digits that do not overlap, picture pixels.
        dark: N bool, whether a digit's ink is darker than the paper.
        contrast: N, mean strength of its ink in grey levels.

    Returns:
        At most one sign for each gap between two digits, and dashes; boxes in picture pixels.
    """
    if not len(boxes):
        return ()
    rows = find_rows(boxes)
    marks = find_marks(layers, rows, boxes, dark, contrast)
    if not len(marks):
        return ()
    return (*_between(marks, rows), *_dashes(marks))


def _between(marks: Marks, rows: Rows) -> list[Sign]:
    """Points, commas and colons, one for each gap at most."""
    near = (marks.left >= 0) & (marks.right >= 0) & (marks.strength >= LEAST_STRENGTH)
    near &= (np.maximum(marks.from_left, marks.to_right) <= BESIDE)
    near &= (np.minimum(marks.from_left, marks.to_right) >= -INSIDE)
    longer = np.maximum(marks.width, marks.height)
    dots = near & (longer <= DOT[1]) & (longer >= DOT[0])
    low = near & (longer >= DOT[0]) & (longer <= 0.55) & (marks.top <= LOW_TOP) & (marks.foot >= LOW_FOOT)
    signs = []
    for digit in np.unique(marks.left[near]).tolist():
        own = marks.left == digit
        colon = _colon(marks, np.flatnonzero(own & dots))
        if colon is not None:
            signs.append(colon)
            continue
        candidates = np.flatnonzero(own & low)
        if len(candidates):
            i = int(candidates[(marks.width * marks.height)[candidates].argmax()])
            comma = marks.foot[i] <= COMMA_FOOT and marks.height[i] >= COMMA_HEIGHT
            signs.append(Sign(_box(marks, i), "," if comma else "."))
    return signs


def _colon(marks: Marks, dots: np.ndarray) -> Sign | None:
    """Two dots one above the other."""
    middle = (marks.top + marks.foot) / 2
    centre = marks.boxes[:, 0] + marks.boxes[:, 2] / 2
    for low in dots:
        if not COLON_LOW[0] <= middle[low] <= COLON_LOW[1]:
            continue
        for high in dots:
            apart, aside = middle[high] - middle[low], abs(centre[high] - centre[low]) / marks.unit[low]
            if (
                COLON_HIGH[0] <= middle[high] <= COLON_HIGH[1]
                and COLON_APART[0] <= apart <= COLON_APART[1]
                and aside <= COLON_ASIDE
            ):
                return Sign(Box.around([_box(marks, int(low)), _box(marks, int(high))]), ":")
    return None


def _dashes(marks: Marks) -> list[Sign]:
    """Level bars at half the height of the digit on their right."""
    middle = (marks.top + marks.foot) / 2
    dash = (marks.right >= 0) & (marks.strength >= LEAST_STRENGTH)
    dash &= (marks.width >= DASH_LENGTH[0]) & (marks.width <= DASH_LENGTH[1])
    dash &= (marks.height <= DASH_FLAT * marks.width)
    dash &= (middle >= DASH_LEVEL[0]) & (middle <= DASH_LEVEL[1])
    dash &= (marks.to_right >= -INSIDE) & (marks.to_right <= DASH_BESIDE) & (marks.from_left >= -INSIDE)
    return [Sign(_box(marks, int(i)), "-") for i in np.flatnonzero(dash)]


def _box(marks: Marks, index: int) -> Box:
    return Box(*marks.boxes[index].tolist())
