"""The screen spares the large network what is no digit, and withholds no digit from it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from digitcam.cascade import Cascade, load_cascade, read_threshold
from digitcam.classifier import Classifier, load_classifier
from digitcam.errors import UserError
from digitcam.weights_dir import find_weights
from tests.training_samples import digits, save_network


def network(answers: list[float], seen: list[int]) -> Classifier:
    """A network that gives the digit 3 the probability that a crop's first pixel is an index of."""

    def run(batch: np.ndarray) -> np.ndarray:
        seen.append(len(batch))
        result = np.zeros((len(batch), 11), np.float32)
        result[:, 3] = [answers[int(crop[0, 0, 0])] for crop in batch]
        result[:, 10] = 1 - result[:, 3]
        return result

    return Classifier(run, Path("none.keras"), "LiteRT", 11)


def numbered(count: int) -> np.ndarray:
    crops = np.zeros((count, 28, 28), np.uint8)
    crops[:, 0, 0] = range(count)
    return crops


def test_what_the_screen_refuses_the_network_is_not_shown() -> None:
    """Three of four crops pass and get the large network's answer; the other is "not a digit"."""
    small: list[int] = []
    large: list[int] = []
    cascade = Cascade(network([0.9, 0.01, 0.05, 0.06], small), network([0.8, 0.9, 0.2, 0.99], large), 0.05)
    answers = cascade.predict(numbered(4))
    assert (small, large) == ([4], [3])
    assert answers[:, 3] == pytest.approx([0.8, 0.0, 0.2, 0.99])
    assert answers.sum(1) == pytest.approx(np.ones(4)) and answers[1, 10] == 1
    assert answers.shape == (4, 11) and answers.dtype == np.float32


@pytest.mark.parametrize("sure", [0.0, 1.0])
def test_none_or_all_may_pass(sure: float) -> None:
    """No crop at all, all refused and all let pass keep their shapes."""
    cascade = Cascade(network([sure] * 3, []), network([0.7] * 3, []), 0.5)
    assert cascade.predict(numbered(0)).shape == (0, 11)
    assert cascade.predict(numbered(3))[:, 3] == pytest.approx([0.7 * sure] * 3)


def test_the_shipped_model_has_a_screen() -> None:
    """By default the shipped network is asked by way of the shipped screen, which lets digits pass."""
    cascade = load_cascade()
    assert isinstance(cascade, Cascade)
    crops, labels = digits(200)
    assert cascade.passes(crops).mean() >= 0.98
    passed = cascade.passes(crops)
    assert np.abs(cascade.predict(crops)[passed] - load_classifier().predict(crops[passed])).max() < 1e-5


def test_the_shipped_screen_is_small() -> None:
    """At most half a million multiply-adds, with the threshold that its record measured."""
    record = json.loads((find_weights() / "screen.json").read_text(encoding="utf-8"))
    assert record["multiply_adds"] <= 500_000
    assert 0 < read_threshold(find_weights() / "screen.keras") < 0.3
    believed = [v["share"] for name, v in record["screen"]["passed"].items() if "believed" in name]
    assert len(believed) == 2 and min(believed) >= 0.999


def test_a_network_without_a_screen_beside_it_is_asked_about_everything(tmp_path: Path) -> None:
    """A model of one's own, the screen itself, and a model of ten digits are opened as they are."""
    for name in ("mine.keras", "screen.keras"):
        path = save_network(tmp_path / name, classes=11)
        assert isinstance(load_cascade(path), Classifier)
    assert isinstance(load_cascade(find_weights() / "classic.keras"), Classifier)


def test_a_screen_without_threshold_is_refused(tmp_path: Path) -> None:
    """Beside it is no record, one without the entry, or no JSON: how to measure a threshold is said."""
    model, screen = (save_network(tmp_path / name, classes=11) for name in ("mine.keras", "screen.keras"))
    message = f"{tmp_path / 'screen.json'} has no threshold for {screen}: train.py --fit-screen {screen}"
    for text in (None, "{}", "[]", "no JSON"):
        if text is not None:
            screen.with_suffix(".json").write_text(text)
        with pytest.raises(UserError) as caught:
            load_cascade(model)
        assert str(caught.value).startswith(message)
