"""One door to the network: what does not fit is refused in one line, what fits answers any batch."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from digitcam.classifier import Classifier, load_classifier
from digitcam.commands import cam
from digitcam.commands.run import run
from digitcam.errors import UserError
from digitcam.litert import BATCHES
from digitcam.training.export import export_twin
from digitcam.weights_dir import find_weights
from tests.training_samples import digits, save_network

ROOT = Path(__file__).resolve().parent.parent


def write_text(folder: Path) -> Path:
    path = folder / "model.keras"
    path.write_text("no model at all")
    return path


def write_zip(folder: Path) -> Path:
    path = folder / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}")
    return path


def write_cut(folder: Path) -> Path:
    path = save_network(folder / "whole.keras")
    cut = folder / "model.keras"
    cut.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return cut


def write_weights(folder: Path) -> Path:
    path = folder / "model.weights.h5"
    keras.saving.load_model(save_network(folder / "whole.keras")).save_weights(path)
    return path


def write_two_inputs(folder: Path) -> Path:
    one, two = keras.Input((28, 28, 1)), keras.Input((3,))
    both = keras.layers.Concatenate()([keras.layers.Flatten()(one), two])
    path = folder / "model.keras"
    keras.Model([one, two], keras.layers.Dense(10, "softmax")(both)).save(path)
    return path


def write_fixed_batch(folder: Path) -> Path:
    inputs = keras.Input(batch_shape=(1, 28, 28, 1))
    path = folder / "model.keras"
    keras.Model(inputs, keras.layers.Dense(10, "softmax")(keras.layers.Flatten()(inputs))).save(path)
    return path


def write_tflite(folder: Path) -> Path:
    path = folder / "model.tflite"
    path.write_bytes((find_weights() / "classic.tflite").read_bytes())
    (folder / "model.keras").touch()  # of which it is the twin
    return path


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "missing": (lambda folder: folder / "none.keras", "there is no model file {path}: "),
    "folder": (lambda folder: folder, "there is no model file {path}: "),
    "tflite": (write_tflite, "{path} is a LiteRT file: give --model the .keras file beside it"),
    "text": (write_text, "{path} is not a saved Keras model: name a .keras file"),
    "zip": (write_zip, "{path} cannot be read as a Keras model: "),
    "cut": (write_cut, "{path} is not a saved Keras model: name a .keras file"),
    "weights": (write_weights, "{path} cannot be read as a Keras model: "),
    "other input": (
        lambda folder: save_network(folder / "model.keras", (32, 32, 3)),
        "{path} does not take digits: expected an input of N×28×28×1, received N×32×32×3",
    ),
    "two inputs": (
        write_two_inputs,
        "{path} does not take digits: expected an input of N×28×28×1, received N×28×28×1 and N×3",
    ),
    "fixed batch": (
        write_fixed_batch,
        "{path} does not take digits: expected an input of N×28×28×1, received 1×28×28×1",
    ),
    "other output": (
        lambda folder: save_network(folder / "model.keras", classes=7),
        '{path} does not answer with digits: expected 10 classes, or 11 with "not a digit", received N×7',
    ),
    "logits": (
        lambda folder: save_network(folder / "model.keras", activation=None),
        "{path} does not answer with probabilities: expected values of at least 0 that sum to 1, received ",
    ),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_model_that_does_not_fit_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    """By the command line too: exit 2, one line that names the file, what is expected, what is received."""
    make, message = REFUSED[fault]
    folder = tmp_path / "models"
    folder.mkdir()
    path = make(folder)
    expected = message.format(path=path)
    with pytest.raises(UserError) as caught:
        load_classifier(path)
    assert str(caught.value).startswith(expected) and "\n" not in str(caught.value)
    page = tmp_path / "page.png"
    assert cv2.imwrite(str(page), np.full((60, 80, 3), 220, np.uint8))
    capsys.readouterr()
    saved = [str(tmp_path / "out.json"), str(tmp_path / "out.png")]
    argv = [str(page), "--no-show", "--model", str(path), "--json", saved[0], "--save", saved[1]]
    assert run(cam.main, argv) == 2
    out, err = capsys.readouterr()
    lines = [line for line in err.splitlines() if "has no LiteRT twin" not in line]
    assert out == "" and len(lines) == 1 and lines[0].startswith(f"digitcam: {expected}")
    assert not any(Path(name).exists() for name in saved)


def test_logits_that_are_all_nothing_are_refused(tmp_path: Path) -> None:
    """A model that was never trained and has no softmax answers zeros, which are no probabilities either."""
    path = save_network(tmp_path / "model.keras", activation="relu")
    with pytest.raises(UserError, match="with the sum .*; end it with a softmax"):
        load_classifier(path)


@pytest.fixture(scope="module", name="shipped")
def shipped_fixture() -> Classifier:
    return load_classifier()


def test_the_shipped_model_runs_on_litert(shipped: Classifier) -> None:
    """The default is the shipped model by way of its twin, and knows what is not a digit."""
    assert shipped.engine == "LiteRT" and shipped.path == find_weights() / "digits.keras"
    assert shipped.classes == (*"0123456789", "not a digit")


@pytest.mark.parametrize("count", [0, 1, 2, 5, 16, 17, 256, 257, 600])
def test_any_number_of_crops_is_answered(shipped: Classifier, count: int) -> None:
    """None, one, and more than the largest batch: one row of probabilities each, in order."""
    crops = np.random.default_rng(2).integers(0, 256, (count, 28, 28)).astype(np.uint8)
    answers = shipped.predict(crops)
    assert answers.shape == (count, 11) and answers.dtype == np.float32
    assert np.abs(answers.sum(1) - 1).max(initial=0) < 1e-5
    if count:
        assert np.abs(shipped.predict(crops[-1:]) - answers[-1:]).max() < 1e-5


def test_padding_does_not_change_answers(shipped: Classifier) -> None:
    """A crop is answered alike alone, among two and among many, after larger batches and before."""
    crops, _ = digits(max(BATCHES) + 3)
    together = shipped.predict(crops)
    for count in (1, 3, 9, 33, 100):
        assert np.abs(shipped.predict(crops[:count]) - together[:count]).max() < 1e-5
    assert np.array_equal(shipped.predict(crops), together)


def test_answers_are_the_callers_own(shipped: Classifier) -> None:
    """A later call does not change what an earlier one gave."""
    crops, _ = digits(4)
    first = shipped.predict(crops)
    kept = first.copy()
    shipped.predict(255 - crops)
    assert np.array_equal(first, kept)


@pytest.mark.parametrize("crops", [np.zeros((2, 28, 28)), np.zeros((2, 20, 20), np.uint8)])
def test_crops_of_another_kind_are_a_fault_of_the_program(shipped: Classifier, crops: np.ndarray) -> None:
    """Only N×28×28 uint8 is taken."""
    with pytest.raises(ValueError, match="crops must be N×28×28 uint8, received"):
        shipped.predict(crops)


def test_a_model_without_a_channel_axis_is_taken(tmp_path: Path) -> None:
    """N×28×28 is a usual input, too: in Keras and in the twin, with equal answers."""
    path = save_network(tmp_path / "flat.keras", (28, 28))
    export_twin(path)
    crops, _ = digits(9)
    litert, by_keras = (load_classifier(path, engine=engine) for engine in (None, "Keras"))
    assert (litert.engine, by_keras.engine) == ("LiteRT", "Keras") and litert.classes == tuple("0123456789")
    assert np.abs(litert.predict(crops) - by_keras.predict(crops)).max() < 1e-4
    assert by_keras.predict(crops[:0]).shape == (0, 10)


def read_page(tmp_path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """``cam.py`` on a written page in a process of its own, which tells whether TensorFlow was imported."""
    page = np.full((200, 300, 3), 225, np.uint8)
    cv2.putText(page, "42", (60, 140), cv2.FONT_HERSHEY_SIMPLEX, 3, (40, 30, 30), 8, cv2.LINE_AA)
    assert cv2.imwrite(str(tmp_path / "page.png"), page)
    code = (
        "import sys; from digitcam.commands.cam import entry; status = entry(); "
        "print('tensorflow' in sys.modules, 'keras' in sys.modules); sys.exit(status)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "page.png"), "--no-show", *options]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)


def test_the_main_job_runs_without_tensorflow_and_without_chatter(tmp_path: Path) -> None:
    """On a still TensorFlow and Keras are never imported, and only the program itself speaks."""
    done = read_page(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "False False"
    assert [line for line in done.stderr.splitlines() if not line.startswith("digitcam: ")] == []


def test_keras_runs_a_model_without_twin_and_says_so_without_chatter(tmp_path: Path) -> None:
    """A model without twin is run by Keras, in one line with the way to a twin; its backend stays silent."""
    path = save_network(tmp_path / "mine.keras")
    done = read_page(tmp_path, "--model", str(path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].endswith("True")
    lines = done.stderr.splitlines()
    assert lines[0] == (
        f"digitcam: {path} has no LiteRT twin, so Keras runs it (slower to start): "
        f"train.py --export {path} makes one"
    )
    assert [line for line in lines if not line.startswith("digitcam: ")] == []
