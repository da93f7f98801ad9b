"""Small drawings for the tests of the pipe: strokes of known place, width and grey."""

from __future__ import annotations

import cv2
import numpy as np

PAPER = 200
INK = 40


def paper(width: int = 640, height: int = 480, level: int = PAPER) -> np.ndarray:
    """H×W×3 uint8 of one grey."""
    return np.full((height, width, 3), level, np.uint8)


def write(image: np.ndarray, text: str, x: int, y: int, height: int, ink: int = INK, pen: int = 0) -> None:
    """Write ``text`` with its baseline's left end at (x, y), digits about ``height`` high."""
    scale = height / 21
    cv2.putText(
        image,
        text,
        (x, y),
        cv2.FONT_HERSHEY_SIMPLEX,
        scale,
        (ink,) * 3,
        pen or max(2, round(height / 10)),
        cv2.LINE_AA,
    )


def ring(
    image: np.ndarray, x: int, y: int, radius: int, pen: int, ink: int = INK
) -> tuple[int, int, int, int]:
    """Draw a 0 as a ring and return its box."""
    cv2.circle(image, (x, y), radius, (ink,) * 3, pen, cv2.LINE_AA)
    reach = radius + pen // 2
    return x - reach, y - reach, 2 * reach + 1, 2 * reach + 1


def hash_sign(image: np.ndarray, x: int, y: int, reach: int, pen: int = 6, ink: int = INK) -> None:
    """Draw # with its middle at (x, y): ink that no digit looks like."""
    for part in (-reach // 3, reach // 3):
        for start, end in (
            ((x - reach, y + part), (x + reach, y + part)),
            ((x + part, y - reach), (x + part, y + reach)),
        ):
            cv2.line(image, start, end, (ink,) * 3, pen, cv2.LINE_AA)
