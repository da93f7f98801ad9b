"""One OpenCV window: keys and mouse by their names, on every system; the zoom that Qt makes is undone."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from digitcam.pane import ESCAPE, MOVED, PRESSED, PRESSED_RIGHT, RELEASED, WHEEL, Mouse, Pane


class Gui:
    """Stands in for ``cv2``'s windows: one key, and whatever mouse a test makes."""

    error = cv2.error
    WINDOW_NORMAL = WINDOW_KEEPRATIO = WINDOW_GUI_NORMAL = WND_PROP_VISIBLE = 0

    def __init__(self, code: int = -1, framework: str = "QT5") -> None:
        self.code, self.framework = code, framework
        self.calls: list[tuple[Any, ...]] = []
        self.frame = 7, 30  # what a window manager puts around a window
        self.place = 0, 0

    def currentUIFramework(self) -> str:
        return self.framework

    def __getattr__(self, name: str) -> Any:
        if name.startswith("EVENT_"):
            return getattr(cv2, name)
        if name in ("namedWindow", "resizeWindow", "destroyWindow", "imshow", "setMouseCallback"):
            return lambda *words: self.calls.append((name, *words))
        raise AttributeError(name)

    def moveWindow(self, title: str, x: int, y: int) -> None:
        self.place = x, y

    def getWindowImageRect(self, title: str) -> tuple[int, int, int, int]:
        return self.place[0] + self.frame[0], self.place[1] + self.frame[1], 640, 320

    def getWindowProperty(self, title: str, which: int) -> float:
        return 1.0

    def waitKeyEx(self, milliseconds: int) -> int:
        return self.code

    def waitKey(self, milliseconds: int) -> int:
        return -1


PICTURE = np.zeros((320, 640, 3), np.uint8)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (-1, ""),
        (ord("Q"), "q"),
        (ord("7"), "7"),
        (0xFFB7, "7"),  # on the number pad
        (27, ESCAPE),
        (27 + 0x100000, ESCAPE),  # with Num Lock, in GTK
        (0xFF51, "left"),
        (0x100000 + 0xFF53, "right"),
        (0x260000, "up"),  # Windows
        (0xF701, "down"),  # macOS
        (0xFFE1, ""),  # Shift alone
        (0xFFBE, "other"),  # F1
    ],
)
def test_keys_have_names(code: int, name: str) -> None:
    """Letters, digits, Esc and the arrows are told the same way on every system."""
    pane = Pane(Gui(code))
    pane.put(PICTURE)
    assert pane.key(1) == name


def test_mouse_is_told_in_order() -> None:
    """What the mouse did comes out in its order, with the button that is held and the wheel's way."""
    gui = Gui()
    pane = Pane(gui)
    pane.put(PICTURE)
    hear = next(words[2] for words in gui.calls if words[0] == "setMouseCallback")
    hear(cv2.EVENT_MOUSEMOVE, 1, 2, 0, None)
    hear(cv2.EVENT_LBUTTONDOWN, 3, 4, cv2.EVENT_FLAG_LBUTTON, None)
    hear(cv2.EVENT_MOUSEMOVE, 5, 6, cv2.EVENT_FLAG_LBUTTON, None)
    hear(cv2.EVENT_LBUTTONUP, 7, 8, 0, None)
    hear(cv2.EVENT_RBUTTONDOWN, 9, 9, 0, None)
    hear(cv2.EVENT_MOUSEWHEEL, 9, 9, 120 << 16, None)
    hear(cv2.EVENT_MOUSEWHEEL, 9, 9, -(120 << 16), None)
    told = []
    while (event := pane.mouse()) is not None:
        told.append(event)
    assert told == [
        Mouse(MOVED, 1, 2),
        Mouse(PRESSED, 3, 4, True),
        Mouse(MOVED, 5, 6, True),
        Mouse(RELEASED, 7, 8),
        Mouse(PRESSED_RIGHT, 9, 9),
        Mouse(WHEEL, 9, 9, False, 1),
        Mouse(WHEEL, 9, 9, False, -1),
    ]


def test_zoom_of_the_wheel_is_undone() -> None:
    """A window of Qt's is opened anew at its place and its size; others zoom nothing and stay."""
    gui = Gui()
    pane = Pane(gui)
    pane.put(PICTURE)
    gui.moveWindow("", 100, 200)
    before = gui.getWindowImageRect("")
    gui.calls.clear()
    pane.unzoom(PICTURE)
    names = [words[0] for words in gui.calls]
    assert names[0] == "destroyWindow" and "setMouseCallback" in names and names[-1] == "imshow"
    assert gui.calls[names.index("resizeWindow")][2:] == (640, 320)
    assert gui.getWindowImageRect("") == before and pane.key(1) == "" and not pane.closed
    other = Gui(framework="GTK3")
    pane = Pane(other)
    pane.put(PICTURE)
    other.calls.clear()
    pane.unzoom(PICTURE)
    assert not other.calls
