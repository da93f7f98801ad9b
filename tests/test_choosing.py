"""Which digit is meant by a click or by keys, and what becomes of it."""

from __future__ import annotations

import numpy as np

from digitcam.chooser import Chooser, corrected
from digitcam.choosing import box_at, box_beside
from digitcam.corrections.correction import NOT_A_DIGIT
from digitcam.numbers import group
from digitcam.types import Box, Reading
from tests.samples import make_digit

# Two rows of three.
GRID = [Box(20 + 70 * column, 20 + 150 * row, 40, 60) for row in range(2) for column in range(3)]


def reading() -> Reading:
    digits = tuple(make_digit(box, str(i)) for i, box in enumerate(GRID))
    return Reading("", 0, 0.0, (400, 300), digits, group(digits, ()))


def test_a_click_means_the_box_below_it() -> None:
    """A click in a box means it, the smaller of two; close by it still does; far away it means none."""
    assert box_at(GRID, 100, 50) == 1
    assert box_at([Box(0, 0, 100, 100), Box(20, 20, 10, 10)], 25, 25) == 1
    assert box_at(GRID, 135, 70) == 1
    assert box_at(GRID, 350, 130) is None
    assert box_at([], 5, 5) is None


def test_arrows_go_to_the_neighbours() -> None:
    """Each arrow goes one digit on in its direction, and stays where there is none."""
    assert box_beside(GRID, 0, "right") == 1
    assert box_beside(GRID, 1, "left") == 0
    assert box_beside(GRID, 1, "down") == 4
    assert box_beside(GRID, 4, "up") == 1
    assert box_beside(GRID, 2, "right") == 2
    assert box_beside(GRID, 0, "up") == 0


def test_keys_choose_and_say() -> None:
    """t begins with the first in reading order and goes on to the next; a digit or n says what it is."""
    chooser = Chooser()
    assert not chooser.wants("n") and not chooser.wants("left"), "without a choice these mean something else"
    chooser.press("t", reading())
    assert chooser.chosen == 0
    chooser.press("t", reading())
    chooser.press("down", reading())
    assert chooser.chosen == 4
    assert chooser.press("7", reading()) == 7
    assert chooser.press("n", reading()) == NOT_A_DIGIT
    chooser.press("escape", reading())
    assert chooser.chosen is None
    assert chooser.wants("7") and chooser.press("7", reading()) is None


def test_t_without_digits() -> None:
    """Where nothing was read there is nothing to choose."""
    chooser = Chooser()
    chooser.press("t", Reading("", 0, 0.0, (4, 3), ()))
    assert chooser.chosen is None


def test_chosen_digit_is_marked() -> None:
    """The mark lies around the chosen digit's box and leaves its inside alone."""
    chooser, picture = Chooser(), np.zeros((300, 400, 3), np.uint8)
    chooser.chosen = 4
    chooser.mark(picture, reading())
    box = GRID[4]
    assert not picture[box.y : box.bottom, box.x : box.right].any()
    rows, columns = np.nonzero(picture.any(2))
    assert rows.min() < box.y and columns.max() >= box.right and rows.max() < 300
    assert "this 4 is" in chooser.prompt(reading())


def test_corrected_reading() -> None:
    """In the reading shown the digit is what was said, or gone, and its number with it."""
    assert [number.text for number in reading().numbers] == ["012", "345"]
    said = corrected(reading(), 1, 8)
    assert said.digits[1].label == "8" and said.digits[1].confidence == 1.0
    assert [number.text for number in said.numbers] == ["082", "345"]
    assert len(corrected(reading(), 0, NOT_A_DIGIT).digits) == 5


