"""The page in a real Chromium: written on, given pictures, corrected, by mouse, finger and keys."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip("flask", reason="flask is not installed: pip install '.[web]'")

from digitcam.bench.served import Served
from digitcam.corrections.store import CorrectionFile
from digitcam.reader import Reader
from digitcam.user_folder import VARIABLE
from tests.browser import Visit, chromium
from tests.handwriting import STROKES, draw_text

SMALL = {"width": 360, "height": 640}
PHONE = {"viewport": SMALL, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


@pytest.fixture(scope="module")
def browser(driver: Any) -> Iterator[Any]:
    with chromium(driver) as browser:
        yield browser


@pytest.fixture
def process(user: Path) -> Iterator[Served]:
    """A server for a user of its own."""
    with Served(environ={**os.environ, VARIABLE: str(user)}) as process:
        yield process


@pytest.fixture
def visit(browser: Any, process: Served) -> Iterator[Visit]:
    visit = Visit(browser, process.url)
    yield visit
    visit.close()


class Paper:
    """The canvas of the tab Draw, and a mouse that writes on it."""

    def __init__(self, visit: Visit) -> None:
        self.page = visit.page
        self.page.click("#tab-draw")
        self.box = self.page.locator("#draw-paper").bounding_box()

    def points(self, label: str, x: float, y: float, height: float) -> list[list[tuple[float, float]]]:
        """The strokes of a digit whose corner is (x, y), all in parts of the paper's width, in CSS pixels."""
        left, top, wide = self.box["x"], self.box["y"], self.box["width"]
        return [
            [(left + wide * (x + 0.75 * height * px), top + wide * (y + height * py)) for px, py in stroke]
            for stroke in STROKES[label]
        ]

    def write(self, label: str, x: float, y: float = 0.2, height: float = 0.18) -> None:
        mouse = self.page.mouse
        for stroke in self.points(label, x, y, height):
            mouse.move(*stroke[0])
            mouse.down()
            for point in stroke[1:]:
                mouse.move(*point, steps=3)
            mouse.up()

    def write_all(self, text: str) -> None:
        for place, label in enumerate(text):
            self.write(label, 0.06 + 0.18 * place)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A JPEG file with two numbers."""
    path = tmp_path / "page.jpg"
    cv2.imwrite(str(path), draw_text("473 1"))
    return path


@pytest.mark.parametrize("text", ["01234", "56789"])
def test_what_the_mouse_writes_is_read(visit: Visit, text: str) -> None:
    """All ten digits, as numbers and in a table in reading order, each with bars and its input."""
    Paper(visit).write_all(text)
    visit.wait_for_numbers("draw", text)
    rows = visit.page.locator("#draw-results tbody tr")
    assert rows.locator("b").all_inner_texts() == [*text]
    assert rows.first.locator(".bars .column").count() == 10
    words = rows.first.locator(".bars").get_attribute("aria-label")
    assert words.startswith("Probabilities 0: ") and f"{text[0]}: 9" in words


def test_clear_undo_eraser_and_width(visit: Visit) -> None:
    """Clearing can be undone, the eraser takes away, a wider pen writes boldly, Ctrl+Z is a stroke less."""
    paper = Paper(visit)
    paper.write("7", 0.1)
    paper.write("3", 0.3)
    visit.wait_for_numbers("draw", "73")
    paper.press("Clear")
    visit.wait_for_numbers("draw", "–")
    assert visit.page.locator("#draw-empty").is_visible()
    paper.press("Undo")
    visit.wait_for_numbers("draw", "73")
    visit.page.keyboard.press("Control+z")
    visit.wait_for_numbers("draw", "7")
    paper.press("Eraser")
    visit.page.locator("#draw-width").fill("40")
    paper.write("7", 0.1)  # along its own line
    visit.wait_for_numbers("draw", "–")
    paper.press("Eraser")
    paper.press("Clear")
    assert dark_share(visit) == 0
    paper.write("7", 0.1)
    bold = dark_share(visit)
    visit.wait_for_numbers("draw", "7")
    paper.press("Clear")
    visit.page.locator("#draw-width").fill("10")
    paper.write("7", 0.1)
    assert 3 < bold / dark_share(visit) < 5


def dark_share(visit: Visit) -> float:
    """How much of the paper is ink."""
    return visit.page.evaluate(
        """() => {
            const canvas = document.getElementById("draw-paper");
            const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            let dark = 0;
            for (let i = 0; i < data.length; i += 4) dark += data[i] < 128;
            return (4 * dark) / data.length;
        }"""
    )


def test_writing_is_saved_as_png(visit: Visit, tmp_path: Path) -> None:
    """The file is a PNG with dark ink on white that reads the same."""
    paper = Paper(visit)
    paper.write_all("42")
    visit.wait_for_numbers("draw", "42")
    with visit.page.expect_download() as download:
        paper.press("Save as PNG")
    assert download.value.suggested_filename == "digits.png"
    path = tmp_path / "digits.png"
    download.value.save_as(path)
    assert path.read_bytes().startswith(b"\x89PNG")
    saved = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert saved.shape[:2] == (1200, 1600) and saved[0, 0, :3].tolist() == [255] * 3
    reading = Reader().read(np.ascontiguousarray(saved[..., :3]))
    assert [number.text for number in reading.numbers] == ["42"]


def test_a_finger_writes_on_a_phone(browser: Any, process: Served) -> None:
    """At 360×640 the paper is square, a finger writes on it and does not scroll the page."""
    visit = Visit(browser, process.url, **PHONE)
    paper = Paper(visit)
    assert abs(paper.box["width"] - paper.box["height"]) < 3
    session = visit.context.new_cdp_session(visit.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    for place, label in enumerate("29"):
        for stroke in paper.points(label, 0.1 + 0.35 * place, 0.3, 0.35):
            touch("touchStart", stroke[0])
            for point in stroke[1:]:
                touch("touchMove", point)
            touch("touchEnd")
    visit.wait_for_numbers("draw", "29")
    assert visit.page.evaluate("window.scrollY") == 0
    visit.close()


DROP = """async ([name, kind, content, how]) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name, { type: kind }));
    const common = { bubbles: true, cancelable: true };
    if (how === "paste") {
        document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, ...common }));
    } else {
        const stage = document.getElementById("picture-stage");
        for (const name of ["dragenter", "dragover", "drop"]) {
            stage.dispatchEvent(new DragEvent(name, { dataTransfer: data, ...common }));
        }
    }
}"""


@pytest.mark.parametrize("how", ["choose", "drop", "paste"])
def test_a_picture_is_read(visit: Visit, picture: Path, how: str) -> None:
    """Chosen, dropped or pasted: shown with labels, its digits in a table, the surest first."""
    if how == "choose":
        visit.page.click("#tab-picture")
        with visit.page.expect_file_chooser() as chooser:
            visit.page.locator("#picture-file").click()
        chooser.value.set_files(picture)
    else:  # wherever one is
        content = base64.b64encode(picture.read_bytes()).decode()
        if how == "drop":
            visit.page.click("#tab-picture")
        visit.page.evaluate(DROP, [picture.name, "image/jpeg", content, how])
    visit.wait_for_numbers("picture", "473 1")
    assert visit.page.locator("#tab-picture").get_attribute("aria-selected") == "true"
    assert visit.page.locator("#picture-state").inner_text().startswith("4 digits in 640 × 480 pixels, ")
    rows = visit.page.locator("#picture-results tbody tr")
    assert sorted(rows.locator("b").all_inner_texts()) == [*"1347"]
    scores = [int(text.split()[0]) for text in rows.locator(".score").all_inner_texts()]
    assert scores == sorted(scores, reverse=True) and scores[0] >= 95
    shown = visit.page.evaluate(SHOWN)
    expected = sorted(Reader().read(cv2.imread(str(picture))).digits, key=lambda digit: -digit.confidence)
    assert shown[0] == expected[0].crop.ravel().tolist()
    assert visit.page.evaluate(BLUE, "#picture-view") > 100  # labels of sure digits


# The levels of the first crop of the table.
SHOWN = """() => [...document.querySelectorAll("#picture-results .crop")].map((canvas) =>
    [...canvas.getContext("2d").getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0))"""
# How many pixels of a canvas have the colour of sure labels.
BLUE = """(selector) => {
    const canvas = document.querySelector(selector);
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let blue = 0;
    const colour = [0, 114, 178];
    for (let i = 0; i < data.length; i += 4) blue += colour.every((level, k) => data[i + k] === level);
    return blue;
}"""


def test_files_that_are_no_pictures_are_told(visit: Visit, tmp_path: Path, picture: Path) -> None:
    """Each with a sentence on the page; the next good picture is read as ever."""
    visit.page.click("#tab-picture")

    def open_file(name: str, content: bytes) -> str:
        (tmp_path / name).write_bytes(content)
        visit.page.set_input_files("#picture-file", tmp_path / name)
        return visit.problem("picture")

    assert "it is text; pictures are PNG" in open_file("words.png", b"hello")
    assert "There is no picture in this request" in open_file("empty.png", b"")
    assert "the JPEG file is cut off" in open_file("cut.jpg", picture.read_bytes()[:-500])
    assert "larger than 10 MB" in open_file("large.jpg", b"\0" * 10_000_001)
    visit.page.set_input_files("#picture-file", picture)
    visit.wait_for_numbers("picture", "473 1")
    assert visit.page.locator("#picture-problem").inner_text() == ""
    assert len(visit.wrong) == 3 and all("Failed to load resource" in words for words in visit.wrong)
    visit.wrong.clear()  # Chromium tells of every answer that is an error


def test_a_picture_that_no_browser_shows_is_read(visit: Visit, tmp_path: Path) -> None:
    """A TIFF file: labels on a white ground."""
    cv2.imwrite(str(tmp_path / "page.tif"), draw_text("473 1"))
    visit.page.click("#tab-picture")
    visit.page.set_input_files("#picture-file", tmp_path / "page.tif")
    visit.wait_for_numbers("picture", "473 1")
    assert visit.page.evaluate(BLUE, "#picture-view") > 100


def test_a_picture_that_is_on_its_side_is_shown_as_it_is_read(visit: Visit, tmp_path: Path) -> None:
    """The browser turns by EXIF as the reader does: boxes lie on their digits."""
    data = cv2.imencode(".jpg", cv2.rotate(draw_text("473 1"), cv2.ROTATE_90_COUNTERCLOCKWISE))[1].tobytes()
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    turned = data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + data[2:]
    (tmp_path / "turned.jpg").write_bytes(turned)
    visit.page.click("#tab-picture")
    visit.page.set_input_files("#picture-file", tmp_path / "turned.jpg")
    visit.wait_for_numbers("picture", "473 1")
    assert "640 × 480" in visit.page.locator("#picture-state").inner_text()
    box = visit.page.locator("#picture-view").bounding_box()
    assert abs(box["width"] / box["height"] - 640 / 480) < 0.02


def test_a_tap_corrects_a_digit(visit: Visit, picture: Path, user: Path) -> None:
    """A tap on a digit of the picture, and one on what it is: read right at once, and kept."""
    page = visit.page
    page.click("#tab-picture")
    page.set_input_files("#picture-file", picture)
    visit.wait_for_numbers("picture", "473 1")
    four = next(digit for digit in Reader().read(cv2.imread(str(picture))).digits if digit.label == "4")
    scale = page.locator("#picture-view").bounding_box()["width"] / 640
    x, y = (value * scale for value in four.box.centre)
    page.locator("#picture-view").click(position={"x": x, "y": y})
    assert page.locator("#correct-title").inner_text() == "This 4 is:"
    page.get_by_role("button", name="9", exact=True).click()
    visit.wait_for_numbers("picture", "973 1")
    assert page.locator("#told").inner_text() == "learnt: this 4 is 9 (correction 1)"
    (kept,) = CorrectionFile(user / "corrections.h5").read()
    assert (kept.label, kept.read_as, kept.box) == (9, 4, four.box)


def test_keys_correct_a_digit(visit: Visit) -> None:
    """In the table of what was written: Enter, then what it is; Esc leaves it, and the focus comes back."""
    page = visit.page
    Paper(visit).write_all("41")
    visit.wait_for_numbers("draw", "41")
    button = page.locator("#draw-results tbody button").nth(1)
    button.focus()
    page.keyboard.press("Enter")
    assert page.locator("#correct").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#correct").is_visible()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "1: say what it is"
    page.keyboard.press("Enter")
    page.keyboard.press("7")
    visit.wait_for_numbers("draw", "47")
    page.locator("#draw-results tbody button").first.press("Enter")
    page.keyboard.press("n")
    visit.wait_for_numbers("draw", "7")


def test_numbers_are_copied(browser: Any, process: Served, picture: Path) -> None:
    """As one line, in reading order."""
    visit = Visit(browser, process.url, permissions=["clipboard-read", "clipboard-write"])
    visit.page.click("#tab-picture")
    visit.page.set_input_files("#picture-file", picture)
    visit.wait_for_numbers("picture", "473 1")
    visit.page.locator("#picture-results").get_by_role("button", name="Copy numbers").click()
    visit.page.locator("#told:not(:empty)").wait_for()
    assert visit.page.evaluate("navigator.clipboard.readText()") == "473 1"
    visit.close()


def test_tabs_are_chosen_by_keys_and_address(visit: Visit) -> None:
    """Arrow keys, Home and End; the address names the tab, so that it is there after loading anew."""
    page = visit.page
    page.locator("#tab-camera").focus()
    names = ("draw", "picture", "layers", "camera")
    steps = [*(("ArrowRight", name) for name in names), ("End", "layers"), ("ArrowLeft", "picture")]
    for key, name in steps:
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.id") == f"tab-{name}"
        assert page.locator(f"#{name}").is_visible() and page.url.endswith(f"#{name}")
    page.reload()
    assert page.locator("#picture").is_visible() and not page.locator("#camera").is_visible()


def test_a_server_that_has_gone_is_told(browser: Any, process: Served) -> None:
    """What is written stays, and the page says what is wrong."""
    visit = Visit(browser, process.url)
    paper = Paper(visit)
    process.stop()
    paper.write("7", 0.2)
    assert visit.problem("draw") == "digitcam does not answer: is it still running?"
    assert dark_share(visit) > 0
    visit.close(["Failed to load resource"])
