"""A digit as a card: what the network was shown of it, what it is called, its ten probabilities as bars."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from digitcam.overlay import colour_of
from digitcam.text import LIGHT, put_text, text_width
from digitcam.types import LABELS, Digit

# Pixels: of a card, its margin, the crop, and the height of the letters below the bars.
WIDTH, HEIGHT = 324, 112
MARGIN, CROP, LETTERS = 8, 84, 10
GROUND = (40, 40, 40)
FAINT = (120, 120, 120)
# Bars stand so far apart, and half of that is bar.
STEP = 16


def draw_card(digit: Digit) -> np.ndarray:
    """The card of one digit: ``HEIGHT``×``WIDTH``×3 uint8."""
    card: np.ndarray = np.full((HEIGHT, WIDTH, 3), GROUND, np.uint8)
    if digit.crop is not None:
        large = cv2.resize(digit.crop, (CROP, CROP), interpolation=cv2.INTER_NEAREST)
        top = (HEIGHT - CROP) // 2
        card[top : top + CROP, MARGIN : MARGIN + CROP] = large[..., None]
    colour = colour_of(digit.confidence)
    left = 2 * MARGIN + CROP
    put_text(card, digit.label, (left, 0.56 * HEIGHT), 0.3 * HEIGHT, colour, rim=False)
    put_text(card, f"{100 * digit.confidence:.0f} %", (left, HEIGHT - MARGIN), LETTERS, colour, rim=False)
    first = WIDTH - MARGIN - STEP * len(LABELS)
    foot = HEIGHT - 2 * MARGIN - LETTERS
    for place, (label, probability) in enumerate(zip(LABELS, digit.probabilities, strict=True)):
        x = first + STEP * place
        own = colour if label == digit.label else LIGHT
        high = round(probability * (foot - MARGIN))
        cv2.rectangle(card, (x, foot - high), (x + STEP // 2, foot), own if high else FAINT, cv2.FILLED)
        middle = x + (STEP // 2 - text_width(label, LETTERS)) / 2
        put_text(card, label, (middle, HEIGHT - MARGIN), LETTERS, own if high else FAINT, rim=False)
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
