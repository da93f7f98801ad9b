"""A network as graphs, each built once: its way forward, and two methods to tell which pixels spoke."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from digitcam.inside.network import Network

# Points of the path along which gradients are added up.
STEPS = 12

# A batch of one, and two classes, to H×W float32 for each: how much each pixel spoke for it, below 0 against.
Attribution = Callable[[np.ndarray, int, int], tuple[np.ndarray, np.ndarray]]


def forward(network: Network, shape: tuple[int, ...]) -> Callable[[np.ndarray], Any]:
    """``network`` with all its maps as one graph, for a batch of inputs of a shape."""
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec((None, *shape), tf.float32)])
    def run(batch: Any) -> Any:
        return network(batch)

    return run


def integrated_gradients(network: Network, shape: tuple[int, ...]) -> Attribution:
    """Integrated gradients of both classes' scores, from an empty input of a shape to the one that is shown.

    Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks" (2017); together the pixels speak
    for the difference of the scores, by the midpoint rule with ``STEPS`` points.
    """
    import tensorflow as tf

    signature = [tf.TensorSpec((None, *shape), tf.float32), tf.TensorSpec((None,), tf.int32)]

    @tf.function(input_signature=signature)
    def gradients(batch: Any, classes: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(batch)
            _, features, answers = network(batch)
            told = tf.reduce_sum(tf.gather(network.scores(features, answers), classes, batch_dims=1))
        return tape.gradient(told, batch)

    at = ((np.arange(STEPS, dtype=np.float32) + 0.5) / STEPS)[:, None, None, None]

    def attribute(batch: np.ndarray, answer: int, second: int) -> tuple[np.ndarray, np.ndarray]:
        classes = np.repeat(np.array([answer, second], np.int32), STEPS)
        slopes = np.asarray(gradients(np.concatenate([at * batch, at * batch]), classes))
        both = (slopes.reshape(2, STEPS, *shape).mean(1) * batch[0]).sum(-1)
        return both[0], both[1]

    return attribute


def grad_cam(network: Network, shape: tuple[int, ...]) -> Attribution:
    """What the last maps say for both classes, each map weighed by how much the score hangs on it.

    Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks" (2017), without cutting off what
    speaks against a class. It takes one run and a short way back, where pictures are too large for more.
    """
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec((1, *shape), tf.float32), tf.TensorSpec((2,), tf.int32)])
    def weighed(batch: Any, classes: Any) -> Any:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(batch)
            maps, features, answers = network(batch)
            told = tf.unstack(tf.gather(network.scores(features, answers)[0], classes))
        slopes = [tape.gradient(score, maps[-1]) for score in told]
        weights = [tf.reduce_mean(slope, axis=(1, 2), keepdims=True) for slope in slopes]
        return tf.stack([tf.reduce_sum(maps[-1] * weight, axis=-1)[0] for weight in weights])

    def attribute(batch: np.ndarray, answer: int, second: int) -> tuple[np.ndarray, np.ndarray]:
        both = np.asarray(weighed(batch, np.array([answer, second], np.int32)))
        size = shape[1], shape[0]
        one, other = (cv2.resize(cam, size, interpolation=cv2.INTER_LINEAR) for cam in both)
        return np.asarray(one), np.asarray(other)

    return attribute
