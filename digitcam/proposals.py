"""Ink to candidates: components, joins of components that may belong together, cuts of wide ones.

All lengths are pixels of a layer, where the digits looked for are 11 to 64 high. Nothing is decided
here: a candidate is a hypothesis that the network scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitcam.ink import InkLayer
from digitcam.lines import without_lines
from digitcam.normalise import normalise
from digitcam.types import Box

LEAST_HEIGHT = 11
MOST_HEIGHT = 64
# A digit is at most this much wider than high; a 1 at most this much higher than wide.
MOST_WIDE = 1.5
MOST_SLIM = 9.0
# A part that may be joined to a digit: a bar, a dot of broken ink.
LEAST_PART = 6
# Parts are joined over gaps up to this share of the higher part's height.
JOIN_GAP = 0.3
# A component is cut where it is at least this much wider than half its height.
CUT_ASPECT = 0.8
# With more components than this in one layer, it shows a texture: only the largest are looked at.
MOST_COMPONENTS = 1200
# Two candidates that share this much (IoU) are one, seen in two layers.
SAME = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Hypotheses about where a digit stands, and what the network is shown of each.

    Attributes:
        boxes: N×4 int32, x, y, width, height in frame pixels, tight around the ink.
        crops: N×28×28 uint8.
        ink: N float32, pixels of ink in frame pixels.
        contrast: N float32, mean strength of the ink in grey levels.
    """

    boxes: np.ndarray
    crops: np.ndarray
    ink: np.ndarray
    contrast: np.ndarray

    def box(self, index: int) -> Box:
        return Box(*(int(v) for v in self.boxes[index]))


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """The components of one layer: ``boxes`` M×4 as x0, y0, x1, y1; ``ids`` their labels; ``area``."""

    labels: np.ndarray
    boxes: np.ndarray
    ids: np.ndarray
    area: np.ndarray


@dataclass(frozen=True, slots=True)
class _Hypothesis:
    """Components of one layer inside a rectangle x0, y0, x1, y1."""

    rectangle: tuple[int, int, int, int]
    ids: tuple[int, ...]


def propose(layers: tuple[InkLayer, ...]) -> Candidates:
    """All candidates of a picture, those seen in two layers once."""
    found = [_propose_in(layer) for layer in layers]
    merged = Candidates(*(np.concatenate([getattr(c, name) for c in found]) for name in ("boxes", "crops", "ink", "contrast")))
    keep = _distinct(merged.boxes)
    return Candidates(merged.boxes[keep], merged.crops[keep], merged.ink[keep], merged.contrast[keep])


def _propose_in(layer: InkLayer) -> Candidates:
    parts = _components(without_lines(layer.mask))
    hypotheses = _whole(parts) + _joined(parts)
    hypotheses += [cut for h in hypotheses for cut in _cuts(parts, h)]
    made = [_cut_out(layer, parts.labels, h) for h in hypotheses]
    return _gather([m for m in made if m is not None])


def _gather(made: list[tuple[tuple[int, int, int, int], np.ndarray, float, float]]) -> Candidates:
    count = len(made)
    boxes = np.array([m[0] for m in made], np.int32).reshape(count, 4)
    crops = np.array([m[1] for m in made], np.uint8).reshape(count, 28, 28)
    return Candidates(boxes, crops, np.array([m[2] for m in made], np.float32), np.array([m[3] for m in made], np.float32))


def _components(mask: np.ndarray) -> _Parts:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    x, y, width, height, area = stats[1:].T
    keep = np.flatnonzero(
        (np.maximum(width, height) >= LEAST_PART) & (height <= MOST_HEIGHT) & (width <= 4 * MOST_HEIGHT)
    )
    if len(keep) > MOST_COMPONENTS:
        keep = keep[np.argsort(-area[keep], kind="stable")[:MOST_COMPONENTS]]
    boxes = np.column_stack([x, y, x + width, y + height])[keep]
    return _Parts(labels, boxes, keep + 1, area[keep])


