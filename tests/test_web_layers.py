"""The tab of layers in a real Chromium: what it shows is what Keras computes, of what is picked, live."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
import pytest

pytest.importorskip("flask", reason="flask is not installed: pip install '.[web]'")

from digitcam.bench.served import Served
from digitcam.inside.look import Inside
from digitcam.training import bodies
from digitcam.weights_dir import find_weights
from digitcam.whole.convention import Convention
from tests.browser import Visit
from tests.drawings import hash_sign
from tests.handwriting import STROKES, draw_text

WEIGHTS = find_weights() / "digits.keras"


@pytest.fixture
def visit(camera_browser: Any, served: Served) -> Iterator[Visit]:
    visit = Visit(camera_browser, served.url, permissions=["camera"])
    yield visit
    visit.close()


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two numbers, and a sign that is no digit."""
    picture = draw_text("473 1")
    hash_sign(picture, 200, 390, 60)
    path = tmp_path_factory.mktemp("pages") / "page.png"
    cv2.imwrite(str(path), picture)
    return path


def write(visit: Visit, label: str, x: float = 0.2) -> None:
    """Write a digit on the paper with the mouse; ``x`` is a part of its width."""
    box = visit.page.locator("#draw-paper").bounding_box()
    for stroke in STROKES[label]:
        points = [
            (box["x"] + box["width"] * (x + 0.24 * px), box["y"] + box["height"] * (0.2 + 0.45 * py))
            for px, py in stroke
        ]
        visit.page.mouse.move(*points[0])
        visit.page.mouse.down()
        for point in points[1:]:
            visit.page.mouse.move(*point, steps=3)
        visit.page.mouse.up()


def looked_at(visit: Visit) -> None:
    """Wait until a look is shown; Keras may have to be loaded."""
    visit.page.locator("#layers-look").wait_for(timeout=60_000)


def answer(visit: Visit) -> str:
    """The name with the longest bar."""
    return str(visit.page.locator("#layers-answer .most th").inner_text())


