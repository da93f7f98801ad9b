"""The window: keys and close button by a scripted OpenCV, and once for real on a virtual display."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from digitcam.environment import prepare_fonts
from digitcam.pane import TITLE
from digitcam.sureness import COLOURS
from digitcam.types import Box, Frame, Reading
from digitcam.views import VIEWS
from digitcam.window import HELP, Window
from tests.samples import frames, make_digit, make_reading


class Clock:
    """Seconds that pass while the scripted window waits for keys."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class ScriptedGui:
    """Stands in for ``cv2``'s windows: presses keys one after another, then the close button, or nothing."""

    WINDOW_NORMAL = WINDOW_KEEPRATIO = WINDOW_GUI_NORMAL = WND_PROP_VISIBLE = 0
    error = cv2.error

    def __init__(self, clock: Clock, keys: str | list[int] = "", then_close: bool = False) -> None:
        self.clock = clock
        self.keys = [ord(key) for key in keys] if isinstance(keys, str) else list(keys)
        self.then_close = then_close
        self.shown: list[np.ndarray] = []
        self.waits: list[int] = []
        self.destroyed = 0
        self.slow = 2  # a window is not there at once after it was asked for

    def namedWindow(self, title: str, flags: int) -> None:
        assert title == TITLE and not self.shown, "the window is opened once, before the first picture"

    def resizeWindow(self, title: str, width: int, height: int) -> None:
        assert 1 <= width <= 1280 and 1 <= height <= 800

    def setMouseCallback(self, title: str, callback: Any) -> None:
        self.mouse = callback

    def imshow(self, title: str, picture: np.ndarray) -> None:
        self.shown.append(picture)

    def waitKeyEx(self, milliseconds: int) -> int:
        assert milliseconds >= 1, "0 would wait for ever"
        self.waits.append(milliseconds)
        self.clock.now += milliseconds / 1000
        return self.keys.pop(0) if self.keys else -1

    def waitKey(self, milliseconds: int) -> int:
        return -1

    def getWindowProperty(self, title: str, which: int) -> float:
        closed = self.then_close and not self.keys and len(self.waits) > 3
        return 0.0 if closed or len(self.waits) < self.slow else 1.0

    def destroyWindow(self, title: str) -> None:
        self.destroyed += 1


def show(keys: str | list[int], wait: float | None = 0.0, **options: Any) -> tuple[bool, Window, ScriptedGui]:
    clock = Clock()
    gui = ScriptedGui(clock, keys, options.pop("then_close", False))
    window = Window(gui, clock=clock, **options)
    frame = frames(1)[0]
    return window.show(frame, make_reading(frame), ("30 frames/s  3 ms",), wait), window, gui


@pytest.mark.parametrize("keys", ["q", "Q", [27], [27 + 0x100000]])
def test_quit_keys(keys: str | list[int]) -> None:
    """q and Esc quit, also with Caps Lock or Num Lock on; the window is closed once."""
    again, window, gui = show(keys, None)
    assert not again and window.closed
    window.close()
    assert gui.destroyed == 1


def test_close_button_quits() -> None:
    """Closing the window quits, and a closed window shows nothing more."""
    again, window, gui = show("", None, then_close=True)
    assert not again
    shown = len(gui.shown)
    frame = frames(1)[0]
    assert not window.show(frame, make_reading(frame)) and len(gui.shown) == shown


def test_film_does_not_wait() -> None:
    """With nothing to wait for, keys are looked at once and the film goes on."""
    again, _, gui = show("")
    assert again and gui.waits == [1]


def test_frame_stays_its_time() -> None:
    """A frame stays as long as it was told, looking for keys all the while."""
    again, _, gui = show("", 0.1)
    assert again and sum(gui.waits) == pytest.approx(100, abs=2) and max(gui.waits) <= 30


def test_space_pauses_and_goes_on() -> None:
    """Space holds the frame, other keys still work, and space goes on."""
    again, window, gui = show([ord(" "), -1, -1, ord("v"), -1, ord(" ")])
    assert again and not window.paused and window.view == "ink"
    assert len(gui.waits) == 6


def test_quitting_while_paused() -> None:
    """A pause does not keep the user from leaving."""
    assert not show(" q")[0]


def test_still_waits_for_a_key() -> None:
    """A picture stays until a key is pressed; Shift alone, or one with a meaning, is none of these."""
    again, window, gui = show([-1, 0xFFE1, ord("v"), ord("h"), -1, ord("n")], None)
    assert again and len(gui.waits) == 6 and window.view == "ink"


