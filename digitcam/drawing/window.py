"""The writing window: a paper at the left that the mouse writes on, and at the right what was read of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from digitcam.chooser import Chooser, Correct
from digitcam.drawing.half import FIRST_SCALE, RightHalf
from digitcam.drawing.raster import Raster
from digitcam.drawing.strokes import PAPER, Strokes
from digitcam.errors import UserError
from digitcam.overlay import draw_reading
from digitcam.pane import ESCAPE, MOVED, PRESSED, PRESSED_RIGHT, RELEASED, WHEEL, Mouse, Pane
from digitcam.panel import LEGEND, draw_panel
from digitcam.snapshots import save_snapshot
from digitcam.types import LABELS, Frame, Reading
from digitcam.views import scaled
from digitcam.window import MESSAGE_SECONDS, NO_LAYERS, LooksInside

HELP = (
    "left button\twrite",
    "right button, r\tclear",
    "z\tundo a stroke",
    "wheel, + -\tthicker, thinner",
    "e\teraser, and the pen again",
    "s\tsave the paper as a picture",
    "t, click a card\tcorrect a digit: then press what it is",
    "v\tlook into the network, and the cards again",
    "h\tthis help",
    "q, Esc\tquit",
)
# Milliseconds that keys and mouse are waited for at a time: a fraction of a screen's refresh.
STEP_MS = 2
# Pixels of the screen per unit of the paper.
LEAST_SCALE, MOST_SCALE = 0.6, 4.5
# Seconds after its last turn that the wheel counts as at rest.
WHEEL_RESTS = 0.25
# Of the picture that is saved.
SAVED_SCALE = 2.0
# What is at the pointer, pen or eraser, is shown in this level.
POINTER = 160
# Between the halves.
RULE = (90, 90, 90)


class DrawWindow:
    """What writes and shows. Of readings it takes the newest; meanwhile the pen goes on.

    Args:
        gui: the module ``cv2``, or its like in tests.
        strokes: what the mouse changes.
        snapshots: the folder that ``s`` saves into.
        correct: takes what the user says a digit is, as ``Window`` does.
        layers: what shows the network at the right in place of the cards; None where there is none to show.
        clock: seconds, monotonic.
    """

    # What is corrected makes the source give the paper once more.
    asks_again = False

    def __init__(
        self,
        gui: Any,
        strokes: Strokes,
        *,
        snapshots: Path = Path(),
        correct: Correct | None = None,
        layers: LooksInside | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pane = Pane(gui)
        self._half = RightHalf(layers)
        self._strokes = strokes
        self._snapshots = snapshots
        self._correct = correct
        self._clock = clock
        self._chooser = Chooser()
        self._raster = Raster(FIRST_SCALE)
        self._frame: Frame | None = None
        self._reading = Reading("draw", 0, 0.0, PAPER, ())
        # What was read over the paper, for which state of both.
        self._annotated: tuple[object, np.ndarray] = None, np.zeros((0, 0, 3), np.uint8)
        self._pointer: tuple[float, float] | None = None
        self._help = False
        self._message, self._message_until = "", 0.0
        self._stale = True
        self._turned_at: float | None = None

    def looks_into(self, frame: Frame) -> bool:
        """Whether what a reading was made from is shown: its ink, beside the layers."""
        return self._half.inside

    def show(
        self, frame: Frame, reading: Reading, status: tuple[str, ...] = (), wait: float | None = 0.0
    ) -> bool:
        """Show what was read of the paper; False once the user has had enough."""
        chosen = self._chooser.chosen
        if chosen is not None and not _alike(self._reading, reading):
            self._chooser.chosen = None
        self._frame, self._reading = frame, reading
        self._half.renew()
        if not self._pane.closed:
            self._draw()
        return self.attend()

    def hold(self, reason: str) -> bool:
        """See to keys and mouse while nothing new is read; False once the user has had enough."""
        return self.attend()

    def attend(self) -> bool:
        """See to keys and mouse for a moment and show what they did; False once the user has had enough."""
        if self._pane.closed:
            return False
        if not self._pane.opened:
            self._draw()
        key = self._pane.key(STEP_MS)
        while (event := self._pane.mouse()) is not None:
            self._hear(event)
        if key:
            self._press(key)
        if self._message and self._clock() >= self._message_until:
            self._message, self._stale = "", True
        if self._pane.closed:
            self.close()
            return False
        if self._turned_at is not None and self._clock() - self._turned_at >= WHEEL_RESTS:
            self._turned_at = None
            self._pane.unzoom(self.compose())
        if self._half.stale:
            self._half.renew()
            self._stale = True
        if self._stale or self._scale() != self._raster.scale:
            self._draw()
        return True

    def close(self) -> None:
        """Close the window; calling it again does nothing."""
        self._pane.close()
        self._half.close()

    def say(self, message: str) -> None:
        """Show a line at the foot for some seconds; what is not ASCII as question marks."""
        self._message = message.encode("ascii", "replace").decode()
        self._message_until, self._stale = self._clock() + MESSAGE_SECONDS, True

    def compose(self) -> np.ndarray:
        """The picture of both halves at the scale of the window: H×2H×3 uint8."""
        scale = self._scale()
        if scale != self._raster.scale:
            self._raster = Raster(scale)
            self._half.renew()
        paper = self._paper(scale)
        tall, wide = paper.shape[:2]
        writing = self._strokes.current is not None
        chosen = self._chooser.chosen
        right = self._half.draw(self._reading, (wide, tall), scale, chosen, self._plain, writing)
        self._point(paper, scale)
        picture = np.hstack([paper, right])
        cv2.line(picture, (wide, 0), (wide, tall), RULE, max(1, round(2 * scale)))
        self._add_panels(picture)
        return picture

    def _plain(self) -> np.ndarray:
        """The paper alone."""
        return cv2.cvtColor(self._raster.draw(self._strokes), cv2.COLOR_GRAY2BGR)

    def _paper(self, scale: float) -> np.ndarray:
        """The paper, and what was read over it while no stroke is under way; drawn where that changed."""
        state = self._strokes.version, self._reading, scale
        if self._strokes.current is None and self._annotated[0] == state:
            return self._annotated[1].copy()
        paper = self._plain()
        if self._strokes.current is None:
            if self._reading.digits:
                paper = draw_reading(paper, scaled(self._reading, scale))
            self._annotated = state, paper.copy()
        return paper

    def _point(self, paper: np.ndarray, scale: float) -> None:
        """The mark of the chosen digit, and the pen's or eraser's tip."""
        if self._chooser.chosen is not None:
            self._chooser.mark(paper, scaled(self._reading, scale))
        if self._pointer is not None:
            x, y = (round(scale * value) for value in self._pointer)
            radius = max(1, round(scale * self._strokes.tip / 2))
            cv2.circle(paper, (x, y), radius, (POINTER,) * 3, max(1, round(scale)), cv2.LINE_AA)

    def _add_panels(self, picture: np.ndarray) -> None:
        if self._help:
            draw_panel(picture, (*HELP, "", *LEGEND), "middle")
        message = self._message
        if self._chooser.chosen is not None:
            message = self._chooser.prompt(self._reading)
        elif not message and self._strokes.empty:
            message = "left button writes, right clears; h help"
        draw_panel(picture, [message] if message else [], "bottom left")
        hand = "eraser" if self._strokes.erasing else "pen"
        took = f"read in {self._reading.ms.get('total', 0.0):.0f} ms"
        draw_panel(picture, [took, f"{hand} {self._strokes.tip:.0f}"], "bottom right")

    def _draw(self) -> None:
        self._pane.put(self.compose())
        self._stale = False

    def _scale(self) -> float:
        """Pixels of the screen per unit, so that nothing is enlarged that could be drawn larger."""
        size = self._pane.size() if self._pane.opened else None
        if size is None:
            return self._raster.scale
        scale = min(size[0] / (2 * PAPER[0]), size[1] / PAPER[1])
        return min(MOST_SCALE, max(LEAST_SCALE, scale))

    def _hear(self, event: Mouse) -> None:
        """The mouse writes at the left, and chooses at the right."""
        x, y = event.x / self._raster.scale, event.y / self._raster.scale
        on_paper = 0 <= x < PAPER[0] and 0 <= y < PAPER[1]
        self._pointer = (x, y) if on_paper else None
        strokes = self._strokes
        if event.kind == PRESSED and on_paper:
            self._chooser.chosen = None
            strokes.begin(x, y)
        elif event.kind == PRESSED:
            self._click(event)
        elif event.kind == MOVED and event.held:
            strokes.go_on(min(max(x, 0.0), PAPER[0]), min(max(y, 0.0), PAPER[1]))
        elif event.kind == RELEASED or (event.kind == MOVED and strokes.current is not None):
            strokes.end()  # the button may have been let go of outside the window
        elif event.kind == PRESSED_RIGHT:
            strokes.clear()
        elif event.kind == WHEEL:
            strokes.widen(event.turned)
            self._turned_at = self._clock()
        elif event.kind == MOVED and not on_paper:
            self._half.point(event.x - self._middle(), event.y, False)
        self._stale = True

    def _middle(self) -> int:
        """Where the right half begins, pixels."""
        return round(self._raster.scale * PAPER[0])

    def _click(self, event: Mouse) -> None:
        """Choose the digit whose card was clicked at, or what is looked into."""
        if self._half.inside:
            self._half.point(event.x - self._middle(), event.y, True)
            return
        hit = self._half.card_at(event.x - self._middle(), event.y)
        self._chooser.chosen = hit if self._correct is not None else None
        self._half.renew()

    def _press(self, key: str) -> None:
        strokes = self._strokes
        self._stale = True
        if self._correct is not None and self._chooser.wants(key):
            self._choose(key)
        elif key in ("q", ESCAPE):
            self._pane.close()
        elif key == "r":
            strokes.clear()
        elif key == "z":
            if not strokes.undo():
                self.say("nothing to undo")
        elif key in ("+", "="):
            strokes.widen(1)
        elif key == "-":
            strokes.widen(-1)
        elif key == "e":
            strokes.erasing = not strokes.erasing
        elif key == "s":
            self._save()
        elif key == "h":
            self._help = not self._help
        elif key == "v":
            self._turn()
        else:
            self._half.press(key)

    def _turn(self) -> None:
        """From the cards to the layers, and back."""
        chosen, self._chooser.chosen = self._chooser.chosen, None
        digit = None if chosen is None else scaled(self._reading, self._raster.scale).digits[chosen]
        if self._half.turn(digit):
            self._strokes.read_again()
        else:
            self.say(NO_LAYERS)

    def _choose(self, key: str) -> None:
        """See to a key that chooses a digit, or says what the chosen one is."""
        self._half.renew()
        label = self._chooser.press(key, self._reading)
        if label is not None:
            self._take(label)
        elif self._chooser.chosen is None and key in LABELS:
            self.say(f"which digit is {key}? click its card first, or press t")

    def _take(self, label: int) -> None:
        """The chosen digit is said to be a ``label``."""
        assert self._frame is not None and self._correct is not None
        line, after = self._chooser.tell(self._correct, self._frame, self._reading, label)
        self.say(line)
        if after is not None:
            self._reading = after
            self._strokes.read_again()

    def _save(self) -> None:
        """Save the paper alone."""
        try:
            picture = cv2.cvtColor(Raster(SAVED_SCALE).draw(self._strokes), cv2.COLOR_GRAY2BGR)
            self.say(f"saved {save_snapshot(self._snapshots, picture)}")
        except UserError as error:
            self.say(str(error))


def _alike(first: Reading, second: Reading) -> bool:
    """Whether two readings have the same digits at the same places."""
    if first.classes is not None or second.classes is not None:
        return first.classes == second.classes
    return [digit.box for digit in first.digits] == [digit.box for digit in second.digits]
