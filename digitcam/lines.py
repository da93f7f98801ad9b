"""Ruled and squared paper: long straight runs of ink are taken out, strokes that cross them stay."""

from __future__ import annotations

import cv2
import numpy as np

# In pixels of a layer: longer than any stroke of a digit that is looked for in it.
LEAST_LENGTH = 81
# A line may drift by this much over that length, and be this thick.
DRIFT = 3
MOST_THICK = 5


# Lines are looked for in every fourth column (row): a run of samples is a run.
STEP = 4


def without_lines(mask: np.ndarray) -> np.ndarray:
    """The ink without long horizontal and vertical lines.

    Args:
        mask: h×w uint8, 255 = ink.

    Returns:
        The same shape; ``mask`` itself where there is no line.
    """
    result = mask
    for horizontal in (True, False):
        lines = _lines(mask, horizontal)
        if lines is not None:
            result = cv2.subtract(result, lines)
    return result


def _lines(mask: np.ndarray, horizontal: bool) -> np.ndarray | None:
    """The pixels of lines in one direction that no stroke crosses, or None where there is no line."""
    height, width = mask.shape
    if (width if horizontal else height) < LEAST_LENGTH:
        return None
    along = LEAST_LENGTH // STEP
    if horizontal:
        sample = cv2.dilate(mask, np.ones((DRIFT, 1), np.uint8))[:, ::STEP]
        runs = cv2.morphologyEx(sample.copy(), cv2.MORPH_OPEN, np.ones((1, along), np.uint8))
    else:
        sample = cv2.dilate(mask, np.ones((1, DRIFT), np.uint8))[::STEP]
        runs = cv2.morphologyEx(sample.copy(), cv2.MORPH_OPEN, np.ones((along, 1), np.uint8))
    if not runs.any():
        return None
    lines = cv2.bitwise_and(cv2.resize(runs, (width, height), interpolation=cv2.INTER_NEAREST), mask)
    # Where ink goes on to the side of a line for longer than a line is thick, a stroke crosses.
    across = 2 * MOST_THICK + 1
    crossing = np.ones((across, 1) if horizontal else (1, across), np.uint8)
    return cv2.subtract(lines, cv2.morphologyEx(mask, cv2.MORPH_OPEN, crossing))
