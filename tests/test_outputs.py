"""Outputs: JSON lines, CSV rows, pictures and videos that are whole or not there at all."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.outputs import open_outputs
from digitcam.outputs.base import write_whole
from digitcam.outputs.lines import JsonLines, LineFile, StandardOutput, open_lines
from digitcam.outputs.pictures import OnePicture, PictureFolder
from digitcam.outputs.video import CODECS, VideoFile
from digitcam.outputs.words import describe, describe_briefly
from digitcam.sources.pictures import Pictures
from digitcam.types import Frame, Reading, Unreadable
from tests.needs import need
from tests.samples import ScriptedSource, frames, make_reading, save_picture


def still(path: Path | str = "page.png", size: tuple[int, int] = (160, 120)) -> Frame:
    return Frame(np.full((size[1], size[0], 3), 200, np.uint8), source=str(path))


def empty(frame: Frame) -> Reading:
    return Reading(frame.source, frame.index, frame.time, frame.size, ())


# Text


def test_json_lines_can_be_read_at_any_moment(tmp_path: Path) -> None:
    """Each line is in the file as soon as it is written, in the form that was promised."""
    path = tmp_path / "out.jsonl"
    output = open_lines(str(path), (), False)
    for frame in frames(2):
        output.write(frame, make_reading(frame), None)
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        assert len(lines) == frame.index + 1
    assert set(lines[0]) == {"source", "frame", "time", "size", "digits", "numbers", "ms"}
    assert set(lines[0]["digits"][0]) == {"box", "label", "confidence", "track", "probabilities"}
    assert lines[1]["numbers"] == [{"text": "42", "box": [20, 30, 90, 30], "digits": [0, 1]}]
    output.close()
    output.close()


def test_frame_without_digits_has_empty_lists(tmp_path: Path) -> None:
    """A frame without digits has its line too."""
    path = tmp_path / "out.json"
    output = open_lines(str(path), (), False)
    output.write(still(), empty(still()), None)
    output.close()
    line = json.loads(path.read_text())
    assert (line["digits"], line["numbers"]) == ([], [])


def test_unreadable_picture_has_a_line(tmp_path: Path) -> None:
    """A picture that cannot be read has a line with the error, whatever letters its name has."""
    path = tmp_path / "out.jsonl"
    output = open_lines(str(path), (), False)
    output.write_unreadable(Unreadable("größe\udcff.jpg", "it is empty (0 bytes)", 3))
    output.close()
    assert json.loads(path.read_text()) == {
        "source": "größe\udcff.jpg",
        "frame": 3,
        "error": "it is empty (0 bytes)",
    }


def test_csv_has_a_row_per_digit(tmp_path: Path) -> None:
    """CSV has titles once, a row per digit with its number, and a row per error."""
    path = tmp_path / "out.csv"
    output = open_lines(str(path), (), False)
    output.write(still("a,b.png"), make_reading(still("a,b.png")), None)
    output.write(still(), empty(still()), None)
    output.write_unreadable(Unreadable("c.png", "why", 2))
    output.close()
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert [(r["source"], r["label"], r["number"], r["error"]) for r in rows] == [
        ("a,b.png", "4", "42", ""),
        ("a,b.png", "2", "42", ""),
        ("c.png", "", "", "why"),
    ]
    assert [int(rows[1][k]) for k in ("x", "y", "width", "height")] == [80, 30, 30, 30]


def test_csv_without_any_digit_has_its_titles(tmp_path: Path) -> None:
    """Titles stand there even when no digit was found."""
    output = open_lines(str(tmp_path / "out.csv"), (), False)
    output.write(still(), empty(still()), None)
    output.close()
    assert (tmp_path / "out.csv").read_text().startswith("source,frame,time,x,y,width,height,label,")


def test_nothing_written_leaves_nothing(tmp_path: Path) -> None:
    """A run that fails before its first frame leaves no empty file, and an old file as it was."""
    open_lines(str(tmp_path / "new.jsonl"), (), False).close()
    assert not (tmp_path / "new.jsonl").exists()
    for name in ("old.jsonl", "old.csv"):
        (tmp_path / name).write_text("precious")
        open_lines(str(tmp_path / name), (), True).close()
        assert (tmp_path / name).read_text() == "precious"


def test_overwriting_replaces_all_of_it(tmp_path: Path) -> None:
    """With overwrite nothing of a longer old file is left."""
    path = tmp_path / "out.jsonl"
    path.write_text("x" * 100_000)
    output = open_lines(str(path), (), True)
    output.write(still(), empty(still()), None)
    output.close()
    assert json.loads(path.read_text())["source"] == "page.png"


def test_full_disk_keeps_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk the lines that fitted stay, the one that did not is taken back, and one line tells."""
    path = tmp_path / "out.jsonl"
    target = LineFile(path, False)
    target.write('{"frame": 0}\n')
    real_write = os.write

    def full(file: int, data: bytes) -> int:
        if len(data) > 5:
            return real_write(file, data[:5])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(UserError, match=r"out.jsonl cannot be written: No space left on device; free"):
        target.write('{"frame"}\n')
    assert path.read_text() == '{"frame": 0}\n'


