"""The window for real, on a virtual display: keys, mouse and close button."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from digitcam.pane import TITLE
from tests.samples import draw_page, save_picture
from tests.shell import LOST_CAMERA, start_cam, wait_until
from tests.x11 import close_button, find_window, press_until, screenshot, settled, xdotool


def finish(process: subprocess.Popen) -> tuple[int, str]:
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors


def test_keys_on_a_display(display: Mapping[str, str], tmp_path: Path) -> None:
    """On a display the keys arrive: a snapshot is saved, another view of it too, and q quits with 0."""
    page = save_picture(tmp_path / "page.png")
    process = start_cam(tmp_path, page.name, environ=display)
    window = find_window(display, TITLE, process)
    press_until(display, window, "s", lambda: len(list(tmp_path.glob("digitcam-*.png"))) == 1)
    before = settled(display)
    press_until(display, window, "v", lambda: (screenshot(display) != before).any())
    press_until(display, window, "s", lambda: len(list(tmp_path.glob("digitcam-*.png"))) == 2)
    press_until(display, window, "q", lambda: process.poll() is not None)
    status, errors = finish(process)
    assert status == 0
    assert errors.startswith("digitcam: 1 frame") and errors.count("\n") == 1, "and nothing else is said"
    pictures = [cv2.imread(str(path)) for path in sorted(tmp_path.glob("digitcam-*.png"))]
    assert not np.array_equal(*pictures)


def test_close_button_on_a_display(display: Mapping[str, str], tmp_path: Path) -> None:
    """The close button ends the endless demo with status 0, and what was saved so far is whole."""
    words = ("demo", "--size", "320x240", "--json", "out.jsonl", "--save", "out.avi")
    process = start_cam(tmp_path, *words, environ=display)
    window = find_window(display, TITLE, process)
    wait_until(lambda: (tmp_path / "out.jsonl").read_text().count("\n") > 2, 30)
    close_button(display, window)
    status, errors = finish(process)
    assert status == 0, errors
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    capture = cv2.VideoCapture(str(tmp_path / "out.avi"))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == len(lines) > 0


def test_mouse_does_no_harm(display: Mapping[str, str], tmp_path: Path) -> None:
    """Clicks and the wheel over the picture change nothing, and the window can be resized."""
    save_picture(tmp_path / "page.png", draw_page())
    process = start_cam(tmp_path, "page.png", environ=display)
    window = find_window(display, TITLE, process)
    xdotool(display, "mousemove", "--window", window, "50", "50", "click", "1", "click", "3", "click", "5")
    xdotool(display, "windowsize", window, "300", "700")
    time.sleep(0.2)
    assert process.poll() is None
    press_until(display, window, "Escape", lambda: process.poll() is not None)
    assert finish(process)[0] == 0


# ``cam.py`` whose networks are there once a file ``go`` is; what is in the file is wrong with them.
LATE_READER = """
import sys, time
from pathlib import Path
import digitcam.commands.cam as cam
from digitcam.errors import UserError
from tests.samples import ScriptedReader

def make_reader(options):
    while not Path("go").exists():
        time.sleep(0.01)
    if fault := Path("go").read_text():
        raise UserError(fault)
    return ScriptedReader()

cam.make_reader = make_reader
sys.exit(cam.entry())
"""


def test_window_is_there_while_networks_load(display: Mapping[str, str], tmp_path: Path) -> None:
    """The window and its keys do not wait for the networks, and no frame is left out for them."""
    words = ("demo", "--size", "320x240", "--json", "out.jsonl")
    process = start_cam(tmp_path, *words, environ=display, script=LATE_READER)
    window = find_window(display, TITLE, process)
    press_until(display, window, "s", lambda: list(tmp_path.glob("digitcam-*.png")))
    assert (tmp_path / "out.jsonl").read_text() == ""
    (tmp_path / "go").touch()
    wait_until(lambda: (tmp_path / "out.jsonl").read_text().count("\n") > 2, 30)
    press_until(display, window, "q", lambda: process.poll() is not None)
    assert finish(process)[0] == 0
    assert json.loads((tmp_path / "out.jsonl").read_text().splitlines()[0])["frame"] == 0


def test_networks_that_do_not_load_close_the_window(display: Mapping[str, str], tmp_path: Path) -> None:
    """A model that cannot be opened is told in its one line, with status 2, though the window was there."""
    save_picture(tmp_path / "page.png")
    process = start_cam(tmp_path, "page.png", environ=display, script=LATE_READER)
    find_window(display, TITLE, process)
    (tmp_path / "later").write_text("my.keras does not exist: name a saved model")
    (tmp_path / "later").rename(tmp_path / "go")
    assert finish(process) == (2, "digitcam: my.keras does not exist: name a saved model\n")


def test_camera_that_is_lost_keeps_its_window(display: Mapping[str, str], tmp_path: Path) -> None:
    """A camera that is gone leaves its window with the last picture; keys are answered, q quits with 0."""
    process = start_cam(tmp_path, "0", environ=display, script=LOST_CAMERA)
    window = find_window(display, TITLE, process)
    wait_until((tmp_path / "away").exists, 30)
    press_until(display, window, "s", lambda: list(tmp_path.glob("digitcam-*.png")))
    press_until(display, window, "q", lambda: process.poll() is not None)
    status, errors = finish(process)
    assert status == 0, errors
    assert re.search(r"^digitcam: [1-5] frames?, ", errors, re.MULTILINE), errors


def test_dead_display_is_no_abort(tmp_path: Path) -> None:
    """A display that does not answer is told once, and the picture is read without a window."""
    save_picture(tmp_path / "page.png")
    environ = {k: v for k, v in os.environ.items() if k != "WAYLAND_DISPLAY"} | {"DISPLAY": ":987"}
    process = start_cam(tmp_path, "page.png", environ=environ)
    status, errors = finish(process)
    if sys.platform.startswith("linux"):
        assert errors.count("no window, since") == 1
    assert status == 0
