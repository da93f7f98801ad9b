"""Of rival candidates the set that explains most ink with most confidence is read."""

import numpy as np

from digitcam.proposals import Candidates
from digitcam.selection import consistent_set, select


def made(*rows: tuple[tuple[int, int, int, int], str | None, float, float]) -> tuple[Candidates, np.ndarray]:
    """Candidates from (box, label or None, probability, share of the box that is ink)."""
    boxes = np.array([row[0] for row in rows], np.int32).reshape(-1, 4)
    probabilities = np.zeros((len(rows), 11), np.float32)
    for i, (_, label, probability, _) in enumerate(rows):
        probabilities[i, 10] = 1 - probability
        if label is not None:
            probabilities[i, int(label)] = probability
    ink = np.array([row[0][2] * row[0][3] * row[3] for row in rows], np.float32)
    crops = np.zeros((len(rows), 28, 28), np.uint8)
    grey = np.full(len(rows), 100, np.float32)
    ones = np.ones(len(rows), np.int32)
    return Candidates(boxes, crops, ink, grey, ones, ones > 0, ones < 0), probabilities


Row = tuple[tuple[int, int, int, int], str | None, float, float]


def chosen(*rows: Row, confidence: float = 0.8) -> list[int]:
    return select(*made(*rows), confidence).tolist()


def labels(*rows: Row, confidence: float = 0.8) -> list[str | None]:
    return [rows[i][1] for i in chosen(*rows, confidence=confidence)]


def test_two_confident_pieces_beat_the_doubtful_whole() -> None:
    """Touching noughts are read as two, not as the 8 that they might be together."""
    whole = ((10, 10, 60, 30), "8", 0.82, 0.3)
    assert labels(whole, ((10, 10, 30, 30), "0", 0.99, 0.3), ((40, 10, 30, 30), "0", 0.99, 0.3)) == ["0", "0"]


def test_a_digit_beats_its_pieces() -> None:
    """A 4 read with confidence is not taken apart into a 1 and a rest."""
    assert labels(((10, 10, 30, 40), "4", 0.99, 0.3), ((28, 10, 8, 40), "1", 0.97, 0.5)) == ["4"]


def test_a_joined_digit_beats_its_body() -> None:
    """The 5 with its bar is read once, with the bar inside its box."""
    assert chosen(((10, 18, 20, 26), "5", 0.98, 0.3), ((10, 10, 24, 34), "5", 0.99, 0.3)) == [1]


def test_what_is_less_likely_than_the_bound_is_not_read() -> None:
    """Below the confidence asked for there is no label, whatever else is in the picture."""
    row = ((10, 10, 20, 30), "7", 0.7, 0.3)
    assert labels(row) == []
    assert labels(row, confidence=0.6) == ["7"]


def test_neighbours_do_not_exclude_each_other() -> None:
    """Boxes of slanted neighbours that overlap a little are both read."""
    assert labels(((10, 10, 24, 40), "7", 0.9, 0.3), ((30, 10, 24, 40), "1", 0.9, 0.3)) == ["7", "1"]


def test_nothing_gives_nothing() -> None:
    """No candidates, no digits."""
    assert labels() == []


def test_the_kept_set_is_free_of_rivals_and_cannot_be_added_to() -> None:
    """Over random boxes no two kept ones exclude each other and no free one is left out."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        boxes = np.column_stack([rng.integers(0, 200, (40, 2)), rng.integers(10, 60, (40, 2))])
        kept = consistent_set(boxes, rng.uniform(0.1, 5, 40))
        corner, end = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
        size = np.maximum(np.minimum(end[:, None], end[None]) - np.maximum(corner[:, None], corner[None]), 0)
        shared, area = size.prod(2), boxes[:, 2:].prod(1)
        rivals = shared > 0.35 * np.minimum(area[:, None], area[None])
        np.fill_diagonal(rivals, False)
        assert not rivals[np.ix_(kept, kept)].any()
        left = np.setdiff1d(np.arange(40), kept)
        assert all(rivals[i, kept].any() for i in left)