def test_views_cycle() -> None:
    """v goes through the views and comes back to the first."""
    assert show("vv")[1].view == "ink", "one key a frame when nothing is waited for"
    assert show("vvn", None)[1].view == "crops"
    assert show("vvvn", None)[1].view == "result"
    assert show("v", 0.1, view="crops")[1].view == "result"


def test_help_comes_and_goes() -> None:
    """h lays the help over the picture and takes it away."""
    _, _, gui = show([-1, ord("h"), -1, ord("h"), ord("n")], None)
    first, helped, after = gui.shown
    assert np.array_equal(first, after) and not np.array_equal(first, helped)
    assert len(HELP) == 7


def test_help_tells_of_keys_and_colours() -> None:
    """The help names every key that does something, and shows each colour of confidence."""
    for key in ("q", "Esc", "space", "s", "v", "h"):
        assert any(key in line.partition("\t")[0].replace(",", "").split() for line in HELP)
    _, _, gui = show([-1, ord("h"), ord("n")], None)
    middle = gui.shown[-1][150:600, 250:710]
    for _, colour in COLOURS:
        assert (middle == colour).all(axis=2).sum() > 40


def test_corner_makes_way_for_digits() -> None:
    """Where digits come to stand below the frame rate, it moves to another corner, and it stays there."""
    clock = Clock()
    gui = ScriptedGui(clock)
    window = Window(gui, clock=clock)
    frame = Frame(np.full((720, 1280, 3), 200, np.uint8))

    def darkened(*boxes: Box) -> list[bool]:
        digits = tuple(make_digit(box, "7") for box in boxes)
        window.show(frame, Reading("", 0, 0.0, frame.size, digits), ("30 frames/s  3 ms",))
        return [bool(gui.shown[-1][2, column].max() < 100) for column in (2, 1277)]

    assert darkened() == [True, False]
    assert darkened(Box(20, 20, 50, 80)) == [False, True]
    assert darkened() == [False, True]


@pytest.mark.parametrize("size", [(16, 16), (120, 2000), (3840, 2160)])
def test_frames_of_any_size_are_shown(size: tuple[int, int]) -> None:
    """Tiny, tall and huge frames are shown in every view with panels, help and a message."""
    for view in VIEWS:
        clock = Clock()
        gui = ScriptedGui(clock, "hs ")
        window = Window(gui, view=view, snapshots=Path("nowhere"), clock=clock)
        frame = Frame(np.full((size[1], size[0], 3), 90, np.uint8))
        gui.keys.append(ord("q"))
        window.show(frame, make_reading(frame), ("30 frames/s  3 ms", "120 digits"), None)
        assert len(gui.shown) == 4 and all(max(picture.shape[:2]) <= 1600 for picture in gui.shown)


def test_snapshot_is_saved_without_panels(tmp_path: Path) -> None:
    """s saves the view, without panels, under a name of its own each time."""
    _, _, gui = show("ss", 0.1, snapshots=tmp_path)
    saved = sorted(tmp_path.iterdir())
    assert len(saved) == 2 and all(p.name.startswith("digitcam-20") and p.suffix == ".png" for p in saved)
    picture = cv2.imread(str(saved[0]))
    assert picture.shape == gui.shown[0].shape
    assert not np.array_equal(picture[:20, :20], gui.shown[0][:20, :20]), "the corner's panel is left out"


def test_snapshot_that_cannot_be_saved(tmp_path: Path) -> None:
    """A snapshot without a place to go is told in the window, and the show goes on."""
    again, window, _ = show("s", 0.1, snapshots=tmp_path / "nowhere")
    assert again and "cannot be written" in window._message


def test_message_goes_away() -> None:
    """What was said at the foot is gone after some seconds."""
    clock = Clock()
    gui = ScriptedGui(clock)
    window = Window(gui, clock=clock)
    frame = frames(1)[0]
    window.say("saved")
    window.show(frame, make_reading(frame), (), 5.0)
    assert len(gui.shown) == 2 and not np.array_equal(gui.shown[0], gui.shown[1])


def waiting_window(keys: str | list[int] = "") -> tuple[Window, ScriptedGui, Clock]:
    clock = Clock()
    gui = ScriptedGui(clock, keys)
    return Window(gui, clock=clock), gui, clock