def test_full_disk_at_the_first_line(tmp_path: Path) -> None:
    """A device that is full at once is told, and a link to it is left alone."""
    need(Path("/dev/full").exists(), "no /dev/full here")
    link = tmp_path / "out.jsonl"
    link.symlink_to("/dev/full")
    output = open_lines(str(link), (), True)
    with pytest.raises(UserError, match=r"out.jsonl cannot be written: No space left on device"):
        output.write(still(), make_reading(still()), None)
    assert link.is_symlink()


def test_reader_of_the_pipe_goes_away() -> None:
    """A broken pipe is passed on: the command ends quietly for it."""
    reading, writing = os.pipe()
    os.close(reading)
    output = JsonLines(StandardOutput(os.fdopen(writing, "w")))
    with pytest.raises(BrokenPipeError):
        output.write(still(), empty(still()), None)


# Names


@pytest.mark.parametrize("name", ["photo.jpg", "out", "out.txt", "out.jsonl.gz"])
def test_json_takes_its_suffixes_only(name: str, tmp_path: Path) -> None:
    """Any other name is refused with what would do, and a file of that name lives."""
    path = tmp_path / name
    path.write_bytes(b"precious")
    with pytest.raises(UserError, match=r"the name must be - or end in .json, .jsonl or .csv; for pictures"):
        open_lines(str(path), (), True)
    assert path.read_bytes() == b"precious"


def test_existing_files_are_kept(tmp_path: Path) -> None:
    """Without overwrite a file that exists is refused and kept."""
    for name in ("out.jsonl", "out.png", "out.mp4"):
        path = tmp_path / name
        path.write_bytes(b"precious")
        with pytest.raises(UserError, match=rf"{name} exists already: .* --overwrite"):
            make(path)
        assert path.read_bytes() == b"precious"


def make(path: Path, overwrite: bool = False, inputs: tuple[Path, ...] = ()) -> object:
    if path.suffix == ".jsonl":
        return open_lines(str(path), inputs, overwrite)
    if path.suffix == ".mp4":
        return VideoFile(path, inputs, overwrite, 25)
    return OnePicture(path, inputs, overwrite)


@pytest.mark.parametrize("how", ["same", "dots", "link", "hard link"])
def test_input_is_never_written_over(how: str, tmp_path: Path) -> None:
    """The input is refused as an output under whatever name, even with overwrite."""
    path = save_picture(tmp_path / "page.png")
    content = path.read_bytes()
    (tmp_path / "sub").mkdir()
    target = {
        "same": path,
        "dots": tmp_path / "sub" / ".." / "page.png",
        "link": tmp_path / "other.png",
        "hard link": tmp_path / "third.png",
    }[how]
    if how == "link":
        target.symlink_to(path)
    if how == "hard link":
        os.link(path, target)
    with pytest.raises(UserError, match=r"is the input, which is never written over"):
        OnePicture(target, (path,), True)
    with pytest.raises(UserError, match=r"is the input, which is never written over"):
        PictureFolder(tmp_path, (path,), True)
    assert path.read_bytes() == content


