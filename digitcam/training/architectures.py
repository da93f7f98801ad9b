"""The networks by name. All take N×28×28×1 with values 0 to 255 and give class probabilities.

Keras 3 API alone, so that each trains on TensorFlow, JAX or PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
from keras import layers

INPUT_SHAPE = (28, 28, 1)


def _rescaled_input() -> tuple[keras.KerasTensor, keras.KerasTensor]:
    inputs = keras.Input(INPUT_SHAPE, name="ink")
    return inputs, layers.Rescaling(1 / 255)(inputs)


def _conv(x: keras.KerasTensor, filters: int, stride: int = 1, activate: bool = True) -> keras.KerasTensor:
    x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.98)(x)
    return layers.ReLU()(x) if activate else x


def _residual(x: keras.KerasTensor, filters: int) -> keras.KerasTensor:
    shortcut = x
    x = _conv(_conv(x, filters), filters, activate=False)
    return layers.ReLU()(layers.Add()([x, shortcut]))


def cnn(classes: int) -> keras.Model:
    """The default: a small residual network, 12.7 M multiply-adds and 0.36 M weights.

    All convolutions are 3×3 with batch normalisation, and strides take the place of pooling;
    blocks with identity shortcuts after He, Zhang, Ren and Sun, "Deep Residual Learning for
    Image Recognition" (2016); strided convolutions instead of pooling after Springenberg et al.,
    "Striving for Simplicity" (2015).
    """
    inputs, x = _rescaled_input()
    x = _conv(x, 16)
    x = _conv(x, 32, stride=2)
    x = _residual(x, 32)
    x = _conv(x, 64, stride=2)
    x = _residual(x, 64)
    x = _conv(x, 128, stride=2)
    x = _conv(x, 128)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.4)(x)
    outputs = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(inputs, outputs, name="cnn")


def screen(classes: int) -> keras.Model:
    """What looks at every candidate first: 0.41 M multiply-adds, 0.02 M weights.

    A small network refuses what is plainly no digit, so that the large one sees the rest alone: a
    cascade (Viola and Jones, "Rapid Object Detection using a Boosted Cascade of Simple Features",
    2001). Its strides come early, since most of the work of a convolution is on large maps.
    """
    inputs, x = _rescaled_input()
    x = _conv(x, 8, stride=2)
    x = _conv(x, 16, stride=2)
    x = _conv(x, 20)
    x = _conv(x, 32, stride=2)
    x = _conv(x, 40)
    x = layers.Flatten()(x)
    outputs = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(inputs, outputs, name="screen")


def classic(classes: int) -> keras.Model:
    """The network of a thousand tutorials: 1,199,882 weights with ten classes.

    Keras' example ``mnist_cnn.py`` (Chollet et al., 2015).
    """
    inputs, x = _rescaled_input()
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Dropout(0.25)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128, activation="relu")(x)
    x = layers.Dropout(0.5)(x)
    outputs = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(inputs, outputs, name="classic")


def deep(classes: int) -> keras.Model:
    """Two blocks of convolution, convolution, pooling, dropout, then a dense layer.

    The shape of VGG (Simonyan and Zisserman, 2015) at MNIST's size, as in Keras' example
    ``cifar10_cnn.py`` (Chollet et al., 2015).
    """
    inputs, x = _rescaled_input()
    for filters in (32, 64):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.Conv2D(filters, 3, activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
        x = layers.Dropout(0.25)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(256, activation="relu")(x)
    x = layers.Dropout(0.5)(x)
    outputs = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(inputs, outputs, name="deep")


def mlp(classes: int) -> keras.Model:
    """784–128–128–10: no convolution at all, for comparison (LeCun et al., 1998, section III)."""
    inputs, x = _rescaled_input()
    x = layers.Flatten()(x)
    x = layers.Dense(128, activation="relu")(x)
    x = layers.Dense(128, activation="relu")(x)
    outputs = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(inputs, outputs, name="mlp")


ARCHITECTURES: dict[str, Callable[[int], keras.Model]] = {
    "cnn": cnn,
    "screen": screen,
    "classic": classic,
    "deep": deep,
    "mlp": mlp,
}


def multiply_adds(model: keras.Model) -> int:
    """Multiplications of one forward pass for one digit, convolutions and dense layers counted."""
    total = 0
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D):
            _, height, width, _ = layer.output.shape
            total += height * width * _size(layer.kernel)
        elif isinstance(layer, layers.Dense):
            total += _size(layer.kernel)
    return total


def _size(weight: keras.Variable) -> int:
    size = 1
    for side in weight.shape:
        size *= int(side)
    return size
