"""Fitting the judge on generated pages, where every digit is known."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np

from digitcam.classifier import Classifier
from digitcam.ink import find_ink
from digitcam.judge import FEATURES, features, judge_path
from digitcam.pages import KINDS, GlyphSource, make_page, make_scene
from digitcam.proposals import propose
from digitcam.selection import survivors
from digitcam.training.page_crops import SCENE_SHARE, SIZES, hands
from digitcam.twin import file_sha256
from digitcam.types import Box, Truth

LEAST_IOU = 0.5
# Of the pages, so many are cropped around one digit: photographs of a single digit are common.
CLOSE_UPS = 0.3
HIDDEN = 24
EPOCHS = 60
VALIDATION = 0.15


def observe(
    classifier: Classifier, sources: list[GlyphSource], index: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Features and truth of what the network takes for digits on one page: M×F, M (1 = read right)."""
    rng = np.random.default_rng((seed, index))
    image, truth = _picture(sources, index, rng)
    candidates = propose(find_ink(image))
    probabilities = classifier.predict(candidates.crops)
    chosen = survivors(candidates, probabilities)
    right = np.array(
        [_is_right(candidates.box(i), str(int(probabilities[i, :10].argmax())), truth) for i in chosen],
        np.float32,
    )
    return features(candidates, probabilities, chosen), right


def _picture(
    sources: list[GlyphSource], index: int, rng: np.random.Generator
) -> tuple[np.ndarray, tuple[Truth, ...]]:
    size = SIZES[int(rng.integers(len(SIZES)))]
    if rng.random() < SCENE_SHARE:
        return make_scene(rng, size), ()
    page = make_page(KINDS[index % len(KINDS)], rng, size, sources[int(rng.integers(len(sources)))])
    if rng.random() >= CLOSE_UPS or not page.truth:
        return page.image, page.truth
    return _close_up(page.image, page.truth, rng)


def _close_up(
    image: np.ndarray, truth: tuple[Truth, ...], rng: np.random.Generator
) -> tuple[np.ndarray, tuple[Truth, ...]]:
    """A window around one digit, and the digits that are whole inside it."""
    height, width = image.shape[:2]
    box = truth[int(rng.integers(len(truth)))].box
    margin = rng.uniform(0.3, 3.0, 4) * box.height
    left, top = max(0, int(box.x - margin[0])), max(0, int(box.y - margin[1]))
    right, bottom = min(width, int(box.right + margin[2])), min(height, int(box.bottom + margin[3]))
    inside = tuple(
        Truth(Box(t.box.x - left, t.box.y - top, t.box.width, t.box.height), t.label)
        for t in truth
        if t.box.x >= left and t.box.y >= top and t.box.right <= right and t.box.bottom <= bottom
    )
    return np.ascontiguousarray(image[top:bottom, left:right]), inside


def _is_right(box: Box, label: str, truth: tuple[Truth, ...]) -> bool:
    return any(t.label == label and t.box.iou(box) >= LEAST_IOU for t in truth)


def collect(classifier: Classifier, data_dir: Path, pages: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Features and truth over many pages."""
    sources = hands(data_dir)
    rows, truths = [], []
    for index in range(pages):
        observed, right = observe(classifier, sources, index, seed)
        rows.append(observed)
        truths.append(right)
        if (index + 1) % 50 == 0:
            print(
                f"{index + 1}/{pages} pages, {sum(map(len, truths)):,} readings", file=sys.stderr, flush=True
            )
    return np.concatenate(rows), np.concatenate(truths)


def fit_judge(classifier: Classifier, data_dir: Path, pages: int, seed: int) -> dict[str, Any]:
    """Fit the judge of a model and write it beside the model's file; returns its record."""
    keras.utils.set_random_seed(seed)
    x, y = collect(classifier, data_dir, pages, seed)
    mean, scale = x.mean(0), x.std(0) + 1e-3
    inputs = keras.Input((len(FEATURES),))
    outputs = keras.layers.Dense(1, activation="sigmoid")(
        keras.layers.Dense(HIDDEN, activation="relu")(inputs)
    )
    model = keras.Model(inputs, outputs)
    model.compile(
        keras.optimizers.AdamW(3e-3, weight_decay=0.01), "binary_crossentropy", metrics=["accuracy"]
    )
    # The last pages validate: none of their rows is trained on.
    cut = int(len(x) * (1 - VALIDATION))
    z = (x - mean) / scale
    model.fit(z[:cut], y[:cut], epochs=EPOCHS, batch_size=256, verbose=0)
    loss, accuracy = model.evaluate(z[cut:], y[cut:], verbose=0)
    (hidden, hidden_bias), (output, output_bias) = (layer.get_weights() for layer in model.layers[1:])
    record = {
        "features": list(FEATURES),
        "mean": _numbers(mean),
        "scale": _numbers(scale),
        "hidden": [_numbers(row) for row in hidden],
        "hidden_bias": _numbers(hidden_bias),
        "output": _numbers(output[:, 0]),
        "output_bias": float(output_bias[0]),
        "keras_sha256": file_sha256(classifier.path),
        "pages": pages,
        "seed": seed,
        "readings": len(y),
        "right": float(y.mean()),
        "validation_loss": float(loss),
        "validation_accuracy": float(accuracy),
    }
    path = judge_path(classifier.path)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(partial, path)
    return record


def _numbers(values: np.ndarray) -> list[float]:
    return [round(float(v), 6) for v in values]
