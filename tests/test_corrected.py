"""Corrections heeded at once: what is like a corrected digit is read so, and nothing else changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from digitcam.cascade import load_cascade
from digitcam.classifier import Classifier, load_classifier
from digitcam.corrected import Corrected
from digitcam.corrections.correction import SURROUNDINGS, Correction
from digitcam.corrections.hand import MOST_OF_A_LABEL, Hand
from digitcam.corrections.noise import is_noise
from digitcam.errors import UserError
from digitcam.normalise import normalise
from digitcam.training.collections import draw_path
from digitcam.training.typical import make_typical
from digitcam.types import LABELS, Box
from digitcam.typical import load_typical, typical_path, write_typical
from digitcam.weights_dir import find_weights
from tests.corrections_samples import NOT_A_DIGIT, make_correction

# Somebody's 5, which everybody takes for a 4: a triangle on a foot.
STRANGE = [
    np.array([(50, 0), (10, 45), (90, 45), (50, 0)], np.float32),
    np.array([(50, 45), (50, 100)], np.float32),
]
MEANT = 5


def strange(seed: int) -> np.ndarray:
    """The strange digit, written by the same hand once more."""
    rng = np.random.default_rng(seed)
    lean = rng.uniform(-0.08, 0.08)
    strokes = [(s + rng.normal(0, 2, s.shape)) @ np.array([[1, 0], [lean, 1]]) for s in STRANGE]
    return draw_path([s.astype(np.float32) for s in strokes], float(rng.uniform(0.07, 0.12)), rng)


def usual(count: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Digits as the generated pages have them: 28×28, and labels."""
    from digitcam.pages.pen import make_style, write_digit

    crops, labels = [], []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        style = make_style(rng)
        for label in LABELS:
            strokes = [s.astype(np.float32) for s in write_digit(label, rng, style)]
            crops.append(draw_path(strokes, 0.1, rng))
            labels.append(int(label))
    return np.stack(crops), np.array(labels)


def correct(crop: np.ndarray, label: int) -> Correction:
    nothing = np.zeros((SURROUNDINGS, SURROUNDINGS, 3), np.uint8)
    return Correction(crop, nothing, Box(0, 0, 1, 1), label, 0, 0.0, "")


@pytest.fixture(scope="module")
def network() -> Classifier:
    return load_classifier()


def test_without_corrections_nothing_changes(network: Classifier) -> None:
    """With an empty hand the answers are the network's own, to the bit, for any number of crops."""
    crops, _ = usual(2)
    for some in (crops, crops[:0]):
        assert np.array_equal(Corrected(network, Hand()).predict(some), network.predict(some))


def test_one_correction_is_enough(network: Classifier) -> None:
    """After one correction the digit is read as was said, and so are others like it, and no usual one."""
    hand = Hand()
    corrected = Corrected(network, hand)
    crop, others = strange(0), np.stack([strange(seed) for seed in range(1, 13)])
    before = corrected.predict(np.stack([crop, *others]))[:, :10].argmax(1)
    assert (before != MEANT).sum() >= 10, "the network does not know it"
    hand.add(correct(crop, MEANT))
    answer = corrected.predict(crop[None])[0]
    assert answer.argmax() == MEANT and answer[MEANT] > 0.9
    assert (corrected.predict(others)[:, :10].argmax(1) == MEANT).mean() > 0.8
    crops, _ = usual()
    kept = network.predict(crops)[:, :10].argmax(1) == corrected.predict(crops)[:, :10].argmax(1)
    assert kept.mean() >= 0.995


def test_what_is_no_digit_can_be_said(network: Classifier) -> None:
    """What was said to be no digit is none from then on, and its probabilities still sum to 1."""
    hand = Hand([correct(strange(0), NOT_A_DIGIT)])
    answers = Corrected(network, hand).predict(np.stack([strange(0), strange(1)]))
    assert (answers.argmax(1) == NOT_A_DIGIT).all()
    assert np.allclose(answers.sum(1), 1, atol=0.02)