def test_last_picture_is_held_darkened() -> None:
    """While no frame comes the last picture stays, darkened, with the reason over it, until one does."""
    window, gui, _ = waiting_window()
    frame = Frame(np.full((360, 640, 3), 210, np.uint8))
    assert window.show(frame, make_reading(frame))
    for _ in range(3):
        assert window.hold("camera 0 gives no frames: trying again in 2 s")
    assert window.show(frame, make_reading(frame))
    before, held, after = gui.shown
    corner = np.s_[-20:, -20:]
    assert np.array_equal(before, after) and (before[corner] == 210).all() and (held[corner] == 70).all()
    tall, wide = held.shape[:2]
    middle = held[2 * tall // 5 : 3 * tall // 5, wide // 4 : 3 * wide // 4]
    assert middle.max() > 200, "the words are light"


def test_short_gap_leaves_the_picture_alone() -> None:
    """A gap without a reason is nothing to look at, but keys are seen to; no window opens for it."""
    window, gui, _ = waiting_window("v")
    assert window.hold("") and gui.shown == [] and gui.waits == []
    frame = frames(1)[0]
    gui.keys, kept = [], gui.keys
    window.show(frame, make_reading(frame))
    gui.keys = kept
    assert window.hold("") and len(gui.shown) == 2 and window.view == "ink"


def test_window_opens_without_a_first_frame() -> None:
    """Where the first frame does not come the window opens all the same and says why."""
    window, gui, _ = waiting_window()
    assert window.hold("camera 0 has given no frame for 1 s")
    assert gui.shown[0].shape == (720, 1280, 3) and gui.shown[0].max() > 200
    assert gui.shown[0].mean() < 10


@pytest.mark.parametrize("keys", ["q", [27]])
def test_quitting_while_nothing_comes(keys: str | list[int]) -> None:
    """q and Esc quit while there is no frame, and a closed window holds nothing."""
    window, gui, _ = waiting_window(keys)
    assert not window.hold("no frames") and window.closed and gui.destroyed == 1
    assert not window.hold("no frames") and len(gui.shown) == 1


def test_keys_while_nothing_comes(tmp_path: Path) -> None:
    """Help, snapshot and pause work while there is no frame, and a pause holds up the next one only."""
    clock = Clock()
    gui = ScriptedGui(clock, "hs ")
    window = Window(gui, clock=clock, snapshots=tmp_path)
    for _ in range(3):
        assert window.hold("no frames: trying again")
    assert window.paused and len(list(tmp_path.iterdir())) == 1
    assert not np.array_equal(gui.shown[0], gui.shown[1])
    gui.keys = [-1, -1, ord(" ")]
    frame = frames(1)[0]
    assert window.show(frame, make_reading(frame)) and gui.keys == []


def test_mirror_is_for_the_eyes_only() -> None:
    """With mirror the picture shown is mirrored, and the frame and the reading are as they were."""
    clock = Clock()
    gui = ScriptedGui(clock)
    frame = Frame(np.tile(np.arange(160, dtype=np.uint8)[None, :, None], (120, 1, 3)))
    reading = make_reading(frame)
    box = reading.digits[0].box
    Window(gui, mirror=True, clock=clock).show(frame, reading)
    assert gui.shown[0][-10, 0].mean() > gui.shown[0][-10, -1].mean()
    assert frame.image[0, 0, 0] == 0 and reading.digits[0].box == box


def test_fonts_that_exist_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Qt is pointed at fonts that exist, or its complaint is silenced; a good choice of the user stays."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("QT_QPA_FONTDIR", str(tmp_path / "none"))
    monkeypatch.setenv("QT_LOGGING_RULES", "")
    monkeypatch.delenv("QT_LOGGING_RULES")
    monkeypatch.setattr("digitcam.environment.FONT_FOLDERS", (str(tmp_path),))
    prepare_fonts()
    assert os.environ["QT_QPA_FONTDIR"] == str(tmp_path)
    monkeypatch.setenv("QT_QPA_FONTDIR", str(tmp_path / "none"))
    monkeypatch.setattr("digitcam.environment.FONT_FOLDERS", ())
    prepare_fonts()
    assert os.environ["QT_LOGGING_RULES"] == "default.warning=false"


def test_window_looks_into_stills_and_into_films_while_it_shows_what_they_were_read_from() -> None:
    """Of a film's frames nothing more than the digits is asked for until the view is turned to their ink."""
    window, gui, _ = waiting_window()
    still, moving = Frame(np.zeros((8, 8, 3), np.uint8)), Frame(np.zeros((8, 8, 3), np.uint8), still=False)
    assert window.looks_into(still) and not window.looks_into(moving)
    gui.keys = [ord("v")]
    window.show(moving, make_reading(moving))
    assert window.view == "ink" and window.looks_into(moving)
