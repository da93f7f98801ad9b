"""Ink to the network's 28×28 input, in MNIST's convention: the one room that makes it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

SIDE = 28
INK_SIDE = 20
# The mean of the centres of mass of MNIST's training images, in pixel indices.
CENTRE = 14.0
# Ink fainter than this share of the strongest does not widen the box.
FAINT = 0.15


def normalise(ink: np.ndarray) -> np.ndarray:
    """One candidate's ink as the network is shown it: H×W uint8 to 28×28 uint8, see ``normalise_all``."""
    return normalise_all([ink])[0]


def normalise_all(inks: Sequence[np.ndarray]) -> np.ndarray:
    """Scale and place the ink of each candidate as MNIST's digits are.

    The ink's box is scaled to fit 20×20 with its aspect kept and grey, anti-aliased edges, and
    placed so that its centre of mass is the middle of 28×28 (LeCun, Bottou, Bengio and Haffner,
    "Gradient-Based Learning Applied to Document Recognition", 1998).

    Args:
        inks: N times H×W uint8, 255 = full ink, 0 = none, each of its own size; one candidate alone in each.

    Returns:
        N×28×28 uint8, full ink at 255; all 0 where there is no ink.
    """
    fitted = np.zeros((len(inks), INK_SIDE, INK_SIDE), np.uint8)
    sizes = []
    for space, ink in zip(fitted, inks, strict=True):
        small = _fit(ink)
        height, width = small.shape
        space[:height, :width] = small
        sizes.append((height, width))
    fitted = _brightened(fitted)
    # What is the same for all is done for all at once: a call for each would cost more than its work.
    corners = _corners(fitted, np.array(sizes, int).reshape(-1, 2))
    crops = np.zeros((len(inks), SIDE, SIDE), np.uint8)
    for crop, small, (height, width), (top, left) in zip(crops, fitted, sizes, corners, strict=True):
        crop[top : top + height, left : left + width] = small[:height, :width]
    return crops


def _fit(ink: np.ndarray) -> np.ndarray:
    """The ink's box, scaled so that its longer side is 20; 1×1 without ink where there is none."""
    peak = cv2.norm(ink, cv2.NORM_INF) if ink.size else 0
    if not peak:
        return _NOTHING
    x, y, width, height = cv2.boundingRect(cv2.threshold(ink, peak * FAINT, 255, cv2.THRESH_BINARY)[1])
    scale = INK_SIDE / max(width, height)
    return cv2.resize(
        ink[y : y + height, x : x + width],
        (max(1, round(width * scale)), max(1, round(height * scale))),
        interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR,
    )


_NOTHING = np.zeros((1, 1), np.uint8)


def _brightened(fitted: np.ndarray) -> np.ndarray:
    """N×20×20 uint8 with the strongest ink of each at 255."""
    peaks = np.maximum(fitted.max((1, 2)), 1)
    return np.rint(fitted * (255 / peaks[:, None, None])).astype(np.uint8)


# What a pixel of 20×20 counts for the mass, and for its mean row and column.
_MOMENTS = np.array([(1, *place) for place in np.ndindex(INK_SIDE, INK_SIDE)], np.float32)


def _corners(fitted: np.ndarray, sizes: np.ndarray) -> list[list[int]]:
    """The first row and column in 28×28 that put the centre of mass in the middle, all ink kept inside."""
    mass, *sums = (fitted.reshape(len(fitted), INK_SIDE**2).astype(np.float32) @ _MOMENTS).astype(float).T
    centres = np.array(sums).T / np.maximum(mass, 1)[:, None]
    return np.clip(np.rint(CENTRE - centres), 0, SIDE - sizes).astype(int).tolist()
