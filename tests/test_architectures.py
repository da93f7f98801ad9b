"""The networks are what their names and sources promise."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from digitcam.commands import train
from digitcam.training.architectures import ARCHITECTURES, multiply_adds
from digitcam.training.recipes import RECIPES


def test_the_classic_network_has_its_known_number_of_weights() -> None:
    """1,199,882, as in every tutorial that prints its summary."""
    assert ARCHITECTURES["classic"](10).count_params() == 1_199_882


def test_the_default_network_is_small() -> None:
    """At most 1.5 million weights and 15 million multiply-adds, with "not a digit" among the classes."""
    model = ARCHITECTURES["cnn"](11)
    assert model.count_params() <= 1_500_000
    assert multiply_adds(model) <= 15_000_000
    assert any(isinstance(layer, layers.BatchNormalization) for layer in model.layers)
    assert f"{multiply_adds(model) / 1e6:.1f} M multiply-adds" in (ARCHITECTURES["cnn"].__doc__ or "")
    assert f"{model.count_params() / 1e6:.2f} M weights" in (ARCHITECTURES["cnn"].__doc__ or "")


def test_the_perceptron_has_two_hidden_layers_of_128() -> None:
    """784–128–128–10."""
    kernels = [layer.kernel.shape for layer in ARCHITECTURES["mlp"](10).layers if hasattr(layer, "kernel")]
    assert kernels == [(784, 128), (128, 128), (128, 10)]


def test_the_deep_network_is_two_blocks_and_a_dense_layer() -> None:
    """Convolution, convolution, pooling, dropout, twice; dense, dropout, output."""
    kinds = [type(layer).__name__ for layer in ARCHITECTURES["deep"](10).layers[2:]]
    block = ["Conv2D", "Conv2D", "MaxPooling2D", "Dropout"]
    assert kinds == [*block, *block, "Flatten", "Dense", "Dropout", "Dense"]


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("classes", [10, 11])
def test_every_network_gives_probabilities(name: str, classes: int) -> None:
    """N×28×28×1 with values to 255 becomes N×K of at least 0 that sum to 1."""
    model = ARCHITECTURES[name](classes)
    batch = np.random.default_rng(1).integers(0, 256, (3, 28, 28, 1)).astype(np.float32)
    assert model.input_shape == (None, 28, 28, 1)
    probabilities = keras.ops.convert_to_numpy(model(batch))
    assert probabilities.shape == (3, classes) and probabilities.min() >= 0
    assert probabilities.sum(1) == pytest.approx(np.ones(3), abs=1e-5)


def test_multiply_adds_are_those_counted_by_hand() -> None:
    """Every output of a convolution costs its kernel, every dense output its inputs."""
    inputs = keras.Input((28, 28, 1))
    x = layers.Conv2D(4, 3)(inputs)  # 26×26 outputs of 4 channels, each 3×3×1
    x = layers.Conv2D(8, 5, strides=2, padding="same")(x)  # 13×13 outputs of 8 channels, each 5×5×4
    x = layers.Dense(10)(layers.Flatten()(layers.MaxPooling2D(2)(x)))  # 6×6×8 inputs
    expected = 26 * 26 * 4 * 9 + 13 * 13 * 8 * 100 + 288 * 10
    assert multiply_adds(keras.Model(inputs, x)) == expected


def test_the_command_knows_every_network_and_each_has_a_recipe() -> None:
    """The names that ``--arch`` takes without importing Keras are those that exist."""
    assert set(train.ARCHITECTURES) == set(ARCHITECTURES) == set(RECIPES)
    assert all(RECIPES[name].architecture == name for name in RECIPES)


def test_every_network_names_its_source() -> None:
    """Each docstring says whose idea it is, with a year."""
    for build in ARCHITECTURES.values():
        assert any(f"{year}" in (build.__doc__ or "") for year in range(1989, 2027))
