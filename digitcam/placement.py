"""Where the drawing of a reading goes: labels, lines below numbers and their texts, clear of the digits.

Places follow the boxes without jumps wherever they can: from frame to frame a box moves by a pixel, and so
does its label. Nothing here draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digitcam.geometry import shared_areas
from digitcam.text import LEAST_TEXT, rim_width, text_width
from digitcam.types import Box

# Heights of labels as parts of the digit, and within what parts of the picture's shorter side.
LABEL_PART = 0.35
LEAST_LABEL_PART = 0.016
MOST_LABEL_PART = 0.055
# At most this part of the digit, whatever the picture.
MOST_OF_DIGIT = 0.5
# Digits up to so many times higher or lower than most of a page share one size of label.
LIKE = 1.6
# Where space is scarce text shrinks to this part of its size.
SHRUNK = 0.75
# A digit that reaches further down beside another, in that one's heights, stands in the same row.
SAME_ROW = 0.25
# Free space below and above a label, in its own heights: below it lies the outline of the box.
BELOW, ABOVE = 0.4, 0.3
# The text of a number as part of its digits' labels, and its distance from the line, in its own heights.
NUMBER_PART = 0.8
BESIDE = 0.5
# No writing is steeper than this, as a slope; two boxes may pretend to be.
STEEPEST = 1.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line of text goes: its left end at the foot, and the height of its capital letters."""

    x: float
    foot: float
    height: float
    width: int

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what the text covers, its rim included."""
        rim = rim_width(self.height)
        return self.x - rim, self.foot - self.height - rim, self.x + self.width + rim, self.foot + rim


@dataclass(frozen=True, slots=True)
class Underline:
    """A straight line below the digits of a number."""

    left: float
    right: float
    start: float
    slope: float

    def at(self, x: float) -> float:
        """The row that the line has reached in column ``x``."""
        return self.start + self.slope * (x - self.left)


def underline(number: Box, boxes: Sequence[Box], gap: float, floor: float) -> Underline:
    """The line along the feet of a number's digits, ``gap`` below the lowest foot.

    It runs in the direction of the digits' middles, since a 9 that reaches below the line tips the feet.

    Args:
        number: all of the number, signs included.
        boxes: of its digits.
        floor: the last row that may be drawn on.
    """
    xs, ys = zip(*(box.centre for box in boxes), strict=True)
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((each - x) ** 2 for each in xs)
    slope = sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / spread if spread else 0.0
    slope = min(max(slope, -STEEPEST), STEEPEST)
    lowest = max(box.bottom - slope * (box.centre[0] - number.x) for box in boxes) + gap
    lowest = min(lowest, floor, floor - slope * number.width)
    return Underline(number.x, number.right, lowest, slope)


def label_heights(boxes: np.ndarray, side: int) -> np.ndarray:
    """The heights of labels where there is space enough: N, pixels; alike on a page of like digits.

    Args:
        boxes: N×4, x, y, width, height.
        side: the picture's shorter side.
    """
    own = boxes[:, 3].astype(float)
    middle = float(np.median(own)) if len(own) else 0.0
    like = (own < LIKE * middle) & (own * LIKE > middle)
    wanted = LABEL_PART * np.where(like, middle, own)
    wanted = np.clip(wanted, LEAST_LABEL_PART * side, MOST_LABEL_PART * side)
    return np.maximum(LEAST_TEXT, np.minimum(wanted, MOST_OF_DIGIT * own))


def place_labels(
    boxes: np.ndarray, labels: Sequence[str], rows: Sequence[Sequence[int]], size: tuple[int, int]
) -> list[Place]:
    """A place for each digit's label: centred above the box.

    Where the row above or the frame's end is near, the label shrinks, and then slides into the top left
    corner of its own box, where it hides least.

    Args:
        boxes: N×4, x, y, width, height.
        labels: N.
        rows: indices of digits whose labels are to be of one size.
        size: width and height of the picture.
    """
    if not len(boxes):
        return []
    full = label_heights(boxes, min(size))
    x, y, width, height = boxes.T.astype(float)
    ceiling = _ceilings(boxes)
    heights = np.clip((y - ceiling) / (1 + BELOW + ABOVE), np.maximum(LEAST_TEXT, SHRUNK * full), full)
    for row in rows:
        heights[list(row)] = heights[list(row)].min()
    feet = np.maximum(y - BELOW * heights, ceiling + (1 + ABOVE) * heights)
    inside = np.clip((feet - y) / heights + BELOW, 0.0, 1.0)
    places = []
    for i, label in enumerate(labels):
        needed = text_width(label, heights[i])
        left = x[i] + (1 - inside[i]) * (width[i] - needed) / 2
        places.append(_within(Place(float(left), float(feet[i]), float(heights[i]), needed), *size))
    return places


def _ceilings(boxes: np.ndarray) -> np.ndarray:
    """N: where the digits end that stand above each box, or the picture begins; at most its own top."""
    x, y, width, height = boxes.T.astype(float)
    across = (x[:, None] < (x + width)[None]) & (x[None] < (x + width)[:, None])
    above = across & ((y + height)[None] < (y + SAME_ROW * height)[:, None])
    return np.minimum(np.where(above, (y + height)[None], 0.0).max(axis=1), y)


def _within(place: Place, wide: int, tall: int) -> Place:
    """The place moved into the picture; of text that is too wide the beginning is seen."""
    left, top, right, bottom = place.edges
    across = max(-left, min(0.0, wide - right))
    down = max(-top, min(0.0, tall - bottom))
    return Place(place.x + across, place.foot + down, place.height, place.width)


def place_number(
    text: str, line: Underline, height: float, taken: np.ndarray, size: tuple[int, int]
) -> Place:
    """A place for the text of a number: beside its line or below it, the first that hides nothing.

    Args:
        line: of the number.
        height: of capital letters.
        taken: N×4, left, top, right and bottom of all that should be seen.
        size: width and height of the picture.
    """
    places = []
    first, last = line.at(line.left), line.at(line.right)
    taken = np.vstack([taken, (line.left, min(first, last) - 1, line.right, max(first, last) + 1)])
    for letters in (height, max(LEAST_TEXT, SHRUNK * height)):
        width = text_width(text, letters)
        low = (1 + BESIDE) * letters
        right, left = line.right + BESIDE * letters, line.left - width - BESIDE * letters
        spots = (
            (right, last + BESIDE * letters),
            (right, last),
            (right, last - letters),
            (line.right - width, max(last, line.at(line.right - width)) + low),
            (left, first + BESIDE * letters),
            (left, first),
            (line.left, max(first, line.at(line.left + width)) + low),
        )
        places += [_within(Place(x, foot, letters, width), *size) for x, foot in spots]
    edges = np.array([place.edges for place in places])
    hidden = shared_areas(edges, taken).sum(axis=1)
    return places[int(hidden.argmin())]
