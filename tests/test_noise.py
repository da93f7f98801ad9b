"""Noise is measured as it is, and smoothed away as far as it hides strokes."""

import cv2
import numpy as np
import pytest

from digitcam.noise import noise_level, smoothed


def noisy(deviation: float) -> np.ndarray:
    """A page with writing and Gaussian noise."""
    rng = np.random.default_rng(5)
    image = np.full((480, 640), 150, np.uint8)
    for x in range(40, 600, 60):
        cv2.circle(image, (x, 200), 18, 60, 4, cv2.LINE_AA)
    return np.clip(image + rng.normal(0, deviation, image.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("deviation", [4.0, 12.0, 24.0])
def test_noise_is_measured_beside_writing(deviation: float) -> None:
    """The measured deviation is the true one within a sixth."""
    assert noise_level(noisy(deviation)) == pytest.approx(deviation, rel=1 / 6)


def test_a_clean_picture_is_not_touched() -> None:
    """Without noise nothing is smoothed: thin strokes stay thin."""
    image = noisy(0.0)
    assert noise_level(image) < 0.5
    assert smoothed(image, noise_level(image)) is image


def test_noise_is_brought_down() -> None:
    """Strong noise falls to a third at least, on one channel as on three."""
    image = noisy(20.0)
    assert smoothed(image, 20.0)[:100].std() < image[:100].std() / 3
    colour = cv2.merge([image] * 3)
    assert (smoothed(colour, 20.0)[..., 1] == smoothed(image, 20.0)).all()


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (7, 7)])
def test_tiny_pictures_have_a_noise_level(shape: tuple[int, int]) -> None:
    """A picture of a few pixels is measured, or called clean, without fault."""
    assert noise_level(np.full(shape, 90, np.uint8)) == 0.0
