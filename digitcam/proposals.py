"""Ink to candidates: components, joins of components that may belong together, cuts of wide ones.

All lengths are pixels of a layer, where the digits looked for are 11 to 80 high. Nothing is decided
here: a candidate is a hypothesis that the network scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitcam.ink import InkLayer
from digitcam.lines import LEAST_LENGTH, without_lines
from digitcam.normalise import normalise
from digitcam.types import Box

LEAST_HEIGHT = 11
MOST_HEIGHT = 80
# A digit is at most this much wider than high; a 1 at most this much higher than wide.
MOST_WIDE = 1.5
MOST_SLIM = 9.0
# A part that may be joined to a digit: a bar, a dot of broken ink.
LEAST_PART = 6
# Parts are joined over gaps up to this share of the higher part's height.
JOIN_GAP = 0.3
# Components at least this wide, in heights, are cut, and none wider than the second.
CUT_ASPECT = 1.0
MOST_CUT_ASPECT = 7.0
# Ink differs from the paper by at least this share of its contrast: the paper inside a 0 does not.
LEAST_RISE = 0.3
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
    """The components of one layer: ``boxes`` M×4 as x0, y0, x1, y1; ``ids`` their labels."""

    labels: np.ndarray
    boxes: np.ndarray
    ids: np.ndarray

    @property
    def widths(self) -> np.ndarray:
        return self.boxes[:, 2] - self.boxes[:, 0]

    @property
    def heights(self) -> np.ndarray:
        return self.boxes[:, 3] - self.boxes[:, 1]


@dataclass(frozen=True, slots=True)
class _Hypothesis:
    """Components of one layer inside a rectangle x0, y0, x1, y1."""

    rectangle: tuple[int, int, int, int]
    ids: tuple[int, ...]


def propose(layers: tuple[InkLayer, ...]) -> Candidates:
    """All candidates of a picture, those seen in two layers once."""
    found: list[tuple[InkLayer, np.ndarray, _Hypothesis]] = []
    for layer in layers:
        parts = _components(layer)
        whole = _whole(parts)
        hypotheses = whole + _joined(parts) + _cuts(parts, whole)
        found.extend((layer, parts.labels, h) for h in hypotheses if _may_be_digit(h.rectangle))
    kept = [found[i] for i in _distinct(found)]
    made = [_cut_out(*hypothesis) for hypothesis in kept]
    return _gather([m for m in made if m is not None])


def _may_be_digit(rectangle: tuple[int, int, int, int]) -> bool:
    x0, y0, x1, y1 = rectangle
    return bool(_is_digit_sized(x1 - x0, y1 - y0))


def _gather(made: list[tuple[tuple[int, int, int, int], np.ndarray, float, float]]) -> Candidates:
    count = len(made)
    boxes = np.array([m[0] for m in made], np.int32).reshape(count, 4)
    crops = np.array([m[1] for m in made], np.uint8).reshape(count, 28, 28)
    ink, contrast = (np.array([m[k] for m in made], np.float32) for k in (2, 3))
    return Candidates(boxes, crops, ink, contrast)


def _components(layer: InkLayer) -> _Parts:
    """The connected components that may be a digit or a part of one, once lines are taken out."""
    count, labels, stats = _connected(layer.mask)
    if (stats[1:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1] >= LEAST_LENGTH).any():
        count, labels, stats = _connected(without_lines(layer.mask))
    x, y, width, height, area = stats.T
    keep = (np.maximum(width, height) >= LEAST_PART) & (height <= MOST_HEIGHT) & (width <= 4 * MOST_HEIGHT)
    keep[0] = False
    if keep.any():
        keep &= _differs_from_paper(layer, labels, count)
    chosen = np.flatnonzero(keep)
    if len(chosen) > MOST_COMPONENTS:
        chosen = np.sort(chosen[np.argsort(-area[chosen], kind="stable")[:MOST_COMPONENTS]])
    return _Parts(labels, np.column_stack([x, y, x + width, y + height])[chosen], chosen)


def _connected(mask: np.ndarray) -> tuple[int, np.ndarray, np.ndarray]:
    """The number of components with the ground, their labels h×w, and their boxes and areas."""
    # Labels of 16 bits take a fifth of the time, and there are never more components than pixels of ink.
    few = cv2.countNonZero(mask) < np.iinfo(np.uint16).max
    kind = cv2.CV_16U if few else cv2.CV_32S
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=kind)
    return count, labels, stats


def _differs_from_paper(layer: InkLayer, labels: np.ndarray, count: int) -> np.ndarray:
    """Which components are darker (lighter) than the paper and not paper between strokes: booleans."""
    place = np.flatnonzero((labels > 0).ravel())
    rows, columns = np.divmod(place, labels.shape[1])
    numbers = labels.ravel()[place]
    paper = layer.paper[
        np.minimum(rows >> 3, layer.paper.shape[0] - 1), np.minimum(columns >> 3, layer.paper.shape[1] - 1)
    ]
    rise = paper.astype(np.float32) - layer.grey.ravel()[place]
    strength = np.bincount(numbers, layer.strength.ravel()[place], count)
    total = np.bincount(numbers, rise if layer.dark else -rise, count)
    return total >= LEAST_RISE * strength


def _is_digit_sized(width: np.ndarray | int, height: np.ndarray | int) -> np.ndarray | bool:
    return (
        (height >= LEAST_HEIGHT)
        & (height <= MOST_HEIGHT)
        & (width <= MOST_WIDE * height)
        & (height <= MOST_SLIM * width)
    )


def _whole(parts: _Parts) -> list[_Hypothesis]:
    """Each component that has a digit's height, also wide ones: those are cut later."""
    chosen = np.flatnonzero((parts.heights >= LEAST_HEIGHT) & (parts.heights <= MOST_SLIM * parts.widths))
    return [_Hypothesis(tuple(parts.boxes[i].tolist()), (int(parts.ids[i]),)) for i in chosen]


