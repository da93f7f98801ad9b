"""Ink to the network's 28×28 input, in MNIST's convention: the one function that makes it."""

from __future__ import annotations

import cv2
import numpy as np

SIDE = 28
INK_SIDE = 20
# The mean of the centres of mass of MNIST's training images, in pixel indices.
CENTRE = 14.0
# Ink fainter than this share of the strongest does not widen the box.
FAINT = 0.15


def normalise(ink: np.ndarray) -> np.ndarray:
    """Scale and place the ink of one candidate as MNIST's digits are.

    The ink's box is scaled to fit 20×20 with its aspect kept and grey, anti-aliased edges, and
    placed so that its centre of mass is the middle of 28×28 (LeCun, Bottou, Bengio and Haffner,
    "Gradient-Based Learning Applied to Document Recognition", 1998).

    Args:
        ink: H×W uint8, 255 = full ink, 0 = none, of any size; one candidate alone.

    Returns:
        28×28 uint8, full ink at 255; all 0 where there is no ink.
    """
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    peak = int(ink.max(initial=0))
    if peak == 0:
        return canvas
    x, y, width, height = cv2.boundingRect(cv2.threshold(ink, peak * FAINT, 255, cv2.THRESH_BINARY)[1])
    scale = INK_SIDE / max(width, height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(
        ink[y : y + height, x : x + width],
        size,
        interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR,
    )
    small = cv2.convertScaleAbs(small, alpha=255 / max(1, int(small.max())))
    moments = cv2.moments(small)
    left = _place(moments["m10"] / moments["m00"], size[0])
    top = _place(moments["m01"] / moments["m00"], size[1])
    canvas[top : top + size[1], left : left + size[0]] = small
    return canvas


def _place(centre: float, length: int) -> int:
    """The first column (or row) that puts ``centre`` in the middle, kept inside the canvas."""
    return int(min(max(round(CENTRE - centre), 0), SIDE - length))
