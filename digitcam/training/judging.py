"""Fitting the judge: its evidence, added to the digit network's, is to make probabilities true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from digitcam.company import COLUMNS
from digitcam.errors import UserError
from digitcam.judge import JUDGE, network_odds, weighed
from digitcam.surroundings import CHANNELS, PAPER, SIDE
from digitcam.training.cases import Cases
from digitcam.training.material import array_sha256
from digitcam.training.recipes import Recipe
from digitcam.training.small import VALIDATION_EVERY, Shuffled, begin_with, fit_epochs, write_network

# Pages in real life differ from the generated ones: their contrast, noise and company are scattered, and a
# row's other half may hold anything.
CONTRAST_SPREAD = 0.25
MOST_NOISE = 8.0
COMPANY_SPREAD = 0.15
NO_COMPANY_SHARE = 0.1
MIRRORED_SHARE = 0.3
ODDS_SPREAD = 0.5


def build_judge(outputs: int) -> keras.Model:
    """N×32×32×4 and N×9 to N×outputs: evidence for each name, and last the trust in the network."""
    looks = keras.Input((SIDE, SIDE, CHANNELS), name="surroundings")
    company = keras.Input((COLUMNS,), name="company")
    x = layers.Rescaling(1 / 128, offset=-PAPER / 128)(looks)
    for filters, stride in ((16, 2), (32, 2), (32, 1), (48, 2)):
        x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.98)(x))
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    x = layers.Dense(48, activation="relu")(layers.Concatenate()([x, company]))
    evidence = layers.Dense(outputs, kernel_initializer="zeros", name="evidence")(x)
    return keras.Model([looks, company], evidence, name="judge")


@keras.saving.register_keras_serializable("digitcam")
class Weighing(keras.layers.Layer):
    """``judge.weighed`` for the likeliest digit alone, as a layer: what the loss is taken of."""

    def call(
        self, evidence: keras.KerasTensor, label: keras.KerasTensor, odds: keras.KerasTensor
    ) -> keras.KerasTensor:
        of_label = keras.ops.sum(evidence[:, :-1] * label, axis=1, keepdims=True)
        trust = 2 * keras.ops.sigmoid(evidence[:, -1:])
        return keras.ops.sigmoid(of_label + trust * odds)


class Batches(Shuffled):
    """The cases in a new order each epoch, each a little changed."""

    def __init__(self, cases: Cases, batch_size: int, seed: int) -> None:
        super().__init__(len(cases), batch_size, np.random.default_rng(seed))
        self._cases = cases
        self._labels, self._odds = _network_says(cases)
        self._weight = page_weights(cases)

    def __getitem__(self, index: int) -> tuple[tuple[np.ndarray, ...], np.ndarray, np.ndarray]:
        rows = self.rows_of(index)
        rng, count = self._rng, len(rows)
        looks = self._cases.surroundings[rows].astype(np.float32)
        mirrored = rng.random(count) < MIRRORED_SHARE
        # Not the nearest, which shows which digit it is.
        looks[mirrored, :, :, 1:-1] = looks[mirrored, :, ::-1, 1:-1]
        gain = np.exp(rng.normal(0, CONTRAST_SPREAD, (count, 1, 1, 1)))
        noise = rng.standard_normal(looks[..., :-1].shape, np.float32) * rng.uniform(
            0, MOST_NOISE, (count, 1, 1, 1)
        ).astype(np.float32)
        looks[..., :-1] = np.clip(PAPER + (looks[..., :-1] - PAPER) * gain + noise, 0, 255)
        company = self._cases.company[rows] + rng.normal(0, COMPANY_SPREAD, (count, COLUMNS))
        company[rng.random(count) < NO_COMPANY_SHARE] = 0
        odds = self._odds[rows] + rng.normal(0, ODDS_SPREAD, (count, 1))
        inputs = looks, company.astype(np.float32), self._labels[rows], odds.astype(np.float32)
        return inputs, self._cases.right[rows, None].astype(np.float32), self._weight[rows]


def page_weights(cases: Cases) -> np.ndarray:
    """What each case counts, of mean 1: a page counts as the root of its cases, one digit alone more than one
    of a hundred."""
    pages = np.bincount(cases.page, weights=cases.weight)
    weight = cases.weight / np.sqrt(pages[cases.page])
    return (weight / weight.mean()).astype(np.float32)


def _network_says(cases: Cases) -> tuple[np.ndarray, np.ndarray]:
    """The likeliest name, one-hot N×K, and its log-odds N×1; float32."""
    named = cases.probabilities[:, :-1]
    labels = np.eye(named.shape[1], dtype=np.float32)[named.argmax(1)]
    return labels, network_odds(cases.probabilities)[:, None].astype(np.float32)


def fit_judge(
    cases: Cases, folder: Path, recipe: Recipe, *, seed: int, init: Path | None, command: str
) -> dict[str, Any]:
    """Fit the judge and write ``judge.keras`` and its record into ``folder``; gives the record.

    Raises:
        UserError: there are too few cases, or ``folder`` cannot be written.
    """
    held = cases.page % VALIDATION_EVERY == 0
    learnt, judging = cases.part(~held), cases.part(held)
    if len(learnt) < recipe.batch_size or not len(judging):
        raise UserError(f"{len(cases)} cases are too few for a judge: raise --pages for --make-cases")
    keras.utils.set_random_seed(seed)
    judge = build_judge(cases.probabilities.shape[1])
    begin_with(judge, init)
    _train(judge, learnt, recipe, seed)
    return write_network(
        judge,
        folder / JUDGE,
        recipe,
        seed=seed,
        init=init,
        about={"inputs": f"N×{SIDE}×{SIDE}×{CHANNELS} surroundings and N×{COLUMNS} company"},
        learnt={
            "cases": {"all": len(cases), "pages": len(np.unique(cases.page)), "validation": len(judging)},
            "data_sha256": array_sha256(
                cases.surroundings, cases.company, cases.probabilities, cases.right
            ),
            "measured": _measured(judge, judging),
            "command": command,
        },
    )


def _train(judge: keras.Model, cases: Cases, recipe: Recipe, seed: int) -> None:
    """Fit the weights of ``judge``; at the end their moving average is in place."""
    label, odds = keras.Input((judge.output_shape[-1] - 1,)), keras.Input((1,))
    model = keras.Model([*judge.inputs, label, odds], Weighing()(judge.output, label, odds))
    fit_epochs(model, Batches(cases, recipe.batch_size, seed), recipe, "binary_crossentropy")


def _measured(judge: keras.Model, cases: Cases) -> dict[str, float]:
    """Log loss and share of right decisions at one half on cases of other pages, before and after."""
    looks = cases.surroundings.astype(np.float32)
    evidence = judge.predict([looks, cases.company], batch_size=500, verbose=0)
    named = cases.probabilities.shape[1] - 1
    both = cases.probabilities, weighed(cases.probabilities, evidence, np.arange(named))
    before, after = (probabilities[:, :-1].max(1) for probabilities in both)
    return {
        f"{name}_{when}": round(value, 5)
        for when, chance in (("before", before), ("after", after))
        for name, value in (("log_loss", _log_loss(chance, cases)), ("errors", _errors(chance, cases)))
    }


def _log_loss(chance: np.ndarray, cases: Cases) -> float:
    chance = np.clip(chance.astype(np.float64), 1e-6, 1 - 1e-6)
    return float(np.average(-np.log(np.where(cases.right, chance, 1 - chance)), weights=cases.weight))


def _errors(chance: np.ndarray, cases: Cases) -> float:
    return float(np.average((chance >= 0.5) != cases.right, weights=cases.weight))