def _joined(parts: _Parts) -> list[_Hypothesis]:
    """Pairs of near components whose union could be a digit, and whole clusters of them."""
    if len(parts.ids) < 2:
        return []
    near = _near(parts)
    first, second = np.nonzero(np.triu(near, 1))
    pairs = list(zip(first.tolist(), second.tolist(), strict=True))
    return [_join(parts, pair) for pair in pairs] + _clusters(
        parts, near, {frozenset(pair) for pair in pairs}
    )


def _near(parts: _Parts) -> np.ndarray:
    """M×M booleans: whether two components may be parts of one digit."""
    boxes, widths, heights = parts.boxes.astype(np.float32), parts.widths, parts.heights
    x0, y0, x1, y1 = (boxes[:, k] for k in range(4))
    # Positive: the gap between two; negative: by how much they overlap.
    across = np.maximum.outer(x0, x0) - np.minimum.outer(x1, x1)
    along = np.maximum.outer(y0, y0) - np.minimum.outer(y1, y1)
    longer = np.maximum(widths, heights)
    near = np.maximum(across, along) <= JOIN_GAP * np.maximum.outer(longer, longer)
    near &= _is_digit_sized(
        np.maximum.outer(x1, x1) - np.minimum.outer(x0, x0),
        np.maximum.outer(y1, y1) - np.minimum.outer(y0, y0),
    )
    # Side by side and equally high are two digits; parts of one lie above each other or differ in size.
    beside = -across < 0.3 * np.minimum.outer(widths, widths)
    alike = np.minimum.outer(heights, heights) > 0.7 * np.maximum.outer(heights, heights)
    return near & ~(beside & alike)


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


