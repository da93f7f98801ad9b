"""``--save-crops``: what the network was shown, by label, as a training takes it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.outputs import crops as crops_output
from digitcam.outputs.crops import CropFolder, stem
from digitcam.pages import make_page
from digitcam.reader import Reader
from digitcam.sources.demo import DemoSource
from digitcam.sources.pictures import Pictures
from digitcam.training.folder import read_folder
from digitcam.types import Box, Frame, Reading
from tests.samples import ScriptedSource, frames, make_digit, save_picture
from tests.shell import Run, make_shell, refused


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return make_shell(monkeypatch, capsys)


def crop(shade: int = 255) -> np.ndarray:
    image = np.zeros((28, 28), np.uint8)
    image[5:23, 12:16] = shade
    return image


def read(frame: Frame, *digits: tuple[str, int | None], shade: int = 255) -> Reading:
    """A reading with these labels and tracks."""
    found = tuple(
        replace(make_digit(Box(30 * i, 0, 20, 30), label), track=track, crop=crop(shade))
        for i, (label, track) in enumerate(digits)
    )
    return Reading(frame.source, frame.index, frame.time, frame.size, found)


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def still(name: str, index: int = 0) -> Frame:
    return replace(frames(1)[0], source=name, still=True, index=index)


def test_pictures_have_every_digit(tmp_path: Path) -> None:
    """Of pictures each digit is saved below its label; pictures of one name do not collide."""
    source = Pictures("scans", [Path("a/page.jpg"), Path("b/page.jpg")])
    output = CropFolder(tmp_path / "new" / "crops", source, False)
    output.write(still("a/page.jpg", 0), read(still("a/page.jpg", 0), ("4", None), ("4", None)), None)
    output.write(still("b/page.jpg", 1), read(still("b/page.jpg", 1), ("2", None)), None)
    assert names(tmp_path / "new" / "crops") == [
        "2/page-000001-000.png",
        "4/page-000000-000.png",
        "4/page-000000-001.png",
    ]
    saved = cv2.imread(str(tmp_path / "new" / "crops" / "2" / "page-000001-000.png"), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(saved, crop())


def test_film_has_each_track_once_per_label(tmp_path: Path) -> None:
    """A track is saved when it is first given a label, and when it is given another; never replaced."""
    output = CropFolder(tmp_path, ScriptedSource([]), False)
    labels = [("4", "2"), ("4", "2"), ("9", "2"), ("4", "2")]
    for frame, (one, other) in zip(frames(4), labels, strict=True):
        output.write(frame, read(frame, (one, 7), (other, 8), shade=250 - frame.index), None)
    assert names(tmp_path) == [
        "2/scripted-000000-track8.png",
        "4/scripted-000000-track7.png",
        "9/scripted-000002-track7.png",
    ]
    assert cv2.imread(str(tmp_path / "4" / "scripted-000000-track7.png")).max() == 250


def test_film_without_tracks_has_every_frame(tmp_path: Path) -> None:
    """Where frames stand each on its own, the digits of each are saved."""
    output = CropFolder(tmp_path, ScriptedSource([]), False)
    for frame in frames(3):
        output.write(frame, read(frame, ("4", None)), None)
    assert names(tmp_path) == [f"4/scripted-{i:06d}-000.png" for i in range(3)]


def test_digits_without_a_crop_are_left_out(tmp_path: Path) -> None:
    """A digit that was not seen in this frame is saved in the one that shows it."""
    output = CropFolder(tmp_path, ScriptedSource([]), False)
    for frame in frames(2):
        reading = read(frame, ("4", 1))
        if not frame.index:
            reading = replace(reading, digits=(replace(reading.digits[0], crop=None),))
        output.write(frame, reading, None)
    assert names(tmp_path) == ["4/scripted-000001-track1.png"]


def test_memory_does_not_grow_with_the_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many tracks are remembered, those met last."""
    monkeypatch.setattr(crops_output, "REMEMBERED", 3)
    output = CropFolder(tmp_path, ScriptedSource([]), False)
    for frame in frames(8):
        output.write(frame, read(frame, ("1", 0), ("1", 10 + frame.index)), None)
    assert len(output._saved) == 3
    assert [name for name in names(tmp_path) if name.endswith("track0.png")] == [
        "1/scripted-000000-track0.png"
    ]


