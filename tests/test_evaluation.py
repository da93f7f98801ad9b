"""The figures: classifiers and pictures measured against hand-counted results."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.evaluation.classification import BATCH, judge_answers, measure_digits
from digitcam.evaluation.corruptions import CORRUPTIONS, corrupt
from digitcam.evaluation.metrics import calibration, confusion_matrix, per_digit, wilson_interval
from digitcam.evaluation.photos import read_labels, split_halves
from digitcam.evaluation.pictures import Labelled, judge, overlapped, score_picture, summarise
from digitcam.scoring import score
from digitcam.types import LABELS, Box, Digit, Evidence, Frame, Reading, Truth


def digit(label: str, x: int, confidence: float = 0.9, side: int = 20) -> Digit:
    """A reading of ``label`` at column ``x`` of the first row."""
    ten = tuple(confidence if name == label else 0.0 for name in LABELS)
    return Digit(Box(x, 0, side, side), label, confidence, ten)


def truth(label: str, x: int) -> Truth:
    return Truth(Box(x, 0, 20, 20), label)


class Coded:
    """A network whose answer and confidence stand in an image's first two pixels; counts its calls."""

    classes = (*LABELS, "not a digit")

    def __init__(self) -> None:
        self.seen = 0

    def predict(self, crops: np.ndarray) -> np.ndarray:
        self.seen += len(crops)
        confidence = crops[:, 0, 1] / 100
        out = np.zeros((len(crops), 11), dtype=np.float32)
        out[np.arange(len(crops)), crops[:, 0, 0]] = confidence
        out[:, 10] = 1 - confidence
        return out


def coded(answers: list[int], confidences: list[int]) -> np.ndarray:
    """Images for ``Coded``: confidences in percent."""
    images = np.zeros((len(answers), 28, 28), dtype=np.uint8)
    images[:, 0, 0], images[:, 0, 1] = answers, confidences
    return images


class Scripted:
    """A reader that gives the same digits for every picture, and candidates beside them."""

    def __init__(self, digits: list[Digit], boxes: list[Box] | None = None) -> None:
        self.digits, self.boxes = digits, boxes

    def read(self, frame: Frame) -> Reading:
        nothing = np.zeros((1, 1), dtype=np.uint8)
        evidence = None if self.boxes is None else Evidence(nothing, tuple(self.boxes), nothing, nothing)
        return Reading("", 0, 0.0, frame.size, tuple(self.digits), ms={"total": 4.0}, evidence=evidence)


FRAME = Frame(np.zeros((30, 200, 3), dtype=np.uint8))


def test_wilson_interval_of_a_known_case() -> None:
    """9,975 right of 10,000 give 99.63 to 99.83 % (Wilson 1927, computed by hand)."""
    low, high = wilson_interval(9975, 10000)
    assert (low, high) == pytest.approx((0.996313, 0.998305), abs=2e-6)


def test_wilson_interval_stays_within_0_and_1() -> None:
    """All right does not promise certainty, and nothing counted tells nothing."""
    low, high = wilson_interval(10, 10)
    assert low == pytest.approx(10 / (10 + 1.959964**2), abs=1e-6)
    assert 1 - 1e-9 < high <= 1
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_confusion_matrix_counts_truth_by_row() -> None:
    """A 3 answered as 8 stands in row 3, column 8."""
    matrix = confusion_matrix(np.uint8([3, 3, 8]), np.array([8, 3, 8]))
    assert matrix.shape == (10, 10) and matrix.sum() == 3
    assert matrix[3, 8] == matrix[3, 3] == matrix[8, 8] == 1


def test_precision_and_recall_are_absent_where_they_cannot_be_known() -> None:
    """A digit that was never answered has no precision, one that never occurs no recall."""
    rows = per_digit(confusion_matrix(np.uint8([3, 3, 8]), np.array([8, 3, 8])))
    assert (rows[3].precision, rows[3].recall) == (1.0, 0.5)
    assert (rows[8].precision, rows[8].recall) == (0.5, 1.0)
    assert (rows[0].precision, rows[0].recall) == (None, None)


def test_calibration_error_of_a_known_case() -> None:
    """Two bins, 0.9 said and 0.5 right, 0.3 said and 0.5 right: (2·0.4 + 2·0.2) / 4 = 0.3."""
    result = calibration(np.array([0.9, 0.9, 0.3, 0.3]), np.array([True, False, True, False]))
    assert result.error == pytest.approx(0.3)
    assert len(result.counts) == 15 and sum(result.counts) == 4
    assert result.accuracy[0] is None


def test_every_confidence_falls_into_one_bin() -> None:
    """Edges belong to the bin below, 0 to the first and 1 to the last: none is lost or counted twice."""
    edges = np.arange(16) / 15
    assert calibration(edges, edges > 2).counts == (2, *[1] * 14)


def test_no_answers_have_no_calibration_error() -> None:
    """Nothing to measure gives 0 and empty bins."""
    result = calibration(np.zeros(0), np.zeros(0, bool))
    assert result.error == 0 and set(result.counts) == {0}


def test_the_last_short_batch_is_counted() -> None:
    """One image more than a batch holds: every one is answered, in order."""
    answers = [i % 10 for i in range(BATCH + 1)]
    steps: list[tuple[int, int]] = []
    images = coded(answers, [90] * len(answers))
    result = measure_digits(Coded(), images, np.uint8(answers), 0.5, lambda *step: steps.append(step))
    assert result.total == BATCH + 1 and result.accuracy == 1.0
    assert result.answer.tolist() == answers
    assert steps == [(BATCH, BATCH + 1), (BATCH + 1, BATCH + 1)]


