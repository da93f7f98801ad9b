"""Whole pictures: verdicts, sums, labels and halves, against hand-counted results."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.evaluation import picture_tables
from digitcam.evaluation.drawing import FALSE, MISSED, RIGHT, draw_verdict
from digitcam.evaluation.photos import read_labels, split_halves
from digitcam.evaluation.pictures import Labelled, judge, overlapped, score_picture, summarise
from digitcam.scoring import score
from digitcam.types import Box, Frame, Truth
from tests.evaluation_fakes import Scripted, digit, truth

FRAME = Frame(np.zeros((30, 200, 3), dtype=np.uint8))


def test_each_reading_gets_one_verdict_that_agrees_with_the_score() -> None:
    """Right, wrongly labelled, off any digit, in an ignored place: counted as ``score`` counts."""
    read = [digit("1", 0), digit("3", 40), digit("5", 80), digit("6", 120)]
    there, ignored = [truth("1", 0), truth("2", 40), truth("9", 160)], [Box(115, 0, 40, 30)]
    verdict = judge(read, there, ignored)
    assert [d.label for d in verdict.right] == ["1"]
    assert [d.label for d in verdict.false] == ["3", "5"]
    assert [d.label for d in verdict.dropped] == ["6"]
    assert [t.label for t in verdict.missed] == ["2", "9"]
    assert [(d.label, t.label) for d, t in verdict.misread] == [("3", "2")]
    counts = score(read, there, ignored)
    assert (len(verdict.right), len(verdict.false), len(verdict.missed)) == (
        counts.true_positive,
        counts.false_positive,
        counts.false_negative,
    )


def test_candidates_are_counted_by_true_box() -> None:
    """Two candidates on one digit are one digit proposed; IoU of exactly a half suffices."""
    there = [Box(0, 0, 20, 20), Box(40, 0, 20, 20), Box(80, 0, 20, 20)]
    near = [Box(0, 0, 20, 20), Box(1, 0, 20, 20), Box(40, 0, 20, 10), Box(80, 0, 20, 9)]
    assert overlapped(there, near) == 2
    assert overlapped(there, []) == 0 and overlapped([], near) == 0


def test_a_label_on_a_distractor_is_false_and_told_apart() -> None:
    """A plus sign read as 1 counts as false, and as a distractor that was hit."""
    labelled = Labelled("sum.png", "photo", "us", (truth("3", 0),), distractors=(Box(60, 0, 24, 24),))
    result, _, _ = score_picture(Scripted([digit("3", 0), digit("1", 62)]), FRAME, labelled)
    assert (result.score.false_positive, result.distractors_hit) == (1, 1)
    assert result.proposed is None and result.ms == 4.0
    elsewhere, _, _ = score_picture(Scripted([digit("1", 120)]), FRAME, labelled)
    assert (elsewhere.score.false_positive, elsewhere.distractors_hit) == (1, 0)


def test_summary_gives_f1_over_all_and_its_mean_over_sources() -> None:
    """A source of many digits does not drown one of few; sources without digits are not in the mean."""
    many = Labelled("a", "photo", "many", tuple(truth("1", 20 * i) for i in range(9)))
    few = Labelled("b", "photo", "few", (truth("1", 0),))
    none = Labelled("c", "negative", "none")
    perfect = Scripted([digit("1", 20 * i, 1.0) for i in range(9)], [Box(0, 0, 20, 20)])
    silent = Scripted([], [])
    scores = [score_picture(r, FRAME, p)[0] for r, p in ((perfect, many), (silent, few), (silent, none))]
    total = summarise(scores)
    assert total.score.f1 == pytest.approx(18 / 19)
    assert total.mean_over_sources == pytest.approx(0.5)
    assert total.proposed == pytest.approx(0.1)
    assert (total.pictures, total.labels, total.calibration_error) == (3, 9, 0.0)


def test_totals_with_and_without_pictures_without_digits() -> None:
    """F1 of photos by themselves and of all pictures but the lettered ones without digits; both halves."""
    kinds = (("photo", False), ("drawn", True), ("negative", False), ("negative", True))
    pictures = [
        Labelled(f"{kind} {lettered}", kind, kind, (truth("1", 0),) * (kind != "negative"), lettered=lettered)
        for kind, lettered in kinds
    ]
    reader = Scripted([digit("1", 0)], [Box(0, 0, 20, 20)])
    scores = [score_picture(reader, FRAME, picture)[0] for picture in pictures]
    halves = {"photo": "first", "drawn": "first", "negative": "second"}
    totals = {title: group["us"] for title, group in picture_tables.groups({"us": scores}, halves).items()}
    assert {title: (s.pictures, s.labels, s.score.false_positive) for title, s in totals.items()} == {
        "photos and scans": (1, 1, 0),
        "first half of the sources": (1, 1, 0),
        "drawn on screen": (1, 1, 0),
        "without digits": (1, 1, 1),
        "all of these": (3, 3, 1),
        "without digits, with print or letters": (1, 1, 1),
    }
    assert totals["photos and scans"].calibration_error == pytest.approx(0.1)
    assert totals["all of these"].calibration_error == pytest.approx(0.9 - 2 / 3)


def labels_file(folder: Path, entries: object) -> Path:
    (folder / "labels.json").write_text(json.dumps(entries), encoding="utf-8")
    (folder / "a.png").write_bytes(b"")
    return folder


def test_labels_are_read_with_all_their_parts(tmp_path: Path) -> None:
    """Boxes, ignored places, named distractors, print on a negative."""
    entry = {
        "file": "a.png",
        "kind": "negative",
        "boxes": [[1, 2, 3, 4, "5"]],
        "ignore": [[1, 1, 2, 2]],
        "distractors": [[5, 5, 6, 6, "+"]],
        "source": "someone",
        "printed_digits": True,
    }
    assert read_labels(labels_file(tmp_path, [entry])) == [
        Labelled(
            "a.png",
            "negative",
            "someone",
            (Truth(Box(1, 2, 3, 4), "5"),),
            (Box(1, 1, 2, 2),),
            (Box(5, 5, 6, 6),),
            True,
        )
    ]


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({}, "must hold a list of labelled files"),
        ([3], 'entry 0 of .* has no "file"'),
        ([{"file": "a.png", "kind": "painting", "boxes": []}], "\"kind\" in .* received 'painting'"),
        ([{"file": "a.png", "kind": "scan"}], '"boxes" in .* must be a list of boxes, received None'),
        ([{"file": "a.png", "kind": "scan", "boxes": [[1, 2, 3, 4]]}], r"must be \[x, y, width, height, "),
        ([{"file": "a.png", "kind": "scan", "boxes": [[1, 2, 3, 4, "x"]]}], "received .*'x'"),
        ([{"file": "a.png", "kind": "scan", "boxes": [[1, 2, 0, 4, "1"]]}], "in whole pixels, received"),
        ([{"file": "b.png", "kind": "scan", "boxes": []}], r"b\.png is not there, but"),
    ],
)
def test_labels_that_do_not_fit_are_told_plainly(tmp_path: Path, entries: object, message: str) -> None:
    """The message names the file, the entry and what was found."""
    with pytest.raises(UserError, match=message):
        read_labels(labels_file(tmp_path, entries))


def test_a_folder_without_labels_is_refused(tmp_path: Path) -> None:
    """No labels.json, one that is no JSON, no folder at all."""
    with pytest.raises(UserError, match=r"labels\.json cannot be read \(No such file or directory\)"):
        read_labels(tmp_path)
    (tmp_path / "labels.json").write_text("[")
    with pytest.raises(UserError, match=r"labels\.json is not JSON"):
        read_labels(tmp_path)
    with pytest.raises(UserError, match="is not a folder: --photos takes a folder"):
        read_labels(tmp_path / "absent")


def test_halves_keep_sources_whole_and_share_out_the_great_ones() -> None:
    """Sources are dealt 1, 2, 2, 1 by their digits, those without digits by themselves."""

    def picture(source: str, digits: int) -> Labelled:
        return Labelled("f", "photo" if digits else "negative", source, (truth("1", 0),) * digits)

    pictures = [picture(*pair) for pair in (("c", 5), ("a", 9), ("b", 7), ("d", 1), ("x", 0), ("y", 0))]
    expected = {"a": "first", "b": "second", "c": "second", "d": "first", "x": "first", "y": "second"}
    assert split_halves(pictures) == expected
    assert split_halves(pictures[::-1]) == expected
    assert split_halves([*pictures, picture("a", 0)])["a"] == "first"


def test_what_was_seen_is_drawn_in_its_colours(tmp_path: Path) -> None:
    """Green right, red false, orange missed; great pictures shrink to 1600 px, small ones grow to 480."""
    labelled = Labelled("p", "photo", "s", (Truth(Box(0, 0, 20, 20), "1"), Truth(Box(150, 0, 20, 20), "2")))
    verdict = judge([digit("1", 0), digit("3", 80)], labelled.truth)
    for width, drawn_width in ((200, 480), (4000, 1600), (1000, 1000)):
        image = np.full((width // 4, width, 3), 255, np.uint8)
        before = image.copy()
        picture = draw_verdict(image, labelled, verdict)
        assert picture.shape == (drawn_width // 4, drawn_width, 3)
        assert np.array_equal(image, before)
        colours = {tuple(colour) for colour in picture.reshape(-1, 3).tolist()}
        assert {RIGHT, FALSE, MISSED} <= colours
