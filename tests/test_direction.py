"""The direction of a page's rows is found in the digits, and crops are turned level by it."""

import cv2
import numpy as np
import pytest

from digitcam.direction import levelled, text_direction
from digitcam.normalise import normalise


def rows(angle: float, count: int = 5, size: tuple[int, int] = (20, 30)) -> np.ndarray:
    """Boxes of two rows of ``count`` digits that run at ``angle`` degrees."""
    along = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    across = np.array([-along[1], along[0]])
    places = [300 + 32 * i * along + 60 * row * across for row in range(2) for i in range(count)]
    return np.array([[*np.round(place), *size] for place in places], int)


@pytest.mark.parametrize("angle", [-25, -10, 0, 3, 25])
def test_the_direction_is_that_of_the_rows(angle: int) -> None:
    """Rows at up to 25° are measured within two degrees."""
    assert np.degrees(text_direction(rows(angle))) == pytest.approx(angle, abs=2)


def test_few_or_scattered_digits_have_no_direction() -> None:
    """A single number of three digits, digits far apart, and none at all are left as they are."""
    assert text_direction(rows(20)[:3]) == 0
    assert text_direction(np.zeros((0, 4), int)) == 0
    scattered = rows(0)
    scattered[:, :2] *= 9
    assert text_direction(scattered) == 0


def test_digits_of_another_size_are_no_neighbours() -> None:
    """A large digit beside each small one does not tilt the page."""
    small = rows(0)
    large = small + [10, 25, 30, 60]
    assert text_direction(np.concatenate([small, large])) == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("degrees", [-20, 20])
def test_a_crop_is_turned_level(degrees: int) -> None:
    """A stroke that leans as its page does stands upright afterwards."""
    ink = np.zeros((80, 80), np.uint8)
    lean = np.tan(np.radians(degrees))
    cv2.line(ink, (round(40 + 25 * lean), 15), (round(40 - 25 * lean), 65), 255, 7)
    before = normalise(ink)
    # On a page whose rows fall to the right upright strokes lean to the right.
    after = levelled(before[None], np.radians(degrees))[0]
    width_before, width_after = (cv2.boundingRect((crop > 60).view(np.uint8))[2] for crop in (before, after))
    assert width_after < 0.7 * width_before


def test_no_crops_are_no_trouble() -> None:
    """Nothing turned is nothing."""
    assert levelled(np.zeros((0, 28, 28), np.uint8), 0.3).shape == (0, 28, 28)
