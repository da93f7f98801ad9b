"""Digits to rows: which digit follows which, how far from it, and how the writing runs there.

Everything is in the text's own direction and in heights of the digits concerned, so that a page may be near
or far, level or tilted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digitcam.direction import text_direction

# Neighbours in a row: of like height, this far apart at most, and so far off level, in heights; a row that
# climbs by more than its page does may be so much further off for every height that lies between two digits.
HEIGHT_RATIO = 1.8
REACH = 2.5
LEAST_GAP = -0.45
OFF_LEVEL = 0.45
CLIMB = 0.12
# A digit is at least this wide, in heights, however it is turned.
SLIM = 0.12


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """N digits as they stand in rows; lengths are pixels, and ``after`` is in heights.

    Attributes:
        angle: of the page's rows, radians, positive where they fall to the right.
        along, across: N, where the middles of the digits lie in the direction of the rows and down from it.
        width, height: N, of the digits were they turned level.
        following: N, the index of the digit that comes next in the same row, -1 for none.
        after: N, the gap from a digit to the one that comes next; infinite for none.
    """

    angle: float
    along: np.ndarray
    across: np.ndarray
    width: np.ndarray
    height: np.ndarray
    following: np.ndarray
    after: np.ndarray

    @property
    def preceding(self) -> np.ndarray:
        """N, the index of the digit before in the same row, -1 for none."""
        result = np.full(len(self.following), -1)
        linked = np.flatnonzero(self.following >= 0)
        result[self.following[linked]] = linked
        return result

    def chains(self) -> list[list[int]]:
        """The digits of each row from its first one on, in no particular order of rows."""
        following = self.following.tolist()
        found = []
        for i in np.flatnonzero(self.preceding < 0).tolist():
            chain = []
            while i >= 0:
                chain.append(i)
                i = following[i]
            found.append(chain)
        return found


def find_rows(boxes: np.ndarray) -> Rows:
    """See which digits stand side by side.

    Two digits are neighbours where each is the nearest to the other on that side.

    Args:
        boxes: N×4, x, y, width, height, of digits that do not overlap.
    """
    angle = text_direction(boxes)
    x, y, wide, tall = boxes.astype(np.float64).reshape(-1, 4).T
    along, across = turned(x + wide / 2, y + tall / 2, angle)
    width, height = _level_sizes(wide, tall, angle)
    following, after = _neighbours(along, across, width, height)
    return Rows(angle, along, across, width, height, following, after)


def turned(x: np.ndarray, y: np.ndarray, angle: float) -> tuple[np.ndarray, np.ndarray]:
    """Places in the picture to places along the rows and down from them."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return x * cosine + y * sine, y * cosine - x * sine


def _level_sizes(width: np.ndarray, height: np.ndarray, angle: float) -> tuple[np.ndarray, np.ndarray]:
    """The sizes of digits turned level, from the boxes of digits turned by ``angle``.

    Of an ellipse the box is known at every angle, and digits are rounder than their boxes.
    """
    cosine, sine = np.cos(angle) ** 2, np.sin(angle) ** 2
    scale = max(cosine - sine, 0.2)
    level_height = np.sqrt(np.maximum(height**2 * cosine - width**2 * sine, 0.25 * height**2 * scale) / scale)
    level_width = np.sqrt(np.maximum(width**2 * cosine - height**2 * sine, 0.0) / scale)
    return np.clip(level_width, SLIM * level_height, None), level_height


def _neighbours(
    along: np.ndarray, across: np.ndarray, width: np.ndarray, height: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    count = len(along)
    following, after = np.full(count, -1), np.full(count, np.inf)
    if count < 2:
        return following, after
    middle = np.sqrt(np.outer(height, height))
    ahead = (along[None] - along[:, None]) / middle
    off = np.abs(across[None] - across[:, None]) / middle
    gap = ahead - np.add.outer(width, width) / 2 / middle
    ratio = np.maximum.outer(height, height) / np.minimum.outer(height, height)
    possible = (ahead > 0) & (gap >= LEAST_GAP) & (gap <= REACH) & (ratio <= HEIGHT_RATIO)
    possible &= off <= OFF_LEVEL + CLIMB * np.maximum(gap, 0)
    far = np.where(possible, gap + 2 * off, np.inf)
    best, best_before = far.argmin(1), far.argmin(0)
    rows = np.arange(count)
    mutual = (best_before[best] == rows) & np.isfinite(far[rows, best])
    following[mutual] = best[mutual]
    after[mutual] = gap[mutual, best[mutual]]
    return following, after
