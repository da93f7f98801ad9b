"""A network of one's own pictures: batches from files, a body and its head, stages, stops, its use live."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
import pytest
from PIL import Image

from digitcam.commands import train as command
from digitcam.commands.train_runs import of_frames
from digitcam.errors import UserError
from digitcam.models import find
from digitcam.opening import open_model
from digitcam.training import bodies, transfer
from digitcam.training.export import export_twin
from digitcam.training.mistakes import confused_pairs, write_mistakes
from digitcam.training.picture_batches import PictureBatches
from digitcam.training.pictures import Pictures, find_pictures
from digitcam.training.watch_picture import WORST
from digitcam.whole import applications
from tests.picture_samples import CLASSES, draw, write_classes
from tests.training_samples import train_through_a_stop


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_classes(tmp_path_factory.mktemp("mine"), 50)


def test_batches_depend_on_seed_epoch_and_place_alone(folder: Path) -> None:
    """Read in any order or process a batch is the same; values are RGB levels; every class comes as often."""
    pictures = find_pictures(folder).train

    def batches(seed: int = 1, first_epoch: int = 0) -> PictureBatches:
        return PictureBatches(pictures, 32, batch_size=40, seed=seed, first_epoch=first_epoch, steps=5)

    one, two = batches(), batches()
    assert len(one) == 5
    for index in (2, 0):
        assert all(np.array_equal(a, b) for a, b in zip(one[index], two[index], strict=True))
    images, labels = one[0]
    assert images.shape == (40, 32, 32, 3) and images.dtype == np.float32 and labels.dtype == np.int32
    assert 0 <= images.min() < 60 and 190 < images.max() <= 255
    one.on_epoch_end()
    assert np.array_equal(one[0][0], batches(first_epoch=1)[0][0]) and not np.array_equal(one[0][0], images)
    counts = np.bincount(np.concatenate([two[i][1] for i in range(5)]), minlength=4)
    assert counts.min() > 30
    uneven = pictures.only(np.flatnonzero((pictures.labels < 1) | (np.arange(len(pictures)) % 8 == 0)))
    often = PictureBatches(uneven, 8, batch_size=40, seed=0, steps=6)
    drawn = np.concatenate([often[i][1] for i in range(6)])
    assert np.bincount(drawn).min() > 30


def test_without_a_seed_every_picture_comes_once_as_it_is(folder: Path) -> None:
    """In order, squeezed to the side, red first; what turns out to be damaged is grey."""
    pictures = find_pictures(folder).test
    batches = PictureBatches(pictures, 24, batch_size=5)
    together = [batches[i] for i in range(len(batches))]
    assert [len(labels) for _, labels in together] == [5, 5, 5, 5]
    assert np.array_equal(np.concatenate([labels for _, labels in together]), pictures.labels)
    expected = cv2.resize(cv2.imread(str(pictures.paths[7])), (24, 24), interpolation=cv2.INTER_AREA)
    assert np.array_equal(np.concatenate([images for images, _ in together])[7], expected[..., ::-1])
    damaged = folder.parent / "damaged.jpg"
    damaged.write_text("x")
    broken = Pictures((damaged,), np.zeros(1, np.intp), np.array([[9, 9]]))
    assert (PictureBatches(broken, 8, batch_size=1)[0][0] == 128).all()


@pytest.mark.parametrize("name", ["MobileNet", "ResNet50"])
def test_a_body_is_shown_what_it_has_learnt_from(name: str) -> None:
    """Inside the model frames are prepared as Keras prepares them; the body is frozen; classes are ours."""
    model = bodies.transferred(name, 3, weights=None)
    assert model.output_shape == (None, 3) and model.input_shape == (None, 224, 224, 3)
    body = bodies.body_of(model)
    assert body is not None and not body.trainable and len(model.trainable_variables) == 2
    scaled = next(layer for layer in model.layers if "rescaling" in layer.name)
    shown = keras.Model(model.input, scaled.output)
    frame = np.random.default_rng(0).integers(0, 256, (1, 224, 224, 3)).astype(np.float32)
    _, module = applications.find_application(name)
    expected = module.preprocess_input(frame.copy())
    assert np.abs(keras.ops.convert_to_numpy(shown(frame)) - expected).max() < 1e-3


def unreachable(**_: Any) -> None:
    raise OSError("URL fetch failure on https://storage.example/weights.h5")


def test_where_no_weights_can_be_had_a_small_network_learns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """That is said; a body that was asked for by name is an error in one line."""
    monkeypatch.setattr(bodies, "find_application", lambda name: (unreachable, None))
    model, name = bodies.build(None, 5)
    assert name == "small" and model.output_shape == (None, 5)
    said = capsys.readouterr().err
    assert "weights of MobileNetV3Large are not on this machine" in said and "a small network learns" in said
    with pytest.raises(UserError, match="weights of InceptionV3 are not .* --arch small from scratch$"):
        bodies.build("imagenet:InceptionV3", 5)
    with pytest.raises(UserError, match="--arch cnn is not for pictures: expected small or imagenet:NAME"):
        bodies.build("cnn", 5)


def tiny_body(architecture: str | None, classes: int) -> tuple[keras.Model, str]:
    """Stands for a pretrained body: quick, and with something to learn."""
    frame = keras.Input((24, 24, 3))
    x = keras.layers.Conv2D(8, 5, strides=4, activation="relu")(keras.layers.Rescaling(1 / 255)(frame))
    body = keras.Model(frame, keras.layers.GlobalAveragePooling2D()(x), name=bodies.BODY)
    body.trainable = False
    inputs = keras.Input((24, 24, 3))
    outputs = keras.layers.Dense(classes, activation="softmax")(body(inputs, training=False))
    return keras.Model(inputs, outputs), "imagenet:Tiny"


def body_weights(path: Path) -> np.ndarray:
    body = bodies.body_of(keras.saving.load_model(path, compile=False))
    return np.concatenate([weight.ravel() for weight in body.get_weights()])


def test_first_the_head_learns_then_all_of_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The body is as it was until the second stage; a run that stopped between them goes on with that.

    What is watched of both is one film.
    """
    monkeypatch.setattr("digitcam.display.missing_display", lambda gui: "there is no display")
    monkeypatch.setattr(transfer, "build", tiny_body)
    monkeypatch.setattr(transfer, "LEAST_STEPS", 4)
    words = ["--data", str(folder), "--output", str(tmp_path / "run"), "--epochs", "3", "--batch-size", "8"]
    words.append("--watch")

    def stop(run: Any, stage: transfer.Stage, *rest: Any) -> Any:
        if stage.whole:
            raise KeyboardInterrupt
        return learn(run, stage, *rest)

    learn = transfer._learn
    monkeypatch.setattr(transfer, "_learn", stop)
    with pytest.raises(KeyboardInterrupt):
        command.main(words)
    keras.utils.set_random_seed(0)
    begun = body_weights_of(tiny_body(None, 4)[0])
    head = body_weights(tmp_path / "run" / "head" / "model.keras")
    assert np.array_equal(head, begun)
    monkeypatch.setattr(transfer, "_learn", learn)
    assert command.main(["--output", str(tmp_path / "run"), "--resume", "--watch"]) == 0
    with Image.open(tmp_path / "run" / "training.gif") as film:
        assert film.n_frames == 3
    shown = [cv2.imread(str(tmp_path / "run" / "watch" / f"000{epoch}.png")) for epoch in (1, 2, 3)]
    worst = [picture[WORST.y : WORST.bottom, WORST.x : WORST.right].astype(int) for picture in shown]
    assert all((np.ptp(picture, axis=2) > 100).any() for picture in worst), "coloured pictures are shown"
    assert not np.array_equal(body_weights(tmp_path / "run" / "model.keras"), head)
    record = json.loads((tmp_path / "run" / "model.json").read_text())
    assert record["architecture"] == "imagenet:Tiny" and record["input"] == "whole frame"
    assert record["classes"] == list(CLASSES) and record["frame"]["size"] == [24, 24]
    assert len(json.loads((tmp_path / "run" / "head" / "history.json").read_text())) == 1
    assert len(json.loads((tmp_path / "run" / "history.json").read_text())) == 2
    assert "see:     " in capsys.readouterr().out