def _is_digit_sized(width: np.ndarray | int, height: np.ndarray | int) -> np.ndarray | bool:
    return (
        (height >= LEAST_HEIGHT) & (height <= MOST_HEIGHT) & (width <= MOST_WIDE * height) & (height <= MOST_SLIM * width)
    )


def _whole(parts: _Parts) -> list[_Hypothesis]:
    """Each component that has a digit's height, also wide ones: those are cut later."""
    height = parts.boxes[:, 3] - parts.boxes[:, 1]
    width = parts.boxes[:, 2] - parts.boxes[:, 0]
    chosen = np.flatnonzero((height >= LEAST_HEIGHT) & (height <= MOST_SLIM * width))
    return [_Hypothesis(tuple(parts.boxes[i].tolist()), (int(parts.ids[i]),)) for i in chosen]


def _joined(parts: _Parts) -> list[_Hypothesis]:
    """Pairs of near components whose union could be a digit, and whole clusters of them."""
    boxes = parts.boxes
    if len(boxes) < 2:
        return []
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    gap = np.maximum(low - high, 0).max(2)
    size = (boxes[:, 2:] - boxes[:, :2])
    tallest = np.maximum(size[:, None].max(2), size[None].max(2))
    union_size = np.maximum(boxes[:, None, 2:], boxes[None, :, 2:]) - np.minimum(boxes[:, None, :2], boxes[None, :, :2])
    shared = high[..., 0] - low[..., 0]
    narrower = np.minimum(size[:, None, 0], size[None, :, 0])
    # Side by side and equally high are two digits; parts of one lie above each other or differ in size.
    beside = shared < 0.3 * narrower
    alike = np.minimum(size[:, None, 1], size[None, :, 1]) > 0.7 * np.maximum(size[:, None, 1], size[None, :, 1])
    near = (
        (gap <= JOIN_GAP * tallest)
        & _is_digit_sized(union_size[..., 0], union_size[..., 1])
        & ~(beside & alike)
    )
    first, second = np.nonzero(np.triu(near, 1))
    pairs = [_join(parts, (int(i), int(j))) for i, j in zip(first, second, strict=True)]
    return pairs + _clusters(parts, near, {frozenset((int(i), int(j))) for i, j in zip(first, second, strict=True)})


def _clusters(parts: _Parts, near: np.ndarray, pairs: set[frozenset[int]]) -> list[_Hypothesis]:
    """Each component with all its near ones, where three or more could be one digit."""
    found: list[_Hypothesis] = []
    seen = set(pairs)
    for i in np.flatnonzero(near.sum(1) >= 2):
        members = frozenset((int(i), *(int(j) for j in np.flatnonzero(near[i] | near[:, i]))))
        if len(members) > 5 or members in seen:
            continue
        seen.add(members)
        joined = _join(parts, tuple(sorted(members)))
        x0, y0, x1, y1 = joined.rectangle
        if _is_digit_sized(x1 - x0, y1 - y0):
            found.append(joined)
    return found


def _join(parts: _Parts, members: tuple[int, ...]) -> _Hypothesis:
    chosen = parts.boxes[list(members)]
    x0, y0 = chosen[:, :2].min(0)
    x1, y1 = chosen[:, 2:].max(0)
    return _Hypothesis((int(x0), int(y0), int(x1), int(y1)), tuple(int(parts.ids[m]) for m in members))


def _cuts(parts: _Parts, whole: _Hypothesis) -> list[_Hypothesis]:
    """The pieces between the thinnest columns of a wide component, and of two pieces in a row."""
    x0, y0, x1, y1 = whole.rectangle
    width, height = x1 - x0, y1 - y0
    if len(whole.ids) > 1 or width < CUT_ASPECT * height or height < LEAST_HEIGHT:
        return []
    ink = (parts.labels[y0:y1, x0:x1] == whole.ids[0])
    edges = [0, *thin_columns(ink), width]
    pieces = []
    for i in range(len(edges) - 1):
        for j in range(i + 1, min(i + 4, len(edges))):
            left, right = edges[i], edges[j]
            if j - i < len(edges) - 1 and 0.12 * height <= right - left <= 1.3 * height:
                pieces.append(_Hypothesis((x0 + left, y0, x0 + right, y1), whole.ids))
    return pieces


