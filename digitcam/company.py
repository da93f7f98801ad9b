"""A plain stroke is a 1 by its company: by itself it is a crack, a fold, a table's edge or a letter.

The network sees one crop and cannot tell. Among other digits of its height, in their row, a stroke is
likelier a 1 than its shape says; with none beside it, it is less likely.
"""

from __future__ import annotations

import numpy as np

from digitcam.proposals import Candidates

ONE = 1
# What company, and the lack of it, are worth in log-odds.
AMONG_DIGITS = 2.0
ALONE = -1.0
# The network must be this sure of a companion.
LEAST_BELIEF = 0.7
# Companions are at most this many heights away, share at least half of the height, and are alike: these
# ratios of height and of contrast are one standard deviation.
REACH = 2.0
SHARED_HEIGHT = 0.5
HEIGHT_RATIO = 1.25
CONTRAST_RATIO = 1.6


def weigh_strokes(candidates: Candidates, probabilities: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """The probabilities of the chosen candidates with those of a 1 weighed by their company.

    Args:
        candidates: all N of the picture.
        probabilities: N×K of the network; the first ten columns are the digits.
        chosen: M indices of candidates that do not overlap each other.

    Returns:
        M×10 float64; rows that sum to 1 at most, as before.
    """
    digits = probabilities[chosen, :10].astype(np.float64)
    ones = np.flatnonzero(digits.argmax(1) == ONE) if len(chosen) else chosen
    if not len(ones):
        return digits
    company = _company(candidates, digits, chosen)[ones]
    before = np.clip(digits[ones, ONE], 1e-6, 1 - 1e-6)
    shift = AMONG_DIGITS * company + ALONE * (1 - company)
    after = 1 / (1 + np.exp(-(np.log(before / (1 - before)) + shift)))
    digits[ones] *= ((1 - after) / (1 - before))[:, None]
    digits[ones, ONE] = after
    return digits


def _company(candidates: Candidates, digits: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """How like each chosen candidate its best companion is: M values from 0 to 1."""
    x, y, width, height = candidates.boxes[chosen].astype(np.float64).T
    low = np.minimum.outer(height, height)
    gap = np.maximum.outer(x, x) - np.minimum.outer(x + width, x + width)
    shared = np.minimum.outer(y + height, y + height) - np.maximum.outer(y, y)
    like = _alike(height, HEIGHT_RATIO) * _alike(candidates.contrast[chosen] + 1, CONTRAST_RATIO)
    like *= (gap < REACH * low) & (shared > SHARED_HEIGHT * low)
    like *= np.equal.outer(candidates.dark[chosen], candidates.dark[chosen])
    like *= (digits.max(1) >= LEAST_BELIEF) & (digits.argmax(1) != ONE)
    np.fill_diagonal(like, 0)
    return like.max(1)


def _alike(values: np.ndarray, ratio: float) -> np.ndarray:
    """M×M: 1 for equal values, falling as a Gaussian of the logarithm of their ratio."""
    return np.exp(-0.5 * (np.subtract.outer(np.log(values), np.log(values)) / np.log(ratio)) ** 2)
