"""What holds for every test: no window of matplotlib's own, and a user of its own, without corrections."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from digitcam.bench.browsing import FAKE_CAMERA
from digitcam.bench.served import Served
from digitcam.display import ui_framework
from digitcam.user_folder import VARIABLE
from tests.browser import chromium, need_browser
from tests.needs import need_program, need_virtual_display
from tests.x11 import virtual_display

os.environ.setdefault("MPLBACKEND", "Agg")
# Also for processes that tests start before any fixture is there.
os.environ[VARIABLE] = tempfile.mkdtemp(prefix="digitcam-tests-")


@pytest.fixture(autouse=True)
def user(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a user who has corrected nothing yet; it need not exist."""
    folder = tmp_path_factory.getbasetemp() / "users" / os.urandom(6).hex()
    monkeypatch.setenv(VARIABLE, str(folder))
    yield folder


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    """What drives browsers."""
    need_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        yield driver

@pytest.fixture(scope="module")
def camera_browser(driver: Any) -> Iterator[Any]:
    """A Chromium with a camera."""
    with chromium(driver, *FAKE_CAMERA) as browser:
        yield browser


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A running ``cam.py web``."""
    with Served() as process:
        yield process


@pytest.fixture(scope="module")
def display() -> Iterator[Mapping[str, str]]:
    """The environment of a virtual display on which OpenCV can show windows."""
    import cv2

    need_virtual_display()
    need_program("xdotool")
    if not ui_framework(cv2):
        pytest.skip("this OpenCV was built without windows")
    with virtual_display() as environ:
        yield environ
