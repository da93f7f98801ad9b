"""MNIST as folders of pictures, all of it or nothing."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.training.export_data import export_folders

IMAGES = np.random.default_rng(3).integers(0, 256, (6, 28, 28)).astype(np.uint8)
LABELS = np.array([4, 0, 4, 9, 4, 0], np.uint8)


def test_every_picture_lands_in_its_class_unchanged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The pictures read back are the arrays, in order within their class, and one line says how many."""
    folder = tmp_path / "new" / "out"
    assert export_folders(IMAGES, LABELS, folder) == 6
    assert sorted(p.name for p in folder.iterdir()) == ["0", "4", "9"]
    for label in (0, 4, 9):
        files = sorted((folder / str(label)).iterdir())
        expected = IMAGES[np.equal(LABELS, label)]
        assert [f.name for f in files] == [f"{n:05d}.png" for n in range(1, len(expected) + 1)]
        read = np.array([cv2.imread(str(f), cv2.IMREAD_UNCHANGED) for f in files])
        assert np.array_equal(read, expected)
    assert capsys.readouterr().err == f"wrote 6 pictures in 3 classes to {folder}\n"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    """An empty folder that is there already is filled."""
    export_folders(IMAGES, LABELS, tmp_path)
    assert (tmp_path / "9" / "00001.png").is_file()


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_there_is_never_mixed_or_replaced(tmp_path: Path, kind: str) -> None:
    """A folder with something in it, or a file of that name, is refused and stays as it was."""
    target = tmp_path / "out"
    kept = target if kind == "file" else target / "mine.txt"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("mine")
    with pytest.raises(UserError, match="out is not an empty folder"):
        export_folders(IMAGES, LABELS, target)
    assert kept.read_text() == "mine"
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [kept]


def test_a_full_disk_leaves_nothing_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a picture cannot be written, one line says why, and neither folder nor remains are there."""
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name == "00003.png":
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UserError, match="cannot write the pictures .*: No space left on device$"):
        export_folders(IMAGES, LABELS, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_arrays_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    """A label too few is a programmer's fault, told before anything is written."""
    with pytest.raises(ValueError, match="expected N×H×W uint8 images and N labels"):
        export_folders(IMAGES, LABELS[:-1], tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
