"""The view ``layers``: a digit of each reading on its way through the network, one map of it enlarged."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np

from digitcam.chooser import draw_mark
from digitcam.choosing import box_at
from digitcam.classifier import NOT_A_DIGIT
from digitcam.errors import UserError
from digitcam.inside.layout import Layout, Place, lay_out
from digitcam.inside.look import Inside, Look
from digitcam.inside.picture import Around, draw_look, strongest
from digitcam.overlay import draw_reading
from digitcam.pane import DOWN, LEFT, RIGHT, UP
from digitcam.panel import draw_panel
from digitcam.types import LABELS, Box, Digit, Evidence, Reading

LOADING = ("Keras is being loaded", "to look into the network: some seconds")
NOTHING = ("nothing to look into", "no digit was read in this frame")
# Around the digit so much of the frame is shown, in lengths of its longer side.
BESIDE = 0.35


class LayersView:
    """What is shown of the network while it looks at one digit: the one that was picked, or the largest.

    Args:
        open_inside: opens the network to look into; called once, on a thread of its own, when the view is
            first shown. What it raises as UserError is shown.
        names: of the network's outputs; None for digits.
    """

    def __init__(self, open_inside: Callable[[], Inside], names: Sequence[str] | None = None) -> None:
        self._open = open_inside
        self._names = tuple(names or (*LABELS, NOT_A_DIGIT))
        self._inside: Inside | None = None
        self._problem = ""
        self._thread: threading.Thread | None = None
        self._told_loading = False
        self._layout: Layout | None = None
        self._size = (0, 0)
        self._look: Look | None = None
        self._reading: Reading | None = None
        self._middle: tuple[float, float] | None = None
        self._place: Place | None = None

    @property
    def stale(self) -> bool:
        """Whether what was shown last is that the network is being loaded, which it is no more."""
        return self._told_loading and not self._loading()

    def close(self) -> None:
        """Wait for the thread: libraries do not bear the end of the process in the middle of their import."""
        if self._thread is not None:
            self._thread.join()

    def picture(self, image: np.ndarray, reading: Reading) -> np.ndarray:
        """The view of a frame and its reading, both as they are shown; H×W×3 uint8 of the frame's size."""
        self._reading = reading
        size = image.shape[1], image.shape[0]
        if self._thread is None:
            self._thread = threading.Thread(target=self._load, name="layers", daemon=True)
            self._thread.start()
        self._told_loading = self._loading()
        if self._inside is None or self._told_loading:
            return _told(image, LOADING if self._told_loading else (self._problem,))
        digit = self._picked(reading.digits)
        if digit is None or digit.crop is None:
            self._look = None
            return _told(image, NOTHING)
        if self._layout is None or size != self._size:
            self._layout, self._size = lay_out(self._inside.stages, *size), size
        if self._look is None or not np.array_equal(self._look.crop, digit.crop):
            self._look = self._inside.look(digit.crop)
        around = _around(image, reading, digit)
        stages, names = self._inside.stages, self._names[: len(self._look.probabilities)]
        return draw_look(size, self._layout, stages, self._look, names, around, self._place)

    def hover(self, x: int, y: int) -> bool:
        """The pointer is at a point of the picture: whether that changes what is shown."""
        place = None if self._layout is None else self._layout.at(x, y)
        if place is None or place == self._place:
            return False
        self._place = place
        return True

    def click(self, x: int, y: int) -> bool:
        """Pick the digit at a point of the small frame: whether there is one."""
        if self._layout is None or self._reading is None:
            return False
        at = self._layout.frame_point(x, y, self._size)
        hit = None if at is None else box_at([digit.box for digit in self._reading.digits], *at)
        if hit is not None:
            self.pick(self._reading.digits[hit])
        return hit is not None

    def pick(self, digit: Digit) -> None:
        """Look at this digit from now on."""
        self._middle = digit.box.centre

    def press(self, key: str) -> bool:
        """An arrow key goes to the map beside the one that is enlarged: whether it was one."""
        steps = {LEFT: -1, RIGHT: 1, UP: None, DOWN: None}
        if key not in steps or self._layout is None or self._look is None or not self._layout.grids:
            return key in steps
        place = self._place or strongest(self._look)
        grid = self._layout.grids[place.stage]
        step = steps[key] or (grid.columns if key == DOWN else -grid.columns)
        which, stage = place.which + step, place.stage
        if key in (LEFT, RIGHT) and not 0 <= which < grid.maps:
            stage = (stage + step) % len(self._layout.grids)
            which = 0 if key == RIGHT else self._layout.grids[stage].maps - 1
        elif not 0 <= which < grid.maps:
            which = place.which
        self._place = Place(stage, which)
        return True

    def _load(self) -> None:
        try:
            self._inside = self._open()
        except UserError as error:
            self._problem = str(error)
        except Exception as error:  # noqa: BLE001 - a foreign model may raise anything; the window goes on
            self._problem = f"the network cannot be looked into: {error}"

    def _loading(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _picked(self, digits: Sequence[Digit]) -> Digit | None:
        """The digit that is nearest to where the picked one was, or the largest where none was picked."""
        seen = [digit for digit in digits if digit.crop is not None]
        if not seen:
            return None
        if self._middle is None:
            return max(seen, key=lambda digit: digit.box.area)
        x, y = self._middle
        digit = min(seen, key=lambda d: (d.box.centre[0] - x) ** 2 + (d.box.centre[1] - y) ** 2)
        self._middle = digit.box.centre
        return digit


def _told(image: np.ndarray, lines: Sequence[str]) -> np.ndarray:
    picture = image // 4
    draw_panel(picture, list(lines), "middle")
    return picture


def _around(image: np.ndarray, reading: Reading, digit: Digit) -> Around:
    """The frame with its digits, this one marked, and the part of it around this one."""
    small = draw_reading(image, reading)
    draw_mark(small, digit.box)
    x0, y0, x1, y1 = _beside(digit.box, image.shape[1], image.shape[0])
    return Around(small, image[y0:y1, x0:x1], _ink(reading.evidence, image, (x0, y0, x1, y1)))


def _beside(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """A square part of the frame around a box, as far as the frame goes."""
    reach = max(box.width, box.height) * (0.5 + BESIDE)
    x, y = box.centre
    x0, y0 = max(0, round(x - reach)), max(0, round(y - reach))
    return x0, y0, min(width, max(x0 + 1, round(x + reach))), min(height, max(y0 + 1, round(y + reach)))


def _ink(
    evidence: Evidence | None, image: np.ndarray, part: tuple[int, int, int, int]
) -> np.ndarray | None:
    """That part of the ink, which may be smaller than the frame."""
    if evidence is None:
        return None
    factor = evidence.ink.shape[1] / image.shape[1]
    x0, y0, x1, y1 = (round(side * factor) for side in part)
    ink = evidence.ink[y0 : max(y0 + 1, y1), x0 : max(x0 + 1, x1)]
    return ink if ink.size else None
