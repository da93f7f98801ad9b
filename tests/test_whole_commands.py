"""Whole frames through the commands: terminal, JSON, CSV, pictures, a film, the page in the browser."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from digitcam.bench.served import Served
from digitcam.commands import cam
from digitcam.commands.run import run as run_command
from digitcam.verdict import ascii_of, shortened
from digitcam.whole.convention import Convention
from tests.browser import Visit, chromium
from tests.needs import need_data
from tests.shell import refused

NAMES = ["red, rouge", "green", "a very long name for what is blue and nothing else at all"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LiteRT file with its record: which colour a frame has most of."""
    import keras

    from digitcam.whole.applications import write

    inputs = keras.Input((6, 8, 3))
    outputs = keras.layers.Softmax()(keras.layers.GlobalAveragePooling2D()(inputs))
    path = tmp_path_factory.mktemp("models") / "colours.tflite"
    write(keras.Model(inputs, outputs), Convention(8, 6, "RGB", (1 / 16,) * 3), NAMES, path)
    return path


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with a red and a green picture."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, colour in (("one.png", (40, 40, 200)), ("two.png", (40, 200, 40))):
        cv2.imwrite(str(folder / name), np.full((90, 160, 3), colour, np.uint8))
    return folder


def run(*words: object) -> int:
    return run_command(cam.main, [*map(str, words), "--no-show"])


def test_a_picture_is_told(model: Path, pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A row for each of the likeliest names, the surest first, with a bar."""
    assert run(pictures / "one.png", "--model", model) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("one.png  160x90") and lines[1].split()[0] == "confidence"
    assert lines[2].split()[0] == "1.000" and lines[2].endswith("  red, rouge")
    assert [line.split()[0] for line in lines[3:]] == ["0.000", "0.000"]


def test_a_folder_is_told_briefly(model: Path, pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line each; what is hardly likely is left out."""
    assert run(pictures, "--model", model) == 0
    out = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[1] for line in out] == ["red 100 %", "green 100 %"]


def test_lines_and_rows_have_the_names(model: Path, pictures: Path, tmp_path: Path) -> None:
    """JSON has `classes` besides what is always there, CSV a row for each name."""
    assert run(pictures, "--model", model, "--json", tmp_path / "out.jsonl") == 0
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [line["classes"][0]["label"] for line in lines] == ["red, rouge", "green"]
    assert all(line["digits"] == line["numbers"] == [] and len(line["classes"]) == 3 for line in lines)
    assert lines[0]["classes"][0]["confidence"] == pytest.approx(1, abs=0.01)
    assert run(pictures, "--model", model, "--json", tmp_path / "out.csv") == 0
    rows = list(csv.DictReader((tmp_path / "out.csv").open()))
    assert len(rows) == 6 and rows[3]["label"] == "green"
    assert (rows[0]["x"], rows[0]["width"], rows[0]["height"]) == ("0", "160", "90")


def test_pictures_are_saved_with_the_names(model: Path, pictures: Path, tmp_path: Path) -> None:
    """At the foot, at the right; the rest of the picture is as it was."""
    assert run(pictures / "one.png", "--model", model, "--save", tmp_path / "out.png") == 0
    before, after = cv2.imread(str(pictures / "one.png")), cv2.imread(str(tmp_path / "out.png"))
    changed = (before != after).any(axis=2)
    assert changed[60:, 100:].any() and not changed[:20].any() and not changed[:, :10].any()


def test_a_film_has_no_score_of_digits(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The demo's truth is about digits, which are not read."""
    assert run("demo", "--model", model, "--max-frames", "3", "--json", "-") == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 3 and "3 frames" in err and "digits" not in err.splitlines()[-1]


@pytest.mark.parametrize("option", ["--numbers", "--save-crops", "--plot"])
def test_what_is_of_digits_is_refused(
    model: Path, pictures: Path, tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says what it is of; nothing is written."""
    words = [option] if option == "--numbers" else [option, tmp_path / "out.png"]
    status = run(pictures / "one.png", "--model", model, *words)
    line = refused((status, *capsys.readouterr()))
    assert line.startswith(f"{option} is of digits, and {model} is shown whole frames: ")
    assert not (tmp_path / "out.png").exists()


def test_labels_want_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names alone are nobody's."""
    status = run("demo", "--labels", tmp_path / "l.txt")
    assert refused((status, *capsys.readouterr())).startswith("--labels names the classes of a --model")


def test_names_are_shortened_for_the_picture() -> None:
    """The first of a list, without accents, cut where there is no room."""
    assert shortened("hotdog, hot dog, red hot", 20, 500) == "hotdog"
    assert shortened("crème brûlée", 20, 500) == "creme brulee"
    short = shortened(NAMES[2], 20, 200)
    assert short.endswith("..") and NAMES[2].startswith(short[:-2]) and 5 < len(short) < 20
    assert ascii_of("日本") == "??"


@pytest.fixture(scope="module")
def browser(driver: Any) -> Iterator[Any]:
    with chromium(driver) as browser:
        yield browser


def test_the_page_shows_the_names(browser: Any, model: Path, pictures: Path) -> None:
    """A table of the likeliest names with bars, in the place of digits; corrections are not offered."""
    pytest.importorskip("flask", reason="flask is not installed: pip install '.[web]'")
    with Served("--model", str(model)) as served:
        told = json.loads(served.ask("/api/models")[1])["models"][0]
        assert told["input"] == "whole frame" and told["classes"] == NAMES and told["corrections"] is False
        status, body, _ = served.ask("/api/read", (pictures / "two.png").read_bytes())
        assert status == 200 and json.loads(body)["classes"][0]["label"] == "green"
        visit = Visit(browser, served.url)
        visit.page.click("#tab-picture")
        visit.page.set_input_files("#picture-file", pictures / "one.png")
        visit.wait_for_numbers("picture", "red")
        rows = visit.page.locator("#picture-results tbody tr")
        assert rows.count() == 3 and rows.first.locator("td").all_inner_texts() == ["red", "99 %", ""]
        assert visit.page.locator("#picture-results h2").all_inner_texts() == ["What it shows", "Likeliest"]
        visit.page.click("#tab-draw")
        paper = visit.page.locator("#draw-paper").bounding_box()
        visit.page.mouse.move(paper["x"] + 50, paper["y"] + 50)
        visit.page.mouse.down()
        visit.page.mouse.move(paper["x"] + 90, paper["y"] + 90, steps=4)
        visit.page.mouse.up()
        visit.page.locator("#draw-results tbody tr").first.wait_for()
        assert visit.page.locator("#draw-results tbody tr").count() == 3
        visit.close()


def test_real_photographs_are_named_by_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """A folder of photographs through cam.py: the right name is the likeliest of each."""
    folder = need_data("imagenet") / "imagenet"
    model, labels = folder / "mobilenet_v2_1.0_224_quant.tflite", folder / "imagenet_labels.txt"
    assert run(folder, "--model", model, "--labels", labels) == 0
    lines = [line.split(": ") for line in capsys.readouterr().out.splitlines()]
    said = {Path(path).name: names for path, names in lines}
    assert said["cat.bmp"].startswith("Egyptian cat") and said["parrot.jpg"].startswith("macaw")
    assert said["grace_hopper.bmp"].startswith("military uniform") and len(said) == 6
