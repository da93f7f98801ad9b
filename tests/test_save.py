"""Annotated pictures and videos: whole, of the right rate and length, or not there at all."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.outputs.base import write_whole
from digitcam.outputs.pictures import OnePicture, PictureFolder
from digitcam.outputs.video import CODECS, VideoFile
from digitcam.types import Frame, Reading
from tests.samples import frames, make_reading, save_picture


def still(path: Path | str = "page.png", size: tuple[int, int] = (160, 120)) -> Frame:
    return Frame(np.full((size[1], size[0], 3), 200, np.uint8), source=str(path))


def empty(frame: Frame) -> Reading:
    return Reading(frame.source, frame.index, frame.time, frame.size, ())


# Pictures


def test_one_picture(tmp_path: Path) -> None:
    """The annotated picture is written in the format of its suffix, with the permissions of any file."""
    frame = still()
    for suffix in (".png", ".jpg", ".bmp", ".webp", ".tif"):
        path = tmp_path / f"out{suffix}"
        OnePicture(path, (), False).write(frame, make_reading(frame), frame.image)
        assert np.abs(cv2.imread(str(path)).astype(int) - 200).max() <= 3
    (tmp_path / "plain").touch()
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert len(list(tmp_path.iterdir())) == 6


def test_folder_keeps_names_apart(tmp_path: Path) -> None:
    """Pictures of like names from several folders do not collide, and odd formats become PNG."""
    inputs = []
    for name in ("a/1.png", "b/1.png", "b/2.gif"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
        inputs.append(tmp_path / name)
    output = PictureFolder(tmp_path / "new" / "out", tuple(inputs), False)
    for path in inputs:
        output.write(still(path), make_reading(still(path)), still().image)
    saved = sorted(str(p.relative_to(tmp_path / "new" / "out")) for p in (tmp_path / "new").rglob("*.*"))
    assert saved == ["a/1.png", "b/1.png", "b/2.gif.png"]


def test_folder_refuses_before_the_first_picture(tmp_path: Path) -> None:
    """A picture that exists in the folder is told before any other is written."""
    inputs = tuple(save_picture(tmp_path / name) for name in ("1.png", "2.png"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "2.png").write_bytes(b"precious")
    with pytest.raises(UserError, match=r"2.png exists already"):
        PictureFolder(tmp_path / "out", inputs, False)
    assert (tmp_path / "out" / "2.png").read_bytes() == b"precious"


def test_frames_of_a_film_are_numbered(tmp_path: Path) -> None:
    """Frames of a film go into a folder by their index."""
    output = PictureFolder(tmp_path / "out", (), False)
    for frame in frames(2):
        output.write(frame, make_reading(frame), frame.image)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["frame-000000.png", "frame-000001.png"]


def test_full_disk_leaves_no_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full no half picture is left, and an old one lives even with overwrite."""

    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    (tmp_path / "old.png").write_bytes(b"precious")
    for name in ("new.png", "old.png"):
        with pytest.raises(UserError, match=rf"{name} cannot be written: No space left on device"):
            write_whole(tmp_path / name, b"data", overwrite=True)
    assert [p.name for p in tmp_path.iterdir()] == ["old.png"]
    assert (tmp_path / "old.png").read_bytes() == b"precious"


# Videos


def read_back(path: Path) -> tuple[list[int], float]:
    capture = cv2.VideoCapture(str(path))
    shades = []
    while True:
        granted, image = capture.read()
        if not granted:
            return shades, capture.get(cv2.CAP_PROP_FPS)
        shades.append(round(float(image.mean())))


@pytest.mark.parametrize("suffix", sorted(CODECS))
def test_video_has_every_frame(suffix: str, tmp_path: Path) -> None:
    """A film of constant rate keeps every frame and its rate in each format, odd sizes included."""
    path = tmp_path / f"out{suffix}"
    output = VideoFile(path, (), False, 12.5)
    for frame in frames(15, (161, 121), 12.5):
        output.write(frame, make_reading(frame), frame.image)
    assert not path.exists(), "it takes its place when it is whole"
    output.close()
    output.close()
    shades, fps = read_back(path)
    assert len(shades) == 15 and fps == pytest.approx(12.5)
    assert shades == pytest.approx([5 * i for i in range(15)], abs=4)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_video_runs_as_long_as_the_scene(tmp_path: Path) -> None:
    """A camera that gives a third of its rate makes a film of the right length; long pauses are cut."""
    output = VideoFile(tmp_path / "out.avi", (), False, 30)
    for frame in frames(20, fps=10):
        late = Frame(frame.image, frame.index, frame.time + (100 if frame.index >= 10 else 0), still=False)
        output.write(late, make_reading(late), late.image)
    output.close()
    shades, _ = read_back(tmp_path / "out.avi")
    assert len(shades) / 30 == pytest.approx(20 / 10 + 0.9, abs=0.15)


