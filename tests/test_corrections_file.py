"""The corrections file: what is appended is there, whatever happens; what is no such file is left alone."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from digitcam.corrections import layout
from digitcam.corrections.store import CorrectionFile
from digitcam.errors import UserError
from tests.corrections_samples import NOT_A_DIGIT, make_correction, same
from tests.shell import ROOT


def test_what_is_appended_is_read_back(tmp_path: Path) -> None:
    """Corrections come back as they were, in order, with numbers from 1; none where there is no file."""
    file = CorrectionFile(tmp_path / "new" / "mine.h5")
    assert file.read() == []
    wanted = [make_correction(7), make_correction(NOT_A_DIGIT, 1), make_correction(0, 2)]
    assert file.append(wanted[:1]) == [1]
    assert file.append(wanted[1:]) == [2, 3]
    found = file.read()
    assert [c.number for c in found] == [1, 2, 3]
    assert all(same(a, b) for a, b in zip(found, wanted, strict=True))
    names = sorted(p.name for p in (tmp_path / "new").iterdir())
    assert set(names) <= {"mine.h5", "mine.h5.lock"}, "nothing half-written is left"


def test_the_file_is_plain_hdf5(tmp_path: Path) -> None:
    """Other programs read the file with h5py alone, as docs/corrections.md tells."""
    file = CorrectionFile(tmp_path / "mine.h5")
    correction = make_correction(4)
    file.append([correction])
    with h5py.File(tmp_path / "mine.h5") as plain:
        assert plain.attrs["format"] == "digitcam corrections" and plain.attrs["version"] == 1
        assert np.array_equal(plain["crop"][0], correction.crop)
        assert plain["surroundings"].shape == (1, 64, 64, 3)
        assert plain["label"][0] == 4 and plain["read_as"][0] == 1 and plain["model"][0] == b"ab" * 32
        assert plain["box"][0].tolist() == [-3, 5, 20, 40]


def test_deleting_keeps_the_others_and_their_numbers(tmp_path: Path) -> None:
    """A deleted correction is gone, the others keep their numbers, and no number is given twice."""
    file = CorrectionFile(tmp_path / "mine.h5")
    file.append([make_correction(i, i) for i in range(4)])
    file.delete([2, 4])
    assert [c.number for c in file.read()] == [1, 3]
    assert file.append([make_correction(9, 9)]) == [5]
    with pytest.raises(UserError, match="there is no correction 2 in .*: `cam.py corrections` lists them"):
        file.delete([1, 2])
    assert [c.number for c in file.read()] == [1, 3, 5], "refused as a whole"
    assert file.delete_all() == 3 and not file.path.exists()
    assert file.delete_all() == 0


def test_deleting_where_there_is_nothing(tmp_path: Path) -> None:
    """There is nothing to delete where nothing was corrected, and no file is made for it."""
    with pytest.raises(UserError, match="there are no corrections: .*mine.h5 does not exist"):
        CorrectionFile(tmp_path / "mine.h5").delete([1])
    assert list(tmp_path.iterdir()) == []


def damaged_files(tmp_path: Path) -> dict[str, bytes]:
    """Contents that are no corrections file, and what is said of each."""
    file = CorrectionFile(tmp_path / "whole.h5")
    file.append([make_correction(i % 10, i) for i in range(5)])
    whole = file.path.read_bytes()
    other = io.BytesIO()
    with h5py.File(other, "w") as foreign:
        foreign["x"] = np.arange(5)
    turned = bytearray(whole)
    turned[len(turned) // 2] ^= 4
    return {
        "it is damaged": bytes(turned),
        "it is damaged, or something else": whole[: len(whole) // 2],
        "it is not an HDF5 file": b"a letter to a friend" * 100,
        "it is an HDF5 file of something else": other.getvalue(),
        "not an HDF5 file": b"",
    }


@pytest.mark.parametrize(
    "words",
    [
        "it is damaged",
        "it is damaged, or something else",
        "it is not an HDF5 file",
        "it is an HDF5 file of something else",
        "not an HDF5 file",
    ],
)
def test_what_is_no_corrections_file_is_left_alone(tmp_path: Path, words: str) -> None:
    """A damaged or foreign file is told in one line by every call, and not a byte of it is changed."""
    content = damaged_files(tmp_path)[words]
    path = tmp_path / "mine.h5"
    path.write_bytes(content)
    file = CorrectionFile(path)
    one = [make_correction()]
    for call in (file.read, lambda: file.append(one), lambda: file.delete([1]), file.delete_all):
        with pytest.raises(UserError) as told:
            call()
        line = str(told.value)
        assert line.startswith(f"{path} cannot be used: ") and words in line and "\n" not in line
        assert line.endswith("it is left as it is: move it away to begin anew")
        assert path.read_bytes() == content


def test_file_of_a_later_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of a later version is told as such, and kept."""
    file = CorrectionFile(tmp_path / "mine.h5")
    with monkeypatch.context() as later:
        later.setattr(layout, "VERSION", 2)
        file.append([make_correction()])
    content = file.path.read_bytes()
    with pytest.raises(UserError, match="was written by a later digitcam .*version 2.*: update this one"):
        file.append([make_correction()])
    assert file.path.read_bytes() == content


