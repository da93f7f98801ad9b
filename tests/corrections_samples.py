"""Corrections for tests."""

from __future__ import annotations

import numpy as np

from digitcam.corrections.correction import CROP, NOT_A_DIGIT, SURROUNDINGS, Correction
from digitcam.types import Box


def make_crop(seed: int = 0) -> np.ndarray:
    """28×28 with a stroke at a place of its own."""
    crop = np.zeros((CROP, CROP), np.uint8)
    crop[4:24, 6 + seed % 14 : 9 + seed % 14] = 255
    return crop


def make_correction(label: int = 7, seed: int = 0, read_as: int = 1, time: float = 1.7e9) -> Correction:
    around = np.random.default_rng(seed).integers(0, 256, (SURROUNDINGS, SURROUNDINGS, 3), np.uint8)
    return Correction(make_crop(seed), around, Box(-3, 5, 20, 40), label, read_as, time + seed, "ab" * 32)


def same(first: Correction, second: Correction) -> bool:
    """Whether two corrections say the same of the same, numbers aside."""
    plain = all(
        getattr(first, name) == getattr(second, name) for name in ("box", "label", "read_as", "time", "model")
    )
    pictures = (np.array_equal(getattr(first, n), getattr(second, n)) for n in ("crop", "surroundings"))
    return plain and all(pictures)


__all__ = ["NOT_A_DIGIT", "make_correction", "make_crop", "same"]
