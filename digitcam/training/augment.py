"""Augmentation: the same digit as another hand, another pen and another camera would give it.

Every transformed image is normalised again, since the pipe normalises whatever it crops.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitcam.normalise import SIDE, normalise
from digitcam.training.disturb import disturb

# Warps are done at twice the size, so that thin strokes keep their shape.
LARGE = 2 * SIDE
MARGIN = LARGE // 4
CANVAS = LARGE + 2 * MARGIN


@dataclass(frozen=True)
class Strength:
    """How far augmentation goes. All values are half-widths of symmetric ranges.

    Attributes:
        rotation: degrees.
        zoom: share by which width and height change, each for itself.
        shear: horizontal shift per unit of height.
        shift: pixels of the 28×28 image, after normalisation.
        elastic: pixels of the 28×28 image (Simard, Steinkraus and Platt, 2003).
        stroke: share of images whose strokes are made thinner or thicker.
        blur: share of images that are blurred or sharpened.
        disturb: share of images that are disturbed afterwards, see ``disturb``.
    """

    rotation: float = 12.0
    zoom: float = 0.15
    shear: float = 0.20
    shift: float = 1.5
    elastic: float = 0.9
    stroke: float = 0.4
    blur: float = 0.15
    disturb: float = 0.25


def augment(image: np.ndarray, rng: np.random.Generator, strength: Strength) -> np.ndarray:
    """One 28×28 uint8 image, changed at random."""
    large = _warp(image, rng, strength)
    if rng.random() < strength.stroke:
        large = _change_stroke(large, rng)
    if rng.random() < strength.blur:
        large = cv2.GaussianBlur(large, (0, 0), rng.uniform(0.8, 2.5))
    result = _shift(normalise(large), rng, strength.shift)
    return disturb(result, rng) if rng.random() < strength.disturb else result


def _warp(image: np.ndarray, rng: np.random.Generator, strength: Strength) -> np.ndarray:
    angle = np.deg2rad(rng.uniform(-strength.rotation, strength.rotation))
    shear = rng.uniform(-strength.shear, strength.shear)
    scale = np.diag(2 * np.exp(rng.uniform(-strength.zoom, strength.zoom, 2)))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[1, shear], [0, 1]]) @ scale
    offset = CANVAS / 2 - matrix @ np.array([SIDE / 2, SIDE / 2])
    large = cv2.warpAffine(image, np.column_stack([matrix, offset]), (CANVAS, CANVAS), flags=cv2.INTER_LINEAR)
    return _bend(large, rng, 2 * strength.elastic) if strength.elastic else large


_COLUMNS, _ROWS = np.meshgrid(np.arange(CANVAS, dtype=np.float32), np.arange(CANVAS, dtype=np.float32))


def _bend(large: np.ndarray, rng: np.random.Generator, amount: float) -> np.ndarray:
    """Shift pixels by a smooth random field: a 5×5 grid, interpolated."""
    field: np.ndarray = rng.normal(0, amount, (5, 5, 2)).astype(np.float32)
    field = cv2.resize(field, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
    return cv2.remap(large, _COLUMNS + field[..., 0], _ROWS + field[..., 1], cv2.INTER_LINEAR)


_DISC = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))


def _change_stroke(large: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make strokes thicker by up to three pixels of the 28×28 image, or thinner by up to one."""
    if rng.random() < 0.6:
        return cv2.dilate(large, _DISC, iterations=int(rng.integers(1, 4)))
    thin = cv2.erode(large, _DISC)
    share = rng.uniform(0.4, 1.0)
    return cv2.addWeighted(thin, share, large, 1 - share, 0)


def _shift(image: np.ndarray, rng: np.random.Generator, amount: float) -> np.ndarray:
    """Move and scale a little: boxes on real pictures are not exact."""
    if amount <= 0 or rng.random() < 0.3:
        return image
    scale = 1 + rng.uniform(-0.06, 0.04)
    dx, dy = rng.uniform(-amount, amount, 2) + (1 - scale) * SIDE / 2
    matrix = np.array([[scale, 0, dx], [0, scale, dy]])
    return cv2.warpAffine(image, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR)


# A piece narrower than this is a stroke that could be a 1.
STROKE_ASPECT = 0.5


def spoil(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make something that is no digit out of digits: a piece of one, or two of them together.

    Args:
        images: 2×28×28 uint8.

    Returns:
        28×28 uint8, normalised.
    """
    if rng.random() < 0.5:
        piece = _piece(images[0], rng)
        shape = _trim(piece).shape
        if min(shape) >= STROKE_ASPECT * max(shape):
            return piece
    gap = int(rng.integers(-2, 5))
    if rng.random() < 0.75:
        return normalise(_side_by_side(_trim(images[0]), _trim(images[1]), gap, int(rng.integers(-3, 4))))
    return normalise(_side_by_side(_trim(images[0]).T, _trim(images[1]).T, gap, int(rng.integers(-3, 4))).T)


def _side_by_side(left: np.ndarray, right: np.ndarray, gap: int, rise: int) -> np.ndarray:
    """Two trimmed images on one canvas, ``gap`` columns apart (negative: overlapping)."""
    canvas = np.zeros((2 * SIDE, 3 * SIDE), np.uint8)
    for image, x, y in ((left, 4, 0), (right, max(4, 4 + left.shape[1] + gap), rise)):
        top = SIDE - image.shape[0] // 2 + y
        place = canvas[top : top + image.shape[0], x : x + image.shape[1]]
        np.maximum(place, image, out=place)
    return canvas


def _trim(image: np.ndarray) -> np.ndarray:
    x, y, width, height = cv2.boundingRect((image > 40).view(np.uint8))
    return image[y : y + height, x : x + width] if width and height else image[4:24, 4:24]


def _piece(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cut a digit straight through and keep the side with 30 to 60 % of its ink."""
    angle = rng.uniform(0, 2 * np.pi)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    along = columns * np.cos(angle) + rows * np.sin(angle)
    order = np.argsort(along.ravel())
    total = np.cumsum(image.ravel()[order].astype(np.float32))
    cut = along.ravel()[order[np.searchsorted(total, total[-1] * rng.uniform(0.3, 0.6))]]
    return normalise(np.where(along < cut, image, 0).astype(np.uint8))
