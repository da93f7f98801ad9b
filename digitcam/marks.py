"""Small ink beside digits: the components that may be signs, with their places in units of the digits.

What is too small for a digit is never proposed as one. Here it is looked for where signs stand, in a strip
around each row of digits alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitcam.layer import InkLayer
from digitcam.rows import Rows, turned

# A digit is at most this high in the layer in which its signs are looked for, pixels.
MOST_HEIGHT = 64.0
# The strip goes this far beyond the digits' boxes, in their heights: before them, after them, up and down.
BEFORE, AFTER, UP, DOWN = 1.1, 0.2, 0.1, 0.55
# A mark is at most so wide and so high, in digit heights, and has at least so many pixels.
MOST_WIDE, MOST_HIGH = 0.95, 0.62
LEAST_AREA = 2
# Of a strip full of specks the largest are looked at.
MOST_IN_STRIP = 150


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """M small components in rows of digits; lengths are in heights of the digits beside them.

    Attributes:
        boxes: M×4 int, x, y, width, height in frame pixels.
        left, right: M, the digits beside each, -1 for none.
        from_left, to_right: M, the gaps between the mark and these digits, infinite for none.
        top, foot: M, how far its ends lie above the digits' baseline; positive is up.
        width, height: M, of its box were the row level.
        fill: M, its ink as a share of its box.
        strength: M, its mean strength against that of its row's digits.
        unit: M, the digits' height in frame pixels.
    """

    boxes: np.ndarray
    left: np.ndarray
    right: np.ndarray
    from_left: np.ndarray
    to_right: np.ndarray
    top: np.ndarray
    foot: np.ndarray
    width: np.ndarray
    height: np.ndarray
    fill: np.ndarray
    strength: np.ndarray
    unit: np.ndarray

    def __len__(self) -> int:
        return len(self.boxes)


def find_marks(
    layers: tuple[InkLayer, ...], rows: Rows, boxes: np.ndarray, dark: np.ndarray, contrast: np.ndarray
) -> Marks:
    """All small components in the rows of digits.

    Args:
        layers: of the picture.
        rows: of the N digits, one at least.
        boxes: N×4, x, y, width, height in frame pixels.
        dark: N bool, whether a digit's ink is darker than the paper.
        contrast: N, mean strength of its ink in grey levels.
    """
    found = []
    for chain in rows.chains():
        unit = float(np.median(rows.height[chain]))
        layer = _layer(layers, bool(dark[chain[0]]), unit)
        if layer is not None:
            found.append(_in_chain(layer, rows, chain, unit, boxes[chain], float(np.median(contrast[chain]))))
    parts = [marks for marks in found if len(marks[0])]
    if not parts:
        return Marks(np.zeros((0, 4), np.int64), *(np.zeros(0, np.int64),) * 2, *(np.zeros(0),) * 9)
    return Marks(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _layer(layers: tuple[InkLayer, ...], dark: bool, height: float) -> InkLayer | None:
    """The layer in which digits of this height are large enough to show their dots."""
    own = [layer for layer in layers if layer.dark == dark]
    if not own:
        return None
    enough = [layer for layer in own if height <= MOST_HEIGHT * layer.scale]
    return min(enough, key=lambda layer: layer.scale) if enough else max(own, key=lambda layer: layer.scale)


def _in_chain(
    layer: InkLayer, rows: Rows, chain: list[int], unit: float, boxes: np.ndarray, contrast: float
) -> tuple[np.ndarray, ...]:
    """The columns of ``Marks`` for one row of digits."""
    s = layer.scale
    low, high = boxes[:, :2].min(0), (boxes[:, :2] + boxes[:, 2:]).max(0)
    left, top = (int(max(v, 0)) for v in (low - np.array([BEFORE, UP]) * unit) // s)
    right, bottom = (int(v) + 1 for v in (high + np.array([AFTER, DOWN]) * unit) // s)
    mask = layer.mask[top:bottom, left:right]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_16U)
    tall, wide = mask.shape
    x, y, width, height, area = stats.T
    small = (width * s <= MOST_WIDE * unit) & (height * s <= MOST_HIGH * unit) & (area >= LEAST_AREA)
    # What goes on beyond the strip is a piece of something else.
    small &= (x > 0) & (y > 0) & (x + width < wide) & (y + height < tall)
    small[0] = False
    chosen = np.flatnonzero(small)
    if len(chosen) > MOST_IN_STRIP:
        chosen = chosen[np.argsort(-area[chosen], kind="stable")[:MOST_IN_STRIP]]
    strength = np.array([_strength(layer, labels, stats[i], int(i), left, top) for i in chosen]) / max(contrast, 1.0)
    x, y, width, height, area = stats[chosen].T
    places = np.stack([(left + x) * s, (top + y) * s, width * s, height * s], 1)
    return places, *_beside(rows, chain, places), area / (width * height), strength, np.full(len(chosen), unit)


def _strength(
    layer: InkLayer, labels: np.ndarray, stats: np.ndarray, number: int, left: int, top: int
) -> float:
    x, y, width, height = (int(v) for v in stats[:4])
    own = cv2.inRange(labels[y : y + height, x : x + width], number, number)
    return cv2.mean(layer.strength[top + y : top + y + height, left + x : left + x + width], own)[0]


def _beside(rows: Rows, chain: list[int], places: np.ndarray) -> tuple[np.ndarray, ...]:
    """Where M boxes stand in a row of digits: left, right, from_left, to_right, top, foot, width, height."""
    members = np.array(chain)
    x, y, wide, tall = places.astype(np.float64).T
    along, across = turned(x + wide / 2, y + tall / 2, rows.angle)
    order = np.searchsorted(rows.along[members], along)
    left = np.where(order > 0, members[order - 1], -1)
    right = np.where(order < len(members), members[np.minimum(order, len(members) - 1)], -1)
    first, last = np.where(left < 0, right, left), np.where(right < 0, left, right)
    unit = (rows.height[first] + rows.height[last]) / 2
    feet = rows.across + rows.height / 2
    span = np.maximum(rows.along[last] - rows.along[first], 1e-9)
    share = np.where(first == last, 0.0, np.clip((along - rows.along[first]) / span, 0, 1))
    base = feet[first] * (1 - share) + feet[last] * share
    # A long flat mark on a tilted page has a box as high as it rises.
    rise = np.where(wide > tall, np.minimum(wide * abs(np.tan(rows.angle)), 0.7 * tall), 0.0)
    height, width = (tall - rise) / unit, wide / unit
    middle = (base - across) / unit
    edge = rows.width / 2
    from_left = np.where(left < 0, np.inf, (along - wide / 2 - rows.along[left] - edge[left]) / unit)
    to_right = np.where(right < 0, np.inf, (rows.along[right] - edge[right] - along - wide / 2) / unit)
    return left, right, from_left, to_right, middle + height / 2, middle - height / 2, width, height
