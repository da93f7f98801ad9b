"""The strokes of digits, for a mouse to write and for pictures to show."""

from __future__ import annotations

import math

import numpy as np

from digitcam.drawing.raster import draw_stroke
from digitcam.drawing.strokes import Stroke


def arc(
    x: float, y: float, wide: float, high: float, first: float, last: float, count: int = 10
) -> list[tuple[float, float]]:
    """Points of an ellipse between two angles in degrees; 0 is to the right, 90 down."""
    angles = [math.radians(first + (last - first) * i / count) for i in range(count + 1)]
    return [(x + wide * math.cos(a), y + high * math.sin(a)) for a in angles]


# The strokes of each digit in a square of side 1.
STROKES: dict[str, list[list[tuple[float, float]]]] = {
    "0": [arc(0.5, 0.5, 0.32, 0.5, -90, 270, 14)],
    "1": [[(0.35, 0.2), (0.55, 0), (0.55, 1)]],
    "2": [arc(0.5, 0.3, 0.33, 0.3, -170, 40, 8) + [(0.15, 1), (0.85, 1)]],
    "3": [arc(0.45, 0.27, 0.33, 0.27, -150, 90, 8) + arc(0.45, 0.75, 0.38, 0.26, -90, 150, 8)],
    "4": [[(0.6, 0), (0.1, 0.65), (0.9, 0.65)], [(0.65, 0.35), (0.65, 1)]],
    "5": [[(0.8, 0), (0.25, 0), (0.2, 0.45)] + arc(0.45, 0.68, 0.35, 0.32, -110, 140, 9)],
    "6": [[(0.7, 0), (0.35, 0.4)] + arc(0.5, 0.7, 0.3, 0.3, -170, 190, 12)],
    "7": [[(0.1, 0), (0.85, 0), (0.4, 1)]],
    "8": [arc(0.5, 0.25, 0.27, 0.25, 90, -270, 12) + arc(0.5, 0.75, 0.33, 0.25, -90, 270, 12)],
    "9": [arc(0.5, 0.3, 0.3, 0.3, 0, -360, 12) + [(0.8, 0.3), (0.7, 1)]],
}


def draw_text(text: str, size: tuple[int, int] = (640, 480), height: int = 90) -> np.ndarray:
    """H×W×3 uint8: white paper with digits in the middle row, a space is a gap."""
    width, high = size
    picture = np.full((high, width), 255, np.uint8)
    x, y = 0.06 * width, (high - height) / 2
    for letter in text:
        for points in STROKES.get(letter, []):
            placed = tuple((x + 0.75 * height * px, y + height * py) for px, py in points)
            draw_stroke(picture, Stroke(placed, height / 11), 1.0)
        x += 0.95 * height
    return np.repeat(picture[..., None], 3, 2)
