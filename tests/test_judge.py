"""The judge weighs the digit network's answers by what stands around a candidate."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from digitcam.cascade import load_cascade
from digitcam.classifier import load_classifier
from digitcam.errors import UserError
from digitcam.ink import find_ink
from digitcam.judge import (
    DIGITS,
    LEAST_JUDGED,
    MOST_JUDGED,
    OUTPUTS,
    PRIOR,
    Judge,
    load_judge,
    of_kinds,
    weighed,
    worth_judging,
)
from digitcam.kinds import kinds_of
from digitcam.networks import Networks
from digitcam.pages import PenGlyphs, make_page
from digitcam.proposals import propose
from digitcam.reader import Reader
from digitcam.training.export import export_twin
from digitcam.training.judging import build_judge
from digitcam.types import Frame
from digitcam.weights_dir import find_weights


def answers(*best: float) -> np.ndarray:
    """A network's answers: a 3 with each of these probabilities, a 5 with a little, "not a digit" else."""
    result = np.zeros((len(best), OUTPUTS), np.float32)
    result[:, 3] = best
    result[:, 5] = (1 - result[:, 3]) * 0.1
    result[:, DIGITS] = 1 - result.sum(1)
    return result


def odds(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))


def test_without_evidence_the_prior_of_pictures_holds() -> None:
    """With all outputs at zero the network's answers stand, but for how often a candidate is a digit."""
    after = weighed(answers(0.3, 0.7, 0.99), np.zeros((3, OUTPUTS)))[:, 3]
    assert [odds(p) for p in after] == pytest.approx([odds(p) + PRIOR for p in (0.3, 0.7, 0.99)], abs=1e-4)


def test_evidence_is_added_in_log_odds() -> None:
    """Two for the 3 are added; the rest keeps its proportions, the sum stays 1."""
    evidence = np.zeros((1, OUTPUTS))
    evidence[0, 3] = 2
    evidence[0, 5] = 9  # for another digit than the likeliest: it is not asked
    after = weighed(answers(0.5), evidence)[0]
    assert odds(after[3]) == pytest.approx(2 + PRIOR)
    assert after.sum() == pytest.approx(1) and after[5] <= 0.1 * after[3] + 1e-9


def test_what_speaks_against_a_digit_speaks_for_no_other() -> None:
    """Between a 4 and a 9 in doubt, a judge that rules the 4 out does not make a 9 of it."""
    doubt = np.zeros((1, OUTPUTS), np.float32)
    doubt[0, [4, 9, DIGITS]] = 0.5, 0.45, 0.05
    evidence = np.zeros((1, OUTPUTS))
    evidence[0, 4] = -3
    after = weighed(doubt, evidence)[0]
    assert after[4] < 0.01 and after[9] < 0.01 and after[DIGITS] > 0.98


def test_trust_scales_what_the_network_says() -> None:
    """Without trust the evidence alone counts."""
    evidence = np.zeros((1, OUTPUTS))
    evidence[0, DIGITS] = -50
    assert weighed(answers(0.95), evidence)[0, 3] == pytest.approx(0.5)


def test_only_what_has_a_chance_is_judged() -> None:
    """What the network rules out is not looked at, and of very many the likeliest are."""
    assert worth_judging(answers(0.001, 0.9, LEAST_JUDGED)).tolist() == [1, 2]
    many = np.tile(answers(0.4), (MOST_JUDGED + 50, 1))
    many[7, 3] = 0.6
    judged = worth_judging(many)
    assert len(judged) == MOST_JUDGED and 7 in judged and (np.diff(judged) > 0).all()


def page() -> np.ndarray:
    """Some sevens on a sheet."""
    sheet = np.full((480, 640), 220, np.uint8)
    for x in (100, 160, 220):
        cv2.polylines(sheet, [np.array([(x, 200), (x + 25, 200), (x + 8, 240)])], False, 30, 4, cv2.LINE_AA)
    return sheet


def test_what_is_not_judged_is_no_digit() -> None:
    """Rows that the judge is not shown come back as "not a digit", the others as its evidence says."""
    candidates = propose(find_ink(page()))
    probabilities = np.tile(answers(0.01), (len(candidates.boxes), 1))
    probabilities[0] = answers(0.5)
    shown = []

    def run(looks: np.ndarray, company: np.ndarray) -> np.ndarray:
        shown.append((looks.shape, company.shape, looks.dtype, company.dtype))
        return np.eye(OUTPUTS)[[3]] * 4

    result = Judge(run, Path("judge.keras")).weigh(page(), candidates, probabilities)
    assert shown == [((1, 32, 32, 4), (1, 9), np.float32, np.float32)]
    assert odds(result[0, 3]) == pytest.approx(4 + PRIOR)
    assert (result[1:, DIGITS] == 1).all() and result.sum(1) == pytest.approx(np.ones(len(result)))


def test_nothing_to_judge_is_not_run() -> None:
    """On a blank sheet the judge's network is left alone."""
    candidates = propose(find_ink(page()))
    result = Judge(lambda *_: pytest.fail("was run"), Path("x")).weigh(
        page(), candidates, np.tile(answers(0.01), (len(candidates.boxes), 1))
    )
    assert (result[:, :DIGITS] == 0).all()


