"""Fitting the sign network to looks at the gaps before digits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from digitcam.errors import UserError
from digitcam.gaps import CHANNELS, HEIGHT, INK, WIDTH
from digitcam.metrics import confusion_matrix
from digitcam.sign_network import CLASSES, SIGN_NETWORK
from digitcam.training.material import array_sha256
from digitcam.training.recipes import Recipe
from digitcam.training.sign_looks import SignLooks
from digitcam.training.small import VALIDATION_EVERY, Shuffled, begin_with, fit_epochs, write_network
from digitcam.types import SIGNS

# Contrast and noise of real pages differ from the generated ones'.
CONTRAST_SPREAD = 0.2
MOST_NOISE = 10.0
# Baselines and edges are not found to the pixel.
MOST_SHIFT = 1


def build_sign_network() -> keras.Model:
    """N×40×48×2 to N×5: the probability of each of ``SIGNS``, and of none."""
    looks = keras.Input((HEIGHT, WIDTH, CHANNELS), name="looks")
    x = layers.Rescaling(1 / INK)(looks)
    for filters in (12, 24, 32):
        x = layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.98)(x))
    x = layers.Dropout(0.2)(layers.Flatten()(x))
    x = layers.Dense(32, activation="relu")(x)
    return keras.Model(looks, layers.Dense(CLASSES, activation="softmax")(x), name="signs")


class Batches(Shuffled):
    """The looks in a new order each epoch, each a little changed."""

    def __init__(self, looks: SignLooks, batch_size: int, seed: int) -> None:
        super().__init__(len(looks), batch_size, np.random.default_rng(seed))
        self._looks = looks
        self._mean = looks.weight.mean()

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rows = self.rows_of(index)
        rng, count = self._rng, len(rows)
        looks = self._looks.looks[rows].astype(np.float32)
        for look, shift in zip(looks, rng.integers(-MOST_SHIFT, MOST_SHIFT + 1, (count, 2)), strict=True):
            look[:] = np.roll(look, shift, (0, 1))
        gain = np.exp(rng.normal(0, CONTRAST_SPREAD, (count, 1, 1, 1))).astype(np.float32)
        noise = rng.standard_normal(looks.shape, np.float32)
        noise *= rng.uniform(0, MOST_NOISE, (count, 1, 1, 1)).astype(np.float32)
        # What is no ink stays none.
        noise[..., 1:] *= looks[..., 1:] > 0
        classes, weight = self._looks.classes[rows].astype(np.int32), self._looks.weight[rows]
        return np.clip(looks * gain + noise, 0, 255), classes, weight / self._mean


def fit_signs(
    looks: SignLooks, folder: Path, recipe: Recipe, *, seed: int, init: Path | None, command: str
) -> dict[str, Any]:
    """Fit the network and write ``signs.keras`` and its record into ``folder``; gives the record.

    Raises:
        UserError: there are too few looks, or ``folder`` cannot be written.
    """
    held = looks.page % VALIDATION_EVERY == 0
    learnt, measuring = looks.part(~held), looks.part(held)
    if len(learnt) < recipe.batch_size or not len(measuring):
        raise UserError(f"{len(looks)} looks are too few: raise --pages for --make-sign-looks")
    keras.utils.set_random_seed(seed)
    network = build_sign_network()
    begin_with(network, init)
    fit_epochs(network, Batches(learnt, recipe.batch_size, seed), recipe, "sparse_categorical_crossentropy")
    return write_network(
        network,
        folder / SIGN_NETWORK,
        recipe,
        seed=seed,
        init=init,
        about={"input": f"N×{HEIGHT}×{WIDTH}×{CHANNELS} looks", "classes": [*SIGNS, "none"]},
        learnt={
            "looks": {"all": len(looks), "pages": len(np.unique(looks.page)), "validation": len(measuring)},
            "data_sha256": array_sha256(looks.looks, looks.classes),
            "measured": _measured(network, measuring),
            "command": command,
        },
    )


def _measured(network: keras.Model, looks: SignLooks) -> dict[str, Any]:
    """Accuracy on looks of other pages, and how the classes are confused (rows are the truth)."""
    answers = network.predict(looks.looks.astype(np.float32), batch_size=500, verbose=0).argmax(1)
    return {
        "accuracy": round(float(np.average(answers == looks.classes, weights=looks.weight)), 5),
        "confusion": confusion_matrix(looks.classes, answers, CLASSES).tolist(),
    }
