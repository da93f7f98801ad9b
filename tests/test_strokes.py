"""Strokes and their pixels: writing, undo, clearing, the eraser; smooth however fast the mouse was."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitcam.drawing.raster import GROUND, INK, Raster, draw_stroke, smoothed
from digitcam.drawing.strokes import ERASER, PAPER, STEP, THICKEST, THINNEST, WIDTH, Stroke, Strokes


def write(strokes: Strokes, *points: tuple[float, float]) -> None:
    strokes.begin(*points[0])
    for point in points[1:]:
        strokes.go_on(*point)
    strokes.end()


def test_writing_undoing_and_clearing() -> None:
    """Strokes are undone one by one, a clearing too; with nothing left undo says so."""
    strokes = Strokes()
    write(strokes, (10, 10), (50, 10))
    write(strokes, (10, 40), (50, 40))
    assert [stroke.points[0] for stroke in strokes.finished] == [(10, 10), (10, 40)]
    assert strokes.undo() and len(strokes.finished) == 1
    write(strokes, (10, 70))
    strokes.clear()
    assert strokes.empty
    assert strokes.undo() and len(strokes.finished) == 2, "what was cleared is back"
    assert strokes.undo() and strokes.undo() and strokes.empty
    assert not strokes.undo()


def test_a_point_twice_is_once() -> None:
    """Where the mouse stays nothing is added, and without the button nothing is written."""
    strokes = Strokes()
    strokes.go_on(5, 5)
    assert strokes.empty
    strokes.begin(5, 5)
    strokes.go_on(5, 5)
    assert strokes.current is not None and strokes.current.points == ((5, 5),)


def test_every_change_counts() -> None:
    """The version goes up with everything that may be read anew, and with nothing else."""
    strokes = Strokes()
    versions = [strokes.version]
    for change in (
        lambda: strokes.begin(1, 1),
        lambda: strokes.go_on(2, 2),
        strokes.end,
        strokes.undo,
        strokes.clear,
        strokes.read_again,
    ):
        change()
        versions.append(strokes.version)
    assert versions == sorted(set(versions))
    strokes.widen(1)
    strokes.end()
    assert strokes.version == versions[-1]


def test_pen_width_has_limits() -> None:
    """The pen becomes thicker and thinner by equal ratios, within limits; an eraser is wider."""
    strokes = Strokes()
    strokes.widen(1)
    assert strokes.width == pytest.approx(WIDTH * STEP)
    strokes.widen(100)
    assert strokes.width == THICKEST
    strokes.widen(-100)
    assert strokes.width == THINNEST
    strokes.erasing = True
    assert strokes.tip == ERASER * THINNEST


def test_ink_goes_through_every_point() -> None:
    """However far apart the points of a quick mouse are, the line passes through all, without a gap."""
    points = [(30.0, 30.0), (400.0, 60.0), (60.0, 300.0), (440.0, 440.0)]
    strokes = Strokes()
    write(strokes, *points)
    picture = Raster().draw(strokes)
    assert picture.shape == PAPER[::-1] and picture.dtype == np.uint8
    for x, y in points:
        assert picture[int(y), int(x)] == INK
    assert cv2.connectedComponents((picture < 128).astype(np.uint8))[0] == 2, "the paper and one line"
    assert ((picture > INK) & (picture < GROUND)).sum() > 100, "with grey edges"


def test_lines_are_smooth() -> None:
    """A circle told by eight points is round to a few hundredths of its radius, and its points are kept."""
    angles = np.linspace(0, 2 * np.pi, 9)
    circle = 100 * np.column_stack([np.cos(angles), np.sin(angles)])
    line = smoothed(circle)
    radii = np.linalg.norm(line, axis=1)
    inner = radii[len(radii) // 8 : -len(radii) // 8]
    assert abs(inner - 100).max() < 3
    assert all(np.linalg.norm(line - point, axis=1).min() < 1e-6 for point in circle)
    assert np.linalg.norm(np.diff(line, axis=0), axis=1).max() < 4


def test_a_dot_is_round() -> None:
    """A click without a movement leaves a dot as wide as the pen."""
    picture = np.full((40, 40), GROUND, np.uint8)
    draw_stroke(picture, Stroke(((20.0, 20.0),), 10.0), 1.0)
    rows, columns = np.nonzero(picture < 128)
    assert 9 <= np.ptp(rows) + 1 <= 12 and 9 <= np.ptp(columns) + 1 <= 12


def test_raster_draws_what_is_there() -> None:
    """After writing, erasing, undo and clearing in any order the picture is as if drawn afresh."""
    strokes, raster, rng = Strokes(), Raster(0.5), np.random.default_rng(0)
    for step in range(60):
        which = rng.integers(0, 8)
        if which == 0:
            strokes.undo()
        elif which == 1 and step % 7 == 0:
            strokes.clear()
        elif which == 2:
            strokes.erasing = not strokes.erasing
        else:
            strokes.begin(*rng.uniform(0, 480, 2))
            for _ in range(5):
                strokes.go_on(*rng.uniform(0, 480, 2))
                raster.draw(strokes)
            strokes.end()
        assert np.array_equal(raster.draw(strokes), Raster(0.5).draw(strokes))


def test_stroke_under_way_looks_as_it_will() -> None:
    """While it is written a stroke looks as when it is done, but for some grey at its edge."""
    strokes, raster = Strokes(), Raster()
    strokes.begin(100, 100)
    for point in np.random.default_rng(1).uniform(50, 430, (30, 2)):
        strokes.go_on(*point)
        under_way = raster.draw(strokes).astype(int)
    strokes.end()
    assert abs(under_way - raster.draw(strokes)).max() < 128


def test_scale() -> None:
    """At twice the scale the same strokes are twice as large."""
    strokes = Strokes()
    write(strokes, (100, 100), (300, 200))
    one, two = ((Raster(scale).draw(strokes) < 128) for scale in (1.0, 2.0))
    assert two.shape == (2 * PAPER[1], 2 * PAPER[0])
    # A pen is a whole number of pixels wide.
    assert two.sum() == pytest.approx(4 * one.sum(), rel=0.2)
