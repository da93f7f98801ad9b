"""One OpenCV window: pictures in; keys, mouse and the close button out, in words and in picture pixels."""

from __future__ import annotations

import contextlib
from collections import deque
from typing import Any, NamedTuple

import numpy as np

from digitcam.display import ui_framework
from digitcam.environment import prepare_fonts

TITLE = "digitcam"
LARGEST_WINDOW = (1280, 800)
ESCAPE = "escape"
LEFT, RIGHT, UP, DOWN = ARROWS = ("left", "right", "up", "down")
# What OpenCV gives for the arrow keys: with Qt and GTK (X11's keysyms), on Windows, on macOS.
_ARROW_CODES = (
    (0xFF51, 0xFF53, 0xFF52, 0xFF54),
    (0x250000, 0x270000, 0x260000, 0x280000),
    (0xF702, 0xF703, 0xF700, 0xF701),
)
# Shift, Control and their like alone.
_MODIFIERS = range(0xFFE1, 0xFFEF)
# Events that wait to be taken: more than a hand can make in the time that a frame is read.
_MOST_EVENTS = 4096

# What the mouse did.
PRESSED, MOVED, RELEASED, PRESSED_RIGHT, WHEEL = "pressed", "moved", "released", "pressed right", "wheel"


class Mouse(NamedTuple):
    """What the mouse did: ``kind``, at ``x``, ``y`` in pixels of the picture that is shown.

    ``held`` says whether the left button is down; ``turned`` is positive where the wheel was turned away from
    the user.
    """

    kind: str
    x: int
    y: int
    held: bool = False
    turned: int = 0


class Pane:
    """A window. It opens with its first picture, and is closed by ``close``, or by the user.

    Args:
        gui: the module ``cv2``, or its like in tests.
        mouse: whether what the mouse does is wanted.

    Attributes:
        closed: the user closed it, or ``close`` did.
    """

    def __init__(self, gui: Any, mouse: bool = True) -> None:
        self._gui = gui
        self._mouse = mouse
        self._events: deque[Mouse] = deque(maxlen=_MOST_EVENTS)
        self._opened = False
        self._seen = False
        self.closed = False

    @property
    def opened(self) -> bool:
        """Whether there is a window at this moment."""
        return self._opened

    def put(self, picture: np.ndarray) -> None:
        """Show an H×W×3 uint8 picture."""
        if not self._opened:
            height, width = picture.shape[:2]
            factor = min(1.0, LARGEST_WINDOW[0] / width, LARGEST_WINDOW[1] / height)
            self._open(max(1, round(width * factor)), max(1, round(height * factor)))
        self._gui.imshow(TITLE, picture)

    def key(self, milliseconds: int) -> str:
        """Wait for a key so long at most, and let the mouse and the close button be heard.

        Returns:
            A letter in lower case, a digit or sign, ``ESCAPE``, one of ``ARROWS``, ``other``; or nothing.
        """
        code = self._gui.waitKeyEx(milliseconds)
        if self._was_closed():
            self.close()
        return _name(code)

    def mouse(self) -> Mouse | None:
        """What the mouse did, one after another; None where that is all."""
        return self._events.popleft() if self._events else None

    def size(self) -> tuple[int, int] | None:
        """Width and height of the place for the picture, in pixels of the screen; None where not known."""
        try:
            _, _, width, height = self._gui.getWindowImageRect(TITLE)
        except self._gui.error:
            return None
        return (width, height) if width > 0 and height > 0 else None

    def unzoom(self, picture: np.ndarray) -> None:
        """Undo what the wheel has done besides, and show a picture.

        OpenCV's Qt windows zoom with every turn of the wheel and give no way to undo it: the window is opened
        anew where it was.
        """
        gui = self._gui
        if not self._opened or not ui_framework(gui).startswith("QT"):
            return
        x, y, width, height = gui.getWindowImageRect(TITLE)
        gui.destroyWindow(TITLE)
        gui.waitKey(1)
        self._seen = False
        self._open(width, height)
        gui.moveWindow(TITLE, x, y)
        gui.imshow(TITLE, picture)
        gui.waitKey(1)
        # A window is moved by its frame, whose width nobody tells.
        inner = gui.getWindowImageRect(TITLE)
        gui.moveWindow(TITLE, 2 * x - inner[0], 2 * y - inner[1])

    def close(self) -> None:
        """Close the window; calling it again does nothing."""
        self.closed = True
        if self._opened:
            self._opened = False
            with contextlib.suppress(self._gui.error):  # the user may have closed it
                self._gui.destroyWindow(TITLE)
                self._gui.waitKey(1)

    def _open(self, width: int, height: int) -> None:
        prepare_fonts()
        gui = self._gui
        gui.namedWindow(TITLE, gui.WINDOW_NORMAL | gui.WINDOW_KEEPRATIO | gui.WINDOW_GUI_NORMAL)
        gui.resizeWindow(TITLE, width, height)
        if self._mouse:
            gui.setMouseCallback(TITLE, self._hear)
        self._opened = True

    def _hear(self, event: int, x: int, y: int, flags: int, _: object = None) -> None:
        gui = self._gui
        held = bool(flags & gui.EVENT_FLAG_LBUTTON)
        if event in (gui.EVENT_LBUTTONDOWN, gui.EVENT_LBUTTONDBLCLK):
            self._events.append(Mouse(PRESSED, x, y, True))
        elif event == gui.EVENT_LBUTTONUP:
            self._events.append(Mouse(RELEASED, x, y))
        elif event == gui.EVENT_MOUSEMOVE:
            self._events.append(Mouse(MOVED, x, y, held))
        elif event in (gui.EVENT_RBUTTONDOWN, gui.EVENT_RBUTTONDBLCLK):
            self._events.append(Mouse(PRESSED_RIGHT, x, y, held))
        elif event == gui.EVENT_MOUSEWHEEL:
            # The wheel's way is the sign of the upper half of the flags, as getMouseWheelDelta has it.
            self._events.append(Mouse(WHEEL, x, y, held, 1 if flags > 0 else -1))

    def _was_closed(self) -> bool:
        """Whether the user has closed the window: it was there to be seen, and is no more."""
        if not self._opened:
            return False
        try:
            visible = self._gui.getWindowProperty(TITLE, self._gui.WND_PROP_VISIBLE) >= 1
        except self._gui.error:
            visible = False
        self._seen |= visible
        return self._seen and not visible


def _name(code: int) -> str:
    """The name of a key that ``waitKeyEx`` gave; nothing for none and for modifiers alone."""
    if code < 0:
        return ""
    low = code & 0xFFFF  # above these GTK tells of Shift, Control and Num Lock
    for codes in _ARROW_CODES:
        for name, arrow in zip(ARROWS, codes, strict=True):
            if arrow in (code, low):
                return name
    if low == 27:
        return ESCAPE
    if 0xFFB0 <= low <= 0xFFB9:  # the digits of the number pad, with X11
        return chr(low - 0xFFB0 + ord("0"))
    if 0 < low < 128:
        return chr(low).lower()
    return "" if low in _MODIFIERS else "other"
