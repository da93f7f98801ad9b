"""Ink to candidates: where a digit may stand, and what the network is shown of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import NamedTuple

import cv2
import numpy as np

from digitcam.components import LEAST_HEIGHT, MOST_HEIGHT, find_components
from digitcam.cuts import Cut
from digitcam.geometry import pairwise_iou
from digitcam.hypotheses import Hypothesis, hypotheses, is_digit_sized
from digitcam.layer import InkLayer
from digitcam.normalise import normalise_all
from digitcam.types import Box

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
        scale: N int32, frame pixels per pixel of the layer it was found in.
        dark: N bool, whether its ink is darker than the paper.
        piece: N bool, whether it was cut off a component.
    """

    boxes: np.ndarray
    crops: np.ndarray
    ink: np.ndarray
    contrast: np.ndarray
    scale: np.ndarray
    dark: np.ndarray
    piece: np.ndarray

    def box(self, index: int) -> Box:
        return Box(*(int(v) for v in self.boxes[index]))

    def only(self, rows: np.ndarray) -> Candidates:
        """The candidates of these rows."""
        return Candidates(*(getattr(self, field.name)[rows] for field in fields(self)))

    def and_also(self, other: Candidates) -> Candidates:
        """These candidates, and after them the others."""
        pairs = ((getattr(self, field.name), getattr(other, field.name)) for field in fields(self))
        return Candidates(*(np.concatenate(both) for both in pairs))


# For M×4 boxes of components, x0, y0, x1, y1 in a layer of some scale: M booleans.
Settled = Callable[[np.ndarray, int], np.ndarray]


def nothing_settled(boxes: np.ndarray, scale: int) -> np.ndarray:
    """No component is known."""
    return np.zeros(len(boxes), bool)


class _Cutting(NamedTuple):
    """One candidate: a row of ``Candidates``, with its ink in the layer's size in place of its crop."""

    box: tuple[int, int, int, int]
    ink: np.ndarray
    area: int
    contrast: float
    scale: int
    dark: bool
    piece: bool


Found = tuple[InkLayer, np.ndarray, Hypothesis]


def propose(layers: tuple[InkLayer, ...]) -> Candidates:
    """All candidates of a picture, those seen in two layers once."""
    found = hypothesise(layers)
    return cut_out(found, range(len(found)))


def hypothesise(layers: tuple[InkLayer, ...], settled: Settled = nothing_settled) -> list[Found]:
    """The hypotheses of all layers, those seen in two layers once, each with its layer and components.

    Args:
        settled: which of a layer's components are known to be a digit each, so that they need not be cut.
    """
    found: list[Found] = []
    for layer in layers:
        parts = find_components(layer)
        found.extend((layer, parts.labels, h) for h in hypotheses(parts, settled(parts.boxes, layer.scale)))
    return [found[i] for i in _distinct(found)]


def frame_boxes(found: list[Found]) -> np.ndarray:
    """N×4 int, x, y, width, height in frame pixels, of what the hypotheses enclose."""
    corners = np.array([h.rectangle for _, _, h in found], np.int64).reshape(-1, 4)
    corners *= np.array([layer.scale for layer, _, _ in found], np.int64).reshape(-1, 1)
    return np.column_stack([corners[:, :2], corners[:, 2:] - corners[:, :2]])


def cut_out(found: list[Found], rows: Iterable[int]) -> Candidates:
    """The hypotheses of these rows, cut out of their layers; without those that hold too little ink."""
    made = (_cut_out(*found[i]) for i in rows)
    return _gather([m for m in made if m is not None])


def _gather(made: list[_Cutting]) -> Candidates:
    boxes, inks, areas, contrasts, scales, dark, piece = zip(*made, strict=True) if made else ((),) * 7
    return Candidates(
        np.array(boxes, np.int32).reshape(-1, 4),
        normalise_all(inks),
        np.array(areas, np.float32),
        np.array(contrasts, np.float32),
        np.array(scales, np.int32),
        np.array(dark, bool),
        np.array(piece, bool),
    )


def _cut_out(layer: InkLayer, labels: np.ndarray, hypothesis: Hypothesis) -> _Cutting | None:
    """The hypothesis cut out of its layer; None where the ink inside is not of a digit's size."""
    x0, y0, x1, y1 = hypothesis.rectangle
    # One pixel around the mask has the grey, anti-aliased edge.
    top, left = max(y0 - 1, 0), max(x0 - 1, 0)
    found = labels[top : y1 + 1, left : x1 + 1]
    first, *others = hypothesis.ids
    own = cv2.inRange(found, first, first)
    for number in others:
        own = cv2.bitwise_or(own, cv2.inRange(found, number, number))
    own[:, : x0 - left] = own[: y0 - top] = 0
    own[:, x1 - left :] = own[y1 - top :] = 0
    if hypothesis.between is not None:
        own = _between(own, x0 - left, y0 - top, y1 - y0, *hypothesis.between)
    x, y, width, height = cv2.boundingRect(own)
    if not width or not is_digit_sized(width, height):
        return None
    strength = layer.strength[top : y1 + 1, left : x1 + 1]
    contrast = cv2.mean(strength, own)[0]
    area = cv2.countNonZero(own)
    ink = cv2.bitwise_and(strength, cv2.dilate(own, _EDGE))
    s = layer.scale
    box = ((left + x) * s, (top + y) * s, width * s, height * s)
    return _Cutting(box, ink, area * s * s, contrast, s, layer.dark, hypothesis.between is not None)


def _between(own: np.ndarray, x: int, y: int, height: int, left: Cut, right: Cut) -> np.ndarray:
    """The ink between two cuts of a component whose window begins at (x, y) of ``own``, which is changed."""
    top, foot = y, y + height - 1
    begin, end = x + round(left.top), x + round(right.top)
    if left.top == left.foot and right.top == right.foot:
        own[:, :begin] = 0
        own[:, end:] = 0
        return own
    corners = begin, top, end - 1, top, x + round(right.foot) - 1, foot, x + round(left.foot), foot
    band = np.zeros(own.shape, np.uint8)
    cv2.fillConvexPoly(band, np.array(corners, np.int32).reshape(4, 2), 255)
    return cv2.bitwise_and(own, band)


_EDGE = np.ones((3, 3), np.uint8)


def _distinct(found: list[Found]) -> list[int]:
    """The indices of hypotheses that no better placed one of the same polarity is nearly equal to.

    Best placed is the layer in which the digit has the middle of the heights that are looked for.
    """
    if not found:
        return []
    scales = np.array([layer.scale for layer, _, _ in found])
    boxes = np.array([h.rectangle for _, _, h in found], np.float32) * scales[:, None].astype(np.float32)
    dark = np.array([layer.dark for layer, _, _ in found])
    distance = np.abs(np.log((boxes[:, 3] - boxes[:, 1]) / scales / np.sqrt(LEAST_HEIGHT * MOST_HEIGHT)))
    dropped = np.zeros(len(found), bool)
    for polarity in (True, False):
        for scale in np.unique(scales):
            fine = np.flatnonzero((dark == polarity) & (scales == scale))
            coarse = np.flatnonzero((dark == polarity) & (scales > scale))
            first, second = np.nonzero(pairwise_iou(boxes[fine], boxes[coarse]) > SAME)
            fine, coarse = fine[first], coarse[second]
            dropped[np.where(distance[fine] <= distance[coarse], coarse, fine)] = True
    return np.flatnonzero(~dropped).tolist()
