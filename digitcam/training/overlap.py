"""How like two images of handwriting are, so that copies of images that measure are not trained on.

MNIST and EMNIST were cut from the same forms (NIST Special Database 19) and brought to 28×28 in two
different ways. Here both are brought to one form again, and compared.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

# Ink fainter than this does not widen the box: EMNIST's edges are softer than MNIST's.
INK = 50
# The box is scaled to this side, in the middle of a canvas with room for the blur, whose standard
# deviation hides the two ways of scaling and not the hand.
BOX_SIDE, CANVAS_SIDE = 20, 24
BLUR = 0.8
# Images at once: their cosines with 10,000 others take 40 MB.
SLICE = 1024

# Above this cosine two images may be one. With it nine in ten of those above 0.985 are twice as near to
# their first as to their second in MNIST's test set; of those between 0.975 and 0.985 a quarter.
COPY_COSINE = 0.975
# Ones by different hands are as alike as others' copies are: at 0.975 hardly any would remain.
COPY_COSINE_ONE = 0.99

Progress = Callable[[int, int], None]


def aligned(images: np.ndarray) -> np.ndarray:
    """Bring images to one form: the ink's box scaled to fit 20×20, in the middle, blurred, of length 1.

    Args:
        images: N×28×28 uint8, ink white.

    Returns:
        N×576 float32; an image without ink is all 0.
    """
    forms = np.zeros((len(images), CANVAS_SIDE, CANVAS_SIDE), np.float32)
    for form, image in zip(forms, images, strict=True):
        x, y, width, height = cv2.boundingRect(cv2.threshold(image, INK, 255, cv2.THRESH_BINARY)[1])
        if not width:
            continue
        scale = BOX_SIDE / max(width, height)
        columns, rows = max(1, round(width * scale)), max(1, round(height * scale))
        ink = image[y : y + height, x : x + width].astype(np.float32)
        left, top = (CANVAS_SIDE - columns) // 2, (CANVAS_SIDE - rows) // 2
        form[top : top + rows, left : left + columns] = cv2.resize(
            ink, (columns, rows), interpolation=cv2.INTER_AREA
        )
        form[:] = cv2.GaussianBlur(form, (0, 0), BLUR)
    vectors = forms.reshape(len(images), CANVAS_SIDE**2)
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
