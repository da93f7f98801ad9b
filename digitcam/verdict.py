"""What a network of whole frames says, drawn in the picture: the likeliest names, each with a bar."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import cv2
import numpy as np

from digitcam.sureness import colour_of
from digitcam.text import LEAST_TEXT, LIGHT, put_text, text_width
from digitcam.types import Named

# Height of capital letters, as part of the picture's shorter side.
TEXT_PART = 0.028
# The panel's width, as part of the picture's, and the part of a row that its bar fills from below.
WIDTH_PART = 0.46
BAR_PART = 0.16
# The panel is darkened to this part of the picture below it.
DARKENED = 5
DOTS = ".."


def draw_verdict(picture: np.ndarray, classes: Sequence[Named]) -> None:
    """Draw names, percentages and bars at the foot of a picture, at the right, in place.

    Args:
        picture: H×W×3 uint8, BGR.
        classes: the likeliest first; none draws a panel that says so.
    """
    tall, wide = picture.shape[:2]
    letters = max(LEAST_TEXT, TEXT_PART * min(tall, wide))
    pad, row = round(0.8 * letters), round(2.2 * letters)
    width = min(wide, max(round(WIDTH_PART * wide), round(16 * letters)))
    rows = max(1, len(classes))
    left, top = wide - width, max(0, tall - rows * row - pad)
    panel = picture[top:, left:]
    panel[:] = panel // DARKENED
    if not classes:
        put_text(picture, "nothing is likely", (left + pad, top + row), letters, LIGHT, rim=False)
    room = width - 2 * pad
    for place, named in enumerate(classes):
        foot = top + (place + 1) * row - 0.35 * row
        colour = colour_of(named.confidence)
        percent = f"{100 * named.confidence:.0f} %"
        beside = room - text_width(percent, letters) - pad
        label = shortened(named.label, letters, beside)
        put_text(picture, label, (left + pad, foot), letters, LIGHT, rim=False)
        right = left + pad + room - text_width(percent, letters)
        put_text(picture, percent, (right, foot), letters, colour, rim=False)
        first = left + pad, round(foot + 0.12 * row)
        last = left + pad + max(1, round(room * named.confidence)), round(foot + (0.12 + BAR_PART) * row)
        cv2.rectangle(picture, first, last, colour, cv2.FILLED)


def shortened(label: str, letters: float, room: float) -> str:
    """A name as a picture can show it: its first word for it, in ASCII, and so long as there is room.

    ImageNet's names are lists, such as ``hotdog, hot dog, red hot``.
    """
    text = ascii_of(label.split(",")[0]) or ascii_of(label)
    if text_width(text, letters) <= room:
        return text
    while text and text_width(text + DOTS, letters) > room:
        text = text[:-1]
    return text + DOTS


def ascii_of(text: str) -> str:
    """Text without accents; what has no likeness in ASCII as question marks."""
    plain = unicodedata.normalize("NFKD", text)
    letters = (letter for letter in plain if not unicodedata.combining(letter))
    return "".join(letters).encode("ascii", "replace").decode()
