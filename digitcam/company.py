"""A plain stroke is a 1 by its company: by itself it is a crack, a fold, a table's edge or a letter.

The network sees one crop and cannot tell. Among other digits of its height, in their row and written with
their pen, a stroke is likelier a 1 than its shape says; with none beside it, it is less likely, the more so
the more else there is in the picture.
"""

from __future__ import annotations

import numpy as np

from digitcam.proposals import Candidates

ONE = 1
# What company, and the lack of it in a crowded picture, are worth in log-odds.
AMONG_DIGITS = 2.0
ALONE = -3.5
# A picture with so many candidates is half crowded.
CROWD = 10.0
# The network must be this sure of a companion.
LEAST_BELIEF = 0.7
# Companions are at most this many heights away, share at least this part of the height, and are alike: these
# ratios of height, of contrast and of stroke width are one standard deviation.
REACH = 2.0
SHARED_HEIGHT = 0.5
HEIGHT_RATIO = 1.25
CONTRAST_RATIO = 1.6
STROKE_RATIO = 1.6
# A stroke is plain where its ink spreads across it by less than the first share of how it spreads along it
# (as variances), and is none where it spreads by the second.
STRAIGHT = (0.02, 0.06)


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
    crowd = len(candidates.boxes) - len(chosen)
    alone = ALONE * crowd / (crowd + CROWD) * plainness(candidates.crops[chosen[ones]])
    shift = AMONG_DIGITS * company + alone * (1 - company)
    after = 1 / (1 + np.exp(-(np.log(before / (1 - before)) + shift)))
    digits[ones] *= ((1 - after) / (1 - before))[:, None]
    digits[ones, ONE] = after
    return digits


def plainness(crops: np.ndarray) -> np.ndarray:
    """How much the ink of each crop is one straight stroke at any angle: N values from 0 to 1.

    Args:
        crops: N×28×28 uint8.
    """
    ink = crops.reshape(len(crops), -1) / np.maximum(crops.sum((1, 2), dtype=np.float64), 1)[:, None]
    side = crops.shape[1]
    rows, columns = np.divmod(np.arange(side * side, dtype=np.float64), side)
    y, x = ink @ rows, ink @ columns
    yy, xx, xy = ink @ rows**2 - y**2, ink @ columns**2 - x**2, ink @ (rows * columns) - x * y
    # The two eigenvalues of the covariance.
    spread = np.hypot(yy - xx, 2 * xy)
    ratio = (yy + xx - spread) / np.maximum(yy + xx + spread, 1e-9)
    return np.clip((STRAIGHT[1] - ratio) / (STRAIGHT[1] - STRAIGHT[0]), 0, 1)


def stroke_widths(candidates: Candidates, chosen: np.ndarray) -> np.ndarray:
    """The width of the strokes of the chosen candidates in frame pixels: twice the area by the outline."""
    ink = candidates.crops[chosen] > 127
    inner = ink[:, 1:-1, 1:-1] & ink[:, :-2, 1:-1] & ink[:, 2:, 1:-1] & ink[:, 1:-1, :-2] & ink[:, 1:-1, 2:]
    area = ink.sum((1, 2))
    outline = np.maximum(area - inner.sum((1, 2)), 1)
    # The longer side of the box is 20 pixels of the crop; an outline runs through the middle of its pixels.
    return (2 * area / outline - 1).clip(0.5) * candidates.boxes[chosen, 2:].max(1) / 20


def _company(candidates: Candidates, digits: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """How like each chosen candidate its best companion is: M values from 0 to 1."""
    x, y, width, height = candidates.boxes[chosen].astype(np.float64).T
    low = np.minimum.outer(height, height)
    gap = np.maximum.outer(x, x) - np.minimum.outer(x + width, x + width)
    shared = np.minimum.outer(y + height, y + height) - np.maximum.outer(y, y)
    like = _alike(height, HEIGHT_RATIO) * _alike(candidates.contrast[chosen] + 1, CONTRAST_RATIO)
    like *= _alike(stroke_widths(candidates, chosen), STROKE_RATIO)
    like *= (gap < REACH * low) & (shared > SHARED_HEIGHT * low)
    like *= np.equal.outer(candidates.dark[chosen], candidates.dark[chosen])
    like *= (digits.max(1) >= LEAST_BELIEF) & (digits.argmax(1) != ONE)
    np.fill_diagonal(like, 0)
    return like.max(1)


def _alike(values: np.ndarray, ratio: float) -> np.ndarray:
    """M×M: 1 for equal values, falling as a Gaussian of the logarithm of their ratio."""
    return np.exp(-0.5 * (np.subtract.outer(np.log(values), np.log(values)) / np.log(ratio)) ** 2)
