"""Ink that differs from the paper in colour alone is found, and colour is looked at only then."""

import cv2
import numpy as np
import pytest

from digitcam.colour import useful_channels
from digitcam.ink import find_ink
from digitcam.proposals import propose
from digitcam.types import Box

# Blue, green, red: pairs of nearly the same grey level.
GREEN_ON_BROWN = ((90, 120, 150), (80, 150, 70))
RED_ON_BLUE = ((190, 120, 60), (60, 60, 230))


def page(paper: tuple[int, int, int], ink: tuple[int, int, int]) -> np.ndarray:
    image = np.full((480, 640, 3), paper, np.uint8)
    cv2.ellipse(image, (300, 200), (16, 24), 0, 0, 360, ink, 5, cv2.LINE_AA)
    return image


@pytest.mark.parametrize(("paper", "ink"), [GREEN_ON_BROWN, RED_ON_BLUE])
def test_ink_as_bright_as_the_paper_is_found_by_its_colour(
    paper: tuple[int, int, int], ink: tuple[int, int, int]
) -> None:
    """A nought in a colour of the paper's own grey level is proposed."""
    picture = useful_channels(page(paper, ink))
    assert picture.ndim == 3
    candidates = propose(find_ink(picture))
    truth = Box(281, 173, 38, 54)
    assert max(candidates.box(i).iou(truth) for i in range(len(candidates.boxes))) > 0.8


@pytest.mark.parametrize("ink", [(40, 40, 40), (150, 60, 30)])
def test_ink_that_grey_shows_is_looked_for_in_grey(ink: tuple[int, int, int]) -> None:
    """Black or blue on white needs one channel, which is three times faster."""
    assert useful_channels(page((225, 225, 225), ink)).ndim == 2
