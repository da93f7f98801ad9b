"""Which digit is meant: by a click, by the arrow keys, or the first. Boxes and points are in one picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digitcam.types import Box

# A click this far beside a box, in lengths of its longer side, still means it.
SPARE = 0.35
# What lies aside counts this much more than what lies ahead.
ASIDE = 2.0
# Unit steps of the arrow keys.
STEPS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def box_at(boxes: Sequence[Box], x: float, y: float) -> int | None:
    """The box that a click at (x, y) means: the smallest that holds it, else the nearest one close by."""
    inside = [i for i, box in enumerate(boxes) if box.x <= x < box.right and box.y <= y < box.bottom]
    if inside:
        return min(inside, key=lambda i: boxes[i].area)
    distances = [(_distance(box, x, y) / max(box.width, box.height), i) for i, box in enumerate(boxes)]
    nearest = min(distances, default=(np.inf, 0))
    return nearest[1] if nearest[0] <= SPARE else None


def box_beside(boxes: Sequence[Box], start: int, direction: str) -> int:
    """The next box to the ``left``, ``right``, ``up`` or ``down`` of one; that one where there is none."""
    step = STEPS[direction]
    x, y = boxes[start].centre
    best, least = start, np.inf
    for i, box in enumerate(boxes):
        dx, dy = box.centre[0] - x, box.centre[1] - y
        ahead = dx * step[0] + dy * step[1]
        aside = abs(dx * step[1]) + abs(dy * step[0])
        if i != start and ahead > 0 and ahead >= aside / ASIDE and ahead + ASIDE * aside < least:
            best, least = i, ahead + ASIDE * aside
    return best


def _distance(box: Box, x: float, y: float) -> float:
    """From a point to the edge of a box that does not hold it."""
    dx = max(box.x - x, x - box.right + 1, 0)
    dy = max(box.y - y, y - box.bottom + 1, 0)
    return float(np.hypot(dx, dy))
