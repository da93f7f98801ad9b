"""Digits and signs that stand together are one number; numbers come in reading order."""

from __future__ import annotations

import numpy as np
import pytest

from digitcam.numbers import group, parting
from digitcam.types import Box, Digit, Number, Sign

# One hand's page: several numbers in a row, one below the other, with every sign.
PAGE = (("12.5", "-7", "0,25", "1986"), ("8", "12:45", "-3.14", "60"), ("407", "11", "9,1", "-22"))


def digit(label: str, x: float, y: float, width: float = 20, height: float = 30) -> Digit:
    values = [0.0] * 10
    values[int(label)] = 1.0
    box = Box(round(x), round(y), max(1, round(width)), max(1, round(height)))
    return Digit(box, label, 1.0, tuple(values))


def texts(*digits: Digit, signs: tuple[Sign, ...] = ()) -> list[str]:
    return [number.text for number in group(digits, signs)]


# Where a sign lies against the baseline, and its size, in digit heights.
SIGN_PLACES = {
    ".": (-0.08, 0.1, 0.1),
    ",": (0.08, 0.1, 0.25),
    ":": (-0.35, 0.1, 0.55),
    "-": (-0.5, 0.4, 0.06),
}


def written(
    rows: tuple[tuple[str, ...], ...],
    *,
    scale: float = 30.0,
    gap: float = 0.2,
    word: float = 1.1,
    angle: float = 0.0,
    origin: tuple[float, float] = (400.0, 300.0),
    drift: float = 0.0,
    jitter: np.random.Generator | None = None,
) -> tuple[tuple[Digit, ...], tuple[Sign, ...]]:
    """Rows of numbers as boxes around digits and signs; ``drift``: how far a row sways, digit heights."""
    digits, signs = [], []
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    def boxed(x: float, y: float, width: float, height: float) -> Box:
        """The box of an ellipse of that size (digit heights) that is turned with its page."""
        middle = turn @ (np.array([x + width / 2, y]) * scale) + origin
        wide = np.hypot(width * np.cos(angle), height * np.sin(angle)) * scale
        tall = np.hypot(width * np.sin(angle), height * np.cos(angle)) * scale
        shift = jitter.normal(0, 1.0, 2) if jitter is not None else np.zeros(2)
        x, y = middle + shift - (wide / 2, tall / 2)
        return Box(round(x), round(y), max(1, round(wide)), max(1, round(tall)))

    for k, row in enumerate(rows):
        x = 0.0
        for text in row:
            for i, label in enumerate(text):
                y = 2.0 * k + drift * np.sin(x / 4)
                if label.isdigit():
                    x += gap if i and text[i - 1].isdigit() else 0.0
                    width = 0.25 if label == "1" else 0.6
                    place = boxed(x, y - 0.5, width, 1.0)
                    digits.append(digit(label, *place.as_list()))
                    x += width
                else:
                    down, width, height = SIGN_PLACES[label]
                    x += 0.15 if i else 0.0
                    signs.append(Sign(boxed(x, y + down, width, height), label))
                    x += width + 0.2
            x += word
    return tuple(digits), tuple(signs)


def expected(rows: tuple[tuple[str, ...], ...]) -> list[str]:
    return [text for row in rows for text in row]


def test_neighbours_in_a_row_are_a_number() -> None:
    """Digits in any order are read from left to right."""
    assert texts(digit("2", 125, 102), digit("1", 100, 100), digit("3", 150, 98)) == ["123"]


def test_a_wide_gap_parts_numbers() -> None:
    """A gap of more than about a digit begins another number."""
    assert texts(digit("1", 100, 100), digit("2", 125, 100), digit("3", 200, 100)) == ["12", "3"]


def test_rows_are_read_from_the_top() -> None:
    """The upper row comes first, whatever its place."""
    assert texts(digit("3", 50, 200), digit("1", 100, 100), digit("2", 125, 100)) == ["12", "3"]


def test_digits_of_other_size_are_other_numbers() -> None:
    """A digit three times as high beside a small one is not in its number."""
    assert sorted(texts(digit("1", 100, 100), digit("8", 125, 60, 60, 95))) == ["1", "8"]


def test_a_climbing_row_holds_together() -> None:
    """A row that rises by a third of a digit at every step is one number."""
    assert texts(*(digit(str(i), 100 + 26 * i, 200 - 10 * i) for i in range(6))) == ["012345"]


def test_the_box_holds_all_digits_and_signs_and_the_indices_point_to_them() -> None:
    """A number's box is the union of its digits' and signs' boxes."""
    digits = (digit("2", 135, 102), digit("1", 100, 100))
    (number,) = group(digits, (Sign(Box(500, 90, 9, 3), "-"), Sign(Box(125, 128, 5, 9), ",")))
    assert number.text == "1,2"
    assert number.box == Box(100, 100, 55, 37)
    assert number.digits == (1, 0) and number.signs == (1,)


