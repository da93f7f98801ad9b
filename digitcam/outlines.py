"""A quick look at a layer: what its ink's outlines say before anything costly is done with it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from digitcam.layer import InkLayer

# Ink differs from the paper by at least this share of its contrast: the paper inside a 0 does not.
LEAST_RISE = 0.3
# What is wider, in heights, is no digit and no few that touch.
MOST_WIDE = 4.0
# Of the box of a sheet of paper with writing on it more than this is paper, of a frame's or a table's less.
FILLED = 0.45
# A mask is looked over where ink begins or ends at less than this share of the pixels of its rows, and
# where there are no more contours than this: of noise there are far more.
SPARSE = 0.03
MANY = 500


def outlines_of(mask: np.ndarray) -> Sequence[np.ndarray] | None:
    """The outer contours of what a mask holds; None where it holds too much to be looked over.

    Following the contours of little ink takes a tenth of the time of labelling every pixel, and the
    finest layers of most frames hold nothing but specks, or what the next layer shows as well.
    """
    if mask.shape[1] > 1 and cv2.countNonZero(cv2.absdiff(mask[:, 1:], mask[:, :-1])) > SPARSE * mask.size:
        return None
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return outlines if len(outlines) <= MANY else None


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
    """Whether a layer holds ink from ``least`` to ``most`` pixels high; so it does where nobody looked."""
    if layer.outlines is None:
        return True
    for outline in layer.outlines:
        _, _, width, height = cv2.boundingRect(outline)
        if least <= height <= most and width <= MOST_WIDE * height:
            columns, rows = outline[:, 0].T
            rise, strength = rise_of(layer, rows, columns)
            if rise.sum() >= LEAST_RISE * strength.sum():
                return True
    return False


def rise_of(layer: InkLayer, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By how much pixels are darker (lighter) than the paper, and their strength: float32, uint8."""
    down, across = layer.paper.shape[:2]
    paper = layer.paper[np.minimum(rows >> 3, down - 1), np.minimum(columns >> 3, across - 1)]
    rise = paper.astype(np.float32) - layer.picture[rows, columns]
    rise = rise if layer.dark else -rise
    return (rise if rise.ndim == 1 else rise.max(1, initial=0)), layer.strength[rows, columns]
