"""``cam.py corrections``: lists, a sheet, folders, deleting; and what is told where it cannot be."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.corrections.store import CorrectionFile
from digitcam.training.folder import read_folder
from tests.corrections_samples import NOT_A_DIGIT, make_correction, make_crop
from tests.shell import Run, make_shell, refused


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    from digitcam.commands import cam
    from digitcam.commands.run import run as run_command

    make_shell(monkeypatch, capsys)

    def call(*words: object) -> tuple[int, str, str]:
        status = run_command(cam.main, ["corrections", *map(str, words)])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return status, out, err

    return call


@pytest.fixture
def three(user: Path) -> CorrectionFile:
    """A user with three corrections, one of them of what is no digit."""
    file = CorrectionFile()
    file.append([make_correction(7), make_correction(4, 1), make_correction(NOT_A_DIGIT, 2)])
    return file


def test_nothing_yet(run: Run, user: Path) -> None:
    """Without corrections that is said, with how to make one; it is no error, and no file is made."""
    status, out, err = run()
    assert status == 0 and err == ""
    assert out.startswith("there are no corrections in ") and "click a digit" in out
    assert not user.exists()


def test_list(run: Run, three: CorrectionFile) -> None:
    """Each correction has a line: its number, what it was read as and what it is; the last line counts."""
    status, out, _ = run("list")
    lines = out.splitlines()
    assert status == 0 and lines == run()[1].splitlines()
    assert len(lines) == 4 and lines[0].split()[0] == "1"
    assert "read as 1" in lines[0] and "is 7" in lines[0] and "abababab" in lines[0]
    assert "is not a digit" in lines[2]
    assert lines[3] == "3 corrections: 1 of 4, 1 of 7, 1 of not a digit"


def test_sheet(run: Run, three: CorrectionFile, tmp_path: Path) -> None:
    """The sheet shows each crop and its surroundings; a picture that exists is not written over unasked."""
    target = tmp_path / "all.png"
    assert run("sheet", target)[:2] == (0, f"written: {target}\n")
    sheet = cv2.imread(str(target))
    crop = cv2.resize(make_crop(), (84, 84), interpolation=cv2.INTER_NEAREST)
    found = [cv2.matchTemplate(sheet, cv2.merge([crop] * 3), cv2.TM_SQDIFF).min()]
    assert min(found) == 0, "the crop of the first is there, pixel for pixel"
    assert refused(run("sheet", target)).startswith(f"{target} exists already")
    assert run("sheet", target, "--overwrite")[0] == 0
    assert "is no name for a picture" in refused(run("sheet", tmp_path / "all.txt"))


def test_sheet_without_a_display(run: Run, three: CorrectionFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no display the sheet asks for a file's name."""
    monkeypatch.setattr("digitcam.display.missing_display", lambda gui: "there is no display")
    line = refused(run("sheet"))
    assert line == "no window, since there is no display: name a picture: `cam.py corrections sheet all.png`"


def test_export_is_what_training_takes(run: Run, three: CorrectionFile, tmp_path: Path) -> None:
    """The exported folders hold the crops bit for bit, and ``train.py --data`` reads them."""
    CorrectionFile().append([make_correction(label, 3 + label) for label in (7, 4)])
    folder = tmp_path / "out"
    assert run("export", folder)[:2] == (0, f"5 crops written below {folder}\n")
    first = cv2.imread(str(folder / "7" / "correction-00001.png"), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(first, make_crop())
    assert (folder / "none" / "correction-00003.png").exists()
    stuff = read_folder(folder)
    assert sum(len(part.images) for part in stuff.parts) + len(stuff.validation[0]) == 4
    assert any("none: what is no digit is not learnt from folders" in line for line in stuff.missing)
    assert "exists already" in refused(run("export", folder)), "nothing is written over"


def test_delete(run: Run, three: CorrectionFile) -> None:
    """Some are deleted by their numbers, all with --all; one of the two has to be said."""
    assert run("delete", "1", "3")[:2] == (0, "2 corrections deleted\n")
    assert [c.number for c in three.read()] == [2]
    assert "there is no correction 7" in refused(run("delete", "7"))
    assert refused(run("delete")).startswith("delete wants the numbers of corrections, or --all")
    assert "numbers of corrections, or --all" in refused(run("delete", "2", "--all"))
    assert run("delete", "--all")[:2] == (0, "1 correction deleted\n")
    assert not three.path.exists()


def test_damaged_file_is_told(run: Run, user: Path) -> None:
    """Every task tells of a damaged file in one line with status 2."""
    user.mkdir(parents=True)
    (user / "corrections.h5").write_bytes(b"no such file")
    for words in ((), ("sheet", "x.png"), ("export", "x"), ("delete", "1"), ("delete", "--all")):
        assert "cannot be used: it is not an HDF5 file" in refused(run(*words))


def test_another_file(run: Run, tmp_path: Path) -> None:
    """--file looks into somebody else's corrections."""
    CorrectionFile(tmp_path / "theirs.h5").append([make_correction(5)])
    assert "1 correction: 1 of 5" in run("--file", tmp_path / "theirs.h5")[1]