def test_sittings_at_a_camera_go_into_one_folder(tmp_path: Path) -> None:
    """Crops of a live source bear the time of its beginning, so that the next sitting adds to them."""
    camera = ScriptedSource([])
    camera.live = True
    for minute in (1, 2):
        output = CropFolder(tmp_path, camera, False, lambda minute=minute: datetime(2026, 5, 4, 3, minute))
        output.write(frames(1)[0], read(frames(1)[0], ("4", 1)), None)
    assert names(tmp_path) == [
        "4/scripted-20260504-030100-000000-track1.png",
        "4/scripted-20260504-030200-000000-track1.png",
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("scans/page 1.jpg", "page-1"),
        ("rtsp://user:secret@host.lan:554/stream?x=1", "host.lan"),
        ("größe\udcff.jpg", "größe"),
        ("...", "frame"),
        ("x" * 300 + ".png", "x" * 100),
    ],
)
def test_names_hold_nothing_odd(source: str, expected: str) -> None:
    """What a file system or a stranger has no business with is left out of names: signs, words to get in."""
    assert stem(source) == expected


def test_existing_crops_are_kept(tmp_path: Path) -> None:
    """Without overwrite a crop that exists is refused and kept; with it, it is replaced."""
    frame = frames(1)[0]
    path = tmp_path / "4" / "scripted-000000-track1.png"
    path.parent.mkdir()
    path.write_bytes(b"precious")
    with pytest.raises(UserError, match=r"track1.png exists already: .* --overwrite"):
        CropFolder(tmp_path, ScriptedSource([]), False).write(frame, read(frame, ("4", 1)), None)
    assert path.read_bytes() == b"precious"
    CropFolder(tmp_path, ScriptedSource([]), True).write(frame, read(frame, ("4", 1)), None)
    assert path.read_bytes() != b"precious" and len(names(tmp_path)) == 1


def test_places_that_cannot_be(run: Run, tmp_path: Path) -> None:
    """A file of that name, or pictures being read where crops would go, are refused before any work."""
    page = save_picture(tmp_path / "page.png")
    assert "there is a file of that name; name a folder" in refused(run(page, "--save-crops", page))
    (tmp_path / "7").mkdir()
    mine = save_picture(tmp_path / "7" / "mine.png")
    line = refused(run(mine, "--save-crops", tmp_path))
    assert line.endswith(f"{tmp_path / '7'} is being read; name another folder")
    assert names(tmp_path) == ["7/mine.png", "page.png"]


def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full one line says so, and no half crop is left."""

    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    output = CropFolder(tmp_path, ScriptedSource([]), False)
    with pytest.raises(UserError, match=r"track1.png cannot be written: No space left on device; free some"):
        output.write(frames(1)[0], read(frames(1)[0], ("4", 1)), None)
    assert names(tmp_path) == []


def test_training_takes_what_was_saved(tmp_path: Path) -> None:
    """The crops of a page that was read come back from a training's folder, pixels and labels."""
    reader, source = Reader(), Pictures("page", [Path("page.png")])
    output = CropFolder(tmp_path, source, False)
    shown = []
    for index in range(3):
        image = make_page("plain", np.random.default_rng((5, index))).image
        reading = reader.read(Frame(image, index, source="page.png"))
        output.write(Frame(image, index, source="page.png"), reading, None)
        shown += [(digit.label, digit.crop) for digit in reading.digits]
    assert len(shown) > 10
    material = read_folder(tmp_path)
    images = np.concatenate([material.parts[0].images, material.validation[0]])
    labels = np.concatenate([material.parts[0].labels, material.validation[1]])
    assert len(images) == len(shown)
    returned = {(str(label), image.tobytes()) for label, image in zip(labels, images, strict=True)}
    same = sum((label, image.tobytes()) in returned for label, image in shown if image is not None)
    assert same >= 0.9 * len(shown)


def test_a_film_read_in_earnest(tmp_path: Path) -> None:
    """Of the demo's first frames every track that is shown is saved once for each of its labels."""
    with DemoSource(size=(640, 360)) as source:
        reader, output = Reader(), CropFolder(tmp_path, source, False)
        met = set()
        for frame in itertools.islice(source, 8):
            reading = reader.read(frame)
            output.write(frame, reading, None)
            met |= {(digit.label, f"track{digit.track}") for digit in reading.digits}
    saved = [(name[0], name.removesuffix(".png").rpartition("-")[2]) for name in names(tmp_path)]
    assert len(saved) == len(met) >= 3 and set(saved) == met
