"""What a candidate has in common with the rest of the picture: numbers for the judge.

Handwritten digits seldom stand alone: others of their height, written with their pen, stand beside them.
What is paler than all the writing shows through from the other side; what stands alone among a hundred other
things as bold is likelier one of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from digitcam.geometry import corners, shared_areas
from digitcam.proposals import Candidates

ONE = 1
# A candidate counts for its neighbours from the first of these probabilities on, and in full from the second.
BELIEF = (0.9, 0.99)
# Of what counts for nothing else this much is believed, so that there always is something to compare with.
LEAST_BELIEF = 1e-3
# Fellows are alike: these ratios of height, of contrast and of stroke width are one standard deviation. They
# are at most so many heights away; in a row less, and share at least this part of the height.
HEIGHT_RATIO = 1.5
ROW_HEIGHT_RATIO = 1.25
CONTRAST_RATIO = 1.6
STROKE_RATIO = 1.6
REACH = 5.0
ROW_REACH = 2.0
SHARED_HEIGHT = 0.5
# Of a crowd is what is at least this bold against the candidate.
BOLD = 0.5
# A stroke is plain where its ink spreads across it by less than the first share of how it spreads along it
# (as variances), and is none where it spreads by the second.
STRAIGHT = (0.02, 0.06)
# No ratio of two things in a picture says more than this one, as a logarithm.
MOST_RATIO = 1.5


class Company(NamedTuple):
    """M values each; the columns of ``company``, in this order."""

    contrast: np.ndarray  # against the mean of the writing, a logarithm
    height: np.ndarray  # so, too
    stroke: np.ndarray  # so, too
    size: np.ndarray  # longer side against the picture's shorter one, a logarithm
    digits: np.ndarray  # elsewhere in the picture, log(1 + n)
    crowd: np.ndarray  # other things as bold, half of log(1 + n)
    plain: np.ndarray  # 0 to 1, how much it is a plain stroke taken for a 1
    fellow: np.ndarray  # 0 to 1, the best one near it
    in_row: np.ndarray  # 0 to 1, the best one in its row


COLUMNS = len(Company._fields)


def company(
    candidates: Candidates, probabilities: np.ndarray, chosen: np.ndarray, size: tuple[int, int]
) -> np.ndarray:
    """The company of the chosen candidates.

    Args:
        candidates: all N of the picture.
        probabilities: N×(K+1) of the network; the last column is what is none of its names, and of names that
            look alike the first has the sum.
        chosen: M indices.
        size: of the picture, pixels.

    Returns:
        M×9 float32, the columns of ``Company``.
    """
    if not len(chosen):
        return np.zeros((0, COLUMNS), np.float32)
    digits, boxes, ink = (
        probabilities[chosen, :-1],
        candidates.boxes[chosen],
        candidates.ink[chosen],
    )
    belief = np.clip((digits.max(1).astype(np.float64) - BELIEF[0]) / (BELIEF[1] - BELIEF[0]), 0, 1)
    placed = corners(boxes)
    apart = ~(shared_areas(placed, placed) > 0)
    plain = (digits.argmax(1) == ONE) * plainness(candidates.crops[chosen])
    stroke = stroke_widths(candidates, chosen)
    # The writing is what is believed to be digits, by its length.
    writing = (belief + LEAST_BELIEF) * np.sqrt(ink)
    writing /= writing.sum()
    fellow, in_row = _fellows(candidates, chosen, belief * (1 - plain) * apart, stroke)

    def against_writing(values: np.ndarray) -> np.ndarray:
        logs = np.log(values)
        return np.clip(logs - writing @ logs, -MOST_RATIO, MOST_RATIO)

    columns = Company(
        contrast=against_writing(candidates.contrast[chosen] + 1.0),
        height=against_writing(boxes[:, 3].astype(np.float64)),
        stroke=against_writing(stroke),
        size=np.log(boxes[:, 2:].max(1) / min(size)),
        digits=np.log1p(apart @ _places(belief, apart)),
        crowd=np.log1p(_crowd(candidates, chosen, chosen[belief > 0])) / 2,
        plain=plain,
        fellow=fellow,
        in_row=in_row,
    )
    return np.stack(columns, axis=1).astype(np.float32)


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


def _places(belief: np.ndarray, apart: np.ndarray) -> np.ndarray:
    """Belief as shares of places: what overlaps is one digit, however many candidates say so. M values."""
    there = np.maximum((~apart) @ belief, 1.0)
    return belief / there


def _fellows(
    candidates: Candidates, chosen: np.ndarray, belief: np.ndarray, stroke: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How good the best fellow of each chosen candidate is, near it and in its row: twice M values, 0 to 1.

    Args:
        candidates: all of the picture.
        chosen: M indices.
        belief: M×M, how much the candidate of a column counts for that of a row.
        stroke: M stroke widths.
    """
    x, y, width, height = candidates.boxes[chosen].astype(np.float64).T
    low = np.minimum.outer(height, height)
    across = np.maximum.outer(x, x) - np.minimum.outer(x + width, x + width)
    down = np.maximum.outer(y, y) - np.minimum.outer(y + height, y + height)
    pen = _alike(candidates.contrast[chosen] + 1, CONTRAST_RATIO) * _alike(stroke, STROKE_RATIO)
    pen *= np.equal.outer(candidates.dark[chosen], candidates.dark[chosen]) * belief
    near = pen * _alike(height, HEIGHT_RATIO) * (np.maximum(across, down) < REACH * low)
    row = pen * _alike(height, ROW_HEIGHT_RATIO) * (across < ROW_REACH * low) * (-down > SHARED_HEIGHT * low)
    return near.max(1), row.max(1)


def _crowd(candidates: Candidates, chosen: np.ndarray, sure: np.ndarray) -> np.ndarray:
    """How many other things, none near a sure digit, are as bold as each chosen candidate: M values."""
    placed = corners(candidates.boxes)
    others = ~(shared_areas(placed, placed[sure]) > 0).any(1)
    bold = candidates.contrast * np.sqrt(candidates.ink)
    return others.sum() - np.searchsorted(np.sort(bold[others]), BOLD * bold[chosen])


def _alike(values: np.ndarray, ratio: float) -> np.ndarray:
    """M×M: 1 for equal values, falling as a Gaussian of the logarithm of their ratio."""
    logs = np.log(values)
    return np.exp(-0.5 * (np.subtract.outer(logs, logs) / np.log(ratio)) ** 2)