def test_places_that_cannot_be(tmp_path: Path) -> None:
    """A folder that is missing, a folder in the place of a file and the reverse are told before any work."""
    (tmp_path / "file").touch()
    (tmp_path / "dir.png").mkdir()
    with pytest.raises(UserError, match=r"cannot be written: there is no folder .*nowhere"):
        OnePicture(tmp_path / "nowhere" / "a.png", (), False)
    with pytest.raises(UserError, match=r"dir.png is a folder"):
        OnePicture(tmp_path / "dir.png", (), False)
    with pytest.raises(UserError, match=r"there is a file of that name; name a folder"):
        PictureFolder(tmp_path / "file", (), False)


def test_unwritable_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without permission is told before any work."""
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    if os.access(tmp_path, os.W_OK):  # root may write anywhere
        monkeypatch.setattr(os, "access", lambda path, mode: False)
    try:
        for name in ("a.png", "a.jsonl", "a.mp4"):
            with pytest.raises(UserError, match=r"cannot be written: no permission for the folder"):
                make(tmp_path / name)
    finally:
        tmp_path.chmod(0o755)


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
    """Frames of another size are brought to the size of the first."""
    output = VideoFile(tmp_path / "out.avi", (), False, 25)
    for index, size in enumerate([(160, 120), (320, 200)]):
        frame = Frame(np.zeros((size[1], size[0], 3), np.uint8), index, index / 25, still=False)
        output.write(frame, make_reading(frame), frame.image)
    output.close()
    assert len(read_back(tmp_path / "out.avi")[0]) == 2


def test_full_disk_leaves_no_video(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When room runs out the film is stopped and removed; FFmpeg itself would say nothing."""
    output = VideoFile(tmp_path / "out.mp4", (), False, 25)
    first, second = frames(2)
    output.write(first, make_reading(first), first.image)
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 1000}))
    with pytest.raises(UserError, match=r"out.mp4 cannot be written: the disk is full"):
        output.write(second, make_reading(second), second.image)
    output.close()
    assert list(tmp_path.iterdir()) == []


def test_video_that_lost_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A film whose file does not hold what was written never takes its place."""
    output = VideoFile(tmp_path / "out.mp4", (), False, 25)
    for frame in frames(5):
        output.write(frame, make_reading(frame), frame.image)
    monkeypatch.setattr("digitcam.outputs.video._frames", lambda path: -1)
    with pytest.raises(UserError, match=r"out.mp4 could not be written whole: is the disk full\?"):
        output.close()
    assert list(tmp_path.iterdir()) == []


# Which output for which source


def test_save_fits_the_source(tmp_path: Path) -> None:
    """The suffix and the source together decide; what does not fit is refused with what would."""
    one = Pictures("a.png", [tmp_path / "a.png"])
    many = Pictures("dir", [tmp_path / "a.png", tmp_path / "b.png"])
    film = ScriptedSource([])
    fitting = [(one, "x.png", OnePicture), (many, "x", PictureFolder), (film, "x.mp4", VideoFile)]
    fitting += [(film, "y/", PictureFolder), (one, str(tmp_path / "z"), PictureFolder)]
    for source, name, kind in fitting:
        assert isinstance(open_outputs(source, save=str(tmp_path) + "/" + name.rpartition("//")[2])[0], kind)
    assert isinstance(open_outputs(film, save=str(tmp_path / "f.png"), max_frames=1)[0], OnePicture)
    for source, name, words in [
        (many, "x.png", r"2 pictures need a folder"),
        (one, "x.mp4", r"pictures are saved as .png or .jpg"),
        (film, "x.png", r"a film is saved as .mp4"),
        (one, "x.xyz", r"must be a folder or end in"),
    ]:
        with pytest.raises(UserError, match=words):
            open_outputs(source, save=str(tmp_path / name))


def test_words_for_people() -> None:
    """The table has the numbers and each digit; many pictures have a line each."""
    reading = make_reading(still())
    lines = describe(reading).splitlines()
    assert lines[0] == "page.png  160x120  2 digits"
    assert lines[1] == "numbers  42"
    assert lines[3].split() == ["4", "0.970", "20", "30", "30", "30"]
    assert describe_briefly(reading) == "page.png: 42\n"
    assert describe_briefly(empty(still())) == "page.png: -\n"