def body_weights_of(model: keras.Model) -> np.ndarray:
    return np.concatenate([weight.ravel() for weight in bodies.body_of(model).get_weights()])


@pytest.fixture(scope="module")
def trained(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of a small network from scratch that was stopped in its middle, and resumed to its end."""
    run = tmp_path_factory.mktemp("runs") / "mine"
    said = train_through_a_stop(run, 8, "--data", str(folder), "--arch", "small")
    (run / "said.txt").write_text(said)
    return run


def test_a_folder_is_learnt_through_a_stop(trained: Path) -> None:
    """At least 95 in 100 of what was kept out are right; the run leaves model, record, matrix and plot."""
    record = json.loads((trained / "model.json").read_text())
    assert record["measured"]["test_accuracy"] >= 0.95
    assert record["classes"] == list(CLASSES) and record["architecture"] == "small"
    assert record["data"][0]["images"] == 200 and len(record["data"][0]["sha256"]) == 64
    assert [entry["epoch"] for entry in json.loads((trained / "history.json").read_text())] == [*range(1, 9)]
    assert "test accuracy" in (trained / "said.txt").read_text()
    for name in ("confusion.png", "loss_accuracy.png"):
        assert cv2.imread(str(trained / name)).size > 10_000


def test_what_was_learnt_is_used_live(trained: Path) -> None:
    """By Keras, and by the twin that --export makes, which says the same; new pictures are named rightly."""
    rng = np.random.default_rng(99)
    pictures = [(name, draw(name, rng)) for name in CLASSES for _ in range(3)]
    by_keras = open_model(find(trained / "model.keras")).reader()
    kept = [by_keras.read(image).classes for _, image in pictures]
    export_twin(trained / "model.keras")
    by_twin = open_model(find(trained / "model.keras")).reader()
    right = 0
    for (name, image), said in zip(pictures, kept, strict=True):
        again = by_twin.read(image).classes
        assert said is not None and again is not None
        assert [n.label for n in said][:1] == [n.label for n in again][:1]
        assert said[0].confidence == pytest.approx(again[0].confidence, abs=1e-4)
        right += said[0].label == name
    assert right >= 11


def test_mistakes_are_shown(folder: Path, tmp_path: Path) -> None:
    """The matrix always; the commonest mistakes as pictures, the commonest first; none, no sheet."""
    pictures = find_pictures(folder).test
    answers = np.eye(4, dtype=np.float32)[(pictures.labels + (pictures.labels == 2)) % 4]
    written = write_mistakes(tmp_path, CLASSES, pictures, answers)
    assert [path.name for path in written] == ["confusion.png", "most_confused.png"]
    sheet = cv2.imread(str(tmp_path / "most_confused.png"))
    assert sheet.shape[0] == 166 and (sheet[40:150, 20:600] != 245).any()
    assert confused_pairs(np.array([[5, 1, 0], [4, 5, 0], [0, 2, 5]])) == [(1, 0), (2, 1), (0, 1)]
    right = np.eye(4, dtype=np.float32)[pictures.labels]
    assert [path.name for path in write_mistakes(tmp_path, CLASSES, pictures, right)] == ["confusion.png"]
    assert not (tmp_path / "most_confused.png").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--arch", "nonsense"], "--arch nonsense is unknown: expected one of cnn, screen"),
        (["--data", "{folder}", "--arch", "nonsense"], "--arch nonsense is not for pictures"),
        (["--data", "{folder}/none"], "there is no folder .*none"),
        (["--data", "{folder}", "--init", "x.keras"], "--init is for networks of digits and letters: leave"),
        (["--data", "{folder}", "--dataset", "characters"], "--data and --dataset both say what is learnt"),
    ],
)
def test_wrong_use_is_told(words: list[str], message: str, folder: Path, tmp_path: Path) -> None:
    """One line each, and no folder is left behind."""
    asked = [word.format(folder=folder) for word in words]
    with pytest.raises(UserError, match=message):
        command.main([*asked, "--output", str(tmp_path / "run")])
    assert not (tmp_path / "run").exists()


def test_folders_of_digits_are_learnt_as_crops_unless_a_body_is_asked_for(tmp_path: Path) -> None:
    """The class names decide, and --arch."""
    write_classes(tmp_path / "digits", 1, CLASSES[:1])
    (tmp_path / "digits" / CLASSES[0]).rename(tmp_path / "digits" / "7")
    write_classes(tmp_path / "others", 1)

    def frames(*words: str) -> bool:
        return of_frames(command.parse_arguments([*words]))

    assert not frames("--data", str(tmp_path / "digits")) and frames("--data", str(tmp_path / "others"))
    assert frames("--data", str(tmp_path / "digits"), "--arch", "imagenet:InceptionV3")
    assert not frames("--data", str(tmp_path / "digits"), "--arch", "deep") and not frames()
