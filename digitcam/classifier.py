"""Crops to probabilities: LiteRT by default, Keras behind the same door."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from digitcam.errors import UserError
from digitcam.litert import open_twin
from digitcam.models import describe
from digitcam.twin import twin_path
from digitcam.types import LABELS
from digitcam.weights_dir import find_model

NOT_A_DIGIT = "not a digit"
SIDE = 28
# How far the sum of a model's probabilities may be from 1: what eight-bit arithmetic leaves.
SUM_TOLERANCE = 0.02

Run = Callable[[np.ndarray], np.ndarray]
# Probabilities and the last hidden layer.
Look = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


class Classifier:
    """A network of digits, or of other glyphs that the pipe cuts out.

    Attributes:
        path: the Keras file.
        engine: ``"LiteRT"`` or ``"Keras"``.
        classes: as the record names them; else the ten digits, and "not a digit" with eleven outputs.
        sees_within: whether there is a ``look``.
    """

    def __init__(
        self,
        run: Run,
        path: Path,
        engine: str,
        outputs: int,
        look: Look | None = None,
        classes: Sequence[str] | None = None,
    ) -> None:
        self._run = run
        self._look = look
        self.path = path
        self.engine = engine
        self.classes: tuple[str, ...] = tuple(classes or (*LABELS, NOT_A_DIGIT)[:outputs])

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

    @property
    def sees_within(self) -> bool:
        return self._look is not None

    def look(self, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Probabilities of N ≥ 1 crops, and what the last hidden layer says of M of them.

        Returns:
            N×K float32, the M rows that have been looked at (all), and M×D float32.
        """
        assert self._look is not None
        answers, hidden = self._look(crops.astype(np.float32)[..., None])
        return answers, np.arange(len(crops)), hidden

    def hidden(self, crops: np.ndarray) -> np.ndarray:
        """What the last hidden layer says of N ≥ 1 crops: N×D float32."""
        return self.look(crops)[2]


def load_classifier(model: str | Path | None = None, *, engine: str | None = None) -> Classifier:
    """Open a saved Keras model by way of its LiteRT twin where there is one.

    Args:
        model: a ``.keras`` file, or ``personal``; the shipped model by default.
        engine: ``"LiteRT"`` or ``"Keras"`` to insist on one.

    Raises:
        UserError: the file is missing, no model, of the wrong shape, or its twin is of another model.
    """
    path = find_model(model)
    if path.suffix == ".tflite":
        raise UserError(f"{path} is a LiteRT file: give --model the .keras file beside it")
    twin = twin_path(path)
    if engine == "Keras" or (engine is None and not _twin_is_usable(path, twin)):
        return _open_keras(path)
    return _open_litert(path)


def _twin_is_usable(path: Path, twin: Path) -> bool:
    if not twin.is_file():
        print(
            f"digitcam: {path} has no LiteRT twin, so Keras runs it (slower to start): "
            f"train.py --export {path} makes one",
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
    side, outputs = check_keras_shapes(path, keras_model)

    def run(batch: np.ndarray) -> np.ndarray:
        return np.asarray(keras_model.predict_on_batch(batch.reshape(-1, *side)), np.float32)

    _check_answer(path, run)
    within = with_last_hidden(keras_model)
    classes = describe(path).classes
    if within is None:
        return Classifier(run, path, "Keras", outputs, classes=classes)

    def look(batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        answer, hidden = within.predict_on_batch(batch.reshape(-1, *side))
        return np.asarray(answer, np.float32), np.asarray(hidden, np.float32)

    return Classifier(run, path, "Keras", outputs, look, classes)


def _open_litert(path: Path) -> Classifier:
    network = open_twin(path)
    _, outputs = _check_shapes(path, network.taken, network.given)
    _check_answer(path, network)
    look = network.look if network.hidden else None
    return Classifier(network, path, "LiteRT", outputs, look, describe(path).classes)


def with_last_hidden(keras_model: Any) -> Any:
    """The same model with what its last layer takes as a second output; None where that is no N×D.

    Dropout, which does nothing but in training, is no layer in this sense.
    """
    from digitcam.keras_door import import_keras

    keras = import_keras()
    try:
        hidden = keras_model.layers[-1].input
        wide = len(hidden.shape) == 2 and hidden.shape[-1] is not None and hidden.shape[-1] > len(LABELS) + 1
        return keras.Model(keras_model.inputs, [*keras_model.outputs, hidden]) if wide else None
    except (AttributeError, IndexError, TypeError, ValueError):
        return None


def check_keras_shapes(path: Path, keras_model: Any) -> tuple[tuple[int, ...], int]:
    """What a loaded Keras model takes and gives: the shape of one crop, and how many classes.

    Raises:
        UserError: one or the other does not fit digits.
    """
    try:
        taken = [tuple(tensor.shape) for tensor in keras_model.inputs]
        given = [tuple(tensor.shape) for tensor in keras_model.outputs]
    except (AttributeError, TypeError, ValueError) as error:
        raise UserError(
            f"{path} does not say what it takes: expected a model with an input of N×28×28×1, received "
            f"one without a fixed input; save it after it has been built"
        ) from error
    return _check_shapes(path, taken, given)


def _check_shapes(path: Path, taken: list[tuple], given: list[tuple]) -> tuple[tuple[int, ...], int]:
    sides = ((SIDE, SIDE), (SIDE, SIDE, 1))
    if len(taken) != 1 or _is_fixed(taken[0][0]) or taken[0][1:] not in sides:
        raise UserError(
            f"{path} does not take digits: expected an input of N×{SIDE}×{SIDE}×1, "
            f"received {_in_words(taken)}"
        )
    digits = len(LABELS)
    classes = describe(path).classes
    if classes is not None and len(given) == 1 and len(given[0]) == 2:
        if given[0][1] != len(classes):
            raise UserError(
                f"{path} has {given[0][1]} outputs, and its record names {len(classes)} classes: "
                "put the record beside it that was made with it"
            )
        return tuple(int(length) for length in taken[0][1:]), len(classes)
    if len(given) != 1 or len(given[0]) != 2 or given[0][1] not in (digits, digits + 1):
        raise UserError(
            f"{path} does not answer with digits: expected {digits} classes, or {digits + 1} with "
            f'"{NOT_A_DIGIT}", received {_in_words(given)}'
        )
    return tuple(int(length) for length in taken[0][1:]), int(given[0][1])


def _is_fixed(length: int | None) -> bool:
    return length is not None and length >= 0


def _in_words(shapes: list[tuple]) -> str:
    return " and ".join("×".join(str(n) if _is_fixed(n) else "N" for n in shape) for shape in shapes)


def _check_answer(path: Path, run: Run) -> None:
    """Refuse a model whose last layer gives something else than probabilities, such as logits."""
    answer = run(np.zeros((1, SIDE, SIDE, 1), np.float32))[0]
    if not (answer.min() >= -SUM_TOLERANCE and abs(answer.sum() - 1) <= SUM_TOLERANCE):  # NaN fails, too
        raise UserError(
            f"{path} does not answer with probabilities: expected values of at least 0 that sum to 1, "
            f"received {answer.min():.3g} to {answer.max():.3g} with the sum {answer.sum():.3g}; "
            "end it with a softmax"
        )
