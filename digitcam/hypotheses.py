"""Components to hypotheses: each by itself, joins of those that may belong together, cuts of wide ones.

Nothing is decided here: the network scores every hypothesis. All lengths are pixels of a layer.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np

from digitcam.components import LEAST_HEIGHT, MOST_HEIGHT, Parts
from digitcam.cuts import Cut, even_cuts, find_cuts, thin_rows

# A digit is at most this much wider than high; a 1 at most this much higher than wide, a plain stroke of a
# thin pen. What is slimmer is a line.
MOST_WIDE = 1.9
MOST_SLIM = 16.0
# Parts are joined over gaps up to this share of the higher part's height.
JOIN_GAP = 0.3
# Components at least this wide, in heights, are cut, and none wider than the second.
CUT_ASPECT = 0.65
MOST_CUT_ASPECT = 4.0
# Components this much higher than is usual in their layer, where there are so many to tell, are cut in rows:
# a 7 reaches into the digit below.
CUT_HEIGHT = 1.5
LEAST_TO_TELL = 4
# The pieces of a cut are so wide, in heights of the component.
PIECE = (0.1, 1.1)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Components of one layer inside a rectangle x0, y0, x1, y1, or the part of one between two cuts.

    The cuts' columns count from x0; None leaves the rectangle whole.
    """

    rectangle: tuple[int, int, int, int]
    ids: tuple[int, ...]
    between: tuple[Cut, Cut] | None = None


def hypotheses(parts: Parts, settled: np.ndarray | None = None) -> list[Hypothesis]:
    """All hypotheses about one layer's components that have a digit's size.

    Joins and cuts are tried in the one layer where the result has a middling height, wholes in all.

    Args:
        settled: M booleans, which components are known to be one digit each: they are not cut, and not
            joined to each other.
    """
    settled = np.zeros(len(parts.ids), bool) if settled is None else settled
    whole = _whole(parts)
    rows = _rows(parts, whole)
    known = set(parts.ids[settled].tolist())
    tried = _joined(parts, settled) + rows + _cuts(parts, [h for h in whole + rows if h.ids[0] not in known])
    found = whole + [h for h in tried if parts.least <= h.rectangle[3] - h.rectangle[1] <= parts.most]
    return [
        h for h in found if is_digit_sized(h.rectangle[2] - h.rectangle[0], h.rectangle[3] - h.rectangle[1])
    ]


def is_digit_sized(width: np.ndarray | int, height: np.ndarray | int) -> np.ndarray | bool:
    return (
        (height >= LEAST_HEIGHT)
        & (height <= MOST_HEIGHT)
        & (width <= MOST_WIDE * height)
        & (height <= MOST_SLIM * width)
    )


def _whole(parts: Parts) -> list[Hypothesis]:
    """Each component that has a digit's height, also wide ones: those are cut later."""
    chosen = np.flatnonzero((parts.heights >= LEAST_HEIGHT) & (parts.heights <= MOST_SLIM * parts.widths))
    return [Hypothesis(tuple(parts.boxes[i].tolist()), (int(parts.ids[i]),)) for i in chosen]


def _joined(parts: Parts, settled: np.ndarray) -> list[Hypothesis]:
    """Pairs of near components whose union could be a digit, and whole clusters of them."""
    if len(parts.ids) < 2:
        return []
    near = _near(parts) & ~np.logical_and.outer(settled, settled)
    first, second = np.nonzero(np.triu(near, 1))
    pairs = list(zip(first.tolist(), second.tolist(), strict=True))
    return [_join(parts, pair) for pair in pairs] + _clusters(
        parts, near, {frozenset(pair) for pair in pairs}
    )


def _near(parts: Parts) -> np.ndarray:
    """M×M booleans: whether two components may be parts of one digit."""
    boxes, widths, heights = parts.boxes.astype(np.float32), parts.widths, parts.heights
    x0, y0, x1, y1 = (boxes[:, k] for k in range(4))
    # Positive: the gap between two; negative: by how much they overlap.
    across = np.maximum.outer(x0, x0) - np.minimum.outer(x1, x1)
    along = np.maximum.outer(y0, y0) - np.minimum.outer(y1, y1)
    longer = np.maximum(widths, heights)
    near = np.maximum(across, along) <= JOIN_GAP * np.maximum.outer(longer, longer)
    near &= is_digit_sized(
        np.maximum.outer(x1, x1) - np.minimum.outer(x0, x0),
        np.maximum.outer(y1, y1) - np.minimum.outer(y0, y0),
    )
    # Side by side and equally high are two digits; parts of one lie above each other or differ in size.
    beside = -across < 0.3 * np.minimum.outer(widths, widths)
    alike = np.minimum.outer(heights, heights) > 0.7 * np.maximum.outer(heights, heights)
    return near & ~(beside & alike)


