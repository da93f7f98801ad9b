"""From a written sign to ink: anti-aliased alpha at any height, with any pen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitcam.pages.glyphs import Glyph
from digitcam.pages.pen import Strokes
from digitcam.pages.texture import clouds, noise

FINE = 8.0  # the pen's width, in sub-pixels, from which a staircase edge is averaged away
# How much thinner or thicker than it was written the stroke of an image can be made without breaking
# or closing its loops.
THINNEST, THICKEST = 0.5, 1.5
BROAD = 0.11  # digit heights: from here on a pen may fill the loops of what it writes
GAP = 0.04  # digit heights: what is seen of a gap where the ink does not run
FINEST = 5  # points along a piece of stroke that is a gap or none


@dataclass(frozen=True)
class Pen:
    """What the pen leaves.

    Attributes:
        width: stroke width in pixels; pressure: its relative variation along a stroke.
        opacity: 0 to 1; dry: share of a marker's stroke that stays bare; grain: 0 to 1, as a pencil's.
        skips: share of a stroke's length in which the ink hardly runs, as a ball pen's.
        flat: 0 to 1, how much narrower than ``width`` a broad tip is across; tip: its direction, radians.
        soft: blur of the edge, pixels.
    """

    width: float
    pressure: float = 0.1
    opacity: float = 0.95
    dry: float = 0.0
    grain: float = 0.0
    skips: float = 0.0
    flat: float = 0.0
    tip: float = 0.8
    soft: float = 0.4


@dataclass(frozen=True, eq=False)
class Ink:
    """A rendered sign: ``alpha`` H×W uint8 and the place (x, y) of the ink box's corner inside it."""

    alpha: np.ndarray
    corner: tuple[int, int]
    size: tuple[int, int]  # width, height of the ink box
    hull: np.ndarray  # n×2 float32, convex hull of the ink, relative to the ink box's corner


def render(glyph: Glyph, height: float, pen: Pen, rng: np.random.Generator) -> Ink:
    """Ink ``glyph`` so that something of unit height becomes ``height`` pixels high, pen width included."""
    if glyph.strokes is not None:
        pen = _fitting(glyph.strokes, height, pen)
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


def _fitting(strokes: Strokes, height: float, pen: Pen) -> Pen:
    """``pen``, or a thinner one where it would fill a loop: people write larger with a broad pen."""
    if pen.width < BROAD * height:
        return pen
    loops = _loops(strokes, 0.5 * BROAD, 0.008)
    width = pen.width / height
    while width > BROAD and _loops(strokes, width, 0.0025) < loops:
        width *= 0.85
    return replace(pen, width=width * height)


def _loops(strokes: Strokes, width: float, least: float) -> int:
    """How many loops of at least ``least`` square heights a pen of ``width`` heights leaves open."""
    side = 48
    inner = side * (1 - width)
    reach = max(float(stroke[:, 0].max()) for stroke in strokes)
    canvas = np.zeros((side + 8, int(reach * inner + side * width) + 9), np.uint8)
    for stroke in strokes:
        points = np.round((stroke * inner + side * width / 2 + 4) * 16).astype(np.int32)
        cv2.polylines(canvas, [points], False, 255, max(1, round(side * width)), cv2.LINE_8, 4)
    _, _, stats, _ = cv2.connectedComponentsWithStats(255 - canvas, connectivity=4)
    # The first two are the ink and what lies around it.
    return int((stats[2:, cv2.CC_STAT_AREA] >= least * side**2).sum())


def _draw(strokes: Strokes, height: float, pen: Pen, rng: np.random.Generator) -> np.ndarray:
    fine = int(np.clip(np.ceil(FINE / pen.width), 1, 8))
    margin = int(np.ceil(pen.width * 0.8 + 2 + 3 * pen.soft))
    width = float(max(stroke[:, 0].max() for stroke in strokes)) * height
    tall = float(max(stroke[:, 1].max() for stroke in strokes)) * height
    shape = int(np.ceil(tall)) + 2 * margin + 1, int(np.ceil(width)) + 2 * margin + 1
    canvas = np.zeros((shape[0] * fine, shape[1] * fine), np.uint8)
    shift = rng.random(2)  # where the pixel grid falls
    for stroke in strokes:
        path = _even(stroke, (GAP + pen.width / height) / FINEST) if pen.skips else stroke
        points = np.round((path * height + margin + shift) * (fine * 16)).astype(np.int32)
        # What hardly runs comes first, so that it takes nothing away where strokes cross.
        for part, factor, level in sorted(_pressed(points, pen, rng), key=lambda each: each[2]):
            if pen.flat:
                _sweep(canvas, part, pen, fine, level)
            else:
                thickness = max(1, round(pen.width * fine * factor))
                line = cv2.LINE_AA if fine == 1 else cv2.LINE_8
                cv2.polylines(canvas, [part], False, level, thickness, line, 4)
    return cv2.resize(canvas, shape[::-1], interpolation=cv2.INTER_AREA) if fine > 1 else canvas


