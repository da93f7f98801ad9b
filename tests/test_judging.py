"""What the judge learns from, and how it is fitted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from digitcam.classifier import load_classifier
from digitcam.commands import train
from digitcam.errors import UserError
from digitcam.judge import OUTPUTS
from digitcam.pages import PenGlyphs, make_page
from digitcam.pages.closer import Part, closer
from digitcam.training import cases as making
from digitcam.training.cases import Cases, load_cases, make_cases
from digitcam.types import LABELS, Box, Truth

keras = pytest.importorskip("keras")

from digitcam.training import judging, recipes  # noqa: E402


def toy(count: int = 1200, pages: int = 60) -> Cases:
    """Cases whose surroundings tell: bright ones are right; the network says one half to all."""
    rng = np.random.default_rng(0)
    right = rng.random(count) < 0.5
    looks = np.full((count, 32, 32, 4), 100, np.uint8)
    looks[right, ..., 1] = 180
    probabilities = np.zeros((count, OUTPUTS), np.float32)
    probabilities[np.arange(count), rng.integers(0, 10, count)] = 0.5
    probabilities[:, 10] = 0.5
    company = rng.normal(0, 1, (count, 9)).astype(np.float32)
    page = (np.arange(count) * pages // count).astype(np.int32)
    return Cases(looks, company, probabilities, right, np.ones(count, np.float32), page)


def test_a_page_gives_the_same_cases_again() -> None:
    """Right digits and others, the same for the same seed."""
    network = load_classifier()
    first, again = (make_cases(network, [PenGlyphs()], 3, seed=5) for _ in range(2))
    assert len(first) == len(again) > 0
    assert np.array_equal(first.surroundings, again.surroundings) and np.array_equal(first.right, again.right)
    assert np.array_equal(first.company, again.company) and (first.page == 3).all()


def test_right_is_what_lies_on_the_digit_and_is_read_as_it() -> None:
    """A reading must fit box and label; what half fits, or lies on a cut digit, is left out."""
    boxes = np.array(
        [(100, 100, 40, 60), (101, 100, 40, 60), (100, 100, 40, 32), (300, 300, 40, 60), (0, 0, 9, 50)]
    )
    probabilities = np.eye(OUTPUTS)[[7, 2, 7, 7, 1]]
    part = Part(np.zeros((9, 9, 3), np.uint8), (Truth(Box(100, 100, 40, 60), "7"),), (Box(0, 0, 10, 50),))
    right, fair = making._told(boxes, probabilities, part, LABELS)
    assert right.tolist() == [True, False, False, False, False]
    assert fair.tolist() == [True, True, False, True, False]


def test_a_closer_look_keeps_the_truth() -> None:
    """What the truth says of a part of a page is what is seen there: whole digits, and the cut ones apart."""
    page = make_page("plain", np.random.default_rng(1), (640, 480), PenGlyphs())
    dark = 255 - page.image.min(2)
    for seed in range(20):
        part = closer(page, np.random.default_rng(seed))
        height, width = part.image.shape[:2]
        assert part.truth or part.cut
        for digit in part.truth:
            box = digit.box
            assert box.x >= 0 and box.y >= 0 and box.right <= width + 1 and box.bottom <= height + 1
            ink = 255 - part.image[box.y : box.bottom, box.x : box.right].min(2)
            assert ink.max() > dark.mean() + 20


def test_a_page_counts_as_the_root_of_its_cases() -> None:
    """Four cases of one page count as two of another with one."""
    cases = toy(5, 5)
    page = np.array([0, 0, 0, 0, 1], np.int32)
    weight = judging.page_weights(Cases(*(vars(cases) | {"page": page}).values()))
    assert weight[:4].sum() == pytest.approx(2 * weight[4]) and weight.mean() == pytest.approx(1)


def test_the_judge_learns_what_surroundings_tell(tmp_path: Path) -> None:
    """On cases that can be told apart it does so, and writes model and record."""
    recipe = replace(recipes.JUDGE, epochs=10, batch_size=32)
    record = judging.fit_judge(toy(), tmp_path / "run", recipe, seed=1, init=None, command="x")
    measured = record["measured"]
    assert measured["errors_before"] > 0.3 and measured["errors_after"] < 0.02
    assert measured["log_loss_after"] < 0.3 < measured["log_loss_before"]
    assert json.loads((tmp_path / "run" / "judge.json").read_text())["cases"]["pages"] == 60
    model = keras.models.load_model(tmp_path / "run" / "judge.keras")
    assert [tuple(t.shape[1:]) for t in model.inputs] == [(32, 32, 4), (9,)]


def test_cases_and_judge_by_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """train.py makes cases of pages, fits a judge to them and writes its twin."""
    monkeypatch.setattr(making, "hands_for", lambda names, data_dir: [PenGlyphs()])
    monkeypatch.setattr(train.os, "cpu_count", lambda: 1)
    path = tmp_path / "cases.npz"
    assert (
        train.main(["--make-cases", str(path), "--pages", "26", "--seed", "3", "--data-dir", str(tmp_path)])
        == 0
    )
    assert len(load_cases(path)) > 256
    asked = ["--fit-judge", str(path), "--epochs", "1", "--output", str(tmp_path / "judge")]
    assert train.main(asked) == 0
    assert train.main(["--export", str(tmp_path / "judge" / "judge.keras")]) == 0
    assert (tmp_path / "judge" / "judge.tflite").is_file()
    with pytest.raises(UserError, match=r"cases.npz exists already: name another file"):
        train.main(["--make-cases", str(path), "--pages", "2", "--data-dir", str(tmp_path)])


def test_too_few_cases_and_other_files_are_refused(tmp_path: Path) -> None:
    """A handful of cases, a missing file and one with other arrays are told in one line."""
    with pytest.raises(UserError, match="40 cases are too few for a judge: raise --pages"):
        judging.fit_judge(toy(40, 4), tmp_path, recipes.JUDGE, seed=0, init=None, command="x")
    with pytest.raises(UserError, match="there is no file .*none.npz: train.py --make-cases makes one"):
        load_cases(tmp_path / "none.npz")
    other = {**vars(toy(20, 2)), "company": np.zeros((20, 4), np.float32)}
    np.savez(tmp_path / "other.npz", **other)
    with pytest.raises(UserError, match="holds no cases for a judge"):
        load_cases(tmp_path / "other.npz")
