"""A camera in a real Chromium, driven by Playwright, where both are installed."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from digitcam.bench.served import Served

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without a sandbox, which needs rights that containers lack, and without asking anything of its maker.
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
# Seconds that the camera runs before readings are counted, and while they are.
WARM, COUNTED = 3, 10
# Seconds that Keras may take to load.
OPENING = 120


def find_browser() -> str | None:
    """The full path of a Chromium."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


@contextmanager
def camera_page(served: Served, film: Sequence[bytes]) -> Iterator[Any]:
    """Playwright's page of a server, not loaded yet, whose camera shows a film.

    Args:
        film: JPEG files, shown over and over, 30 a second.

    Returns:
        None where there is no Chromium, or no Playwright.
    """
    path = find_browser()
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        path = None
    if path is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        clip = Path(folder, "clip.mjpeg")
        clip.write_bytes(b"".join(film))
        arguments = [*ARGUMENTS, *FAKE_CAMERA, f"--use-file-for-fake-video-capture={clip}"]
        browser = driver.chromium.launch(executable_path=path, args=arguments)
        yield browser.new_context(permissions=["camera"]).new_page()
        browser.close()


def measure_browser(served: Served, film: Sequence[bytes]) -> dict[str, Any] | None:
    """Readings a second of a camera that shows a film, milliseconds to load the page, and its kilobytes.

    Returns:
        None where there is no Chromium, or no Playwright.
    """
    with camera_page(served, film) as page:
        if page is None:
            return None
        answers: list[float] = []

        def answered(request: Any) -> None:
            if "/api/read" in request.url:
                answers.append(time.perf_counter())

        page.on("requestfinished", answered)
        page.goto(served.url, wait_until="load")
        load = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
        sizes = page.evaluate("performance.getEntriesByType('resource').map((file) => file.decodedBodySize)")
        page.wait_for_timeout(1000 * WARM)
        answers.clear()
        page.wait_for_timeout(1000 * COUNTED)
        readings = len(answers) / COUNTED
        size = page.locator("video").evaluate("({videoWidth, videoHeight}) => [videoWidth, videoHeight]")
    return {
        "load_ms": round(load, 1),
        "page_kb": round((sum(sizes) + len(served.ask("/")[1])) / 1e3, 1),
        "camera": size,
        "readings_a_second": round(readings, 1),
    }


def measure_looks(served: Served, film: Sequence[bytes]) -> dict[str, Any] | None:
    """Looks a second of the tab of layers while its camera shows a film; None as of ``measure_browser``."""
    with camera_page(served, film) as page:
        if page is None:
            return None
        page.goto(served.url, wait_until="load")
        page.locator("#camera-rate:not(:empty)").wait_for()
        start = time.perf_counter()
        page.click("#tab-layers")
        page.locator("#layers-look").wait_for(timeout=1000 * OPENING)
        opened = time.perf_counter() - start
        # What is painted counts, not what is answered.
        page.evaluate(
            """() => {
                window.looks = 0;
                const painted = new MutationObserver(() => { window.looks += 1; });
                painted.observe(document.getElementById("layers-input"), { attributeFilter: ["width"] });
            }"""
        )
        page.wait_for_timeout(1000 * COUNTED)
        looks = page.evaluate("window.looks") / COUNTED
    return {"opened_s": round(opened, 2), "looks_a_second": round(looks, 1)}