def test_values_on_the_page_are_keras_own(visit: Visit) -> None:
    """Written on the paper; the value below the pointer, and the bars, to 1e-4, for maps of three layers."""
    page = visit.page
    page.set_viewport_size({"width": 1280, "height": 1400})  # everything can be pointed at
    page.click("#tab-draw")
    write(visit, "7")
    visit.wait_for_numbers("draw", "7")
    page.click("#tab-layers")
    looked_at(visit)
    page.locator("#layers-answer .most").wait_for()
    assert answer(visit) == "7"
    with page.expect_response(lambda response: "/api/inside?" in response.url) as caught:
        page.click("#layers-picks button")
    told = caught.value.json()["look"]
    crop = np.frombuffer(base64.b64decode(told["input"]), np.uint8).reshape(1, 28, 28, 1).astype(np.float32)
    model, stages = keras.saving.load_model(WEIGHTS, compile=False), Inside(WEIGHTS).stages
    for index in (0, 3, len(stages) - 1):
        stage = stages[index]
        alone = keras.Model(model.inputs, model.get_layer(stage.shown).output)
        maps = alone.predict_on_batch(crop)[0]
        box = page.locator("#layers-stages canvas").nth(index).bounding_box()
        page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.4 * box["height"])
        named = page.locator("#layers-map-name").inner_text().split()
        which = int(named[1]) - 1
        assert named == ["map", str(which + 1), "of", f"{stage.shape[2]},", "layer", str(index + 1)]
        large = page.locator("#layers-map").bounding_box()
        height, width = maps.shape[:2]
        for row, column in ((0, 0), (height // 2, width // 3), (height - 1, width - 1)):
            at = (column + 0.5) / width * large["width"], (row + 0.5) / height * large["height"]
            page.mouse.move(large["x"] + at[0], large["y"] + at[1])
            where, value = page.locator("#layers-value").inner_text().split(": ")
            assert where == f"row {row + 1}, column {column + 1}"
            assert abs(float(value) - maps[row, column, which]) < 1e-4
    shares = page.locator("#layers-answer .score").all_inner_texts()
    expected = model.predict_on_batch(crop)[0]
    assert np.abs([float(share.split()[0]) / 100 for share in shares] - expected).max() < 1e-4


def test_the_layers_follow_what_is_written(visit: Visit) -> None:
    """On the tab itself: a second digit can be picked, arrows choose maps, and a cleared paper shows none."""
    page = visit.page
    page.click("#tab-layers")
    page.click("#layers-draw")
    assert "no digit" in page.locator("#layers-state", has_text="digit").inner_text().lower()
    write(visit, "1", 0.1)
    looked_at(visit)
    page.locator("#layers-answer .most th", has_text="1").wait_for()
    write(visit, "3", 0.5)
    page.locator("#layers-picks button").nth(1).click()
    page.locator("#layers-answer .most th", has_text="3").wait_for()
    assert page.locator("#layers-for-0").inner_text() == "spoke for 3"
    page.focus("#layers-stages")
    before = page.locator("#layers-map-name").inner_text()
    page.keyboard.press("ArrowRight")
    after = page.locator("#layers-map-name").inner_text()
    assert after != before and after in page.locator("#layers-said").inner_text()
    page.click("#draw-clear")
    page.locator("#layers-look").wait_for(state="hidden")
    page.click("#tab-draw")
    write(visit, "4", 0.3)
    visit.wait_for_numbers("draw", "4")


def test_a_picture_and_what_was_refused_in_it(visit: Visit, page_file: Path) -> None:
    """A tap on what was refused says why, a button picks a digit again; a tap corrects nothing here."""
    page = visit.page
    page.click("#tab-layers")
    page.click("#layers-picture")
    page.set_input_files("#picture-file", page_file)
    looked_at(visit)
    view = page.locator("#picture-view").bounding_box()
    page.mouse.click(view["x"] + view["width"] * 200 / 640, view["y"] + view["height"] * 330 / 480)
    page.locator("#layers-picks button[aria-pressed=true]", has_text="?").wait_for()
    assert "read as" not in page.locator("#layers-why").inner_text()
    page.locator("#layers-picks button", has_text="4").click()
    page.locator("#layers-why", has_text="read as 4").wait_for()
    assert page.locator("#correct").is_hidden()


def test_the_camera_is_looked_into(visit: Visit) -> None:
    """Looks go on while the camera runs, and stay while it is frozen."""
    page = visit.page
    page.locator("#camera-rate:not(:empty)").wait_for()
    page.click("#tab-layers")
    looked_at(visit)
    assert page.locator("#layers-camera").get_attribute("aria-pressed") == "true"
    page.locator("#layers-rate:not(:empty)").wait_for()
    page.click("#camera-freeze")
    page.locator("#layers-picks button").first.click()
    looked_at(visit)
    page.click("#layers-draw")
    page.locator("#layers-state", has_text="No digit").wait_for()
    assert page.evaluate("document.getElementById('camera-video').srcObject") is None


def test_a_network_of_whole_pictures(camera_browser: Any, tmp_path: Path, page_file: Path) -> None:
    """It looks at all of a picture, which is shown in its colours at the network's size."""
    model = bodies.small(3)
    model.save(tmp_path / "mine.keras")
    names = ["red", "green", "blue"]
    record = {"input": "whole frame", "classes": names, "frame": Convention(96, 96).to_json()}
    (tmp_path / "mine.json").write_text(json.dumps(record))
    with Served("--model", str(tmp_path / "mine.keras")) as process:
        visit = Visit(camera_browser, process.url)
        page = visit.page
        page.click("#tab-layers")
        page.click("#layers-picture")
        page.set_input_files("#picture-file", page_file)
        looked_at(visit)
        assert page.locator("#layers-input-name").inner_text() == "input 96×96"
        assert page.locator("#layers-stages canvas").count() == 8
        assert set(page.locator("#layers-answer th").all_inner_texts()) == set(names)
        assert page.locator("#layers-ink").is_hidden() and page.locator("#layers-picks button").count() == 0
        visit.close()


def test_a_network_that_cannot_be_opened(visit: Visit) -> None:
    """The page says why, and goes on reading."""
    page = visit.page
    sentence = "There is no Keras file of this model: it cannot be looked into."
    page.route("**/api/inside", lambda route: route.fulfill(status=404, json={"error": sentence}))
    page.click("#tab-layers")
    assert visit.problem("layers") == sentence
    page.click("#tab-draw")
    write(visit, "7")
    visit.wait_for_numbers("draw", "7")
    visit.wrong.clear()  # the browser names what was not found on its console
