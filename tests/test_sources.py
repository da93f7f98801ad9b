"""Sources: cameras, streams, videos and pictures, in order and in time."""

from __future__ import annotations

import http.server
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.sources import open_source
from digitcam.sources.camera import list_cameras, open_camera, open_stream
from digitcam.sources.live import Live
from digitcam.sources.pictures import Pictures, natural_key, read_picture
from digitcam.sources.turned import Turned, turn_box, turn_frame
from digitcam.sources.video import Video
from digitcam.types import Box, Frame, Unreadable
from tests.needs import need_data
from tests.samples import (
    ScriptedCapture,
    ScriptedSource,
    draw_page,
    frames,
    known,
    save_picture,
    save_video,
    wait_until,
)


def images(count: int) -> list[np.ndarray]:
    return [np.full((4, 6, 3), i, np.uint8) for i in range(count)]


def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitcam.sources.camera.backends", lambda: (("V4L2", cv2.CAP_V4L2),))


# Pictures


def test_folder_in_natural_order(tmp_path: Path) -> None:
    """A folder gives its own pictures, page2 before page10, and nothing else."""
    for name in ("page10.png", "page2.png", "Page1.jpg", ".hidden.png"):
        save_picture(tmp_path / name)
    (tmp_path / "labels.json").write_text("{}")
    with open_source(str(tmp_path)) as source:
        assert [Path(f.source).name for f in source] == ["Page1.jpg", "page2.png", "page10.png"]
        assert not source.film and not source.live


def test_frames_of_pictures_are_stills(tmp_path: Path) -> None:
    """Each picture is a still with its path as found, counted from 0, at time 0."""
    save_picture(tmp_path / "a.png")
    save_picture(tmp_path / "b.png")
    with open_source(str(tmp_path / "*.png")) as source:
        found = [(f.source, f.index, f.time, f.still) for f in source]
    assert found == [(str(tmp_path / "a.png"), 0, 0.0, True), (str(tmp_path / "b.png"), 1, 0.0, True)]


def test_glob_reaches_below(tmp_path: Path) -> None:
    """Two stars reach the folders below, each picture once."""
    (tmp_path / "deep" / "er").mkdir(parents=True)
    save_picture(tmp_path / "1.png")
    save_picture(tmp_path / "deep" / "er" / "2.png")
    assert [p.name for p in open_source(str(tmp_path / "**" / "*.png")).paths] == ["1.png", "2.png"]


def test_brackets_in_a_name_that_exists(tmp_path: Path) -> None:
    """A file whose name looks like a pattern is the file."""
    path = save_picture(tmp_path / "page[1].png")
    assert open_source(str(path)).paths == (path,)


def test_one_bad_picture_does_not_stop_the_others(tmp_path: Path) -> None:
    """An unreadable picture takes its place in the row with a reason."""
    save_picture(tmp_path / "1.png")
    (tmp_path / "2.png").write_bytes(b"")
    save_picture(tmp_path / "3.png")
    items = list(open_source(str(tmp_path)))
    assert [type(item) for item in items] == [Frame, Unreadable, Frame]
    assert items[1] == Unreadable(str(tmp_path / "2.png"), "it is empty (0 bytes)", 1)


def test_names_of_any_alphabet(tmp_path: Path) -> None:
    """Names with spaces and letters of any alphabet are read."""
    path = save_picture(tmp_path / "Übung ٣ 七.png")
    assert next(iter(open_source(str(path)))).source == str(path)  # type: ignore[union-attr]


def test_pictures_go_by_their_first_bytes(tmp_path: Path) -> None:
    """A picture with a strange or a wrong suffix is read all the same."""
    path = save_picture(tmp_path / "a.png")
    for name in ("noise.dat", "clip.mp4", "none"):
        path.with_name(name).write_bytes(path.read_bytes())
        assert isinstance(open_source(str(path.with_name(name))), Pictures)


def test_pixels_stand_where_opencv_puts_them() -> None:
    """Every labelled photograph is decoded as ``cv2.imread`` does it, since its boxes are in those pixels."""
    folder = need_data("photos/dev") / "photos" / "dev"
    paths = sorted((p for p in folder.iterdir() if p.suffix != ".json"), key=natural_key)[::6]
    assert len(paths) > 10
    for path in paths:
        flat = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        if flat.ndim == 2 or flat.shape[2] == 3:
            assert np.array_equal(read_picture(path), cv2.imread(str(path))), path


