"""Glyphs that look alike are what their neighbours make them."""

from __future__ import annotations

import pytest

from digitcam.lookalikes import settle_words
from digitcam.types import LABELS, Box, Digit, Number

NAMES = (*LABELS, *"ABIOSZ")


def glyph(place: int, **shares: float) -> Digit:
    """A glyph with these shares of its names; digits are written d0 to d9."""
    given = {name.removeprefix("d"): share for name, share in shares.items()}
    probabilities = tuple(given.get(name, 0.0) for name in NAMES)
    label = max(given, key=lambda name: given[name])
    return Digit(Box(30 * place, 0, 20, 30), label, given[label], probabilities, names=NAMES)


def read(*glyphs: Digit) -> str:
    """The word as it is settled."""
    number = Number("".join(g.label for g in glyphs), Box(0, 0, 300, 30), tuple(range(len(glyphs))))
    return "".join(digit.label for digit in settle_words(glyphs, [number]))


def test_noughts_and_os_follow_their_neighbours() -> None:
    """In a number an O is a nought, in a word a nought is an O."""
    o, nought = {"O": 0.6, "d0": 0.4}, {"O": 0.4, "d0": 0.6}
    assert read(glyph(0, d4=0.99), glyph(1, **o), glyph(2, d7=0.9)) == "407"
    assert read(glyph(0, B=0.99), glyph(1, **nought), glyph(2, A=0.9)) == "BOA"


def test_ones_fives_and_twos_too() -> None:
    """1 and I, 5 and S, 2 and Z, several in one word."""
    one, five, two = {"I": 0.55, "d1": 0.45}, {"S": 0.6, "d5": 0.4}, {"Z": 0.7, "d2": 0.3}
    assert read(glyph(0, d9=0.95), glyph(1, **one), glyph(2, **five), glyph(3, **two)) == "9152"
    assert read(glyph(0, A=0.95), glyph(1, **one), glyph(2, **five), glyph(3, **two)) == "AISZ"


def test_what_is_plainly_of_the_other_kind_stays() -> None:
    """A letter before a number is no digit."""
    assert read(glyph(0, B=0.999), glyph(1, d4=0.99), glyph(2, O=0.6, d0=0.4), glyph(3, d7=0.9)) == "B407"


def test_confidence_is_within_the_kind() -> None:
    """How sure it is of this digit, given that it is one."""
    glyphs = glyph(0, d4=0.99), glyph(1, O=0.6, d0=0.3, d8=0.1)
    number = Number("4O", Box(0, 0, 60, 30), (0, 1))
    told = settle_words(glyphs, [number])
    assert told[0] is glyphs[0] and told[1].label == "0" and told[1].confidence == pytest.approx(0.75)
    assert told[1].probabilities == glyphs[1].probabilities


def test_glyphs_alone_and_digits_are_left_as_they_are() -> None:
    """Nothing stands beside them, or there are no letters to be taken for."""
    alone = (glyph(0, O=0.6, d0=0.4),)
    assert settle_words(alone, [Number("O", Box(0, 0, 20, 30), (0,))]) is alone
    plain = tuple(Digit(Box(30 * i, 0, 20, 30), "0", 0.6, (0.6, *[0.04] * 9)) for i in range(2))
    assert settle_words(plain, [Number("00", Box(0, 0, 60, 30), (0, 1))]) is plain
    assert settle_words((), []) == ()
