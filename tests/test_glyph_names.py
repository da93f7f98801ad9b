"""Networks of other glyphs than digits go the same way: their record names what they tell apart."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from digitcam.cards import HEIGHT, draw_card
from digitcam.classes import are_digits, names_in
from digitcam.classifier import Classifier, load_classifier
from digitcam.errors import UserError
from digitcam.models import find
from digitcam.networks import Networks, load_networks
from digitcam.outputs.words import describe
from digitcam.reader import Reader
from digitcam.types import LABELS, Box, Digit, Frame
from digitcam.views import crops_view
from tests.drawings import paper, ring
from tests.shell import ROOT

LETTERS = ("O", "C", "not a letter")
MANY = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def rings_are(index: int, classes: tuple[str, ...], sure: float = 0.9) -> Networks:
    """What is hollow is the class of this index, or the next one; all else is the last one."""

    def run(batch: np.ndarray) -> np.ndarray:
        answer = np.zeros((len(batch), len(classes)), np.float32)
        middle = batch[:, 12:16, :, 0].max(1)
        hollow = (middle[:, 12:16].max(1) < 40) & (middle[:, 3:8].max(1) > 128)
        hollow &= middle[:, 20:25].max(1) > 128
        answer[hollow, index] = sure
        answer[hollow, (index + 1) % len(classes)] = 1 - sure
        answer[~hollow, -1] = 1
        return answer

    return Networks(Classifier(run, Path("fake.keras"), "LiteRT", len(classes), classes=classes))


def test_the_last_class_may_be_for_what_is_none() -> None:
    """By its name alone."""
    assert names_in(LETTERS) == ("O", "C") and names_in(MANY) == MANY and names_in(()) == ()
    assert are_digits((*LABELS, "not a digit")) and are_digits(LABELS)
    assert not are_digits(LETTERS) and not are_digits(LABELS[::-1])


def test_letters_are_read_in_pictures_and_films() -> None:
    """With the record's names, their probabilities in its order, words in reading order, and tracks."""
    image = paper()
    for x in (200, 260, 320):
        ring(image, x, 200, 20, 5)
    reader = Reader(rings_are(0, LETTERS), evidence=True)
    reading = reader.read(image)
    assert [digit.label for digit in reading.digits] == ["O", "O", "O"]
    assert reading.digits[0].probabilities == pytest.approx((0.9, 0.1))
    assert reading.digits[0].names == ("O", "C")
    assert [number.text for number in reading.numbers] == ["OOO"]
    assert reading.to_json()["digits"][0]["label"] == "O"  # type: ignore[index]
    assert reading.evidence is not None and reading.evidence.names == ("O", "C")
    assert crops_view((640, 480), reading.evidence).shape == (480, 640, 3)
    for number in range(6):
        film = reader.read(Frame(image, number, number / 10, still=False))
    assert [digit.label for digit in film.digits] == ["O", "O", "O"]
    assert len({digit.track for digit in film.digits}) == 3


def test_a_glyph_that_may_be_either_of_two_is_read() -> None:
    """A nought that may be an O is surely one of both: it is not left out for its doubt."""
    image = paper()
    ring(image, 300, 200, 30, 7)
    classes = ("X", "O", "0", "Q", "not a letter")
    (glyph,) = Reader(rings_are(1, classes, sure=0.51), conf=0.7).read(image).digits
    assert glyph.label == "O" and glyph.confidence == pytest.approx(0.51)
    digits = (*LABELS, "not a digit")
    assert Reader(rings_are(0, digits, sure=0.51), conf=0.7).read(image).digits == ()


def test_of_many_names_the_likeliest_are_shown() -> None:
    """In the terminal and on cards; ten digits are shown all, in order."""
    image = paper()
    ring(image, 300, 200, 30, 7)
    reading = Reader(rings_are(14, (*MANY, "not a letter"))).read(image)
    (digit,) = reading.digits
    assert digit.label == "O" and len(digit.probabilities) == 26
    assert digit.likeliest(2) == (("O", pytest.approx(0.9)), ("P", pytest.approx(0.1)))
    assert [name for name, _ in digit.likeliest()][:2] == ["O", "P"] and len(digit.likeliest()) == 10
    last = describe(reading).splitlines()[-1]
    assert last.split()[0] == "O" and last.endswith("P 0.10")
    assert draw_card(digit).shape[0] == HEIGHT
    plain = Digit(Box(0, 0, 9, 9), "3", 1.0, tuple(float(i == 3) for i in range(10)))
    assert [name for name, _ in plain.likeliest()] == list(LABELS)


def test_labels_and_probabilities_must_fit_the_names() -> None:
    """A value that is none is an error where it is made."""
    with pytest.raises(ValueError, match="label must be one of 0 1 2 .* received 'A'"):
        Digit(Box(0, 0, 9, 9), "A", 1.0, (0.1,) * 10)
    with pytest.raises(ValueError, match="needs 2 probabilities, received 10"):
        Digit(Box(0, 0, 9, 9), "O", 1.0, (0.1,) * 10, names=("O", "C"))


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """A saved network of three classes with its record."""
    inputs = keras.Input((28, 28, 1))
    outputs = keras.layers.Dense(3, activation="softmax")(keras.layers.Flatten()(inputs))
    keras.Model(inputs, outputs).save(tmp_path / "letters.keras")
    (tmp_path / "letters.json").write_text(json.dumps({"input": "digit crops", "classes": LETTERS}))
    return tmp_path / "letters.keras"


def test_a_record_names_the_classes(letters: Path) -> None:
    """Screen, judge and signs, which are of digits, are left out; corrections are of digits too."""
    classifier = load_classifier(letters)
    assert classifier.classes == LETTERS
    assert classifier.predict(np.zeros((2, 28, 28), np.uint8)).shape == (2, 3)
    networks = load_networks(letters)
    assert networks.judge is None and networks.signs is None and networks.hand is None
    assert not find(letters).takes_corrections and find().takes_corrections


def test_a_record_that_names_other_classes_is_refused(letters: Path) -> None:
    """One line that says how many of each."""
    record = letters.with_suffix(".json")
    record.write_text(json.dumps({"classes": ["a", "b"]}))
    with pytest.raises(UserError, match="letters.keras has 3 outputs, and its record names 2 classes: "):
        load_classifier(letters)
    record.unlink()
    with pytest.raises(UserError, match="letters.keras does not answer with digits: expected 10 classes"):
        load_classifier(letters)


def test_shipped_models_name_their_classes() -> None:
    """Each record says what its model is shown and tells apart."""
    for name in ("digits", "screen", "classic"):
        model = find(ROOT / "weights" / f"{name}.keras")
        assert model.input == "digit crops" and model.classes is not None and are_digits(model.classes)
        assert find(name).path == model.path
