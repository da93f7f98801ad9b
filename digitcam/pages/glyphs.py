"""From a written sign to ink: anti-aliased alpha at any height and pen width.

Signs come from the project's own pen model, or from collections given as arrays: 28×28 images (MNIST)
or pen paths (UNIPEN).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from digitcam.pages.pen import Strokes, WriterStyle, write_digit
from digitcam.pages.texture import clouds, noise

FINE = 8.0  # the pen's width, in sub-pixels, from which a staircase edge is averaged away


@dataclass(frozen=True, eq=False)
class Glyph:
    """A sign before it is inked: either ``strokes`` (unit height) or an ``image`` (H×W uint8, ink 255)."""

    strokes: Strokes | None = None
    image: np.ndarray | None = None

    def __post_init__(self) -> None:
        if (self.strokes is None) == (self.image is None):
            raise ValueError("a glyph needs either strokes or an image")


@dataclass(frozen=True)
class Pen:
    """What the pen leaves.

    Attributes:
        width: stroke width in pixels; pressure: its relative variation along a stroke.
        opacity: 0 to 1; dry: share of a marker's stroke that stays bare; grain: 0 to 1, as a pencil's.
        soft: blur of the edge, pixels.
    """

    width: float
    pressure: float = 0.1
    opacity: float = 0.95
    dry: float = 0.0
    grain: float = 0.0
    soft: float = 0.4


@dataclass(frozen=True, eq=False)
class Ink:
    """A rendered sign: ``alpha`` H×W uint8 and the place (x, y) of the ink box's corner inside it."""

    alpha: np.ndarray
    corner: tuple[int, int]
    size: tuple[int, int]  # width, height of the ink box
    hull: np.ndarray  # n×2 float32, convex hull of the ink, relative to the ink box's corner


class GlyphSource(Protocol):
    """Where a page gets its digits from."""

    def digit(self, label: str, rng: np.random.Generator, style: WriterStyle) -> Glyph:
        """One example of ``label`` in the hand of ``style``, as far as the source can follow it."""


class PenGlyphs:
    """The project's own pen model."""

    def digit(self, label: str, rng: np.random.Generator, style: WriterStyle) -> Glyph:
        return Glyph(strokes=write_digit(label, rng, style))


def _by_label(labels: Sequence[int] | np.ndarray) -> dict[str, np.ndarray]:
    values = np.asarray(labels).astype(int)
    return {str(label): np.flatnonzero(values == label) for label in range(10)}


