"""The whole pipe: a frame in, a reading out."""

import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.classifier import Classifier
from digitcam.evaluation.number_scores import NumberScore, score_numbers
from digitcam.networks import Networks
from digitcam.pages import make_number_page, make_page
from digitcam.reader import Reader
from digitcam.scoring import Score, score
from digitcam.sign_network import CLASSES, NONE, SignNetwork
from digitcam.types import Box, Frame
from tests.drawings import paper, ring


def noughts_only() -> Classifier:
    """A classifier that takes every crop with a hollow middle for a 0 and refuses the rest."""

    def run(batch: np.ndarray) -> np.ndarray:
        answer = np.zeros((len(batch), 11), np.float32)
        middle = batch[:, 12:16, :, 0].max(1)
        hollow = (
            (middle[:, 12:16].max(1) < 40) & (middle[:, 3:8].max(1) > 128) & (middle[:, 20:25].max(1) > 128)
        )
        answer[hollow, 0] = 1
        answer[~hollow, 10] = 1
        return answer

    return Classifier(run, Path("fake.keras"), "LiteRT", 11)


def test_a_nought_is_read_where_it_is() -> None:
    """A ring on paper gives one 0 with a box tight around it."""
    image = paper()
    x, y, width, height = ring(image, 300, 200, 30, 7)
    reading = Reader(Networks(noughts_only())).read(Frame(image, source="page"))
    assert [digit.label for digit in reading.digits] == ["0"]
    assert reading.digits[0].box.iou(Box(x, y, width, height)) > 0.85
    assert reading.source == "page"
    assert reading.size == (640, 480)
    assert len(reading.digits[0].probabilities) == 10


def test_noughts_in_a_row_are_one_number() -> None:
    """Three rings side by side are the number 000."""
    image = paper()
    for x in (200, 260, 320):
        ring(image, x, 200, 20, 5)
    assert [number.text for number in Reader(Networks(noughts_only())).read(Frame(image)).numbers] == ["000"]


def test_signs_stand_in_numbers_and_in_the_reading() -> None:
    """Where the network sees a comma before the second ring the number is 0,0, also in part of a frame."""
    image = paper()
    for x in (200, 265):
        ring(image, x, 200, 20, 5)
    cv2.rectangle(image, (230, 214), (234, 231), (40, 40, 40), -1)

    def run(looks: np.ndarray) -> np.ndarray:
        classes = [1 if look[..., 1].any() and k else NONE for k, look in enumerate(looks)]
        return np.eye(CLASSES, dtype=np.float32)[classes]

    networks = Networks(noughts_only(), signs=SignNetwork(run, Path("signs.keras")))
    for roi in (None, Box(150, 100, 400, 300)):
        reading = Reader(networks, roi=roi).read(Frame(image))
        (number,), (sign,) = reading.numbers, reading.signs
        assert number.text == "0,0" and number.signs == (0,) and sign.text == ","
        assert sign.box.iou(Box(230, 214, 5, 18)) > 0.5
        assert number.box.overlap(sign.box) == sign.box.area
        assert reading.to_json()["numbers"] == [
            {"text": "0,0", "box": number.box.as_list(), "digits": list(number.digits)}
        ]


def test_only_the_part_asked_for_is_read_and_boxes_stay_in_the_frame() -> None:
    """With a region of interest, digits outside it are not read and those inside keep their place."""
    image = paper()
    ring(image, 150, 200, 30, 7)
    x, y, width, height = ring(image, 450, 200, 30, 7)
    reading = Reader(Networks(noughts_only()), roi=Box(320, 100, 5000, 300), evidence=True).read(Frame(image))
    assert len(reading.digits) == 1
    assert reading.digits[0].box.iou(Box(x, y, width, height)) > 0.85
    assert reading.evidence is not None
    assert all(box.x >= 320 for box in reading.evidence.boxes)


def test_an_empty_page_gives_an_empty_reading() -> None:
    """No ink, no digits, no error."""
    reading = Reader(Networks(noughts_only())).read(Frame(paper()))
    assert reading.digits == ()
    assert reading.numbers == ()
    assert reading.to_json()["digits"] == []


def test_each_step_is_timed() -> None:
    """The clock is read at each step; the steps sum to the total."""
    ticks = itertools.count()
    reading = Reader(Networks(noughts_only()), clock=lambda: next(ticks) / 1000).read(Frame(paper()))
    assert reading.ms["total"] == pytest.approx(sum(v for step, v in reading.ms.items() if step != "total"))
    assert set(reading.ms) == {"ink", "segment", "classify", "read", "total"}


