"""Scoring: boxes matched one to one, labels compared, ignored boxes left out."""

import pytest

from digitcam.scoring import Score, match, score
from digitcam.types import Box, Digit, Truth


def digit(x: int, label: str, width: int = 20, height: int = 30) -> Digit:
    probabilities = tuple(0.9 if label == str(i) else 0.0 for i in range(10))
    return Digit(Box(x, 0, width, height), label, 0.9, probabilities)


def truth(x: int, label: str) -> Truth:
    return Truth(Box(x, 0, 20, 30), label)


def test_right_wrong_and_missed() -> None:
    """A right label counts once, a wrong one is both false and missed, an absent one is missed."""
    result = score([digit(0, "1"), digit(50, "2")], [truth(0, "1"), truth(50, "3"), truth(100, "4")])
    assert result == Score(1, 1, 2)
    assert result.f1 == pytest.approx(2 / (2 + 1 + 2))
    assert (result.asked, result.recall, result.precision) == (3, pytest.approx(1 / 3), 0.5)


def test_one_to_one() -> None:
    """Two readings of one digit give one right answer and one false one."""
    assert score([digit(0, "1"), digit(1, "1")], [truth(0, "1")]) == Score(1, 1, 0)


def test_greatest_overlap_first() -> None:
    """Neighbours are matched by their greatest overlap, whatever the order they come in."""
    found = [digit(6, "8"), digit(0, "7")]
    assert sorted(match(found, [truth(0, "7"), truth(7, "8")])) == [(0, 1), (1, 0)]


def test_equal_boxes_prefer_the_right_label() -> None:
    """Of two readings with the same box the one with the right label is matched."""
    assert score([digit(0, "4"), digit(0, "9")], [truth(0, "9")]) == Score(1, 1, 0)


def test_half_overlap_is_the_limit() -> None:
    """IoU of exactly one half counts, less does not."""
    assert score([digit(0, "1", height=15)], [truth(0, "1")]) == Score(1, 0, 0)
    assert score([digit(0, "1", height=14)], [truth(0, "1")]) == Score(0, 1, 1)


def test_ignored_boxes() -> None:
    """A digit mostly inside an ignored box is neither asked for nor punished, unless it matches a truth."""
    found = [digit(0, "1"), digit(50, "2"), digit(100, "3")]
    ignore = [Box(0, 0, 30, 30), Box(50, 0, 10, 30)]
    assert score(found, [], ignore) == Score(0, 2, 0), "half of the second digit is not more than half"
    assert score(found[:1], [truth(0, "1")], ignore) == Score(1, 0, 0)
    assert score(found[:1], [truth(0, "5")], ignore) == Score(0, 1, 1)


def test_scores_add_up() -> None:
    """Counts of many pictures add up, and the line names them."""
    total = sum([Score(9, 1, 1), Score(0, 2, 0)], Score())
    assert total == Score(9, 3, 1)
    assert str(total) == "read 9 of 10 digits (90.0 %), 3 false"


def test_nothing_asked_for() -> None:
    """A picture without digits on which nothing is claimed is perfect; a claim on it costs everything."""
    assert score([], []).f1 == 1.0
    assert score([digit(0, "1")], []).f1 == 0.0
