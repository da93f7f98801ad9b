"""A crop or a frame on its way through a network: maps, last features, the answer, what spoke for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitcam.errors import UserError
from digitcam.inside.graphs import forward, grad_cam, integrated_gradients
from digitcam.inside.network import Network
from digitcam.inside.stages import Stage
from digitcam.whole.convention import RGB, Convention, prepare

CROP = (28, 28, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a network makes of one crop, or of a frame.

    Attributes:
        shown: the input: a crop of 28×28 uint8, or a frame at the network's size, H×W×3 uint8, BGR.
        maps: of each stage H×W×C float32, as Keras gives them.
        features: D float32, what the last layer weighs; empty where that is no dense layer.
        probabilities: K float32.
        answer, second: the likeliest class and the one after it.
        spoke: for each of the two H×W float32, how much each pixel spoke for it; below 0 against it.
    """

    shown: np.ndarray
    maps: tuple[np.ndarray, ...]
    features: np.ndarray
    probabilities: np.ndarray
    answer: int
    second: int
    spoke: tuple[np.ndarray, np.ndarray]


class Inside:
    """A network that can be looked into.

    Args:
        path: a ``.keras`` file of a network that takes N×28×28×1, values 0 to 255, or whole frames.
        convention: how frames are prepared for it; None for a network of crops.

    Attributes:
        stages: what has maps, from the input to the answer.
        dense: features×classes float32, how the last layer weighs them; None where it is no dense layer.
        shape: height, width and channels of its input.

    Raises:
        UserError: it cannot be read, takes something else, or Keras has another backend than TensorFlow.
    """

    def __init__(self, path: Path, convention: Convention | None = None) -> None:
        from digitcam.keras_door import import_keras, load_keras_model

        model = load_keras_model(path)
        keras = import_keras()
        if keras.backend.backend() != "tensorflow":
            raise UserError(
                f"a look into {path} needs Keras with TensorFlow, not {keras.backend.backend()}: "
                "unset KERAS_BACKEND"
            )
        self._convention = convention
        self.shape = tuple(int(length or 0) for length in model.inputs[0].shape[1:])
        expected = CROP if convention is None else (convention.height, convention.width, 3)
        if self.shape != expected:
            kind, wanted = "crops" if convention is None else "frames", "×".join(map(str, expected))
            raise UserError(
                f"{path} is no network of {kind}: expected an input of {wanted}, received {self.shape}"
            )
        network = Network(model, str(path))
        self.stages: tuple[Stage, ...] = network.stages
        self.dense = network.dense
        self._run = forward(network, self.shape)
        method = integrated_gradients if convention is None or not self.stages else grad_cam
        self._spoke = method(network, self.shape)
        self._last: tuple[np.ndarray, Look] | None = None

    def look(self, image: np.ndarray) -> Look:
        """Send a crop, 28×28 uint8, through the network, or a frame, H×W×3 uint8, BGR.

        The same one again is not sent twice: what has not changed is shown anew for the pointer's sake.
        """
        if self._last is None or not np.array_equal(self._last[0], image):
            self._last = image, self._sent(image)
        return self._last[1]

    def _sent(self, image: np.ndarray) -> Look:
        batch, shown = self._prepared(image)
        maps, features, answers = self._run(batch)
        probabilities = np.asarray(answers)[0]
        second, answer = (int(place) for place in np.argsort(probabilities, kind="stable")[-2:])
        return Look(
            shown,
            tuple(np.asarray(each)[0] for each in maps),
            np.zeros(0, np.float32) if features is None else np.asarray(features)[0],
            probabilities,
            answer,
            second,
            self._spoke(batch, answer, second),
        )

    def _prepared(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The batch of one that the network takes, float32, and what it shows."""
        if self._convention is None:
            return image[None, ..., None].astype(np.float32), image
        prepared = prepare(image, self._convention)
        scale, shift = (np.array(v, np.float32) for v in (self._convention.scale, self._convention.shift))
        levels = np.clip(np.rint((prepared - shift) / scale), 0, 255).astype(np.uint8)
        return prepared[None], levels[..., ::-1] if self._convention.colours == RGB else levels
