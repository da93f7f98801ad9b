"""Candidates that are old acquaintances: what a film has shown before need not be recognised again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from digitcam.geometry import areas, corners, shared_areas
from digitcam.likeness import signatures
from digitcam.proposals import Candidates
from digitcam.selection import EXCLUDED_OVERLAP
from digitcam.types import LABELS

# An acquaintance is found this near to where it is expected, in lengths of its longer side, …
NEAR = 0.3
# … with sides that differ by no more than this ratio and two pixels of the layer it is found in …
SIDE_RATIO = 1.12
# … and looks as much like itself as this: nine digits in ten do so from one frame to the next.
ALIKE = 0.95


class Familiar(NamedTuple):
    """Digits that are known well enough: T of them.

    Attributes:
        boxes: T×4 float, where they are expected.
        portraits: T×D, of ``likeness.signatures``.
        probabilities: T×10.
    """

    boxes: np.ndarray
    portraits: np.ndarray
    probabilities: np.ndarray


class Recalled(NamedTuple):
    """What need not be recognised.

    Attributes:
        rows: the candidates that are acquaintances; probabilities: their answers, ten columns each.
        rest: the candidates that are to be recognised: those that are neither acquaintances nor share so much
            ink with one that they exclude each other.
    """

    rows: np.ndarray
    probabilities: np.ndarray
    rest: np.ndarray


def nothing(count: int) -> Recalled:
    """Of this many candidates none is known."""
    return Recalled(np.zeros(0, np.intp), np.zeros((0, len(LABELS))), np.arange(count))


def recall(familiar: Familiar, candidates: Candidates) -> Recalled:
    """Find the acquaintances among a frame's candidates."""
    count = len(candidates.boxes)
    if not count or not len(familiar.boxes):
        return nothing(count)
    known, rows = np.nonzero(_near(familiar.boxes, candidates))
    looks, _ = signatures(candidates.crops[rows])
    alike = (familiar.portraits[known] * looks).sum(1)
    # The likest first; of each acquaintance, and of each candidate, the first counts.
    order = np.argsort(-alike, kind="stable")
    order = order[alike[order] >= ALIKE]
    order = order[np.sort(np.unique(known[order], return_index=True)[1])]
    order = order[np.sort(np.unique(rows[order], return_index=True)[1])]
    known, rows = known[order], rows[order]
    placed = corners(candidates.boxes)
    area = areas(placed)
    shared = shared_areas(placed, placed[rows])
    explained = (shared > EXCLUDED_OVERLAP * np.minimum.outer(area, area[rows])).any(1)
    return Recalled(rows, familiar.probabilities[known], np.flatnonzero(~explained))


def _near(expected: np.ndarray, candidates: Candidates) -> np.ndarray:
    """T×N: whether a candidate has the place and the size of an acquaintance."""
    boxes = candidates.boxes.astype(np.float64)
    before, after = expected[:, None, 2:], boxes[None, :, 2:]
    apart = abs((expected[:, None, :2] + before / 2) - (boxes[None, :, :2] + after / 2)).max(2)
    spare = 2.0 * candidates.scale[None, :, None]
    near = apart <= NEAR * before.max(2)
    return near & (abs(after - before) <= (SIDE_RATIO - 1) * np.maximum(before, after) + spare).all(2)
