"""The collections give what may be learnt from, and nothing that measures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.training import collections, material
from digitcam.training.material import NOT_A_DIGIT_LABEL
from tests.training_samples import COUNTS, digits, use_tiny_mnist

HELD_WRITER = 7
# An L from the top: down, then to the right; y upwards, as UNIPEN's points are.
PATH_L = np.array([[0, 10], [0, 0], [6, 0]], np.float32)


def write_unipen(data_dir: Path, name: str, labels: list, writers: list[int]) -> None:
    """Each item is the path of an L in one stroke, with a dot as its second."""
    folder = data_dir / "unipen"
    folder.mkdir(parents=True, exist_ok=True)
    count = len(labels)
    dot = np.array([[6, 9], [6, 10]], np.float32)
    np.savez(
        folder / f"unipen_{name}.npz",
        x=np.zeros((count, 28, 28), np.uint8),
        y=np.array(labels),
        writer=np.array(writers, np.int16),
        pts=np.concatenate([PATH_L, dot] * count),
        stroke_off=np.cumsum([0, *([3, 2] * count)]).astype(np.int32),
        item_off=(2 * np.arange(count + 1)).astype(np.int32),
    )
    (folder / "heldout_writers.json").write_text(json.dumps({"writers": [HELD_WRITER]}))


def write_emnist(data_dir: Path) -> None:
    """Four digits that are like no other."""
    folder = data_dir / "emnist"
    folder.mkdir(parents=True)
    images = np.zeros((4, 28, 28), np.uint8)
    images[:, 5:25, 4:24:2] = 255
    np.savez(folder / "emnist_extra_digits.npz", x=images, y=np.array([3, 3, 1, 1]))


def numbered(labels: list[str]) -> dict[str, np.ndarray]:
    """Images whose first pixel is their place in the list."""
    images = np.zeros((len(labels), 28, 28), np.uint8)
    images[:, 0, 0] = np.arange(len(labels))
    return {"x": images, "y": np.array(labels)}


def test_held_out_writers_are_never_among_the_others(tmp_path: Path) -> None:
    """Every item is either trained on or held out, by its writer."""
    write_unipen(tmp_path, "digits", [4, 9, 5, 9], [1, HELD_WRITER, 2, HELD_WRITER])
    trained, held = (collections.pen_paths(tmp_path, "digits", heldout=flag) for flag in (False, True))
    assert trained is not None and trained[1].tolist() == [4, 5] and len(trained[0]) == 2
    assert held is not None and held[1].tolist() == [9, 9]
    drawn = collections.unipen_digits(tmp_path, np.random.default_rng(0), copies=3)
    assert drawn is not None and drawn[1].tolist() == [4, 5] * 3 and drawn[0].shape == (6, 28, 28)


def test_without_the_list_of_held_out_writers_nothing_is_taken(tmp_path: Path) -> None:
    """Rather than training on the writers that measure, the missing list is named."""
    write_unipen(tmp_path, "digits", [4], [1])
    (tmp_path / "unipen" / "heldout_writers.json").unlink()
    with pytest.raises(UserError, match="heldout_writers.json cannot be read .*: without it the writers"):
        collections.pen_paths(tmp_path, "digits")


def test_pen_paths_stand_upright(tmp_path: Path) -> None:
    """Points count upwards in the file and downwards in a picture: an L has its foot below."""
    write_unipen(tmp_path, "digits", [1], [1])
    paths = collections.pen_paths(tmp_path, "digits")
    assert paths is not None
    strokes = paths[0][0]
    assert [len(stroke) for stroke in strokes] == [3, 2]
    image = collections.draw_path(strokes[:1], 0.08, np.random.default_rng(0))
    rows, columns = np.nonzero(image)
    assert (image[rows.max()] > 0).sum() > 3 * (image[rows.min()] > 0).sum()
    assert (image[:, columns.min()] > 0).sum() > 3 * (image[:, columns.max()] > 0).sum()


def test_a_wider_pen_gives_more_ink() -> None:
    """The pen's width is a share of the glyph, whatever unit its points have."""
    rng = np.random.default_rng(0)
    down = PATH_L * (1, -1)
    thin, thick = (int((collections.draw_path([down], pen, rng) > 0).sum()) for pen in (0.04, 0.2))
    assert thick > 1.5 * thin
    far = collections.draw_path([down * 1000 + 5000], 0.1, np.random.default_rng(0))
    assert np.abs(far.astype(int) - collections.draw_path([down], 0.1, np.random.default_rng(0))).mean() < 3
    point = collections.draw_path([down[:1]], 0.1, np.random.default_rng(0))
    assert point.max() == 255


