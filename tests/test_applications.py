"""The classifiers of keras.applications: found by name, prepared as Keras prepares, made once and kept."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.models import WHOLE_FRAME, find
from digitcam.opening import open_model
from digitcam.whole import applications
from digitcam.whole.convention import prepare

# One of each way of preparing: as it is, -1 to 1, mean and deviation, BGR less a mean.
WAYS = ("MobileNetV3Large", "InceptionV3", "DenseNet121", "VGG16", "ConvNeXtTiny", "EfficientNetB0")


@pytest.mark.parametrize("name", WAYS)
def test_frames_are_prepared_as_keras_prepares_them(name: str) -> None:
    """The convention that was found gives what preprocess_input gives, for any frame."""
    _, module = applications.find_application(name)
    convention = applications.probe(module.preprocess_input, 40, 30)
    image = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
    expected = module.preprocess_input(image[..., ::-1].astype(np.float32)[None])[0]
    assert np.abs(prepare(image, convention) - expected).max() < 1e-3


def test_every_name_that_is_told_can_be_built_from() -> None:
    """A name that is none is refused with those that there are; each of them has its own preparing."""
    with pytest.raises(UserError, match="has no Nothing: as in imagenet:MobileNetV3Large") as caught:
        applications.find_application("Nothing")
    names = str(caught.value).split("there are ")[1].split(", ")
    assert len(names) >= 30 and {"InceptionV3", "ConvNeXtTiny", "MobileNetV3Large", "Xception"} <= set(names)
    for name in names:
        maker, module = applications.find_application(name)
        assert maker.__name__ == name and callable(module.preprocess_input)


@pytest.mark.parametrize(("name", "size"), [("MobileNetV3Large", (224, 224)), ("InceptionV3", (299, 299))])
def test_sizes_are_those_that_keras_trained_with(name: str, size: tuple[int, int]) -> None:
    """Also of a network that would take any size."""
    network, convention = applications.build(name, None)
    assert (convention.width, convention.height) == size
    assert network.input_shape == (None, size[1], size[0], 3) and network.output_shape == (None, 1000)


def small(weights: str | None = None) -> keras.Model:
    """Stands for an application: quick to convert."""
    inputs = keras.Input((16, 16, 3))
    x = keras.layers.Conv2D(4, 3, strides=2, activation="relu")(inputs)
    outputs = keras.layers.Dense(1000, activation="softmax")(keras.layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, outputs)


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """An application ``Small`` in a cache of its own; the weights that were asked for."""
    asked: list[str] = []

    def make(weights: str | None) -> keras.Model:
        asked.append(str(weights))
        keras.utils.set_random_seed(1)
        print("1/1 downloading")  # as Keras does
        return small()

    module: Any = type("Module", (), {})()
    module.preprocess_input = lambda x: x / 127.5 - 1
    module.decode_predictions = lambda predictions, top: [
        [(f"n{i:04}", "crane" if i in (3, 5) else f"thing_{i}", 1.0)] for i in range(1000)
    ]
    monkeypatch.setattr(applications, "find_application", lambda name: (make, module))
    monkeypatch.setattr(applications, "cache_dir", lambda: tmp_path / "cache")
    return asked


def test_an_application_is_made_once(scripted: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The second time nothing is fetched; it says what Keras says; progress goes to standard error alone."""
    model = find("imagenet:Small")
    assert model.input == WHOLE_FRAME and scripted == []  # nothing is made before it is opened
    image = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
    first = open_model(model).reader().read(image).classes
    second = open_model(find("imagenet:Small")).reader().read(image).classes
    out, err = capsys.readouterr()
    assert scripted == ["imagenet"] and first == second and first is not None
    assert out == "" and err.count("Small is fetched and converted, this once") == 1 and "downloading" in err
    names = open_model(model).classes
    assert len(set(names)) == 1000
    assert (names[0], names[3], names[5]) == ("thing 0", "crane", "crane (n0005)")


def test_labels_that_were_given_count_more(scripted: list[str], tmp_path: Path) -> None:
    """As for any other model."""
    labels = tmp_path / "labels.txt"
    labels.write_text("\n".join(f"mine {i}" for i in range(1000)))
    assert open_model(find("imagenet:Small", labels)).classes[7] == "mine 7"


def test_weights_that_cannot_be_fetched_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Offline and absent: one line that says so, and nothing is left behind."""

    def fail(weights: str | None) -> keras.Model:
        raise OSError("URL fetch failure on https://storage.example/weights.h5: None -- no route")

    module = sys.modules[__name__]
    monkeypatch.setattr(applications, "find_application", lambda name: (fail, module))
    monkeypatch.setattr(applications, "cache_dir", lambda: tmp_path / "cache")
    with pytest.raises(UserError) as caught:
        open_model(find("imagenet"))
    line = str(caught.value)
    assert line.startswith("the weights of MobileNetV3Large are not on this machine and cannot be fetched")
    assert "\n" not in line and not (tmp_path / "cache").exists()
