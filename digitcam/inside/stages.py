"""A Keras model walked from its input to its answer: the stages that have maps, and what comes after them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from digitcam.inside.field import WHOLE, Field, padding_before

CONVOLUTION, POOLING = "convolution", "pooling"


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A convolution with all that follows it up to the next one, or a pooling.

    Attributes:
        name: of the layer that it begins with; kind: ``CONVOLUTION`` or ``POOLING``.
        shown: the layer whose output is shown: the last one of the stage.
        shape: height, width and number of its maps.
        kernel: kh×kw×inputs×maps float32; None of a pooling.
        field: what each place of its maps sees of the input.
    """

    name: str
    kind: str
    shown: str
    shape: tuple[int, int, int]
    kernel: np.ndarray | None
    field: Field


def stages_of(model: Any) -> tuple[Stage, ...]:
    """The stages of a Keras model, in the order in which its layers follow each other.

    Layers are told by what they are, not by their names. A shortcut around a stage does not change where its
    maps look.
    """
    from digitcam.keras_door import import_keras

    layers = import_keras().layers
    pools = (layers.MaxPooling2D, layers.AveragePooling2D)
    stages: list[Stage] = []
    field = WHOLE
    for layer in model.layers:
        shape = _maps(layer)
        if shape is None:
            continue
        if isinstance(layer, layers.Conv2D):
            field = _through(field, layer, layer.kernel_size[0])
            kernel = np.asarray(layer.kernel, np.float32)
            stages.append(Stage(layer.name, CONVOLUTION, layer.name, shape, kernel, field))
        elif isinstance(layer, pools):
            field = _through(field, layer, layer.pool_size[0])
            stages.append(Stage(layer.name, POOLING, layer.name, shape, None, field))
        elif stages and shape == stages[-1].shape:
            last = stages[-1]
            stages[-1] = Stage(last.name, last.kind, layer.name, shape, last.kernel, last.field)
    return tuple(stages)


def features_before(model: Any) -> Any:
    """What the last dense layer takes, a tensor of N×D, and that layer; None twice where there is none."""
    from digitcam.keras_door import import_keras

    last = model.layers[-1]
    if isinstance(last, import_keras().layers.Dense) and len(last.input.shape) == 2:
        return last.input, last
    return None, None


def _maps(layer: Any) -> tuple[int, int, int] | None:
    """Height, width and number of a layer's maps; None where its output is none."""
    shape: tuple[int | None, ...] = getattr(getattr(layer, "output", None), "shape", ())
    if len(shape) != 4 or any(length is None for length in shape[1:]):
        return None
    _, height, width, count = shape
    return int(height or 0), int(width or 0), int(count or 0)


def _through(field: Field, layer: Any, size: int) -> Field:
    stride = int(layer.strides[0])
    kernel = 1 + (size - 1) * int(getattr(layer, "dilation_rate", (1,))[0])
    before = padding_before(int(layer.input.shape[1]), kernel, stride, layer.padding)
    return field.through(kernel, stride, before)