def test_letters_that_look_like_digits_are_left_out(tmp_path: Path) -> None:
    """O, q and their like are neither digit nor "not a digit"; with merged cases both cases go."""
    folder = tmp_path / "emnist"
    folder.mkdir()
    names = ["A", "O", "q", "G", "l", "h"]
    np.savez(folder / "emnist_byclass_test_letters.npz", **numbered(names))
    np.savez(folder / "emnist_extra_letters.npz", **numbered(names), src=np.array(["balanced"] * 6))
    found = collections.letters(tmp_path, np.random.default_rng(0))
    assert found is not None and found[:, 0, 0].tolist() == [0, 3, 5, 0, 5]
    write_unipen(tmp_path, "symbols", ["+", "/", "|", "?"], [1, 1, 1, HELD_WRITER])
    write_unipen(tmp_path, "lower", ["a", "s", "o"], [1, 1, 1])
    found = collections.letters(tmp_path, np.random.default_rng(0))
    assert found is not None and len(found) == 5 + 1 + 1


def test_doodles_without_slashes_test_parts_and_familiar_alphabets(tmp_path: Path) -> None:
    """Division slashes, what others test on, and alphabets with signs like digits are left out."""
    folder = tmp_path / "negatives"
    folder.mkdir()
    ink = digits(8)[0]
    np.savez(folder / "quickdraw3.npz", x=ink[:2], y=np.array(["cats"] * 2))
    signs = ["addition_plus", "division_slash", "addition_plus"]
    split = np.array(["train", "val", "test"])
    np.savez(folder / "mdas_symbols.npz", x=ink[2:5], y=np.array(signs), split=split)
    large = np.zeros((3, 105, 105), np.uint8)
    large[:, 40:60, 30:70] = 255
    np.savez(folder / "omniglot_small.npz", x=large, y=np.array(["Latin", "Korean", "Greek"]))
    found = collections.doodles(tmp_path)
    assert found is not None and found.shape == (4, 28, 28)
    assert np.array_equal(found[2], collections.normalise(ink[2]))
    (folder / "quickdraw3.npz").unlink()
    fewer = collections.doodles(tmp_path)
    assert fewer is not None and np.array_equal(fewer, found[2:])


def test_a_damaged_collection_is_named(tmp_path: Path) -> None:
    """A file that is cut off or lacks an array is told in one line; an absent one gives None."""
    path = tmp_path / "some.npz"
    assert collections.read_arrays(path, "x") is None
    np.savez(path, x=np.zeros(3))
    with pytest.raises(UserError, match=r"some.npz cannot be read \(.*y.*\): replace or remove it"):
        collections.read_arrays(path, "x", "y")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UserError, match="some.npz cannot be read"):
        collections.read_arrays(path, "x")


