"""The twin answers as its model does, and belongs to that model alone."""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from digitcam.classifier import load_classifier
from digitcam.commands import train
from digitcam.commands.run import run
from digitcam.errors import UserError
from digitcam.training.architectures import ARCHITECTURES
from digitcam.training.export import export_twin
from digitcam.twin import file_sha256, origin_of, twin_path
from digitcam.weights_dir import find_weights
from tests.training_samples import digits, save_network


def stirred(name: str) -> keras.Model:
    """A network whose biases, scales and batch statistics are no longer the zeros and ones of the start."""
    keras.utils.set_random_seed(4)
    model = ARCHITECTURES[name](11 if name in ("cnn", "screen") else 10)
    rng = np.random.default_rng(4)
    stirred_weights = [
        w + rng.uniform(0, 0.2, w.shape).astype(w.dtype) if w.dtype.kind == "f" and w.ndim == 1 else w
        for w in model.get_weights()
    ]
    stirred_weights[-2] *= 8  # the last layer's kernel: answers that differ from image to image
    model.set_weights(stirred_weights)
    return model


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_twin_agrees_with_keras(tmp_path: Path, name: str) -> None:
    """Every network answers within 1e-4 on both ways, on digits and on noise, and the twin is sealed."""
    path = tmp_path / "model.keras"
    stirred(name).save(path)
    twin = export_twin(path)
    assert twin == tmp_path / "model.tflite" and sorted(tmp_path.iterdir()) == [path, twin]
    assert origin_of(twin.read_bytes()) == {"keras_sha256": file_sha256(path)}
    noise = np.random.default_rng(0).integers(0, 256, (20, 28, 28)).astype(np.uint8)
    crops = np.concatenate([digits(40)[0], noise])
    litert, by_keras = (load_classifier(path, engine=engine) for engine in ("LiteRT", "Keras"))
    answers = litert.predict(crops)
    assert answers.std(0).max() > 0.005
    assert np.abs(answers - by_keras.predict(crops)).max() < 1e-4


@pytest.mark.parametrize("name", ["cnn", "screen"])
def test_a_twin_of_eight_bits_says_nearly_the_same(tmp_path: Path, name: str) -> None:
    """A third of the size at most, within some hundredths, alike in every batch, and the seal tells."""
    path = tmp_path / "model.keras"
    stirred(name).save(path)
    size = export_twin(path).stat().st_size
    twin = export_twin(path, eight_bits=True)
    assert twin.stat().st_size < 0.45 * size
    assert origin_of(twin.read_bytes()) == {"keras_sha256": file_sha256(path), "weights": "eight bits"}
    crops, _ = digits(40)
    litert, by_keras = (load_classifier(path, engine=engine) for engine in ("LiteRT", "Keras"))
    answers = litert.predict(crops)
    assert 0 < np.abs(answers - by_keras.predict(crops)).max() < 0.1
    assert np.abs(answers[:1] - litert.predict(crops[:1])).max() < 1e-5


@pytest.mark.parametrize("name", ["digits", "screen", "classic"])
def test_the_shipped_twins_agree_with_their_models(name: str) -> None:
    """What ``cam.py`` runs answers as the saved Keras model does, within what its weights' bits allow."""
    path = find_weights() / f"{name}.keras"
    crops, _ = digits(60)
    rounded = "weights" in origin_of(twin_path(path).read_bytes())
    litert, by_keras = (load_classifier(path, engine=engine).predict(crops) for engine in ("LiteRT", "Keras"))
    assert np.abs(litert - by_keras).max() < (0.1 if rounded else 1e-4)
    assert (litert.argmax(1) == by_keras.argmax(1)).all()


def test_a_twin_of_another_model_is_refused(tmp_path: Path) -> None:
    """A model that was changed after its export, a twin without seal, and no LiteRT file at all."""
    path = save_network(tmp_path / "model.keras")
    twin = export_twin(path)
    content = twin.read_bytes()
    save_network(path)
    message = f"{twin} was not made from {path} (their hashes differ): train.py --export {path} makes it anew"
    with pytest.raises(UserError) as caught:
        load_classifier(path)
    assert str(caught.value) == message
    twin.write_bytes(content[: len(content) // 2])
    with pytest.raises(UserError, match="their hashes differ"):
        load_classifier(path)
    export_twin(path)
    assert load_classifier(path).engine == "LiteRT"


def test_a_sealed_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    """The seal alone does not make a LiteRT model."""
    from digitcam.twin import seal

    path = save_network(tmp_path / "model.keras")
    twin_path(path).write_bytes(b"nothing that LiteRT knows, with some length to it")
    seal(twin_path(path), {"keras_sha256": file_sha256(path)})
    with pytest.raises(UserError, match="model.tflite is not a LiteRT model .*: train.py --export"):
        load_classifier(path)


def test_without_a_twin_keras_runs_the_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said once, with the way to a twin; insisting on LiteRT is refused."""
    path = save_network(tmp_path / "model.keras")
    assert load_classifier(path).engine == "Keras"
    assert capsys.readouterr().err == (
        f"digitcam: {path} has no LiteRT twin, so Keras runs it (slower to start): "
        f"train.py --export {path} makes one\n"
    )
    with pytest.raises(UserError, match="has no LiteRT twin: train.py --export .* makes one"):
        load_classifier(path, engine="LiteRT")


def test_without_litert_keras_runs_the_model(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where LiteRT is not installed, Keras runs even a model with a twin, and it is said."""
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    assert load_classifier().engine == "Keras"
    assert capsys.readouterr().err == (
        "digitcam: LiteRT is not installed, so Keras runs the model (slower to start)\n"
    )


def test_the_command_exports(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """``train.py --export MODEL`` writes the twin, says where, and TensorFlow's converter says nothing."""
    path = save_network(tmp_path / "model.keras")
    assert run(train.main, ["--export", str(path)]) == 0
    out, err = capfd.readouterr()
    assert out == "" and err == f"written: {tmp_path / 'model.tflite'}\n"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.keras", "there is no model file {path}: name a .keras file"),
        ("text.keras", "{path} is not a saved Keras model: name a .keras file that Keras wrote"),
        ("large.keras", "{path} does not take digits: expected an input of N×28×28×1, received N×32×32×1"),
        ("other.h5", "{path} cannot be read as a Keras model: "),
    ],
)
def test_the_command_refuses_what_is_no_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, message: str
) -> None:
    """Exit 2 and one line; no twin is left behind."""
    path = tmp_path / name
    if name == "large.keras":
        save_network(path, (32, 32, 1))
    elif name != "none.keras":
        path.write_text("text")
    assert run(train.main, ["--export", str(path)]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"digitcam: {message.format(path=path)}") and err.count("\n") == 1
    assert not list(tmp_path.glob("*.tflite")) and not list(tmp_path.glob(".*"))


def test_an_old_twin_survives_a_failed_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full the twin that was there stays, and one line says why."""
    path = save_network(tmp_path / "model.keras")
    twin = twin_path(path)
    twin.write_bytes(b"old")

    def full(source: Path, origin: dict[str, str]) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("digitcam.training.export.seal", full)
    with pytest.raises(UserError, match="cannot write .*model.tflite: No space left on device$"):
        export_twin(path)
    assert twin.read_bytes() == b"old" and sorted(tmp_path.iterdir()) == [path, twin]


def test_other_backends_are_told_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under JAX or PyTorch the export says that it wants TensorFlow."""
    path = save_network(tmp_path / "model.keras")
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(UserError, match="does not run on jax: set KERAS_BACKEND=tensorflow"):
        export_twin(path)
