"""A camera in a real Chromium, driven by Playwright, where both are installed."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Sequence
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


def find_browser() -> str | None:
    """The full path of a Chromium."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def measure_browser(served: Served, film: Sequence[bytes]) -> dict[str, Any] | None:
    """Readings a second of a camera that shows a film, milliseconds to load the page, and its kilobytes.

    Args:
        film: JPEG files, shown over and over, 30 a second.

    Returns:
        None where there is no Chromium, or no Playwright.
    """
    path = find_browser()
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        return None
    if path is None:
        return None
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        clip = Path(folder, "clip.mjpeg")
        clip.write_bytes(b"".join(film))
        arguments = [*ARGUMENTS, *FAKE_CAMERA, f"--use-file-for-fake-video-capture={clip}"]
        browser = driver.chromium.launch(executable_path=path, args=arguments)
        page = browser.new_context(permissions=["camera"]).new_page()
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
        count = len(answers)
        video = page.locator("video")
        size = video.evaluate("({videoWidth, videoHeight}) => [videoWidth, videoHeight]")
        browser.close()
    return {
        "load_ms": round(load, 1),
        "page_kb": round((sum(sizes) + len(served.ask("/")[1])) / 1e3, 1),
        "camera": size,
        "readings_a_second": round(count / COUNTED, 1),
    }
