"""Ruled and squared paper: long straight runs of ink are taken out, strokes that cross them stay."""

from __future__ import annotations

import cv2
import numpy as np

# In pixels of a layer: longer than any stroke of a digit that is looked for in it.
LEAST_LENGTH = 81
# A line may drift by this much over that length, and be this thick.
DRIFT = 3
MOST_THICK = 5


def without_lines(mask: np.ndarray) -> np.ndarray:
    """The ink without long horizontal and vertical lines.

    Args:
        mask: h×w uint8, 255 = ink.

    Returns:
        The same shape; ``mask`` itself where there is no line.
    """
    result = mask
    for horizontal in (True, False):
        lines = _lines(mask if horizontal else np.ascontiguousarray(mask.T))
        if lines is not None:
            result = cv2.subtract(result, lines if horizontal else np.ascontiguousarray(lines.T))
    return result


def _lines(mask: np.ndarray) -> np.ndarray | None:
    """The pixels of horizontal lines that no stroke crosses, or None where there is no line."""
    if mask.shape[1] < LEAST_LENGTH:
        return None
    tolerant = cv2.dilate(mask, np.ones((DRIFT, 1), np.uint8))
    runs = cv2.morphologyEx(tolerant, cv2.MORPH_OPEN, np.ones((1, LEAST_LENGTH), np.uint8))
    if not runs.any():
        return None
    lines = cv2.bitwise_and(runs, mask)
    # Where ink goes on above or below for longer than a line is thick, a stroke crosses.
    crossing = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((2 * MOST_THICK + 1, 1), np.uint8))
    return cv2.subtract(lines, crossing)
