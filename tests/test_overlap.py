"""Likeness finds an image again that was cut and scaled in another way, and tells it from others."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitcam.pages.pen import make_style, write_digit
from digitcam.training import overlap
from digitcam.training.collections import draw_path
from digitcam.training.overlap import COPY_COSINE, COPY_COSINE_ONE, aligned, likeness, may_be_copies
from digitcam.types import LABELS


def hand(seed: int) -> np.ndarray:
    """The ten digits in one hand of the pen model: 10×28×28 uint8."""
    rng = np.random.default_rng(seed)
    style = make_style(rng)
    return np.stack([draw_path(list(write_digit(label, rng, style)), 0.13, rng) for label in LABELS])


def cut_otherwise(image: np.ndarray) -> np.ndarray:
    """The same ink larger, elsewhere and softer, as EMNIST has what MNIST has: 28×28 uint8."""
    move = np.array([[1.2, 0, -3.0], [0, 1.2, -2.6]])
    return cv2.GaussianBlur(cv2.warpAffine(image, move, (28, 28)), (0, 0), 0.4)


def test_a_copy_is_found_however_it_was_cut() -> None:
    """Each digit's other cut is nearest to itself and above the bound; other digits are below it."""
    images = hand(0)
    others = np.stack([cut_otherwise(image) for image in images])
    cosines = aligned(others) @ aligned(images).T
    assert np.array_equal(cosines.argmax(axis=1), np.arange(10))
    assert cosines.diagonal().min() > COPY_COSINE
    different = cosines[~np.eye(10, dtype=bool)]
    assert different.max() < COPY_COSINE and np.median(different) < 0.85


def test_likeness_is_the_largest_cosine_over_all_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """In slices of any size the same as in one piece; progress is told after each; no ink is like nothing."""
    images, others = hand(1)[:7], np.concatenate([hand(2), hand(3)])
    images[3] = 0
    whole = likeness(images, others)
    assert whole == pytest.approx((aligned(images) @ aligned(others).T).max(axis=1), abs=1e-6)
    assert whole[3] == 0 and whole.max() <= 1.0001
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(overlap, "SLICE", 3)
    assert likeness(images, others, lambda done, total: told.append((done, total))) == pytest.approx(whole)
    assert told == [(3, 7), (6, 7), (7, 7)]


def test_ones_have_a_bound_of_their_own() -> None:
    """Ones are all alike: what would make another digit a copy does not make a 1 one."""
    between = (COPY_COSINE + COPY_COSINE_ONE) / 2
    cosines, labels = np.array([between, between, 0.999, 0.5]), np.array([7, 1, 1, 0])
    assert may_be_copies(cosines, labels).tolist() == [True, False, True, False]
    assert may_be_copies(cosines, labels, 0.4, 0.4).all()
