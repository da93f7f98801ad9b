"""evaluate.py follows the record: a network of whole frames is measured on pictures in folders."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import pytest

from digitcam.commands import evaluate
from digitcam.errors import UserError
from digitcam.whole.applications import write
from digitcam.whole.convention import Convention
from tests.picture_samples import CLASSES, write_classes

RED_AND_BLUE = (CLASSES[2], CLASSES[0])


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Takes what is redder for a red disc, and what is bluer for a blue one."""
    inputs = keras.Input((8, 8, 3))
    means = keras.layers.GlobalAveragePooling2D()(inputs)
    outputs = keras.layers.Softmax()(means[:, ::2])
    path = tmp_path_factory.mktemp("model") / "colours.tflite"
    write(keras.Model(inputs, outputs), Convention(8, 8, "RGB"), list(RED_AND_BLUE), path)
    return path


def test_pictures_are_counted(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Accuracy with its interval, each class, and the report with its pictures."""
    folder = write_classes(tmp_path / "mine", 12, RED_AND_BLUE)
    blue = write_classes(tmp_path / "x", 1, CLASSES[:1], seed=9) / CLASSES[0] / "0.jpg"
    (folder / CLASSES[2] / "odd.jpg").write_bytes(blue.read_bytes())
    words = ["--model", str(model), "--data", str(folder), "--json", str(tmp_path / "out.json")]
    assert evaluate.main([*words, "--report", str(tmp_path / "report")]) == 0
    figures = json.loads((tmp_path / "out.json").read_text())["frames"]
    assert figures["pictures"] == 25 and figures["accuracy"] == 24 / 25
    assert figures["interval_95"][0] < 0.96 < figures["interval_95"][1] and figures["among_first_5"] == 1
    assert figures["classes"][CLASSES[0]] == {"pictures": "12", "recall": "100.00 %", "precision": "92.31 %"}
    out = capsys.readouterr().out
    assert "all of it, whatever was learnt of it" in out and "96.00 %" in out
    names = {path.name for path in (tmp_path / "report").iterdir()}
    assert {"index.html", "report.json", "confusion.png", "most_confused.png"} <= names


def test_the_part_to_test_counts(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the user has split the folder."""
    write_classes(tmp_path / "train", 5, RED_AND_BLUE, seed=1)
    write_classes(tmp_path / "test", 3, RED_AND_BLUE, seed=2)
    assert evaluate.main(["--model", str(model), "--data", str(tmp_path)]) == 0
    assert "on 6 pictures" in capsys.readouterr().out


def test_models_and_folders_that_do_not_fit_are_told(model: Path, tmp_path: Path) -> None:
    """A class that the model does not know, frames without pictures."""
    folder = write_classes(tmp_path / "mine", 3)
    with pytest.raises(UserError, match="tflite does not know the class blue square né: it tells apart red"):
        evaluate.main(["--model", str(model), "--data", str(folder)])
    with pytest.raises(UserError, match="colours.tflite is shown whole frames: name --data DIR"):
        evaluate.main(["--model", str(model)])