def thin_columns(ink: np.ndarray) -> list[int]:
    """Columns where a cut crosses least ink: the lowest of their surroundings, at most three per height.

    Args:
        ink: h×w bool, one component.
    """
    height, width = ink.shape
    profile = ink.sum(0).astype(np.float32)
    reach = max(1, round(0.12 * height))
    lowest = cv2.erode(profile[None], np.ones((1, 2 * reach + 1), np.uint8))[0]
    minima = np.flatnonzero((profile == lowest) & (profile <= 0.5 * height))
    inside = minima[(minima > reach) & (minima < width - reach)]
    # Of a flat valley the middle.
    runs = np.split(inside, np.flatnonzero(np.diff(inside) > 1) + 1) if len(inside) else []
    middles = sorted((int(run[len(run) // 2]) for run in runs), key=lambda column: profile[column])
    return sorted(middles[: max(1, round(3 * width / height))])


def _cut_out(
    layer: InkLayer, labels: np.ndarray, hypothesis: _Hypothesis
) -> tuple[tuple[int, int, int, int], np.ndarray, float, float] | None:
    """The box in frame pixels, the 28×28 crop, the ink's area and its contrast."""
    x0, y0, x1, y1 = hypothesis.rectangle
    top, left = max(y0 - 1, 0), max(x0 - 1, 0)
    window = np.s_[top : y1 + 1, left : x1 + 1]
    found = labels[window]
    own = found == hypothesis.ids[0]
    for number in hypothesis.ids[1:]:
        own |= found == number
    own[:, : x0 - left] = False
    own[:, x1 - left :] = False
    rows, columns = np.flatnonzero(own.any(1)), np.flatnonzero(own.any(0))
    if not len(rows):
        return None
    width, height = columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0]
    if not _is_digit_sized(width, height):
        return None
    strength = layer.strength[window]
    # One pixel around the mask has the grey, anti-aliased edge.
    soft = cv2.dilate(own.view(np.uint8), np.ones((3, 3), np.uint8))
    ink = strength * soft
    values = strength[own]
    contrast = float(values.mean())
    area = len(values)
    s = layer.scale
    box = (int(left + columns[0]) * s, int(top + rows[0]) * s, int(width) * s, int(height) * s)
    return box, normalise(ink), float(area * s * s), contrast


def _distinct(boxes: np.ndarray) -> np.ndarray:
    """The indices of the boxes that no earlier box is nearly equal to."""
    if not len(boxes):
        return np.zeros(0, np.int64)
    corner, end = boxes[:, :2].astype(np.float32), (boxes[:, :2] + boxes[:, 2:]).astype(np.float32)
    keep: list[int] = []
    order = np.argsort(boxes[:, 0], kind="stable")
    dropped = np.zeros(len(boxes), bool)
    area = (boxes[:, 2] * boxes[:, 3]).astype(np.float32)
    for place, i in enumerate(order):
        # Boxes that begin within a fifth of the width to the right are the only ones that can be equal.
        stop = np.searchsorted(boxes[order, 0], boxes[i, 0] + boxes[i, 2] * (1 - SAME) + 1, side="right")
        others = order[place + 1 : stop]
        size = np.minimum(end[i], end[others]) - np.maximum(corner[i], corner[others])
        shared = np.prod(np.maximum(size, 0), axis=1)
        same = others[shared > SAME * (area[i] + area[others] - shared)]
        if dropped[i]:
            continue
        if len(same) and same.min() < i and not dropped[same].all():
            earlier = same[~dropped[same]]
            if len(earlier) and earlier.min() < i:
                dropped[i] = True
                continue
        dropped[same[same > i]] = True
        keep.append(int(i))
    return np.sort(np.array(keep, np.int64))
