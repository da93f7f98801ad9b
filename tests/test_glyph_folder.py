"""A folder of small pictures of signs is learnt as the pipe would crop them, and read on paper."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.commands import evaluate
from digitcam.commands import train as command
from digitcam.errors import UserError
from digitcam.models import find
from digitcam.opening import open_model
from digitcam.training.export import export_twin
from digitcam.training.folder import is_in_convention
from digitcam.training.glyphs import OTHER, are_glyphs, classes_in, gather
from tests.drawings import paper
from tests.picture_samples import GLYPHS, draw_glyph, write_classes, write_glyphs
from tests.training_samples import train_through_a_stop

# Of each glyph so many: a tenth validates, and a tenth tests.
COUNT = 60
EPOCHS = 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_glyphs(tmp_path_factory.mktemp("glyphs"), COUNT)


@pytest.fixture(scope="module")
def trained(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was interrupted in its middle, and resumed to its end."""
    run = tmp_path_factory.mktemp("runs") / "mine"
    train_through_a_stop(run, EPOCHS, "--data", str(folder))
    return run


def test_ink_of_one_colour_in_small_pictures_is_glyphs(folder: Path, tmp_path: Path) -> None:
    """Larger pictures, colours that differ, and photographs are not; an empty folder is refused as ever."""
    assert are_glyphs(folder)
    assert not are_glyphs(write_classes(tmp_path / "colours", 10))
    rng = np.random.default_rng(0)
    large = tmp_path / "large"
    for name in GLYPHS:
        (large / name).mkdir(parents=True)
        picture = cv2.resize(draw_glyph(name, rng), (600, 600))
        (large / name / "0.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    assert not are_glyphs(large)
    with pytest.raises(UserError, match="holds no classes of pictures"):
        are_glyphs(tmp_path / "large" / "cross")


def test_what_is_none_of_them_is_learnt_too(folder: Path, tmp_path: Path) -> None:
    """From scenes, from pieces of the glyphs, and from a folder ``none``; tutorial networks go without."""
    stuff = gather(folder, other=True)
    assert stuff.classes == tuple(GLYPHS) == classes_in(folder) and stuff.other == OTHER
    parts = {part.name: part for part in stuff.parts}
    assert sorted(parts) == ["pictures", "scenes", "spoiled"]
    assert set(parts["pictures"].labels.tolist()) == {*range(5)} and parts["spoiled"].spoiled
    assert set(parts["scenes"].labels.tolist()) == {5} and len(stuff.negatives) > 50
    ink = parts["pictures"].images
    assert ink.shape == (240, 28, 28) and all(map(is_in_convention, ink))
    some = write_glyphs(tmp_path, 8)
    (some / "zed").rename(some / "none")
    less = gather(some, other=True)
    assert less.classes == tuple(GLYPHS)[:4] == classes_in(some)
    assert len(less.parts[1].images) == len(parts["scenes"].images) + 6, "of eight one validates, one tests"
    alone = gather(some, other=False)
    assert [part.name for part in alone.parts] == ["pictures"] and alone.other is None


def test_five_glyphs_are_learnt_through_a_stop(trained: Path) -> None:
    """At least 95 in 100 of those kept out are right; the run leaves model, record, matrix and plot."""
    record = json.loads((trained / "model.json").read_text(encoding="utf-8"))
    assert record["measured"]["test_accuracy"] >= 0.95
    assert record["classes"] == [*GLYPHS, OTHER] and record["input"] == "digit crops"
    assert record["settings"]["dataset"] == "glyphs" and record["architecture"] == "cnn"
    assert [e["epoch"] for e in json.loads((trained / "history.json").read_text())] == [*range(1, EPOCHS + 1)]
    for name in ("confusion.png", "loss_accuracy.png"):
        assert cv2.imread(str(trained / name)).size > 10_000


def test_they_are_read_where_they_stand_on_paper(trained: Path) -> None:
    """In reading order, by Keras and by the twin, and nothing but them."""
    rng = np.random.default_rng(3)
    page = paper(640, 480)
    names = list(GLYPHS)
    for place, name in enumerate(names):
        glyph = cv2.resize(draw_glyph(name, rng), (84, 84))
        x, y = 40 + 116 * place, 200
        ink = (glyph < 140)[..., None]
        page[y : y + 84, x : x + 84] = np.where(ink, 40, page[y : y + 84, x : x + 84])
    by_keras = open_model(find(trained / "model.keras")).reader().read(page)
    export_twin(trained / "model.keras")
    by_twin = open_model(find(trained / "model.keras")).reader().read(page)
    for reading in (by_keras, by_twin):
        found = sorted(reading.digits, key=lambda digit: digit.box.x)
        assert [digit.label for digit in found] == names
        assert found[0].names == tuple(names)


def test_folders_of_them_are_measured(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """``evaluate.py --data`` takes a model of crops as well, by itself."""
    fresh = write_glyphs(tmp_path / "fresh", 8, seed=7)
    report = tmp_path / "report.json"
    words = ["--data", str(fresh), "--model", str(trained / "model.keras")]
    assert evaluate.main([*words, "--json", str(report)]) == 0
    figures = json.loads(report.read_text())["frames"]
    assert figures["pictures"] == 40 and figures["accuracy"] >= 0.95
    assert "arrow ↑" in capsys.readouterr().out
    with pytest.raises(UserError, match="--data is measured by itself: leave --pages out"):
        evaluate.main([*words, "--pages", "1"])
    with pytest.raises(UserError, match="digits.keras does not know the class arrow ↑"):
        evaluate.main(["--data", str(fresh)])


def test_they_are_shown_before_any_training(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """``--show-data`` shows the crops by their names."""
    assert command.main(["--show-data", "--data", str(folder), "--output", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "hook" in out and "28" in out
    (sheet,) = tmp_path.glob("*.png")
    assert cv2.imread(str(sheet)).size > 10_000
