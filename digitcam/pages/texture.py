"""Random fields, cheap at frame size: small noise brought up, or windows of a stored tile."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

Size = tuple[int, int]  # width, height in pixels
TILE = 512


@cache
def _tile(kind: str) -> np.ndarray:
    """A TILE×TILE field, made once from a fixed seed; a window at a random place passes for fresh noise."""
    rng = np.random.default_rng(20240917)
    noise = rng.standard_normal((TILE, TILE), dtype=np.float32)
    if kind == "white":
        return noise
    blurred = cv2.GaussianBlur(noise, (0, 0), 1.0) if kind == "grain" else _fibres(rng)
    return (blurred - blurred.mean()) / blurred.std()


def _fibres(rng: np.random.Generator) -> np.ndarray:
    """Short soft strokes in all directions, as pressed paper shows them close up."""
    count = TILE * TILE // 120
    field = np.zeros((TILE, TILE), np.uint8)
    start = rng.integers(0, TILE, (count, 2))
    angle = rng.uniform(0, np.pi, count)
    reach = np.stack([np.cos(angle), np.sin(angle)], 1) * rng.uniform(6, 30, count)[:, None]
    paths = np.stack([start, start + reach], 1).astype(np.int32)
    shades = rng.integers(40, 255, count)
    for level in range(8):  # by shade: eight calls instead of one for each fibre
        cv2.polylines(field, list(paths[shades % 8 == level]), False, 40 + 25 * level, 1, cv2.LINE_AA)
    return cv2.GaussianBlur(field.astype(np.float32), (0, 0), 0.8)


def noise(size: Size, rng: np.random.Generator, kind: str = "white") -> np.ndarray:
    """H×W float32 noise of zero mean and unit spread; ``kind``: white, grain (2 px soft) or fibre."""
    width, height = size
    tile = _tile(kind)
    if rng.random() < 0.5:
        tile = tile[::-1]
    if rng.random() < 0.5:
        tile = tile.T
    x, y = (int(v) for v in rng.integers(0, TILE, 2))
    rows = (np.arange(height) + y) % TILE
    if width <= TILE - x:
        return np.ascontiguousarray(tile[rows, x : x + width])
    return np.ascontiguousarray(np.take(tile[rows], (np.arange(width) + x) % TILE, axis=1))


def clouds(size: Size, cell: float | tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    """H×W float32 smooth noise of about unit spread whose blobs are ``cell`` pixels wide (or x, y)."""
    width, height = size
    across, down = cell if isinstance(cell, tuple) else (cell, cell)
    columns = max(2, int(np.ceil(width / max(across, 1))) + 2)
    rows = max(2, int(np.ceil(height / max(down, 1))) + 2)
    small: np.ndarray = rng.standard_normal(
        (min(rows, height + 2), min(columns, width + 2)), dtype=np.float32
    )
    if min(across, down) > 12:  # two steps: the costly cubic one stays small
        middle = (max(2, width // 4), max(2, height // 4))
        small = cv2.resize(small, middle, interpolation=cv2.INTER_CUBIC)
        return cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)
    return cv2.resize(small, size, interpolation=cv2.INTER_CUBIC if down > 3 else cv2.INTER_LINEAR)


def fractal(size: Size, cell: float, rng: np.random.Generator, octaves: int = 3) -> np.ndarray:
    """H×W float32: clouds of falling size and strength, added up (1/f noise)."""
    total = clouds(size, cell, rng)
    for octave in range(1, octaves):
        total += clouds(size, cell / 2.0**octave, rng) * np.float32(0.55**octave)
    return total


def shaded(colour: np.ndarray, field: np.ndarray) -> np.ndarray:
    """Paint ``colour`` (3, BGR 0 to 255) with relative brightness 1 + ``field`` (H×W): H×W×3 uint8."""
    levels = np.clip(field * 128 + 128, 0, 255).astype(np.uint8)
    steps = np.clip((np.arange(256)[:, None] / 128) * np.asarray(colour)[None, :], 0, 255)
    return cv2.LUT(cv2.merge([levels, levels, levels]), steps.astype(np.uint8)[None])


def blend(image: np.ndarray, alpha: np.ndarray, colour: np.ndarray | tuple[float, ...]) -> None:
    """Lay ``colour`` (3) or a picture (H×W×3 uint8) over ``image`` in place; ``alpha`` is H×W uint8."""
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if not len(rows):
        return
    part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    weight = alpha[part].astype(np.float32) * np.float32(1 / 255)
    over = np.asarray(colour)
    if over.ndim == 1:
        over = np.empty_like(image[part])
        over[:] = np.clip(colour, 0, 255).astype(np.uint8)
    else:
        over = np.ascontiguousarray(over[part])
    image[part] = cv2.blendLinear(over, np.ascontiguousarray(image[part]), weight, 1 - weight)
