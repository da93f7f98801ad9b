"""How much two crops look alike, and how sharp a crop is: a digit is told from its successor by that."""

from __future__ import annotations

import cv2
import numpy as np

from digitcam.normalise import SIDE

# Crops are softened before they are compared, so that a stroke that lies half a pixel further is the same.
SOFTNESS = 1.5
# Every so many-th of their pixels is compared, so that there are so many.
STEP = 2
SIGNATURE = (SIDE // STEP) ** 2


def signatures(crops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What crops look like, to be compared by ``likeness``, and how sharp they are.

    Sharpness is the energy of the gradient (Tenenbaum, 1970; compared with others by Krotkov, 1987) for the
    ink that there is; it means something between looks at the same digit.

    Args:
        crops: N×28×28 uint8.

    Returns:
        N×196 float32 of length 1 and mean 0, and N float32.
    """
    count, height, width = crops.shape
    if not count:
        return np.zeros((0, SIGNATURE), np.float32), np.zeros(0, np.float32)
    # One above the other, in one call: a crop's border is empty.
    column = crops.reshape(count * height, width)
    soft = cv2.GaussianBlur(column, (0, 0), SOFTNESS).reshape(crops.shape)[:, ::STEP, ::STEP]
    vectors = soft.reshape(count, -1).astype(np.float32)
    vectors -= vectors.mean(1, keepdims=True)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return vectors, _sharpness(crops)


def _sharpness(crops: np.ndarray) -> np.ndarray:
    across = np.diff(crops.astype(np.float32), axis=2)
    down = np.diff(crops.astype(np.float32), axis=1)
    energy = np.square(across).sum((1, 2)) + np.square(down).sum((1, 2))
    return energy / np.maximum(255.0 * crops.sum((1, 2), dtype=np.float32), 1.0)


def likeness(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The correlation of crops: N×M from -1 to 1, of the N×D and M×D of ``signatures``."""
    return first @ second.T
