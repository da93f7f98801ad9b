"""A camera or stream that stops: opened anew with growing pauses, told, and given up where nobody looks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest

from digitcam.absence import LONGEST, Absence
from digitcam.errors import UserError
from digitcam.loop import run_loop
from digitcam.sources.base import Source
from digitcam.sources.camera import open_camera
from digitcam.sources.live import PATIENCE, Live
from digitcam.sources.newest import NewestFrame
from digitcam.sources.stream import open_stream
from digitcam.sources.turned import Turned
from digitcam.types import Frame, Waiting
from tests.samples import ScriptedCapture, ScriptedReader
from tests.scripted_camera import Camera, Clock, SteppedFeed, Watcher
from tests.shell import Run, make_shell, wait_until


@pytest.fixture(autouse=True)
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    """The camera is asked as on Linux, wherever the test runs."""
    monkeypatch.setattr("digitcam.sources.camera.backends", lambda: (("V4L2", cv2.CAP_V4L2),))
    monkeypatch.setattr("digitcam.sources.camera._reason", lambda index: f"there is no /dev/video{index}")
    monkeypatch.setattr("sys.platform", "linux")


def open_scripted(camera: Camera) -> Source:
    return open_camera(0, factory=camera.open, clock=camera.clock, start=SteppedFeed)


def test_back_after_three_seconds() -> None:
    """A camera that is lost and comes back goes on: numbers without a gap, times with the gap in them."""
    clock = Clock()
    camera = Camera(clock, away=[(1.0, 4.0)])
    told: list[str] = []
    watcher = Watcher(clock, lambda w: len(w.frames) >= 60)
    with open_scripted(camera) as source:
        run_loop(source, ScriptedReader(), window=watcher, say=told.append, clock=clock)
    assert [frame.index for frame in watcher.frames] == list(range(60))
    gaps = np.diff([frame.time for frame in watcher.frames])
    assert (gaps > 0).all() and 3.0 < gaps.max() < 6.0 and np.sum(gaps > 0.1) == 1
    assert all(capture.released for capture in camera.captures)
    assert watcher.reasons[0] == "camera 0 gives no frames: trying again in 1 s"
    assert "camera 0 gives no frames: trying again in 2 s" in watcher.reasons
    assert len(told) == 2 and told[0].startswith("camera 0 gives no frames: trying again")
    assert told[1].startswith("frames again, after ")


def test_the_granted_format_is_asked_anew() -> None:
    """What is opened anew is asked for the size that was granted, not for the one that was refused."""
    clock = Clock()
    camera = Camera(clock, away=[(0.5, 0.8)])
    with open_scripted(camera) as source:
        run_loop(source, ScriptedReader(), max_frames=40, clock=clock)
    first, *failed, last = camera.captures
    assert (cv2.CAP_PROP_FRAME_WIDTH, 1280) in first.asked
    assert [which for which, _ in last.asked] == [which for which, _ in first.asked]
    assert [value for _, value in last.asked][1:] == [64, 48, 30.0]
    assert not any(capture.asked for capture in failed)


def test_pauses_grow_and_begin_anew() -> None:
    """Pauses double up to eight seconds, and after a frame the next loss begins with the shortest again."""
    clock = Clock()
    camera = Camera(clock, away=[(1.0, 40.0), (50.0, 52.0)])
    watcher = Watcher(clock, lambda w: camera.time > 55)
    with open_scripted(camera) as source:
        run_loop(source, ScriptedReader(), window=watcher, clock=clock)
    pauses = np.diff([1.0, *camera.opened[1:]])
    assert pauses[:7] == pytest.approx([0.5, 1, 2, 4, 8, 8, 8], abs=0.5)
    again = [time for time in camera.opened if time > 50]
    assert again[0] - 50 == pytest.approx(0.5, abs=0.3)


def test_no_first_frame_without_a_window() -> None:
    """A camera that opens and never gives a frame is opened anew, and after 30 seconds the run ends."""
    clock = Clock()
    camera = Camera(clock, silent=True)
    with (
        open_scripted(camera) as source,
        pytest.raises(UserError) as caught,
    ):
        run_loop(source, ScriptedReader(), clock=clock)
    assert str(caught.value) == (
        "camera 0 has given no frame for 30 s: check the cable, and whether another program uses it, "
        "or try `cam.py demo`"
    )
    assert camera.time == pytest.approx(LONGEST, abs=0.3)
    assert np.diff(camera.opened) == pytest.approx([PATIENCE + pause for pause in (0.5, 1, 2, 4)], abs=0.5)
    assert all(capture.released for capture in camera.captures)


def test_no_first_frame_with_a_window() -> None:
    """With a window it goes on until the user quits; keys are seen to some times a second."""
    clock = Clock()
    camera = Camera(clock, silent=True)
    watcher = Watcher(clock, lambda w: camera.time > 3 * LONGEST)
    with open_scripted(camera) as source:
        tally = run_loop(source, ScriptedReader(), window=watcher, clock=clock)
    assert tally.frames == 0 and not watcher.frames
    assert np.diff([time for time, _ in watcher.holds]).max() < 0.3
    assert watcher.reasons[0] == "camera 0 has given no frame for 1 s"
    assert "camera 0 gives no frames: trying again" in watcher.reasons
    assert all(reason.isascii() for reason in watcher.reasons)


def test_loss_for_good_without_a_window(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lost for good, a camera without a window ends with 2, the last frame, the reason, and advice."""
    clock = Clock()
    camera = Camera(clock, away=[(1.0, 1e9)])
    monkeypatch.setattr("digitcam.sources.camera.open_camera", lambda index, size, fps: open_scripted(camera))
    call: Run = make_shell(monkeypatch, capsys)
    status, out, err = call("0")
    lines = err.splitlines()
    assert (status, out) == (2, "")
    assert lines[0] == "digitcam: camera 0: 64×48 at 30 fps, MJPG"
    assert lines[1].startswith("digitcam: camera 0 gives no frames: trying again in ")
    assert lines[2:] == [
        "digitcam: camera 0 has given no frame for 30 s since frame 28, and cannot be opened (tried V4L2; "
        "there is no /dev/video0): try `cam.py --list-cameras`, another index, or `cam.py demo`"
    ]
    assert camera.time == pytest.approx(1 + LONGEST, abs=0.5)


