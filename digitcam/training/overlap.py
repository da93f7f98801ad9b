"""How like two images of handwriting are, so that copies of images that measure are not trained on.

MNIST and EMNIST were cut from the same forms (NIST Special Database 19) and brought to 28×28 in two
different ways. Here both are brought to one form again, and compared.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

# Ink fainter than this has no part in it: EMNIST's edges are softer than MNIST's.
INK = 30
# The form: ink of this radius (root mean square, pixels) in the middle of a square, blurred by a standard
# deviation that hides the two ways of scaling and not the hand.
RADIUS = 7.0
SIDE = 24
BLUR = 0.8
# Images at once: their cosines with 10,000 others take 40 MB.
SLICE = 1024

# Above this cosine two images may be one. Of EMNIST's digits 2.5 % should be in MNIST's test set if both
# were drawn from one pile; 2.6 % are above 0.99, and all that are three times as near to their first as to
# their second in that set are above 0.98.
COPY_COSINE = 0.98
# Ones by different hands are as alike as that: this bound finds 96 in 100 of the copies, and at 0.99 two
# thirds of all ones would go.
COPY_COSINE_ONE = 0.994

Progress = Callable[[int, int], None]


def aligned(images: np.ndarray) -> np.ndarray:
    """Bring images to one form: the ink's centre of mass in the middle, its radius the same, length 1.

    Moments (Hu, 1962) place the ink to a fraction of a pixel, which the edges of its box do not.

    Args:
        images: N×28×28 uint8, ink white.

    Returns:
        N×576 float32; an image without ink is all 0.
    """
    forms = np.zeros((len(images), SIDE, SIDE), np.float32)
    middle = (SIDE - 1) / 2
    for form, image in zip(forms, images, strict=True):
        ink = cv2.threshold(image, INK, 0, cv2.THRESH_TOZERO)[1].astype(np.float32)
        moments = cv2.moments(ink)
        mass, spread = moments["m00"], moments["mu20"] + moments["mu02"]
        if spread <= 0:
            continue
        scale = RADIUS / np.sqrt(spread / mass)
        left, top = (middle - scale * moments[name] / mass for name in ("m10", "m01"))
        matrix = np.array([[scale, 0, left], [0, scale, top]])
        form[:] = cv2.GaussianBlur(cv2.warpAffine(ink, matrix, (SIDE, SIDE)), (0, 0), BLUR)
    vectors = forms.reshape(len(images), SIDE**2)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def likeness(images: np.ndarray, others: np.ndarray, progress: Progress | None = None) -> np.ndarray:
    """For each image the largest cosine that it has with any of ``others``, once both are aligned.

    Args:
        images: N×28×28 uint8.
        others: M×28×28 uint8, M ≥ 1.
        progress: called with (done, N) after each slice.

    Returns:
        N float32, 0 to 1.
    """
    known = aligned(others).T
    nearest = np.zeros(len(images), np.float32)
    for first in range(0, len(images), SLICE):
        some = aligned(images[first : first + SLICE])
        nearest[first : first + SLICE] = (some @ known).max(axis=1)
        if progress:
            progress(min(first + SLICE, len(images)), len(images))
    return nearest


def may_be_copies(
    cosines: np.ndarray,
    labels: np.ndarray,
    bound: float = COPY_COSINE,
    bound_of_ones: float = COPY_COSINE_ONE,
) -> np.ndarray:
    """Which digits are so like another that they may be the same image: N booleans from N cosines."""
    return cosines > np.where(labels == 1, bound_of_ones, bound)
