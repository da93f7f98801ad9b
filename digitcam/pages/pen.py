"""The pen model: how one writer's hand turns a skeleton into strokes.

A writer has habits (which shapes, slant, proportions, care, speed) and deviates from them at every
repetition. The path is a Catmull-Rom spline (Catmull and Rom, 1974) through bent control points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digitcam.pages.shapes import ALIKE, DIGITS, LETTERS, SIGNS, parse

Strokes = tuple[np.ndarray, ...]
JOINED = tuple("acehkmnrtuvwxp")  # what can be joined up without looking like a digit
STEPS = 7  # points drawn between two control points


@dataclass(frozen=True)
class WriterStyle:
    """One writer's hand; lengths are fractions of a digit's height.

    Attributes:
        habits: ten numbers 0 to 1 that say which shape the writer uses for each digit.
        whim: probability that another shape is used for once.
        slant: horizontal shift per height, positive leans right.
        aspect: width relative to the skeleton's.
        bend: 2×6, the writer's own quadratic distortion of every shape.
        care: spread of the control points from one repetition to the next.
        wobble: amplitude of a low-frequency deviation along the path.
        tremor: amplitude of a high-frequency one.
        haste: 0 to 1: corners get round, strokes overshoot, loops stay open.
        turn: spread of a glyph's rotation, radians.
        jitter: relative spread of heights; drift: rise of the baseline per width.
    """

    habits: tuple[float, ...]
    whim: float
    slant: float
    aspect: float
    bend: np.ndarray
    care: float
    wobble: float
    tremor: float
    haste: float
    turn: float
    jitter: float
    drift: float


def make_style(rng: np.random.Generator) -> WriterStyle:
    """Draw a writer. Most are careful; a few are hasty, shaky or lean far."""
    return WriterStyle(
        habits=tuple(rng.random(10)),
        whim=float(rng.choice([0.0, 0.05, 0.3])),
        slant=float(np.clip(rng.normal(0.1, 0.16), -0.3, 0.5)),
        aspect=float(np.clip(np.exp(rng.normal(0.04, 0.2)), 0.72, 1.6)),
        bend=rng.normal(0, 0.06, (2, 6)),
        care=float(rng.uniform(0.008, 0.034)),
        wobble=float(rng.uniform(0.0, 0.018)),
        tremor=float(rng.choice([0, 0, 0, 0.004, 0.009])),
        haste=float(rng.beta(1.5, 2.5)),
        turn=float(rng.uniform(0.0, 0.07)),
        jitter=float(rng.uniform(0.02, 0.09)),
        drift=float(rng.normal(0, 0.015)),
    )


def spline(points: np.ndarray, corners: np.ndarray, steps: int = STEPS) -> np.ndarray:
    """Run a Catmull-Rom spline through ``points`` (n×2), parametrised by chord length.

    The tangent is broken at ``corners`` (n bool).

    Returns:
        ((n − 1) · steps + 1)×2 float64.
    """
    if len(points) < 2:
        return points
    chords = np.diff(points, axis=0)
    lengths = np.maximum(np.hypot(chords[:, 0], chords[:, 1]), 1e-3)[:, None]
    slopes = chords / lengths
    before, after = np.vstack([slopes[:1], slopes]), np.vstack([slopes, slopes[-1:]])
    near, far = np.vstack([lengths[:1], lengths]), np.vstack([lengths, lengths[-1:]])
    tangents = (before * far + after * near) / (near + far)
    # At a corner each side runs straight into it, with a tangent of its own.
    sharp = corners[:, None]
    incoming = np.where(sharp, 0.55 * before, tangents) * near
    outgoing = np.where(sharp, 0.55 * after, tangents) * far
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    a, b = points[:-1, None], points[1:, None]
    u, v = outgoing[:-1, None], incoming[1:, None]
    path = (
        (2 * t**3 - 3 * t**2 + 1) * a
        + (t**3 - 2 * t**2 + t) * u
        + (3 * t**2 - 2 * t**3) * b
        + (t**3 - t**2) * v
    )
    return np.vstack([path.reshape(-1, 2), points[-1:]])


def _habit(label: str, rng: np.random.Generator, style: WriterStyle) -> str:
    shapes = DIGITS[label]
    weights = np.cumsum([weight for weight, _ in shapes])
    habit = rng.random() if rng.random() < style.whim else style.habits[int(label)]
    return shapes[int(np.searchsorted(weights, habit * weights[-1], side="right"))][1]


def _bent(points: np.ndarray, bend: np.ndarray) -> np.ndarray:
    x, y = points[:, 0] - 0.3, points[:, 1] - 0.5
    basis = np.stack([x * y, y * y - 0.1, x * x - 0.05, x * y * y, np.sin(5 * y), np.sin(6 * x)])
    return points + (bend @ basis).T * np.array([1.0, 0.7])


def _rough(count: int, knots: int, rng: np.random.Generator) -> np.ndarray:
    """A smooth random walk along a path: ``count``×2, unit spread, about ``knots`` turns."""
    where = np.linspace(0, knots, count)
    values = rng.standard_normal((knots + 3, 2))
    low = np.minimum(where.astype(int), knots)
    part = (where - low)[:, None]
    part = part * part * (3 - 2 * part)
    return values[low] * (1 - part) + values[low + 1] * part


def _smoothed(path: np.ndarray, radius: int) -> np.ndarray:
    if radius < 1 or len(path) < 5:
        return path
    padded = np.vstack([np.repeat(path[:1], radius, 0), path, np.repeat(path[-1:], radius, 0)])
    total = np.cumsum(np.vstack([np.zeros((1, 2)), padded]), axis=0)
    width = 2 * radius + 1
    return (total[width:] - total[:-width]) / width


def _write(skeleton: str, rng: np.random.Generator, style: WriterStyle) -> list[np.ndarray]:
    care = style.care * (1 + 0.8 * style.haste)
    bend = style.bend + rng.normal(0, 0.4 * care, (2, 6))
    paths = []
    for points, corners in parse(skeleton):
        points = _bent(points, bend) + rng.normal(0, care, points.shape)
        points += rng.normal(0, care, 2)  # strokes of one glyph never meet exactly
        path = spline(points, corners)
        for end, inner in ((0, min(3, len(path) - 1)), (-1, -min(4, len(path)))):
            direction = path[end] - path[inner]
            length = float(np.hypot(*direction)) + 1e-6
            path[end] += direction / length * min(length, abs(rng.normal(0, 0.06 * style.haste)))
        path = _smoothed(path, int(rng.random() * 2.6 * style.haste + 0.3))
        count = len(path)
        path = path + style.wobble * _rough(count, 3, rng)
        if style.tremor:
            path = path + style.tremor * _rough(count, max(4, count // 3), rng)
        paths.append(path)
    return paths


def _placed(paths: list[np.ndarray], aspect: float, slant: float, angle: float) -> Strokes:
    """Lean, turn, and scale to unit height with the top left corner at the origin."""
    cosine, sine = np.cos(angle), np.sin(angle)
    matrix = np.array([[cosine, -sine], [sine, cosine]]) @ np.array([[aspect, -slant], [0.0, 1.0]])
    turned = [path @ matrix.T for path in paths]
    low = np.min([path.min(axis=0) for path in turned], axis=0)
    high = np.max([path.max(axis=0) for path in turned], axis=0)
    height = max(high[1] - low[1], 0.02)
    return tuple(((path - low) / height).astype(np.float32) for path in turned)


def write_digit(label: str, rng: np.random.Generator, style: WriterStyle) -> Strokes:
    """Write a digit.

    Args:
        label: one of 0 to 9; KeyError otherwise.

    Returns:
        Strokes, n×2 float32 each: x, y downwards, of unit height, top left corner at the origin.
    """
    paths = _write(_habit(label, rng, style), rng, style)
    aspect = style.aspect * float(np.exp(rng.normal(0, 0.05)))
    slant = style.slant + float(rng.normal(0, 0.03))
    return _placed(paths, aspect, slant, float(rng.normal(0, style.turn)))


def write_letter(letter: str, rng: np.random.Generator, style: WriterStyle) -> Strokes:
    """Write a letter from A to Z or a to z, of unit height."""
    paths = _write(LETTERS.get(letter) or ALIKE[letter], rng, style)
    return _placed(paths, style.aspect, style.slant, float(rng.normal(0, style.turn)))


def write_sign(rng: np.random.Generator, style: WriterStyle) -> Strokes:
    """Write a sign or doodle of ``shapes.SIGNS``, as high as such a sign is beside digits of height 1."""
    height, skeleton = SIGNS[_any(tuple(SIGNS), rng)]
    paths = _write(skeleton, rng, style)
    strokes = _placed(paths, float(np.exp(rng.normal(0, 0.12))), style.slant / 2, float(rng.normal(0, 0.08)))
    return tuple(stroke * np.float32(height * np.exp(rng.normal(0, 0.15))) for stroke in strokes)


def write_word(rng: np.random.Generator, style: WriterStyle, length: int) -> Strokes:
    """Write ``length`` small letters joined up, in one stroke of unit height."""
    path: list[np.ndarray] = []
    cursor = 0.0
    for _ in range(length):
        letter = np.concatenate(write_letter(_any(JOINED, rng), rng, style))
        tall = float(rng.choice([0.55, 0.6, 1.0], p=[0.45, 0.35, 0.2]))
        path.append(letter * np.float32(tall) + np.array([cursor, 1 - tall], np.float32))
        cursor += float(np.ptp(letter[:, 0])) * tall + float(rng.uniform(0.08, 0.25))
    return _placed([np.concatenate(path).astype(float)], 1.0, 0.0, 0.0)


def write_shape(rng: np.random.Generator, style: WriterStyle) -> Strokes:
    """Draw a closed outline with three to nine corners, some of them pulled far out or in."""
    count = int(rng.integers(3, 10))
    angles = np.sort(rng.uniform(0, 2 * np.pi, count))
    reach = rng.uniform(0.25, 1.0, count)
    points = np.stack([np.cos(angles), np.sin(angles)], 1) * reach[:, None]
    points = np.vstack([points, points[:1]])
    # Corners all round: a smooth outline would be a 0.
    path = spline(points, np.ones(count + 1, bool)) + style.wobble * _rough(count * STEPS + 1, 5, rng)
    return _placed([path], float(rng.uniform(0.8, 1.6)), 0.0, 0.0)


def write_distractor(rng: np.random.Generator, style: WriterStyle) -> Strokes:
    """Write something that is no digit: a letter or a sign, about as high as the writer's digits."""
    if rng.random() < 0.6:
        return write_letter(_any(tuple(LETTERS), rng), rng, style)
    return write_sign(rng, style)


def _any(names: Sequence[str], rng: np.random.Generator) -> str:
    return names[int(rng.integers(len(names)))]
