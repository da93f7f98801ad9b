"""Signs in numbers: which gaps hold a decimal point, a comma, a colon or a minus, and where its ink is."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from digitcam.gaps import Places, layer_for, look_before
from digitcam.layer import InkLayer
from digitcam.rows import Rows, find_rows
from digitcam.sign_network import NONE, SignNetwork
from digitcam.types import SIGNS, Box, Sign

# Where the middle of a sign's ink lies: heights before the digit's left edge at most, after it at most, and
# from the lower to the upper of these above the baseline.
REACH = {".": 1.3, ",": 1.3, ":": 1.3, "-": 1.45}
INSIDE = 0.15
LEVELS = {".": (-0.22, 0.34), ",": (-0.45, 0.24), ":": (-0.15, 0.95), "-": (0.15, 0.8)}
# A dot or comma is at most so long, a dash so long; all in heights.
DOT, COMMA, DASH = 0.4, 0.7, 1.4
LONGEST = {".": DOT, ",": COMMA, ":": DOT, "-": DASH}
# The dots of a colon lie one above the other, give or take so much, and so far apart.
ASIDE, APART = 0.3, 0.16
# Of a window full of specks so many are looked at.
MOST_PARTS = 60
# Where the mask has lost the ink: a box of this size in the middle of the levels, before the digit.
SUPPOSED = 0.15
# What was read as a digit is a sign where most of its box is the sign's, and it is this low beside its row.
MOSTLY, LOW = 0.5, 0.65


def find_signs(
    network: SignNetwork,
    layers: tuple[InkLayer, ...],
    boxes: np.ndarray,
    dark: np.ndarray,
    contrast: np.ndarray,
    chosen: np.ndarray | None = None,
    steadied: Callable[[np.ndarray], np.ndarray] = np.asarray,
) -> tuple[tuple[Sign, ...], np.ndarray]:
    """The signs before digits.

    Args:
        network: says what stands in a gap.
        layers: of the picture.
        boxes: N×4 int, x, y, width, height of digits that do not overlap, picture pixels.
        dark: N bool, whether a digit's ink is darker than the paper.
        contrast: N, mean strength of its ink in grey levels.
        chosen: indices of the C digits that signs are looked for before; by default all.
        steadied: what becomes of the network's C×5 probabilities before the likeliest counts: in a film
            their mean over its frames.

    Returns:
        M signs, boxes in picture pixels; M int, before which digit each stands, at most one before each.
    """
    chosen = np.arange(len(boxes)) if chosen is None else chosen
    if not len(chosen):
        return (), np.zeros(0, np.intp)
    rows = find_rows(boxes)
    places = Places(rows)
    classes = steadied(network.predict(look_before(layers, places, dark, contrast, chosen))).argmax(1)
    signs = {}
    for i, kind in zip(chosen.tolist(), classes.tolist(), strict=True):
        layer = layer_for(layers, bool(dark[i]), float(places.unit[i])) if kind != NONE else None
        if layer is not None:
            signs[i] = Sign(_located(layer, places, rows, i, SIGNS[kind]), SIGNS[kind])
    return tuple(signs.values()), np.array(list(signs), np.intp)


def taken_for_digits(boxes: np.ndarray, signs: tuple[Sign, ...], owners: np.ndarray) -> np.ndarray:
    """Which digits are themselves the sign before another one: N bool.

    Args:
        boxes: N×4, of the digits.
        signs: M of them; owners: M, before which digit each stands.
    """
    taken = np.zeros(len(boxes), bool)
    for sign, owner in zip(signs, owners, strict=True):
        taken |= _is_sign(boxes, sign.box, LOW * float(boxes[owner, 3]))
    return taken


def _is_sign(boxes: np.ndarray, sign: Box, highest: float) -> np.ndarray:
    """Which boxes lie mostly on a sign's, and are as low as a sign: N bool."""
    x, y, width, height = boxes.T
    across = np.minimum(x + width, sign.right) - np.maximum(x, sign.x)
    down = np.minimum(y + height, sign.bottom) - np.maximum(y, sign.y)
    shared = np.maximum(across, 0) * np.maximum(down, 0)
    return (shared > MOSTLY * width * height) & (height < highest)


def _located(layer: InkLayer, places: Places, rows: Rows, index: int, text: str) -> Box:
    """The box of the ink of the sign before a digit, in picture pixels."""
    unit, s = float(places.unit[index]), layer.scale
    edge, base = float(places.along[index]), float(places.across[index])
    before = np.flatnonzero(rows.following == index)
    reach = REACH[text] * unit
    if len(before):
        reach = min(reach, float(rows.after[before[0]]) * unit + INSIDE * unit)
    low, high = LEVELS[text]
    cosine, sine = float(np.cos(places.angle)), float(np.sin(places.angle))
    # Where the middle of its ink may be, along and across, and the window around that in the layer.
    first, last, upper, lower = edge - reach, edge + INSIDE * unit, base - high * unit, base - low * unit
    xs = [along * cosine - across * sine for along in (first, last) for across in (upper, lower)]
    ys = [along * sine + across * cosine for along in (first, last) for across in (upper, lower)]
    spare, longest = LONGEST[text] * unit / 2, LONGEST[text] * unit
    left, top = (max(int((min(v) - spare) / s), 0) for v in (xs, ys))
    right, bottom = (max(int((max(v) + spare) / s) + 2, 0) for v in (xs, ys))
    found = []
    for box in _components(layer.mask[top:bottom, left:right], left, top, s):
        x, y = box.centre
        along, across = x * cosine + y * sine, y * cosine - x * sine
        if first <= along <= last and upper <= across <= lower and max(box.width, box.height) <= longest:
            found.append(box)
    if text == ":":
        found = _stacked(found, unit)
    if found:
        return Box.around(found[: 2 if text == ":" else 1])
    side = max(1, round(SUPPOSED * unit))
    along, across = edge - min(reach, 0.3 * unit) / 2, (upper + lower) / 2
    x, y = along * cosine - across * sine, along * sine + across * cosine
    return Box(round(x - side / 2), round(y - side / 2), side, side)


def _components(mask: np.ndarray, left: int, top: int, scale: int) -> list[Box]:
    """The boxes of the components of a window of a mask in picture pixels, those with most ink first."""
    if not mask.size:
        return []
    # Labels of 16 bits take less time, and a window this small has never more components.
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_16U)
    parts = sorted(stats[1:].tolist(), key=lambda part: -part[cv2.CC_STAT_AREA])
    return [
        Box((left + x) * scale, (top + y) * scale, width * scale, height * scale)
        for x, y, width, height, _ in parts[:MOST_PARTS]
    ]


def _stacked(parts: list[Box], unit: float) -> list[Box]:
    """The largest two of the parts that lie one above the other; else the parts as they are."""
    for i, one in enumerate(parts[:4]):
        for other in parts[i + 1 : 4]:
            aside = abs(one.centre[0] - other.centre[0])
            apart = abs(one.centre[1] - other.centre[1])
            if aside <= ASIDE * unit + 0.3 * apart and apart >= APART * unit:
                return [one, other]
    return parts