class ImageGlyphs:
    """Digits from ``images`` (N×28×28 uint8, ink 255) with ``labels`` (N, 0 to 9)."""

    def __init__(self, images: np.ndarray, labels: Sequence[int] | np.ndarray) -> None:
        self.images = images
        self._of = _by_label(labels)

    def digit(self, label: str, rng: np.random.Generator, style: WriterStyle) -> Glyph:
        image = self.images[int(rng.choice(self._of[label]))]
        rows, columns = np.flatnonzero(image.max(axis=1) > 40), np.flatnonzero(image.max(axis=0) > 40)
        return Glyph(image=image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


class StrokeGlyphs:
    """Digits from pen paths: one sequence of strokes (n×2, y downwards, any scale) for each of ``labels``."""

    def __init__(self, paths: Sequence[Sequence[np.ndarray]], labels: Sequence[int] | np.ndarray) -> None:
        self.paths = paths
        self._of = _by_label(labels)

    def digit(self, label: str, rng: np.random.Generator, style: WriterStyle) -> Glyph:
        strokes = [np.asarray(s, np.float32) for s in self.paths[int(rng.choice(self._of[label]))]]
        points = np.concatenate(strokes)
        low, extent = points.min(axis=0), np.ptp(points, axis=0)
        # A dash has no height of its own: it is measured by its length then.
        scale = max(float(extent[1]), float(extent[0]) / 3, 1e-6)
        return Glyph(strokes=tuple((stroke - low) / scale for stroke in strokes))


def render(glyph: Glyph, height: float, pen: Pen, rng: np.random.Generator) -> Ink:
    """Ink ``glyph`` so that something of unit height becomes ``height`` pixels high, pen width included."""
    if glyph.strokes is not None:
        alpha = _draw(glyph.strokes, max(height - pen.width, 2.0), pen, rng)
    else:
        assert glyph.image is not None
        alpha = _enlarge(glyph.image, height, pen)
    if pen.soft:
        alpha = cv2.GaussianBlur(alpha, (0, 0), pen.soft)
    alpha = _worn(alpha, pen, rng)
    places = cv2.findNonZero((alpha > 0.4 * 255 * pen.opacity).astype(np.uint8))
    if places is None:  # a stroke thinner than a pixel
        places = cv2.findNonZero((alpha >= alpha.max()).astype(np.uint8))
    points = places.reshape(-1, 2)
    x, y, width, tall = cv2.boundingRect(points)
    hull = cv2.convexHull(points).reshape(-1, 2).astype(np.float32) - np.array([x - 0.5, y - 0.5], np.float32)
    return Ink(alpha, (x, y), (width, tall), hull)


def _draw(strokes: Strokes, height: float, pen: Pen, rng: np.random.Generator) -> np.ndarray:
    fine = int(np.clip(np.ceil(FINE / pen.width), 1, 8))
    margin = int(np.ceil(pen.width * 0.7 + 2 + 3 * pen.soft))
    width = float(max(stroke[:, 0].max() for stroke in strokes)) * height
    tall = float(max(stroke[:, 1].max() for stroke in strokes)) * height
    shape = int(np.ceil(tall)) + 2 * margin + 1, int(np.ceil(width)) + 2 * margin + 1
    canvas = np.zeros((shape[0] * fine, shape[1] * fine), np.uint8)
    line = cv2.LINE_AA if fine == 1 else cv2.LINE_8
    shift = rng.random(2)  # where the pixel grid falls
    for stroke in strokes:
        points = np.round((stroke * height + margin + shift) * (fine * 16)).astype(np.int32)
        for part, factor in _pressed(points, pen.pressure, rng):
            thickness = max(1, round(pen.width * fine * factor))
            cv2.polylines(canvas, [part], False, 255, thickness, line, 4)
    return cv2.resize(canvas, shape[::-1], interpolation=cv2.INTER_AREA) if fine > 1 else canvas


def _pressed(points: np.ndarray, pressure: float, rng: np.random.Generator) -> list[tuple[np.ndarray, float]]:
    """Cut a path into short parts whose width wanders: fast ends are thin, slow turns are thick."""
    if pressure <= 0 or len(points) < 8:
        return [(points, 1.0)]
    count = max(2, len(points) // 5)
    factors = 1 + pressure * np.convolve(rng.standard_normal(count + 2), [0.4, 0.6, 0.4], "valid")
    factors[-1] -= 0.8 * pressure
    bounds = np.linspace(0, len(points) - 1, count + 1).astype(int)
    return [
        (points[a : b + 1], float(np.clip(f, 0.55, 1.6)))
        for a, b, f in zip(bounds[:-1], bounds[1:], factors, strict=True)
    ]


def _enlarge(image: np.ndarray, height: float, pen: Pen) -> np.ndarray:
    """Scale a small ink image, with an edge as sharp as a drawn stroke's."""
    scale = height / image.shape[0]
    margin = 3
    padded = cv2.copyMakeBorder(image, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0)
    size = max(2, round(padded.shape[1] * scale)), max(2, round(padded.shape[0] * scale))
    if scale <= 1:
        return cv2.resize(padded, size, interpolation=cv2.INTER_AREA)
    large = cv2.GaussianBlur(cv2.resize(padded, size, interpolation=cv2.INTER_CUBIC), (0, 0), 0.45 * scale)
    # Where the edge is cut decides the stroke's width: half way up is the width it was written with.
    steepness = 0.5 + 0.5 * scale
    return cv2.convertScaleAbs(np.maximum((large.astype(np.float32) - 115) * steepness + 128, 0))


def _worn(alpha: np.ndarray, pen: Pen, rng: np.random.Generator) -> np.ndarray:
    size = alpha.shape[1], alpha.shape[0]
    factor: np.ndarray | float = pen.opacity
    if pen.grain:
        factor = factor * np.clip(1 - pen.grain * (0.45 + 0.55 * noise(size, rng, "grain")), 0.12, 1)
    if pen.dry:
        streaks = clouds(size, (max(2.0, 1.5 * pen.width), max(1.0, 0.25 * pen.width)), rng)
        factor = factor * np.clip(1.2 - 1.6 * np.maximum(streaks - 1.5 + 2.0 * pen.dry, 0), 0.08, 1)
    if isinstance(factor, float):
        return cv2.convertScaleAbs(alpha, alpha=factor)
    return np.clip(alpha * factor, 0, 255).astype(np.uint8)
