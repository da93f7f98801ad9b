"""Ink to connected components: what hangs together, once ruled lines are out.

All lengths are pixels of a layer, where the digits looked for are 11 to 80 high.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitcam.ink import InkLayer
from digitcam.lines import LEAST_LENGTH, without_lines

MOST_HEIGHT = 80
# A part that may be joined to a digit: a bar, a dot of broken ink.
LEAST_PART = 6
# Ink differs from the paper by at least this share of its contrast: the paper inside a 0 does not.
LEAST_RISE = 0.3
# With more components than this in one layer, it shows a texture: only the largest are looked at.
MOST_COMPONENTS = 1200


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
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


def find_components(layer: InkLayer) -> Parts:
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
    return Parts(labels, np.column_stack([x, y, x + width, y + height])[chosen], chosen)


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
