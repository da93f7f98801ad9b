"""Folders of pictures by class, drawn by the tests: discs and squares, red and blue, and glyphs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np

COLOURS = {"red": (40, 40, 200), "blue": (200, 60, 40)}
SHAPES = ("disc", "square")
# With a space and an accent, as people name their folders.
CLASSES = tuple(f"{colour} {shape} né" for colour in sorted(COLOURS) for shape in SHAPES)
# Glyphs: the strokes of each in a square of side 1.
GLYPHS: dict[str, list[list[tuple[float, float]]]] = {
    "arrow ↑": [[(0.5, 1), (0.5, 0)], [(0.2, 0.35), (0.5, 0), (0.8, 0.35)]],
    "cross": [[(0, 0), (1, 1)], [(1, 0), (0, 1)]],
    "hook": [[(0, 0.6), (0.35, 1), (1, 0)]],
    "tent": [[(0, 1), (0.5, 0), (1, 1), (0, 1)]],
    "zed": [[(0, 0), (1, 0), (0, 1), (1, 1)]],
}


def draw(name: str, rng: np.random.Generator) -> np.ndarray:
    """A picture of a class, of a size of its own, on noise."""
    colour, shape, _ = name.split()
    image = rng.integers(90, 170, (*rng.integers(60, 140, 2).tolist(), 3), dtype=np.uint8)
    high, wide = image.shape[:2]
    reach = int(rng.uniform(0.15, 0.35) * min(high, wide))
    x, y = int(rng.uniform(reach, wide - reach)), int(rng.uniform(reach, high - reach))
    if shape == "disc":
        cv2.circle(image, (x, y), reach, COLOURS[colour], -1, cv2.LINE_AA)
    else:
        cv2.rectangle(image, (x - reach, y - reach), (x + reach, y + reach), COLOURS[colour], -1)
    return image


def write_classes(folder: Path, count: int, classes: tuple[str, ...] = CLASSES, seed: int = 0) -> Path:
    """``folder/<class>/0.jpg`` and so on, ``count`` of each class."""
    return _write(folder, classes, count, draw, ".jpg", seed)


def draw_glyph(name: str, rng: np.random.Generator) -> np.ndarray:
    """A glyph in dark ink on light paper, in another hand and by another pen each time: grey, of any size."""
    side = int(rng.uniform(36, 110))
    image = np.full((side, side), int(rng.uniform(215, 256)), np.uint8)
    reach = side * rng.uniform(0.55, 0.75, 2)
    corner = (side - reach) / 2 + rng.normal(0, 0.03, 2) * side
    lean, pen = rng.normal(0, 0.12), max(2, round(side * rng.uniform(0.04, 0.1)))
    for stroke in GLYPHS[name]:
        points = np.array(stroke) + rng.normal(0, 0.035, (len(stroke), 2))
        points[:, 0] += lean * (0.5 - points[:, 1])
        places = np.round((corner + points * reach) * 16).astype(np.int32)
        cv2.polylines(image, [places], False, int(rng.uniform(10, 70)), pen, cv2.LINE_AA, 4)
    noise = rng.normal(0, 3, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def write_glyphs(folder: Path, count: int, seed: int = 0) -> Path:
    """``folder/<glyph>/0.png`` and so on, ``count`` of each."""
    return _write(folder, GLYPHS, count, draw_glyph, ".png", seed)


def _write(
    folder: Path,
    names: Iterable[str],
    count: int,
    drawn: Callable[[str, np.random.Generator], np.ndarray],
    suffix: str,
    seed: int,
) -> Path:
    rng = np.random.default_rng(seed)
    for name in names:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for i in range(count):
            data = cv2.imencode(suffix, drawn(name, rng))[1].tobytes()
            (folder / name / f"{i}{suffix}").write_bytes(data)
    return folder