def test_loss_for_good_with_a_window() -> None:
    """With a window the last frame stays, with the reason over it, until the user quits."""
    clock = Clock()
    camera = Camera(clock, away=[(1.0, 1e9)])
    watcher = Watcher(clock, lambda w: camera.time > 300)
    with open_scripted(camera) as source:
        tally = run_loop(source, ScriptedReader(), window=watcher, clock=clock)
    assert camera.time > 300 and tally.frames == len(watcher.frames) == 29
    assert len(camera.opened) < 50


def test_slow_camera_is_not_taken_for_a_lost_one() -> None:
    """Two frames a second are read all; nothing is said meanwhile, and the window is seen to in between."""
    clock = Clock()
    camera = Camera(clock, fps=2)
    watcher = Watcher(clock, lambda w: len(w.frames) >= 20)
    with open_scripted(camera) as source:
        run_loop(source, ScriptedReader(), window=watcher, watched=True, clock=clock)
    assert np.diff([frame.time for frame in watcher.frames]) == pytest.approx([0.5] * 19)
    assert len(watcher.holds) >= 3 * 19 and watcher.reasons == []
    assert len(camera.opened) == 1


def test_turned_camera_waits_as_well() -> None:
    """``--rotate`` passes the waiting on."""
    clock = Clock()
    with Turned(open_scripted(Camera(clock, silent=True)), 90) as source:
        assert isinstance(next(iter(source)), Waiting) and source.drops


def test_silence_is_told_once_and_so_is_its_end() -> None:
    """A short gap is not worth a line; a long one has two, its beginning and its end."""
    told: list[str] = []
    absence = Absence(None, told.append)
    for seconds in (0.5, 1.5):
        assert absence.lasts(Waiting("no frames", seconds, "why"))
    absence.ends()
    assert told == []
    for seconds in (1.0, 3.0, 7.0):
        absence.lasts(Waiting("no frames", seconds, "why"))
    absence.ends()
    absence.ends()
    assert told == ["no frames", "frames again, after 7 s"]
    with pytest.raises(UserError, match="^why$"):
        absence.lasts(Waiting("no frames", LONGEST, "why"))


# With real threads


class Gone(ScriptedCapture):
    """Throws in ``read``, as a driver may whose device has gone."""

    def read(self) -> tuple[bool, np.ndarray | None]:
        if self._images:
            return super().read()
        raise cv2.error("select() failed")


