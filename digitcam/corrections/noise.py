"""Whether a crop shows noise: nothing can be learnt from what that is said to be."""

from __future__ import annotations

import cv2
import numpy as np

# Ink at this level and above makes components; a digit is in no more of them than this. Of 20,000 crops of
# generated pages one in a thousand is in more than 3.
INK, MOST_COMPONENTS = 100, 5
# Of noise that has run together most pixels are grey, and there are no strokes: pixels differ little, by this
# share of the ink, from what is around them (deviation of the Gaussian, pixels).
GREY, MOST_GREY = (25, 200), 150
AROUND, LEAST_DIFFERENCE = 3.0, 0.7


def is_noise(crop: np.ndarray) -> bool:
    """Whether a 28×28 uint8 crop, white ink on black, is empty or shows no strokes."""
    total = float(crop.sum())
    if not total:
        return True
    components = cv2.connectedComponents((crop >= INK).view(np.uint8))[0] - 1
    if components > MOST_COMPONENTS:
        return True
    grey = int(((crop > GREY[0]) & (crop < GREY[1])).sum())
    around = cv2.GaussianBlur(crop, (0, 0), AROUND)
    difference = float(cv2.absdiff(crop, around).sum()) / total
    return grey >= MOST_GREY and difference < LEAST_DIFFERENCE
