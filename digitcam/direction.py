"""The direction that a page's rows run in, and crops turned level by it."""

from __future__ import annotations

import cv2
import numpy as np

from digitcam.normalise import SIDE, normalise_all

# Neighbours in a row: of like height, this near to each other in heights, and at most so far from level.
HEIGHT_RATIO = 1.6
REACH = 2.5
MOST_TILT = np.radians(32.0)
# Fewer pairs say nothing of a page.
LEAST_PAIRS = 3
# The network has learnt digits that are turned by less than this.
LEAST_TILT = np.radians(6.0)


def text_direction(boxes: np.ndarray) -> float:
    """The angle of the rows that digits stand in, in radians, positive where rows fall to the right.

    The median over each digit and its nearest neighbour to the right (O'Gorman, "The document spectrum for
    page layout analysis", 1993); 0 where too few digits have one.

    Args:
        boxes: N×4, x, y, width, height, of digits that do not overlap.
    """
    if len(boxes) <= LEAST_PAIRS:
        return 0.0
    x, y, width, height = boxes.astype(np.float64).T
    across = np.subtract.outer(x + width / 2, x + width / 2).T
    down = np.subtract.outer(y + height / 2, y + height / 2).T
    low, high = np.minimum.outer(height, height), np.maximum.outer(height, height)
    angle = np.arctan2(down, across)
    near = (high <= HEIGHT_RATIO * low) & (np.abs(angle) <= MOST_TILT) & (across > 0)
    distance = np.where(near, np.hypot(across, down) / low, np.inf)
    nearest = distance.argmin(1)
    rows = np.flatnonzero(distance[np.arange(len(boxes)), nearest] <= REACH)
    if len(rows) < LEAST_PAIRS:
        return 0.0
    return float(np.median(angle[rows, nearest[rows]]))


def levelled(crops: np.ndarray, angle: float) -> np.ndarray:
    """Crops turned by ``angle`` (radians) against the rows' direction, and normalised anew.

    Args:
        crops: N×28×28 uint8.
    """
    middle = (SIDE - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), float(np.degrees(angle)), 1.0)
    return normalise_all([cv2.warpAffine(c, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR) for c in crops])
