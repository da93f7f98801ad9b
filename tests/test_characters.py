"""Digits and letters: which classes there are, what is kept out, and how a network of them is measured."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from digitcam.commands import train as command
from digitcam.errors import UserError
from digitcam.evaluation import characters as suite
from digitcam.training import characters
from tests.needs import need_data


def test_cases_that_look_alike_are_one_class() -> None:
    """The 47 of EMNIST's balanced split: most letters in both cases, eleven small ones of their own."""
    assert len(characters.CLASSES) == len(set(characters.CLASSES)) == 47
    assert characters.CLASSES[:10] == tuple("0123456789")
    for letter, name in (("a", "a"), ("A", "A"), ("c", "C"), ("C", "C"), ("z", "Z"), ("t", "t"), ("5", "5")):
        assert characters.CLASSES[characters.class_of(letter)] == name
    assert characters.class_of("ß") == characters.class_of("?") == -1
    assert characters.classes_of(np.array(["o", "O", "?", "q"])).tolist() == [
        characters.INDEX["O"], characters.INDEX["O"], -1, characters.INDEX["q"],
    ]  # fmt: skip


def write_emnist(folder: Path, count: int = 40) -> Path:
    """A made-up collection of letters: each image holds its letter's number."""
    (folder / "emnist").mkdir(parents=True)
    letters = np.array([*"ABCabc"] * count)
    images = np.zeros((len(letters), 28, 28), np.uint8)
    images[:, 10:18, 10:18] = 100 + np.array([ord(letter) % 100 for letter in letters])[:, None, None]
    images[:, 0, 0] = np.arange(len(letters)) % 256
    np.savez(folder / "emnist" / "emnist_byclass_test_letters.npz", x=images, y=letters)
    merged = np.array(["A", "C", "A", "C"])
    sources = np.array(["letters_test", "letters_test", "balanced_train", "balanced_train"])
    np.savez(folder / "emnist" / "emnist_extra_letters.npz", x=images[:4], y=merged, src=sources)
    return folder


def test_letters_of_unknown_case_are_left_out(tmp_path: Path) -> None:
    """Where a collection merges the cases, a letter whose cases differ has no class."""
    found = characters.emnist_letters(write_emnist(tmp_path))
    assert found is not None
    images, labels = found
    unique = zip(*np.unique(labels, return_counts=True), strict=True)
    counts = {characters.CLASSES[label]: int(count) for label, count in unique}
    assert counts == {"A": 41, "B": 40, "C": 82, "a": 40, "b": 40}  # one A of two, both Cs, c with C
    assert images.shape == (243, 28, 28) and characters.emnist_letters(tmp_path / "none") is None


def test_of_each_class_a_share_is_kept_out(tmp_path: Path) -> None:
    """The same images each time: a tenth tests, some validate, nothing is in two parts."""
    images, labels = characters.emnist_letters(write_emnist(tmp_path))  # type: ignore[misc]
    parts = characters._split(images, labels, np.random.default_rng(1))
    again = characters._split(images, labels, np.random.default_rng(1))
    for one, other in zip(parts, again, strict=True):
        assert np.array_equal(one[0], other[0]) and np.array_equal(one[1], other[1])
    assert [len(part[1]) for part in parts] == [208, 24, 11]
    assert set(parts[1][1].tolist()) == set(labels.tolist())
    assert sorted(np.concatenate([part[1] for part in parts]).tolist()) == sorted(labels.tolist())


def test_rare_classes_are_drawn_more_often_than_they_come() -> None:
    """Not as often as common ones, and every image of a class alike."""
    labels = np.array([0] * 900 + [1] * 100)
    part = characters._part("mnist", np.zeros((1000, 28, 28), np.uint8), labels)
    rng = np.random.default_rng(0)
    drawn = np.array([part.pick(rng) for _ in range(4000)])
    share = float((labels[drawn] == 1).mean())
    assert 0.12 < share < 0.17 and drawn.min() >= 0 and drawn.max() < 1000
    rare = drawn[labels[drawn] == 1]
    assert len(np.unique(rare)) == 100


def test_without_letters_there_is_nothing_to_learn(tmp_path: Path) -> None:
    """One line that says what is expected where; no folder is left behind."""
    words = ["--dataset", "characters", "--data-dir", str(tmp_path), "--output", str(tmp_path / "run")]
    with pytest.raises(UserError, match="no letters to learn from in .*emnist_byclass_test_letters.npz"):
        command.main(words)
    assert not (tmp_path / "run").exists()


def test_all_collections_together() -> None:
    """Of the real data folder: 47 classes and one for what is none, nothing learnt that tests."""
    data = need_data("emnist")
    stuff = characters.gather(data)
    assert stuff.classes == characters.CLASSES and stuff.other == "not a character"
    assert [part.name for part in stuff.parts][-2:] == ["no characters", "spoiled"]
    for part in stuff.parts:
        others = part.name in ("no characters", "spoiled")
        assert ((part.labels == 47) == others).all()
    assert stuff.test is not None
    tested = {image.tobytes() for image in stuff.test[0]}
    kept = characters.kept_out(data)
    assert {image.tobytes() for images, _ in kept.values() for image in images} == tested
    emnist = [part for part in stuff.parts if part.name.startswith("emnist")]
    learnt = {image.tobytes() for part in emnist for image in part.images}
    assert len(tested & learnt) < 0.002 * len(tested)  # a few images stand in the collection twice
    assert set(stuff.test[1].tolist()) == set(range(47))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A network of 48 classes that has learnt nothing."""
    inputs = keras.Input((28, 28, 1))
    outputs = keras.layers.Dense(48, activation="softmax")(keras.layers.Flatten()(inputs))
    keras.Model(inputs, outputs).save(tmp_path / "model.keras")
    names = [*characters.CLASSES, characters.OTHER]
    (tmp_path / "model.json").write_text(json.dumps({"input": "digit crops", "classes": names}))
    return tmp_path / "model.keras"


def test_a_model_is_measured_on_what_was_kept_out(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All, letters, digits, and each where it is known which of both it is; the commonest mistakes."""
    images = np.zeros((6, 28, 28), np.uint8)
    kept = {"letters": (images[:4], np.array([10, 11, 12, 24])), "digits": (images[4:], np.array([0, 1]))}
    monkeypatch.setattr(characters, "kept_out", lambda data_dir: kept)
    answers = np.zeros((6, 47), np.float32)
    answers[[0, 1, 2, 4, 5], [10, 11, 12, 0, 1]] = 1
    answers[3, [0, 24]] = 0.6, 0.4  # an O is taken for a nought
    rows = iter((answers[:4], answers[4:]))
    monkeypatch.setattr(suite, "_predict", lambda classifier, crops: next(rows))
    section = suite.measure_characters(model, tmp_path)
    assert section.figures["letters and digits"] == pytest.approx(5 / 6)
    assert section.figures["letters"] == 0.75 and section.figures["digits"] == 1
    assert section.figures["letters, known to be letters"] == 1
    assert section.figures["digits, known to be digits"] == 1
    assert section.figures["mean_over_classes"] == pytest.approx(5 / 6)
    assert section.tables[1].rows[0] == ("O taken for 0", "1")


def test_models_of_digits_are_not_measured_so(tmp_path: Path) -> None:
    """One line that says how to make one that can be."""
    with pytest.raises(UserError, match="digits.keras is no model of characters: train.py --dataset"):
        suite.measure_characters("digits", tmp_path)