def test_the_later_of_two_that_contradict_counts(network: Classifier) -> None:
    """Whoever says first 3 and then 5 of the same writing means 5, and the other way round 3."""
    for first, then in ((3, 5), (5, 3)):
        hand = Hand([correct(strange(0), first), correct(strange(0), then)])
        assert Corrected(network, hand).predict(strange(0)[None])[0].argmax() == then


def test_through_the_screen(network: Classifier) -> None:
    """Behind the screen's door the same holds, and what it does not let pass stays no digit."""
    cascade = load_cascade()
    hand = Hand([correct(strange(0), MEANT)])
    crops, _ = usual(3)
    solid = np.zeros((2, 28, 28), np.uint8)
    solid[:, 4:24, 4:24] = 255
    every = np.concatenate([solid, crops, strange(0)[None]])
    assert not cascade.passes(solid).any()
    before, after = cascade.predict(every), Corrected(cascade, hand).predict(every)
    assert after[-1].argmax() == MEANT
    assert np.array_equal(before[:2], after[:2])
    assert (before[2:-1].argmax(1) == after[2:-1].argmax(1)).all()


def test_a_hand_has_limits() -> None:
    """Of each label the newest corrections count, in their order."""
    hand = Hand([make_correction(7, i) for i in range(MOST_OF_A_LABEL + 5)])
    hand.add(make_correction(3, 1))
    assert [c.time - 1.7e9 for c in hand.corrections if c.label == 7] == list(range(5, MOST_OF_A_LABEL + 5))
    assert hand.corrections[-1].label == 3


def test_a_model_without_typical_digits(tmp_path: Path) -> None:
    """A model that nobody has measured typical digits of learns too, from what is very much alike."""
    for name in ("digits.keras", "digits.tflite"):
        shutil.copy(find_weights() / name, tmp_path / name)
    network = load_classifier(tmp_path / "digits.keras")
    assert load_typical(network.path) is None
    hand = Hand([correct(strange(0), MEANT)])
    corrected = Corrected(network, hand)
    assert corrected.predict(strange(0)[None])[0].argmax() == MEANT
    crops, _ = usual(5)
    assert (corrected.predict(crops).argmax(1) == network.predict(crops).argmax(1)).all()


def test_typical_digits_belong_to_their_model(tmp_path: Path, network: Classifier) -> None:
    """What was measured of another model, or is damaged, is refused with how to make it anew."""
    for name in ("digits.keras", "digits.tflite"):
        shutil.copy(find_weights() / name, tmp_path / name)
    model = tmp_path / "digits.keras"
    crops, labels = usual(3)
    write_typical(model, make_typical(network.hidden(crops), labels, np.random.default_rng(0)))
    typical = load_typical(model)
    assert typical is not None and np.allclose(np.linalg.norm(typical.directions, axis=1), 1, atol=1e-3)
    assert typical.directions_of(network.hidden(crops)).shape[1] == typical.mean.shape[0]
    content = model.read_bytes()
    model.write_bytes(content + b"x")
    with pytest.raises(UserError, match="was not measured of .* train.py --fit-typical .* makes it anew"):
        load_typical(model)
    model.write_bytes(content)
    typical_path(model).write_bytes(b"PK damaged")
    with pytest.raises(UserError, match="cannot be read .* train.py --fit-typical"):
        load_typical(model)


def test_noise_is_no_digit_to_learn() -> None:
    """Noise, however coarse, and nothing at all are told from strokes; usual and strange digits are not."""
    rng = np.random.default_rng(0)
    noise = [
        normalise(field)
        for size in (14, 28, 60)
        for field in (
            rng.integers(0, 256, (size, size), np.uint8),
            np.where(rng.random((size, size)) < 0.15, 255, 0).astype(np.uint8),
        )
        for _ in range(5)
    ]
    assert np.mean([is_noise(crop) for crop in noise]) > 0.85
    assert is_noise(np.zeros((28, 28), np.uint8))
    assert not any(is_noise(crop) for crop in (*usual()[0], strange(0)))
