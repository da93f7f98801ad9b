"""The window: shows views of readings, and turns keys and the close button into what they mean."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from digitcam.environment import prepare_fonts
from digitcam.errors import UserError
from digitcam.panel import CORNERS, LEGEND, draw_panel, quiet_corner
from digitcam.types import Frame, Reading
from digitcam.views import VIEWS, arranged, render

TITLE = "digitcam"
HELP = (
    "q, Esc\tquit",
    "space\tpause, and go on",
    "s\tsave a snapshot",
    "v\tnext view: " + ", ".join(VIEWS),
    "h\tthis help",
    "other\tnext picture, of several",
)
ESCAPE = 27
MESSAGE_SECONDS = 3.0
# Milliseconds that the window waits for keys at a time: short enough that the close button feels alive.
STEP_MS = 30
LARGEST_WINDOW = (1280, 800)
# Width and height of the picture that stands for a first frame that does not come.
EMPTY = (1280, 720)
# The last picture is divided by this while no other comes.
DARKENED = 3


class Window:
    """One window. It is opened with the first frame and closed by ``close``, a key or its close button.

    Args:
        gui: the module ``cv2``, or its like in tests.
        view: the first view, one of ``VIEWS``.
        mirror: left and right exchanged.
        snapshots: the folder that ``s`` saves into.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        gui: Any,
        *,
        view: str = VIEWS[0],
        mirror: bool = False,
        snapshots: Path = Path(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gui = gui
        self.view = view
        self.paused = False
        self.closed = False
        self._mirror = mirror
        self._snapshots = snapshots
        self._clock = clock
        self._help = False
        self._corner = CORNERS[0]
        self._message = ""
        self._message_until = 0.0
        self._opened = False
        self._seen = False
        self._shown: tuple[Frame, Reading, tuple[str, ...]] | None = None
        self._absence = ""
        self._plain: np.ndarray | None = None
        self._next = False

    def looks_into(self, frame: Frame) -> bool:
        """Whether the view shows what a frame's reading was made from, or may be turned to that."""
        return frame.still or self.view != VIEWS[0]

    def show(
        self, frame: Frame, reading: Reading, status: tuple[str, ...] = (), wait: float | None = 0.0
    ) -> bool:
        """Show a frame and see to the keys; False once the user has had enough.

        Args:
            frame: as delivered.
            reading: of that frame.
            status: lines for the corner, ASCII.
            wait: seconds that the frame is to stay; None until a key is pressed. A pause always lasts until
                it is ended.
        """
        if self.closed:
            return False
        self._shown = frame, reading, status
        self._absence = ""
        self._next = False
        self._draw()
        until = None if wait is None else self._clock() + wait
        while True:
            left = STEP_MS if until is None else 1000 * (until - self._clock())
            if not self._attend(int(min(max(1, left), STEP_MS))):
                return False
            if not self.paused and (self._next or (until is not None and self._clock() >= until)):
                return True

    def hold(self, reason: str) -> bool:
        """See to the keys while there is no new frame; False once the user has had enough.

        Args:
            reason: why there is none, in ASCII. It is written over the last picture, darkened, or over an
                empty one where there was none yet; an empty reason leaves the picture as it is.
        """
        if self.closed:
            return False
        if reason != self._absence:
            self._absence = reason
            if self._shown is None:
                frame = Frame(np.zeros((EMPTY[1], EMPTY[0], 3), np.uint8))
                self._shown = frame, Reading("", 0, 0.0, EMPTY, ()), ()
            self._draw()
        return self._attend(1) if self._opened else True

    def _attend(self, milliseconds: int) -> bool:
        """See to keys, the close button and messages for so long; False once the user has had enough."""
        self._handle(self._gui.waitKeyEx(milliseconds))
        if self.closed or self._was_closed():
            self.close()
            return False
        if self._message and self._clock() >= self._message_until:
            self._message = ""
            self._draw()
        return True

    def close(self) -> None:
        """Close the window; calling it again does nothing."""
        self.closed = True
        if self._opened:
            self._opened = False
            with contextlib.suppress(self._gui.error):  # the user may have closed it
                self._gui.destroyWindow(TITLE)
                self._gui.waitKey(1)

    def say(self, message: str) -> None:
        """Show a line of ASCII at the foot for some seconds."""
        self._message = message
        self._message_until = self._clock() + MESSAGE_SECONDS

    def compose(self, frame: Frame, reading: Reading, status: tuple[str, ...] = ()) -> np.ndarray:
        """The picture that the window shows, panels included: H×W×3 uint8, of a size that suits a screen."""
        image, reading = arranged(self.view, frame.image, reading, self._mirror)
        self._plain = render(self.view, image, reading)
        picture = self._plain.copy()
        lines = (*status, "paused") if self.paused else status
        if self._absence:
            picture //= DARKENED
            why = self._absence.split(": ")
            if self._help:
                lines = (*lines, *why)  # its own place is taken
            else:
                draw_panel(picture, why, "middle")
        draw_panel(picture, lines, self._place(lines, reading, picture))
        if self._help:
            draw_panel(picture, (*HELP, "", *LEGEND), "middle")
        draw_panel(picture, [self._message] if self._message else [], "bottom left")
        return picture

    def _draw(self) -> None:
        assert self._shown is not None
        picture = self.compose(*self._shown)
        if not self._opened:
            self._open(picture.shape[1], picture.shape[0])
        self._gui.imshow(TITLE, picture)

    def _place(self, lines: tuple[str, ...], reading: Reading, picture: np.ndarray) -> str:
        """The corner for the lines: it changes only to uncover digits."""
        if self.view == "crops":
            return CORNERS[0]  # the sheet leaves it free
        tall, wide = picture.shape[:2]
        boxes = [digit.box for digit in reading.digits]
        self._corner = quiet_corner(lines, (wide, tall), boxes, self._corner)
        return self._corner

    def _open(self, width: int, height: int) -> None:
        prepare_fonts()
        gui = self._gui
        gui.namedWindow(TITLE, gui.WINDOW_NORMAL | gui.WINDOW_KEEPRATIO | gui.WINDOW_GUI_NORMAL)
        factor = min(1.0, LARGEST_WINDOW[0] / width, LARGEST_WINDOW[1] / height)
        gui.resizeWindow(TITLE, max(1, round(width * factor)), max(1, round(height * factor)))
        self._opened = True

    def _was_closed(self) -> bool:
        """Whether the user has closed the window: it was there to be seen, and is no more."""
        try:
            visible = self._gui.getWindowProperty(TITLE, self._gui.WND_PROP_VISIBLE) >= 1
        except self._gui.error:
            visible = False
        self._seen |= visible
        return self._seen and not visible

    def _handle(self, code: int) -> None:
        if code < 0:
            return
        key = code & 0xFFFF  # above these GTK tells of Shift, Control and Num Lock
        letter = chr(key).lower() if 0 < key < 128 else ""
        if letter == "q" or key == ESCAPE:
            self.closed = True
            return
        if letter == " ":
            self.paused = not self.paused
        elif letter == "s":
            self._save_snapshot()
        elif letter == "v":
            self.view = VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)]
        elif letter == "h":
            self._help = not self._help
        elif 0xFFE1 <= key <= 0xFFEE:  # Shift, Control and their like alone
            return
        else:
            self._next = True
            return
        self._draw()

    def _save_snapshot(self) -> None:
        """Save the view without panels under a name that tells the time and is not taken."""
        from digitcam.outputs.pictures import write_picture

        assert self._plain is not None
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        for count in range(1000):
            path = self._snapshots / f"digitcam-{stamp}{f'-{count}' if count else ''}.png"
            if not os.path.lexists(path):
                break
        try:
            write_picture(path, self._plain, overwrite=False)
        except UserError as error:
            self.say(str(error).encode("ascii", "replace").decode())
        else:
            self.say(f"saved {path}".encode("ascii", "replace").decode())
