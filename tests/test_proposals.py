"""Candidates: every digit is among them, whole, joined or cut."""

import cv2
import numpy as np
import pytest

from digitcam.ink import find_ink
from digitcam.proposals import Candidates, propose
from digitcam.types import Box
from tests.drawings import paper, ring, write


def best_iou(candidates: Candidates, box: tuple[int, int, int, int]) -> float:
    return max((candidates.box(i).iou(Box(*box)) for i in range(len(candidates.boxes))), default=0.0)


@pytest.mark.parametrize(("radius", "pen"), [(7, 2), (15, 4), (40, 8), (100, 24), (200, 50)])
def test_a_digit_of_any_size_is_a_candidate_with_a_tight_box(radius: int, pen: int) -> None:
    """Digits of 14 to 400 pixels have a candidate with an IoU above 0.8."""
    image = paper()
    box = ring(image, 320, 240, radius, pen)
    assert best_iou(propose(find_ink(image)), box) > 0.8


def test_an_empty_page_has_no_candidate() -> None:
    """Nothing on the page, nothing proposed; the arrays keep their shapes."""
    candidates = propose(find_ink(paper()))
    assert candidates.boxes.shape == (0, 4)
    assert candidates.crops.shape == (0, 28, 28)


def test_noise_alone_has_hardly_a_candidate() -> None:
    """An empty sheet under strong sensor noise gives at most a handful of candidates."""
    rng = np.random.default_rng(3)
    image = np.clip(paper() + rng.normal(0, 8, (480, 640, 1)), 0, 255).astype(np.uint8)
    assert len(propose(find_ink(image)).boxes) <= 5


def test_the_paper_inside_a_nought_is_no_candidate() -> None:
    """The light spot inside a ring is not proposed as light ink: every candidate has the ring's ink."""
    image = paper()
    x, y, width, height = ring(image, 320, 240, 20, 5)
    inside = Box(x + 7, y + 7, width - 14, height - 14)
    candidates = propose(find_ink(image))
    assert all(candidates.box(i).iou(inside) < 0.7 for i in range(len(candidates.boxes)))


def test_touching_noughts_are_cut() -> None:
    """Two rings that touch have a candidate for each."""
    image = paper()
    left, right = ring(image, 300, 240, 20, 5), ring(image, 342, 240, 20, 5)
    candidates = propose(find_ink(image))
    assert best_iou(candidates, left) > 0.8
    assert best_iou(candidates, right) > 0.8


def test_a_detached_bar_is_joined() -> None:
    """A bar above a bow, not touching it, has a candidate that holds both."""
    image = paper()
    cv2.ellipse(image, (300, 230), (16, 18), 0, -100, 120, (40, 40, 40), 4, cv2.LINE_AA)
    cv2.line(image, (296, 202), (320, 200), (40, 40, 40), 4, cv2.LINE_AA)
    mask = (image[..., 0] < 120).astype(np.uint8)
    assert best_iou(propose(find_ink(image)), cv2.boundingRect(mask)) > 0.8


def test_digits_on_a_ruled_line_are_freed_from_it() -> None:
    """A line through a row of digits does not hide them."""
    image = paper()
    boxes = [ring(image, x, 240, 18, 4) for x in (200, 280, 360)]
    cv2.line(image, (0, 246), (639, 246), (60, 60, 60), 2)
    candidates = propose(find_ink(image))
    assert all(best_iou(candidates, box) > 0.6 for box in boxes)


def test_crops_are_inputs_of_the_network() -> None:
    """Each crop is 28×28 uint8 with ink at 255 near its middle."""
    image = paper()
    write(image, "3", 300, 240, 40)
    candidates = propose(find_ink(image))
    assert candidates.crops.dtype == np.uint8
    assert (candidates.crops.max((1, 2)) == 255).all()
    assert (candidates.crops.reshape(len(candidates.crops), -1).sum(1) > 0).all()


def test_a_neighbour_is_not_in_the_crop() -> None:
    """A stroke that reaches into a digit's box but belongs to another component is left out."""
    image = paper()
    x, y, width, height = ring(image, 300, 240, 24, 5)
    alone = crop_at(propose(find_ink(image)), Box(x, y, width, height))
    cv2.line(image, (340, 200), (322, 216), (40, 40, 40), 3, cv2.LINE_AA)
    beside = crop_at(propose(find_ink(image)), Box(x, y, width, height))
    assert np.abs(beside.astype(int) - alone).mean() < 6


def crop_at(candidates: Candidates, box: Box) -> np.ndarray:
    return candidates.crops[max(range(len(candidates.boxes)), key=lambda i: candidates.box(i).iou(box))]
