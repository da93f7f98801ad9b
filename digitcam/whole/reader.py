"""Frames to the names of what is in them: the likeliest few, steady over a film."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from digitcam.types import Box, Frame, Named, Reading
from digitcam.whole.network import WholeNetwork
from digitcam.whole.steadying import Steadying

MOST_NAMED = 5


class WholeReader:
    """Names what is in frames.

    Args:
        network: shown each frame as a whole.
        conf: the least probability for a name to be told; by default the likeliest five are.
        roi: the part of the frame to look at, in frame pixels.
        steady: whether frames of a film are read in the light of those before.
        clock: seconds, for the times of the steps.
    """

    def __init__(
        self,
        network: WholeNetwork,
        *,
        conf: float | None = None,
        roi: Box | None = None,
        steady: bool = True,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._network = network
        self._least = conf or 0.0
        self._roi = roi
        self._steadying = Steadying() if steady else None
        self._clock = clock

    def read(self, frame: Frame | np.ndarray) -> Reading:
        """The likeliest classes of one frame, or of an H×W×3 uint8 picture (BGR), which counts as a still.

        Raises:
            ValueError: the array has another shape or type; TypeError: it is no array.
        """
        frame = Frame.of(frame)
        start = self._clock()
        values = self._network.predict(self._part(frame.image))
        classified = self._clock()
        if self._steadying is not None and not frame.still:
            values = self._steadying.add(values, frame.time, frame.size)
        best = np.argsort(-values, kind="stable")[:MOST_NAMED]
        named = (Named(self._network.classes[i], float(values[i])) for i in best)
        told = tuple(name for name in named if name.confidence >= self._least)
        ms = {"classify": 1e3 * (classified - start), "total": 1e3 * (self._clock() - start)}
        return Reading(frame.source, frame.index, frame.time, frame.size, (), ms=ms, classes=told)

    def _part(self, image: np.ndarray) -> np.ndarray:
        if self._roi is None:
            return image
        x, y = min(self._roi.x, image.shape[1] - 1), min(self._roi.y, image.shape[0] - 1)
        return image[max(0, y) : max(1, self._roi.bottom), max(0, x) : max(1, self._roi.right)]