def test_natural_key_sorts_mixed_names() -> None:
    """Numbers sort as numbers, also where another name has a letter in that place."""
    names = [Path(n) for n in ("a10", "a9", "ab", "9", "10", "b")]
    assert [str(p) for p in sorted(names, key=natural_key)] == ["9", "10", "a9", "a10", "ab", "b"]


# Videos


@pytest.mark.parametrize(("suffix", "codec"), [(".avi", "MJPG"), (".mp4", "mp4v"), (".mkv", "mp4v")])
def test_video_gives_every_frame(tmp_path: Path, suffix: str, codec: str) -> None:
    """A video gives all its frames in order, with their times, and knows its rate."""
    path = save_video(tmp_path / f"clip{suffix}", 20, 12.5, codec)
    with open_source(str(path)) as source:
        assert source.fps == pytest.approx(12.5) and source.film and not source.live
        got = list(source)
    assert [round(f.image.mean() / 10) for f in got] == list(range(20))  # type: ignore[union-attr]
    assert [f.index for f in got] == list(range(20))
    assert [f.time for f in got] == pytest.approx([i / 12.5 for i in range(20)])  # type: ignore[union-attr]
    assert source.warning == "" and source.paths == (path,)


def test_video_that_is_cut_off(tmp_path: Path) -> None:
    """A video cut off in the middle gives the frames there are and then warns."""
    path = save_video(tmp_path / "clip.avi", 40)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with Video(str(path)) as source:
        got = list(source)
    assert 5 < len(got) < 35
    assert f"clip.avi is cut off: {len(got)} of 40 frames" in source.warning


def test_video_stands_upright(tmp_path: Path) -> None:
    """The rotation that a phone notes in its video is asked for, whatever OpenCV's default."""
    capture = cv2.VideoCapture(str(save_video(tmp_path / "clip.mp4", 2, codec="mp4v")))
    assert capture.get(cv2.CAP_PROP_ORIENTATION_AUTO) in (0.0, 1.0)
    capture.release()
    with Video(str(tmp_path / "clip.mp4")) as source:
        assert source._capture.get(cv2.CAP_PROP_ORIENTATION_AUTO) == 1.0


def test_times_without_sense_are_replaced() -> None:
    """Where a container's stamps stand still or jump back, time goes on by the frame rate."""
    capture = ScriptedCapture(images(4))
    capture.granted |= {cv2.CAP_PROP_FPS: 10.0, cv2.CAP_PROP_POS_MSEC: 500.0, cv2.CAP_PROP_FRAME_COUNT: 4.0}
    assert [f.time for f in Video("clip", capture)] == pytest.approx([0.0, 0.1, 0.2, 0.3])


# Cameras and streams


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


# Turning


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_turned_frames_and_truth(degrees: int) -> None:
    """Frame and truth turn together: what stood in the box stands in it after the turn."""
    frame = known(frames(1, (80, 60))[0], "7")
    truth = frame.truth[0].box  # type: ignore[index]
    frame.image[truth.y : truth.bottom, truth.x : truth.right] = 200
    turned = turn_frame(frame, degrees)
    box = turned.truth[0].box  # type: ignore[index]
    inside = turned.image[box.y : box.bottom, box.x : box.right]
    assert (inside == 200).all() and (turned.image == 200).sum() == inside.size
    assert turned.size == ((60, 80) if degrees != 180 else (80, 60))


def test_a_quarter_is_clockwise() -> None:
    """90 degrees bring the top left corner to the top right."""
    assert turn_box(Box(0, 0, 2, 3), (10, 20), 1) == Box(17, 0, 3, 2)


def test_turned_source_passes_the_rest_on(tmp_path: Path) -> None:
    """A turned source keeps name, files and what cannot be read, and closes what it turns."""
    inner = ScriptedSource([Unreadable("x", "why"), *frames(1, (40, 30))])
    turned = Turned(inner, 90)
    items = list(turned)
    assert items[0] == Unreadable("x", "why") and items[1].size == (30, 40)  # type: ignore[union-attr]
    assert (turned.name, turned.fps, turned.film) == ("scripted", 25.0, True)
    path = save_picture(tmp_path / "a.png")
    assert open_source(str(path), rotate=90).paths == (path,)
