"""How a page has moved between two frames: from the digits on it, which all move together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

# All lengths in median heights of the digits concerned. A page is looked for this far from where it was …
REACH = 6.0
# … by counting displacements in squares this wide …
SQUARE = 0.25
# … and a pair belongs to the page's motion where it is this near to it.
NEAR = 0.75
# Two digits may be the same where one is at most this much higher.
HEIGHT_RATIO = 1.4
# Fewer pairs do not tell a turn or a change of size from the uncertainty of their boxes.
LEAST_TO_TURN = 4
# Of two displacements that explain equally much the shorter is the likelier: so much less for each height.
STILLNESS = 0.05


class Motion(NamedTuple):
    """A similarity, p → a·p + b with points as complex numbers x + iy: a turns and scales, b shifts."""

    a: complex
    b: complex

    def move(self, boxes: np.ndarray) -> np.ndarray:
        """N×4 boxes (x, y, width, height; float) where the motion takes them, still upright."""
        centres = self.a * _centres(boxes) + self.b
        sides = abs(self.a) * boxes[:, 2:]
        return np.column_stack([centres.real - sides[:, 0] / 2, centres.imag - sides[:, 1] / 2, sides])


REST = Motion(1 + 0j, 0j)


def find_motion(before: np.ndarray, after: np.ndarray, alike: np.ndarray) -> Motion:
    """The motion that takes most of the boxes of one frame to boxes of the next.

    The displacement that most pairs of like digits share is found by voting (a generalised Hough transform:
    Ballard, 1981); a similarity is then fitted to the pairs that agree with it, by least squares.

    Args:
        before: N×4 float, x, y, width, height.
        after: M×4 float.
        alike: N×M, 0 to 1, how likely two are the same digit by what they look like.

    Returns:
        ``REST`` where nothing fits.
    """
    if not len(before) or not len(after):
        return REST
    old, new = _centres(before), _centres(after)
    height = float(np.median(before[:, 3]))
    moves = (new[None] - old[:, None]) / height
    ratio = after[None, :, 3] / before[:, None, 3]
    votes = alike * ((ratio < HEIGHT_RATIO) & (ratio * HEIGHT_RATIO > 1) & (abs(moves) <= REACH))
    common = _most_voted(moves, votes)
    if common is None:
        return REST
    distance = abs(moves - common)
    support = votes * np.maximum(0.0, 1 - distance / NEAR)
    # Each digit has one partner: the best supported one.
    partner = support.argmax(1)
    first = np.flatnonzero((support.max(1) > 0) & (support.argmax(0)[partner] == np.arange(len(before))))
    if not len(first):
        return REST
    return _similarity(old[first], new[partner[first]], support[first, partner[first]])


def _centres(boxes: np.ndarray) -> np.ndarray:
    return boxes[:, 0] + boxes[:, 2] / 2 + 1j * (boxes[:, 1] + boxes[:, 3] / 2)


def _most_voted(moves: np.ndarray, votes: np.ndarray) -> complex | None:
    """The displacement that most votes lie near; None where there is no vote."""
    chosen = votes > 0
    if not chosen.any():
        return None
    moves, votes = moves[chosen], votes[chosen]
    side = 2 * round(REACH / SQUARE) + 3
    columns = np.rint((moves.real + REACH) / SQUARE).astype(np.intp) + 1
    rows = np.rint((moves.imag + REACH) / SQUARE).astype(np.intp) + 1
    counts = np.bincount(rows * side + columns, votes, side * side).reshape(side, side)
    wide = counts[:-2] + counts[1:-1] + counts[2:]
    wide = wide[:, :-2] + wide[:, 1:-1] + wide[:, 2:]
    steps = (np.arange(side - 2) * SQUARE - REACH) ** 2
    wide = wide - STILLNESS * np.sqrt(steps[:, None] + steps[None])
    row, column = divmod(int(wide.argmax()), side - 2)
    near = (abs(rows - row - 1) <= 1) & (abs(columns - column - 1) <= 1)
    return complex((votes[near] * moves[near]).sum() / votes[near].sum()) if near.any() else None


def _similarity(old: np.ndarray, new: np.ndarray, weights: np.ndarray) -> Motion:
    """The weighted least squares fit of new = a·old + b; with few pairs a mere shift."""
    weights = weights / weights.sum()
    middle_old, middle_new = (weights * old).sum(), (weights * new).sum()
    a = 1 + 0j
    if len(old) >= LEAST_TO_TURN:
        spread = (weights * abs(old - middle_old) ** 2).sum()
        if spread > 0:
            a = complex((weights * (new - middle_new) * np.conj(old - middle_old)).sum() / spread)
    return Motion(a, complex(middle_new - a * middle_old))
