"""Bad outputs and cut videos: one plain line with status 2, and neither input nor old files are lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.samples import save_picture, save_video
from tests.shell import Run, make_shell, refused


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return make_shell(monkeypatch, capsys)


# Outputs


def test_json_named_like_a_photo(run: Run, tmp_path: Path) -> None:
    """--json photo.jpg is refused with a hint, and the photo lives."""
    photo = save_picture(tmp_path / "photo.jpg")
    content = photo.read_bytes()
    line = refused(run(photo, "--json", photo, "--overwrite"))
    assert line.endswith("the name must be - or end in .json, .jsonl or .csv; for pictures take --save")
    assert photo.read_bytes() == content


def test_save_naming_the_input(run: Run, tmp_path: Path) -> None:
    """--save never takes the input, neither as a file nor as its folder, and the input lives."""
    photo = save_picture(tmp_path / "photo.jpg")
    content = photo.read_bytes()
    for target in (photo, tmp_path):
        line = refused(run(photo, "--save", target, "--overwrite"))
        assert line == f"{photo} is the input, which is never written over: choose another name"
    clip = save_video(tmp_path / "clip.avi", 3)
    assert "is the input" in refused(run(clip, "--save", clip, "--overwrite"))
    assert photo.read_bytes() == content and len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("option", ["--save", "--json"])
def test_existing_output(run: Run, tmp_path: Path, option: str) -> None:
    """A file that exists is refused with the way out, and lives; with --overwrite it is replaced."""
    photo = save_picture(tmp_path / "photo.jpg")
    old = tmp_path / ("old.png" if option == "--save" else "old.json")
    old.write_bytes(b"precious")
    assert refused(run(photo, option, old)) == (
        f"{old} exists already: choose another name, or add --overwrite"
    )
    assert old.read_bytes() == b"precious"
    assert run(photo, option, old, "--overwrite")[0] == 0 and old.read_bytes() != b"precious"


def test_bad_input_leaves_no_output(run: Run, tmp_path: Path) -> None:
    """When the source is refused nothing is created, and an old file lives even with --overwrite."""
    old = tmp_path / "old.jsonl"
    old.write_text("precious")
    refused(run(tmp_path / "nix.png", "--json", old, "--overwrite", "--save", tmp_path / "out"))
    assert old.read_text() == "precious" and [p.name for p in tmp_path.iterdir()] == ["old.jsonl"]


@pytest.mark.parametrize("name", ["out.jsonl", "out.png"])
def test_unwritable_output(run: Run, tmp_path: Path, name: str) -> None:
    """A place that does not exist is told before the reading begins."""
    photo = save_picture(tmp_path / "photo.jpg")
    option = "--json" if name.endswith("l") else "--save"
    line = refused(run(photo, option, tmp_path / "nowhere" / name))
    assert line.endswith(f"cannot be written: there is no folder {tmp_path / 'nowhere'}")


def test_full_disk(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is told in one line, nothing half-written is left, and the input is untouched."""
    photo = save_picture(tmp_path / "photo.png")
    content = photo.read_bytes()

    def full(file: int, *data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    status, _, err = run(photo, "--save", tmp_path / "out.png")
    assert status == 2 and err.count("\n") == 1
    assert f"{tmp_path / 'out.png'} cannot be written: No space left on device; free some room" in err
    monkeypatch.setattr("os.write", full)
    line = refused(run(photo, "--json", tmp_path / "out.jsonl"))
    assert "out.jsonl cannot be written: No space left" in line
    assert [p.name for p in tmp_path.iterdir()] == ["photo.png"] and photo.read_bytes() == content


# Videos


def test_video_cut_off(run: Run, tmp_path: Path) -> None:
    """A video cut off in the middle gives the frames there are, then a warning."""
    clip = save_video(tmp_path / "clip.avi", 40)
    data = clip.read_bytes()
    clip.write_bytes(data[: len(data) // 2])
    status, out, err = run(clip, "--json", "-")
    count = len(out.splitlines())
    assert status == 0 and 5 < count < 35
    assert f"digitcam: {clip} is cut off: {count} of 40 frames could be read; copy it again" in err
    assert err.splitlines()[-1].startswith(f"digitcam: {count} frames, ")


def test_video_without_its_index(run: Run, tmp_path: Path) -> None:
    """An MP4 that lost its index at the end cannot be opened, and that is told."""
    clip = save_video(tmp_path / "clip.mp4", 40, codec="mp4v")
    clip.write_bytes(clip.read_bytes()[:2000])
    assert refused(run(clip)).startswith(f"{clip} cannot be opened as a video: it is cut off, damaged or no")


def test_text_named_like_a_video(run: Run, tmp_path: Path) -> None:
    """A text file named .mp4 is told to be no video."""
    (tmp_path / "clip.mp4").write_text("nothing moves here " * 50)
    assert "cannot be opened as a video" in refused(run(tmp_path / "clip.mp4"))