def test_what_is_not_at_hand_is_said_and_the_rest_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With MNIST alone there is a sentence for each absent collection, and spoiled digits without ones."""
    use_tiny_mnist(monkeypatch)
    stuff = material.everything(tmp_path)
    assert [part.name for part in stuff.parts] == ["mnist", "spoiled"]
    mnist, spoiled = stuff.parts
    ones = {image.tobytes() for image in mnist.images[mnist.labels == 1]}
    assert ones and ones.isdisjoint(image.tobytes() for image in spoiled.images)
    assert spoiled.spoiled and (spoiled.labels == NOT_A_DIGIT_LABEL).all()
    assert len(spoiled.images) == (mnist.labels != 1).sum()
    for word in ("unipen", "emnist", "letters", "doodles", "--page-crops"):
        assert sum(word in sentence for sentence in stuff.missing) == 1, stuff.missing
    assert stuff.negatives.shape == (0, 28, 28)
    assert [entry["name"] for entry in stuff.describe()] == ["mnist", "spoiled", "validation", "test"]


def test_every_collection_is_a_part_with_its_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there is drawn by its share, and letters that validate are in no part."""
    use_tiny_mnist(monkeypatch)
    monkeypatch.setattr(material.mnist, "cache_dir", lambda: tmp_path / "cache")
    monkeypatch.setattr(material, "NEGATIVE_VALIDATION_SHARE", 0.3)
    write_unipen(tmp_path, "digits", [4, 5], [1, 2])
    write_emnist(tmp_path)
    np.savez(tmp_path / "emnist" / "emnist_extra_letters.npz", **numbered(["a"] * 100), src=np.array(["b"]))
    crops = tmp_path / "crops.npz"
    np.savez(crops, images=digits(12)[0], labels=np.array([3, 4, *([NOT_A_DIGIT_LABEL] * 10)]))
    stuff = material.everything(tmp_path, crops)
    sizes = {part.name: len(part.images) for part in stuff.parts}
    assert sizes["unipen"] == 2 * material.UNIPEN_COPIES and sizes["emnist"] == 4
    assert sizes["page digits"] == 2 and sizes["page negatives"] == 10
    assert all(part.share == material.SHARES[part.name] for part in stuff.parts)
    trained = {part.name: part for part in stuff.parts}["letters"].images[:, 0, 0]
    judged = stuff.negatives[:, 0, 0]
    assert len(judged) > 10 and sorted([*trained, *judged]) == list(range(100))
    assert len(stuff.missing) == 1 and "doodles" in stuff.missing[0]


def test_the_split_is_by_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No writer is on both sides, a tenth of them validates; without writers it is a tenth of the images."""
    writers = np.repeat(np.arange(50), 7)
    held = material.split_mnist(np.zeros(350), writers)
    assert not set(writers[held]) & set(writers[~held]) and len(set(writers[held])) == 5
    assert np.array_equal(held, material.split_mnist(np.zeros(350), writers))
    assert 0.07 < material.split_mnist(np.zeros(4000), None).mean() < 0.13
    use_tiny_mnist(monkeypatch)
    monkeypatch.setattr(material.mnist, "load_writers", lambda split, data_dir: None)
    stuff = material.mnist_alone(tmp_path)
    assert stuff.missing == ["MNIST's writers are not known: the validation split is random"]
    assert len(stuff.parts[0].images) + len(stuff.validation[0]) == COUNTS["train"]


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((2, 20, 20), np.uint8), np.zeros(2), "received \\(2, 20, 20\\) uint8"),
        (np.zeros((2, 28, 28), np.uint8), np.zeros(3), "received .* and \\(3,\\)"),
        (np.zeros((1, 28, 28), np.uint8), np.array([11]), "labels from 0 to 10"),
    ],
)
def test_a_file_that_holds_no_crops_is_refused(
    tmp_path: Path, images: np.ndarray, labels: np.ndarray, message: str
) -> None:
    """Arrays that are no crops are told, expected and received."""
    np.savez(tmp_path / "crops.npz", images=images, labels=labels)
    with pytest.raises(UserError, match=message):
        material.load_page_crops(tmp_path / "crops.npz")
    with pytest.raises(UserError, match="there is no file .*none.npz: train.py --make-page-crops"):
        material.load_page_crops(tmp_path / "none.npz")