def live(capture: Any, open_anew: Callable[[], Any], **options: Any) -> Live:
    return Live("0", "camera 0", capture, open_anew, check="the cable", **options)


def next_frame(items: Any) -> Frame:
    return next(item for item in items if isinstance(item, Frame))


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses short enough to be waited for."""
    monkeypatch.setattr("digitcam.sources.live.FIRST_PAUSE", 0.01)


@pytest.mark.parametrize("kind", [ScriptedCapture, Gone])
@pytest.mark.parametrize("opens_here", [False, True])
def test_what_ends_or_throws_is_opened_anew(hasty: None, kind: type, opens_here: bool) -> None:
    """A capture that ends or throws is released and another opened, on the thread that suits it."""
    picture = np.zeros((4, 6, 3), np.uint8)
    first, second = kind([picture]), kind([picture], blocks=True)
    threads: list[str] = []

    def open_anew() -> Any:
        threads.append(threading.current_thread().name)
        if len(threads) == 1:
            raise UserError("camera 0 cannot be opened: no reason")
        return second

    with live(first, open_anew, opens_here=opens_here) as source:
        items = iter(source)
        assert next_frame(items).index == 0
        again = next_frame(items)
    assert again.index == 1 and again.time > 0
    assert first.released.is_set()
    name = threading.main_thread().name if opens_here else "newest-frame"
    assert threads == [name, name]
    second.released.set()


def test_network_stream_that_ends_is_opened_anew(hasty: None) -> None:
    """A stream that ends has stopped: it is asked for again at the same address."""
    captures = [ScriptedCapture([np.zeros((4, 6, 3), np.uint8)]) for _ in range(3)]
    left = list(captures)
    with open_stream("rtsp://user:word@host/x", factory=lambda *_: left.pop(0)) as source:
        items = iter(source)
        assert [next_frame(items).index for _ in range(3)] == [0, 1, 2]
    assert source.description == "rtsp://host/x: 640×480"
    assert not left and captures[0].released.is_set()


def test_a_stuck_driver_is_not_opened_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a thread is stuck in a driver the device is not opened again, and that is said."""
    monkeypatch.setattr("digitcam.sources.live.TICK", 0.001)
    clock = Clock()
    stuck = ScriptedCapture(blocks=True)
    opened: list[int] = []

    def open_anew() -> Any:
        opened.append(1)
        return ScriptedCapture([np.zeros((4, 6, 3), np.uint8)], blocks=True)

    source = live(stuck, open_anew, clock=clock)
    items = iter(source)
    assert next(items).reason == ""  # type: ignore[union-attr]
    clock.now += PATIENCE + 0.1
    assert "trying again in 1 s" in next(items).reason  # type: ignore[union-attr]
    clock.now += 5
    assert next(items).reason == "camera 0 gives no frames: its driver does not answer"  # type: ignore[union-attr]
    assert not opened
    stuck.released.set()  # the driver has come to itself
    wait_until(lambda: source._feed.ended)
    assert next_frame(items).index == 0 and opened == [1]
    source.close()
    assert list(items) == []


def test_a_hiccup_is_forgiven() -> None:
    """A camera that fails to give a frame now and then is not closed; one that fails for long is."""
    picture = np.zeros((4, 6, 3), np.uint8)
    clock = Clock()
    capture = ScriptedCapture([picture])
    feed = NewestFrame(lambda: capture, 1.0, clock)
    assert feed.take(5) is not None
    clock.now += 0.9
    assert feed.take(0.05) is None and not feed.ended
    clock.now += 0.2
    wait_until(lambda: feed.ended)
    assert capture.released.is_set()


def test_long_addresses_fit_the_window() -> None:
    """The window's sentence is short for a long address; the last line has it whole."""
    clock = Clock()
    url = "rtsp://camera.example.org:8554/" + "a" * 80
    camera = Camera(clock, silent=True)
    with open_stream(url, factory=lambda *_: camera.open(0, 0), clock=clock, start=SteppedFeed) as source:
        waits = [item for item, _ in zip(source, range(30), strict=False) if isinstance(item, Waiting)]
    assert len(waits[-1].reason) < 80 and "..." in waits[-1].reason
    assert url in waits[-1].verdict
