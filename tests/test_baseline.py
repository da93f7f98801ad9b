"""The classic way does what the tutorials do, on pictures that suit it and on those that do not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitcam.baseline import BATCH, ClassicReader, binarise, cut_out, find_boxes
from digitcam.types import LABELS, Box, Frame


class Fixed:
    """A network that answers 7 to everything, and notes what it was given."""

    classes = (*LABELS, "not a digit")

    def __init__(self) -> None:
        self.batches: list[np.ndarray] = []

    def predict(self, crops: np.ndarray) -> np.ndarray:
        self.batches.append(crops)
        out = np.zeros((len(crops), 11), dtype=np.float32)
        out[:, 7], out[:, 10] = 0.25, 0.75
        return out


def page(*boxes: Box) -> Frame:
    """Light paper with dark filled boxes."""
    image = np.full((200, 400, 3), 220, dtype=np.uint8)
    for box in boxes:
        image[box.y : box.bottom, box.x : box.right] = 30
    return Frame(image, index=3, time=1.5, source="page.png")


def test_every_large_contour_is_labelled_from_left_to_right() -> None:
    """Tight boxes within the blur, whatever the network thinks of them: nothing is held back."""
    first, second = Box(300, 40, 20, 60), Box(40, 80, 30, 50)
    reading = ClassicReader(Fixed()).read(page(first, second))
    assert [digit.label for digit in reading.digits] == ["7", "7"]
    assert [digit.confidence for digit in reading.digits] == [0.25, 0.25]
    for digit, box in zip(reading.digits, (second, first), strict=True):
        assert digit.box.iou(box) > 0.85
    assert (reading.source, reading.frame, reading.time, reading.size) == ("page.png", 3, 1.5, (400, 200))


def test_specks_are_dropped() -> None:
    """Less than 5 px wide or 15 px high is no digit to a tutorial."""
    assert ClassicReader(Fixed()).read(page(Box(40, 80, 2, 60), Box(100, 80, 60, 8))).digits == ()


def test_light_ink_on_dark_is_taken_for_paper() -> None:
    """The known weakness stays: on a blackboard the board itself is the only contour."""
    board = Frame(255 - page(Box(40, 80, 30, 50)).image)
    boxes = [digit.box for digit in ClassicReader(Fixed()).read(board).digits]
    assert boxes == [Box(0, 0, 400, 200)]


def test_a_crop_is_padded_to_a_square_of_20_in_28() -> None:
    """A tall bar keeps its aspect, stands in the middle, and the margin stays empty."""
    ink = np.zeros((100, 100), dtype=np.uint8)
    ink[10:50, 30:40] = 255
    crop = cut_out(ink, Box(30, 10, 10, 40))
    assert crop.shape == (28, 28) and crop.dtype == np.uint8
    rows, columns = np.nonzero(crop)
    assert (rows.min(), rows.max()) == (4, 23)
    assert columns.max() - columns.min() + 1 in (5, 6) and abs(columns.mean() - 13.5) <= 0.5


def test_evidence_and_times_are_told() -> None:
    """The views and the tables need the threshold's picture, crops, boxes and milliseconds."""
    network = Fixed()
    reading = ClassicReader(network).read(page(Box(40, 80, 30, 50)))
    evidence = reading.evidence
    assert evidence is not None and evidence.ink.shape == (200, 400)
    assert evidence.boxes == tuple(digit.box for digit in reading.digits)
    assert np.array_equal(evidence.crops, network.batches[0]) and evidence.probabilities.shape == (1, 11)
    assert set(reading.ms) == {"ink", "segment", "classify", "total"}
    assert reading.ms["total"] == pytest.approx(sum(reading.ms.values()) - reading.ms["total"])


def test_an_empty_page_and_a_crowded_one() -> None:
    """No contour gives no digit; thousands are labelled in bounded batches."""
    blank = ClassicReader(Fixed()).read(Frame(np.full((50, 50, 3), 200, np.uint8)))
    assert blank.digits == () and blank.evidence is not None and blank.evidence.crops.shape == (0, 28, 28)
    network = Fixed()
    crowd = np.full((1000, 1000, 3), 220, dtype=np.uint8)
    for y in range(10, 980, 30):
        for x in range(10, 980, 20):
            cv2.rectangle(crowd, (x, y), (x + 8, y + 20), (30, 30, 30), -1)
    assert len(ClassicReader(network).read(Frame(crowd)).digits) == 33 * 49
    assert max(map(len, network.batches)) == BATCH


def test_binarise_and_find_boxes_are_the_steps_of_read() -> None:
    """The threshold is two-valued, and its boxes are those that are read."""
    frame = page(Box(40, 80, 30, 50))
    ink = binarise(frame.image)
    assert set(np.unique(ink)) == {0, 255}
    assert find_boxes(ink) == [digit.box for digit in ClassicReader(Fixed()).read(frame).digits]
