"""Cameras and streams: always the newest frame, and a plain word when none comes."""

from __future__ import annotations

import http.server
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.sources.camera import list_cameras, open_camera, open_stream
from digitcam.sources.live import Live
from tests.samples import ScriptedCapture, draw_page, save_video
from tests.shell import wait_until


def images(count: int) -> list[np.ndarray]:
    return [np.full((4, 6, 3), i, np.uint8) for i in range(count)]


def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitcam.sources.camera.backends", lambda: (("V4L2", cv2.CAP_V4L2),))


def test_camera_is_asked_in_the_right_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codec, then size, then rate are asked for, and what was granted is told."""
    linux(monkeypatch)
    monkeypatch.setattr("sys.platform", "linux")
    capture = ScriptedCapture()
    with open_camera(3, (1280, 720), 15, factory=lambda index, backend: capture) as source:
        asked = [which for which, _ in capture.asked]
        assert asked == [
            cv2.CAP_PROP_FOURCC,
            cv2.CAP_PROP_FRAME_WIDTH,
            cv2.CAP_PROP_FRAME_HEIGHT,
            cv2.CAP_PROP_FPS,
        ]
        assert capture.asked[-1][1] == 15
        assert source.description == "camera 3 (V4L2): 640×480 (asked for 1280×720)"
        assert source.live and source.name == "3"
    assert capture.released.is_set()


def test_second_backend_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the first way to a camera fails the second is taken."""
    monkeypatch.setattr("digitcam.sources.camera.backends", lambda: (("one", 1), ("two", 2)))
    captures = {1: ScriptedCapture(opened=False), 2: ScriptedCapture(images(1))}
    with open_camera(0, factory=lambda index, backend: captures[backend]) as source:
        assert source.description.startswith("camera 0 (two)")
    assert captures[1].released.is_set()


def test_camera_keeps_only_the_newest_frame() -> None:
    """A slow taker gets the newest frame, stamped when it arrived, and the ones between are gone."""
    gate = threading.Semaphore(0)

    class Stepped(ScriptedCapture):
        def read(self) -> tuple[bool, np.ndarray | None]:
            gate.acquire(timeout=5)
            return super().read()

    times = iter([10.0, 10.1, 10.2, 10.3] + [11.0] * 1000)
    capture = Stepped(images(4))
    with Live("0", "camera 0", capture, patience=5, clock=lambda: next(times)) as source:
        gate.release()
        taken = iter(source)
        first = next(taken)
        for _ in range(3):
            gate.release()
        wait_until(lambda: not capture._images and source._reader._newest[1] == 10.3)
        second = next(taken)
        gate.release(50)
    assert (first.image[0, 0, 0], first.time) == (0, 0.0)
    assert (second.image[0, 0, 0], second.index) == (3, 1)
    assert second.time == pytest.approx(0.3)


def test_camera_that_goes_silent() -> None:
    """A camera that stops giving frames is told with the frame it stopped at."""
    with (
        Live("0", "camera 0", ScriptedCapture(images(1)), patience=0.05) as source,
        pytest.raises(UserError, match=r"^camera 0 has given no frame for 0.05 s since frame 0: check"),
    ):
        list(source)


def test_stream_that_ends_is_over() -> None:
    """A stream that ends after some frames is simply over; its capture is released."""
    capture = ScriptedCapture(images(1))
    with Live("rtsp://x", "rtsp://x", capture, ends=True, patience=5) as source:
        assert [f.index for f in source] == [0]
    assert capture.released.is_set()


def test_stuck_driver_is_left_alone() -> None:
    """Closing does not wait for a driver that is stuck in ``read``, nor pulls the device from under it."""
    capture = ScriptedCapture(images(1), blocks=True)
    source = Live("0", "camera 0", capture, patience=5)
    assert next(iter(source)).index == 0
    source.close()
    assert not capture.released.is_set()
    capture.released.set()


def test_grey_camera_frames_become_colour() -> None:
    """A driver that hands over grey frames gives H×W×3 all the same."""
    with Live("0", "camera 0", ScriptedCapture([np.zeros((4, 6), np.uint8)]), patience=5) as source:
        assert next(iter(source)).image.shape == (4, 6, 3)


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
        got = list(source)
    assert got and got[0].image.shape == (240, 320, 3)  # type: ignore[union-attr]


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
    assert [line.split()[0] for line in lines] == ["0", "10"]
    assert all("(V4L2), 640×480" in line for line in lines)
    assert all(capture.released.is_set() for capture in captures.values())
