"""Typical digits: what a digit network's last hidden layer says of them, some directions for each."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from digitcam.classifier import Classifier, load_classifier
from digitcam.errors import UserError
from digitcam.training import collections, material
from digitcam.types import LABELS
from digitcam.typical import Typical, directions, typical_path, write_typical

# Images of MNIST and of UNIPEN's writers, and directions for each digit: with 10 of them more is like a
# correction that should not be, with 100 less that should (docs/corrections.md).
FROM_MNIST, FROM_UNIPEN = 6000, 4000
EACH = 30
ROUNDS = 10
BATCH = 256


def fit_typical(model: Path, data_dir: Path, seed: int = 0) -> Path:
    """Measure typical digits by a model, and write them beside it.

    Raises:
        UserError: the model's last hidden layer is not known, MNIST is not at hand, or the disk refuses.
    """
    classifier = load_classifier(model)
    if not classifier.sees_within:
        raise UserError(f"{model} shows no last hidden layer: train.py --export {model} makes its twin anew")
    rng = np.random.default_rng(seed)
    mnist = material.mnist_alone(data_dir).parts[0]
    rows = rng.permutation(len(mnist.images))[:FROM_MNIST]
    images, labels = mnist.images[rows], mnist.labels[rows]
    drawn = collections.unipen_digits(data_dir, rng, 1)
    if drawn is not None:
        rows = rng.permutation(len(drawn[0]))[:FROM_UNIPEN]
        images = np.concatenate([images, drawn[0][rows]])
        labels = np.concatenate([labels, drawn[1][rows]])
    write_typical(model, make_typical(hidden_of(classifier, images), labels, rng))
    return typical_path(model)


def hidden_of(classifier: Classifier, images: np.ndarray) -> np.ndarray:
    """The last hidden layer of N×28×28 uint8: N×D float32."""
    parts = [classifier.hidden(images[i : i + BATCH]) for i in range(0, len(images), BATCH)]
    return np.concatenate(parts)


def make_typical(hidden: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Typical:
    """Some directions for each digit, by k-means on the sphere (Dhillon and Modha, 2001).

    Args:
        hidden: N×D of the last hidden layer; labels: N, what they are.
    """
    mean = hidden.mean(0)
    every = directions(hidden - mean)
    parts = [_means(every[labels == i], rng) for i in range(len(LABELS)) if (labels == i).any()]
    return Typical(mean, np.concatenate(parts))


def _means(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    centres = points[rng.permutation(len(points))[:EACH]]
    for _ in range(ROUNDS):
        nearest = (points @ centres.T).argmax(1)
        sums = [points[nearest == i].sum(0) if (nearest == i).any() else c for i, c in enumerate(centres)]
        centres = directions(np.stack(sums))
    return centres
