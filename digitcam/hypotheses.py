"""Components to hypotheses: each by itself, joins of those that may belong together, cuts of wide ones.

Nothing is decided here: the network scores every hypothesis. All lengths are pixels of a layer.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitcam.components import LEAST_HEIGHT, MOST_HEIGHT, Parts

# A digit is at most this much wider than high; a 1 at most this much higher than wide.
MOST_WIDE = 1.5
MOST_SLIM = 9.0
# Parts are joined over gaps up to this share of the higher part's height.
JOIN_GAP = 0.3
# Components at least this wide, in heights, are cut, and none wider than the second.
CUT_ASPECT = 1.0
MOST_CUT_ASPECT = 4.0
# Digits that touch are about this wide, in heights.
USUAL_ASPECT = 0.8


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Components of one layer inside a rectangle x0, y0, x1, y1."""

    rectangle: tuple[int, int, int, int]
    ids: tuple[int, ...]


def hypotheses(parts: Parts) -> list[Hypothesis]:
    """All hypotheses about one layer's components that have a digit's size.

    Joins and cuts are tried in the one layer where the result has a middling height, wholes in all.
    """
    whole = _whole(parts)
    tried = _joined(parts) + _cuts(parts, whole)
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


def _joined(parts: Parts) -> list[Hypothesis]:
    """Pairs of near components whose union could be a digit, and whole clusters of them."""
    if len(parts.ids) < 2:
        return []
    near = _near(parts)
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


def _cuts(parts: Parts, wholes: list[Hypothesis]) -> list[Hypothesis]:
    """The pieces between the thinnest columns of wide components, of two pieces in a row, and equal parts."""
    pieces = []
    for whole in wholes:
        x0, y0, x1, y1 = whole.rectangle
        width, height = x1 - x0, y1 - y0
        if not CUT_ASPECT * height <= width <= MOST_CUT_ASPECT * height:
            continue
        ink = cv2.inRange(parts.labels[y0:y1, x0:x1], whole.ids[0], whole.ids[0])
        edges = [0, *thin_columns(ink), width]
        spans = [(left, right) for i, left in enumerate(edges) for right in edges[i + 1 : i + 3]]
        # Two noughts touch where the ink is thickest, not where it is thinnest.
        count = round(width / (USUAL_ASPECT * height))
        spans += [(width * k // count, width * (k + 1) // count) for k in range(count) if count > 1]
        for left, right in spans:
            if right - left < width and 0.15 * height <= right - left <= 1.1 * height:
                pieces.append(Hypothesis((x0 + left, y0, x0 + right, y1), whole.ids))
    return pieces


def thin_columns(ink: np.ndarray) -> list[int]:
    """Columns where a cut crosses least ink: the lowest of their surroundings, as many as digits may touch.

    Args:
        ink: h×w uint8, one component at 255.
    """
    height, width = ink.shape
    profile = cv2.reduce(ink, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32F)[0] / 255
    reach = max(1, round(0.12 * height))
    lowest = cv2.erode(profile[None], np.ones((1, 2 * reach + 1), np.uint8))[0]
    minima = np.flatnonzero((profile == lowest) & (profile <= 0.5 * height))
    inside = minima[(minima > reach) & (minima < width - reach)]
    # Of a flat valley the middle.
    runs = np.split(inside, np.flatnonzero(np.diff(inside) > 1) + 1) if len(inside) else []
    middles = sorted((int(run[len(run) // 2]) for run in runs), key=lambda column: profile[column])
    return sorted(middles[: max(1, round(2 * width / height))])
