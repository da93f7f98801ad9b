"""Networks of whole frames: a body of ``keras.applications`` with a new head, or a small one from scratch.

All take N×S×S×3 with values of 0 to 255, RGB; what a body wants besides is done inside. Keras 3 API alone.
"""

from __future__ import annotations

import sys
from typing import Any

import keras
from keras import layers

from digitcam.errors import UserError
from digitcam.whole.applications import DEFAULT, NoWeights, find_application, probe, told_to_errors
from digitcam.whole.convention import BGR

SMALL = "small"
FAMILY = "imagenet"
# Pixels a side of what the small network takes, and most bodies.
SMALL_SIDE, BODY_SIDE = 96, 224
BODY = "body"


def small(classes: int) -> keras.Model:
    """Four halvings of 3×3 convolutions with batch normalisation, then a mean over the picture.

    The head after Lin, Chen and Yan, "Network In Network" (2014).
    """
    inputs = keras.Input((SMALL_SIDE, SMALL_SIDE, 3), name="frame")
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    for filters in (16, 32, 64, 96):
        for stride in (2, 1):
            x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
            x = layers.BatchNormalization(momentum=0.9)(x)
            x = layers.ReLU()(x)
    x = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(x))
    outputs = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(inputs, outputs, name=SMALL)


def transferred(name: str, classes: int, weights: str | None = "imagenet") -> keras.Model:
    """A body that has learnt ImageNet, frozen, with a new head.

    Yosinski, Clune, Bengio and Lipson, "How transferable are features in deep neural networks?" (2014).

    Args:
        name: as ``keras.applications`` has it.
        weights: None for a body that has learnt nothing, for tests.

    Raises:
        UserError: there is no such body, or its weights cannot be had.
    """
    maker, module = find_application(name)
    try:
        with told_to_errors():
            shape = BODY_SIDE, BODY_SIDE, 3
            body = maker(weights=weights, include_top=False, pooling="avg", input_shape=shape)
    except ValueError as error:
        raise UserError(f"{name} cannot be a body for pictures of {BODY_SIDE} pixels: {error}") from error
    except Exception as error:  # Keras raises whatever its downloads raise
        raise NoWeights(name, error, f"train --arch {SMALL} from scratch") from error
    body.trainable = False
    # A name of its own, by which it is found again in a model that was loaded.
    body.name = BODY
    convention = probe(module.preprocess_input, BODY_SIDE, BODY_SIDE)
    inputs = keras.Input((BODY_SIDE, BODY_SIDE, 3), name="frame")
    x = inputs[..., ::-1] if convention.colours == BGR else inputs
    x = layers.Rescaling(list(convention.scale), offset=list(convention.shift))(x)
    x = layers.Dropout(0.2)(body(x, training=False))
    outputs = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(inputs, outputs, name=name)


def build(architecture: str | None, classes: int) -> tuple[keras.Model, str]:
    """The network for an architecture, and its name.

    Args:
        architecture: ``small``, ``imagenet`` or ``imagenet:NAME``; by default a pretrained body, or where its
            weights cannot be had, the small network, which is said.

    Raises:
        UserError: there is no such architecture, or its weights cannot be had.
    """
    family, _, member = (architecture or FAMILY).partition(":")
    if family == SMALL:
        return small(classes), SMALL
    if family != FAMILY:
        raise UserError(f"--arch {architecture} is not for pictures: expected {SMALL} or {FAMILY}:NAME")
    name = member or DEFAULT
    try:
        return transferred(name, classes), f"{FAMILY}:{name}"
    except NoWeights as error:
        if architecture is not None:
            raise
        print(f"digitcam: {error.why}: a small network learns from scratch instead", file=sys.stderr)
        return small(classes), SMALL


def body_of(model: keras.Model) -> Any:
    """The pretrained body within a model; None where it has none."""
    return next((layer for layer in model.layers if layer.name == BODY), None)