def _clusters(parts: Parts, near: np.ndarray, pairs: set[frozenset[int]]) -> list[Hypothesis]:
    """Each component with all its near ones, of which there are three or more."""
    found: list[Hypothesis] = []
    seen = set(pairs)
    for i in np.flatnonzero(near.sum(1) >= 2):
        members = frozenset((int(i), *(int(j) for j in np.flatnonzero(near[i] | near[:, i]))))
        if len(members) > 5 or members in seen:
            continue
        seen.add(members)
        found.append(_join(parts, tuple(sorted(members))))
    return found


def _join(parts: Parts, members: tuple[int, ...]) -> Hypothesis:
    chosen = parts.boxes[list(members)]
    x0, y0 = chosen[:, :2].min(0)
    x1, y1 = chosen[:, 2:].max(0)
    return Hypothesis((int(x0), int(y0), int(x1), int(y1)), tuple(int(parts.ids[m]) for m in members))


def _rows(parts: Parts, wholes: list[Hypothesis]) -> list[Hypothesis]:
    """What lies above and below the thinnest rows of components that are higher than the others."""
    heights = np.array([h.rectangle[3] - h.rectangle[1] for h in wholes])
    if len(heights) < LEAST_TO_TELL:
        return []
    usual = float(np.median(heights))
    pieces = []
    for i in np.flatnonzero((heights >= CUT_HEIGHT * usual) & (heights <= MOST_CUT_ASPECT * usual)):
        x0, y0, x1, y1 = wholes[i].rectangle
        if x1 - x0 < PIECE[0] * (y1 - y0):
            continue
        ink = cv2.inRange(parts.labels[y0:y1, x0:x1], wholes[i].ids[0], wholes[i].ids[0])
        edges = [0, *thin_rows(ink, usual), y1 - y0]
        for first, last in itertools.pairwise(edges):
            if 0.5 * usual <= last - first < y1 - y0:
                x, y, width, height = cv2.boundingRect(ink[first:last])
                left, top = x0 + x, y0 + first + y
                ends = Cut(0, 0), Cut(width, width)
                pieces.append(Hypothesis((left, top, left + width, top + height), wholes[i].ids, ends))
    return pieces


def _cuts(parts: Parts, wholes: list[Hypothesis]) -> list[Hypothesis]:
    """The pieces of wide components between neighbouring cuts, two such pieces in a row, and even parts."""
    pieces = []
    for whole in wholes:
        x0, y0, x1, y1 = whole.rectangle
        width, height = x1 - x0, y1 - y0
        # What is too small for this layer is cut in the finer one.
        if height < parts.least or not CUT_ASPECT * height <= width <= MOST_CUT_ASPECT * height:
            continue
        ink = cv2.inRange(parts.labels[y0:y1, x0:x1], whole.ids[0], whole.ids[0])
        ends = Cut(0, 0), Cut(width, width)
        lines = [ends[0], *find_cuts(ink), ends[1]]
        spans = [(left, right) for i, left in enumerate(lines) for right in lines[i + 1 : i + 3]]
        even = [ends[0], *even_cuts(height, width), ends[1]]
        spans += zip(even, even[1:], strict=False)
        for left, right in spans:
            if (left, right) != ends and PIECE[0] * height <= right.middle - left.middle <= PIECE[1] * height:
                pieces.append(_piece(whole, left, right, width))
    return pieces


def _piece(whole: Hypothesis, left: Cut, right: Cut, width: int) -> Hypothesis:
    x0, y0, _, y1 = whole.rectangle
    first, last = max(0, int(min(left.top, left.foot))), min(width, int(np.ceil(max(right.top, right.foot))))
    moved = Cut(left.top - first, left.foot - first), Cut(right.top - first, right.foot - first)
    return Hypothesis((x0 + first, y0, x0 + last, y1), whole.ids, moved)
