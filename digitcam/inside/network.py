"""A Keras model that tells what is on its way through it: its maps, its last features and its answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from digitcam.errors import UserError
from digitcam.inside.stages import Stage, fewer, stages_of


class Network:
    """A model opened up. It may have one other model for its body, as those have that learn upon one.

    Args:
        model: Keras', with TensorFlow; its last layer may be dense.
        name: for messages.

    Attributes:
        stages: what has maps, from the input to the answer.
        dense: features×classes float32, how the last layer weighs them; None where it is no dense layer.

    Raises:
        UserError: it has several other models in it.
    """

    def __init__(self, model: Any, name: str) -> None:
        from digitcam.keras_door import import_keras

        keras = import_keras()
        self._ops = keras.ops
        last: Any = model.layers[-1]
        is_dense = isinstance(last, keras.layers.Dense) and len(last.input.shape) == 2
        self._last = last if is_dense else None
        self.dense = np.asarray(last.kernel, np.float32) if is_dense else None
        stages: list[Stage] = []
        self._parts: list[tuple[Any, int]] = []
        for part, taken in _parts(keras, model, name):
            shown = fewer(stages_of(part))
            stages += shown
            maps = [part.get_layer(stage.shown).output for stage in shown]
            features = [taken] if is_dense and taken is not None else []
            self._parts.append((keras.Model(part.inputs, [*maps, *features, *part.outputs]), len(shown)))
        self.stages = tuple(stages)

    def __call__(self, batch: Any) -> tuple[list[Any], Any, Any]:
        """Maps of each stage, N×H×W×C; the last features, N×D, None without a dense layer; N×K answers."""
        maps: list[Any] = []
        features = None
        for part, count in self._parts:
            given = part(batch, training=False)
            given = list(given) if isinstance(given, (list, tuple)) else [given]
            maps += given[:count]
            features = given[count] if len(given) > count + 1 else None
            batch = given[-1]
        return maps, features, batch

    def scores(self, features: Any, answers: Any) -> Any:
        """N×K, before softmax where that is known: there a class's score does not depend on the others'."""
        if self._last is None:
            return self._ops.log(answers + 1e-7)
        scores = self._ops.matmul(features, self._last.kernel)
        return scores + (self._last.bias if self._last.use_bias else 0.0)


def _parts(keras: Any, model: Any, name: str) -> list[tuple[Any, Any]]:
    """The model as models that follow each other: what stands before its body, the body, and the rest.

    Beside each what its last layer takes, where that is the whole model's last layer.
    """
    layers = model.layers
    bodies = [place for place, layer in enumerate(layers) if isinstance(layer, keras.Model)]
    if not bodies:
        return [(model, layers[-1].input)]
    if len(bodies) > 1:
        raise UserError(f"{name} cannot be looked into: it has {len(bodies)} other networks in it")
    (place,) = bodies
    body = layers[place]
    inputs = taken = outputs = keras.Input(body.output.shape[1:])
    for layer in layers[place + 1 :]:
        taken, outputs = outputs, layer(outputs)
    before = keras.Model(model.inputs, layers[place - 1].output)
    return [(before, None), (body, None), (keras.Model(inputs, outputs), taken)]
