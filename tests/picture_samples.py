"""Folders of pictures by class, drawn by the tests: discs and squares, red and blue."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

COLOURS = {"red": (40, 40, 200), "blue": (200, 60, 40)}
SHAPES = ("disc", "square")
# With a space and an accent, as people name their folders.
CLASSES = tuple(f"{colour} {shape} né" for colour in sorted(COLOURS) for shape in SHAPES)


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
    rng = np.random.default_rng(seed)
    for name in classes:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for i in range(count):
            data = cv2.imencode(".jpg", draw(name, rng))[1].tobytes()
            (folder / name / f"{i}.jpg").write_bytes(data)
    return folder