def test_bytes_that_would_lead_hdf5_astray(tmp_path: Path) -> None:
    """Whatever bits are turned, reading ends at once and says that the file is damaged."""
    file = CorrectionFile(tmp_path / "mine.h5")
    file.append([make_correction(i, i) for i in range(3)])
    whole = file.path.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(100):
        turned = bytearray(whole)
        for place in rng.integers(0, len(whole), rng.integers(1, 50)):
            turned[place] ^= 1 << rng.integers(0, 8)
        file.path.write_bytes(turned)
        with pytest.raises(UserError, match="cannot be used"):
            file.read()


def test_full_disk_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk is full that is said, the corrections of before are all there, and nothing else is."""
    file = CorrectionFile(tmp_path / "mine.h5")
    file.append([make_correction()])

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as no_room:
        no_room.setattr("os.fsync", full)
        with pytest.raises(UserError, match="mine.h5 cannot be written: No space left on device"):
            file.append([make_correction(3)])
    assert [c.label for c in file.read()] == [7]
    assert {p.name for p in tmp_path.iterdir()} <= {"mine.h5", "mine.h5.lock"}
    assert file.append([make_correction(3)]) == [2], "with room again it goes on"


def test_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A place that cannot be is told in one line."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="cannot be written: "):
        CorrectionFile(tmp_path / "file" / "mine.h5").append([make_correction()])
    assert (tmp_path / "file").read_text() == "in the way"


def test_remains_of_a_kill_are_removed(tmp_path: Path) -> None:
    """What a killed program has left half-written goes away with the next correction."""
    file = CorrectionFile(tmp_path / "mine.h5")
    (tmp_path / ".mine-abc.part.h5").write_bytes(b"half")
    (tmp_path / ".other-abc.part.h5").write_bytes(b"somebody else's")
    file.append([make_correction()])
    assert not (tmp_path / ".mine-abc.part.h5").exists()
    assert (tmp_path / ".other-abc.part.h5").exists()


def test_program_that_does_not_let_go(tmp_path: Path) -> None:
    """Where another program keeps the lock, that is said after a while instead of waiting for ever."""
    from filelock import FileLock

    refused = pytest.raises(UserError, match="mine.h5 is in use by another program that does not let go")
    with FileLock(tmp_path / "mine.h5.lock"), refused:
        CorrectionFile(tmp_path / "mine.h5", patience=0.05).append([make_correction()])


APPEND = """
import sys
from pathlib import Path
from digitcam.corrections.store import CorrectionFile
from tests.corrections_samples import make_correction
file = CorrectionFile(Path(sys.argv[1]))
for i in range(25):
    file.append([make_correction(int(sys.argv[2]), i)])
"""


def test_two_programs_at_once(tmp_path: Path) -> None:
    """Two programs that correct at the same time lose nothing of each other's."""
    path = tmp_path / "mine.h5"
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    both = [subprocess.Popen([sys.executable, "-c", APPEND, str(path), label], env=environ) for label in "36"]
    assert [process.wait(60) for process in both] == [0, 0]
    found = CorrectionFile(path).read()
    assert [c.number for c in found] == list(range(1, 51))
    for label in (3, 6):
        assert [c.time - 1.7e9 for c in found if c.label == label] == list(range(25)), "each in its order"
