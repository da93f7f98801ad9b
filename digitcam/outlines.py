"""A quick look at a layer: what its ink's outlines say before anything costly is done with it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from digitcam.layer import InkLayer

# A thing all of whose ink is weaker than this many thresholds is a speck of the paper or of noise.
SURE = 1.8
# What is wider, in heights, is no digit and no few that touch.
MOST_WIDE = 4.0
# Of the box of a sheet of paper with writing on it more than this is paper, of a frame's or a table's less.
FILLED = 0.45
# A mask is looked over where ink begins or ends at less than this share of the pixels of its rows, and
# where there is no more than one contour for so many pixels: of texture there are more.
SPARSE = 0.03
PIXELS_PER_OUTLINE = 400


def outlines_of(mask: np.ndarray) -> Sequence[np.ndarray] | None:
    """The outer contours of what a mask holds; None where it holds too much to be looked over.

    Following the contours of little ink takes a tenth of the time of labelling every pixel, and the
    finest layers of most frames hold nothing but specks, or what the next layer shows as well.
    """
    if mask.shape[1] > 1 and cv2.countNonZero(cv2.absdiff(mask[:, 1:], mask[:, :-1])) > SPARSE * mask.size:
        return None
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return outlines if PIXELS_PER_OUTLINE * len(outlines) <= mask.size else None


def may_hold_lines(mask: np.ndarray, outlines: Sequence[np.ndarray] | None, length: int) -> bool:
    """Whether something in a mask is ``length`` pixels long and is not filled, as a sheet of paper is."""
    if outlines is None:
        return True
    for outline in outlines:
        x, y, width, height = cv2.boundingRect(outline)
        if max(width, height) < length:
            continue
        ink = cv2.countNonZero(mask[y : y + height, x : x + width])
        if min(width, height) < length / 4 or ink < FILLED * width * height:
            return True
    return False


def holds_ink(layer: InkLayer, least: int, most: int) -> bool:
    """Whether a layer surely holds ink ``least`` to ``most`` pixels high; so it does where nobody looked."""
    if layer.outlines is None:
        return True
    for outline in layer.outlines:
        x, y, width, height = cv2.boundingRect(outline)
        if least <= height <= most and width <= MOST_WIDE * height:
            part = slice(y, y + height), slice(x, x + width)
            sure = cv2.convertScaleAbs(layer.bound[part], alpha=SURE)
            if cv2.countNonZero(cv2.compare(layer.strength[part], sure, cv2.CMP_GE)):
                return True
    return False
