"""The figures: classifiers and pictures measured against hand-counted results."""

from __future__ import annotations

import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.evaluation.classification import BATCH, judge_answers, measure_digits
from digitcam.evaluation.corruptions import CORRUPTIONS, corrupt
from digitcam.metrics import calibration, confusion_matrix, per_digit, wilson_interval
from digitcam.types import LABELS
from tests.evaluation_fakes import Coded, coded


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
    matrix = confusion_matrix(np.array([3, 3, 8], np.uint8), np.array([8, 3, 8]))
    assert matrix.shape == (10, 10) and matrix.sum() == 3
    assert matrix[3, 8] == matrix[3, 3] == matrix[8, 8] == 1


def test_precision_and_recall_are_absent_where_they_cannot_be_known() -> None:
    """A digit that was never answered has no precision, one that never occurs no recall."""
    rows = per_digit(confusion_matrix(np.array([3, 3, 8], np.uint8), np.array([8, 3, 8])))
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
    result = measure_digits(
        Coded(), images, np.array(answers, np.uint8), 0.5, lambda *step: steps.append(step)
    )
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
    result = measure_digits(Coded(), coded([7, 7, 7], [95, 80, 40]), np.array([7, 7, 7], np.uint8), 0.9)
    assert result.accuracy == 1.0
    assert result.accepted.tolist() == [True, False, False]
    low = measure_digits(Coded(), coded([7], [40]), np.array([7], np.uint8), 0.3)
    assert low.accepted[0] and low.accuracy == 1.0


def test_confidence_among_the_ten_digits_leaves_the_doubt_out() -> None:
    """What is certainly a 7 if it is a digit at all is fully sure among the ten."""
    result = measure_digits(Coded(), coded([7, 7], [40, 80]), np.array([7, 7], np.uint8), 0.5)
    assert result.calibration.error == pytest.approx(0.4)
    assert result.share.tolist() == [1.0, 1.0] and result.share_error == 0.0


def test_wrong_answers_come_surest_first() -> None:
    """The gallery begins with the error that was believed the most."""
    result = measure_digits(Coded(), coded([1, 2, 3], [60, 90, 99]), np.array([0, 0, 3], np.uint8), 0.5)
    assert result.wrong.tolist() == [1, 0]
    listed = result.to_json()["wrong_answers"]
    assert isinstance(listed, list) and [w["index"] for w in listed] == [1, 0]
    assert result.to_json()["wrong"] == 2


def test_classes_in_another_order_are_followed() -> None:
    """A record may name its classes in any order: answers are digits, not columns."""
    classes = ("not a digit", *reversed(LABELS))
    probabilities = np.zeros((1, 11))
    probabilities[0, classes.index("4")] = 1
    assert judge_answers(probabilities, classes, np.array([4], np.uint8), 0.5, 0.0).answer.tolist() == [4]


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
