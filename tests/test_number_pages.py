"""Generated pages of numbers: what is written there, and the truth about it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from digitcam.numbers import group
from digitcam.pages import NUMBER_KINDS, PenGlyphs, make_number_page
from digitcam.pages.inking import Pen
from digitcam.pages.layout import Hand
from digitcam.pages.marks import COLON, COMMA, MINUS, POINT, ink_mark, make_marks
from digitcam.pages.number_texts import any_number
from digitcam.pages.pen import make_style
from digitcam.types import LABELS, SIGNS, Box, Digit

SIZE = (640, 480)
NUMBER = re.compile(r"-?\d{1,3}(,\d{3})*\.\d{1,3}|-?\d+([.,]\d{1,3})?|\d{1,2}:\d{2}(:\d{2})?")


def hand(seed: int = 0) -> Hand:
    style = make_style(np.random.default_rng(seed))
    return Hand(style, Pen(4.0), PenGlyphs(), 60.0, 0.2, 0.0, 120.0, 0.0)


def test_numbers_are_such_as_people_write() -> None:
    """Mostly whole ones; decimals, minus signs and times among them; never more digits than asked for."""
    rng = np.random.default_rng(0)
    texts = [any_number(rng, ".", 7) for _ in range(2000)]
    assert all(NUMBER.fullmatch(text) for text in texts)
    assert max(sum(c.isdigit() for c in text) for text in texts) <= 7
    assert 0.45 < np.mean([text.isdigit() for text in texts]) < 0.7
    for sign in (".", ":", "-"):
        assert 0.05 < np.mean([sign in text for text in texts]) < 0.4
    assert all(any_number(rng, ",", 1).lstrip("-") in LABELS for _ in range(50))


@pytest.mark.parametrize("seed", range(12))
def test_signs_are_where_a_writer_sets_them(seed: int) -> None:
    """The point on the baseline, the comma through it, the colon and the minus above it; all small."""
    rng = np.random.default_rng(seed)
    marks, writer = make_marks(rng), hand(seed)

    def extent(text: str) -> tuple[float, float, float, float]:
        parts = ink_mark(text, writer, marks, rng)
        x0, y0 = min(dx for _, dx, _ in parts), min(dy for *_, dy in parts)
        x1 = max(dx + ink.size[0] for ink, dx, _ in parts)
        y1 = max(dy + ink.size[1] for ink, _, dy in parts)
        return x0 / 60, y0 / 60, x1 / 60, y1 / 60

    for text, least, most in ((POINT, -0.35, 0.15), (COMMA, -0.35, 0.55), (COLON, -1.05, 0.15)):
        left, top, right, foot = extent(text)
        assert left >= -0.1 and right - left < 0.6
        assert least <= top < foot <= most
    left, top, right, foot = extent(MINUS)
    assert top > -0.85 and foot < -0.15 and right - left > foot - top
    assert extent(COMMA)[3] > extent(POINT)[3] - 0.05


def test_there_is_no_other_sign() -> None:
    """A sign that no number holds is a mistake that is told at once."""
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="no sign '/'"):
        ink_mark("/", hand(), make_marks(rng), rng)
    with pytest.raises(ValueError, match="no page of numbers of kind 'x'"):
        make_number_page("x", rng)


@pytest.mark.parametrize("kind", NUMBER_KINDS)
def test_the_truth_fits_together(kind: str) -> None:
    """Texts, digits, signs and boxes say the same; the same seed gives the same page."""
    page, again = (make_number_page(kind, np.random.default_rng((5, 1)), SIZE) for _ in range(2))
    assert np.array_equal(page.image, again.image) and page.numbers == again.numbers
    assert page.image.shape == (SIZE[1], SIZE[0], 3) and page.numbers
    text = "".join(number.text for number in page.numbers)
    assert "".join(digit.label for digit in page.truth) == "".join(c for c in text if c.isdigit())
    assert sorted(sign.text for sign in page.signs) == sorted(c for c in text if c in SIGNS)
    assert len(page.before) == len(page.truth)
    # A dash between two numbers stands before a digit, and in neither of them.
    told = [sign for sign in page.before if sign]
    assert len(told) >= len(page.signs) and set(told) <= set(SIGNS)
    whole = Box(0, 0, *SIZE)
    for part in (*page.truth, *page.signs):
        assert part.box.overlap(whole) == part.box.area
        assert any(part.box.overlap(number.box) == part.box.area for number in page.numbers)


def test_a_person_could_group_what_is_written() -> None:
    """With the true digits and signs, nearly all numbers are put together rightly, in reading order."""
    right, total = 0, 0
    for seed in range(30):
        kind = NUMBER_KINDS[seed % len(NUMBER_KINDS)]
        page = make_number_page(kind, np.random.default_rng((7, seed)), (800, 600))
        ten = (0.0,) * len(LABELS)
        digits = tuple(Digit(truth.box, truth.label, 1.0, ten) for truth in page.truth)
        texts = [number.text for number in group(digits, page.signs)]
        right += sum(a == b for a, b in zip(texts, (n.text for n in page.numbers), strict=False))
        total += len(page.numbers)
    assert total > 200 and right >= 0.95 * total
