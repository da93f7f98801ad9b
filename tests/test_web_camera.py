"""The tab Camera in a real Chromium: a fake device shows the demo, or there is none, or none is allowed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import pytest

pytest.importorskip("flask", reason="flask is not installed: pip install '.[web]'")

from digitcam.bench.browsing import FAKE_CAMERA
from digitcam.bench.served import Served
from digitcam.corrections.store import CorrectionFile
from digitcam.sources.demo import DemoSource
from digitcam.types import Box, Truth
from digitcam.user_folder import VARIABLE
from tests.browser import Visit, chromium
from tests.shell import wait_until

SIZE, FRAMES = (640, 480), 60


class Clip(NamedTuple):
    """A film of the demo as a fake camera takes it (Y4M), and the truth of its frames."""

    path: Path
    truth: list[tuple[Truth, ...]]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    path = tmp_path_factory.mktemp("camera") / "clip.y4m"
    truth = []
    with path.open("wb") as file:
        file.write(b"YUV4MPEG2 W%d H%d F30:1 Ip A1:1 C420jpeg\n" % SIZE)
        for frame in DemoSource(size=SIZE):
            file.write(b"FRAME\n" + cv2.cvtColor(frame.image, cv2.COLOR_BGR2YUV_I420).tobytes())
            truth.append(frame.truth)
            if len(truth) == FRAMES:
                return Clip(path, truth)
    raise AssertionError("the demo has ended")


@pytest.fixture(scope="module")
def browser(driver: Any, clip: Clip) -> Iterator[Any]:
    with chromium(driver, *FAKE_CAMERA, f"--use-file-for-fake-video-capture={clip.path}") as browser:
        yield browser


@pytest.fixture
def process(user: Path) -> Iterator[Served]:
    with Served(environ={**os.environ, VARIABLE: str(user)}) as process:
        yield process


class Filmed(Visit):
    """A visit that keeps the readings that the page gets."""

    def __init__(self, *words: Any, **options: Any) -> None:
        self.readings: list[dict] = []
        # Allowed before, so that it starts by itself.
        super().__init__(*words, permissions=["camera"], **options)
        self.page.on("requestfinished", self._answered)

    def _answered(self, request: Any) -> None:
        if "/api/read" in request.url:
            self.readings.append(request.response().json())

    def wait_for_readings(self, count: int) -> None:
        """Wait for so many more."""
        aim = len(self.readings) + count
        for _ in range(600):
            if len(self.readings) >= aim:
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"only {len(self.readings)} of {aim} readings")


def right_and_wrong(reading: dict, truth: tuple[Truth, ...]) -> tuple[int, int]:
    """How many digits of a frame were read right, and how many labels stand where none of them does."""
    right = wrong = 0
    for digit in reading["digits"]:
        box = Box(*digit["box"])
        here = [true for true in truth if true.box.iou(box) >= 0.5]
        right += any(true.label == digit["label"] for true in here)
        wrong += not any(true.label == digit["label"] for true in here)
    return right, wrong


def test_labels_agree_with_what_the_camera_sees(browser: Any, process: Served, clip: Clip) -> None:
    """Of the digits of a film 9 in 10 are read right, none that is not there, and numbers stand beside it."""
    visit = Filmed(browser, process.url)
    visit.wait_for_readings(20)  # labels come after some looks, and the film begins anew each two seconds
    visit.readings.clear()
    visit.wait_for_readings(60)
    right = wrong = digits = 0
    for reading in visit.readings:
        assert reading["size"] == list(SIZE)
        # Which frame of the film it was the page does not know: the one that it fits best.
        best = max((right_and_wrong(reading, truth) for truth in clip.truth), key=lambda r: r[0] - r[1])
        right, wrong = right + best[0], wrong + best[1]
        digits += len(clip.truth[0])
    assert right >= 0.9 * digits and wrong <= 0.02 * digits, (right, wrong, digits)
    shown = visit.page.locator("#camera-results .chips b").all_inner_texts()
    assert set(shown) <= {true.label for true in clip.truth[0]} and len(shown) >= 5
    visit.page.locator("#camera-rate:not(:empty)").wait_for()
    assert visit.page.locator("#camera-rate").inner_text().endswith(" readings a second")
    assert visit.page.locator("#camera-choice").is_hidden()  # there is one camera alone
    visit.close()


def labelled(visit: Visit) -> int:
    """How many pixels of the labels' canvas are not see-through."""
    return visit.page.evaluate(
        """() => {
            const canvas = document.getElementById("camera-labels");
            const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            let drawn = 0;
            for (let i = 3; i < data.length; i += 4) drawn += data[i] > 0;
            return drawn / (data.length / 4);
        }"""
    )


