"""The writing window for real, on a virtual display: what the mouse writes is read, and every key works."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.corrections.store import CorrectionFile
from digitcam.pane import TITLE
from digitcam.user_folder import VARIABLE
from tests.handwriting import STROKES
from tests.shell import start_cam, wait_until
from tests.x11 import find_window, press, press_until, screenshot, settled, xdotool

# ``cam.py`` with the networks that ship.
REAL = "import sys; import digitcam.commands.cam as cam; sys.exit(cam.entry())"
# The window opens at 1280×640: the paper is 640 pixels wide there.
PAPER = 640


class Pen:
    """A mouse that writes in a window, and the numbers that the program prints of it."""

    def __init__(self, environ: Mapping[str, str], folder: Path, *words: str) -> None:
        self.environ, self.folder = environ, folder
        self.lines = folder / "out.jsonl"
        command = ("draw", "--json", self.lines.name, *words)
        self.process = start_cam(folder, *command, environ=environ, script=REAL)
        self.window = find_window(environ, TITLE, self.process)
        wait_until(lambda: self.lines.exists() and self.lines.read_text().count("\n") >= 1, 30)

    def write(self, label: str, x: int, y: int, height: int) -> None:
        """Write a digit at a place of the window, pixels."""
        for stroke in STROKES[label]:
            points = [(round(x + 0.75 * height * px), round(y + height * py)) for px, py in stroke]
            words = ["mousemove", "--window", self.window, *map(str, points[0]), "mousedown", "1"]
            for point in points[1:]:
                words += ["mousemove", "--window", self.window, *map(str, point), "sleep", "0.04"]
            xdotool(self.environ, *words, "mouseup", "1")

    def choose_card(self, x: int, y: int) -> None:
        """Click a card, which may be painted a moment after its digit was printed; it is marked then."""
        before = settled(self.environ)
        xdotool(self.environ, "mousemove", "--window", self.window, str(x), str(y), "click", "1")
        wait_until(lambda: (screenshot(self.environ)[:, PAPER:] != before[:, PAPER:]).any(), 20)

    def press(self, key: str, labels: str | None = None) -> None:
        """Press a key; where it changes what is read, until these are the digits."""
        if labels is None:
            press(self.environ, self.window, key)
        else:
            press_until(self.environ, self.window, key, lambda: self.labels() == labels)

    def numbers(self) -> list[str]:
        """The numbers of the last reading."""
        last = self.lines.read_text().splitlines()[-1]
        return [number["text"] for number in json.loads(last)["numbers"]]

    def digits(self) -> list[dict]:
        """The digits of the last reading from left to right."""
        last = self.lines.read_text().splitlines()[-1]
        return sorted(json.loads(last)["digits"], key=lambda digit: digit["box"][0])

    def labels(self) -> str:
        """What they are."""
        return "".join(digit["label"] for digit in self.digits())

    def reads(self, labels: str) -> None:
        """Wait until these are the digits from left to right."""
        try:
            wait_until(lambda: self.labels() == labels, 20)
        except AssertionError:
            raise AssertionError(f"{self.labels()!r} was read, not {labels!r}") from None

    def quit(self) -> str:
        """Press q; what was said on standard error."""
        press_until(self.environ, self.window, "q", lambda: self.process.poll() is not None)
        _, errors = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, errors
        return errors


@pytest.fixture
def pen(display: Mapping[str, str], tmp_path: Path, user: Path) -> Iterator[Pen]:
    pen = Pen({**display, VARIABLE: str(user)}, tmp_path)
    yield pen
    if pen.process.poll() is None:
        pen.process.kill()
        pen.process.communicate()


def test_ten_digits_are_read(pen: Pen) -> None:
    """All ten digits, written with the mouse, are read right, in two numbers; q quits with 0."""
    for place, label in enumerate("01234"):
        pen.write(label, 30 + 118 * place, 60, 130)
    for place, label in enumerate("56789"):
        pen.write(label, 30 + 118 * place, 330, 130)
    wait_until(lambda: pen.numbers() == ["01234", "56789"], 20)
    errors = pen.quit()
    assert errors.startswith("digitcam: draw: paper of 480×480\ndigitcam: ") and errors.count("\n") == 2


def test_undo_clear_and_eraser(pen: Pen) -> None:
    """z undoes a stroke, r and the right button clear, and z takes that back; the eraser wipes ink away."""
    pen.write("7", 60, 100, 150)
    pen.write("3", 250, 100, 150)
    pen.reads("73")
    pen.press("z", "7")
    pen.press("r", "")
    pen.press("z", "7")
    xdotool(pen.environ, "mousemove", "--window", pen.window, "500", "500", "click", "3")
    pen.reads("")
    pen.press("z")
    pen.write("3", 250, 100, 150)
    pen.reads("73")
    pen.press("e")
    # With the thick eraser over the 7: the 3 remains.
    for y in range(90, 261, 20):
        words = ["mousemove", "--window", pen.window, "40", str(y), "mousedown", "1"]
        for x in range(60, 201, 20):
            words += ["mousemove", "--window", pen.window, str(x), str(y)]
        xdotool(pen.environ, *words, "mouseup", "1")
    pen.reads("3")
    pen.press("e")
    pen.write("1", 420, 100, 150)
    pen.reads("31")
    pen.quit()


def test_saving_and_pen_width(pen: Pen) -> None:
    """s saves the paper alone as a picture, at twice the size; a thicker pen leaves more ink."""
    pen.write("1", 60, 60, 200)
    pen.press("s")
    wait_until(lambda: len(list(pen.folder.glob("digitcam-*.png"))) == 1, 20)
    for key in ("plus", "plus", "plus"):
        pen.press(key)
    pen.press("r")
    pen.write("1", 60, 60, 200)
    pen.press("s")
    wait_until(lambda: len(list(pen.folder.glob("digitcam-*.png"))) == 2, 20)
    pen.quit()
    saved = sorted(pen.folder.glob("digitcam-*.png"), key=lambda path: path.stat().st_mtime_ns)
    thin, thick = (cv2.imread(str(path)) for path in saved)
    assert thin.shape == (960, 960, 3)
    assert (thick < 128).sum() > 1.25 * (thin < 128).sum() > 0
    assert set(np.unique(thin[600:])) == {255}, "no panel, no box"


def test_the_wheel_sets_the_pen_and_nothing_else(pen: Pen) -> None:
    """The wheel makes the pen thicker, and the paper is not zoomed by it, as OpenCV's windows would."""
    pen.write("1", 60, 60, 200)
    pen.reads("1")
    for _ in range(4):
        xdotool(pen.environ, "mousemove", "--window", pen.window, "500", "300", "click", "4", "sleep", "0.05")
    old = pen.window
    wait_until(lambda: find_window(pen.environ, TITLE, pen.process) != old, 20)
    pen.window = find_window(pen.environ, TITLE, pen.process)
    pen.write("1", 300, 60, 200)
    pen.reads("11")
    first, second = (digit["box"] for digit in pen.digits())
    assert second[0] - first[0] == pytest.approx(240 * 480 / PAPER, abs=12), "written where the mouse was"
    assert second[3] - first[3] > 4, "and thicker"
    pen.quit()


