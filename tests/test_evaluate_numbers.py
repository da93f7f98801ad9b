"""Numbers that are read against those that stand there."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from digitcam.commands.evaluate import main
from digitcam.evaluation.contestants import Contestant
from digitcam.evaluation.number_scores import NumberScore, Share, score_numbers
from digitcam.evaluation.number_suite import measure_numbers
from digitcam.numbers import group
from digitcam.pages import NUMBER_KINDS, make_number_page
from digitcam.types import Box, Digit, Frame, NumberTruth, Reading, Sign, Truth
from tests.evaluation_fakes import Coded, folder_fixture
from tests.samples import make_digit

__all__ = ["folder_fixture"]  # a fixture

DIGITS = tuple(Truth(Box(x, 100, 20, 30), label) for x, label in ((100, "1"), (135, "5"), (300, "7")))
POINT = Sign(Box(123, 126, 5, 5), ".")
NUMBERS = (NumberTruth(Box(100, 100, 55, 31), "1.5"), NumberTruth(Box(300, 100, 20, 30), "7"))


def reading(digits: tuple[Digit, ...], signs: tuple[Sign, ...]) -> Reading:
    return Reading("x", 0, 0.0, (640, 480), digits, group(digits, signs), signs=signs)


def known(labels: str = "157") -> tuple[Digit, ...]:
    return tuple(make_digit(t.box, label) for t, label in zip(DIGITS, labels, strict=True))


def counted(digits: tuple[Digit, ...], signs: tuple[Sign, ...]) -> NumberScore:
    return score_numbers(reading(digits, signs), DIGITS, NUMBERS, (POINT,))[0]


def test_a_perfect_reading_has_everything() -> None:
    """All numbers exact, all signs found, nothing false."""
    score = counted(known(), (POINT,))
    assert score.exact == Share(2, 2) and score.signed == Share(1, 1) and score.put_together == Share(2, 2)
    assert score.false == 0 and score.found[0] == Share(1, 1) and score.claimed[0] == Share(1, 1)


def test_a_missed_sign_spoils_a_number_whose_digits_are_right() -> None:
    """The number is wrong, is among those whose digits are right, and one false number is claimed."""
    score, wrong = score_numbers(reading(known(), ()), DIGITS, NUMBERS, (POINT,))
    assert score.exact == Share(1, 2) and score.put_together == Share(1, 2) and score.false == 1
    assert score.found[0] == Share(0, 1) and score.claimed[0] == Share(0, 0)
    assert [(w.truth.text, [n.text for n in w.read], w.digits_right) for w in wrong] == [
        ("1.5", ["15"], True)
    ]


def test_a_misread_digit_is_told_apart_from_grouping() -> None:
    """A number with a wrong digit does not count among those whose digits are right."""
    score = counted(known("187"), (POINT,))
    assert score.exact == Share(1, 2) and score.put_together == Share(1, 1) and score.digits == Share(2, 3)


def test_a_comma_in_the_place_of_a_point_is_both_false_and_missed() -> None:
    """Signs are told apart by what they are."""
    score = counted(known(), (Sign(POINT.box, ","),))
    assert score.found[0] == Share(0, 1) and score.claimed[1] == Share(0, 1)


def test_counts_add_up() -> None:
    """Two pictures together have the counts of both."""
    one = counted(known(), (POINT,))
    assert (one + one).exact == Share(4, 4) and (one + one).found[0] == Share(2, 2)
    figures = (one + NumberScore()).to_json()
    assert figures["exact"] == {"right": 2, "total": 2, "share": 1.0, "interval": [0.34238, 1.0]}


class Knowing:
    """A reader that knows the pages, and overlooks every sign on those of one kind."""

    def __init__(self, blind: str) -> None:
        self.blind = blind

    def read(self, frame: Frame) -> Reading:
        kind, number = frame.source.rsplit(" ", 1)
        seed = [3, NUMBER_KINDS.index(kind), int(number)]
        page = make_number_page(kind, np.random.default_rng(seed), frame.size)
        digits = tuple(make_digit(truth.box, truth.label) for truth in page.truth)
        return reading(digits, () if kind == self.blind else page.signs)


def test_pages_of_numbers_are_measured_by_kind(folder: Path) -> None:
    """Each kind has its figures, all together an interval; wrong numbers are drawn."""
    way = Contestant("digitcam", Coded(), Knowing("ruled"), 0.5)
    section = measure_numbers([way], 2, seed=3, size=(640, 480), folder=folder)
    figures = section.figures["digitcam"]
    assert isinstance(figures, dict) and list(figures["kinds"]) == list(NUMBER_KINDS)
    everything = figures["all"]
    assert everything["exact"]["share"] > 0.8
    assert everything["exact_where_digits_are_right"] == everything["exact"]
    blind = figures["kinds"]["ruled"]
    assert blind["exact_with_signs"]["right"] == 0 < blind["exact_with_signs"]["total"]
    text = "\n".join(table.as_text() for table in section.tables)
    assert "95 % interval" in text and "ruled" in text and "colon" in text
    assert (folder / "numbers" / "errors.jpg").is_file()


def test_the_command_measures_numbers_and_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--numbers N alone: one table of numbers, one of signs, and both as JSON."""
    from digitcam.evaluation import number_suite

    asked = []

    def measure(contestants: object, count: int, seed: int, **how: object) -> object:
        asked.append((count, seed))
        return measure_numbers(contestants, 1, seed, (320, 240))  # type: ignore[arg-type]

    monkeypatch.setattr(number_suite, "measure_numbers", measure)
    assert main(["--numbers", "7", "--seed", "4", "--json", "out.json"]) == 0
    assert asked == [(7, 4)]
    assert "Signs in numbers" in capsys.readouterr().out
    written = json.loads(Path("out.json").read_text())
    assert "mnist" not in written and written["numbers"]["digitcam"]["all"]["exact"]["total"] > 10
