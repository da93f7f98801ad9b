"""How the page looks, in a real Chromium: from a phone to 4K, light and dark, and to a screen reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import pytest

pytest.importorskip("flask", reason="flask is not installed: pip install '.[web]'")

from digitcam.bench.served import Served
from tests.browser import Visit
from tests.handwriting import draw_text
from tests.needs import need

SCREENS = [
    pytest.param({"width": 360, "height": 640}, "light", id="phone"),
    pytest.param({"width": 640, "height": 360}, "dark", id="phone on its side"),
    pytest.param({"width": 1280, "height": 800}, "dark", id="laptop"),
    pytest.param({"width": 3840, "height": 2160}, "light", id="4K"),
]


def check(visit: Visit, place: str) -> None:
    """Nothing sticks out sideways, and axe finds nothing (WCAG 2 A and AA: contrast, names, roles, order)."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ModuleNotFoundError:
        need(False, "axe-playwright-python is not installed: pip install '.[dev]'")
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert visit.page.evaluate(sideways) <= 0, place
    violations = Axe().run(visit.page).response["violations"]
    assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in violations] == [], place


@pytest.mark.parametrize(("viewport", "scheme"), SCREENS)
def test_every_tab_looks_right(
    camera_browser: Any, served: Served, tmp_path: Path, viewport: dict[str, int], scheme: str
) -> None:
    """Each tab with something in it: what is shown fits the window, keeps its form, and can be read aloud."""
    page_file = tmp_path / "page.png"
    cv2.imwrite(str(page_file), draw_text("473 1"))
    visit = Visit(camera_browser, served.url, viewport=viewport, color_scheme=scheme, permissions=["camera"])
    visit.page.locator("#camera-rate:not(:empty)").wait_for()
    video, labels = (visit.page.locator(f"#camera-{name}").bounding_box() for name in ("video", "labels"))
    assert all(abs(video[side] - labels[side]) <= 1 for side in ("x", "y", "width", "height"))
    wide, high = visit.page.evaluate(
        "(({videoWidth, videoHeight}) => [videoWidth, videoHeight])(document.querySelector('video'))"
    )
    assert abs(video["width"] / video["height"] - wide / high) < 0.02
    check(visit, "camera")
    visit.page.click("#tab-draw")
    paper = visit.page.locator("#draw-paper").bounding_box()
    visit.page.mouse.move(paper["x"] + 0.4 * paper["width"], paper["y"] + 0.2 * paper["height"])
    visit.page.mouse.down()
    visit.page.mouse.move(paper["x"] + 0.4 * paper["width"], paper["y"] + 0.5 * paper["height"], steps=5)
    visit.page.mouse.up()
    visit.wait_for_numbers("draw", "1")
    check(visit, "draw")
    visit.page.click("#tab-picture")
    visit.page.set_input_files("#picture-file", page_file)
    visit.wait_for_numbers("picture", "473 1")
    check(visit, "picture")
    for stage in (video, paper, visit.page.locator("#picture-view").bounding_box()):
        assert stage["height"] <= 0.73 * viewport["height"] and stage["width"] <= viewport["width"]
    table = visit.page.locator("#picture-results .table-frame")
    assert table.evaluate("(frame) => frame.scrollWidth - frame.clientWidth") <= 0
    visit.page.locator("#picture-results tbody button").first.click()
    keys = visit.page.locator("#correct-keys button")
    assert all(key.bounding_box()["height"] >= 44 for key in keys.all())  # for a finger: WCAG 2.5.5
    check(visit, "correcting")
    visit.page.keyboard.press("Escape")
    visit.page.click("#tab-layers")
    visit.page.locator("#layers-look").wait_for(timeout=60_000)
    visit.page.locator("#layers-why li").first.wait_for()
    check(visit, "layers")
    visit.close()
