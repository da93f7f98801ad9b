"""What the user has said of the very same writing is settled: neither pieces nor the judge overrule it."""

from __future__ import annotations

import numpy as np

from digitcam.geometry import areas, corners, shared_areas
from digitcam.proposals import Candidates
from digitcam.types import LABELS

NOTHING = -1
DIGITS = len(LABELS)
# Where the judge leaves a digit less than this, what stands around speaks against it too plainly: every
# upright stroke looks like somebody's 1.
LEAST_JUDGED = 0.1
SETTLED = 0.9995
# A candidate with this share of its box within another is a piece of that.
PIECE_SHARE = 0.7


def settle(candidates: Candidates, probabilities: np.ndarray, said: np.ndarray) -> np.ndarray:
    """Probabilities in which what was said of candidates counts for certain.

    Args:
        candidates: N; probabilities: N×K, as the judge leaves them, digits first.
        said: N, what the user has said of the very same writing: 0 to 9, 10 for "not a digit", ``NOTHING``.

    Returns:
        N×K. The pieces of what is no digit are none either.
    """
    rows = np.flatnonzero(said != NOTHING)
    if not len(rows):
        return probabilities
    result = probabilities.copy()
    digits = rows[said[rows] < DIGITS]
    digits = digits[probabilities[digits, :DIGITS].sum(1) >= LEAST_JUDGED]
    result[digits] = (1 - SETTLED) / (probabilities.shape[1] - 1)
    result[digits, said[digits]] = SETTLED
    none = rows[said[rows] >= DIGITS]
    if len(none):
        edges = corners(candidates.boxes)
        shared = shared_areas(edges, edges[none])
        within = np.asarray((shared >= PIECE_SHARE * areas(edges)[:, None]).any(1))
        within[digits] = False
        within[none] = True
        result[within, :DIGITS] = 0
        result[within, DIGITS:] = 1
    return result
