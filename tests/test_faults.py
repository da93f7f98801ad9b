"""Frames as cameras give them on bad days, through the real reader: the run goes on, its files are whole."""

from __future__ import annotations

import gc
import json
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.bench.counted import make_counted_frame
from digitcam.loop import Tally, run_loop
from digitcam.networks import Networks, load_networks
from digitcam.outputs import open_outputs
from digitcam.reader import Reader
from digitcam.sources.base import Source
from digitcam.sources.live import Live
from digitcam.sources.turned import Turned
from digitcam.sources.video import Video
from digitcam.types import Box, Frame
from tests.samples import ScriptedCapture, ScriptedReader, ScriptedSource, frames
from tests.scripted_camera import Camera, Clock, OpenedCamera, SlowReader, SteppedFeed, Watcher

SIZE = (320, 240)
PAGE = make_counted_frame(4, SIZE, np.random.default_rng(4))


@pytest.fixture(scope="module")
def networks() -> Networks:
    return load_networks()


def torn(rng: np.random.Generator) -> np.ndarray:
    """The page with what a broken transfer leaves: rows of garbage, of another place, or of nothing."""
    image = PAGE.image.copy()
    top = int(rng.integers(0, SIZE[1] - 40))
    rows = image[top : top + int(rng.integers(20, SIZE[1] - top))]
    kind = int(rng.integers(3))
    if kind == 0:
        rows[:] = rng.integers(0, 256, rows.shape, np.uint8)
    elif kind == 1:
        rows[:] = np.roll(rows, int(rng.integers(20, 300)), axis=1)
    else:
        rows[:] = (0, 135, 0)  # what an empty YUV picture looks like
    return image


def noise(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 256, PAGE.image.shape, np.uint8)


def flat(value: int) -> Callable[[np.random.Generator], np.ndarray]:
    return lambda rng: np.full_like(PAGE.image, value)


@pytest.mark.parametrize("bad", [flat(0), flat(255), noise, torn], ids=["black", "white", "noise", "torn"])
def test_bad_frames_do_not_stop_the_run(
    networks: Networks, tmp_path: Path, bad: Callable[[np.random.Generator], np.ndarray]
) -> None:
    """Three of ten frames bad, the others as ever: all are read, and the good ones as if nothing had been."""
    rng = np.random.default_rng(7)
    items = [
        Frame(bad(rng) if i % 10 in (2, 5, 6) else PAGE.image, i, i / 25, "camera", still=False)
        for i in range(20)
    ]
    source = ScriptedSource(items)
    outputs = open_outputs(source, json=str(tmp_path / "out.jsonl"), save=str(tmp_path / "out.avi"))
    tally = run_loop(source, Reader(networks, track=False), outputs)
    for output in outputs:
        output.close()
    assert tally.frames == 20
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    good = [
        "".join(d["label"] for d in line["digits"]) for i, line in enumerate(lines) if i % 10 not in (2, 5, 6)
    ]
    assert set(good) == {"0123"}
    if bad is not torn and bad is not noise:
        assert all(not lines[i]["digits"] for i in (2, 5, 6))
    assert cv2.VideoCapture(str(tmp_path / "out.avi")).get(cv2.CAP_PROP_FRAME_COUNT) == 20


@pytest.mark.parametrize("bad", [flat(0), flat(255), noise], ids=["black", "white", "noise"])
def test_bad_frames_do_not_take_digits_from_their_tracks(
    networks: Networks, bad: Callable[[np.random.Generator], np.ndarray]
) -> None:
    """Over single bad frames the digits stay as they were, with their labels and numbers."""
    rng, reader, read = np.random.default_rng(7), Reader(networks), []
    for i in range(20):
        image = bad(rng) if i % 10 in (5, 6) else PAGE.image
        digits = reader.read(Frame(image, i, i / 25, "camera", still=False)).digits
        read.append([(digit.track, digit.label) for digit in digits])
    assert [label for _, label in read[4]] == ["0", "1", "2", "3"]
    assert all(digits == read[4] for digits in read[5:])


