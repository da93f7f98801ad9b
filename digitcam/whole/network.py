"""A classifier of whole frames: a LiteRT file, of floating-point numbers or quantised, or a Keras model."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from digitcam.environment import quiet
from digitcam.errors import UserError, one_line
from digitcam.whole.convention import Convention, prepare

# How far the sum of probabilities may be above 1: what eight bits make of a thousand of them. How far below
# does not matter: where a network is in doubt, eight bits make nothing of most.
SUM_TOLERANCE = 0.15

# A prepared frame, H×W×3 float32, to K float32.
Run = Callable[[np.ndarray], np.ndarray]


class WholeNetwork:
    """A network that names what is in a frame.

    Args:
        path: its file, for messages.
        run: what it answers to a prepared frame.
        taken: the shape of its input; whole: whether that is of whole numbers.
        outputs: how many it has.
        classes: their names, in order.
        convention: how frames are prepared; by default as files without a record usually want it.

    Raises:
        UserError: it takes no pictures, or has other outputs than ``classes``.
    """

    def __init__(
        self,
        path: Path,
        run: Run,
        taken: tuple[int, ...],
        whole: bool,
        outputs: int,
        classes: Sequence[str],
        convention: Convention | None = None,
    ) -> None:
        self.path = path
        self.classes = tuple(classes)
        self._run = run
        width, height = _frame_size(path, taken)
        if convention is not None and (convention.width, convention.height) != (width, height):
            raise UserError(
                f"{path} takes frames of {width}×{height}, its record says "
                f"{convention.width}×{convention.height}: make the record anew"
            )
        self.convention = convention or usual_convention(width, height, whole)
        if outputs != len(self.classes):
            raise UserError(
                f"{path} has {outputs} outputs, and {len(self.classes)} classes are named for it: "
                "give it the labels that it was trained with, one for each output"
            )

    def predict(self, image: np.ndarray) -> np.ndarray:
        """Probabilities of the classes for a frame.

        Args:
            image: H×W×3 uint8, BGR.

        Returns:
            K float32, which sum to 1, or less where the network's answer is rounded.
        """
        return as_probabilities(self._run(prepare(image, self.convention)))


def usual_convention(width: int, height: int, whole: bool) -> Convention:
    """What files without a record usually take: whole numbers RGB of 0 to 255, others RGB of -1 to 1.

    That is how the models of TensorFlow's own guides for LiteRT are made (mean 127.5, deviation 127.5).
    """
    if whole:
        return Convention(width, height)
    return Convention(width, height, scale=(1 / 127.5,) * 3, shift=(-1.0,) * 3)


def as_probabilities(answer: np.ndarray) -> np.ndarray:
    """Probabilities from what a network answers, which may be logits: K float32 that sum to 1 at most."""
    total = float(answer.sum())
    if answer.min() >= 0 and total <= 1 + SUM_TOLERANCE:
        return np.asarray(answer / max(1.0, total), np.float32)
    grown = np.exp(answer - answer.max())
    return np.asarray(grown / grown.sum(), np.float32)


def run_litert(path: Path) -> tuple[Run, tuple[int, ...], bool, int]:
    """What a LiteRT file answers, the shape of its input, whether that is of whole numbers, and its outputs.

    Raises:
        UserError: it is no LiteRT file, or no classifier.
    """
    interpreter = _open(path)
    taken, given = interpreter.get_input_details(), interpreter.get_output_details()
    if len(taken) != 1 or len(given) != 1:
        raise UserError(f"{path} is no classifier: expected one input and one output")
    (taken,), (given,) = taken, given

    def run(frame: np.ndarray) -> np.ndarray:
        interpreter.set_tensor(taken["index"], _quantised(frame, taken)[None])
        interpreter.invoke()
        return _real(interpreter.get_tensor(given["index"]), given).ravel()

    whole = bool(np.issubdtype(taken["dtype"], np.integer))
    return run, tuple(int(n) for n in taken["shape"]), whole, int(np.prod(given["shape"]))


def run_keras(path: Path) -> tuple[Run, tuple[int, ...], bool, int]:
    """The same of a Keras model, which takes values of 0 to 255 where its record does not say otherwise."""
    from digitcam.keras_door import load_keras_model

    model = load_keras_model(path)
    try:
        (taken,), (given,) = model.inputs, model.outputs
        shape, outputs = tuple(taken.shape), int(given.shape[-1])
    except (AttributeError, TypeError, ValueError) as error:
        raise UserError(f"{path} is no classifier: expected one input and one output") from error

    def run(frame: np.ndarray) -> np.ndarray:
        return np.asarray(model.predict_on_batch(frame[None]), np.float32).ravel()

    return run, (1, *(int(n or 0) for n in shape[1:])), True, outputs


def _open(path: Path) -> Any:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise UserError(f"{path} needs LiteRT, which is not installed: pip install ai-edge-litert") from error
    try:
        content = path.read_bytes()
        with quiet():  # LiteRT's C++ side announces its delegate on standard error
            interpreter = Interpreter(model_content=content, num_threads=min(2, os.cpu_count() or 1))
            interpreter.allocate_tensors()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {one_line(error)}") from None
    except (ValueError, RuntimeError) as error:
        raise UserError(f"{path} is not a LiteRT model ({one_line(error)[:80]})") from error
    return interpreter


def _frame_size(path: Path, taken: tuple[int, ...]) -> tuple[int, int]:
    """Width and height that a network takes."""
    if len(taken) != 4 or taken[0] != 1 or taken[3] != 3 or min(taken) < 1:
        raise UserError(
            f"{path} does not take whole frames: expected an input of 1×H×W×3, "
            f"received {'×'.join(str(n) if n > 0 else 'N' for n in taken)}"
        )
    return taken[2], taken[1]


def _quantised(values: np.ndarray, details: dict[str, Any]) -> np.ndarray:
    """Values as the input's type has them. Levels of 0 to 255 are a whole-numbered input's own steps."""
    kind = details["dtype"]
    if not np.issubdtype(kind, np.integer):
        return values.astype(kind)
    limits = np.iinfo(kind)
    return np.clip(np.rint(values) + limits.min, limits.min, limits.max).astype(kind)


def _real(answer: np.ndarray, details: dict[str, Any]) -> np.ndarray:
    """A quantised answer as numbers: (q - zero point) · scale."""
    scale, zero = details["quantization"]
    if np.issubdtype(answer.dtype, np.integer) and scale:
        return (answer.astype(np.float32) - zero) * np.float32(scale)
    return answer.astype(np.float32)
