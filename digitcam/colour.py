"""Which of a picture's channels the ink is looked for in: the grey level, or each colour by itself.

Green ink on brown paper, or red on a blue note, can be as bright as the paper and plain to see. Looking at
three channels costs three times as much, so it is done only for pictures that show such ink.
"""

from __future__ import annotations

import cv2
import numpy as np

# The look is taken at a quarter of the frame's size, where thin strokes still show; two halvings are three
# times faster than one quartering.
HALVINGS = 2
# Strokes up to this wide are ink, in pixels of that look.
STROKE = 9
# Ink stands out by this many levels and by this many times the picture's own texture: in a channel by
# twice as much, where it does not so in grey.
LEAST_CONTRAST = 12
TEXTURE_FACTOR = 4.0
GAIN = 2.0
# Ink of one digit of twelve pixels in that look.
LEAST_INK = 24


def to_grey(image: np.ndarray) -> np.ndarray:
    """H×W×3 uint8 BGR, or H×W uint8 already, to H×W uint8."""
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)


def strongest(levels: np.ndarray) -> np.ndarray:
    """The greatest of the channels at each pixel: H×W, from H×W or H×W×3."""
    return levels if levels.ndim == 2 else cv2.max(cv2.max(levels[..., 0], levels[..., 1]), levels[..., 2])


def useful_channels(image: np.ndarray) -> np.ndarray:
    """The picture that ink is looked for in: grey, or all channels where ink differs in colour alone.

    Args:
        image: H×W×3 uint8 BGR, or H×W uint8 grey.

    Returns:
        H×W uint8, or H×W×3 uint8.
    """
    return image if image.ndim == 2 or has_coloured_ink(image) else to_grey(image)


def has_coloured_ink(image: np.ndarray) -> bool:
    """Whether an H×W×3 picture shows ink that differs from the paper in colour alone."""
    height, width = image.shape[:2]
    if min(height, width) < STROKE << HALVINGS:
        return False
    small = image
    for halving in range(1, HALVINGS + 1):
        size = width >> halving, height >> halving
        small = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
    grey = to_grey(small)
    element = np.ones((STROKE, STROKE), np.uint8)
    for operation in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT):
        colour = cv2.morphologyEx(small, operation, element)
        best = strongest(colour)
        plain = cv2.morphologyEx(grey, operation, element)
        hidden = (best > GAIN * _bound(best)) & (plain < _bound(plain))
        if np.count_nonzero(hidden) >= LEAST_INK:
            return True
    return False


def _bound(strength: np.ndarray) -> float:
    return max(LEAST_CONTRAST, TEXTURE_FACTOR * float(np.median(strength[::4, ::4])))
