"""A look at the data before any training, and digits in a table."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.commands import train as command
from digitcam.errors import UserError
from digitcam.training import show_data
from digitcam.training.material import Material, Part
from digitcam.training.table import COLUMNS, read_table
from tests.picture_samples import CLASSES, write_classes
from tests.training_samples import digits


def write_table(path: Path, rows: list[str], header: str = ",".join(COLUMNS)) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def rows_of(images: np.ndarray, labels: np.ndarray) -> list[str]:
    pairs = zip(labels.tolist(), images.reshape(len(images), -1).tolist(), strict=True)
    return [",".join(map(str, [label, *pixels])) for label, pixels in pairs]


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Labels and pixels in their places; a tenth of each digit validates."""
    images, labels = digits(60)
    stuff = read_table(write_table(tmp_path / "train.csv", rows_of(images, labels)))
    (part,) = stuff.parts
    read = [*zip(part.labels, part.images, strict=True), *zip(*stuff.validation[::-1], strict=True)]
    written = zip(labels, images, strict=True)
    assert sorted((int(label), image.tobytes()) for label, image in read) == sorted(
        (int(label), image.tobytes()) for label, image in written
    )
    assert set(stuff.validation[1].tolist()) == set(labels.tolist()) and stuff.test is None


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        ([], None, "holds no digits"),
        (["1,2"], None, "has rows of 2 numbers: expected 785"),
        (["x" + ",0" * 784], None, "cannot be read as a table of numbers"),
        (["11" + ",0" * 784], None, "holds no digits: expected labels from 0 to 9"),
        (["1" + ",256" * 784], None, "holds no digits"),
        (["1" + ",0" * 784], None, "holds too little to learn from: 1 digits"),
        (["0" * 784], ",".join(COLUMNS[1:]), "label, pixel0 to pixel783, received 784 columns: "),
        ([], "", "received 0 columns"),
    ],
)  # fmt: skip
def test_tables_that_do_not_fit_are_refused(
    tmp_path: Path, rows: list[str], header: str | None, message: str
) -> None:
    """One line that names the file and what is expected."""
    path = write_table(tmp_path / "train.csv", rows, ",".join(COLUMNS) if header is None else header)
    with pytest.raises(UserError, match=message) as caught:
        read_table(path)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)


def test_a_table_is_learnt_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """train.py --data FILE.csv: a look first, then a training, as of a folder."""
    images, labels = digits(80)
    table = write_table(tmp_path / "train.csv", rows_of(images, labels))
    words = ["--data", str(table), "--output", str(tmp_path / "run"), "--arch", "mlp", "--epochs", "1"]
    assert command.main([*words, "--show-data"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("table") and "28×28" in out[0] and "uint8, 0 to 255" in out[0]
    assert out[1].split() == ["class", "to", "learn", "from", "to", "validate"]
    assert cv2.imread(str(tmp_path / "run" / "samples.png")).shape[1] == 150 + 14 * 62
    assert command.main(words) == 0
    assert (tmp_path / "run" / "model.keras").is_file()


def test_glyphs_are_shown_by_class() -> None:
    """A row for each class, and for what is none; of parts together; empty rows stay empty."""
    images = np.zeros((4, 28, 28), np.uint8)
    images[:, 10:18, 10:18] = 255
    parts = [Part("a", images[:2], np.array([0, 1]), 1.0), Part("b", images[2:], np.array([1, 3]), 1.0)]
    judged = images[:1], np.array([1])
    stuff = Material(parts, judged, images[:0], None, ["nothing"], ("x", "y", "z"), "none")
    lines = list(show_data.describe_material(stuff))
    assert lines[0].split() == ["a", "2×28×28", "uint8,", "0", "to", "255,", "mean", "20.8"]
    assert [line.split() for line in lines[3:5]] == [["x", "1", "0"], ["y", "2", "1"]]
    assert [line.split() for line in lines[5:7]] == [["z", "0", "0"], ["none", "1", "0"]]
    assert lines[-1] == "left out: nothing"
    sheet = show_data.draw_material(stuff)
    assert sheet.shape == (4 * 62, 150 + 14 * 62, 3)
    filled = [(sheet[62 * row + 3 : 62 * row + 59, 150:] == 255).any() for row in range(4)]
    assert filled == [True, True, False, True]


def test_pictures_are_shown_by_class(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts of each split, sizes, warnings, and a sheet; nothing is trained."""
    folder = write_classes(tmp_path / "mine", 6)
    run = tmp_path / "run"
    assert command.main(["--show-data", "--data", str(folder), "--output", str(run)]) == 0
    out = capsys.readouterr().out
    assert "red disc né" in out and "pixels, 3 colours, 0 to 255" in out and "warning: few pictures" in out
    sheet = cv2.imread(str(run / "samples.png"))
    assert sheet.shape == (4 * 102, 150 + 14 * 102, 3)
    assert [path.name for path in run.iterdir()] == ["samples.png"]
    assert len(CLASSES) == 4
