"""Crops to probabilities: LiteRT by default, Keras behind the same door."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from digitcam.errors import UserError, one_line
from digitcam.twin import file_sha256, origin_of, twin_path
from digitcam.types import LABELS
from digitcam.weights_dir import find_weights

NOT_A_DIGIT = "not a digit"
SIDE = 28
DEFAULT_MODEL = "digits.keras"
# Resizing a LiteRT input costs an allocation, so batches are padded to one of these.
BATCHES = (1, 4, 8, 16, 32, 64, 128, 256)

Run = Callable[[np.ndarray], np.ndarray]


class Classifier:
    """A digit network.

    Attributes:
        path: the Keras file.
        engine: ``"LiteRT"`` or ``"Keras"``.
        classes: the ten digits, and "not a digit" for a model with eleven outputs.
    """

    def __init__(self, run: Run, path: Path, engine: str, outputs: int) -> None:
        self._run = run
        self.path = path
        self.engine = engine
        self.classes: tuple[str, ...] = (*LABELS, NOT_A_DIGIT)[:outputs]

    def predict(self, crops: np.ndarray) -> np.ndarray:
        """Probabilities of all crops in one batch.

        Args:
            crops: N×28×28 uint8, N ≥ 0.

        Returns:
            N×K float32, K = ``len(classes)``.
        """
        if crops.shape[1:] != (SIDE, SIDE) or crops.dtype != np.uint8:
            raise ValueError(f"crops must be N×28×28 uint8, received {crops.shape} {crops.dtype}")
        if not len(crops):
            return np.zeros((0, len(self.classes)), np.float32)
        return self._run(crops.astype(np.float32)[..., None])


def load_classifier(model: str | Path | None = None, *, engine: str | None = None) -> Classifier:
    """Open a saved Keras model by way of its LiteRT twin where there is one.

    Args:
        model: a ``.keras`` file; the shipped model by default.
        engine: ``"LiteRT"`` or ``"Keras"`` to insist on one.

    Raises:
        UserError: the file is missing, no model, of the wrong shape, or its twin is of another model.
    """
    path = Path(model) if model is not None else find_weights() / DEFAULT_MODEL
    if not path.is_file():
        raise UserError(f"there is no model file {path}: give --model a .keras file")
    if path.suffix == ".tflite":
        raise UserError(f"{path} is a LiteRT file: give --model the .keras file beside it")
    twin = twin_path(path)
    if engine == "Keras" or (engine is None and not _twin_is_usable(twin)):
        return _open_keras(path)
    return _open_litert(path, twin)


def _twin_is_usable(twin: Path) -> bool:
    if not twin.is_file():
        print(
            f"digitcam: {twin.with_suffix('.keras')} has no LiteRT twin, so Keras runs it (slower to start): "
            f"train.py --export {twin.with_suffix('.keras')} makes one",
            file=sys.stderr,
        )
        return False
    try:
        import ai_edge_litert.interpreter  # noqa: F401
    except ImportError:
        print("digitcam: LiteRT is not installed, so Keras runs the model (slower to start)", file=sys.stderr)
        return False
    return True


def _open_keras(path: Path) -> Classifier:
    from digitcam.keras_door import load_keras_model

    keras_model = load_keras_model(path)
    _check_shapes(path, tuple(keras_model.input_shape), tuple(keras_model.output_shape))
    flat = len(keras_model.input_shape) == 3

    def run(batch: np.ndarray) -> np.ndarray:
        return np.asarray(keras_model.predict_on_batch(batch[..., 0] if flat else batch), np.float32)

    return Classifier(run, path, "Keras", keras_model.output_shape[-1])


def _open_litert(path: Path, twin: Path) -> Classifier:
    from ai_edge_litert.interpreter import Interpreter

    content = twin.read_bytes()
    made_from = origin_of(content).get("keras_sha256")
    if made_from != file_sha256(path):
        raise UserError(
            f"{twin} was not made from {path} (their hashes differ): train.py --export {path} makes it anew"
        )
    try:
        first = Interpreter(model_content=content)
    except ValueError as error:
        raise UserError(
            f"{twin} is not a LiteRT model ({one_line(error)[:80]}): train.py --export {path}"
        ) from error
    taken, given = first.get_input_details()[0], first.get_output_details()[0]
    _check_shapes(path, tuple(taken["shape_signature"]), tuple(given["shape_signature"]))
    return Classifier(_LiteRT(content), path, "LiteRT", int(given["shape"][-1]))


class _LiteRT:
    """One interpreter for each batch size that has been met."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._threads = min(2, os.cpu_count() or 1)
        self._interpreters: dict[int, Any] = {}

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        largest = BATCHES[-1]
        return np.concatenate([self._padded(batch[i : i + largest]) for i in range(0, len(batch), largest)])

    def _padded(self, batch: np.ndarray) -> np.ndarray:
        size = next(size for size in BATCHES if size >= len(batch))
        interpreter = self._interpreters.get(size) or self._open(size)
        whole = interpreter.tensor(interpreter.get_input_details()[0]["index"])()
        whole[: len(batch)] = batch
        whole[len(batch) :] = 0
        # The view into the interpreter's memory must be gone before it runs.
        del whole
        interpreter.invoke()
        return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[: len(batch)]

    def _open(self, size: int) -> Any:
        from ai_edge_litert.interpreter import Interpreter

        interpreter = Interpreter(model_content=self._content, num_threads=self._threads)
        interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], [size, SIDE, SIDE, 1])
        interpreter.allocate_tensors()
        self._interpreters[size] = interpreter
        return interpreter


def _check_shapes(path: Path, taken: tuple, given: tuple) -> None:
    side = (SIDE, SIDE)
    if tuple(taken[1:]) not in (side, (*side, 1)):
        received = "×".join("N" if n in (None, -1) else str(n) for n in taken)
        raise UserError(f"{path} does not take digits: expected an input of N×28×28×1, received {received}")
    if len(given) != 2 or given[-1] not in (len(LABELS), len(LABELS) + 1):
        received = "×".join("N" if n in (None, -1) else str(n) for n in given)
        raise UserError(
            f'{path} does not answer with digits: expected 10 classes, or 11 with "not a digit", received {received}'
        )
