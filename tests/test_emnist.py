"""EMNIST's digits are taken without those that may be copies of images that measure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digitcam.training import emnist, mnist, overlap
from digitcam.training.emnist import FILES, GIVEN, emnist_digits
from tests.test_overlap import cut_otherwise, hand

TEST = hand(0), np.arange(10)


@pytest.fixture(name="folder")
def folder_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two files: digits by others with two copies of test images in the first, and none in the second."""
    monkeypatch.setattr(mnist, "cache_dir", lambda: tmp_path / "cache")
    monkeypatch.setattr(mnist, "load_mnist", lambda split, data_dir: TEST)
    folder = tmp_path / "data" / "emnist"
    folder.mkdir(parents=True)
    for name, seed in zip(FILES, (40, 50), strict=True):
        # Struck through: no image of the test set is like them.
        images = hand(seed)[:6]
        images[:, 4:6] = 255
        np.savez(folder / f"{name}.npz", x=images, y=np.array([0, 2, 4, 0, 2, 4]))
    first = folder / f"{FILES[0]}.npz"
    with np.load(first) as archive:
        images, labels = archive["x"], archive["y"]
    images[1], images[4] = cut_otherwise(TEST[0][2]), cut_otherwise(TEST[0][7])
    labels[4] = 7
    np.savez(first, x=images, y=labels)
    return tmp_path / "data"


def give(folder: Path, suspected: int) -> None:
    """A file of resemblances that names one digit of the second file."""
    cosines = {f"{name}_cos_test": np.full(6, 0.5, np.float32) for name in FILES}
    cosines[f"{FILES[1]}_cos_test"][suspected] = 0.96
    np.savez(folder / "emnist" / f"{GIVEN}.npz", **cosines)


def test_copies_of_test_images_are_left_out(folder: Path) -> None:
    """The two that are copies go, whatever their place and size; the rest is kept in order."""
    found = emnist_digits(folder)
    assert found is not None
    images, labels = found
    assert labels.tolist() == [0, 4, 0, 4, 0, 2, 4, 0, 2, 4] and labels.dtype == np.uint8
    with np.load(folder / "emnist" / f"{FILES[0]}.npz") as archive:
        assert np.array_equal(images[:4], archive["x"][[0, 2, 3, 5]])


def test_what_a_file_of_resemblances_names_is_left_out_as_well(folder: Path) -> None:
    """Somebody else's cosines are heeded beside those measured here, each with its own bound."""
    give(folder, suspected=4)
    found = emnist_digits(folder)
    assert found is not None and found[1].tolist() == [0, 4, 0, 4, 0, 2, 4, 0, 4]


def test_without_the_collection_there_is_none(folder: Path) -> None:
    """One file of the two may be absent; without both the caller is told by None."""
    (folder / "emnist" / f"{FILES[0]}.npz").unlink()
    found = emnist_digits(folder)
    assert found is not None and found[1].tolist() == [0, 2, 4, 0, 2, 4]
    (folder / "emnist" / f"{FILES[1]}.npz").unlink()
    assert emnist_digits(folder) is None


def test_the_likeness_is_computed_once_for_the_same_images(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is kept in the user's cache, never in the data folder; other images or a damaged file ask anew."""
    asked: list[int] = []
    real = overlap.likeness

    def counted(images: np.ndarray, others: np.ndarray) -> np.ndarray:
        asked.append(len(images))
        return real(images, others)

    monkeypatch.setattr(overlap, "likeness", counted)
    before = sorted(folder.rglob("*"))
    first, second = emnist_digits(folder), emnist_digits(folder)
    assert first is not None and second is not None and np.array_equal(first[0], second[0])
    assert asked == [6, 6] and sorted(folder.rglob("*")) == before
    assert capsys.readouterr().err.count("looking for copies") == 2
    kept = folder.parent / "cache" / "emnist" / f"{FILES[0]}_likeness.npz"
    kept.write_bytes(kept.read_bytes()[:50])
    emnist_digits(folder)
    assert asked == [6, 6, 6]
    monkeypatch.setattr(mnist, "load_mnist", lambda split, data_dir: (hand(1), np.arange(10)))
    emnist_digits(folder)
    assert asked == [6, 6, 6, 6, 6]


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digits are the same where a file stands in the cache folder's place."""
    blocked = folder.parent / "file"
    blocked.write_text("")
    monkeypatch.setattr(mnist, "cache_dir", lambda: blocked)
    found = emnist_digits(folder)
    assert found is not None and len(found[1]) == 10


def test_the_command_counts_what_is_left_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each file: by the cosine measured here, by the file, by the first alone, what remains."""
    give(folder, suspected=4)
    assert emnist.main(["--data-dir", str(folder)]) == 0
    first, second = capsys.readouterr().out.splitlines()[-2:]
    assert first.startswith(f"{FILES[0]}: 6 digits; 2 by the cosine measured here, 0 of them ones; 0 by the")
    assert "2 by the first alone; 4 remain" in first and "1 by the file; 0 by the first alone; 5" in second
    assert emnist.main(["--data-dir", str(folder.parent)]) == 0
    assert "there are no EMNIST digits in" in capsys.readouterr().out
