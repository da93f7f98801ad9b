"""Small made-up material for trainings that take a second: drawn digits, a tiny MNIST, recipes, folders."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.normalise import normalise
from digitcam.training import mnist
from digitcam.training.recipes import Recipe
from tests.shell import ROOT

COUNTS = {"train": 120, "test": 40}
WRITERS = 12


def draw(label: int, rng: np.random.Generator, size: tuple[int, int] = (60, 50)) -> np.ndarray:
    """Ink of a digit in one of OpenCV's fonts, leaning a little: H×W uint8, 255 = ink."""
    height, width = size
    ink = np.zeros(size, np.uint8)
    start = int(width * rng.uniform(0.1, 0.25)), int(height * 0.8)
    pen, font = int(rng.integers(2, 5)), int(rng.choice((0, 2, 3, 4)))
    cv2.putText(ink, str(label), start, font, height / 50, 255, pen, cv2.LINE_AA)
    shear = rng.uniform(-0.15, 0.15)
    lean = np.array([[1, shear, -shear * height / 2], [0, 1, 0]])
    return cv2.warpAffine(ink, lean, (width, height))


def digits(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """``count`` digits in turn, in MNIST's convention: N×28×28 uint8 and N uint8."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count, dtype=np.uint8) % 10
    return np.stack([normalise(draw(int(label), rng)) for label in labels]), labels


def use_tiny_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every training in this test a drawn MNIST, each writer with ten images of the training part."""

    def load(split: str, data_dir: Path) -> tuple[np.ndarray, np.ndarray]:
        return digits(COUNTS[split], seed=len(split))

    monkeypatch.setattr(mnist, "load_mnist", load)
    monkeypatch.setattr(mnist, "load_writers", lambda split, data_dir: np.arange(COUNTS[split]) // 10)


def save_folder(folder: Path, each: int = 4) -> Path:
    """``each`` scanned-looking pictures of every digit, dark on light, in ``folder/<digit>/``."""
    rng = np.random.default_rng(5)
    for label in range(10):
        (folder / str(label)).mkdir(parents=True)
        for number in range(each):
            page = 235 - (draw(label, rng) * 0.8).astype(np.uint8)
            assert cv2.imwrite(str(folder / str(label) / f"{number}.png"), page)
    return folder


PLAIN = Recipe("mlp", epochs=2, samples=0, batch_size=16, learning_rate=1e-3, cosine=True)


def save_network(
    path: Path, side: tuple[int, ...] = (28, 28, 1), classes: int = 10, activation: str | None = "softmax"
) -> Path:
    """A saved Keras model of one dense layer with random weights."""
    import keras

    inputs = keras.Input(side)
    x = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(inputs))
    keras.Model(inputs, keras.layers.Dense(classes, activation)(x)).save(path)
    return path


def train_through_a_stop(run: Path, epochs: int, *words: str) -> str:
    """``train.py`` with these words, interrupted after its second epoch and resumed; what it says last."""
    script = [sys.executable, str(ROOT / "train.py")]
    asked = [*words, "--output", str(run), "--epochs", str(epochs)]
    process = subprocess.Popen(
        [*script, *asked], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(f"epoch 2/{epochs}"):
            process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert (run / "checkpoint.keras").is_file() and not (run / "model.keras").exists()
    done = subprocess.run(
        [*script, "--output", str(run), "--resume"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert f"epoch 1/{epochs}" not in done.stderr and f"epoch {epochs}/{epochs}" in done.stderr
    return done.stdout