def test_freeze_stop_and_leave(browser: Any, process: Served) -> None:
    """A frozen picture stays with its labels and nothing is sent; stopping lets go of the camera."""
    visit = Filmed(browser, process.url)
    visit.wait_for_readings(20)
    assert 0 < labelled(visit) < 0.5
    visit.page.click("#camera-freeze")
    assert visit.page.locator("#camera-freeze").get_attribute("aria-pressed") == "true"
    assert labelled(visit) == 1  # the picture itself
    visit.page.wait_for_timeout(300)
    count, numbers = len(visit.readings), visit.numbers("camera")
    visit.page.wait_for_timeout(500)
    assert len(visit.readings) == count and visit.numbers("camera") == numbers != "–"
    visit.page.click("#camera-freeze")
    visit.wait_for_readings(5)
    visit.page.click("#tab-draw")
    assert visit.page.evaluate("document.getElementById('camera-video').srcObject") is None
    visit.page.click("#tab-camera")  # it was allowed before: it starts by itself
    visit.wait_for_readings(5)
    visit.page.click("#camera-start")
    assert visit.page.locator("#camera-start").inner_text() == "Start the camera"
    assert visit.numbers("camera") == "–" and labelled(visit) == 0
    visit.close()


def test_a_tap_corrects_a_digit_of_the_film(browser: Any, process: Served, user: Path) -> None:
    """A tap freezes the picture until it is said what the digit is; the film is read so from then on."""
    visit = Filmed(browser, process.url)
    page = visit.page
    visit.wait_for_readings(25)
    page.locator("#camera-results .chips button:has(b:text-is('8'))").first.click()
    assert page.locator("#correct-title").inner_text() == "This 8 is:"
    assert page.locator("#camera-freeze").get_attribute("aria-pressed") == "true"
    page.keyboard.press("5")
    page.locator("#told:not(:empty)").wait_for()
    assert page.locator("#told").inner_text() == "learnt: this 8 is 5 (correction 1)"
    assert page.locator("#camera-freeze").get_attribute("aria-pressed") == "false"
    wait_until(lambda: len(CorrectionFile(user / "corrections.h5").read()) == 1)
    visit.readings.clear()
    visit.wait_for_readings(30)
    labels = [[digit["label"] for digit in reading["digits"]] for reading in visit.readings[-10:]]
    assert all("8" not in each for each in labels)
    assert sum("5" in each for each in labels) >= 8
    box = page.locator("#camera-labels").bounding_box()
    page.click("#camera-freeze")  # so that the tap meets where the digit is
    page.wait_for_timeout(300)
    digit = visit.readings[-1]["digits"][0]
    scale = box["width"] / SIZE[0]
    x, y = (value * scale for value in Box(*digit["box"]).centre)
    page.locator("#camera-labels").click(position={"x": x, "y": y})
    assert page.locator("#correct-title").inner_text() == f"This {digit['label']} is:"
    page.keyboard.press("Escape")
    assert page.locator("#camera-freeze").get_attribute("aria-pressed") == "true"  # as it was
    visit.close()


def test_one_of_several_cameras_is_chosen(driver: Any, process: Served) -> None:
    """With two cameras there is a choice, and the chosen one is opened."""
    arguments = "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=2"
    with chromium(driver, *arguments) as browser:
        visit = Filmed(browser, process.url)
        visit.wait_for_readings(2)
        choice = visit.page.locator("#camera-devices")
        choice.wait_for()
        assert choice.locator("option").count() == 2
        other = choice.locator("option").nth(1)
        choice.select_option(other.get_attribute("value"))
        visit.wait_for_readings(5)
        track = "document.getElementById('camera-video').srcObject.getVideoTracks()[0]"
        assert visit.page.evaluate(f"{track}.getSettings().deviceId") == other.get_attribute("value")
        assert choice.input_value() == other.get_attribute("value")
        visit.close()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(FAKE_CAMERA[:1], "The camera was refused. Allow it in the browser's", id="refused"),
        pytest.param(FAKE_CAMERA[1:], "No camera was found. Plug one in, then start it", id="missing"),
    ],
)
def test_a_camera_that_does_not_start_is_told(
    driver: Any, process: Served, arguments: tuple[str, ...], words: str
) -> None:
    """Why, and what works without it; the page can be used on."""
    with chromium(driver, *arguments) as browser:
        visit = Visit(browser, process.url)
        visit.page.click("#camera-start")
        said = visit.problem("camera")
        assert said.startswith(words) and said.endswith("Drawing and pictures work without it.")
        assert visit.page.locator("#camera-start").inner_text() == "Start the camera"
        visit.close()


def test_a_page_that_is_not_secure_is_told_why_it_has_no_camera(driver: Any) -> None:
    """Under another name than localhost browsers have no mediaDevices; taking a photo is offered instead."""
    with (
        Served("--allow-host", "desk.test") as process,
        chromium(driver, *FAKE_CAMERA, "--host-resolver-rules=MAP desk.test 127.0.0.1") as browser,
    ):
        visit = Visit(browser, f"http://desk.test:{process.port}/")
        assert visit.page.evaluate("navigator.mediaDevices === undefined")
        said = visit.problem("camera")
        assert said.startswith("Browsers give the camera to pages on HTTPS or localhost alone")
        assert "“Take a photo” under Picture" in said
        assert visit.page.locator("#picture-photo").get_attribute("capture") == "environment"
        visit.close()


def test_a_server_that_comes_back_is_asked_again(browser: Any, process: Served) -> None:
    """While it is gone the page says so and tries on."""
    visit = Filmed(browser, process.url)
    visit.wait_for_readings(5)
    process.stop()
    assert visit.problem("camera") == "digitcam does not answer: is it still running?"
    with Served("--port", str(process.port)):
        visit.wait_for_readings(5)
        assert visit.page.locator("#camera-problem").inner_text() == ""
    visit.close(["Failed to load resource"])