def _cuts(parts: _Parts, wholes: list[_Hypothesis]) -> list[_Hypothesis]:
    """The pieces between the thinnest columns of wide components, and of two pieces in a row."""
    pieces = []
    for whole in wholes:
        x0, y0, x1, y1 = whole.rectangle
        width, height = x1 - x0, y1 - y0
        if not CUT_ASPECT * height <= width <= MOST_CUT_ASPECT * height:
            continue
        ink = cv2.inRange(parts.labels[y0:y1, x0:x1], whole.ids[0], whole.ids[0])
        edges = [0, *thin_columns(ink), width]
        for i, left in enumerate(edges):
            for right in edges[i + 1 : i + 3]:
                if right - left < width and 0.15 * height <= right - left <= 1.1 * height:
                    pieces.append(_Hypothesis((x0 + left, y0, x0 + right, y1), whole.ids))
    return pieces


def thin_columns(ink: np.ndarray) -> list[int]:
    """Columns where a cut crosses least ink: the lowest of their surroundings, at most two per height.

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


def _cut_out(
    layer: InkLayer, labels: np.ndarray, hypothesis: _Hypothesis
) -> tuple[tuple[int, int, int, int], np.ndarray, float, float] | None:
    """The box in frame pixels, the 28×28 crop, the ink's area in frame pixels and its contrast."""
    x0, y0, x1, y1 = hypothesis.rectangle
    # One pixel around the mask has the grey, anti-aliased edge.
    top, left = max(y0 - 1, 0), max(x0 - 1, 0)
    window = np.s_[top : y1 + 1, left : x1 + 1]
    found = labels[window]
    own = cv2.inRange(found, hypothesis.ids[0], hypothesis.ids[0])
    for number in hypothesis.ids[1:]:
        own = cv2.bitwise_or(own, cv2.inRange(found, number, number))
    own[:, : x0 - left] = 0
    own[:, x1 - left :] = 0
    x, y, width, height = cv2.boundingRect(own)
    if not width or not _is_digit_sized(width, height):
        return None
    strength = layer.strength[window]
    area = cv2.countNonZero(own)
    contrast = cv2.mean(strength, own)[0]
    crop = normalise(cv2.bitwise_and(strength, cv2.dilate(own, _EDGE)))
    s = layer.scale
    return ((left + x) * s, (top + y) * s, width * s, height * s), crop, float(area * s * s), contrast


_EDGE = np.ones((3, 3), np.uint8)


def _distinct(found: list[tuple[InkLayer, np.ndarray, _Hypothesis]]) -> list[int]:
    """The indices of hypotheses that no better placed one of the same polarity is nearly equal to.

    Best placed is the layer in which the digit has the middle of the heights that are looked for.
    """
    if not found:
        return []
    boxes = np.array([np.multiply(h.rectangle, layer.scale) for layer, _, h in found], np.float32)
    scales = np.array([layer.scale for layer, _, _ in found])
    dark = np.array([layer.dark for layer, _, _ in found])
    distance = np.abs(np.log((boxes[:, 3] - boxes[:, 1]) / scales / np.sqrt(LEAST_HEIGHT * MOST_HEIGHT)))
    dropped = np.zeros(len(found), bool)
    for polarity in (True, False):
        for scale in np.unique(scales):
            fine = np.flatnonzero((dark == polarity) & (scales == scale))
            coarse = np.flatnonzero((dark == polarity) & (scales > scale))
            first, second = np.nonzero(_iou(boxes[fine], boxes[coarse]) > SAME)
            fine, coarse = fine[first], coarse[second]
            dropped[np.where(distance[fine] <= distance[coarse], coarse, fine)] = True
    return np.flatnonzero(~dropped).tolist()


def _iou(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """N×M intersection over union of boxes given as x0, y0, x1, y1."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    size = np.minimum(first[:, None, 2:], second[None, :, 2:]) - low
    shared = np.maximum(size[..., 0], 0) * np.maximum(size[..., 1], 0)
    areas = [(boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]) for boxes in (first, second)]
    return shared / (areas[0][:, None] + areas[1][None] - shared)
