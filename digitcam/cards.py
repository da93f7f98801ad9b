"""A digit as a card: what the network was shown of it, what it is called, its probabilities as bars."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from digitcam.sureness import colour_of
from digitcam.text import LIGHT, put_text, text_width
from digitcam.types import Digit

# Pixels: of a card, its margin, the crop, and the height of the letters below the bars.
WIDTH, HEIGHT = 324, 112
MARGIN, CROP, LETTERS = 8, 84, 10
GROUND = (40, 40, 40)
FAINT = (120, 120, 120)
# Bars stand so far apart, and half of that is bar.
STEP = 16


def draw_card(digit: Digit, scale: float = 1.0) -> np.ndarray:
    """The card of one digit: ``HEIGHT``×``WIDTH``×3 uint8, each times ``scale``."""
    margin, crop, letters, step, wide, high = (
        max(1, round(length * scale)) for length in (MARGIN, CROP, LETTERS, STEP, WIDTH, HEIGHT)
    )
    card: np.ndarray = np.full((high, wide, 3), GROUND, np.uint8)
    if digit.crop is not None:
        large = cv2.resize(digit.crop, (crop, crop), interpolation=cv2.INTER_NEAREST)
        top = (high - crop) // 2
        card[top : top + crop, margin : margin + crop] = large[..., None]
    colour = colour_of(digit.confidence)
    left = 2 * margin + crop
    put_text(card, digit.label, (left, 0.56 * high), 0.3 * high, colour, rim=False)
    put_text(card, f"{100 * digit.confidence:.0f} %", (left, high - margin), letters, colour, rim=False)
    shown = digit.likeliest()
    first = wide - margin - step * len(shown)
    foot = high - 2 * margin - letters
    for place, (label, probability) in enumerate(shown):
        x = first + step * place
        own = colour if label == digit.label else LIGHT
        tall = round(probability * (foot - margin))
        cv2.rectangle(card, (x, foot - tall), (x + step // 2, foot), own if tall else FAINT, cv2.FILLED)
        middle = x + (step // 2 - text_width(label, letters)) / 2
        put_text(card, label, (middle, high - margin), letters, own if tall else FAINT, rim=False)
    return card


def draw_cards(digits: Sequence[Digit], width: int) -> np.ndarray:
    """The cards of digits in rows, in order: as high as need be, ``width`` wide or as wide as one card."""
    columns = max(1, width // WIDTH)
    rows = -(-len(digits) // columns)
    sheet: np.ndarray = np.full((rows * HEIGHT, max(width, WIDTH), 3), GROUND, np.uint8)
    for place, digit in enumerate(digits):
        top, left = place // columns * HEIGHT, place % columns * WIDTH
        sheet[top : top + HEIGHT, left : left + WIDTH] = draw_card(digit)
    return sheet
