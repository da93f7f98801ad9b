"""Folders of one's own pictures: found, counted, split, and looked through for what spoils a training."""

from __future__ import annotations

import os
import shutil
import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.training.pictures import find_pictures, names_of_classes
from tests.picture_samples import CLASSES, write_classes


def names(pictures, classes: tuple[str, ...]) -> list[str]:  # type: ignore[no-untyped-def]
    return [classes[label] for label in pictures.labels.tolist()]


def test_pictures_are_found_by_class_and_split(tmp_path: Path) -> None:
    """The same share of each class is kept out, twice; no picture is in two parts; the split stays."""
    folder = write_classes(tmp_path / "mine", 20)
    found = find_pictures(folder)
    assert found.classes == CLASSES
    assert [len(part) for part in found.splits] == [64, 8, 8]
    for part in found.splits:
        counts = np.bincount(part.labels)
        assert len(set(counts.tolist())) == 1
        assert names(part, CLASSES) == [path.parent.name for path in part.paths]
    every = [path for part in found.splits for path in part.paths]
    assert len(set(every)) == 80
    again = find_pictures(folder)
    assert [part.paths for part in again.splits] == [part.paths for part in found.splits]
    assert again.sha256 == found.sha256
    table = "\n".join(found.table())
    assert "red disc né" in table and table.splitlines()[-1].split() == ["all", "64", "8", "8"]


def test_a_split_that_is_given_is_taken(tmp_path: Path) -> None:
    """train, val and test as they are; without val a part of train validates; the test keeps its copies."""
    write_classes(tmp_path / "train", 12, seed=1)
    write_classes(tmp_path / "test", 3, seed=2)
    without = find_pictures(tmp_path)
    assert [len(part) for part in without.splits] == [44, 4, 12]
    write_classes(tmp_path / "val", 2, seed=3)
    shutil.copy(tmp_path / "test" / CLASSES[0] / "0.jpg", tmp_path / "train" / CLASSES[0] / "copy.jpg")
    found = find_pictures(tmp_path)
    assert [len(part) for part in found.splits] == [48, 8, 12]
    assert all(path.parts[-3] == "val" for path in found.validation.paths)
    assert "left out: 1 pictures that are there twice" in found.warnings


def test_what_cannot_be_used_is_left_out_and_told(tmp_path: Path) -> None:
    """Broken pictures among good ones, copies, one picture in two classes; other files are passed over."""
    folder = write_classes(tmp_path, 30)
    first, second = (folder / name for name in CLASSES[:2])
    (first / "words.jpg").write_text("no picture")
    (first / "cut.jpg").write_bytes((first / "1.jpg").read_bytes()[:300])
    (first / "empty.png").touch()
    (first / ".hidden.jpg").write_text("x")
    (first / "notes.txt").write_text("x")
    shutil.copy(first / "2.jpg", first / "again.jpg")
    shutil.copy(first / "3.jpg", second / "other.jpg")
    found = find_pictures(folder)
    assert sum(map(len, found.splits)) == 120
    told = "\n".join(found.warnings)
    assert told.count("left out: ") == 5
    assert "words.jpg: it is text" in told and "cut.jpg: the JPEG file is cut off" in told
    assert "empty.png: it is empty" in told and "1 pictures that are there twice" in told
    assert f"{second / 'other.jpg'} is the same picture as {first / '3.jpg'}, of another class" in told


def test_much_that_is_broken_is_counted(tmp_path: Path) -> None:
    """Not named one by one."""
    folder = write_classes(tmp_path, 4)
    for i in range(12):
        (folder / CLASSES[0] / f"bad{i}.jpg").write_text(f"no picture {i}")
    assert "left out: 7 more that cannot be read" in find_pictures(folder).warnings


def test_few_uneven_and_tiny_pictures_are_warned_of(tmp_path: Path) -> None:
    """Each in one sentence."""
    folder = write_classes(tmp_path, 60, CLASSES[:1])
    write_classes(folder, 4, CLASSES[1:2], seed=5)
    for i in range(3):
        image = np.random.default_rng(i).integers(0, 256, (20, 30, 3), np.uint8)
        cv2.imwrite(str(folder / CLASSES[0] / f"tiny{i}.png"), image)
    told = find_pictures(folder).warnings
    assert f"few pictures, fewer than 20 to learn from: {CLASSES[1]}" in told
    assert any(line.startswith("uneven: 51 pictures of one class and 2 of another") for line in told)
    assert any(line.startswith("tiny: ") for line in told)


def test_links_in_circles_do_no_harm(tmp_path: Path) -> None:
    """A link to the folder itself, and one that leads nowhere."""
    folder = write_classes(tmp_path / "mine", 6)
    os.symlink(folder, folder / "circle", target_is_directory=True)
    os.symlink(folder / "b", folder / "a")
    os.symlink(folder / "a", folder / "b")
    os.symlink(folder / CLASSES[0], folder / CLASSES[0] / "inner", target_is_directory=True)
    found = find_pictures(folder)
    assert found.classes == CLASSES and sum(map(len, found.splits)) == 24


@pytest.mark.parametrize(
    ("classes", "counts", "message"),
    [
        pytest.param((), (), "holds no classes of pictures: it holds no folder", id="empty"),
        pytest.param(CLASSES[:1], (9,), f"has one class, {CLASSES[0]}: expected two or more", id="one class"),
        pytest.param(CLASSES[:2], (9, 1), f"the class {CLASSES[1]} of .* has too few", id="one picture"),
    ],
)
def test_too_little_is_refused(
    tmp_path: Path, classes: tuple[str, ...], counts: tuple[int, ...], message: str
) -> None:
    """One line that names the folder or the class, and says what to try."""
    for name, count in zip(classes, counts, strict=True):
        write_classes(tmp_path, count, (name,), seed=count)
    with pytest.raises(UserError, match=message) as caught:
        find_pictures(tmp_path)
    assert "\n" not in str(caught.value)


def test_pictures_without_folders_are_told(tmp_path: Path) -> None:
    """They lie right in the folder; a folder that is not there has none."""
    folder = write_classes(tmp_path, 2) / CLASSES[0]
    with pytest.raises(UserError, match="holds no classes of pictures: 2 pictures lie in it, but no folder"):
        find_pictures(folder)
    with pytest.raises(UserError, match="there is no folder .*nothing: --data takes one"):
        find_pictures(tmp_path / "nothing")
    assert names_of_classes(tmp_path / "nothing") == [] and set(names_of_classes(tmp_path)) == set(CLASSES)


def test_many_pictures_need_little_memory(tmp_path: Path) -> None:
    """Of 3,000 pictures of 12 KB less than their tenth is held at any moment: they are read one by one."""
    rng = np.random.default_rng(0)
    for name in CLASSES[:2]:
        (tmp_path / name).mkdir()
        for i in range(1500):
            content = rng.integers(0, 256, (64, 64, 3), np.uint8)
            head = b"P6 64 64 255\n"
            (tmp_path / name / f"{i}.ppm").write_bytes(head + content.tobytes())
    tracemalloc.start()
    found = find_pictures(tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(map(len, found.splits)) == 3000 and peak < 3.6e6