def test_an_empty_set_is_measured_without_a_crash() -> None:
    """No images: nothing asked, nothing right, nothing accepted."""
    result = measure_digits(Coded(), np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8), 0.5)
    assert (result.total, result.accuracy, result.accepted_share) == (0, 0.0, 0.0)
    assert result.accepted_accuracy is None


def test_accuracy_and_acceptance_are_apart() -> None:
    """A right digit below ``conf`` is right and not accepted, whatever "not a digit" says."""
    result = measure_digits(Coded(), coded([7, 7, 7], [95, 80, 40]), np.uint8([7, 7, 7]), 0.9)
    assert result.accuracy == 1.0
    assert result.accepted.tolist() == [True, False, False]
    low = measure_digits(Coded(), coded([7], [40]), np.uint8([7]), 0.3)
    assert low.accepted[0] and low.accuracy == 1.0


def test_confidence_among_the_ten_digits_leaves_the_doubt_out() -> None:
    """What is certainly a 7 if it is a digit at all is fully sure among the ten."""
    result = measure_digits(Coded(), coded([7, 7], [40, 80]), np.uint8([7, 7]), 0.5)
    assert result.calibration.error == pytest.approx(0.4)
    assert result.share.tolist() == [1.0, 1.0] and result.share_error == 0.0


def test_wrong_answers_come_surest_first() -> None:
    """The gallery begins with the error that was believed the most."""
    result = measure_digits(Coded(), coded([1, 2, 3], [60, 90, 99]), np.uint8([0, 0, 3]), 0.5)
    assert result.wrong.tolist() == [1, 0]
    listed = result.to_json()["wrong_answers"]
    assert isinstance(listed, list) and [w["index"] for w in listed] == [1, 0]
    assert result.to_json()["wrong"] == 2


def test_classes_in_another_order_are_followed() -> None:
    """A record may name its classes in any order: answers are digits, not columns."""
    classes = ("not a digit", *reversed(LABELS))
    probabilities = np.zeros((1, 11))
    probabilities[0, classes.index("4")] = 1
    assert judge_answers(probabilities, classes, np.uint8([4]), 0.5, 0.0).answer.tolist() == [4]


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_a_corruption_changes_digits_and_repeats_itself(kind: str) -> None:
    """Same shape and type, other pixels, the same again for the same seed, and nothing done to the input."""
    rng = np.random.default_rng(3)
    images = np.zeros((6, 28, 28), dtype=np.uint8)
    images[:, 6:22, 10:16] = rng.integers(100, 256, (6, 16, 6))
    before = images.copy()
    once, again = corrupt(images, kind, 5), corrupt(images, kind, 5)
    assert once.shape == images.shape and once.dtype == np.uint8
    assert np.array_equal(once, again) and np.array_equal(images, before)
    assert all((a != b).any() for a, b in zip(once, images, strict=True))


def test_there_are_the_fifteen_kinds_of_mnist_c() -> None:
    """Mu & Gilmer's fifteen, by their names."""
    assert len(CORRUPTIONS) == 15
    assert {"glass blur", "dotted line", "canny edges", "impulse noise"} < set(CORRUPTIONS)


def test_corruptions_have_the_published_strength() -> None:
    """Half the range brighter, 17 % impulses, quarters inverted, 3 px moved, 0.7 of the size."""
    paper = np.zeros((200, 28, 28), dtype=np.uint8)
    assert set(np.unique(corrupt(paper, "brightness"))) == {128}
    assert (corrupt(paper, "impulse noise") > 0).mean() == pytest.approx(0.085, abs=0.003)
    assert (corrupt(paper, "stripe") == 255).mean() == pytest.approx(0.5)
    square = paper.copy()
    square[:, 4:24, 4:24] = 255
    moved = corrupt(square, "translate")
    assert {tuple(np.argwhere(m)[0]) for m in moved} == {(1, 1), (1, 7), (7, 1), (7, 7)}
    assert corrupt(square, "scale").mean() / square.mean() == pytest.approx(0.49, abs=0.02)


def test_an_unknown_corruption_is_refused() -> None:
    """The message names those that exist; no images give no images."""
    with pytest.raises(UserError, match="there is no corruption 'rain'.*glass blur"):
        corrupt(np.zeros((1, 28, 28), np.uint8), "rain")
    assert corrupt(np.zeros((0, 28, 28), np.uint8), "fog").shape == (0, 28, 28)


def test_each_reading_gets_one_verdict_that_agrees_with_the_score() -> None:
    """Right, wrongly labelled, off any digit, in an ignored place: counted as ``score`` counts."""
    read = [digit("1", 0), digit("3", 40), digit("5", 80), digit("6", 120)]
    there, ignored = [truth("1", 0), truth("2", 40), truth("9", 160)], [Box(115, 0, 40, 30)]
    verdict = judge(read, there, ignored)
    assert [d.label for d in verdict.right] == ["1"]
    assert [d.label for d in verdict.false] == ["3", "5"]
    assert [d.label for d in verdict.dropped] == ["6"]
    assert [t.label for t in verdict.missed] == ["2", "9"]
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
    result, _ = score_picture(Scripted([digit("3", 0), digit("1", 62)]), FRAME, labelled)
    assert (result.score.false_positive, result.distractors_hit) == (1, 1)
    assert result.proposed is None and result.ms == 4.0
    elsewhere, _ = score_picture(Scripted([digit("1", 120)]), FRAME, labelled)
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
