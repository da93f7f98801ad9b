"""The network's input is made in MNIST's convention."""

import cv2
import numpy as np
import pytest

from digitcam.normalise import normalise, normalise_all


def stroke(height: int, width: int, scale: int, value: int = 255) -> np.ndarray:
    """A slanted stroke in a picture of height×width, all multiplied by ``scale``."""
    ink = np.zeros((height * scale, width * scale), np.uint8)
    cv2.line(ink, (6 * scale, 4 * scale), (20 * scale, 34 * scale), value, 3 * scale, cv2.LINE_AA)
    return ink


@pytest.mark.parametrize("scale", [1, 2, 5, 9])
def test_the_ink_fits_twenty_by_twenty_whatever_its_size(scale: int) -> None:
    """A digit of any size is scaled so that its longer side is 20."""
    x, y, width, height = cv2.boundingRect((normalise(stroke(40, 30, scale)) > 40).astype(np.uint8))
    assert height in (19, 20)
    assert 8 <= width <= 14


@pytest.mark.parametrize("scale", [1, 3])
def test_the_centre_of_mass_is_the_middle(scale: int) -> None:
    """The centre of mass lies within a pixel of (14, 14)."""
    moments = cv2.moments(normalise(stroke(40, 30, scale)))
    assert abs(moments["m10"] / moments["m00"] - 14) <= 1
    assert abs(moments["m01"] / moments["m00"] - 14) <= 1


def test_where_the_ink_lies_does_not_matter() -> None:
    """The same ink elsewhere in a larger picture gives the same input."""
    ink = stroke(40, 30, 2)
    moved = np.zeros((200, 300), np.uint8)
    moved[90 : 90 + ink.shape[0], 170 : 170 + ink.shape[1]] = ink
    assert np.array_equal(normalise(ink), normalise(moved))


def test_faint_ink_becomes_full_ink() -> None:
    """The strongest ink is 255 however faint it was."""
    assert normalise(stroke(40, 30, 2, value=40)).max() == 255


def test_edges_are_grey() -> None:
    """Scaling down leaves anti-aliased edges, not a black and white picture."""
    values = normalise(stroke(40, 30, 4))
    assert ((values > 20) & (values < 235)).sum() > 10


def test_no_ink_gives_an_empty_input() -> None:
    """A picture without ink gives zeros."""
    assert not normalise(np.zeros((30, 30), np.uint8)).any()


def test_a_lopsided_digit_is_not_cut_off() -> None:
    """Ink whose centre of mass is far from its middle is kept inside the picture, whole."""
    ink = np.zeros((100, 100), np.uint8)
    ink[:, :12] = 255
    ink[:12, :] = 60
    small = normalise(ink)
    x, y, width, height = cv2.boundingRect((small > 0).astype(np.uint8))
    assert (width, height) == (20, 20)


def test_many_at_once_are_each_as_alone() -> None:
    """Ink of any sizes, with none among it, gives each the input that it gives by itself."""
    inks = [
        stroke(40, 30, 1),
        np.zeros((9, 5), np.uint8),
        stroke(40, 30, 3, value=60),
        np.zeros((0, 0), np.uint8),
    ]
    together = normalise_all(inks)
    assert together.shape == (4, 28, 28) and together.dtype == np.uint8
    assert all(np.array_equal(one, normalise(ink)) for one, ink in zip(together, inks, strict=True))
    assert together.max((1, 2)).tolist() == [255, 0, 255, 0]
    assert normalise_all([]).shape == (0, 28, 28)
