"""Ink to connected components: what hangs together, once ruled lines are out.

All lengths are pixels of a layer, where the digits looked for are 11 to 80 high.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitcam.ink import LEAST_SIDE
from digitcam.layer import InkLayer
from digitcam.outlines import holds_ink

LEAST_HEIGHT = 11
MOST_HEIGHT = 80
# What is higher is at least 22 high in the next layer, more than the network is shown of it.
MOST_HEIGHT_OF_ITS_OWN = 44
LEAST_HEIGHT_OF_ITS_OWN = 18
# A part that may be joined to a digit: a bar, a dot of broken ink.
LEAST_PART = 6
# With more components than this in one layer, it shows a texture: only the largest are looked at.
MOST_COMPONENTS = 1200


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """The components of one layer.

    Attributes:
        labels: h×w, the number of each pixel's component, 0 for the ground.
        boxes: M×4 as x0, y0, x1, y1.
        ids: M, the components' numbers.
        least, most: the heights that this layer shows better than the finer and the coarser one.
    """

    labels: np.ndarray
    boxes: np.ndarray
    ids: np.ndarray
    least: int
    most: int

    @property
    def widths(self) -> np.ndarray:
        return self.boxes[:, 2] - self.boxes[:, 0]

    @property
    def heights(self) -> np.ndarray:
        return self.boxes[:, 3] - self.boxes[:, 1]


def find_components(layer: InkLayer) -> Parts:
    """The connected components that may be a digit or a part of one."""
    if not holds_ink(layer, LEAST_HEIGHT, _most_height(layer)):
        return Parts(np.zeros((1, 1), np.uint16), np.zeros((0, 4), np.int32), np.zeros(0, np.int64), 0, 0)
    labels, stats = _connected(layer.mask)
    x, y, width, height, area = stats.T
    keep = (np.maximum(width, height) >= LEAST_PART) & (height <= MOST_HEIGHT) & (width <= 4 * MOST_HEIGHT)
    keep[0] = False
    chosen = np.flatnonzero(keep)
    if len(chosen) > MOST_COMPONENTS:
        chosen = np.sort(chosen[np.argsort(-area[chosen], kind="stable")[:MOST_COMPONENTS]])
    least = LEAST_HEIGHT if layer.scale == 1 else LEAST_HEIGHT_OF_ITS_OWN
    boxes = np.column_stack([x, y, x + width, y + height])[chosen]
    return Parts(labels, boxes, chosen, least, _most_height(layer))


def _most_height(layer: InkLayer) -> int:
    """What is higher is left to the next layer, where there is one."""
    return MOST_HEIGHT if min(layer.mask.shape) < 2 * LEAST_SIDE else MOST_HEIGHT_OF_ITS_OWN


def _connected(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The labels of components h×w, and their boxes and areas, the ground first."""
    # Labels of 16 bits take a fifth of the time, and there are never more components than pixels of ink.
    few = cv2.countNonZero(mask) < np.iinfo(np.uint16).max
    kind = cv2.CV_16U if few else cv2.CV_32S
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=kind)
    return labels, stats
