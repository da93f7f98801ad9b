"""Ink is found whichever of pen and paper is darker, in any light and at any size."""

import cv2
import numpy as np
import pytest

from digitcam.ink import _above, _bound, find_ink, merged_ink
from tests.drawings import paper, ring


def inked_share(image: np.ndarray, box: tuple[int, int, int, int], pen: int, dark: bool) -> float:
    """The greatest share, over layers, of the ring's own pixels that a layer of this polarity calls ink."""
    truth = np.zeros(image.shape[:2], np.uint8)
    x, y, width, height = box
    cv2.circle(truth, (x + width // 2, y + height // 2), width // 2 - pen // 2, 255, max(1, pen - 2))
    shares = []
    for layer in find_ink(image):
        if layer.dark == dark:
            mask = cv2.resize(layer.mask, truth.shape[::-1], interpolation=cv2.INTER_NEAREST)
            shares.append((mask[truth > 0] > 0).mean())
    return max(shares)


@pytest.mark.parametrize(("ground", "ink", "dark"), [(200, 40, True), (30, 220, False), (120, 90, True)])
def test_either_polarity_is_ink(ground: int, ink: int, dark: bool) -> None:
    """Dark on light, light on dark and faint writing are all found."""
    image = paper(level=ground)
    assert inked_share(image, ring(image, 300, 200, 25, 6, ink), 6, dark) > 0.9


@pytest.mark.parametrize(("radius", "pen"), [(10, 3), (40, 8), (150, 40)])
def test_small_and_huge_writing_is_ink(radius: int, pen: int) -> None:
    """Digits of 20 to 300 pixels are each found in some layer."""
    image = paper()
    assert inked_share(image, ring(image, 320, 240, radius, pen), pen, True) > 0.9


def test_the_edge_of_a_shadow_is_no_ink() -> None:
    """A hard shadow across the page makes no ink along its edge, and hides none."""
    image = paper()
    box = ring(image, 300, 200, 25, 6)
    image[:, 305:] = (image[:, 305:] * 0.6).astype(np.uint8)
    finest = next(layer for layer in find_ink(image) if layer.dark)
    outside = cv2.resize(finest.mask, image.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    x, y, width, height = box
    outside[y - 3 : y + height + 3, x - 3 : x + width + 3] = 0
    assert not outside.any()
    assert inked_share(image, box, 6, True) > 0.9


def test_the_layers_reach_a_digit_that_fills_the_picture() -> None:
    """The coarsest layer is 40 to 80 pixels on its shorter side."""
    for size in ((1280, 720), (640, 480), (4000, 3000)):
        assert 40 <= min(find_ink(paper(*size))[-1].mask.shape) < 80


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 2), (39, 39)])
def test_tiny_pictures_are_no_trouble(size: tuple[int, int]) -> None:
    """Pictures smaller than any digit give layers without ink."""
    assert not any(layer.mask.any() for layer in find_ink(paper(*size)))


def test_the_merged_map_has_the_size_of_the_frame() -> None:
    """The map for people is H×W uint8 and shows the ink."""
    image = paper()
    x, y, width, height = ring(image, 300, 200, 25, 6)
    merged = merged_ink(find_ink(image), image.shape[:2])
    assert merged.shape == image.shape[:2]
    assert merged[y : y + height, x : x + width].max() == 255


def test_a_faint_stroke_beside_sure_ink_is_kept_whole() -> None:
    """Where a pencil's stroke fades below the threshold for a pixel or two it is not broken."""
    strength = np.zeros((120, 120), np.uint8)
    strength[20:100, 58:62] = 11
    broken = strength.copy()
    broken[55:57, 58:62] = 7  # above 0.8 of what this paper asks for, which is 8
    broken[80:100, 58:62] = 5
    paper = np.full((15, 15), 200, np.uint8)
    mask = _above(broken, _bound(broken, paper))
    assert (mask[20:78, 59:61] == 255).all() and not mask[84:].any() and not mask[:, :54].any()


def test_only_sure_ink_calls_for_the_finest_layer() -> None:
    """Specks little darker than paper may be do not ask for the dearest layer; a small digit does."""
    image = paper(1280, 720)
    ring(image, 600, 350, 60, 12)
    for x in range(100, 500, 40):
        cv2.circle(image, (x, 200), 7, (188,) * 3, -1)
    coarse = next(layer for layer in find_ink(image) if layer.dark)
    assert coarse.scale == 2 and (coarse.mask[90:110, 40:260] > 0).sum() > 100
    ring(image, 200, 500, 7, 2, ink=140)
    assert {layer.dark for layer in find_ink(image) if layer.scale == 1} == {True}


def test_paper_between_dark_strokes_is_no_light_ink() -> None:
    """What a 0 encloses, and the gaps of a row, are lighter than the ink but not than the paper."""
    image = paper()
    for x in range(60, 600, 60):
        ring(image, x, 240, 22, 6)
    light = [layer for layer in find_ink(image) if not layer.dark]
    assert light and not any(layer.mask.any() for layer in light)


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_paper_beside_a_strip_of_dark_desk_along_the_border_is_no_light_ink(side: str) -> None:
    """The paper's level is told right near the frame's border, though a strip of desk runs along it."""
    image = paper(1280, 720)
    desk = {"left": np.s_[:, :26], "right": np.s_[:, -26:], "top": np.s_[:26], "bottom": np.s_[-26:]}[side]
    image[desk] = 60
    cv2.line(image, (0, 360), (1280, 360), (60, 60, 60), 3)
    cv2.line(image, (640, 0), (640, 720), (60, 60, 60), 3)
    light = [layer for layer in find_ink(image) if not layer.dark]
    assert light and not any(layer.mask.any() for layer in light)


def test_noise_does_not_drive_the_threshold_above_the_writing() -> None:
    """Noise that neighbours share, as cameras leave it, asks for less than three times itself."""
    deviation = 12
    shared = np.random.default_rng(2).normal(0, 1, (480, 640)).astype(np.float32)
    shared = cv2.GaussianBlur(shared, (0, 0), 1)
    noisy = paper(level=150)[..., 0] + shared * (deviation / shared.std())
    layers = find_ink(np.clip(noisy, 0, 255).astype(np.uint8))
    bounds = [np.median(layer.bound) for layer in layers if layer.scale in (2, 4)]
    assert len(bounds) == 4
    assert max(bounds) < 3 * deviation
