"""Disturbances: what a bad picture, or a poor threshold, does to a crop that is already 28×28.

The suite of corruptions that measures (``evaluation/corruptions.py``) shares no code with this module, but
some of its kinds: lines, noise, outlines and exchanged black and white are learnt here, with other shapes
and at all strengths.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from digitcam.normalise import SIDE

# A disturbance takes and gives 28×28 float32, 0 (paper) to 255 (full ink); values may leave that range.
Disturbance = Callable[[np.ndarray, np.random.Generator], np.ndarray]

_ROWS, _COLUMNS = np.mgrid[:SIDE, :SIDE].astype(np.float32)
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


def disturb(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One 28×28 uint8 image, disturbed in one way at random."""
    chosen = _KINDS[int(rng.choice(len(_KINDS), p=_SHARES))]
    return np.clip(chosen(image.astype(np.float32), rng), 0, 255).astype(np.uint8)


def _noise(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return ink + rng.normal(0, rng.uniform(5, 60), ink.shape)


def _grain(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Noise that grows with the light, as a sensor's does."""
    photons = rng.uniform(2, 20)
    return rng.poisson(ink * (photons / 255)) * (255 / photons)


def _specks(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    specks = rng.random(ink.shape) < rng.uniform(0.01, 0.2)
    return np.where(specks, rng.choice((0.0, 255.0), ink.shape), ink)


def _grey_ground(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    ground = rng.uniform(0, 160)
    return ground + ink * (255 - ground) / 255


def _clouds(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    clouds: np.ndarray = rng.uniform(0, 200, (4, 4)).astype(np.float32)
    clouds = cv2.resize(clouds, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    covered = rng.random() < 0.5
    return np.maximum(ink * rng.uniform(0.5, 1.0), clouds) if covered else ink + clouds * 0.7


def _faint(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return ink * rng.uniform(0.25, 0.9)


def _straight_line(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    ends = rng.integers(-4, SIDE + 4, (2, 2)).tolist()
    return cv2.line(ink, ends[0], ends[1], float(rng.uniform(80, 255)), 1, cv2.LINE_AA)


def _scribble(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A line with a few corners: a crossing stroke, a crease."""
    along = np.sort(rng.uniform(-2, SIDE + 2, int(rng.integers(3, 9))))
    across = rng.uniform(4, SIDE - 4) + rng.uniform(-5, 5, len(along)) + rng.uniform(-0.4, 0.4) * (along - 14)
    points = np.column_stack([along, across] if rng.random() < 0.7 else [across, along])
    fixed = [np.round(points * 16).astype(np.int32)]
    ink = ink.copy()
    cv2.polylines(ink, fixed, False, float(rng.uniform(80, 255)), int(rng.integers(1, 3)), cv2.LINE_AA, 4)
    return ink


def _outlines(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Only the edges of the strokes: what is left of a stroke that is wider than the ink map looks."""
    ink = cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.4, 1.1))
    edges = cv2.morphologyEx(ink, cv2.MORPH_GRADIENT, _CROSS)
    return (
        np.minimum(edges * rng.uniform(1, 4), 255)
        if rng.random() < 0.6
        else (edges > rng.uniform(25, 90)) * 255.0
    )


def _exchanged(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Black and white exchanged in a part: the edge of a shadow, of a coloured field, of a blackboard."""
    along = _COLUMNS if rng.random() < 0.5 else _ROWS
    along = along + rng.uniform(-0.3, 0.3) * (_ROWS + _COLUMNS - along)
    inside = along < rng.uniform(2, 13)
    if rng.random() < 0.5:
        inside |= along > rng.uniform(16, 26)
    strength = rng.uniform(0.5, 1.0)
    return np.where(inside, (255 - ink) * strength, ink)


def _frosted(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each pixel taken from a place nearby, then blurred: frosted glass, or too strong a compression."""
    reach = rng.uniform(0.5, 2.2)
    columns, rows = (rng.uniform(-reach, reach, (2, SIDE, SIDE))).astype(np.float32)
    moved = cv2.remap(ink, _COLUMNS + columns, _ROWS + rows, cv2.INTER_LINEAR)
    return cv2.GaussianBlur(moved, (0, 0), rng.uniform(0.4, 1.0))


_OFTEN: dict[Disturbance, float] = {
    _noise: 1,
    _grain: 1,
    _specks: 1,
    _grey_ground: 1,
    _clouds: 1.5,
    _faint: 1,
    _straight_line: 1,
    _scribble: 1.5,
    _outlines: 1.5,
    _exchanged: 1,
    _frosted: 1,
}
_KINDS = tuple(_OFTEN)
_SHARES = np.array(list(_OFTEN.values())) / sum(_OFTEN.values())
