"""Frame to ink: a pyramid of maps of thin things that are darker, or lighter, than what lies around them.

A digit 12 to 60 pixels high is found in the layer where it has that size, so that one set of
constants, in pixels of a layer, serves digits of every size.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

# Strokes up to this wide, in pixels of a layer, are ink: a thick pen in a digit 60 pixels high.
STROKE = 25
# The threshold is this share of the strongest ink nearby …
LOCAL_SHARE = 0.5
# … within this distance, about half a digit of the largest kind in a layer …
NEARBY = 33
# … but not less than so many standard deviations of the sensor's noise, nor so many grey levels.
NOISE_FACTOR = 4.0
LEAST_CONTRAST = 10.0
# The coarsest layer is still this high or wide: a digit that fills the picture is 40 to 80 high in it.
LEAST_SIDE = 40


@dataclass(frozen=True, slots=True, eq=False)
class InkLayer:
    """One octave of one polarity.

    Attributes:
        strength: h×w uint8, by how many grey levels a pixel differs from the paper around it.
        mask: h×w uint8, 255 where that is ink, else 0.
        scale: frame pixels per pixel of the layer, 1, 2, 4, …
        dark: whether the ink is darker than the paper.
    """

    strength: np.ndarray
    mask: np.ndarray
    scale: int
    dark: bool


def find_ink(image: np.ndarray) -> tuple[InkLayer, ...]:
    """All layers of ink in a picture, finest first, dark before light.

    The strength is the black-hat (top-hat) transform (Meyer, 1979), which shadows, vignetting and
    edges of paper and desk do not pass.

    Args:
        image: H×W×3 uint8 BGR, or H×W uint8 grey.
    """
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    layers: list[InkLayer] = []
    scale = 1
    while True:
        floor = max(LEAST_CONTRAST, NOISE_FACTOR * noise_level(grey))
        for dark in (True, False):
            strength = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT if dark else cv2.MORPH_TOPHAT, _stroke_element())
            layers.append(InkLayer(strength, _threshold(strength, floor), scale, dark))
        if min(grey.shape) < 2 * LEAST_SIDE:
            return tuple(layers)
        height, width = grey.shape
        grey = cv2.resize(grey, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        scale *= 2


def _stroke_element() -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_RECT, (STROKE, STROKE))


def _threshold(strength: np.ndarray, floor: float) -> np.ndarray:
    """255 where the strength is above half of the strongest nearby and above the floor."""
    height, width = strength.shape
    # The strongest nearby varies slowly: a quarter of the size in each direction will do.
    coarse = cv2.resize(cv2.dilate(strength, np.ones((4, 4), np.uint8)), (-(-width // 4), -(-height // 4)),
                        interpolation=cv2.INTER_NEAREST)
    side = NEARBY // 4 | 1
    nearby = cv2.dilate(coarse, np.ones((side, side), np.uint8))
    bound = cv2.max(cv2.convertScaleAbs(nearby, alpha=LOCAL_SHARE), round(floor))
    bound = cv2.resize(bound, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.compare(strength, bound, cv2.CMP_GT)


def merged_ink(layers: tuple[InkLayer, ...]) -> np.ndarray:
    """One map of all layers for people to look at: H×W uint8, 255 = full ink."""
    height, width = layers[0].mask.shape
    merged = np.zeros((height, width), np.uint8)
    for layer in layers:
        ink = cv2.bitwise_and(layer.strength, layer.mask)
        if ink.any():
            ink = cv2.convertScaleAbs(ink, alpha=255 / int(ink.max()))
            merged = cv2.max(merged, cv2.resize(ink, (width, height), interpolation=cv2.INTER_LINEAR))
    return merged


def noise_level(grey: np.ndarray) -> float:
    """The standard deviation of the pixel noise, in grey levels.

    The median form of Immerkær's estimator ("Fast Noise Variance Estimation", 1996) on every fourth pixel
    of every fourth row, so that lines and edges, which are few, do not count.
    """
    if min(grey.shape) < 8:
        return 0.0
    rows = [grey[i : grey.shape[0] - 2 + i : 4].astype(np.int16) for i in range(3)]
    vertical = rows[0] - 2 * rows[1] + rows[2]
    second = vertical[:, :-2:4] - 2 * vertical[:, 1:-1:4] + vertical[:, 2::4]
    return float(np.median(np.abs(second))) / 0.6745 / 6
