"""Outputs: JSON lines, CSV rows, pictures and videos that are whole or not there at all."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from pathlib import Path

import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.outputs import open_outputs
from digitcam.outputs.lines import JsonLines, LineFile, StandardOutput, open_lines
from digitcam.outputs.pictures import OnePicture, PictureFolder
from digitcam.outputs.video import VideoFile
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
    assert lines[3].split()[:6] == ["4", "0.970", "20", "30", "30", "30"]
    assert describe_briefly(reading) == "page.png: 42\n"
    assert describe_briefly(empty(still())) == "page.png: -\n"
