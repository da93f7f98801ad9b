"""The command: what it refuses, what it prints, and what it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.commands import evaluate
from digitcam.commands.evaluate import main
from digitcam.commands.run import run
from digitcam.errors import UserError
from digitcam.evaluation import digit_suites
from digitcam.evaluation.contestants import Contestant
from digitcam.evaluation.report import ReportFolder
from tests.evaluation_fakes import WRONG, Coded, Scripted, coded, folder_fixture, mnist_like, photos_fixture
from tests.needs import need_data

__all__ = ["folder_fixture", "photos_fixture"]  # fixtures


def test_the_test_set_is_measured_by_default(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Accuracy, its interval, acceptance, calibration and milliseconds; per digit; the matrix."""
    assert main([]) == 0
    out, err = capsys.readouterr()
    assert "MNIST test set" in out and "96.15 %" in out and "accepted at conf 0.9" in out
    for row in ("its 95 % interval", "calibration error, 15 bins", "ms per digit", "Confusion matrix"):
        assert row in out
    assert "MNIST test set, digitcam: 130 in" in err
    assert not list(folder.iterdir())


def test_json_on_standard_output_stands_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With ``--json -`` the tables go to standard error, and what is printed is one JSON object."""
    assert main(["--json", "-", "--baseline", "--conf", "0.96"]) == 0
    out, err = capsys.readouterr()
    figures = json.loads(out)
    assert figures["command"] == "evaluate.py --json - --baseline --conf 0.96"
    assert set(figures["mnist"]) == {"digitcam", "classic"}
    result = figures["mnist"]["digitcam"]
    assert (result["digits"], result["wrong"], result["accepted"]) == (130, WRONG, 0.0)
    assert len(result["wrong_answers"]) == WRONG and sum(map(sum, result["confusion"])) == 130
    assert "Confusion matrix" in err


def test_json_file_is_written_once_and_then_refused(folder: Path) -> None:
    """A file that exists is refused without --overwrite, before anything is measured, and lives."""
    assert main(["--json", "figures.json"]) == 0
    assert json.loads((folder / "figures.json").read_text())["mnist"]["digitcam"]["digits"] == 130
    (folder / "figures.json").write_text("mine")
    with pytest.raises(UserError, match=r"figures\.json exists already.*--overwrite"):
        main(["--json", "figures.json"])
    assert (folder / "figures.json").read_text() == "mine"
    assert main(["--json", "figures.json", "--overwrite"]) == 0
    assert json.loads((folder / "figures.json").read_text())["version"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--json", "photo.jpg"], r"--json photo\.jpg is no name for JSON: use - or a name ending in \.json"),
        (["--json", "absent/f.json"], "there is no folder absent"),
        (["--half", "first"], "--half chooses among the pictures of --photos DIR"),
        (["--photos", "absent"], "absent is not a folder"),
        (["--photos", "pictures", "--report", "pictures"], "--report pictures is the folder of the pictures"),
        (["--photos", "pictures", "--json", "pictures/labels.json", "--overwrite"], "is the input"),
        (["--samples", "5000"], "ask for 1000 at most"),
        (["--report", "pictures"], "--report pictures is not empty: name another folder, or add --overwrite"),
        (["--report", "pictures/photo.png"], "is a file: name a folder"),
        (["--report", "pictures/photo.png/in"], "cannot be written: "),
        (["--strangers", "--data-dir", "."], "--strangers needs unipen_digits.npz"),
        (["--pages", "1", "--glyphs", "strangers", "--data-dir", "."], "--glyphs strangers needs UNIPEN"),
    ],
)
def test_wrong_use_is_told_in_one_line(photos: Path, arguments: list[str], message: str) -> None:
    """Each names the thing, says why and what to try; nothing that was there is touched."""
    before = {path: path.read_bytes() for path in photos.iterdir()}
    with pytest.raises(UserError, match=message) as told:
        main(arguments)
    assert "\n" not in str(told.value)
    assert {path: path.read_bytes() for path in photos.iterdir()} == before
    assert list(photos.parent.iterdir()) == [photos]


@pytest.mark.parametrize("arguments", [["--conf", "1.5"], ["--pages", "0"], ["--half", "third"]])
def test_values_out_of_range_exit_with_2(
    folder: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The parser names the option and what it takes."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2 and arguments[0] in capsys.readouterr().err


def test_report_shows_plots_and_every_wrong_answer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page that links every picture, the figures as JSON, a sheet of samples; and nothing beside it."""
    pytest.importorskip("matplotlib")
    assert main(["--report", "out/report", "--samples", "12"]) == 0
    report = folder / "out" / "report"
    names = {path.name for path in report.iterdir()}
    assert names == {
        "index.html",
        "report.json",
        "mnist-confusion-digitcam.png",
        "mnist-reliability.png",
        "mnist-wrong.png",
        "samples.png",
    }
    page = (report / "index.html").read_text(encoding="utf-8")
    assert all(f'src="{name}"' in page for name in names if name.endswith(".png"))
    assert f"every wrong answer of digitcam ({WRONG} of 130)" in page
    assert len(json.loads((report / "report.json").read_text())["samples"]["digits"]) == 12
    assert all(cv2.imread(str(report / name)) is not None for name in names if name.endswith(".png"))
    assert list((folder / "out").iterdir()) == [report]
    assert "report: out/report/index.html" in capsys.readouterr().out


