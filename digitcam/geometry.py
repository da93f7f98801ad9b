"""Boxes in arrays: what pairs of them share. One box alone is ``types.Box``."""

from __future__ import annotations

import numpy as np


def corners(boxes: np.ndarray) -> np.ndarray:
    """N×4 boxes given as x, y, width, height to x0, y0, x1, y1."""
    return np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)


def areas(boxes: np.ndarray) -> np.ndarray:
    """The N areas of boxes given as x0, y0, x1, y1."""
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def shared_areas(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """N×M: the area that each of N boxes shares with each of M, all given as x0, y0, x1, y1."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    size = np.minimum(first[:, None, 2:], second[None, :, 2:]) - low
    return np.maximum(size[..., 0], 0) * np.maximum(size[..., 1], 0)


def pairwise_iou(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """N×M: intersection over union of boxes given as x0, y0, x1, y1."""
    shared = shared_areas(first, second)
    return shared / (areas(first)[:, None] + areas(second)[None] - shared)
