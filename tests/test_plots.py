"""The plot of a training run."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import pytest

from digitcam.errors import UserError
from digitcam.training.plots import plot_history


def make_history(epochs: int, validation: bool = True) -> list[dict[str, float]]:
    history = []
    for epoch in range(1, epochs + 1):
        entry = {"epoch": epoch, "loss": 1 / epoch, "accuracy": 1 - 0.1 / epoch, "seconds": 9.0}
        if validation:
            entry |= {"val_loss": 0.8 / epoch, "val_accuracy": 1 - 0.05 / epoch}
            entry["learning_rate"] = 1e-3 * (1 + math.cos(math.pi * epoch / epochs)) / 2
        history.append(entry)
    return history


def colours(path: Path) -> set[tuple[int, int, int]]:
    image = cv2.imread(str(path))
    assert image is not None
    return {tuple(int(c) for c in pixel) for pixel in image.reshape(-1, 3)}  # type: ignore[misc]


TRAINING, VALIDATION = (0x00, 0x9F, 0xE6), (0xB2, 0x72, 0x00)  # blue, green, red


@pytest.mark.parametrize("epochs", [1, 12, 150])
def test_both_curves_are_drawn(tmp_path: Path, epochs: int) -> None:
    """A run of any length gives a readable picture with the training and the validation curve in it."""
    path = plot_history(make_history(epochs), tmp_path / "new" / "loss_accuracy.png", "cnn")
    assert {TRAINING, VALIDATION} <= colours(path)
    assert [p.name for p in path.parent.iterdir()] == ["loss_accuracy.png"]


def test_a_run_without_validation_has_one_curve(tmp_path: Path) -> None:
    """What a history does not hold is left out."""
    found = colours(plot_history(make_history(5, validation=False), tmp_path / "plot.png"))
    assert TRAINING in found and VALIDATION not in found


def test_an_accuracy_of_one_can_be_drawn(tmp_path: Path) -> None:
    """No error at all is no fault of the plot, though a logarithmic scale has no zero."""
    entry = {"epoch": 1, "loss": 0.0, "accuracy": 1.0, "val_loss": 0.0, "val_accuracy": 1.0}
    assert VALIDATION in colours(plot_history([entry, entry | {"epoch": 2}], tmp_path / "plot.png"))


def test_an_unwritable_place_is_told(tmp_path: Path) -> None:
    """A plot whose folder is a file is told in one line, and the file lives."""
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError, match="cannot write the plot"):
        plot_history(make_history(2), tmp_path / "file" / "plot.png")
    assert (tmp_path / "file").read_text() == "mine"


def test_an_empty_history_is_refused(tmp_path: Path) -> None:
    """No epoch means no plot, and no file."""
    with pytest.raises(ValueError, match="no epoch"):
        plot_history([], tmp_path / "plot.png")
    assert list(tmp_path.iterdir()) == []
