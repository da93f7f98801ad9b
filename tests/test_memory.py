"""What need not be recognised again."""

from pathlib import Path

import cv2
import numpy as np

from digitcam.classifier import Classifier
from digitcam.colour import useful_channels
from digitcam.ink import find_ink
from digitcam.layer import InkLayer
from digitcam.likeness import SIGNATURE, signatures
from digitcam.memory import Familiar, all_new, propose_and_recall
from digitcam.networks import Networks
from digitcam.pages import PenGlyphs, make_page
from digitcam.proposals import propose
from digitcam.reader import Reader
from digitcam.recognition import recognise
from digitcam.types import Box, Frame
from tests.drawings import paper

SHEET = make_page("plain", np.random.default_rng(3), (640, 480), PenGlyphs())


def layers_of(image: np.ndarray) -> tuple[InkLayer, ...]:
    return find_ink(useful_channels(image))


def acquaintances() -> Familiar:
    """The digits of the sheet, as a film that shows it would know them."""
    found = propose(layers_of(SHEET.image))
    overlaps = [[found.box(i).iou(t.box) for i in range(len(found.boxes))] for t in SHEET.truth]
    assert all(max(row) > 0.7 for row in overlaps)
    best = np.argmax(overlaps, axis=1)
    answers = np.eye(10)[[int(t.label) for t in SHEET.truth]]
    looks, due = signatures(found.crops[best])[0], np.arange(len(best)) % 2 == 0
    return Familiar(found.boxes[best].astype(float), looks, answers, due)


def test_acquaintances_are_known_and_what_shares_their_ink_is_no_candidate() -> None:
    """On a page that moved by some pixels its digits are known, and pieces and joins of them are left out."""
    known = acquaintances()
    moved = np.roll(SHEET.image, (3, 4), (0, 1))
    everything = propose(layers_of(moved))
    candidates, recalled = propose_and_recall(layers_of(moved), known)
    assert len(recalled.rows) >= 0.95 * len(SHEET.truth)
    assert len(candidates.boxes) < 0.7 * len(everything.boxes)
    assert sorted([*recalled.rows, *recalled.rest]) == list(range(len(candidates.boxes)))
    for row, answer in zip(recalled.rows, recalled.probabilities, strict=True):
        box = candidates.box(row)
        before = Box(box.x - 4, box.y - 3, box.width, box.height)
        assert [int(t.label) for t in SHEET.truth if before.iou(t.box) > 0.6] == [answer.argmax()]


def test_the_network_sees_what_is_due_and_is_believed_where_it_differs() -> None:
    """Acquaintances that are due and read as before stay known; one that is read otherwise is one no more."""
    classifier = Reader()._networks.classifier
    candidates, recalled = propose_and_recall(layers_of(SHEET.image), acquaintances())
    read = np.eye(10)[classifier.predict(candidates.crops[recalled.rows])[:, :10].argmax(1)]
    answers, known = recognise(classifier, candidates.crops, recalled._replace(probabilities=read), 0.0)
    assert known.tolist() == recalled.rows.tolist()
    assert np.allclose(answers[known, :10], read)
    others = recalled._replace(probabilities=np.roll(read, 1, axis=1))
    answers, known = recognise(classifier, candidates.crops, others, 0.0)
    assert known.tolist() == recalled.rows[~recalled.due].tolist()
    due = recalled.rows[recalled.due]
    assert len(due) > 3
    assert np.array_equal(answers[due, :10].argmax(1), read[recalled.due].argmax(1))


def test_a_known_place_with_another_digit_is_a_stranger() -> None:
    """Where a digit looks otherwise than it did, it is among those to be recognised."""
    known = acquaintances()
    others = known._replace(portraits=-known.portraits)
    candidates, recalled = propose_and_recall(layers_of(SHEET.image), others)
    assert len(recalled.rows) == 0
    assert len(candidates.boxes) == len(recalled.rest) >= len(SHEET.truth)


def test_another_size_is_a_stranger() -> None:
    """A page that is at once half as large again shows no acquaintance."""
    larger = cv2.resize(SHEET.image, None, fx=1.5, fy=1.5)
    _, recalled = propose_and_recall(layers_of(larger), acquaintances())
    assert len(recalled.rows) == 0


def test_without_acquaintances_the_candidates_are_those_of_a_picture() -> None:
    """The first frame of a film is looked at as a photograph is; an empty one has no candidates."""
    looks = np.zeros((0, SIGNATURE), np.float32)
    nobody = Familiar(np.zeros((0, 4)), looks, np.zeros((0, 10)), np.zeros(0, bool))
    candidates, recalled = propose_and_recall(layers_of(SHEET.image), nobody)
    alone, new = all_new(propose(layers_of(SHEET.image)))
    assert np.array_equal(candidates.crops, alone.crops)
    assert np.array_equal(recalled.rest, new.rest)
    blank, recalled = propose_and_recall(layers_of(paper()), acquaintances())
    assert len(blank.boxes) == len(recalled.rest) == len(recalled.rows) == 0


def test_a_film_of_a_still_page_is_hardly_recognised_again_and_read_the_same() -> None:
    """In a film of one page, with a camera's noise, the network sees few of the crops and says the same."""
    networks = Reader()._networks
    inner, counts = networks.classifier, []

    class Counting(Classifier):
        def __init__(self) -> None:
            self.path, self.engine, self.classes = Path(), "LiteRT", inner.classes

        def predict(self, crops: np.ndarray) -> np.ndarray:
            counts.append(len(crops))
            return inner.predict(crops)

    rng = np.random.default_rng(0)
    reader = Reader(Networks(Counting(), networks.judge))
    readings = []
    for n in range(20):
        noisy = np.clip(SHEET.image + rng.normal(0, 2, SHEET.image.shape), 0, 255).astype(np.uint8)
        readings.append(reader.read(Frame(noisy, n, n / 30, "film", still=False)))
    assert np.mean(counts[8:]) < 0.5 * counts[0]
    still = Reader(networks).read(SHEET.image)
    assert len(still.digits) > 5
    assert {d.label for d in still.digits} <= {d.label for d in readings[-1].digits}
    assert [d.track for d in readings[-1].digits] == [d.track for d in readings[-2].digits]
    assert [d.label for d in readings[-1].digits] == [d.label for d in readings[-2].digits]