def test_window_of_another_size(pen: Pen) -> None:
    """In a window of twice and half the size the pen writes where the mouse is."""
    pen.write("4", 100, 100, 150)
    pen.reads("4")
    for width, height, at in ((640, 320, (160, 50)), (1380, 690, (500, 110))):
        xdotool(pen.environ, "windowsize", "--sync", pen.window, str(width), str(height))
        pen.write("2", *at, round(150 * width / 1280))
        pen.reads("42") if width == 640 else pen.reads("422")
    pen.quit()


def test_a_written_digit_is_corrected(pen: Pen) -> None:
    """A digit chosen by a click on its card, or by keys, and said to be another is read so from then on."""
    pen.write("7", 60, 100, 150)
    pen.reads("7")
    pen.choose_card(PAPER + 100, 120)
    pen.press("1", "1")
    pen.write("7", 320, 110, 150)
    pen.reads("11")
    pen.press("t")
    pen.press("Right")
    pen.press("4", "44")
    pen.quit()
    found = CorrectionFile().read()
    assert [(c.read_as, c.label) for c in found] == [(7, 1), (1, 4)]
    assert found[0].crop.any() and found[0].surroundings.min() < 100 < found[0].surroundings.max()


def test_close_button_and_help(pen: Pen) -> None:
    """h shows the help and takes it away; Esc leaves a choice alone at first, and quits then."""
    pen.write("6", 60, 100, 150)
    pen.reads("6")
    pen.press("h")
    pen.press("h")
    pen.press("t")
    pen.press("Escape")
    assert pen.process.poll() is None
    pen.press("Escape")
    assert pen.process.wait(30) == 0
    assert not CorrectionFile().path.exists()


def test_writing_without_a_display(tmp_path: Path) -> None:
    """Without a display that is told in one line with status 2, and nothing is written."""
    if not sys.platform.startswith("linux"):
        pytest.skip("a display can be taken away on Linux alone")
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    process = start_cam(tmp_path, "draw", "--json", "out.jsonl", environ=environ, script=REAL)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert errors == "digitcam: draw is a window to write in, and there is no display: try `cam.py demo`\n"
    assert not (tmp_path / "out.jsonl").exists()


