"""The view of layers for real, on a virtual display: over the demo, and beside what is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from digitcam.pane import TITLE
from digitcam.user_folder import VARIABLE
from tests.handwriting import STROKES
from tests.shell import start_cam, wait_until
from tests.x11 import at_rest, find_window, press_until, screenshot, settled, xdotool

REAL = "import sys; import digitcam.commands.cam as cam; sys.exit(cam.entry())"
# The darkest of viridis, which maps without an answer have all over. BGR.
VIOLET = (84, 1, 68)


def violet(picture: np.ndarray) -> float:
    """How much of a picture is that colour."""
    return float((np.abs(picture.astype(int) - VIOLET).max(2) < 12).mean())


def shows_maps(environ: Mapping[str, str], left: int = 0) -> bool:
    return violet(screenshot(environ)[:, left:1280]) > 0.05


def test_layers_over_the_demo(display: Mapping[str, str], tmp_path: Path) -> None:
    """The window goes on while Keras loads, then maps move with the demo; the pointer enlarges one."""
    words = ("demo", "--view", "layers", "--json", "out.jsonl")
    process = start_cam(tmp_path, *words, environ=display, script=REAL)
    window = find_window(display, TITLE, process)
    lines = tmp_path / "out.jsonl"
    wait_until(lambda: lines.exists() and lines.read_text().count("\n") > 2, 30)
    wait_until(lambda: shows_maps(display), 60)
    first = screenshot(display)
    wait_until(lambda: (screenshot(display)[:, 200:1000] != first[:, 200:1000]).mean() > 0.01, 20)
    press_until(display, window, "space", lambda: at_rest(display))
    before = settled(display)
    xdotool(display, "mousemove", "--window", window, "330", "120")
    wait_until(lambda: (screenshot(display)[480:700, 200:500] != before[480:700, 200:500]).mean() > 0.05, 20)
    press_until(display, window, "q", lambda: process.poll() is not None)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors


def test_layers_beside_what_is_written(display: Mapping[str, str], tmp_path: Path, user: Path) -> None:
    """In draw v turns from the cards to the layers of what was written, and back; the pen goes on."""
    environ = {**display, VARIABLE: str(user)}
    process = start_cam(tmp_path, "draw", "--json", "out.jsonl", environ=environ, script=REAL)
    window = find_window(environ, TITLE, process)
    lines = tmp_path / "out.jsonl"
    wait_until(lambda: lines.exists() and lines.read_text().count("\n") >= 1, 30)

    def write(label: str, x: int) -> None:
        for stroke in STROKES[label]:
            points = [(round(x + 110 * px), round(100 + 150 * py)) for px, py in stroke]
            words = ["mousemove", "--window", window, *map(str, points[0]), "mousedown", "1"]
            for point in points[1:]:
                words += ["mousemove", "--window", window, *map(str, point), "sleep", "0.04"]
            xdotool(environ, *words, "mouseup", "1")

    def read() -> str:
        digits = json.loads(lines.read_text().splitlines()[-1])["digits"]
        return "".join(digit["label"] for digit in sorted(digits, key=lambda digit: digit["box"][0]))

    write("7", 60)
    wait_until(lambda: read() == "7", 20)
    assert not shows_maps(environ, 640)
    cards = settled(environ)
    press_until(environ, window, "v", lambda: (screenshot(environ)[:, 640:] != cards[:, 640:]).any())
    wait_until(lambda: shows_maps(environ, 640), 60)
    write("3", 250)
    wait_until(lambda: read() == "73", 20)
    press_until(environ, window, "v", lambda: not shows_maps(environ, 640))
    press_until(environ, window, "q", lambda: process.poll() is not None)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
