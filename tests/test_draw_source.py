"""The paper as a source: a frame whenever something on it has changed, and as soon as the pen is lifted."""

from __future__ import annotations

import numpy as np
import pytest

from digitcam.drawing.strokes import PAPER, Strokes
from digitcam.sources.draw import WHILE_WRITING, DrawSource
from digitcam.types import Frame, Waiting


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_frame_for_each_change() -> None:
    """There is a frame of the empty paper at first, then one for each change, and else nothing is read."""
    strokes, clock = Strokes(), Clock()
    items = iter(DrawSource(strokes, clock))
    first = next(items)
    assert isinstance(first, Frame) and first.size == PAPER and (first.image == 255).all()
    assert (first.index, first.time, first.source, first.still) == (0, 0.0, "draw", False)
    assert all(isinstance(next(items), Waiting) for _ in range(3))
    clock.now += 2.5
    strokes.begin(100, 100)
    strokes.go_on(200, 100)
    strokes.end()
    second = next(items)
    assert isinstance(second, Frame) and (second.index, second.time) == (1, 2.5)
    assert second.image[100, 150].tolist() == [24, 24, 24]
    assert np.array_equal(first.image, np.full_like(first.image, 255)), "frames given are left alone"
    assert isinstance(next(items), Waiting)
    strokes.read_again()
    assert isinstance(next(items), Frame)


def test_while_the_pen_is_down_frames_are_fewer() -> None:
    """While the pen moves frames come at intervals; when it is lifted one comes at once."""
    strokes, clock = Strokes(), Clock()
    items = iter(DrawSource(strokes, clock))
    next(items)
    times = []
    strokes.begin(10, 10)
    for step in range(100):
        clock.now += 0.01
        strokes.go_on(10 + step, 20)
        if isinstance(next(items), Frame):
            times.append(clock.now)
    assert len(times) >= 9 and np.diff(times).min() >= WHILE_WRITING - 1e-6
    assert np.diff(times) == pytest.approx(WHILE_WRITING, abs=0.011)
    strokes.end()
    assert isinstance(next(items), Frame)
