"""The right half of the writing window: what was read, number by number, a card for each digit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from digitcam.cards import GROUND, HEIGHT, WIDTH, draw_card
from digitcam.chooser import draw_mark
from digitcam.sureness import colour_of
from digitcam.text import LIGHT, put_text, text_width
from digitcam.types import Box, Digit, Reading

# At scale 1, pixels: the margin, the letters of a number's text, and what lies between two numbers.
MARGIN, LETTERS, BETWEEN = 16, 26, 14
# Cards become smaller by these steps until all have room.
SIZES = (1.0, 0.8, 0.64, 0.5)
FAINT = (150, 150, 150)


class Heading(NamedTuple):
    """A number's text, with its foot at (x, y), so high, as sure as ``confidence``."""

    text: str
    x: int
    foot: int
    height: float
    confidence: float


class Layout(NamedTuple):
    """Where everything goes: ``cards`` are indices of digits and their boxes, drawn at the scale ``size``.

    ``scale`` is that of everything else; ``left_out`` digits have no room.
    """

    headings: tuple[Heading, ...]
    cards: tuple[tuple[int, Box], ...]
    size: float
    scale: float
    left_out: int


def lay_out(reading: Reading, width: int, height: int, scale: float) -> Layout:
    """A place for each number and each of its digits on a sheet of a width and height, pixels.

    Args:
        scale: pixels of the screen per pixel of what was designed.
    """
    groups = _groups(reading)
    for size in SIZES:
        layout = _try(reading, groups, width, height, scale, size * scale)
        if not layout.left_out:
            break
    return layout


def _groups(reading: Reading) -> list[tuple[str, tuple[int, ...]]]:
    """The numbers with their digits, and then each digit that is in none."""
    groups = [(number.text, number.digits) for number in reading.numbers]
    told = {i for _, digits in groups for i in digits}
    rest = [(digit.label, (i,)) for i, digit in enumerate(reading.digits) if i not in told]
    return groups + rest


def _try(
    reading: Reading,
    groups: Sequence[tuple[str, tuple[int, ...]]],
    width: int,
    height: int,
    scale: float,
    size: float,
) -> Layout:
    margin, letters = round(MARGIN * scale), LETTERS * size
    wide, high = round(WIDTH * size), round(HEIGHT * size)
    columns = max(1, (width - 2 * margin) // wide)
    headings: list[Heading] = []
    cards: list[tuple[int, Box]] = []
    top, left_out = margin, 0
    for text, digits in groups:
        rows = -(-len(digits) // columns)
        first = top + round(1.5 * letters)
        if first + rows * high > height - margin:
            left_out += len(digits)
            continue
        sure = min(reading.digits[i].confidence for i in digits)
        headings.append(Heading(text, margin, top + round(letters), letters, sure))
        for place, i in enumerate(digits):
            x, y = margin + place % columns * wide, first + place // columns * high
            cards.append((i, Box(x, y, wide, high)))
        top = first + rows * high + round(BETWEEN * size)
    return Layout(tuple(headings), tuple(cards), size, scale, left_out)


class Sheet:
    """Draws sheets, one after another: of a digit that is as it was the card is drawn already."""

    def __init__(self) -> None:
        self._cards: dict[object, np.ndarray] = {}

    def draw(
        self, digits: Sequence[Digit], layout: Layout, size: tuple[int, int], chosen: int | None = None
    ) -> np.ndarray:
        """A sheet: H×W×3 uint8.

        Args:
            digits: of the reading that was laid out.
            size: width and height, pixels.
            chosen: the digit whose card is marked.
        """
        width, height = size
        sheet: np.ndarray = np.full((height, width, 3), GROUND, np.uint8)
        for heading in layout.headings:
            place = heading.x, heading.foot
            put_text(sheet, heading.text, place, heading.height, colour_of(heading.confidence), rim=False)
        cards: dict[object, np.ndarray] = {}
        for i, box in layout.cards:
            crop = digits[i].crop
            key = digits[i].probabilities, None if crop is None else crop.tobytes(), layout.size
            card = self._cards.get(key)
            cards[key] = draw_card(digits[i], layout.size) if card is None else card
            sheet[box.y : box.bottom, box.x : box.right] = cards[key][: box.height, : box.width]
        self._cards = cards
        for i, box in layout.cards:
            if i == chosen:
                draw_mark(sheet, box)
        _add_words(sheet, len(digits), layout)
        return sheet


def _add_words(sheet: np.ndarray, digits: int, layout: Layout) -> None:
    height, width = sheet.shape[:2]
    letters = 0.5 * LETTERS * layout.scale
    if layout.left_out:
        text = f"and {layout.left_out} more"
        put_text(sheet, text, (width - text_width(text, letters) - MARGIN, height - 6), letters, FAINT, False)
    if not digits:
        left, foot = MARGIN * layout.scale, 60 * layout.scale
        put_text(sheet, "write digits on the left", (left, foot), letters, LIGHT, False)
