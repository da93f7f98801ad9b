"""Text on pictures: legible on any background, of a given height on every OpenCV."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

Colour = tuple[int, int, int]

LIGHT: Colour = (255, 255, 255)
# Text has a dark rim, since nothing is known of what lies below it.
RIM: Colour = (16, 16, 16)
RING = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy]
FONT = cv2.FONT_HERSHEY_SIMPLEX
MEASURED_AT = 4.0

# Pixels, whatever the picture: eyes read no smaller letters.
LEAST_TEXT = 8.0


@cache
def _font() -> tuple[float, float]:
    """Height of a 0 at font scale 1, pixels, and how much a pixel of thickness adds to it.

    Both as drawn: OpenCV 4 writes with a pen, OpenCV 5 with a font whose weight grows inwards, and
    ``getTextSize`` adds what each thinks fit.
    """
    heights = []
    for thickness in (1, 9):
        canvas = np.zeros((200, 200), np.uint8)
        cv2.putText(canvas, "0", (50, 150), FONT, MEASURED_AT, 255, thickness)
        rows = np.flatnonzero(canvas.any(axis=1))
        heights.append(float(rows[-1] - rows[0] + 1))
    return heights[0] / MEASURED_AT, (heights[1] - heights[0]) / 8


def _scale(height: float) -> tuple[float, int, float]:
    """Font scale and thickness for digits and capital letters of a height, and what lies below their foot."""
    unit, swell = _font()
    thickness = max(1, round(height / 7))
    added = swell * (thickness - 1)
    return max(1.0, height - added) / unit, thickness, added / 2


def rim_width(height: float) -> int:
    """How far the rim reaches beyond text with capital letters of ``height`` pixels."""
    return max(1, round(height / 9))


def text_width(text: str, height: float) -> int:
    """The width of a line of text with capital letters of ``height`` pixels."""
    scale, thickness, _ = _scale(height)
    return int(cv2.getTextSize(text, FONT, scale, thickness)[0][0])


def put_text(
    picture: np.ndarray,
    text: str,
    origin: tuple[float, float],
    height: float,
    colour: Colour = LIGHT,
    rim: bool = True,
) -> None:
    """Write a line of ASCII text on a picture.

    Args:
        picture: H×W×3 uint8, drawn on in place.
        origin: the text's left end at the foot, pixels.
        height: of digits and capital letters, pixels.
        colour: BGR.
        rim: whether to give it a dark rim; not needed on what is known to be dark.
    """
    scale, thickness, below = _scale(height)
    x, y = round(origin[0]), round(origin[1] - below)
    if rim:
        away = rim_width(height)
        # Shifted copies, not a thicker text: in OpenCV 5 thickness is a font's weight and moves its letters.
        for dx, dy in RING:
            cv2.putText(
                picture, text, (x + away * dx, y + away * dy), FONT, scale, RIM, thickness, cv2.LINE_AA
            )
    cv2.putText(picture, text, (x, y), FONT, scale, colour, thickness, cv2.LINE_AA)
