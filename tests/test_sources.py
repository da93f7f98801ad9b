"""Sources: cameras, streams, videos and pictures, in order and in time."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.sources import open_source
from digitcam.sources.pictures import Pictures, natural_key, read_picture
from digitcam.sources.turned import Turned, turn_box, turn_frame
from digitcam.sources.video import Video
from digitcam.types import Box, Frame, Unreadable
from tests.needs import need_data
from tests.samples import ScriptedCapture, ScriptedSource, frames, known, save_picture, save_video


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
