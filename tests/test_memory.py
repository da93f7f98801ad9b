"""What need not be recognised again."""

from pathlib import Path

import numpy as np

from digitcam.bench.network import make_crops
from digitcam.classifier import Classifier
from digitcam.likeness import signatures
from digitcam.memory import Familiar, nothing, recall
from digitcam.networks import Networks
from digitcam.pages import PenGlyphs, make_page
from digitcam.proposals import Candidates
from digitcam.reader import Reader
from digitcam.types import Frame

CROPS = make_crops()


def candidates(boxes: list[tuple[int, int, int, int]], crops: np.ndarray) -> Candidates:
    count = len(boxes)
    return Candidates(
        np.array(boxes, np.int32).reshape(-1, 4),
        crops,
        np.full(count, 100, np.float32),
        np.full(count, 50, np.float32),
        np.ones(count, np.int32),
        np.ones(count, bool),
        np.zeros(count, bool),
    )


def familiar(boxes: list[tuple[int, int, int, int]], crops: np.ndarray) -> Familiar:
    return Familiar(np.array(boxes, float), signatures(crops)[0], np.eye(10)[: len(boxes)])


def test_an_acquaintance_is_known_and_its_rivals_are_left_out() -> None:
    """A digit near where it is expected is known; its pieces and joins need no answer, others do."""
    known = familiar([(100, 100, 24, 40)], CROPS[:1])
    found = recall(
        known,
        candidates(
            [(103, 98, 25, 40), (103, 98, 12, 40), (200, 100, 24, 40), (103, 98, 40, 44)], CROPS[[0, 3, 0, 5]]
        ),
    )
    assert found.rows.tolist() == [0]
    assert found.probabilities.argmax(1).tolist() == [0]
    assert found.rest.tolist() == [2]


def test_what_looks_otherwise_or_has_another_size_is_recognised() -> None:
    """In a known place another digit, and the same one at twice the size, are strangers."""
    known = familiar([(100, 100, 24, 40)], CROPS[:1])
    for box, crop in (((100, 100, 24, 40), CROPS[7:8]), ((88, 80, 48, 80), CROPS[:1])):
        found = recall(known, candidates([box], crop))
        assert len(found.rows) == 0
        assert found.rest.tolist() == [0]


def test_without_acquaintances_or_candidates_nothing_is_known() -> None:
    """The first frame, and an empty one."""
    found = recall(familiar([], CROPS[:0]), candidates([(0, 0, 9, 20)], CROPS[:1]))
    assert (len(found.rows), found.rest.tolist()) == (0, [0])
    assert len(recall(familiar([(0, 0, 9, 20)], CROPS[:1]), candidates([], CROPS[:0])).rest) == 0
    assert nothing(3).rest.tolist() == [0, 1, 2]


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

    sheet = make_page("plain", np.random.default_rng(3), (640, 480), PenGlyphs())
    rng = np.random.default_rng(0)
    reader = Reader(Networks(Counting(), networks.judge))
    readings = []
    for n in range(20):
        noisy = np.clip(sheet.image + rng.normal(0, 2, sheet.image.shape), 0, 255).astype(np.uint8)
        readings.append(reader.read(Frame(noisy, n, n / 30, "film", still=False)))
    assert np.mean(counts[8:]) < 0.5 * counts[0]
    still = Reader(networks).read(sheet.image)
    assert len(still.digits) > 5
    assert {d.label for d in still.digits} <= {d.label for d in readings[-1].digits}
    assert [d.track for d in readings[-1].digits] == [d.track for d in readings[-2].digits]
    assert [d.label for d in readings[-1].digits] == [d.label for d in readings[-2].digits]
