"""A folder of labelled pictures becomes training material, whatever the pictures look like."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.normalise import normalise
from digitcam.training.export_data import export_folders
from digitcam.training.folder import is_in_convention, read_folder
from digitcam.training.material import Material
from tests.training_samples import digits, draw, save_folder


def all_images(stuff: Material) -> dict[bytes, int]:
    """Each image, of training and of validation, with its label."""
    part = stuff.parts[0]
    images, labels = [*part.images, *stuff.validation[0]], [*part.labels, *stuff.validation[1]]
    return {bytes(image): int(label) for image, label in zip(images, labels, strict=True)}


def likeness(first: np.ndarray, second: np.ndarray) -> float:
    first, second = first.astype(float), second.astype(float)
    return float((first * second).sum() / (np.linalg.norm(first) * np.linalg.norm(second)))


def test_exported_pictures_come_back_unchanged(tmp_path: Path) -> None:
    """What ``--export-data`` wrote is read as it was: ``test`` tests, and a part of ``train`` validates."""
    images, labels = digits(100)
    export_folders(images, labels, tmp_path / "train")
    export_folders(*digits(20, seed=9), tmp_path / "test")
    stuff = read_folder(tmp_path)
    assert all_images(stuff) == {bytes(i): int(label) for i, label in zip(images, labels, strict=True)}
    assert np.bincount(stuff.validation[1]).tolist() == [1] * 10
    assert not {bytes(i) for i in stuff.validation[0]} & {bytes(i) for i in stuff.parts[0].images}
    assert stuff.test is not None and len(stuff.test[0]) == 20
    again = read_folder(tmp_path / "train")
    assert again.test is None and np.array_equal(again.validation[0], stuff.validation[0])


def scan(ink: np.ndarray) -> np.ndarray:
    """Dark on textured light paper."""
    noise = np.random.default_rng(1).normal(0, 5, ink.shape)
    return np.clip(225 - 0.7 * ink + noise, 0, 255).astype(np.uint8)


def board(ink: np.ndarray) -> np.ndarray:
    """Light on a dark board."""
    return np.clip(45 + 0.7 * ink.astype(float), 0, 255).astype(np.uint8)


def colour(ink: np.ndarray) -> np.ndarray:
    """Blue ink on yellowish paper, three channels."""
    share = ink[..., None] / 255
    return ((1 - share) * (200, 235, 240) + share * (150, 40, 30)).astype(np.uint8)


def see_through(ink: np.ndarray) -> np.ndarray:
    """Black ink drawn on nothing: four channels with transparency."""
    return np.dstack([np.zeros((*ink.shape, 3), np.uint8), ink])


def deep(ink: np.ndarray) -> np.ndarray:
    """A 16-bit scan."""
    return (60000 - 200 * ink.astype(np.uint32)).astype(np.uint16)


@pytest.mark.parametrize("look", [scan, board, colour, see_through, deep])
@pytest.mark.parametrize("size", [(40, 34), (60, 50), (240, 200)])
def test_pictures_of_any_look_are_normalised(
    tmp_path: Path, look: Callable[[np.ndarray], np.ndarray], size: tuple[int, int]
) -> None:
    """Ink is found whichever of pen and paper is darker, at any size, and lies in MNIST's convention."""
    wanted: dict[int, list[np.ndarray]] = {}
    for label in range(10):
        (tmp_path / str(label)).mkdir()
        for number in range(2):
            ink = draw(label, np.random.default_rng(label), size)
            wanted.setdefault(label, []).append(normalise(ink))
            assert cv2.imwrite(str(tmp_path / str(label) / f"{number}.png"), look(ink))
    stuff = read_folder(tmp_path)
    part = stuff.parts[0]
    assert sorted(part.labels.tolist()) == list(range(10))
    for image, label in zip(part.images, part.labels, strict=True):
        assert is_in_convention(image)
        assert likeness(image, wanted[int(label)][0]) > 0.9


