"""Which digit of this frame is which of the last: the assignment that costs least."""

from __future__ import annotations

import lap
import numpy as np

# A digit is sought this far from where it is expected, in heights; it is at most this much higher, or lower.
REACH = 0.6
HEIGHT_RATIO = 1.5
# What a pair costs: its distance as a share of the reach, what it lacks in likeness, its ratio of heights.
DISTANCE_COST, LIKENESS_COST, HEIGHT_COST = 0.5, 0.35, 0.15


def pair(expected: np.ndarray, found: np.ndarray, alike: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pairs of an optimal assignment (Jonker and Volgenant, 1987), as rows of both.

    Args:
        expected: N×4, boxes as x, y, width, height.
        found: M×4.
        alike: N×M, -1 to 1, how much they look alike.
    """
    if not len(expected) or not len(found):
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    before, after = (boxes[:, :2] + boxes[:, 2:] / 2 for boxes in (expected, found))
    apart = np.hypot(*(after[None] - before[:, None]).transpose(2, 0, 1))
    # A 1 is narrow: the longer side says how far is far.
    sides, others = expected[:, 2:].max(1), found[:, 2:].max(1)
    distance = apart / (REACH * np.maximum.outer(sides, others))
    ratio = abs(np.log(others[None] / sides[:, None])) / np.log(HEIGHT_RATIO)
    cost = DISTANCE_COST * distance + LIKENESS_COST * (1 - alike.clip(0, 1)) + HEIGHT_COST * ratio
    possible = (distance <= 1) & (ratio <= 1)
    most = DISTANCE_COST + LIKENESS_COST + HEIGHT_COST
    cost = np.where(possible, cost, 4 * most)
    # A pair is taken unless both are better off alone.
    _, partners, _ = lap.lapjv(cost.astype(np.float64), extend_cost=True, cost_limit=2 * most)
    first = np.flatnonzero(partners >= 0)
    second = partners[first]
    kept = possible[first, second]
    return first[kept], second[kept].astype(np.intp)
