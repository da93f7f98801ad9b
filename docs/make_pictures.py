"""Make the pictures of README: the window over the demo, moving and still, and the page in the browser.

    python docs/make_pictures.py

The demo draws its pages from a seed, the shipped networks read them, and the window composes what it shows:
the same pictures come out on every run, mistakes included. Nothing is touched up.

It writes docs/window.webp, docs/views.jpg and, where Chromium and Playwright are installed, docs/web.jpg, and
needs OpenCV 4.11 or later.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2
import numpy as np

from digitcam.bench.browsing import ARGUMENTS, FAKE_CAMERA, find_browser
from digitcam.bench.served import Served
from digitcam.reader import Reader
from digitcam.scoring import Score, score
from digitcam.sources.demo import DemoSource
from digitcam.types import Frame, Reading
from digitcam.window import Window

FOLDER = Path(__file__).resolve().parent
SIZE = (960, 540)
# The width to which the film is reduced, so that it loads at once.
FILM_WIDTH = 768
# A seed whose first pages a shadow crosses; of the demo's 30 frames a second every third is taken.
SEED, FIRST, LAST, STEP = 1, 93, 258, 3
STILL = 216
# Milliseconds that a picture stays.
STAY = 100
# The page: of the camera's film one frame, and the screens.
CAMERA, PAGE = (640, 480), 60
SETTLING = 2500  # milliseconds until what the start has cost is no longer counted
SCROLLED = 220  # on the phone, so that the table is seen
SCREENS = ({"width": 1120, "height": 680}, {"width": 360, "height": 680})
WEBP_QUALITY, JPEG_QUALITY = 38, 82


def readings(indices: range, size: tuple[int, int] = SIZE) -> Iterator[tuple[Frame, Reading, Score]]:
    """Frames of the demo, what is read in them, and the score so far."""
    reader, so_far = Reader(evidence=True), Score()
    with DemoSource(size, seed=SEED) as source:
        for frame in source:
            if frame.index >= indices.stop:
                return
            if frame.index not in indices:
                continue
            reading = reader.read(frame)
            assert frame.truth is not None
            so_far = so_far + score(reading.digits, frame.truth)
            yield frame, reading, so_far


def make_film(path: Path, indices: range = range(FIRST, LAST, STEP), size: tuple[int, int] = SIZE) -> None:
    """The window over some seconds of the demo, as an animated WebP."""
    window = Window(cv2)
    animation = cv2.Animation()
    frames = [
        window.compose(frame, reading, (str(so_far),)) for frame, reading, so_far in readings(indices, size)
    ]
    reduced = FILM_WIDTH, round(FILM_WIDTH * frames[0].shape[0] / frames[0].shape[1])
    animation.frames = [cv2.resize(frame, reduced, interpolation=cv2.INTER_AREA) for frame in frames]
    animation.durations = np.full(len(frames), STAY, np.int32)
    if not cv2.imwriteanimation(str(path), animation, [cv2.IMWRITE_WEBP_QUALITY, WEBP_QUALITY]):
        raise OSError(f"{path} was not written")


def make_views(path: Path, index: int = STILL, size: tuple[int, int] = SIZE) -> None:
    """One frame in the views that explain it, ink and crops, side by side as a JPEG."""
    frame, reading, _ = next(readings(range(index, index + 1), size))
    views = [Window(cv2, view=view).compose(frame, reading, (f"{view} view",)) for view in ("ink", "crops")]
    if not cv2.imwrite(str(path), np.hstack(views), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]):
        raise OSError(f"{path} was not written")


def make_page(path: Path, index: int = PAGE) -> bool:
    """The page on a laptop's camera and, with a picture, on a phone, as a JPEG; False where no browser is."""
    if find_browser() is None or importlib.util.find_spec("playwright") is None:
        return False
    from playwright.sync_api import sync_playwright

    frame, _, _ = next(readings(range(index, index + 1), CAMERA))
    with tempfile.TemporaryDirectory() as folder, Served() as served, sync_playwright() as driver:
        clip = Path(folder, "clip.mjpeg")
        clip.write_bytes(cv2.imencode(".jpg", frame.image)[1].tobytes())
        arguments = [*ARGUMENTS, *FAKE_CAMERA, f"--use-file-for-fake-video-capture={clip}"]
        browser = driver.chromium.launch(executable_path=find_browser(), args=arguments)
        views = []
        for screen in SCREENS:
            page = browser.new_context(viewport=screen, permissions=["camera"]).new_page()
            page.goto(served.url)
            page.locator("#camera-rate:not(:empty)").wait_for()
            page.wait_for_timeout(SETTLING)
            if screen["width"] < 600:
                page.click("#tab-picture")
                page.set_input_files("#picture-file", clip)
                page.locator("#picture-results tbody tr").first.wait_for()
                page.evaluate(f"window.scrollTo(0, {SCROLLED})")
            picture = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_COLOR)
            views.append(cv2.copyMakeBorder(picture, 0, 0, 0, 4, cv2.BORDER_CONSTANT, value=(160, 150, 140)))
        browser.close()
    return bool(cv2.imwrite(str(path), np.hstack(views)[:, :-4], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]))


if __name__ == "__main__":
    make_film(FOLDER / "window.webp")
    make_views(FOLDER / "views.jpg")
    if not make_page(FOLDER / "web.jpg"):
        print("web.jpg was not made: Chromium or Playwright is missing", file=sys.stderr)
