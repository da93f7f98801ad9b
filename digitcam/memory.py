"""Candidates that are old acquaintances: what a film has shown before need not be recognised again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from digitcam.layer import InkLayer
from digitcam.likeness import signatures
from digitcam.proposals import Candidates, cut_out, frame_boxes, hypothesise
from digitcam.selection import exclude

# An acquaintance is found this near to where it is expected, in lengths of its longer side, …
NEAR = 0.3
# … with sides that differ by no more than this ratio and so many pixels of the layer it is found in …
SIDE_RATIO, SPARE = 1.12, 2.0
# … and looks as much like itself as this: nine digits in ten do so from one frame to the next.
ALIKE = 0.95


class Familiar(NamedTuple):
    """Digits that are known well enough: T of them.

    Attributes:
        boxes: T×4 float, where they are expected.
        portraits: T×D, of ``likeness.signatures``.
        probabilities: T×10.
        due: T booleans, which of them the digit network is to see again all the same.
    """

    boxes: np.ndarray
    portraits: np.ndarray
    probabilities: np.ndarray
    due: np.ndarray


class Recalled(NamedTuple):
    """What need not be recognised.

    Attributes:
        rows: the candidates that are acquaintances; probabilities: their answers, a column for each name.
        due: which of them the network is to see again.
        rest: the candidates that are to be recognised.
    """

    rows: np.ndarray
    probabilities: np.ndarray
    due: np.ndarray
    rest: np.ndarray


def all_new(candidates: Candidates) -> tuple[Candidates, Recalled]:
    """The candidates of a picture that stands alone: none of them is known."""
    none = np.zeros(0, np.intp)
    nobody = np.zeros((0, 0)), np.zeros(0, bool)
    return candidates, Recalled(none, *nobody, np.arange(len(candidates.boxes)))


def propose_and_recall(layers: tuple[InkLayer, ...], familiar: Familiar) -> tuple[Candidates, Recalled]:
    """The candidates of a frame, acquaintances first.

    Acquaintances are not cut into pieces, and what shares their ink is no candidate.
    """

    def settled(parts: np.ndarray, scale: int) -> np.ndarray:
        boxes = np.column_stack([parts[:, :2], parts[:, 2:] - parts[:, :2]])
        return np.asarray(_near(familiar.boxes, scale * boxes, scale).any(0))

    found = hypothesise(layers, settled)
    boxes = frame_boxes(found)
    scales = np.array([layer.scale for layer, _, _ in found], np.int64)
    seen = cut_out(found, np.flatnonzero(_near(familiar.boxes, boxes, scales).any(0)))
    known, rows = _matches(familiar, seen)
    old = seen.only(rows)
    free = ~exclude(boxes, old.boxes).any(1)
    candidates = old.and_also(cut_out(found, np.flatnonzero(free)))
    count = len(rows)
    rest = np.arange(count, len(candidates.boxes))
    return candidates, Recalled(np.arange(count), familiar.probabilities[known], familiar.due[known], rest)


def _near(expected: np.ndarray, boxes: np.ndarray, scales: np.ndarray | int) -> np.ndarray:
    """T×N: whether a box has the place and the size of an acquaintance.

    Args:
        expected: T×4 boxes, x, y, width, height; boxes: N×4.
        scales: frame pixels per pixel of the layer that the boxes were found in, N or one for all.
    """
    before, after = expected[:, None, 2:], boxes[None, :, 2:]
    apart = abs((expected[:, None, :2] + before / 2) - (boxes[None, :, :2] + after / 2)).max(2)
    spare = SPARE * np.broadcast_to(scales, len(boxes))[None, :, None]
    near = apart <= NEAR * before.max(2)
    return near & (abs(after - before) <= (SIDE_RATIO - 1) * np.maximum(before, after) + spare).all(2)


def _matches(familiar: Familiar, seen: Candidates) -> tuple[np.ndarray, np.ndarray]:
    """Which acquaintance is which candidate: rows of both."""
    known, rows = np.nonzero(_near(familiar.boxes, seen.boxes, seen.scale))
    looks, _ = signatures(seen.crops[rows])
    alike = (familiar.portraits[known] * looks).sum(1)
    # The likest first; of each acquaintance, and of each candidate, the first counts.
    order = np.argsort(-alike, kind="stable")
    order = order[alike[order] >= ALIKE]
    for part in (known, rows):
        order = order[np.sort(np.unique(part[order], return_index=True)[1])]
    return known[order], rows[order]
