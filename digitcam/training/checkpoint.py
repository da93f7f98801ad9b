"""What a run leaves behind after each epoch, and how it is taken up again. Keras 3 API alone."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras

from digitcam.errors import UserError, one_line
from digitcam.training.download import write_atomically
from digitcam.training.settings import CHECKPOINT, HISTORY

# Where dropout's random numbers have got to: Keras does not save that with the model.
RANDOM_STATES = "random_states"

History = list[dict[str, Any]]


class Checkpoint(keras.callbacks.Callback):
    """After each epoch: the history and the model with its optimiser, each replaced in one step."""

    def __init__(self, folder: Path, history: History, epochs: int) -> None:
        super().__init__()
        self.folder, self.history, self.epochs = folder, history, epochs
        self._begin = time.monotonic()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._begin = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        seconds = time.monotonic() - self._begin
        values = {name: float(value) for name, value in (logs or {}).items()}
        if not math.isfinite(values["loss"]):
            raise UserError(
                f"the loss of epoch {epoch + 1} is no number any more, which a lower --learning-rate avoids; "
                f"the epochs before it are kept in {self.folder}"
            )
        self.history.append(
            {
                "epoch": epoch + 1,
                **values,
                "learning_rate": float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)),
                "seconds": seconds,
                RANDOM_STATES: [keras.ops.convert_to_numpy(v).tolist() for v in _random_states(self.model)],
            }
        )
        # The history goes first: ``load_checkpoint`` cuts off what is ahead of the model.
        write_text(self.folder / HISTORY, json.dumps(self.history, indent=1))
        save_model(self.model, self.folder / CHECKPOINT, optimizer=True)
        left = (self.epochs - epoch - 1) * seconds / 60
        print(
            f"epoch {epoch + 1}/{self.epochs}  loss {values['loss']:.4f}  "
            f"validation accuracy {values.get('val_accuracy', math.nan):.4%}  "
            f"{seconds:.0f} s, {left:.0f} min left",
            file=sys.stderr,
            flush=True,
        )


def load_history(folder: Path) -> History:
    """One entry for each epoch of a stage that is done; empty where that cannot be read."""
    try:
        return list(json.loads((folder / HISTORY).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return []


def load_checkpoint(folder: Path, steps: int) -> tuple[History, keras.Model] | None:
    """The history up to the last saved epoch and the model as it was then; None where no epoch was saved.

    Args:
        folder: the run's.
        steps: batches in an epoch.

    Raises:
        UserError: what is there cannot be read.
    """
    path = folder / CHECKPOINT
    if not path.exists():
        return None
    try:
        history = json.loads((folder / HISTORY).read_text(encoding="utf-8"))
        model = keras.saving.load_model(path)
        finished = int(keras.ops.convert_to_numpy(model.optimizer.iterations)) // steps
        states = history[finished - 1].get(RANDOM_STATES, [])
    except Exception as error:  # Keras raises whatever its layers raise.
        reason = one_line(error)[:160]
        raise UserError(
            f"the run in {folder} cannot be taken up ({reason}): begin anew in another --output"
        ) from error
    for variable, state in zip(_random_states(model), states, strict=False):
        variable.assign(state)
    return history[:finished], model


def _random_states(model: keras.Model) -> list[keras.Variable]:
    return [v for v in model.variables if v.path.endswith("seed_generator_state")]


def save_model(model: keras.Model, path: Path, *, optimizer: bool = False) -> None:
    """Save, then put in place in one step: a kill or a full disk leaves the old file or the new one."""
    partial = path.with_name(f".{path.stem}.partial.keras")
    if not optimizer:
        bare = type(model).from_config(model.get_config())
        bare.set_weights(model.get_weights())
        model = bare
    with _disk_faults_told(path):
        try:
            model.save(partial)
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file in one step."""
    with _disk_faults_told(path):
        write_atomically(path, (text + "\n").encode())


@contextmanager
def _disk_faults_told(path: Path) -> Iterator[None]:
    """Turn what a full or unwritable disk raises into one line.

    zipfile and h5py raise errors of their own on top of the OSError that says why.
    """
    try:
        yield
    except Exception as error:
        fault: BaseException | None = error
        while fault is not None and not isinstance(fault, OSError):
            fault = fault.__context__
        if fault is None:
            raise
        raise UserError(
            f"cannot write {path}: {one_line(fault)}; what was there is kept: make room, and --resume goes on"
        ) from error
