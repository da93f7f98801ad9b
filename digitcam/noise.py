"""A noisy picture is smoothed before ink is looked for, by as much as its noise asks for and no more."""

from __future__ import annotations

import cv2
import numpy as np

# What noise may be left, a standard deviation in levels.
TOLERATED = 3.0
# In pixels of a layer: a stroke is two or three wide there and must not be smoothed away.
MOST_SMOOTHING = 1.8
LEAST_SMOOTHING = 0.4
# With more noise than this, in levels, the brightest of a stroke's surroundings is noise and not paper: there
# the mean of a square as wide as a common stroke is taken for paper.
LOUD = 4.0
EVENED = 9
# The noise is measured in every so many-th row, between pixels that are this far apart: cameras and
# compression smooth the noise of neighbours.
ROWS = 16
APART = 3


def noise_level(grey: np.ndarray) -> float:
    """The standard deviation of a picture's noise in grey levels.

    What a second difference in both directions leaves of the picture is noise (Immerkær, "Fast noise
    variance estimation", 1996), but for edges and texture, which the median passes over.

    Args:
        grey: H×W uint8.
    """
    if min(grey.shape) <= 2 * APART:
        return 0.0
    count = (len(grey) - 2 * APART - 1) // ROWS + 1
    rows = [grey[i * APART :][::ROWS][:count].astype(np.int16) for i in range(3)]
    down = rows[0] - 2 * rows[1] + rows[2]
    both = down[:, : -2 * APART] - 2 * down[:, APART:-APART] + down[:, 2 * APART :]
    # Such a difference of independent values has six times their deviation.
    return _median(np.abs(both).ravel()) / (6 * 0.6745)


def _median(values: np.ndarray) -> float:
    """The median of many small whole numbers ≥ 0, by counting them."""
    below = np.cumsum(np.bincount(values))
    low, high = np.searchsorted(below, ((len(values) + 1) // 2, len(values) // 2 + 1))
    return float(low + high) / 2


def is_noisy(noise: float) -> bool:
    """Whether noise of this deviation has to be smoothed."""
    return _smoothing(noise) >= LEAST_SMOOTHING


def smoothed(picture: np.ndarray, noise: float) -> np.ndarray:
    """A picture of any number of channels with noise of this deviation brought down to what is tolerated."""
    return cv2.GaussianBlur(picture, (0, 0), _smoothing(noise)) if is_noisy(noise) else picture


def _smoothing(noise: float) -> float:
    # A Gaussian of width σ leaves 1 / (2 √π σ) of the deviation of white noise.
    return float(min(noise / (2 * np.sqrt(np.pi) * TOLERATED), MOST_SMOOTHING))


def evened(picture: np.ndarray, noise: float) -> np.ndarray:
    """A picture to take the level of the paper from: the extremes of noise would lie above and below it."""
    return picture if noise <= LOUD else cv2.blur(picture, (EVENED, EVENED))
