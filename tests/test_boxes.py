"""Boxes are tight around the ink whatever layer they were found in."""

import cv2
import numpy as np
import pytest

from digitcam.boxes import tight_boxes

RING = (100, 80, 121, 161)


def ring_on(ground: int, ink: int) -> np.ndarray:
    image = np.full((300, 400), ground, np.uint8)
    x, y, width, height = RING
    cv2.ellipse(image, (x + 60, y + 80), (53, 73), 0, 0, 360, ink, 15)
    return image


def tightened(image: np.ndarray, box: tuple[int, int, int, int], scale: int, dark: bool = True) -> list[int]:
    return tight_boxes(image, np.array([box]), np.array([scale]), np.array([dark]))[0].tolist()


@pytest.mark.parametrize(("ground", "ink"), [(200, 40), (30, 220)])
@pytest.mark.parametrize("off", [(-6, -7, 10, 12), (5, 6, -9, -8), (0, 0, 0, 0)])
def test_a_coarse_box_becomes_tight(ground: int, ink: int, off: tuple[int, int, int, int]) -> None:
    """A box that is off by up to a pixel of its layer ends up within a pixel of the ink."""
    coarse = tuple(a + b for a, b in zip(RING, off, strict=True))
    found = tightened(ring_on(ground, ink), coarse, 8, dark=ground > ink)
    assert np.abs(np.array(found) - RING).max() <= 2


def test_a_neighbour_does_not_widen_the_box() -> None:
    """Ink that reaches in from outside the window leaves that edge where it was."""
    image = ring_on(200, 40)
    cv2.line(image, (399, 160), (222, 160), 40, 9)
    x, y, width, height = tightened(image, RING, 8)
    assert x + width == RING[0] + RING[2]


def test_boxes_of_the_finest_layer_are_left_alone() -> None:
    """A box found at full size is exact already."""
    assert tightened(ring_on(200, 40), (90, 70, 140, 180), 1) == [90, 70, 140, 180]


def test_a_box_at_the_rim_of_the_frame_is_kept_inside() -> None:
    """Next to the frame's edge the window is smaller and nothing fails."""
    image = np.full((100, 100), 200, np.uint8)
    image[0:60, 0:40] = 40
    assert tightened(image, (0, 0, 40, 64), 8) == [0, 0, 40, 60]


def test_no_boxes_give_no_boxes() -> None:
    """Nothing in, nothing out."""
    empty = np.zeros((0, 4), np.int32)
    assert tight_boxes(ring_on(200, 40), empty, np.zeros(0, int), np.zeros(0, bool)).shape == (0, 4)
