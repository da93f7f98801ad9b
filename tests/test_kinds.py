"""Names of glyphs that look alike are of one kind: in films either of them is shown, not neither."""

from __future__ import annotations

import numpy as np
import pytest

from digitcam.kinds import by_kind, kinds_of
from digitcam.likeness import signatures
from digitcam.tracks import Seen, Tracker
from digitcam.types import LABELS

NAMES = ("0", "1", "5", "I", "L", "O", "S", "X")


def test_digits_alone_are_each_of_their_own() -> None:
    """And what is asked of their kinds is asked of themselves."""
    kinds = kinds_of(LABELS)
    assert kinds.tolist() == [*range(10)]
    some = np.random.default_rng(0).random((4, 10))
    assert by_kind(some, kinds) is some


def test_what_looks_alike_adds_up() -> None:
    """At the place of the first of each kind; the others have nothing."""
    kinds = kinds_of(NAMES)
    assert kinds.tolist() == [0, 1, 2, 1, 1, 0, 2, 7]
    sums = by_kind(np.array([[0.3, 0.1, 0.05, 0.1, 0.05, 0.2, 0.15, 0.05]]), kinds)
    assert sums[0] == pytest.approx([0.5, 0.25, 0.2, 0, 0, 0, 0, 0.05])


def look(time: float, probabilities: np.ndarray) -> tuple[float, Seen]:
    crop = np.zeros((1, 28, 28), np.uint8)
    crop[0, 6:22, 8:20] = 255
    crop[0, 10:18, 12:16] = 0
    assert signatures(crop)[1][0] > 0
    return time, Seen(np.array([[100.0, 100, 40, 60]]), probabilities[None], crop)


def test_a_glyph_split_between_two_that_look_alike_is_shown_steadily() -> None:
    """As the likelier of both, and it stays that though the other leads later; without kinds as neither."""
    first, later = np.zeros(8), np.zeros(8)
    first[[0, 5]], later[[0, 5]] = (0.42, 0.5), (0.52, 0.4)
    alone, followed = Tracker(0.5, np.arange(8)), Tracker(0.5, kinds_of(NAMES))
    shown = []
    for number in range(12):
        time, seen = look(number / 10, first if number < 4 else later)
        assert len(alone.update(time, seen).labels) == 0
        steady = followed.update(time, seen)
        shown.append([NAMES[label] for label in steady.labels.tolist()])
    assert shown == [["O"]] * 12
