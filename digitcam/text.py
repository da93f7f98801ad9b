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
def _unit() -> float:
    """Height in pixels of a 0 at font scale 1, as drawn: ``getTextSize`` adds what each OpenCV thinks fit."""
    canvas = np.zeros((200, 200), np.uint8)
    cv2.putText(canvas, "0", (50, 150), FONT, MEASURED_AT, 255, 1)
    rows = np.flatnonzero(canvas.any(axis=1))
    return float(rows[-1] - rows[0] + 1) / MEASURED_AT


def _scale(height: float) -> tuple[float, int]:
    """Font scale and thickness for digits and capital letters of a height."""
    return height / _unit(), max(1, round(height / 7))


def rim_width(height: float) -> int:
    """How far the rim reaches beyond text with capital letters of ``height`` pixels."""
    return max(1, round(height / 9))


def text_width(text: str, height: float) -> int:
    """The width of a line of text with capital letters of ``height`` pixels."""
    scale, thickness = _scale(height)
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
    scale, thickness = _scale(height)
    x, y = round(origin[0]), round(origin[1])
    if rim:
        away = rim_width(height)
        # Shifted copies, not a thicker text: in OpenCV 5 thickness is a font's weight and moves its letters.
        for dx, dy in RING:
            cv2.putText(
                picture, text, (x + away * dx, y + away * dy), FONT, scale, RIM, thickness, cv2.LINE_AA
            )
    cv2.putText(picture, text, (x, y), FONT, scale, colour, thickness, cv2.LINE_AA)
