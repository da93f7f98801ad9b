"""Cameras and streams: how they are opened, and always the newest frame."""

from __future__ import annotations

import http.server
import re
import threading
import time
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.sources.camera import backends, list_cameras, open_camera
from digitcam.sources.live import Live
from digitcam.sources.newest import NewestFrame
from digitcam.sources.stream import open_stream
from digitcam.sources.video import as_picture
from digitcam.types import Frame
from tests.samples import ScriptedCapture, draw_page, save_video
from tests.shell import wait_until


def images(count: int) -> list[np.ndarray]:
    return [np.full((4, 6, 3), i, np.uint8) for i in range(count)]


def open_live(capture: ScriptedCapture, **options: Any) -> Live:
    return Live("0", "camera 0", capture, no_other, check="the cable", **options)


def no_other() -> ScriptedCapture:
    raise UserError("camera 0 cannot be opened: it has gone")


def take(source: Any, count: int) -> list[Frame]:
    """The first frames, whatever is waited for in between."""
    return list(islice((item for item in source if isinstance(item, Frame)), count))


def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitcam.sources.camera.backends", lambda: (("V4L2", cv2.CAP_V4L2),))


def test_camera_is_asked_in_the_right_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codec, then size, then rate are asked for, and what was granted is told."""
    linux(monkeypatch)
    monkeypatch.setattr("sys.platform", "linux")
    capture = ScriptedCapture()
    with open_camera(3, (1280, 720), 15, factory=lambda index, backend: capture) as source:
        assert capture.asked == [
            (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
            (cv2.CAP_PROP_FRAME_WIDTH, 1280),
            (cv2.CAP_PROP_FRAME_HEIGHT, 720),
            (cv2.CAP_PROP_FPS, 15),
        ]
        assert source.description == "camera 3: 640×480 (asked for 1280×720)"
        assert source.live and source.drops and source.name == "3"
    assert capture.released.is_set()


@pytest.mark.parametrize(
    ("size", "fps", "said"),
    [
        (None, None, ""),
        ((1280, 720), 30.0, ""),
        ((1920, 1080), None, " (asked for 1920×1080)"),
        (None, 60.0, " (asked for 60 fps)"),
        ((640, 480), 60.0, " (asked for 640×480 at 60 fps)"),
    ],
)
def test_what_was_granted_is_one_line(size: tuple[int, int] | None, fps: float | None, said: str) -> None:
    """Size, rate and codec stand in one line, and what the user asked for where it differs."""
    capture = ScriptedCapture()
    capture.granted = {
        cv2.CAP_PROP_FRAME_WIDTH: 1280.0,
        cv2.CAP_PROP_FRAME_HEIGHT: 720.0,
        cv2.CAP_PROP_FPS: 30.0,
        cv2.CAP_PROP_FOURCC: float(cv2.VideoWriter.fourcc(*"MJPG")),
    }
    with open_camera(0, size, fps, factory=lambda index, backend: capture) as source:
        assert source.description == f"camera 0: 1280×720 at 30 fps, MJPG{said}"


def test_codec_that_is_no_name_is_left_out() -> None:
    """Media Foundation tells numbers where others have four letters: they are not printed."""
    capture = ScriptedCapture()
    capture.granted[cv2.CAP_PROP_FOURCC] = 22.0
    with open_camera(0, factory=lambda index, backend: capture) as source:
        assert source.description == "camera 0: 640×480"


def test_ways_to_a_camera() -> None:
    """Linux has V4L2, macOS AVFoundation, Windows Media Foundation and then DirectShow."""
    assert [name for name, _ in backends("win32")] == ["Media Foundation", "DirectShow"]
    assert backends("linux") == (("V4L2", cv2.CAP_V4L2),)
    assert backends("darwin") == (("AVFoundation", cv2.CAP_AVFOUNDATION),)


def test_second_backend_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the first way to a camera fails the second is taken."""
    monkeypatch.setattr("digitcam.sources.camera.backends", lambda: (("one", 1), ("two", 2)))
    captures = {1: ScriptedCapture(opened=False), 2: ScriptedCapture(images(1), blocks=True)}
    with open_camera(0, factory=lambda index, backend: captures[backend]) as source:
        assert take(source, 1)[0].index == 0
    assert captures[1].released.is_set()
    captures[2].released.set()


def test_camera_keeps_only_the_newest_frame() -> None:
    """A slow taker gets the newest frame, stamped when it arrived, and the ones between are gone."""
    gate = threading.Semaphore(0)
    times = iter([10.0, 10.1, 10.2, 10.3])
    newest: list[float] = []

    class Stepped(ScriptedCapture):
        def read(self) -> tuple[bool, np.ndarray | None]:
            gate.acquire(timeout=5)
            return super().read()

    def stamp() -> float:
        if threading.current_thread().name == "newest-frame":
            newest.append(next(times, 11.0))
            return newest[-1]
        return 10.0

    capture = Stepped(images(4))
    with open_live(capture, clock=stamp, forgiven=1e9) as source:
        gate.release()
        taken = iter(source)
        first = next(taken)
        for _ in range(4):
            gate.release()
        wait_until(lambda: len(newest) == 5)  # the fifth read found nothing: the fourth has been kept
        second = next(taken)
        gate.release(50)
    assert isinstance(first, Frame) and isinstance(second, Frame)
    assert (first.image[0, 0, 0], first.time) == (0, 0.0)
    assert (second.image[0, 0, 0], second.index) == (3, 1)
    assert second.time == pytest.approx(0.3)


