"""Pens: broad and fine, flat tips, ink that stops running, and the strokes of images."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitcam.pages.glyphs import Glyph
from digitcam.pages.inking import Ink, Pen, render
from digitcam.pages.pen import make_style, write_digit


def fresh(*seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def even(width: float, **more: float) -> Pen:
    return Pen(width=width, pressure=0.0, opacity=1.0, soft=0.0, **more)


def holes(ink: Ink) -> int:
    ground = (ink.alpha < 128).astype(np.uint8)
    return cv2.connectedComponents(ground, connectivity=4)[0] - 2


@pytest.mark.parametrize("label", ["0", "8"])
def test_the_broadest_pen_leaves_loops_open(label: str) -> None:
    """A quarter of the height is broader than some loops: then the writer takes a thinner pen."""
    for seed in range(20):
        glyph = Glyph(strokes=write_digit(label, fresh(seed), make_style(fresh(seed, 1))))
        fine, broad = (render(glyph, 200, even(width), fresh(0)) for width in (8.0, 50.0))
        assert (broad.alpha > 0).sum() > (fine.alpha > 0).sum()
        assert min(holes(broad), 1) >= min(holes(fine), 1)


def test_a_flat_tip_is_narrower_along_its_edge() -> None:
    """A tip that lies level draws level strokes thin and upright ones at its full width."""
    pen = even(12.0, flat=0.75, tip=0.0)
    upright, level = np.array([[0, 0], [0, 1]], np.float32), np.array([[0, 0.5], [2, 0.5]], np.float32)
    standing = render(Glyph(strokes=(upright,)), 100, pen, fresh(0))
    both = render(Glyph(strokes=(upright, level)), 100, pen, fresh(0))
    assert standing.size[0] == pytest.approx(12, abs=2)
    column = both.alpha[:, both.corner[0] + both.size[0] - 30] > 128
    assert column.sum() == pytest.approx(3, abs=2)


def test_a_pen_that_skips_leaves_gaps() -> None:
    """A stroke falls into pieces, and its ends stay where they were."""
    stroke = np.array([[0, 0], [0, 0.5], [0, 1]], np.float32)
    whole, broken = (render(Glyph(strokes=(stroke,)), 200, even(6, skips=s), fresh(1)) for s in (0.0, 0.5))
    pieces = [cv2.connectedComponents((ink.alpha > 128).astype(np.uint8))[0] - 1 for ink in (whole, broken)]
    assert pieces[0] == 1 and pieces[1] >= 2
    assert broken.size[1] > 0.75 * whole.size[1]


def test_the_strokes_of_an_image_follow_the_pen() -> None:
    """A fine pen thins them and a broad one thickens them, without breaking or closing the ring."""
    image = np.zeros((20, 20), np.uint8)
    cv2.circle(image, (10, 10), 8, 255, 3)
    glyph = Glyph(image=image)
    inks = [render(glyph, 100, even(width), fresh(0)) for width in (2.0, 15.0, 40.0)]
    areas = [int((ink.alpha > 128).sum()) for ink in inks]
    assert areas[0] < 0.8 * areas[1] and areas[2] > 1.3 * areas[1]
    assert [holes(ink) for ink in inks] == [1, 1, 1]