def test_frames_that_change_size(networks: Networks, tmp_path: Path) -> None:
    """A camera that changes its size goes on, also with --roi and into a video; the video keeps its size."""
    sizes = [SIZE, (160, 120), (640, 480), (33, 17), SIZE]
    told: list[str] = []
    items = [
        Frame(cv2.resize(PAGE.image, size), i, i / 25, "camera", still=False) for i, size in enumerate(sizes)
    ]
    source = ScriptedSource(items)
    outputs = open_outputs(source, json=str(tmp_path / "out.jsonl"), save=str(tmp_path / "out.avi"))
    roi = Box(100, 20, 200, 200)
    tally = run_loop(source, Reader(networks, roi=roi), outputs, roi=roi, say=told.append)
    for output in outputs:
        output.close()
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [tuple(line["size"]) for line in lines] == sizes and tally.frames == 5
    assert lines[3]["digits"] == [] and lines[0]["digits"] == lines[4]["digits"] != []
    assert told == [
        "--roi 100,20,200,200 lies outside the frame of 33×17 pixels, "
        "which it did not before: nothing is read there"
    ]
    film = cv2.VideoCapture(str(tmp_path / "out.avi"))
    assert film.get(cv2.CAP_PROP_FRAME_COUNT) == 5 and film.read()[1].shape == (240, 320, 3)


def live(camera: Camera, clock: Clock) -> Live:
    """A scripted camera, opened."""

    def opened() -> OpenedCamera:
        return camera.open(0, 0)

    return Live("0", "camera 0", opened(), opened, check="", clock=clock, start=SteppedFeed)


# Slow and fast cameras


@pytest.mark.parametrize(("fps", "work"), [(2, 0.1), (30, 0.01), (30, 0.1), (240, 0.02), (240, 0.0)])
def test_what_is_shown_is_never_old(fps: float, work: float) -> None:
    """Whatever the camera's rate, a frame is shown within one frame and the work on it, and none twice."""
    clock = Clock()
    camera = Camera(clock, fps=fps)
    window = Watcher(clock, lambda w: len(w.frames) >= 100)
    with live(camera, clock) as source:
        run_loop(source, SlowReader(clock, work), window=window, watched=True, clock=clock)
    taken = np.array([frame.time for frame in window.frames])
    ages = np.array(window.times) - (taken + window.times[0] - work)
    assert ages.max() <= 1 / fps + work + 1e-6
    assert (np.diff(taken) > 0).all()
    assert np.diff(taken).mean() == pytest.approx(max(1 / fps, work), rel=0.35)
    assert [frame.index for frame in window.frames] == list(range(100))


# Files of any length


class Endless(ScriptedCapture):
    """The same frame for ever."""

    def __init__(self) -> None:
        super().__init__()
        self._image = np.zeros((24, 32, 3), np.uint8)

    def read(self) -> tuple[bool, np.ndarray | None]:
        return True, self._image.copy()


def endless_frames() -> Iterator[Frame]:
    frame = frames(1, (32, 24))[0]
    index = 0
    while True:
        yield Frame(frame.image.copy(), index, index / 25, "endless", still=False)
        index += 1


def endless_camera() -> Source:
    clock = Clock()
    camera = Camera(clock, away=[(t, t + 0.2) for t in range(1, 200, 10)])
    return live(camera, clock)


@pytest.mark.parametrize(
    "make",
    [lambda: Video("film", Endless()), endless_camera, lambda: Turned(ScriptedSource(endless_frames()), 90)],
    ids=["video", "camera", "turned"],
)
def test_memory_does_not_grow_with_the_film(
    make: Callable[[], Source], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four times as many frames take no more memory: less than four bytes for each further frame."""
    monkeypatch.setattr("digitcam.loop.KEPT", 100)
    with make() as source:
        outputs = open_outputs(source, json=str(tmp_path / "out.jsonl"))
        tally = Tally()
        used: list[int] = []

        def watch(frame: Frame, reading: object) -> None:
            if frame.index in (500, 2500):
                gc.collect()
                used.append(tracemalloc.get_traced_memory()[0])

        reader = SlowReader(Clock(), 0.0)
        # A demo that an earlier test has closed may still be drawing its next page.
        for thread in threading.enumerate():
            if thread.name.startswith("demo"):
                thread.join(10)
        tracemalloc.start()
        try:
            run_loop(source, reader, outputs, max_frames=2501, on_reading=watch, tally=tally)
        finally:
            tracemalloc.stop()
        for output in outputs:
            output.close()
    assert tally.frames == 2501 and used[1] - used[0] < 4 * 2000


def test_the_watch_over_memory_sees_a_leak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that keeps its frames is noticed by that test."""
    monkeypatch.setattr("tests.test_faults.SlowReader", lambda clock, seconds: ScriptedReader())
    with pytest.raises(AssertionError):
        test_memory_does_not_grow_with_the_film(lambda: Video("film", Endless()), tmp_path, monkeypatch)