def test_stuck_driver_is_left_alone() -> None:
    """Closing does not wait for a driver that is stuck in ``read``, nor pulls the device from under it."""
    capture = ScriptedCapture(images(1), blocks=True)
    source = open_live(capture)
    assert take(source, 1)[0].index == 0
    begin = time.monotonic()
    source.close()
    assert time.monotonic() - begin < 2
    assert not capture.released.is_set()
    capture.released.set()


@pytest.mark.parametrize(
    "broken",
    [None, np.empty((0, 6, 3), np.uint8), np.zeros((4, 6, 2), np.uint8), np.zeros((4, 6, 3))],
    ids=["none", "empty", "two channels", "floats"],
)
def test_frames_that_are_none_are_passed_over(broken: np.ndarray | None) -> None:
    """A read that gives no frame, or one that is no picture, is as if it had not been."""
    reads = threading.Semaphore(0)
    done = threading.Semaphore(0)

    class Gated(ScriptedCapture):
        def read(self) -> tuple[bool, np.ndarray | None]:
            done.release()
            reads.acquire(timeout=5)
            return super().read()

    first, second = images(2)
    feed = NewestFrame(lambda: Gated([first, broken, second]), forgiven=1e9)
    seen = []
    for _ in range(3):
        assert done.acquire(timeout=5)  # what was read before has been kept or not
        taken = feed.take(0.0)
        seen.append(None if taken is None else int(taken[0][0, 0, 0]))
        reads.release()
    last = feed.take(5)
    reads.release(500)
    feed.stop()
    assert seen == [None, 0, None] and last is not None and (last[0] == 1).all()


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [((4, 6), np.uint8), ((4, 6, 1), np.uint8), ((4, 6, 3), np.uint8), ((4, 6, 4), np.uint8)]
    + [((4, 6), np.uint16)],
)
def test_whatever_a_driver_gives_becomes_colour(shape: tuple[int, ...], dtype: type) -> None:
    """Grey, BGRA and 16 bits give H×W×3 uint8 of the same brightness."""
    value = 77 if dtype is np.uint8 else 77 * 256
    picture = as_picture(np.full(shape, value, dtype))
    assert picture is not None and picture.shape == (4, 6, 3) and picture.dtype == np.uint8
    assert (picture == 77).all() and picture.flags.c_contiguous


def test_thread_ends_with_what_cannot_be_opened() -> None:
    """A feed whose capture cannot be opened has ended, and says why."""
    feed = NewestFrame(no_other)
    wait_until(lambda: feed.ended)
    assert feed.fault == "camera 0 cannot be opened: it has gone" and feed.take(0.0) is None


class MotionJpeg(http.server.BaseHTTPRequestHandler):
    """A network camera: five pictures as multipart Motion JPEG."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        for _ in range(5):
            data = cv2.imencode(".jpg", draw_page())[1].tobytes()
            self.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\n")
            self.wfile.write(b"Content-Length: %d\r\n\r\n" % len(data) + data + b"\r\n")

    def log_message(self, format: str, *args: object) -> None:
        pass


class OneFile(MotionJpeg):
    """A web server with one video."""

    content = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content)


@pytest.fixture
def serve():  # type: ignore[no-untyped-def]
    servers = []

    def start(handler: type) -> str:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://user:secret@127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_network_camera(serve) -> None:  # type: ignore[no-untyped-def]
    """Motion JPEG over HTTP is read as a live stream, and its password is kept out of names."""
    with open_stream(serve(MotionJpeg) + "/stream") as source:
        assert source.live and "secret" not in source.name + source.description
        assert "320×240" in source.description
        got = take(source, 3)
    assert got[0].image.shape == (240, 320, 3)


def test_video_behind_a_url_is_read_whole(serve, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """A finished film behind a URL loses no frame."""
    OneFile.content = save_video(tmp_path / "clip.avi", 20).read_bytes()
    with open_stream(serve(OneFile) + "/clip.avi") as source:
        assert not source.live
        assert len(list(source)) == 20


def test_cameras_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each camera that opens is listed once, and those that do not are left out."""
    linux(monkeypatch)
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("video0", "video2", "video10", "videos"):
        (tmp_path / name).touch()
    captures = {0: ScriptedCapture(), 2: ScriptedCapture(opened=False), 10: ScriptedCapture()}
    lines = list(list_cameras(factory=lambda index, backend: captures[index], folder=tmp_path))
    assert [re.sub(r"\(.*, V4L2\)", "(name, V4L2)", line) for line in lines] == [
        "camera 0: 640×480 (name, V4L2)",
        "camera 10: 640×480 (name, V4L2)",
    ]
    assert all(capture.released.is_set() for capture in captures.values())
