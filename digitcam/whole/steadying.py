"""What a film's frames say one after another, made steady: a mean that forgets."""

from __future__ import annotations

import math

import numpy as np

# Seconds until what was seen counts a third. A hand shakes several times a second, people look longer.
MEMORY = 0.4
# After a gap, or with another size, another film begins.
LONGEST_GAP = 1.0


class Steadying:
    """An exponential moving mean over time of K values."""

    def __init__(self) -> None:
        self._mean: np.ndarray | None = None
        self._time = 0.0
        self._size = (0, 0)

    def add(self, values: np.ndarray, time: float, size: tuple[int, int]) -> np.ndarray:
        """The mean with a frame's values: K.

        Args:
            values: K of this frame; time: of it, seconds; size: of it.
        """
        gap = time - self._time
        if self._mean is None or size != self._size or not 0 <= gap <= LONGEST_GAP:
            mean = values
        else:
            kept = math.exp(-gap / MEMORY)
            mean = kept * self._mean + (1 - kept) * values
        self._mean, self._time, self._size = mean, time, size
        return mean
