"""What stands before a digit: the gap on its left in its row, at one scale however near the page is.

A sign is smaller than anything that is proposed as a digit, and by itself little more than a speck. What
makes it a sign is where it stands: the look shows it beside the digit, as high over the baseline as it is.
"""

from __future__ import annotations

import cv2
import numpy as np

from digitcam.layer import InkLayer
from digitcam.rows import Rows

# Pixels of a look, and of a digit's height in it.
WIDTH, HEIGHT = 48, 40
DIGIT = 24.0
# The digit's left edge and the row's baseline in it.
EDGE, BASE = 36.0, 28.8
# All of the strength, and of that what the layer takes for ink: ruled lines are in the first alone.
CHANNELS = 2
# The mean strength of the digit's ink comes to this level.
INK = 150.0
# Paler ink would make noise as strong as ink.
LEAST_CONTRAST = 2.0
# A look is taken from the coarsest layer in which the digit is still this high, pixels.
LEAST_HEIGHT = 24.0
# The baseline and the height are the mean over a digit and its neighbours up to this far away, in heights.
NEIGHBOURS = 1.5


class Places:
    """Where N digits' left edges meet their baselines.

    Attributes:
        along, across: N, as in ``Rows``; unit: N, the digits' height there, pixels; angle: as in ``Rows``.
    """

    def __init__(self, rows: Rows) -> None:
        self.angle = rows.angle
        self.along = rows.along - rows.width / 2
        feet = rows.across + rows.height / 2
        total, height, count = feet.copy(), rows.height.copy(), np.ones(len(feet))
        near = np.flatnonzero((rows.following >= 0) & (rows.after <= NEIGHBOURS))
        beside = rows.following[near]
        for one, other in ((near, beside), (beside, near)):
            total[one] += feet[other]
            height[one] += rows.height[other]
            count[one] += 1
        self.across, self.unit = total / count, height / count

    def matrices(self) -> np.ndarray:
        """N×2×3, from pixels of a look to pixels of the picture."""
        step = self.unit / DIGIT
        cosine, sine = np.cos(self.angle), np.sin(self.angle)
        # Along and across of a look's pixel (0, 0), which is counted by its middle.
        first, second = self.along + (0.5 - EDGE) * step, self.across + (0.5 - BASE) * step
        result = np.empty((len(step), 2, 3))
        result[:, 0] = np.stack([step * cosine, -step * sine, first * cosine - second * sine - 0.5], 1)
        result[:, 1] = np.stack([step * sine, step * cosine, first * sine + second * cosine - 0.5], 1)
        return result


def look_before(
    layers: tuple[InkLayer, ...],
    places: Places,
    dark: np.ndarray,
    contrast: np.ndarray,
    chosen: np.ndarray | None = None,
) -> np.ndarray:
    """What stands before each of M of the N digits.

    Args:
        layers: of the picture.
        places: of the digits.
        dark: N bool, whether a digit's ink is darker than the paper.
        contrast: N, mean strength of its ink in grey levels.
        chosen: M indices; by default all.

    Returns:
        M×40×48×2 uint8; all 0 where there is no layer of that polarity.
    """
    chosen = np.arange(len(dark)) if chosen is None else chosen
    looks = np.zeros((len(chosen), HEIGHT, WIDTH, CHANNELS), np.uint8)
    size = WIDTH, HEIGHT
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    gains = INK / np.maximum(contrast, LEAST_CONTRAST)
    matrices = places.matrices()
    for look, i in zip(looks, chosen.tolist(), strict=True):
        layer = layer_for(layers, bool(dark[i]), float(places.unit[i]))
        if layer is None:
            continue
        matrix = matrices[i]
        # Pixels are counted by their middles, of which a layer's lie elsewhere.
        matrix[:, 2] += 0.5
        matrix /= layer.scale
        matrix[:, 2] -= 0.5
        strength = cv2.convertScaleAbs(
            cv2.warpAffine(layer.strength, matrix, size, flags=flags), alpha=gains[i]
        )
        ink = cv2.warpAffine(layer.mask, matrix, size, flags=flags)
        cv2.merge([strength, cv2.min(strength, ink)], dst=look)
    return looks


def layer_for(layers: tuple[InkLayer, ...], dark: bool, height: float) -> InkLayer | None:
    """The layer in which to look beside a digit of this height."""
    own = [layer for layer in layers if layer.dark == dark and layer.whole]
    if not own:
        return None
    fine = [layer for layer in own if height >= LEAST_HEIGHT * layer.scale]
    return max(fine, key=lambda layer: layer.scale) if fine else min(own, key=lambda layer: layer.scale)