def test_the_shipped_judge_tells_curtains_from_pages() -> None:
    """On a curtain's folds it finds fewer digits than the network alone, and on a page no fewer."""
    cascade = load_cascade()
    judge = load_judge(cascade)
    assert judge is not None
    alone, judged = Reader(Networks(cascade), conf=0.5), Reader(Networks(cascade, judge), conf=0.5)
    x = np.arange(640)
    folds = 128 + 60 * np.sin(x / 9) + 20 * np.sin(x / 23)
    curtain = Frame(np.repeat(np.tile(folds, (480, 1)).astype(np.uint8)[..., None], 3, axis=2))
    assert len(judged.read(curtain).digits) <= len(alone.read(curtain).digits)
    right = {alone: 0, judged: 0}
    false = {alone: 0, judged: 0}
    for seed in range(4):
        sheet = make_page("plain", np.random.default_rng(seed), (640, 480), PenGlyphs())
        for reader in right:
            digits = reader.read(Frame(sheet.image)).digits
            found = sum(
                any(d.box.iou(t.box) >= 0.5 and d.label == t.label for d in digits) for t in sheet.truth
            )
            right[reader] += found
            false[reader] += len(digits) - found
    assert right[judged] >= right[alone] - 1 and false[judged] <= false[alone]


def test_a_network_of_ten_classes_has_no_judge() -> None:
    """It is sure of everything: there is nothing to weigh."""
    assert load_judge(load_classifier(find_weights() / "classic.keras")) is None


def test_another_network_is_judged_by_the_shipped_judge(tmp_path: Path) -> None:
    """A network in a folder of its own finds the judge that ships, unless one lies beside it."""
    for suffix in (".keras", ".tflite"):
        shutil.copy(find_weights() / f"digits{suffix}", tmp_path / f"mine{suffix}")
    mine = load_classifier(tmp_path / "mine.keras")
    judge = load_judge(mine)
    assert judge is not None and judge.path == find_weights() / "judge.keras"
    shutil.copy(find_weights() / "judge.keras", tmp_path)
    with pytest.raises(UserError, match="judge.keras has no LiteRT twin: train.py --export"):
        load_judge(mine)
    shutil.copy(find_weights() / "judge.tflite", tmp_path)
    judge = load_judge(mine)
    assert judge is not None and judge.path == tmp_path / "judge.keras"


def test_what_is_no_judge_is_refused(tmp_path: Path) -> None:
    """A digit network under the judge's name is told apart by its shapes."""
    for suffix in (".keras", ".tflite"):
        shutil.copy(find_weights() / f"digits{suffix}", tmp_path / f"digits{suffix}")
        shutil.copy(find_weights() / f"digits{suffix}", tmp_path / f"judge{suffix}")
    with pytest.raises(UserError, match="judge.keras is no judge: expected inputs of N×32×32×4 and N×9"):
        load_judge(load_classifier(tmp_path / "digits.keras"))


def test_of_names_that_look_alike_the_sum_is_weighed() -> None:
    """A nought that may be an O is judged as one of both; they keep their proportion, and the sum stays 1."""
    kinds = kinds_of(("0", "O", "X"))
    before = np.array([[0.3, 0.4, 0.1, 0.2]])
    evidence = np.array([[1.5, -9.0, -9.0, 0.0]])  # of a kind that of its first name counts
    after = weighed(before, evidence, kinds)[0]
    assert odds(after[0] + after[1]) == pytest.approx(odds(0.7) + 1.5 + PRIOR)
    assert after[1] / after[0] == pytest.approx(4 / 3) and after.sum() == pytest.approx(1)
    assert worth_judging(of_kinds(np.array([[0.15, 0.15, 0.1, 0.6]]), kinds)).tolist() == [0]
    assert worth_judging(np.array([[0.15, 0.15, 0.1, 0.6]])).tolist() == []


def test_a_network_of_other_names_has_the_judge_of_its_own(tmp_path: Path) -> None:
    """That lies beside it under its name; without one it has none, and another's is refused."""
    names = ["A", "B", "not a letter"]
    inputs = keras.Input((28, 28, 1))
    outputs = keras.layers.Dense(3, activation="softmax")(keras.layers.Flatten()(inputs))
    keras.Model(inputs, outputs).save(tmp_path / "ab.keras")
    (tmp_path / "ab.json").write_text(json.dumps({"classes": names, "input": "digit crops"}))
    letters = load_classifier(tmp_path / "ab.keras", engine="Keras")
    assert load_judge(letters) is None
    build_judge(len(names)).save(tmp_path / "ab.judge.keras")
    export_twin(tmp_path / "ab.judge.keras")
    judge = load_judge(letters)
    assert judge is not None and judge.path == tmp_path / "ab.judge.keras"
    candidates = propose(find_ink(page()))
    said = np.tile([0.5, 0.3, 0.2], (len(candidates.boxes), 1))
    result = judge.weigh(page(), candidates, said)
    assert result.shape == said.shape and (result[:, 0] < 0.5).all()
    build_judge(OUTPUTS).save(tmp_path / "ab.judge.keras")
    export_twin(tmp_path / "ab.judge.keras")
    with pytest.raises(UserError, match=r"ab.judge.keras is no judge: .* an output of N×3"):
        load_judge(letters)
