"""A digit network in two: a trunk that stays as it is, and a top that learns a hand. Keras 3 API alone.

The last two convolutions and the dense layer hold two thirds of the weights and a quarter of the work.
Training images are kept as the trunk's answers: neither they nor corrections pass through it twice.
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from digitcam.errors import UserError

# Convolutions that belong to the top.
CONVOLUTIONS = 2
BATCH = 500


class Top:
    """The top of a network, as it is being fitted.

    Attributes:
        model: gives probabilities for what the trunk gives; trunk: for N×28×28×1.
        classes: how many probabilities.
    """

    def __init__(self, network: keras.Model, path: Path) -> None:
        """UserError where the network, of ``path``, does not end in a plain chain of such layers."""
        self.network = network
        cut = _place_of_cut(network, path)
        self.trunk = keras.Model(network.inputs, network.layers[cut].output)
        inputs = keras.Input(network.layers[cut].output.shape[1:])
        self._copied = network.layers[cut + 1 :]
        x = inputs
        for layer in self._copied:
            copy = type(layer).from_config(layer.get_config())
            # Running means of a handful of crops would say nothing.
            copy.trainable = not isinstance(copy, keras.layers.BatchNormalization)
            before, x = x, copy(x)
        self.model = keras.Model(inputs, x)
        self._within = keras.Model(inputs, [x, before])
        self.classes = int(x.shape[-1])
        self.reset()

    def reset(self) -> None:
        """Back to the weights of the network."""
        for own, layer in zip(self.model.layers[1:], self._copied, strict=True):
            own.set_weights(layer.get_weights())

    def seen(self, crops: np.ndarray) -> np.ndarray:
        """What the trunk gives for N×28×28 uint8: float32."""
        return _in_parts(self.trunk, crops[..., None])

    def answers(self, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities and last hidden layer for what the trunk gave: N×K and N×D float32."""
        pairs = [self._within.predict_on_batch(seen[i : i + BATCH]) for i in range(0, len(seen), BATCH)]
        first, second = zip(*pairs, strict=True)
        return np.concatenate(first), np.concatenate(second)

    def whole(self) -> keras.Model:
        """A network of its own with the trunk and the top as it is now."""
        network = keras.models.clone_model(self.network)
        network.set_weights(self.network.get_weights())
        for own, layer in zip(network.layers[-len(self._copied) :], self.model.layers[1:], strict=True):
            own.set_weights(layer.get_weights())
        return network


def _place_of_cut(network: keras.Model, path: Path) -> int:
    """The index of the last layer of the trunk."""
    layers = network.layers
    places = [i for i, layer in enumerate(layers) if isinstance(layer, keras.layers.Conv2D)]
    if len(places) > CONVOLUTIONS:
        cut = places[-CONVOLUTIONS] - 1
        pairs = zip(layers[cut:], layers[cut + 1 :], strict=False)
        chained = all(layer.input is before.output for before, layer in pairs)
        if chained and isinstance(layers[-1], keras.layers.Dense):
            return cut
    raise UserError(
        f"{path} cannot be fine-tuned: expected a chain of layers from the last {CONVOLUTIONS} of more "
        "convolutions to a dense one, as in train.py --arch cnn"
    )


def _in_parts(model: keras.Model, batch: np.ndarray) -> np.ndarray:
    parts = [
        model.predict_on_batch(batch[i : i + BATCH].astype(np.float32)) for i in range(0, len(batch), BATCH)
    ]
    return np.concatenate(parts)
