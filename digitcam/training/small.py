"""What fitting the small networks beside the digit network has in common: the judge's and the signs'."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np

from digitcam.training.architectures import multiply_adds
from digitcam.training.checkpoint import save_model, write_text
from digitcam.training.fit import make_optimizer
from digitcam.training.recipes import Recipe
from digitcam.twin import file_sha256

# Every so many pages one measures what was learnt from the others.
VALIDATION_EVERY = 12


class Shuffled(keras.utils.PyDataset):
    """Batches of some rows in a new order each epoch; subclasses give the batch of ``rows_of`` an index.

    Args:
        count: of rows; what does not fill a batch is left for another epoch.
        batch_size: rows of one batch.
        rng: also for what the batches change.
    """

    def __init__(self, count: int, batch_size: int, rng: np.random.Generator) -> None:
        super().__init__()
        self._count, self._size, self._rng = count, batch_size, rng
        self._order = rng.permutation(count)

    def __len__(self) -> int:
        return self._count // self._size

    def on_epoch_end(self) -> None:
        self._order = self._rng.permutation(self._count)

    def rows_of(self, index: int) -> np.ndarray:
        """The rows of a batch."""
        return self._order[index * self._size : (index + 1) * self._size]


def begin_with(network: keras.Model, init: Path | None) -> None:
    """Give a network the weights of a saved one; UserError where that cannot be opened."""
    if init is not None:
        from digitcam.keras_door import load_keras_model

        network.set_weights(load_keras_model(init).get_weights())


def fit_epochs(model: keras.Model, batches: Shuffled, recipe: Recipe, loss: str) -> None:
    """Fit the weights, telling of each epoch; at the end their moving average is in place."""
    model.compile(make_optimizer(recipe, recipe.epochs * len(batches)), loss)
    for epoch in range(recipe.epochs):
        value = model.fit(batches, epochs=1, verbose=0, shuffle=False).history["loss"][-1]
        print(f"epoch {epoch + 1}/{recipe.epochs}  loss {value:.4f}", file=sys.stderr, flush=True)
    model.optimizer.finalize_variable_values(model.trainable_variables)


def write_network(
    network: keras.Model,
    path: Path,
    recipe: Recipe,
    *,
    seed: int,
    init: Path | None,
    about: dict[str, Any],
    learnt: dict[str, Any],
) -> dict[str, Any]:
    """Write a network and its record beside it; gives the record.

    Args:
        about: what it takes and gives; learnt: from what, and how well.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    save_model(network, path)
    record = {
        **about,
        "weights": network.count_params(),
        "multiply_adds": multiply_adds(network),
        "sha256": file_sha256(path),
        "settings": asdict(recipe) | {"seed": seed, "init": None if init is None else init.name},
        **learnt,
    }
    write_text(path.with_suffix(".json"), json.dumps(record, indent=1, ensure_ascii=False))
    return record
