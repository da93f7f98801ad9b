"""A digit is known by its company: the prior that the network, which sees one crop, cannot have.

Handwritten digits seldom stand alone: others of their height, written with their pen, stand beside them.
What has such fellows is likelier a digit than its crop says. What has none, in a picture that is full of
other things as bold, is less likely; a plain stroke all the more, for a crack, a fold, a table's edge and
the upright of a letter have the crop of a 1.
"""

from __future__ import annotations

import numpy as np

from digitcam.geometry import corners, shared_areas
from digitcam.proposals import Candidates

ONE = 1
# What fellows, and the lack of them in a crowded picture, are worth in log-odds: to any digit, and besides
# to a plain stroke, whose fellows are other digits in its row.
AMONG_DIGITS = 1.0
ALONE = -3.0
STROKE_AMONG_DIGITS = 2.0
STROKE_ALONE = -4.0
# With so many other things, each at least this bold against the digit, it is half lost in a crowd.
CROWD = 4.0
BOLD = 0.5
# A fellow counts from the first of these probabilities on, and in full from the second.
BELIEF = (0.6, 0.95)
# Of two fellows the better one counts this much.
FIRST_SHARE = 0.6
# Fellows are alike: these ratios of height, of contrast and of stroke width are one standard deviation. They
# are at most so many heights away; in a stroke's row less, and share at least this part of the height.
HEIGHT_RATIO = 1.5
ROW_HEIGHT_RATIO = 1.25
CONTRAST_RATIO = 1.6
STROKE_RATIO = 1.6
REACH = 5.0
ROW_REACH = 2.0
SHARED_HEIGHT = 0.5
# A stroke is plain where its ink spreads across it by less than the first share of how it spreads along it
# (as variances), and is none where it spreads by the second.
STRAIGHT = (0.02, 0.06)


def weigh_by_company(candidates: Candidates, probabilities: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """The probabilities of the chosen candidates, each weighed by the company that it has.

    Args:
        candidates: all N of the picture.
        probabilities: N×K of the network; the first ten columns are the digits.
        chosen: M indices of candidates that do not overlap each other.

    Returns:
        M×10 float64; rows that sum to 1 at most, as before.
    """
    digits = probabilities[chosen, :10].astype(np.float64)
    if not len(chosen):
        return digits
    rows, labels = np.arange(len(chosen)), digits.argmax(1)
    stroke = (labels == ONE) * plainness(candidates.crops[chosen])
    belief = np.clip((digits.max(1) - BELIEF[0]) / (BELIEF[1] - BELIEF[0]), 0, 1)
    fellows, row = _fellows(candidates, chosen, belief * (1 - stroke))
    lost = _crowd(candidates, chosen)
    shift = AMONG_DIGITS * fellows + ALONE * lost * (1 - fellows)
    of_stroke = STROKE_AMONG_DIGITS * row + STROKE_ALONE * lost * (1 - row)
    shift = (1 - stroke) * shift + stroke * of_stroke
    before = np.clip(digits[rows, labels], 1e-6, 1 - 1e-6)
    after = 1 / (1 + np.exp(-(np.log(before / (1 - before)) + shift)))
    digits *= ((1 - after) / (1 - before))[:, None]
    digits[rows, labels] = after
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


def _fellows(candidates: Candidates, chosen: np.ndarray, belief: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How good the fellows of each chosen candidate are, near it and in its row: twice M values, 0 to 1."""
    x, y, width, height = candidates.boxes[chosen].astype(np.float64).T
    low = np.minimum.outer(height, height)
    across = np.maximum.outer(x, x) - np.minimum.outer(x + width, x + width)
    down = np.maximum.outer(y, y) - np.minimum.outer(y + height, y + height)
    pen = _alike(candidates.contrast[chosen] + 1, CONTRAST_RATIO)
    pen *= _alike(stroke_widths(candidates, chosen), STROKE_RATIO)
    pen *= np.equal.outer(candidates.dark[chosen], candidates.dark[chosen]) * belief
    np.fill_diagonal(pen, 0)
    near = pen * _alike(height, HEIGHT_RATIO) * (np.maximum(across, down) < REACH * low)
    row = pen * _alike(height, ROW_HEIGHT_RATIO) * (across < ROW_REACH * low) * (-down > SHARED_HEIGHT * low)
    best = np.sort(np.pad(near, ((0, 0), (1, 0))), 1)
    return FIRST_SHARE * best[:, -1] + (1 - FIRST_SHARE) * best[:, -2], row.max(1)


def _crowd(candidates: Candidates, chosen: np.ndarray) -> np.ndarray:
    """How lost each chosen candidate is among what was not chosen and touches no digit: M values, 0 to 1."""
    placed = corners(candidates.boxes)
    others = ~(shared_areas(placed, placed[chosen]) > 0).any(1)
    bold = candidates.contrast * np.sqrt(candidates.ink)
    count = (bold[others][:, None] >= BOLD * bold[chosen]).sum(0)
    return count / (count + CROWD)


def _alike(values: np.ndarray, ratio: float) -> np.ndarray:
    """M×M: 1 for equal values, falling as a Gaussian of the logarithm of their ratio."""
    return np.exp(-0.5 * (np.subtract.outer(np.log(values), np.log(values)) / np.log(ratio)) ** 2)
