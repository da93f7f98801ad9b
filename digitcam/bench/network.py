"""Ten digits through the network: our one batch against the ways of Keras, in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from digitcam.classifier import load_classifier
from digitcam.errors import UserError
from digitcam.keras_door import load_keras_model
from digitcam.normalise import normalise
from digitcam.pages.glyphs import Glyph
from digitcam.pages.inking import Pen, render
from digitcam.pages.pen import make_style, write_digit
from digitcam.types import LABELS

CALLS = 20  # of the batch in one run: a single call is too short for the clock

Way = Callable[[], np.ndarray]


def measure_network(rounds: int, model: str | None = None) -> dict[str, object]:
    """Time three ways to classify the same ten crops, by turns, ``rounds`` times.

    The ways are the classifier of ``cam.py``, one ``model.predict`` call for each crop, and one
    ``model.predict_on_batch`` call. All are warmed up first; each ratio is the median over the rounds.

    Raises:
        UserError: the ways do not give the same labels, so that their times cannot be compared.
    """
    classifier = load_classifier(model)
    keras_model = load_keras_model(classifier.path)
    crops = make_crops()
    inputs = crops.astype(np.float32).reshape(len(crops), *keras_model.input_shape[1:])

    def predict_each() -> np.ndarray:
        return np.concatenate([keras_model.predict(one[None], verbose=0) for one in inputs])

    ways: dict[str, tuple[Way, int]] = {
        "batch": (lambda: classifier.predict(crops), CALLS),
        "predict_each": (predict_each, 1),
        "predict_on_batch": (lambda: np.asarray(keras_model.predict_on_batch(inputs)), CALLS),
    }
    labels = {name: read_labels(way()) for name, (way, _) in ways.items()}
    if len(set(labels.values())) > 1:
        raise UserError(f"{classifier.path} and its twin do not give the same labels: {labels}")
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (way, calls) in ways.items():
            times[name].append(_milliseconds(way, calls))
    report: dict[str, object] = {
        "digits": len(crops),
        "rounds": rounds,
        "engine": classifier.engine,
        "labels": list(labels["batch"]),
    }
    for name, values in times.items():
        report[f"{name}_ms"] = round(float(np.median(values)), 4)
        if name != "batch":
            ratios = np.array(values) / np.array(times["batch"])
            report[f"{name}_ratio"] = round(float(np.median(ratios)), 2)
    return report


def make_crops() -> np.ndarray:
    """The ten digits in one hand, as the pipe hands them over: 10×28×28 uint8."""
    rng = np.random.default_rng(10)
    style, pen = make_style(rng), Pen(width=6)
    drawn = [render(Glyph(strokes=write_digit(label, rng, style)), 64, pen, rng) for label in LABELS]
    return np.stack([normalise(ink.alpha) for ink in drawn])


def read_labels(probabilities: np.ndarray) -> str:
    """The likeliest of the ten digits for each row."""
    return "".join(LABELS[i] for i in probabilities[:, : len(LABELS)].argmax(axis=1))


def _milliseconds(way: Way, calls: int) -> float:
    """Median time of one call."""
    times = []
    for _ in range(calls):
        start = time.perf_counter()
        way()
        times.append(time.perf_counter() - start)
    return 1000 * float(np.median(times))
