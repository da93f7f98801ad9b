"""Crops of generated pages are labelled by what they show, and the hard ones are kept."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.pages import PenGlyphs
from digitcam.training import page_crops
from digitcam.training.material import NOT_A_DIGIT_LABEL, load_page_crops
from digitcam.training.page_crops import MOST_EASY, MOST_HARD, label_proposals, make_crops, write_crops
from digitcam.types import LABELS, Box, Truth
from tests.needs import need_data

TRUTH = (Truth(Box(100, 100, 40, 60), "7"), Truth(Box(200, 100, 40, 60), "3"))


class Scripted:
    """A network that sees in a crop what its second pixel says; how sure, in percent, says its first."""

    classes = (*LABELS, "not a digit")

    def predict(self, crops: np.ndarray) -> np.ndarray:
        belief = crops[:, 0, 0].astype(np.float32) / 100
        answers = np.eye(11, dtype=np.float32)[crops[:, 0, 1]] * belief[:, None]
        answers[:, 10] = 1 - belief
        return answers


def candidates(*boxes: tuple[int, int, int, int], belief: int = 90) -> Any:
    """What labelling and mining ask of candidates; all are seen as a 4."""
    crops = np.zeros((len(boxes), 28, 28), np.uint8)
    crops[:, 0, :2] = belief, 4
    return SimpleNamespace(boxes=np.array(boxes, np.int32).reshape(-1, 4), crops=crops)


@pytest.mark.parametrize(
    ("box", "label"),
    [
        ((100, 100, 40, 60), 7),  # the digit itself
        ((202, 98, 40, 60), 3),  # a little beside it
        ((100, 100, 40, 41), 7),  # IoU 0.68: enough of it
        ((100, 100, 40, 33), -1),  # IoU 0.55: neither whole nor none of it
        ((100, 100, 25, 42), NOT_A_DIGIT_LABEL),  # IoU 0.44: a piece
        ((100, 100, 110, 60), NOT_A_DIGIT_LABEL),  # IoU 0.36: a digit and a half
        ((110, 90, 10, 80), -1),  # a slim piece might be a 1 by itself
        ((400, 300, 40, 60), NOT_A_DIGIT_LABEL),  # something else
        ((400, 300, 5, 60), NOT_A_DIGIT_LABEL),  # a slim thing that no digit touches
    ],
)
def test_a_proposal_is_labelled_by_its_overlap(box: tuple[int, int, int, int], label: int) -> None:
    """Whole digits by their label, pieces and strangers as no digit, what is between as neither."""
    assert label_proposals(candidates(box), TRUTH).tolist() == [label]


def test_the_nearer_digit_gives_the_label() -> None:
    """Between two digits that both overlap, the larger IoU decides, whatever their order."""
    close = (Truth(Box(100, 100, 40, 60), "7"), Truth(Box(110, 100, 40, 60), "3"))
    found = candidates((101, 100, 40, 60), (108, 100, 40, 60))
    assert label_proposals(found, close).tolist() == [7, 3]
    assert label_proposals(found, close[::-1]).tolist() == [7, 3]


def test_a_picture_without_digits_gives_negatives_alone() -> None:
    """Nothing known is there; and no proposal gives no label."""
    assert label_proposals(candidates((0, 0, 9, 9), (5, 5, 9, 9)), ()).tolist() == [NOT_A_DIGIT_LABEL] * 2
    assert label_proposals(candidates(), TRUTH).shape == (0,)


def script(monkeypatch: pytest.MonkeyPatch, found: Any, labels: list[int]) -> None:
    """Let every page have these candidates with these labels."""
    monkeypatch.setattr(page_crops, "propose", lambda layers: found)
    monkeypatch.setattr(page_crops, "label_proposals", lambda proposed, truth, names: np.array(labels))


@pytest.mark.parametrize(("belief", "most"), [(90, MOST_HARD), (0, MOST_EASY)])
def test_hard_negatives_are_kept_rather_than_easy_ones(
    monkeypatch: pytest.MonkeyPatch, belief: int, most: int
) -> None:
    """Of what the network would take for a digit more is kept than of what it refuses anyway."""
    found = candidates(*[(n, 0, 20, 20) for n in range(300)], belief=belief)
    script(monkeypatch, found, [NOT_A_DIGIT_LABEL] * 300)
    crops = make_crops(Scripted(), [PenGlyphs()], index=0, seed=1)  # type: ignore[arg-type]
    assert len(crops.images) == most and set(crops.labels.tolist()) == {NOT_A_DIGIT_LABEL}
    more = make_crops(Scripted(), [PenGlyphs()], index=0, seed=1, easy=200)  # type: ignore[arg-type]
    assert len(more.images) == max(most, 200 if belief == 0 else 0)


def test_a_positive_that_the_network_cannot_see_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The inside of a 0 has the box of a 0: without any belief in the digit it is not learnt as one."""
    found = candidates((0, 0, 20, 20), (0, 0, 20, 20))
    found.crops[1, 0, 0] = 0
    script(monkeypatch, found, [4, 4])
    crops = make_crops(Scripted(), [PenGlyphs()], index=0, seed=1)  # type: ignore[arg-type]
    assert crops.labels.tolist() == [4] and crops.images[0, 0, 0] == 90