def test_no_digits_no_numbers() -> None:
    """Nothing read gives no number, whatever signs there are."""
    assert group(()) == ()
    assert group((), (Sign(Box(0, 0, 3, 3), "."),)) == ()


@pytest.mark.parametrize("scale", [14.0, 30.0, 120.0])
@pytest.mark.parametrize("angle", np.radians([-20.0, -9.0, 0.0, 13.0, 20.0]))
def test_a_page_reads_the_same_near_and_far_level_and_turned(scale: float, angle: float) -> None:
    """Moved, scaled and turned by up to 20° the texts and their order stay."""
    digits, signs = written(PAGE, scale=scale, angle=angle)
    assert texts(*digits, signs=signs) == expected(PAGE)


@pytest.mark.parametrize("seed", range(8))
def test_the_order_in_which_digits_and_signs_come_does_not_matter(seed: int) -> None:
    """Shuffled digits and signs give the same numbers."""
    rng = np.random.default_rng(seed)
    digits, signs = written(PAGE)
    mixed = [digits[i] for i in rng.permutation(len(digits))]
    assert texts(*mixed, signs=tuple(signs[i] for i in rng.permutation(len(signs)))) == expected(PAGE)


@pytest.mark.parametrize("seed", range(8))
def test_boxes_that_tremble_change_nothing(seed: int) -> None:
    """Boxes that move by a pixel or two from frame to frame give the same numbers every time."""
    digits, signs = written(PAGE, jitter=np.random.default_rng(seed))
    assert texts(*digits, signs=signs) == expected(PAGE)


def test_rows_that_sway_are_followed() -> None:
    """A baseline that wanders by half a digit's height along its row is one row."""
    digits, signs = written(PAGE, drift=0.5)
    assert texts(*digits, signs=signs) == expected(PAGE)


@pytest.mark.parametrize(("gap", "word"), [(0.05, 0.5), (0.2, 0.9), (0.45, 1.3), (0.6, 1.9)])
def test_gaps_are_measured_against_the_writers_own(gap: float, word: float) -> None:
    """A gap that parts the numbers of a narrow hand may stand within those of a wide one."""
    rows = (("2468", "35", "79"), ("60", "4826", "5"), ("927", "38", "40"))
    assert texts(*written(rows, gap=gap, word=word)[0]) == expected(rows)


def test_the_parting_moves_little_when_a_gap_does() -> None:
    """No single gap decides: changed by a hundredth of a height it moves the parting by a few hundredths."""
    gaps = np.array([0.12, 0.18, 0.2, 0.22, 0.25, 0.3, 0.9, 1.1, 1.2])
    before = parting(gaps)
    assert 0.4 < before < 0.85
    for i in range(len(gaps)):
        assert abs(parting(gaps + 0.01 * (np.arange(len(gaps)) == i)) - before) <= 0.05


def test_cells_of_a_form_stay_single_digits() -> None:
    """Digits alone in boxes, a digit's width and more apart, are numbers of one digit."""
    digits = [digit(str(k), 100 + 55 * k, 100 + 60 * row) for row in range(3) for k in range(4)]
    assert texts(*digits) == ["0", "1", "2", "3"] * 3


def test_a_dash_between_two_numbers_is_in_neither() -> None:
    """3-4 is a range or a score: two numbers, however near they stand."""
    digits = digit("3", 100, 100), digit("4", 150, 100)
    dash = Sign(Box(126, 114, 18, 3), "-")
    assert texts(*digits, signs=(dash,)) == ["3", "4"]


def test_a_dash_at_the_second_of_two_numbers_is_its_minus() -> None:
    """What stands before a minus is further away than the number after it."""
    digits = digit("3", 100, 100), digit("4", 190, 100)
    assert texts(*digits, signs=(Sign(Box(165, 114, 18, 3), "-"),)) == ["3", "-4"]


@pytest.mark.parametrize("mark", [".", ","])
def test_three_digits_after_a_comma_change_nothing(mark: str) -> None:
    """Signs are read as they are written: whether one parts thousands is the reader's to know."""
    rows = ((f"1{mark}234", "5"),)
    digits, signs = written(rows)
    assert texts(*digits, signs=signs) == [f"1{mark}234", "5"]


def test_a_point_before_the_second_of_two_numbers_does_not_join_them() -> None:
    """12 .5 is no 12.5: a sign that joins stands near the digit before it, too."""
    digits = digit("1", 100, 100), digit("2", 125, 100), digit("5", 200, 100)
    assert texts(*digits, signs=(Sign(Box(190, 125, 5, 5), "."),)) == ["12", "5"]


def test_a_sign_without_a_digit_after_it_is_in_no_number() -> None:
    """A full stop behind a number is not read; nor is what stands alone."""
    (number,) = group((digit("3", 100, 100), digit("4", 125, 100)), (Sign(Box(150, 125, 5, 5), "."),))
    assert isinstance(number, Number) and number.text == "34" and number.signs == ()