def _pressed(points: np.ndarray, pen: Pen, rng: np.random.Generator) -> list[tuple[np.ndarray, float, int]]:
    """Cut a path into short parts (points, relative width, level 0 to 255) along which the pen wanders:
    fast ends are thin, slow turns are thick, and here and there the ink does not run."""
    if (pen.pressure <= 0 and pen.skips <= 0) or len(points) < 8:
        return [(points, 1.0, 255)]
    count = max(2, len(points) // (FINEST if pen.skips else 5))
    factors = 1 + pen.pressure * np.convolve(rng.standard_normal(count + 2), [0.4, 0.6, 0.4], "valid")
    factors[-1] -= 0.8 * pen.pressure
    levels = np.full(count, 255)
    if pen.skips:
        starved = rng.random(count) < pen.skips
        # Never two in a row: a gap as long as that would be two strokes.
        starved[1:] &= ~starved[:-1]
        levels[starved] = rng.integers(0, 150, int(starved.sum()))
    bounds = np.linspace(0, len(points) - 1, count + 1).astype(int)
    return [
        (points[a : b + 1], float(np.clip(f, 0.55, 1.6)), int(level))
        for a, b, f, level in zip(bounds[:-1], bounds[1:], factors, levels, strict=True)
    ]


def _even(path: np.ndarray, step: float) -> np.ndarray:
    """``path`` with points about ``step`` apart."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    where = np.linspace(0, along[-1], max(2, round(float(along[-1]) / step) + 1))
    return np.stack([np.interp(where, along, path[:, axis]) for axis in (0, 1)], 1)


def _sweep(canvas: np.ndarray, path: np.ndarray, pen: Pen, fine: int, level: int) -> None:
    """Draw a path with a broad tip: the area over which a short straight edge moves."""
    narrow = pen.width * (1 - pen.flat)
    reach = np.array([np.cos(pen.tip), np.sin(pen.tip)]) * (pen.width - narrow) / 2 * fine * 16
    thickness = max(1, round(narrow * fine))
    for start, end in zip(path[:-1], path[1:], strict=True):
        corners = np.array([start - reach, start + reach, end + reach, end - reach])
        quad = cv2.convexHull(np.round(corners).astype(np.int32))
        cv2.fillConvexPoly(canvas, quad, level, cv2.LINE_8, 4)
        cv2.polylines(canvas, [quad], True, level, thickness, cv2.LINE_8, 4)


def _enlarge(image: np.ndarray, height: float, pen: Pen) -> np.ndarray:
    """Scale a small ink image, with an edge as sharp as a drawn stroke's and a stroke as wide as the pen's,
    as far as that keeps its shape."""
    scale = height / image.shape[0]
    margin = 3
    padded = cv2.copyMakeBorder(image, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0)
    size = max(2, round(padded.shape[1] * scale)), max(2, round(padded.shape[0] * scale))
    if scale <= 1:
        return cv2.resize(padded, size, interpolation=cv2.INTER_AREA)
    large = cv2.GaussianBlur(cv2.resize(padded, size, interpolation=cv2.INTER_CUBIC), (0, 0), 0.45 * scale)
    inside = cv2.distanceTransform((large > 115).astype(np.uint8), cv2.DIST_L2, 5)
    ridge = inside[(inside > 1) & (inside >= cv2.dilate(inside, np.ones((3, 3), np.uint8)))]
    if len(ridge) < 4:
        return np.maximum(large, 0)
    written = float(np.median(ridge))  # half the stroke's width
    wanted = float(np.clip(pen.width / 2, THINNEST * written, THICKEST * written))
    # Beyond twice a stroke's width everything is ground alike; the edge moves outwards or inwards as asked.
    outside = cv2.distanceTransform((large <= 115).astype(np.uint8), cv2.DIST_L2, 5)
    if wanted < written:
        reach = 2 * int(np.ceil(written)) + 1
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
        # How far a pixel lies from the middle of its own stroke, be that broad or narrow here.
        off = np.where(inside > 0, cv2.dilate(inside, disc) - inside, outside + written)
        edge = wanted - np.minimum(off, outside + written - inside)
    else:
        edge = inside - outside + (wanted - written)
    return np.clip((edge + 0.5) * 255, 0, 255).astype(np.uint8)


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
