"""How quick the writing window is: from the pen's movement to the picture, from its lifting to the reading.

The window is the program's own, its display is not: what a screen takes to show a picture is left out.
"""

from __future__ import annotations

import time
from typing import Any

import cv2
import numpy as np

from digitcam.attentive import AttentiveReader
from digitcam.drawing.strokes import Strokes
from digitcam.drawing.window import DrawWindow
from digitcam.networks import load_networks
from digitcam.pages.pen import make_style, write_digit
from digitcam.reader import Reader
from digitcam.sources.draw import DrawSource
from digitcam.types import LABELS, Reading, Waiting

# A mouse tells of a movement so often, and a pause between two strokes lasts so long, seconds.
INTERVAL, PAUSE = 0.008, 0.12
DIGITS, COLUMNS, HEIGHT, POINTS = 20, 5, 120, 24


class _Gui:
    """Stands in for ``cv2``'s windows: moves a mouse as a hand would, and notes when pictures are shown."""

    error = cv2.error
    WINDOW_NORMAL = WINDOW_KEEPRATIO = WINDOW_GUI_NORMAL = WND_PROP_VISIBLE = 0
    EVENT_LBUTTONDOWN, EVENT_LBUTTONUP, EVENT_MOUSEMOVE = range(3)
    EVENT_LBUTTONDBLCLK = EVENT_RBUTTONDOWN = EVENT_RBUTTONDBLCLK = EVENT_MOUSEWHEEL = -1
    EVENT_FLAG_LBUTTON = 1

    def __init__(self, events: list[tuple[float, int, int, int]], end: float) -> None:
        self._events, self._end = events, end
        self._hear: Any = None
        self._waiting: list[float] = []
        self.to_picture: list[float] = []
        self.lifted: list[float] = []
        self.shown: list[float] = []
        self.start = 0.0

    def namedWindow(self, title: str, flags: int) -> None:
        self.start = time.perf_counter()

    def resizeWindow(self, title: str, width: int, height: int) -> None: ...

    def destroyWindow(self, title: str) -> None: ...

    def setMouseCallback(self, title: str, hear: Any) -> None:
        self._hear = hear

    def getWindowImageRect(self, title: str) -> tuple[int, int, int, int]:
        return 0, 0, 1440, 720

    def getWindowProperty(self, title: str, which: int) -> float:
        return 1.0

    def waitKey(self, milliseconds: int) -> int:
        return -1

    def waitKeyEx(self, milliseconds: int) -> int:
        until = time.perf_counter() + milliseconds / 1e3
        while True:
            now = time.perf_counter()
            while self._events and self.start + self._events[0][0] <= now:
                at, kind, x, y = self._events.pop(0)
                if kind != self.EVENT_LBUTTONUP:
                    self._waiting.append(self.start + at)
                else:
                    self.lifted.append(self.start + at)
                self._hear(kind, x, y, int(kind != self.EVENT_LBUTTONUP), None)
            if now >= until:
                return -1 if self._events or now < self.start + self._end else ord("q")
            time.sleep(0.0005)

    def imshow(self, title: str, picture: np.ndarray) -> None:
        now = time.perf_counter()
        self.shown.append(now)
        self.to_picture += [now - at for at in self._waiting]
        self._waiting = []


def measure_drawing(seed: int = 0, model: str | None = None) -> dict[str, object]:
    """Milliseconds to the picture and to the reading while digits are written at the speed of a hand."""
    events, end = _events(np.random.default_rng(seed))
    gui = _Gui(events, end + 0.5)
    strokes = Strokes()
    window = DrawWindow(gui, strokes)
    reader = AttentiveReader(Reader(load_networks(model), track=False), window.attend)
    last, readings = Reading("", 0, 0.0, (1, 1), ()), []
    try:
        for item in DrawSource(strokes):
            if isinstance(item, Waiting):
                if not window.hold(""):
                    break
                continue
            lifted = len(gui.lifted)  # by then, and in the picture
            last = reader.read(item)
            before = len(gui.shown)
            going = window.show(item, last)
            readings.append((lifted, gui.shown[before]))
            if not going:
                break
    finally:
        reader.close()
    known, waited = 0, []
    for lifted, shown in readings:
        waited += [shown - at for at in gui.lifted[known:lifted]]
        known = max(known, lifted)
    return {
        "seed": seed,
        "digits": DIGITS,
        "read": len(last.digits),
        "moves": len(gui.to_picture),
        **_summary("to_picture", gui.to_picture),
        **_summary("to_reading", waited),
    }


def _summary(name: str, seconds: list[float]) -> dict[str, float]:
    values = 1e3 * np.array(seconds)
    return {
        f"{name}_median_ms": round(float(np.median(values)), 1),
        f"{name}_p99_ms": round(float(np.percentile(values, 99)), 1),
    }


def _events(rng: np.random.Generator) -> tuple[list[tuple[float, int, int, int]], float]:
    """When the mouse does what, and where; and when the last of it is done."""
    style, now, events = make_style(rng), 0.3, []
    for number in range(DIGITS):
        left, top = 30 + number % COLUMNS * 135, 30 + number // COLUMNS * 170  # of a paper of 720 pixels
        for stroke in write_digit(LABELS[number % 10], rng, style):
            rows = np.linspace(0, len(stroke) - 1, min(POINTS, len(stroke))).round().astype(int)
            points = np.round(stroke[rows] * HEIGHT).astype(int) + (left, top)
            for place, (x, y) in enumerate(points.tolist()):
                kind = _Gui.EVENT_MOUSEMOVE if place else _Gui.EVENT_LBUTTONDOWN
                events.append((now, kind, x, y))
                now += INTERVAL
            events.append((now, _Gui.EVENT_LBUTTONUP, *points[-1].tolist()))
            now += PAUSE
    return events, now
