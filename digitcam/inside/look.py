"""A crop on its way through a network: every map, the last features, the answer, and what spoke for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from digitcam.errors import UserError
from digitcam.inside.stages import Stage, features_before, stages_of

# Points of the path along which gradients are added up.
STEPS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a network makes of one crop.

    Attributes:
        crop: 28×28 uint8.
        maps: of each stage H×W×C float32, as Keras gives them.
        features: D float32, what the last layer weighs; empty where that is no dense layer.
        probabilities: K float32.
        answer, second: the likeliest class and the one after it.
        spoke: for each of the two 28×28 float32, how much each pixel spoke for it; below 0 against it.
    """

    crop: np.ndarray
    maps: tuple[np.ndarray, ...]
    features: np.ndarray
    probabilities: np.ndarray
    answer: int
    second: int
    spoke: tuple[np.ndarray, np.ndarray]


class Inside:
    """A network that can be looked into.

    Args:
        path: a ``.keras`` file of a network that takes N×28×28×1, values 0 to 255.

    Attributes:
        stages: what has maps, from the input to the answer.
        dense: features×classes float32, how the last layer weighs them; None where it is no dense layer.

    Raises:
        UserError: it cannot be read, takes something else, or Keras has another backend than TensorFlow.
    """

    def __init__(self, path: Path) -> None:
        from digitcam.keras_door import import_keras, load_keras_model

        model = load_keras_model(path)
        keras = import_keras()
        if keras.backend.backend() != "tensorflow":
            raise UserError(
                f"a look into {path} needs Keras with TensorFlow, not {keras.backend.backend()}: "
                "unset KERAS_BACKEND"
            )
        shape = tuple(model.inputs[0].shape[1:])
        if shape != (28, 28, 1):
            raise UserError(f"{path} is no network of crops: expected an input of 28×28×1, received {shape}")
        self.stages: tuple[Stage, ...] = stages_of(model)
        features, last = features_before(model)
        self.dense = None if last is None else np.asarray(last.kernel, np.float32)
        shown = [model.get_layer(stage.shown).output for stage in self.stages]
        within = [] if features is None else [features]
        self._many = keras.Model(model.inputs, [*shown, *within, *model.outputs])
        self._run, self._gradients = _compiled(keras, model, self._many, features, last)

    def look(self, crop: np.ndarray) -> Look:
        """Send a crop, 28×28 uint8, through the network."""
        batch = crop[None, ..., None].astype(np.float32)
        given = [np.asarray(each)[0] for each in self._run(batch)]
        maps = tuple(given[: len(self.stages)])
        features = given[len(self.stages)] if self.dense is not None else np.zeros(0, np.float32)
        probabilities = given[-1]
        second, answer = (int(place) for place in np.argsort(probabilities, kind="stable")[-2:])
        return Look(crop, maps, features, probabilities, answer, second, self._spoke(batch, answer, second))

    def _spoke(self, batch: np.ndarray, answer: int, second: int) -> tuple[np.ndarray, np.ndarray]:
        """Integrated gradients of both classes' scores, from an empty crop to this one.

        Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks" (2017); together the pixels
        speak for the difference of the scores, by the midpoint rule with ``STEPS`` points.
        """
        at = ((np.arange(STEPS, dtype=np.float32) + 0.5) / STEPS)[:, None, None, None]
        classes = np.repeat(np.array([answer, second], np.int32), STEPS)
        gradients = np.asarray(self._gradients(np.concatenate([at * batch, at * batch]), classes))
        both = gradients.reshape(2, STEPS, 28, 28).mean(1) * batch[0, ..., 0]
        return both[0], both[1]


def _compiled(keras: Any, model: Any, many: Any, features: Any, last: Any) -> tuple[Any, Any]:
    """The network with all its maps, and the gradients of classes' scores by the input, as one graph each."""
    import tensorflow as tf

    before = None if features is None else keras.Model(model.inputs, features)

    @tf.function(input_signature=[tf.TensorSpec((None, 28, 28, 1), tf.float32)])
    def run(batch: Any) -> Any:
        given = many(batch, training=False)
        return given if isinstance(given, (list, tuple)) else [given]

    @tf.function(
        input_signature=[tf.TensorSpec((None, 28, 28, 1), tf.float32), tf.TensorSpec((None,), tf.int32)]
    )
    def gradients(batch: Any, classes: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(batch)
            if before is None:
                scores = tf.math.log(model(batch, training=False) + 1e-7)
            else:
                # Before softmax: there a class's score does not depend on the others'.
                scores = tf.matmul(before(batch, training=False), last.kernel.value)
                scores = scores + (last.bias.value if last.use_bias else 0.0)
            told = tf.reduce_sum(tf.gather(scores, classes, batch_dims=1))
        return tape.gradient(told, batch)

    return run, gradients