def test_a_one_that_fills_its_picture_follows_the_others(tmp_path: Path) -> None:
    """A stroke cut out so tightly that ink is all along the edge does not tell which is paper."""
    save_folder(tmp_path / "pictures")
    tight = np.full((60, 9), 50, np.uint8)
    tight[:20, :2] = tight[:, 8:] = 230
    assert cv2.imwrite(str(tmp_path / "pictures" / "1" / "tight.png"), tight)
    stuff = read_folder(tmp_path / "pictures")
    ones = np.concatenate([stuff.parts[0].images[stuff.parts[0].labels == 1]])
    widths = [cv2.boundingRect(image)[2] for image in ones]
    assert len(ones) == 4 and min(widths) <= 4
    assert all(is_in_convention(image) for image in ones)


def test_a_28_pixel_picture_out_of_convention_is_normalised(tmp_path: Path) -> None:
    """A digit in a corner of 28×28 is brought to the middle; one in the convention, inverted, is kept."""
    images, _ = digits(10)
    for label, image in enumerate(images):
        (tmp_path / str(label)).mkdir()
        moved = np.roll(image, (-3, -3), (0, 1))
        cv2.imwrite(str(tmp_path / str(label) / "moved.png"), moved)
        cv2.imwrite(str(tmp_path / str(label) / "inverted.png"), 255 - image)
    found = all_images(read_folder(tmp_path))
    assert all(found[bytes(image)] == label for label, image in enumerate(images))
    assert all(is_in_convention(np.frombuffer(image, np.uint8).reshape(28, 28)) for image in found)


def test_pictures_that_cannot_be_used_are_named_and_left_out(tmp_path: Path) -> None:
    """Damaged and blank ones get a sentence each, up to ten; text is no picture; the rest is taken."""
    folder = save_folder(tmp_path / "pictures")
    (folder / "3" / "notes.txt").write_text("mine")
    (folder / "3" / "cut.png").write_bytes((folder / "3" / "0.png").read_bytes()[:90])
    cv2.imwrite(str(folder / "4" / "blank.png"), np.full((40, 40), 200, np.uint8))
    stuff = read_folder(folder)
    assert len(all_images(stuff)) == 40
    assert sum("cut.png cannot be read: " in sentence for sentence in stuff.missing) == 1
    assert sum("blank.png cannot be read: nothing stands out" in s for s in stuff.missing) == 1
    for number in range(20):
        (folder / "5" / f"bad{number}.jpg").write_bytes(b"")
    assert read_folder(folder).missing[10] == "12 more pictures that cannot be read"


def test_digits_without_pictures_are_told(tmp_path: Path) -> None:
    """Some of the digits are enough; those that are missing are named."""
    folder = save_folder(tmp_path / "pictures")
    for label in (0, 9):
        for path in (folder / str(label)).iterdir():
            path.unlink()
    stuff = read_folder(folder)
    assert "no pictures of 0, 9: the network will not know them" in stuff.missing
    assert "the pictures' writers are not known: the validation split is random" in stuff.missing


def test_what_cannot_be_learnt_from_is_refused(tmp_path: Path) -> None:
    """No folder, an empty one, another class than digits, one digit alone: one line each."""
    with pytest.raises(UserError, match="there is no folder .*none: --data takes one"):
        read_folder(tmp_path / "none")
    with pytest.raises(UserError, match="holds no picture that can be read: expected .*mine.png"):
        read_folder(tmp_path)
    folder = save_folder(tmp_path / "pictures")
    (folder / "A").mkdir()
    with pytest.raises(UserError, match="has the class 'A', where the others are digits"):
        read_folder(folder)
    alone = tmp_path / "alone"
    (folder / "7").rename(alone.joinpath("7").parent.mkdir() or alone / "7")
    with pytest.raises(UserError, match="holds too little to learn from: .* received 4 pictures of 1 digits"):
        read_folder(alone)


def test_mnist_itself_is_in_the_convention() -> None:
    """Every one of MNIST's training images would be read as it is."""
    from digitcam.training.mnist import load_mnist
    from tests.needs import need_data

    images, _ = load_mnist("train", need_data())
    assert all(is_in_convention(image) for image in images)
