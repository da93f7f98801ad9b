"""Which digit follows which in a row."""

from __future__ import annotations

import numpy as np
import pytest

from digitcam.rows import find_rows, turned


def row(count: int, angle: float = 0.0, step: float = 30.0, size: tuple[int, int] = (20, 30)) -> np.ndarray:
    """Boxes of ``count`` digits in a row at ``angle`` degrees from (200, 200) on."""
    along = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))]) * step
    return np.array([[*np.round(200 + i * along), *size] for i in range(count)])


@pytest.mark.parametrize("angle", [-20, 0, 7, 20])
def test_each_digit_is_followed_by_the_next_one(angle: int) -> None:
    """In any order, on a level page and on one that is turned."""
    order = np.random.default_rng(3).permutation(6)
    rows = find_rows(row(6, angle)[order])
    (chain,) = rows.chains()
    assert order[chain].tolist() == [0, 1, 2, 3, 4, 5]
    assert rows.following[chain].tolist() == [*chain[1:], -1]
    assert rows.preceding[chain].tolist() == [-1, *chain[:-1]]


def test_gaps_are_in_heights_of_the_digits() -> None:
    """Digits 20 wide, 30 high and 30 apart leave a third of a height; so they do twice as near."""
    for scale in (1, 2):
        after = find_rows(row(4) * scale).after
        assert after[:3] == pytest.approx([1 / 3] * 3) and np.isinf(after[3])


def test_a_turned_page_has_the_sizes_and_gaps_of_a_level_one() -> None:
    """The box of a digit that is turned with its page is larger than the digit; that is made up for."""
    turn = np.radians(18)
    wide = float(np.hypot(20 * np.cos(turn), 30 * np.sin(turn)))
    tall = float(np.hypot(20 * np.sin(turn), 30 * np.cos(turn)))
    boxes = row(5, 18).astype(float)
    boxes[:, :2] -= (np.array([wide, tall]) - (20, 30)) / 2
    boxes[:, 2:] = wide, tall
    rows = find_rows(boxes)
    assert rows.width == pytest.approx(np.full(5, 20), rel=0.03)
    assert rows.height == pytest.approx(np.full(5, 30), rel=0.03)
    assert rows.after[:4] == pytest.approx(np.full(4, 1 / 3), abs=0.05)


def test_what_is_far_or_of_another_size_or_in_another_row_follows_nothing() -> None:
    """Only neighbours in a row are linked."""
    boxes = np.array([(100, 100, 20, 30), (210, 100, 20, 30), (130, 60, 50, 95), (126, 135, 20, 30)])
    assert (find_rows(boxes).following == -1).all()


def test_a_digit_has_one_before_it_at_most() -> None:
    """Of two digits that could follow the same one the nearer does."""
    rows = find_rows(np.array([(100, 100, 20, 30), (127, 108, 20, 30), (128, 95, 20, 30)]))
    assert sorted(rows.following[rows.following >= 0].tolist()) == sorted(
        set(rows.following[rows.following >= 0].tolist())
    )
    assert rows.following[0] == 2


def test_no_digits_no_rows() -> None:
    """Nothing, and one digit alone."""
    assert find_rows(np.zeros((0, 4))).chains() == []
    assert find_rows(row(1)).chains() == [[0]]


def test_turned_places_are_turned_back_by_the_opposite_angle() -> None:
    """Along and across of a place lead back to it."""
    x, y = np.array([3.0, -2.0]), np.array([5.0, 7.0])
    back = turned(*turned(x, y, 0.3), -0.3)
    assert np.allclose(back, (x, y))
