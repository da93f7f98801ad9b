"""Looks at what stands around a candidate."""

import cv2
import numpy as np
import pytest

from digitcam.ink import find_ink
from digitcam.proposals import Candidates, propose
from digitcam.surroundings import CHANNELS, INK, PAPER, SIDE, SPANS, surroundings


def paper(ink: int = 40, ground: int = 200) -> np.ndarray:
    """A grey sheet with a ring, 40 pixels high, and a square to the right of it."""
    sheet = np.full((240, 320), ground, np.uint8)
    cv2.ellipse(sheet, (120, 120), (14, 20), 0, 0, 360, ink, 5, cv2.LINE_AA)
    cv2.rectangle(sheet, (180, 100), (210, 140), ink, -1)
    return sheet


def ring(picture: np.ndarray) -> tuple[Candidates, np.ndarray]:
    """The candidates of a sheet, and the index of the one that is the ring."""
    candidates = propose(find_ink(picture))
    x, y, width, height = candidates.boxes.T
    off = abs(x - 103) + abs(y - 97) + abs(width - 34) + abs(height - 46)
    assert off.min() < 12
    return candidates, np.array([int(off.argmin())])


def test_paper_and_ink_have_fixed_levels() -> None:
    """Near the candidate paper is at 100 and its ink near 170, however strong the pen is."""
    for pen in (40, 120):
        picture = paper(pen)
        looks = surroundings(picture, *ring(picture))
        assert looks.shape == (1, SIDE, SIDE, CHANNELS) and looks.dtype == np.uint8
        near = looks[0, ..., 0]
        assert float(np.median(near)) == pytest.approx(PAPER, abs=1)
        assert float(near.max()) == pytest.approx(PAPER + INK, abs=30)


def test_light_ink_on_dark_looks_like_dark_ink_on_light() -> None:
    """A chalkboard gives the looks of a sheet of paper."""
    sheet, board = paper(), 255 - paper()
    difference = surroundings(sheet, *ring(sheet)).astype(int) - surroundings(board, *ring(board))
    assert abs(difference).max() <= 12


def test_each_look_reaches_twice_as_far() -> None:
    """The square beside the ring is outside the nearest look and inside the others."""
    picture = paper()
    looks = surroundings(picture, *ring(picture))[0]
    assert SPANS[1] == 2 * SPANS[0] and SPANS[2] == 2 * SPANS[1]
    right = looks[SIDE // 2, -3:]
    assert right[:, 0].max() < PAPER + 10 < right[:, 1].max()
    assert (looks[..., 2] > PAPER + INK / 2).sum() < (looks[..., 1] > PAPER + INK / 2).sum()


def test_the_candidates_own_ink_comes_last() -> None:
    """The last channel is the crop, its box in the middle."""
    picture = paper()
    candidates, chosen = ring(picture)
    own = surroundings(picture, candidates, chosen)[0, ..., -1]
    x, y, width, height = cv2.boundingRect(own)
    assert np.array_equal(
        np.sort(own[own > 0]), np.sort(candidates.crops[chosen[0]][candidates.crops[chosen[0]] > 0])
    )
    assert abs(2 * x + width - SIDE) <= 1 and abs(2 * y + height - SIDE) <= 1


def test_ink_that_differs_in_colour_alone_is_seen() -> None:
    """A red ring on grey of the same brightness stands out in the looks."""
    picture = np.full((240, 320, 3), 128, np.uint8)
    cv2.ellipse(picture, (120, 120), (14, 20), 0, 0, 360, (60, 100, 220), 5, cv2.LINE_AA)
    looks = surroundings(picture, *ring(picture))
    assert looks[0, ..., 0].max() > PAPER + INK / 2


def test_nothing_chosen_gives_nothing() -> None:
    """No candidates, no looks, of the right shape."""
    picture = paper()
    assert surroundings(picture, propose(find_ink(picture)), np.zeros(0, int)).shape == (
        0,
        SIDE,
        SIDE,
        CHANNELS,
    )