def test_samples_without_a_report_are_one_sheet_in_the_working_folder(folder: Path) -> None:
    """The same seed draws the same digits; an older sheet is not written over."""
    pytest.importorskip("matplotlib")
    assert main(["--samples", "7", "--seed", "3", "--json", "a.json"]) == 0
    assert cv2.imread("samples.png") is not None
    with pytest.raises(UserError, match=r"samples\.png exists already"):
        main(["--samples", "7"])
    assert main(["--samples", "7", "--seed", "3", "--json", "b.json", "--overwrite"]) == 0
    assert main(["--samples", "7", "--seed", "4", "--json", "c.json", "--overwrite"]) == 0
    a, b, c = (json.loads(Path(f"{name}.json").read_text())["samples"]["digits"] for name in "abc")
    assert a == b != c and len({d["index"] for d in a}) == 7


def test_matplotlib_is_not_loaded_without_a_report() -> None:
    """Figures alone need no plotting library."""
    code = (
        "import sys\n"
        "import digitcam.commands.evaluate, digitcam.evaluation.contestants\n"
        "import digitcam.evaluation.digit_suites, digitcam.evaluation.picture_suites\n"
        "import digitcam.evaluation.report\n"
        "print(sorted({'matplotlib', 'tensorflow', 'keras'} & set(sys.modules)))\n"
    )
    root = Path(evaluate.__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.stdout.strip() == "[]", done.stderr


def test_corruptions_are_averaged_over_kinds_without_the_clean_set(folder: Path) -> None:
    """Fifteen kinds, their mean, and the clean digits apart; the sheet is drawn."""
    images, truth = mnist_like()
    way = Contestant("digitcam", Coded(), Scripted([]), 0.9)

    class Sure(Coded):
        def predict(self, crops: np.ndarray) -> np.ndarray:
            return super().predict(coded([3] * len(crops), [99] * len(crops)))

    sure = Contestant("digitcam", Sure(), way.reader, 0.9)
    section = digit_suites.measure_corruptions([sure], images[:20], truth[:20], 0.9, folder=folder)
    figures = section.figures["digitcam"]
    assert isinstance(figures, dict) and len(figures["kinds"]) == 15
    assert figures["mean_accuracy"] == figures["clean"]["accuracy"] == 0.1
    assert cv2.imread(str(folder / "corruptions.png")) is not None


def test_a_report_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    """An error inside the block: the old report stays, and no scratch folder is left behind."""
    target = tmp_path / "report"
    target.mkdir()
    (target / "index.html").write_text("old")
    with pytest.raises(ZeroDivisionError), ReportFolder(target, overwrite=True) as report:
        (report.path / "index.html").write_text("new")
        raise ZeroDivisionError
    assert (target / "index.html").read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
    with ReportFolder(target, overwrite=True) as report:
        (report.path / "index.html").write_text("new")
    assert (target / "index.html").read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_the_command_ends_with_2_and_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As the scripts call it: a user's fault is one line on standard error."""
    assert run(main, ["--json", "x.txt"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("digitcam: --json x.txt") and err.count("\n") == 1


def test_strangers_are_the_held_out_writers() -> None:
    """Only the 27 writers that nothing is trained on, as 28×28 digits."""
    images, labels, writers = digit_suites.load_strangers(need_data("unipen"))
    assert images.shape == (len(labels), 28, 28) and images.dtype == labels.dtype == np.uint8
    assert len(labels) == 6194 and set(labels) == set(range(10))