def test_evidence_can_be_left_out() -> None:
    """Without evidence a reading carries none."""
    assert Reader(Networks(noughts_only())).read(Frame(paper())).evidence is None


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (12, 12)])
def test_pictures_smaller_than_a_digit_are_read_as_empty(size: tuple[int, int]) -> None:
    """A picture of one pixel is read without an error."""
    assert Reader(Networks(noughts_only())).read(Frame(paper(*size))).digits == ()


def test_the_shipped_model_reads_generated_pages() -> None:
    """Of the digits on plain generated pages nine in ten are read, and hardly anything else."""
    reader, total = Reader(), Score()
    for seed in range(12):
        page = make_page("plain", np.random.default_rng((31, seed)))
        total += score(reader.read(page.image).digits, page.truth)
    assert total.true_positive + total.false_negative > 100
    assert total.true_positive >= 0.9 * (total.true_positive + total.false_negative)
    assert total.false_positive <= 0.1 * total.true_positive


def film(image: np.ndarray, count: int, start: int = 0, source: str = "film") -> list[Frame]:
    return [Frame(image, n, n / 30, source, still=False) for n in range(start, start + count)]


def test_frames_of_a_film_have_tracks_and_stills_have_none() -> None:
    """A digit of a film has a number that stays; of a still, and where tracking is off, it has none."""
    image = paper()
    ring(image, 300, 200, 30, 7)
    reader = Reader(Networks(noughts_only()))
    assert [reader.read(frame).digits[0].track for frame in film(image, 3)] == [0, 0, 0]
    assert reader.read(image).digits[0].track is None
    alone = Reader(Networks(noughts_only()), track=False)
    assert [alone.read(frame).digits[0].track for frame in film(image, 2)] == [None, None]


def test_another_film_begins_anew() -> None:
    """Another source, another size, and a film that is played again know nothing of the one before."""
    image, reader = paper(), Reader(Networks(noughts_only()))
    ring(image, 300, 200, 30, 7)
    for frame in film(image, 3):
        reader.read(frame)
    empty = paper()
    for frames in (film(empty, 1, 3, "other"), film(paper(320, 240), 1, 4), film(empty, 1)):
        assert reader.read(frames[0]).digits == ()


def test_boxes_of_followed_digits_stay_in_the_frame() -> None:
    """With a region of interest a digit's box is in the frame's own pixels, in every frame of a film."""
    image = paper()
    box = Box(*ring(image, 450, 200, 30, 7))
    reader = Reader(Networks(noughts_only()), roi=Box(320, 100, 300, 300))
    for frame in film(image, 10):
        assert reader.read(frame).digits[0].box.iou(box) > 0.85


def test_evidence_can_be_asked_for_frame_by_frame() -> None:
    """A window turned to the ink sees all of it from that frame on, whatever a film need not look at."""
    image = paper()
    ring(image, 300, 200, 30, 7)
    asked: list[int] = []

    def looks_into(frame: Frame) -> bool:
        asked.append(frame.index)
        return frame.index >= 6

    reader = Reader(Networks(noughts_only()), evidence=looks_into)
    readings = [reader.read(frame) for frame in film(image, 8)]
    assert asked == list(range(8))
    assert [reading.evidence is not None for reading in readings] == [False] * 6 + [True] * 2
    assert [digit.track for digit in readings[-1].digits] == [0]


def test_the_shipped_networks_read_numbers_with_signs() -> None:
    """On paper and boards most numbers are read exactly, and nearly all whose digits are read."""
    reader, total = Reader(), NumberScore()
    for seed in range(12):
        kind = ("plain", "whiteboard", "note", "ruled")[seed % 4]
        page = make_number_page(kind, np.random.default_rng((41, seed)))
        total += score_numbers(reader.read(page.image), page.truth, page.numbers, page.signs)[0]
    assert total.exact.total > 60 and total.signed.total > 20
    assert total.exact.right >= 0.85 * total.exact.total
    assert total.put_together.right >= 0.94 * total.put_together.total


@pytest.mark.parametrize("slimness", [4, 9, 13])
def test_a_straight_stroke_alone_is_a_one(slimness: int) -> None:
    """A plain upright stroke is read as 1, however thin the pen was against its height."""
    pen, high = 11, 11 * slimness
    image = paper(640, 480, 255)
    cv2.line(image, (320, 240 - high // 2), (320, 240 + high // 2), (24,) * 3, pen, cv2.LINE_AA)
    assert [digit.label for digit in Reader().read(image).digits] == ["1"]
