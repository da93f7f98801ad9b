"""The view ``layers``: a digit of each reading on its way through the network, one map of it enlarged."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from digitcam.chooser import draw_mark
from digitcam.choosing import box_at
from digitcam.classifier import NOT_A_DIGIT
from digitcam.errors import UserError
from digitcam.inside.layout import Layout, Place, lay_out
from digitcam.inside.look import Inside, Look
from digitcam.inside.picture import Around, draw_look, strongest
from digitcam.inside.why import why
from digitcam.overlay import draw_reading
from digitcam.pane import DOWN, LEFT, RIGHT, UP
from digitcam.panel import draw_panel
from digitcam.types import LABELS, Box, Digit, Evidence, Reading

LOADING = ("Keras is being loaded", "to look into the network: some seconds")
NOTHING = ("nothing to look into", "no digit was read in this frame")


class Subject(NamedTuple):
    """What is looked at: ``box`` in the frame, ``crop`` 28×28, the ``candidate``, None where not known."""

    box: Box
    crop: np.ndarray
    candidate: int | None


# Around the digit so much of the frame is shown, in lengths of its longer side.
BESIDE = 0.35


class LayersView:
    """What is shown of the network while it looks at one digit: the one that was picked, or the largest.

    What was refused can be picked, too: the small frame shows it, and why.

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
        self._picked: Box | None = None
        self._refused = False
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
        subject = self._subject(reading)
        if subject is None:
            self._look = None
            return _told(image, NOTHING)
        if self._layout is None or size != self._size:
            self._layout, self._size = lay_out(self._inside.stages, *size), size
        if self._look is None or not np.array_equal(self._look.crop, subject.crop):
            self._look = self._inside.look(subject.crop)
        around = _around(image, reading, subject)
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
        """Pick the digit at a point of the small frame, or what was refused there: whether there is one."""
        if self._layout is None or self._reading is None:
            return False
        at = self._layout.frame_point(x, y, self._size)
        if at is None:
            return False
        evidence = self._reading.evidence
        digits = [digit.box for digit in self._reading.digits]
        candidates = list(evidence.boxes) if evidence is not None else []
        for boxes, refused in ((digits, False), (candidates, True)):
            hit = box_at(boxes, *at)
            if hit is not None:
                self._picked, self._refused = boxes[hit], refused
                return True
        return False

    def pick(self, digit: Digit) -> None:
        """Look at this digit from now on."""
        self._picked, self._refused = digit.box, False

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

    def _subject(self, reading: Reading) -> Subject | None:
        """What is nearest to the picked one in place and size, or the largest digit where none was picked."""
        evidence = reading.evidence
        seen = [digit for digit in reading.digits if digit.crop is not None]
        if self._refused and evidence is not None and evidence.boxes:
            index = _nearest(evidence.boxes, self._picked)
            subject = Subject(evidence.boxes[index], evidence.crops[index], index)
        elif seen:
            digit = seen[_nearest([digit.box for digit in seen], self._picked)]
            assert digit.crop is not None
            subject = Subject(digit.box, digit.crop, _index_of(digit.crop, evidence))
        else:
            return None
        if self._picked is not None:
            self._picked = subject.box
        return subject


def _nearest(boxes: Sequence[Box], wanted: Box | None) -> int:
    """Which box is most like the wanted one in place and size; the largest for none."""
    if wanted is None:
        return max(range(len(boxes)), key=lambda i: boxes[i].area)
    sides = np.array([[*box.centre, box.width, box.height] for box in boxes])
    return int(np.abs(sides - [*wanted.centre, wanted.width, wanted.height]).sum(1).argmin())


def _index_of(crop: np.ndarray, evidence: Evidence | None) -> int | None:
    """The candidate with that crop among those that were read."""
    if evidence is None:
        return None
    return next((i for i in evidence.chosen if np.array_equal(evidence.crops[i], crop)), None)


def _told(image: np.ndarray, lines: Sequence[str]) -> np.ndarray:
    picture = image // 4
    draw_panel(picture, list(lines), "middle")
    return picture


def _around(image: np.ndarray, reading: Reading, subject: Subject) -> Around:
    """The frame with its digits, the subject marked, what is around that, and why it was read or not."""
    small = draw_reading(image, reading)
    draw_mark(small, subject.box)
    x0, y0, x1, y1 = _beside(subject.box, image.shape[1], image.shape[0])
    evidence, part = reading.evidence, (x0, y0, x1, y1)
    told = why(evidence, subject.candidate) if evidence is not None and subject.candidate is not None else ()
    return Around(small, image[y0:y1, x0:x1], _ink(evidence, image, part), told)


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