def test_video_of_changing_size(tmp_path: Path) -> None:
    """Frames of another size are brought to the size of the first, none stretched: black fills the rest."""
    output = VideoFile(tmp_path / "out.avi", (), False, 25)
    for index, size in enumerate([(160, 120), (320, 120), (100, 400), (1, 1)]):
        frame = Frame(np.full((size[1], size[0], 3), 200, np.uint8), index, index / 25, still=False)
        output.write(frame, make_reading(frame), frame.image)
    output.close()
    shades, _ = read_back(tmp_path / "out.avi")
    assert shades == pytest.approx([200, 100, 200 * 30 / 160, 150], abs=6)


def nearly_full(path: object) -> object:
    return type("Usage", (), {"free": 1000})


def test_film_ends_where_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When room runs out the film is finished while it can be, and that it ends early is told."""
    output = VideoFile(tmp_path / "out.mp4", (), False, 25)
    *first, last = frames(6)
    for frame in first:
        output.write(frame, make_reading(frame), frame.image)
    monkeypatch.setattr("shutil.disk_usage", nearly_full)
    with pytest.raises(UserError, match=r"out.mp4 ends early, after frame 5: the disk is full"):
        output.write(last, make_reading(last), last.image)
    output.close()
    assert [p.name for p in tmp_path.iterdir()] == ["out.mp4"]
    assert len(read_back(tmp_path / "out.mp4")[0]) == 5


def test_full_disk_leaves_no_video(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a disk that is full from the start nothing is begun."""
    output = VideoFile(tmp_path / "out.mp4", (), False, 25)
    monkeypatch.setattr("shutil.disk_usage", nearly_full)
    (frame,) = frames(1)
    with pytest.raises(UserError, match=r"out.mp4 cannot be written: the disk is full"):
        output.write(frame, make_reading(frame), frame.image)
    output.close()
    assert list(tmp_path.iterdir()) == []


def test_folder_that_goes_away(tmp_path: Path) -> None:
    """When the folder vanishes under the film, one line says so."""
    folder = tmp_path / "stick"
    folder.mkdir()
    output = VideoFile(folder / "out.mp4", (), False, 25)
    folder.rmdir()
    with pytest.raises(UserError, match=r"out.mp4 cannot be written: No such file or directory"):
        output.write(frames(1)[0], make_reading(frames(1)[0]), frames(1)[0].image)


def test_two_films_of_one_name(tmp_path: Path) -> None:
    """Of two runs that began with the same free name, the second to end keeps its film under another."""
    outputs = [VideoFile(tmp_path / "out.avi", (), False, 25) for _ in range(2)]
    for output, count in zip(outputs, (3, 7), strict=True):
        for frame in frames(count):
            output.write(frame, make_reading(frame), frame.image)
    outputs[0].close()
    with pytest.raises(UserError, match=r"out.avi was taken meanwhile: the film is kept as .*out-2.avi"):
        outputs[1].close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out-2.avi", "out.avi"]
    assert [len(read_back(tmp_path / name)[0]) for name in ("out.avi", "out-2.avi")] == [3, 7]


def test_name_taken_at_the_last_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file never takes a name that is taken, be it after the last look, links or no links."""
    (tmp_path / "a.png").write_bytes(b"precious")
    with pytest.raises(UserError, match=r"a.png exists already"):
        write_whole(tmp_path / "a.png", b"new", overwrite=False)

    def no_links(source: Path, target: Path) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    with pytest.raises(UserError, match=r"a.png exists already"):
        write_whole(tmp_path / "a.png", b"new", overwrite=False)
    write_whole(tmp_path / "b.png", b"new", overwrite=False)
    assert (tmp_path / "a.png").read_bytes() == b"precious" and (tmp_path / "b.png").read_bytes() == b"new"
    assert len(list(tmp_path.iterdir())) == 2


def test_video_that_lost_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A film whose file does not hold what was written never takes its place."""
    output = VideoFile(tmp_path / "out.mp4", (), False, 25)
    for frame in frames(5):
        output.write(frame, make_reading(frame), frame.image)
    monkeypatch.setattr("digitcam.outputs.video._frames", lambda path: -1)
    with pytest.raises(UserError, match=r"out.mp4 could not be written whole: is the disk full\?"):
        output.close()
    assert list(tmp_path.iterdir()) == []
