"""The window: shows views of readings, and turns keys and the close button into what they mean."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from digitcam.chooser import Chooser, Correct
from digitcam.errors import UserError
from digitcam.pane import ESCAPE, MOVED, PRESSED, Mouse, Pane
from digitcam.panel import CORNERS, LEGEND, draw_panel, quiet_corner
from digitcam.snapshots import save_snapshot
from digitcam.types import LABELS, Digit, Frame, Reading
from digitcam.views import LAYERS, VIEWS, arranged, render

HELP = (
    "q, Esc\tquit",
    "space\tpause, and go on",
    "s\tsave a snapshot",
    "v\tnext view: " + ", ".join(VIEWS),
    "click, t\tcorrect a digit: then press what it is",
    "h\tthis help",
    "other\tnext picture, of several",
)
MESSAGE_SECONDS = 3.0
# Milliseconds that the window waits for keys at a time: short enough that the close button feels alive.
STEP_MS = 30
CANNOT_CORRECT = "corrections are off"
NO_LAYERS = "there is no Keras file of this network, so that there are no layers to look at"
# Width and height of the picture that stands for a first frame that does not come.
EMPTY = (1280, 720)
# The last picture is divided by this while no other comes.
DARKENED = 3


class LooksInside(Protocol):
    """What shows the network while it looks at a digit: ``inside.view.LayersView``.

    Attributes:
        stale: what was shown last is to be drawn anew.
    """

    @property
    def stale(self) -> bool: ...

    def wants(self, frame: Frame) -> bool: ...

    def picture(
        self, image: np.ndarray, reading: Reading, taken: np.ndarray | None = None
    ) -> np.ndarray: ...

    def hover(self, x: int, y: int) -> bool: ...

    def click(self, x: int, y: int) -> bool: ...

    def pick(self, digit: Digit) -> None: ...

    def press(self, key: str) -> bool: ...

    def close(self) -> None: ...


class Window:
    """One window. It is opened with the first frame and closed by ``close``, a key or its close button.

    Args:
        gui: the module ``cv2``, or its like in tests.
        view: the first view, one of ``VIEWS``.
        mirror: left and right exchanged.
        snapshots: the folder that ``s`` saves into.
        correct: takes what the user says a digit is; None where that cannot be said.
        layers: what shows the view ``layers``; None where the network cannot be looked into.
        clock: seconds, monotonic.

    Attributes:
        view: what is shown; paused: whether the picture stays; closed: whether the window is no more.
        asks_again: a still is to be read once more, for one of its digits was corrected.
    """

    def __init__(
        self,
        gui: Any,
        *,
        view: str = VIEWS[0],
        mirror: bool = False,
        snapshots: Path = Path(),
        correct: Correct | None = None,
        layers: LooksInside | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pane = Pane(gui)
        self._layers = layers
        self.view = view
        self.paused = False
        self.closed = False
        self.asks_again = False
        self._correct = correct
        self._chooser = Chooser()
        self._arranged: Reading | None = None
        self._mirror = mirror
        self._snapshots = snapshots
        self._clock = clock
        self._help = False
        self._corner = CORNERS[0]
        self._message = ""
        self._message_until = 0.0
        self._shown: tuple[Frame, Reading, tuple[str, ...]] | None = None
        self._absence = ""
        self._plain: np.ndarray | None = None
        self._next = False

    def looks_into(self, frame: Frame) -> bool:
        """Whether the view shows what a frame's reading was made from, or may be turned to that."""
        if self.view == LAYERS and self._layers is not None:
            return self._layers.wants(frame)
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
        self._chooser.chosen = None
        self._absence = ""
        self._next = self.asks_again = False
        self._draw()
        until = None if wait is None else self._clock() + wait
        while True:
            left = STEP_MS if until is None else 1000 * (until - self._clock())
            if not self._attend(int(min(max(1, left), STEP_MS))):
                return False
            if self.paused or self._chooser.chosen is not None:
                continue  # what is to be corrected stays to be looked at
            if self._next or self.asks_again or (until is not None and self._clock() >= until):
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
        return self._attend(1) if self._pane.opened else True

    def _attend(self, milliseconds: int) -> bool:
        """See to keys, the close button and messages for so long; False once the user has had enough."""
        self._handle(self._pane.key(milliseconds))
        while (event := self._pane.mouse()) is not None:
            self._hear(event)
        if self.closed or self._pane.closed:
            self.close()
            return False
        if self._message and self._clock() >= self._message_until:
            self._message = ""
            self._draw()
        if self.view == LAYERS and self._layers is not None and self._layers.stale:
            self._draw()
        return True

    def close(self) -> None:
        """Close the window; calling it again does nothing."""
        self.closed = True
        self._pane.close()
        if self._layers is not None:
            self._layers.close()

    def say(self, message: str) -> None:
        """Show a line at the foot for some seconds; what is not ASCII as question marks."""
        self._message = message.encode("ascii", "replace").decode()
        self._message_until = self._clock() + MESSAGE_SECONDS

    def compose(self, frame: Frame, reading: Reading, status: tuple[str, ...] = ()) -> np.ndarray:
        """The picture that the window shows, panels included: H×W×3 uint8, of a size that suits a screen."""
        image, reading = arranged(self.view, frame.image, reading, self._mirror)
        self._arranged = reading
        if self.view == LAYERS and self._layers is not None:
            self._plain = self._layers.picture(image, reading, frame.image)
        else:
            self._plain = render(self.view, image, reading)
        picture = self._plain.copy()
        lines = status[:1] if self.view == LAYERS else status  # there is little room
        lines = (*lines, "paused") if self.paused else lines
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
        message = self._message
        if self._chooser.chosen is not None:
            self._chooser.mark(picture, reading)
            message = self._chooser.prompt(reading)
        draw_panel(picture, [message] if message else [], "bottom left")
        return picture

    def _draw(self) -> None:
        assert self._shown is not None
        self._pane.put(self.compose(*self._shown))

    def _place(self, lines: tuple[str, ...], reading: Reading, picture: np.ndarray) -> str:
        """The corner for the lines: it changes only to uncover digits."""
        if self.view == "crops":
            return CORNERS[0]  # the sheet leaves it free
        if self.view == LAYERS:
            return "bottom right"
        tall, wide = picture.shape[:2]
        boxes = [digit.box for digit in reading.digits]
        self._corner = quiet_corner(lines, (wide, tall), boxes, self._corner)
        return self._corner

    def _handle(self, key: str) -> None:
        if not key:
            return
        if self._correct is not None and self._chooser.wants(key):
            self._choose(key)
        elif key in ("q", ESCAPE):
            self.closed = True
            return
        elif key == " ":
            self.paused = not self.paused
        elif key == "s":
            self._save_snapshot()
        elif key == "v":
            self._turn()
        elif self.view == LAYERS and self._layers is not None and self._layers.press(key):
            pass
        elif key == "h":
            self._help = not self._help
        else:
            self._next = True
            return
        self._draw()

    def _turn(self) -> None:
        """To the next view; what is chosen is what is looked at there."""
        chosen, self._chooser.chosen = self._chooser.chosen, None
        self.view = VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)]
        if self.view != LAYERS:
            return
        if self._layers is None:
            self.view = VIEWS[0]
            self.say(NO_LAYERS)
        elif chosen is not None and self._arranged is not None:
            self._layers.pick(self._arranged.digits[chosen])

    def _hear(self, event: Mouse) -> None:
        """A click chooses a digit; in the view of layers the pointer is over a map."""
        if self.view == LAYERS and self._layers is not None:
            moved = event.kind == MOVED and self._layers.hover(event.x, event.y)
            if moved or (event.kind == PRESSED and self._layers.click(event.x, event.y)):
                self._draw()
        elif event.kind == PRESSED:
            self._click(event.x, event.y)

    def _click(self, x: int, y: int) -> None:
        """Choose the digit that was clicked at."""
        if self._arranged is None or self.view == "crops":
            return
        if self._correct is None:
            self.say(CANNOT_CORRECT)
        else:
            self._chooser.click(self._arranged, x, y)
        self._draw()

    def _choose(self, key: str) -> None:
        """See to a key that chooses a digit, or says what the chosen one is."""
        if self._arranged is None or self._shown is None or self._correct is None:
            return
        if self.view in ("crops", LAYERS):
            self.view = VIEWS[0]
        label = self._chooser.press(key, self._arranged)
        if label is not None:
            self._take(label)
        elif self._chooser.chosen is None and key in LABELS:
            self.say(f"which digit is {key}? click it first, or press t")

    def _take(self, label: int) -> None:
        """The chosen digit is said to be a ``label``."""
        assert self._shown is not None and self._correct is not None
        frame, reading, status = self._shown
        line, after = self._chooser.tell(self._correct, frame, reading, label)
        self.say(line)
        if after is not None:
            self._shown = frame, after, status
            self.asks_again = frame.still

    def _save_snapshot(self) -> None:
        """Save the view without panels."""
        assert self._plain is not None
        try:
            self.say(f"saved {save_snapshot(self._snapshots, self._plain)}")
        except UserError as error:
            self.say(str(error))
