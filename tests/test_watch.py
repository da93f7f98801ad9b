"""A training that is watched: a picture of each epoch, a film of them all, a window that may be closed."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from digitcam.commands import train as command
from digitcam.training.architectures import ARCHITECTURES
from digitcam.training.watch import Watch, confusion, first_kernels, worst_of, write_film
from digitcam.training.watch_picture import ERROR, KERNELS, LOSS, MATRIX, SIZE, WORST, draw_training
from digitcam.training.watched import WatchedCrops
from digitcam.types import LABELS, Box
from tests.test_window import Clock, ScriptedGui
from tests.training_samples import digits, save_folder, use_tiny_mnist


def history(epochs: int) -> list[dict[str, float]]:
    return [
        {"epoch": n + 1, "loss": 1 / (n + 1), "val_loss": 1.2 / (n + 1), "val_accuracy": 1 - 0.2 / (n + 1)}
        for n in range(epochs)
    ]


def picture(epochs: int, wrong: int = 0, kernels: np.ndarray | None = None) -> np.ndarray:
    images, labels = digits(20)
    matrix = 10 * np.eye(10, dtype=int)
    matrix[3, 5] = wrong
    shown = WatchedCrops.some_of(images, labels)
    worst = [(shown.image(row), str(label), "5", 0.01) for row, label in enumerate(shown.labels)]
    return draw_training(history(epochs), 8, LABELS, matrix, worst, kernels)


def part(image: np.ndarray, box: Box) -> np.ndarray:
    return image[box.y : box.bottom, box.x : box.right]


def test_each_part_shows_what_it_says() -> None:
    """Curves grow with the epochs, a mistake is seen in the matrix, worst and kernels have their places."""
    first, later = picture(1), picture(6)
    assert first.shape == (SIZE[1], SIZE[0], 3)
    for box in (LOSS, ERROR):
        assert (part(first, box) != part(later, box)).any()
    for box in (MATRIX, WORST):
        assert np.array_equal(part(first, box), part(later, box))
    wrong = picture(1, wrong=5)
    assert (part(first, MATRIX) != part(wrong, MATRIX)).any()
    assert part(first, WORST).max() == 255
    kernels = np.random.default_rng(0).normal(size=(3, 3, 16)).astype(np.float32)
    assert part(first, KERNELS).max() == part(first, KERNELS).min()
    assert part(picture(1, kernels=kernels), KERNELS).max() > 150
    many = [str(i) for i in range(47)]
    assert draw_training([], 8, many, np.eye(47, dtype=int), [], None).shape == first.shape


def test_the_worst_come_first() -> None:
    """By how little the truth is believed; the counts are by truth and answer."""
    images, labels = digits(4)
    answers = np.full((4, 10), 0.02, np.float32)
    answers[np.arange(4), labels] = (0.9, 0.1, 0.5, 0.3)
    answers[1, 7] = 0.6
    worst = worst_of(WatchedCrops.some_of(images, labels), answers, LABELS)
    assert [(truth, said) for _, truth, said, _ in worst] == [("1", "7"), ("3", "3"), ("2", "2"), ("0", "0")]
    assert worst[0][3] == pytest.approx(0.1)
    counts = confusion(labels.astype(int), answers, 10)
    assert counts[1, 7] == 1 and counts.sum() == 4 and counts[0, 0] == counts[2, 2] == 1


def test_kernels_are_those_of_the_first_convolution() -> None:
    """A network without one has none."""
    assert first_kernels(ARCHITECTURES["classic"](10)).shape == (3, 3, 32)
    assert first_kernels(ARCHITECTURES["mlp"](10)) is None


def test_a_training_leaves_its_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--watch`` keeps a picture of each epoch; after a stop the film has the epochs before it, too."""
    monkeypatch.setattr("digitcam.display.missing_display", lambda gui: "there is no display")
    use_tiny_mnist(monkeypatch)
    folder = save_folder(tmp_path / "digits")
    words = ["--data", str(folder), "--arch", "mlp", "--output", str(tmp_path / "run"), "--epochs", "3"]
    stopped = 0

    def interrupt(self: Watch, epoch: int, logs: object = None) -> None:
        nonlocal stopped
        kept(self, epoch, logs)
        stopped += 1
        if stopped == 2:
            raise KeyboardInterrupt

    kept = Watch.on_epoch_end
    monkeypatch.setattr(Watch, "on_epoch_end", interrupt)
    with pytest.raises(KeyboardInterrupt):
        command.main([*words, "--watch"])
    assert not (tmp_path / "run" / "training.gif").exists()
    monkeypatch.setattr(Watch, "on_epoch_end", kept)
    assert command.main(["--output", str(tmp_path / "run"), "--resume", "--watch"]) == 0
    pictures = sorted((tmp_path / "run" / "watch").iterdir())
    assert [path.name for path in pictures] == ["0001.png", "0002.png", "0003.png"]
    with Image.open(tmp_path / "run" / "training.gif") as film:
        assert film.n_frames == 3 and film.size == SIZE
        last = np.asarray(film.convert("RGB"))
    assert last.std() > 10
    assert write_film(tmp_path) is None


def test_the_window_may_be_closed_while_the_training_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """q closes the window alone, and that is said; the pictures are kept all the same."""
    gui = ScriptedGui(Clock())
    images, labels = digits(40)
    watch = Watch(tmp_path, WatchedCrops.some_of(images, labels), LABELS, [], 4, gui)
    watch.set_model(ARCHITECTURES["mlp"](10))
    watch.on_epoch_end(0, {"loss": 1.0, "val_loss": 1.0, "val_accuracy": 0.5})
    assert len(gui.shown) == 1
    gui.keys.append(ord("q"))
    watch.on_train_batch_end(0)
    assert gui.destroyed == 1 and "the training goes on" in capsys.readouterr().err
    watch.on_epoch_end(1, {"loss": 0.9, "val_loss": 0.9, "val_accuracy": 0.6})
    watch.on_train_end()
    assert len(gui.shown) == 1 and cv2.imread(str(tmp_path / "watch" / "0002.png")).shape == (640, 960, 3)
