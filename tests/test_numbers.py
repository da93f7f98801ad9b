"""Digits that stand together are one number; numbers come in reading order."""

from digitcam.numbers import group
from digitcam.types import Box, Digit


def digit(label: str, x: int, y: int, width: int = 20, height: int = 30) -> Digit:
    values = [0.0] * 10
    values[int(label)] = 1.0
    return Digit(Box(x, y, width, height), label, 1.0, tuple(values))


def texts(*digits: Digit) -> list[str]:
    return [number.text for number in group(digits)]


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


def test_the_box_holds_all_digits_and_the_indices_point_to_them() -> None:
    """A number's box is the union of its digits' boxes."""
    digits = (digit("2", 125, 102), digit("1", 100, 100))
    (number,) = group(digits)
    assert number.box == Box(100, 100, 45, 32)
    assert number.digits == (1, 0)


def test_no_digits_no_numbers() -> None:
    """Nothing read gives no number."""
    assert group(()) == ()
