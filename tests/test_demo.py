"""The demo: a camera that needs no camera, with the truth about every frame."""

from __future__ import annotations

import threading
from itertools import islice

import cv2
import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.sources.base import Source
from digitcam.sources.demo import FEWEST, SECONDS, DemoSource
from digitcam.types import Box, Frame

SIZE = (320, 240)


def film(count: int, step: int = 1, **options: int) -> list[Frame]:
    with DemoSource(size=SIZE, **options) as source:
        return list(islice(source, 0, count, step))


def test_the_demo_is_a_live_source_that_says_what_it_gives() -> None:
    """Name, rate and size can be printed before the first frame; sizes left open are 1280×720 at 30."""
    source = DemoSource(size=None, fps=None)
    assert isinstance(source, Source)
    assert (source.name, source.live, source.film, source.fps) == ("demo", True, True, 30.0)
    assert source.description.startswith("demo: 1280×720 at 30 fps")


def test_frames_are_numbered_and_timed() -> None:
    """Index from 0, time = index / fps, film frames of the size asked for."""
    frames = film(5, fps=10)
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    assert [frame.time for frame in frames] == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4])
    assert all(frame.size == SIZE and not frame.still and frame.source == "demo" for frame in frames)


@pytest.mark.parametrize("seed", range(3))
def test_every_frame_has_all_digits_of_its_page_in_sight(seed: int) -> None:
    """From frame 0 on, through drift, turn and tilt, no digit leaves the picture."""
    frames = film(100, step=9, fps=20, seed=seed)
    labels = ["".join(t.label for t in frame.truth or ()) for frame in frames]
    assert len(labels[0]) >= FEWEST and set(labels) == {labels[0]}
    whole = Box(0, 0, *SIZE)
    assert all(t.box.overlap(whole) == t.box.area for frame in frames for t in frame.truth or ())


def test_the_camera_moves_a_little_from_frame_to_frame() -> None:
    """A hand drifts: boxes move over a second, and by few pixels from one frame to the next."""
    frames = film(31, seed=1)
    middles = np.array([[t.box.centre for t in frame.truth or ()] for frame in frames])
    steps = np.abs(np.diff(middles, axis=0)).max(axis=(1, 2))
    assert steps.max() < 0.03 * SIZE[1]
    assert np.abs(middles[-1] - middles[0]).max() > 1


def test_another_page_follows_and_the_demo_does_not_end() -> None:
    """After some seconds the digits are others."""
    frames = film(round(SECONDS * 4) * 2 + 2, step=round(SECONDS * 4), fps=4)
    texts = ["".join(t.label for t in frame.truth or ()) for frame in frames]
    assert len(texts) == 3 and len(set(texts)) == 3


def test_the_same_seed_gives_the_same_film() -> None:
    """Frames and truth can be compared between runs; another seed shows other pages."""
    first, second, other = film(3, seed=4), film(3, seed=4), film(3, seed=5)
    assert all(
        np.array_equal(a.image, b.image) and a.truth == b.truth for a, b in zip(first, second, strict=True)
    )
    assert not np.array_equal(first[0].image, other[0].image)


def test_boxes_lie_where_the_ink_is() -> None:
    """Inside the boxes there is more contrast than in boxes of the same size pushed aside by two heights."""
    ratios = []
    for seed in range(4):
        (frame,) = film(1, seed=seed)
        grey = cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY).astype(float)
        truth = frame.truth or ()
        taken = np.zeros(grey.shape, bool)
        for t in truth:
            taken[t.box.y : t.box.bottom, t.box.x : t.box.right] = True
        inside = np.mean([grey[t.box.y : t.box.bottom, t.box.x : t.box.right].std() for t in truth])
        beside = []
        for t in truth:
            y = t.box.y + 2 * t.box.height
            part = slice(y, y + t.box.height), slice(t.box.x, t.box.right)
            if y + t.box.height < SIZE[1] and not taken[part].any():
                beside.append(grey[part].std())
        if beside:
            ratios.append(inside / np.mean(beside))
    assert ratios and np.mean(ratios) > 1.5


def test_closing_ends_the_thread_that_draws_ahead() -> None:
    """A source that was left in the middle leaves no work behind."""
    source = DemoSource(size=SIZE)
    next(iter(source))
    source.close()
    source.close()
    for thread in threading.enumerate():
        if thread.name.startswith("demo"):
            thread.join(timeout=30)
            assert not thread.is_alive()


@pytest.mark.parametrize("size", [(100, 720), (1280, 5000)])
def test_a_size_that_cannot_be_drawn_is_refused(size: tuple[int, int]) -> None:
    """One line with the size and what may be asked for."""
    with pytest.raises(
        UserError, match=rf"the demo cannot be {size[0]}×{size[1]}: try a --size between 160×160"
    ):
        DemoSource(size=size)