def test_a_generated_page_gives_digits_and_negatives(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the real pipe: a page's digits are among the positives, and index and seed decide the crops."""
    from digitcam.classifier import load_classifier

    monkeypatch.setattr(page_crops, "SIZES", ((640, 480),))
    monkeypatch.setattr(page_crops, "SCENE_SHARE", 0.0)
    network = load_classifier()
    first, again, other = (make_crops(network, [PenGlyphs()], index, seed=3) for index in (0, 0, 1))
    assert np.array_equal(first.images, again.images) and np.array_equal(first.labels, again.labels)
    assert not np.array_equal(first.images[:5], other.images[:5])
    positive = first.labels < NOT_A_DIGIT_LABEL
    assert positive.sum() >= 5 and first.images.shape[1:] == (28, 28) and first.images.dtype == np.uint8
    answers = network.predict(first.images[positive])[:, :10].argmax(1)
    assert (answers == first.labels[positive]).mean() > 0.7


def test_crops_are_written_whole_and_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was mined becomes parts of the material; an existing file is refused, and nothing else is left."""
    monkeypatch.setattr(page_crops, "hands", lambda data_dir: [PenGlyphs()])
    monkeypatch.setattr(page_crops, "load_classifier", lambda model: Scripted())
    found = candidates(*[(n, 0, 20, 20) for n in range(8)])
    found.crops[:3, 0, 1] = 4, 7, 9
    script(monkeypatch, found, [4, 7, 9, *[NOT_A_DIGIT_LABEL] * 4, -1])
    path = tmp_path / "new" / "crops.npz"
    write_crops(path, None, tmp_path, pages=3, seed=0)
    digits, negatives = load_page_crops(path)
    assert sorted(digits.labels.tolist()) == [4, 4, 4, 7, 7, 7, 9, 9, 9] and len(negatives.images) == 12
    content = path.read_bytes()
    with pytest.raises(UserError, match="crops.npz exists already: name another file, so that nothing"):
        write_crops(path, None, tmp_path, pages=1, seed=0)
    assert path.read_bytes() == content and list(path.parent.iterdir()) == [path]


def test_an_unwritable_file_is_told_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in place of the folder is told at once, not after an hour of pages."""
    (tmp_path / "file").write_text("mine")
    monkeypatch.setattr(page_crops, "hands", lambda data_dir: pytest.fail("the work was begun"))
    with pytest.raises(UserError, match="cannot write .*crops.npz: "):
        write_crops(tmp_path / "file" / "crops.npz", None, tmp_path, 1, 0)
    assert (tmp_path / "file").read_text() == "mine"


def test_two_processes_write_what_one_writes(tmp_path: Path) -> None:
    """The number of processes changes the time alone; with real collections and the real pipe."""
    data_dir = need_data("mnist")
    paths = [tmp_path / f"{workers}.npz" for workers in (1, 2)]
    for workers, path in enumerate(paths, 1):
        write_crops(path, None, data_dir, pages=2, seed=4, workers=workers)
    one, two = ([part.images for part in load_page_crops(path)] for path in paths)
    assert len(one) == 2 and all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


def test_few_lone_strokes_are_learnt_as_no_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of upright strokes that are no digit a fifth is kept: their crops are those of a 1."""
    found = candidates(*[(30 * n, 0, 6, 40) for n in range(300)])
    script(monkeypatch, found, [NOT_A_DIGIT_LABEL] * 300)
    monkeypatch.setattr(page_crops, "MOST_HARD", 300)
    crops = make_crops(Scripted(), [PenGlyphs()], index=0, seed=1)  # type: ignore[arg-type]
    assert 30 <= len(crops.images) <= 90


def test_few_of_what_looks_just_like_a_digit_are_learnt_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of negatives that the network is sure of a seventh is kept: most are letters drawn as digits."""
    found = candidates(*[(30 * n, 0, 20, 20) for n in range(300)], belief=97)
    script(monkeypatch, found, [NOT_A_DIGIT_LABEL] * 300)
    monkeypatch.setattr(page_crops, "MOST_HARD", 300)
    crops = make_crops(Scripted(), [PenGlyphs()], index=0, seed=1)  # type: ignore[arg-type]
    assert 20 <= len(crops.images) <= 75


@pytest.mark.parametrize("workers", [1, 2])
def test_a_missing_network_is_told_in_one_line_however_many_processes_work(
    tmp_path: Path, workers: int
) -> None:
    """The user reads which file is missing, not that a pool broke; and nothing is left behind."""
    with pytest.raises(UserError, match="absent.keras"):
        write_crops(tmp_path / "crops.npz", tmp_path / "absent.keras", tmp_path, 2, 0, workers=workers)
    assert list(tmp_path.iterdir()) == []
