"""LiteRT twins of Keras models: opened once, then run on batches of any size."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from digitcam.environment import quiet
from digitcam.errors import UserError, one_line
from digitcam.twin import file_sha256, origin_of, twin_path

# Resizing a LiteRT input costs an allocation, and each size keeps its own activations and weights in memory.
# A batch is taken in slices of these sizes, whose activations stay in the processor's cache, the last padded.
BATCHES = (16, 4)

Shape = tuple[int, ...]


class LiteRT:
    """A network, run by one interpreter for each batch size that has been met.

    Attributes:
        taken: the shape of each input, batch first, -1 where it is open.
        given: of the answer, which is the narrowest output; hidden: of the other one, the last hidden layer,
            None where there is none.
    """

    def __init__(self, content: bytes) -> None:
        """ValueError where the bytes are no LiteRT model."""
        from ai_edge_litert.interpreter import Interpreter

        self._content = content
        self._threads = min(2, os.cpu_count() or 1)
        self._interpreters: dict[int, Any] = {}
        model = Interpreter(model_content=content)
        self.taken: list[Shape] = [tuple(t["shape_signature"]) for t in model.get_input_details()]
        given = [tuple(t["shape_signature"]) for t in model.get_output_details()]
        # How an export orders its outputs is its own affair.
        self._order = sorted(range(len(given)), key=lambda i: given[i][-1])
        self.given: list[Shape] = [given[i] for i in self._order if i == self._order[0] or len(given) > 2]
        self.hidden: Shape | None = given[self._order[1]] if len(given) == 2 else None

    def __call__(self, *inputs: np.ndarray) -> np.ndarray:
        """What the network answers to N ≥ 1 rows of each input; float32.

        Inputs are told apart by their number of axes, for the same reason.
        """
        return self._run(inputs, self._order[:1])[0]

    def look(self, *inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The same, and the last hidden layer, N×D float32; only where there is ``hidden``."""
        answer, hidden = self._run(inputs, self._order)
        return answer, hidden

    def _run(self, inputs: tuple[np.ndarray, ...], outputs: list[int]) -> list[np.ndarray]:
        rows, start, answers = len(inputs[0]), 0, []
        while start < rows:
            size = next((size for size in BATCHES if size <= rows - start), BATCHES[-1])
            answers.append(self._padded([part[start : start + size] for part in inputs], size, outputs))
            start += size
        return [np.concatenate(parts) for parts in zip(*answers, strict=True)]

    def _padded(self, inputs: list[np.ndarray], size: int, outputs: list[int]) -> list[np.ndarray]:
        rows = len(inputs[0])
        interpreter = self._interpreters.get(size) or self.prepare(size)
        for details in interpreter.get_input_details():
            batch = inputs[0] if len(inputs) == 1 else _of_axes(inputs, len(details["shape"]))
            whole = interpreter.tensor(details["index"])()
            whole[:rows] = batch.reshape(-1, *whole.shape[1:])
            whole[rows:] = 0
            # The view into the interpreter's memory must be gone before it runs.
            del whole
        interpreter.invoke()
        details = interpreter.get_output_details()
        return [interpreter.get_tensor(details[i]["index"])[:rows] for i in outputs]

    def prepare(self, size: int) -> Any:
        """The interpreter for batches of ``size``."""
        from ai_edge_litert.interpreter import Interpreter

        interpreter = Interpreter(model_content=self._content, num_threads=self._threads)
        for details in interpreter.get_input_details():
            interpreter.resize_tensor_input(details["index"], [size, *details["shape"][1:]])
        interpreter.allocate_tensors()
        self._interpreters[size] = interpreter
        return interpreter


def open_twin(path: Path) -> LiteRT:
    """The twin of the Keras model at ``path``.

    Raises:
        UserError: there is none, it was made from another model, or it is no LiteRT model.
    """
    twin = twin_path(path)
    if not twin.is_file():
        raise UserError(f"{path} has no LiteRT twin: train.py --export {path} makes one")
    content = twin.read_bytes()
    if origin_of(content).get("keras_sha256") != file_sha256(path):
        raise UserError(
            f"{twin} was not made from {path} (their hashes differ): train.py --export {path} makes it anew"
        )
    try:
        # LiteRT's C++ side announces its delegate on standard error when the first interpreter is made ready.
        with quiet():
            network = LiteRT(content)
            network.prepare(BATCHES[-1])
    except (ValueError, RuntimeError) as error:
        raise UserError(
            f"{twin} is not a LiteRT model ({one_line(error)[:80]}): train.py --export {path} makes it anew"
        ) from error
    return network


def _of_axes(inputs: list[np.ndarray], axes: int) -> np.ndarray:
    return next(part for part in inputs if part.ndim == axes)
