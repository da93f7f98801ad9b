"""Fitting: compile, train with checkpoints, average the weights, calibrate. Keras 3 API alone."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np

from digitcam.training.checkpoint import Checkpoint, History
from digitcam.training.interrupts import Interrupts
from digitcam.training.recipes import Recipe

# The average reaches back over a thirtieth of the training at the most.
AVERAGED_SHARE = 30
# Of labels, and of the probabilities of a teacher.
LOSS, TAUGHT_LOSS = "sparse_categorical_crossentropy", "categorical_crossentropy"
# Of single crops that somebody wants read so many are no digits. In whole pictures far more are, which is for
# the judge to know.
EXPECTED_OTHERS = 0.05
# With fewer images the temperature would fit their accidents.
LEAST_TO_CALIBRATE = 200


@keras.saving.register_keras_serializable("digitcam")
def accuracy(y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
    """1 where the likeliest class is the true one. The truth is N or N×1 labels, or N×K probabilities."""
    return _matches(y_true, y_pred)


@keras.saving.register_keras_serializable("digitcam")
def accuracy_of_named(y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
    """1 where the likeliest class but the last is the true one: "not a digit" is another question."""
    return _matches(y_true, y_pred[:, :-1])


def _matches(y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
    guess = keras.ops.argmax(y_pred, axis=-1)
    taught = len(y_true.shape) == 2 and y_true.shape[1] > 1
    truth = keras.ops.argmax(y_true, axis=-1) if taught else keras.ops.reshape(y_true, (-1,))
    return keras.ops.cast(keras.ops.equal(truth, keras.ops.cast(guess, truth.dtype)), "float32")


def compile_model(
    model: keras.Model, recipe: Recipe, steps: int, *, taught: bool = False, other: bool = False
) -> None:
    """Give the model its optimiser, its loss and its measure.

    Args:
        model: not yet compiled.
        recipe: what decides both.
        steps: batches in the whole training.
        taught: whether it learns the probabilities of a teacher instead of labels.
        other: whether its last class is for what is none of the others.
    """
    optimizer = make_optimizer(recipe, steps)
    counted = keras.metrics.MeanMetricWrapper(accuracy_of_named if other else accuracy, name="accuracy")
    model.compile(optimizer, TAUGHT_LOSS if taught else LOSS, metrics=[counted])


def make_optimizer(recipe: Recipe, steps: int) -> keras.optimizers.Optimizer:
    """AdamW with the recipe's rate, decay and average for a training of so many batches."""
    rate: float | keras.optimizers.schedules.LearningRateSchedule = recipe.learning_rate
    if recipe.cosine:
        warm_up = max(1, min(steps // 20, 1000))
        rate = keras.optimizers.schedules.CosineDecay(
            recipe.learning_rate / 25,
            max(1, steps - warm_up),
            warmup_target=recipe.learning_rate,
            warmup_steps=warm_up,
        )
    # In a short training the average must forget the random start.
    momentum = max(0.0, min(recipe.average, 1 - AVERAGED_SHARE / steps))
    return keras.optimizers.AdamW(
        rate,
        weight_decay=recipe.weight_decay,
        use_ema=recipe.average > 0,
        ema_momentum=momentum,
    )


class StepBar(keras.callbacks.Callback):
    """A bar for the running epoch with its time left, on a terminal only."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._begin = now()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._begin = self._now()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        steps = (self.params or {}).get("steps") or 0
        if batch % 10 or not steps:
            return
        done = (batch + 1) / steps
        left = (self._now() - self._begin) * (1 - done) / done
        bar = "#" * round(30 * done)
        print(f"\r[{bar:<30}] {done:4.0%}  {left:4.0f} s left ", end="", file=sys.stderr, flush=True)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        print("\r" + " " * 60 + "\r", end="", file=sys.stderr)


def fit(
    model: keras.Model,
    batches: keras.utils.PyDataset,
    validation: tuple[np.ndarray, np.ndarray],
    folder: Path,
    *,
    epochs: int,
    history: History,
    watching: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """Train from the epoch after the last in ``history``; at the end the averaged weights are in place.

    Args:
        model: compiled, with its optimiser as it was after the last epoch in ``history``.
        batches: of the epoch that comes next.
        validation: N×28×28 uint8 and N labels.
        folder: where checkpoints go.
        epochs: in the whole training.
        history: one entry for each epoch; added to.
        watching: what is told of the training besides.

    Raises:
        UserError: a checkpoint cannot be written, or the loss is no number any more.
    """
    images, labels = validation[0], validation[1].astype(np.int32)
    if model.loss == TAUGHT_LOSS:
        labels = keras.utils.to_categorical(labels, model.output_shape[-1])
    judged = images[..., None].astype(np.float32), labels
    run(model, batches, judged, folder, epochs=epochs, history=history, batch_size=500, watching=watching)


def run(
    model: keras.Model,
    batches: keras.utils.PyDataset,
    judged: keras.utils.PyDataset | tuple[np.ndarray, np.ndarray],
    folder: Path,
    *,
    epochs: int,
    history: History,
    batch_size: int | None = None,
    watching: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """The same with ``judged``, what validates, as the model takes it: arrays, or batches."""
    callbacks: list[keras.callbacks.Callback] = []
    if sys.stderr.isatty():
        callbacks.append(StepBar())
    if model.optimizer.use_ema:
        callbacks.append(keras.callbacks.SwapEMAWeights())
    interrupts = Interrupts()
    callbacks += [*watching, Checkpoint(folder, history, epochs), interrupts]
    with interrupts.watching():
        model.fit(
            batches,
            initial_epoch=len(history),
            epochs=epochs,
            validation_data=judged,
            validation_batch_size=batch_size,
            callbacks=callbacks,
            shuffle=False,
            verbose=0,
        )


def predict(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Probabilities of N×28×28 uint8 images: N×K float32."""
    return model.predict(images[..., None].astype(np.float32), batch_size=500, verbose=0)


def calibrate(model: keras.Model, images: np.ndarray, labels: np.ndarray, others: float = 0.0) -> float:
    """Divide the logits by the temperature that fits the validation split best, and set the prior straight.

    Temperature scaling (Guo, Pleiss, Sun and Weinberger, 2017), and for a network with "not a digit" the
    change of its prior from what it met in training to ``EXPECTED_OTHERS`` (Saerens, Latinne and
    Decaestecker, 2002). Both are folded into the last layer's weights, so that every reader of the model has
    calibrated probabilities.

    Args:
        model: its last layer is dense, with a bias, and ends in a softmax.
        images: N×28×28 uint8.
        labels: N.
        others: which share of the training was "not a digit"; 0 where there is no such class.

    Returns:
        The temperature; 1, which changes nothing, where there are too few images.
    """
    last = model.layers[-1]
    kernel, bias = last.get_weights()
    temperature = 1.0
    if len(labels) >= LEAST_TO_CALIBRATE:
        logits = np.log(np.maximum(predict(model, images).astype(np.float64), 1e-30))
        temperature = best_temperature(logits, labels)
    kernel, bias = kernel / temperature, bias / temperature
    if others:
        bias[-1] += prior_shift(others)
    last.set_weights([kernel, bias])
    return temperature


def prior_shift(others: float) -> float:
    """What the logit of "not a digit" gains (loses, where negative) when its share goes from ``others`` to
    ``EXPECTED_OTHERS``."""
    return float(np.log(EXPECTED_OTHERS / (1 - EXPECTED_OTHERS)) - np.log(others / (1 - others)))


def best_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature of least cross-entropy, between 1/4 and 4.

    Args:
        logits: N×K; any constant may be added to a row.
        labels: N, each 0 to K-1.
    """
    rows = np.arange(len(labels))

    def loss(temperature: float) -> float:
        scaled = logits / temperature
        scaled = scaled - scaled.max(1, keepdims=True)
        return float((np.log(np.exp(scaled).sum(1)) - scaled[rows, labels]).mean())

    candidates = np.exp(np.linspace(np.log(0.25), np.log(4), 141))
    return float(min(candidates, key=loss))
