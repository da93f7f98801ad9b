"""A Keras model walked from its input to its answer: the stages that have maps, and where their maps look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from digitcam.inside.field import WHOLE, Field, padding_before, together

CONVOLUTION, POOLING = "convolution", "pooling"
# Of a network with more stages the last one of each size is shown.
MOST_STAGES = 12


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A convolution with all that follows it up to the next one, or a pooling.

    Attributes:
        name: of the layer that it begins with; kind: ``CONVOLUTION`` or ``POOLING``.
        shown: the layer whose output is shown: the last one of the stage.
        shape: height, width and number of its maps.
        kernel: kh×kw×inputs×maps float32; None of a pooling, and of what has no kernel for each map.
        field: what each place of its maps sees of the input.
    """

    name: str
    kind: str
    shown: str
    shape: tuple[int, int, int]
    kernel: np.ndarray | None
    field: Field


def stages_of(model: Any, begin: Field = WHOLE) -> tuple[Stage, ...]:
    """The stages of a Keras model without models in it, in the order in which its layers follow each other.

    Layers are told by what they are, not by their names.

    Args:
        begin: what a pixel of the model's input sees of the picture.
    """
    stages: list[Stage] = []
    fields = {id(tensor): begin for tensor in model.inputs}
    for layer in model.layers:
        shape = _maps(layer)
        if shape is None:
            continue
        field = together([fields.get(id(tensor), begin) for tensor in _inputs(layer)] or [begin])
        kind, window = _kind_of(layer)
        if kind is not None:
            field = _through(field, layer, window)
            stages.append(Stage(layer.name, kind, layer.name, shape, _kernel_of(layer), field))
        elif stages and shape == stages[-1].shape:
            last = stages[-1]
            stages[-1] = Stage(last.name, last.kind, layer.name, shape, last.kernel, field)
        fields[id(layer.output)] = field
    return tuple(stages)


def fewer(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """All stages where they are few; else of each size of maps the last, a convolution if there is one."""
    if len(stages) <= MOST_STAGES:
        return tuple(stages)
    last = {stage.shape[:2]: stage for stage in stages}
    last |= {stage.shape[:2]: stage for stage in stages if stage.kernel is not None}
    return tuple(stage for stage in stages if last[stage.shape[:2]] is stage)


def _inputs(layer: Any) -> list[Any]:
    given = layer.input
    return list(given) if isinstance(given, (list, tuple)) else [given]


def _maps(layer: Any) -> tuple[int, int, int] | None:
    """Height, width and number of a layer's maps; None where its output is none."""
    shape: tuple[int | None, ...] = getattr(getattr(layer, "output", None), "shape", ())
    if len(shape) != 4 or any(length is None for length in shape[1:]):
        return None
    _, height, width, count = shape
    return int(height or 0), int(width or 0), int(count or 0)


def _kind_of(layer: Any) -> tuple[str | None, int]:
    """What a layer begins, None for no stage, and the height of its window."""
    from digitcam.keras_door import import_keras

    layers = import_keras().layers
    if isinstance(layer, (layers.Conv2D, layers.DepthwiseConv2D, layers.SeparableConv2D)):
        return CONVOLUTION, int(layer.kernel_size[0])
    if isinstance(layer, (layers.MaxPooling2D, layers.AveragePooling2D)):
        return POOLING, int(layer.pool_size[0])
    return None, 1


def _kernel_of(layer: Any) -> np.ndarray | None:
    """The weights that make each map; of a depthwise convolution each map has one input."""
    from digitcam.keras_door import import_keras

    layers = import_keras().layers
    if isinstance(layer, layers.DepthwiseConv2D):
        kernel = np.asarray(layer.kernel, np.float32)
        return kernel.reshape(*kernel.shape[:2], 1, -1)
    return np.asarray(layer.kernel, np.float32) if isinstance(layer, layers.Conv2D) else None


def _through(field: Field, layer: Any, window: int) -> Field:
    stride = int(layer.strides[0])
    kernel = 1 + (window - 1) * int(getattr(layer, "dilation_rate", (1,))[0])
    before = padding_before(int(layer.input.shape[1]), kernel, stride, layer.padding)
    return field.through(kernel, stride, before)
