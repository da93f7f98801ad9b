"""Numbers as colours: maps from dark to bright, weights and what speaks for or against in two colours."""

from __future__ import annotations

import cv2
import numpy as np

# For and against: orange and blue of the palette of Okabe and Ito (2008), BGR.
FOR, AGAINST = np.array((0, 159, 230), np.float32), np.array((178, 114, 0), np.float32)
GROUND = 40


def as_heat(values: np.ndarray, most: float | None = None) -> np.ndarray:
    """H×W from 0 to ``most`` (by default its own maximum) as H×W×3 uint8, in viridis."""
    top = float(values.max(initial=0.0)) if most is None else most
    grey = np.clip(values * (255.0 / max(top, 1e-9)), 0, 255).astype(np.uint8)
    return cv2.applyColorMap(np.ascontiguousarray(grey), cv2.COLORMAP_VIRIDIS)


def as_signed(values: np.ndarray, most: float | None = None) -> np.ndarray:
    """H×W, above 0 orange and below 0 blue, as H×W×3 uint8; full at ``most``."""
    top = float(np.abs(values).max(initial=0.0)) if most is None else most
    share = np.clip(values / max(top, 1e-9), -1, 1)[..., None]
    colours = np.where(share >= 0, FOR, AGAINST) * np.abs(share)
    return np.rint(GROUND * (1 - np.abs(share)) + colours).astype(np.uint8)


def mosaic(maps: np.ndarray, columns: int, gap: int = 1, ground: float = 0.0) -> np.ndarray:
    """H×W×C maps in rows of ``columns``, with ``gap`` places of ``ground`` after each: 2-D float32."""
    height, width, count = maps.shape
    rows = -(-count // columns)
    cells = np.full((rows * columns, height + gap, width + gap), ground, np.float32)
    cells[:count, :height, :width] = maps.transpose(2, 0, 1)
    cells = cells.reshape(rows, columns, height + gap, width + gap).transpose(0, 2, 1, 3)
    return cells.reshape(rows * (height + gap), columns * (width + gap))


def in_colour(picture: np.ndarray) -> np.ndarray:
    """H×W or H×W×3 uint8 as H×W×3."""
    return np.repeat(picture[..., None], 3, 2) if picture.ndim == 2 else picture


def enlarged(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A picture at a width and height, its pixels as squares where it grows."""
    grows = size[0] >= picture.shape[1] and size[1] >= picture.shape[0]
    return cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST if grows else cv2.INTER_AREA)
