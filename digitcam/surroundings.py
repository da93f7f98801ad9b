"""What stands around a candidate: three looks at the picture, each twice as far as the one before.

A crop holds the candidate's own ink alone. Whether that is a digit or a piece of one, a letter of a word, a
fold of a curtain, is seen in what goes on around it.
"""

from __future__ import annotations

import cv2
import numpy as np

from digitcam.proposals import Candidates

SIDE = 32
# How far each look reaches, in lengths of the candidate's longer side (a "glimpse sensor": Mnih, Heess,
# Graves and Kavukcuoglu, "Recurrent Models of Visual Attention", 2014).
SPANS = (1.6, 3.2, 6.4)
# The candidate's own ink, as the digit network is shown it, comes after them.
CHANNELS = len(SPANS) + 1
# The level of the paper, and by how many levels the candidate's ink stands out from it.
PAPER, INK = 100, 70
# Paler ink would make noise as strong as ink.
LEAST_CONTRAST = 2.0
# A look is taken from the octave of the picture whose pixels are at most this much finer.
FINER = 1.5


def surroundings(picture: np.ndarray, candidates: Candidates, chosen: np.ndarray) -> np.ndarray:
    """Look at the chosen candidates from near and from afar.

    Args:
        picture: H×W uint8 grey, or H×W×3 uint8 where ink differs in colour alone.
        candidates: N of the picture.
        chosen: M indices.

    Returns:
        M×32×32×4 uint8. In the first three channels the paper at the candidate is at 100, and its ink at 170,
        whichever is the darker; the last is its crop, the box in the middle.
    """
    boxes, dark = candidates.boxes[chosen], candidates.dark[chosen]
    # One above the other, so that a candidate's three looks can be levelled in one call.
    looks = np.empty((len(chosen), len(SPANS) * SIDE, SIDE), np.uint8)
    octaves = _octaves_seen(picture, np.unique(dark).tolist())
    for look, box, polarity in zip(looks, boxes.tolist(), dark.tolist(), strict=True):
        for i, span in enumerate(SPANS):
            _look(octaves[polarity], box, span, look[i * SIDE : (i + 1) * SIDE])
    papers = _medians(looks[:, :SIDE:2, ::2]).tolist()
    gains = np.where(dark, -INK, INK) / np.maximum(candidates.contrast[chosen], LEAST_CONTRAST)
    for look, paper, gain in zip(looks, papers, gains.tolist(), strict=True):
        cv2.addWeighted(look, gain, look, 0, PAPER - paper * gain, dst=look)
    result = np.empty((len(chosen), SIDE, SIDE, CHANNELS), np.uint8)
    result[..., :-1] = looks.reshape(len(chosen), len(SPANS), SIDE, SIDE).transpose(0, 2, 3, 1)
    result[..., -1] = _in_the_middle(candidates.crops[chosen])
    return result


def _medians(images: np.ndarray) -> np.ndarray:
    """The upper median of each of N images: N of their type."""
    flat = images.reshape(len(images), images.shape[1] * images.shape[2])
    middle = flat.shape[1] // 2
    return np.partition(flat, middle, axis=1)[:, middle]


def _octaves_seen(picture: np.ndarray, polarities: list[bool]) -> dict[bool, list[np.ndarray]]:
    """The octaves in which each polarity is looked at; those of a grey picture serve both."""
    if picture.ndim == 2:
        return dict.fromkeys(polarities, _octaves(picture))
    return {dark: _octaves(_seen(picture, dark)) for dark in polarities}


def _seen(picture: np.ndarray, dark: bool) -> np.ndarray:
    """H×W×3 to one channel in which ink of this polarity, whatever its colour, differs from the paper."""
    channels = picture[..., 0], picture[..., 1], picture[..., 2]
    join = cv2.min if dark else cv2.max
    return join(join(channels[0], channels[1]), channels[2])


def _octaves(picture: np.ndarray) -> list[np.ndarray]:
    octaves = [picture]
    while min(octaves[-1].shape) >= SIDE // 4:
        height, width = octaves[-1].shape
        octaves.append(cv2.resize(octaves[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA))
    return octaves


def _look(octaves: list[np.ndarray], box: list[int], span: float, look: np.ndarray) -> None:
    """Fill ``look`` with samples of a square around a box, ``span`` of its longer sides wide."""
    x, y, width, height = box
    step, octave = span * max(width, height) / SIDE, 0
    while step >= FINER and octave + 1 < len(octaves):
        step, octave = step / 2, octave + 1
    scale = 2.0**octave
    half = step * (SIDE - 1) / 2
    left, top = (x + width / 2) / scale - 0.5 - half, (y + height / 2) / scale - 0.5 - half
    matrix = np.array([[step, 0, left], [0, step, top]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cv2.warpAffine(
        octaves[octave], matrix, (SIDE, SIDE), dst=look, flags=flags, borderMode=cv2.BORDER_REPLICATE
    )


def _in_the_middle(crops: np.ndarray) -> np.ndarray:
    """N×28×28 crops, which centre the mass, in N×32×32 with the ink's box in the middle, as looks have it."""
    placed = np.zeros((len(crops), SIDE, SIDE), np.uint8)
    for space, crop in zip(placed, crops, strict=True):
        x, y, width, height = cv2.boundingRect(crop)
        top, left = (SIDE - height) // 2, (SIDE - width) // 2
        space[top : top + height, left : left + width] = crop[y : y + height, x : x + width]
    return placed
