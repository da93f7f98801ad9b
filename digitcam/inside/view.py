"""The view ``layers``: a digit of each reading on its way through the network, one map of it enlarged."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from digitcam.chooser import draw_mark
from digitcam.classifier import NOT_A_DIGIT
from digitcam.inside.evidence import NowAndThen
from digitcam.inside.layout import Layout, Place, lay_out
from digitcam.inside.look import Inside, Look
from digitcam.inside.opening import Opening
from digitcam.inside.picture import Around, draw_look, strongest
from digitcam.inside.subject import Picked, Subject, beside, ink_of, pick_at, subject_of
from digitcam.inside.why import why
from digitcam.overlay import draw_reading
from digitcam.pane import DOWN, LEFT, RIGHT, UP
from digitcam.panel import draw_panel
from digitcam.types import LABELS, Digit, Frame, Reading

LOADING = ("Keras is being loaded", "to look into the network: some seconds")
NOTHING = ("nothing to look into", "no digit was read in this frame")


class LayersView:
    """What is shown of the network while it looks at one digit: the one that was picked, or the largest.

    What was refused can be picked, too: the small frame shows it, and why. A network of whole frames looks at
    all of the frame.

    Args:
        open_inside: opens the network to look into; called once, on a thread of its own, when the view is
            first shown. What it raises as UserError is shown.
        names: of the network's outputs; None for digits.
    """

    def __init__(self, open_inside: Callable[[], Inside], names: Sequence[str] | None = None) -> None:
        self._opening = Opening(open_inside)
        self._names = tuple(names or (*LABELS, NOT_A_DIGIT))
        self._evidence = NowAndThen()
        self._told_loading = False
        self._layout: Layout | None = None
        self._size = (0, 0)
        self._look: Look | None = None
        self._reading: Reading | None = None
        self._picked: Picked | None = None
        self._place: Place | None = None

    @property
    def stale(self) -> bool:
        """Whether what was shown last is that the network is being loaded, which it is no more."""
        return self._told_loading and not self._opening.loading

    def wants(self, frame: Frame) -> bool:
        """Whether the reading of a frame that will be shown is to carry what it was made from."""
        return self._evidence.wants(frame)

    def close(self) -> None:
        """Wait until what is being loaded is."""
        self._opening.close()

    def picture(self, image: np.ndarray, reading: Reading, taken: np.ndarray | None = None) -> np.ndarray:
        """The view of a frame and its reading, both as they are shown.

        Args:
            taken: the frame as it was read, for networks of whole frames; by default as it is shown.

        Returns:
            H×W×3 uint8 of the shown frame's size.
        """
        reading = self._reading = self._evidence.carry(reading)
        size = image.shape[1], image.shape[0]
        self._opening.start()
        loading, inside = self._opening.loading, self._opening.inside
        self._told_loading = loading and inside is None
        if inside is None:
            return _told(image, LOADING if loading else (self._opening.problem,))
        subject = subject_of(reading, self._picked, image if taken is None else taken)
        if subject is None:
            self._look = None
            return _told(image, NOTHING)
        if self._picked is not None:
            self._picked = self._picked._replace(box=subject.box)
        if self._layout is None or size != self._size:
            self._layout, self._size = lay_out(inside.stages, *size), size
        self._look = inside.look(subject.crop)
        around = _around(image, reading, subject)
        stages, names = inside.stages, self._names[: len(self._look.probabilities)]
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
        picked = None if at is None else pick_at(self._reading, *at)
        if picked is None:
            return False
        self._picked = picked
        return True

    def pick(self, digit: Digit) -> None:
        """Look at this digit from now on."""
        self._picked = Picked(digit.box)

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


def _told(image: np.ndarray, lines: Sequence[str]) -> np.ndarray:
    picture = image // 4
    draw_panel(picture, list(lines), "middle")
    return picture


def _around(image: np.ndarray, reading: Reading, subject: Subject) -> Around:
    """The frame with its digits, the subject marked, what is around that, and why it was read or not."""
    small = draw_reading(image, reading)
    draw_mark(small, subject.box)
    evidence = reading.evidence
    told = why(evidence, subject.candidate) if evidence is not None and subject.candidate is not None else ()
    part = beside(subject.box, *reading.size)
    digit = image[part.y : part.bottom, part.x : part.right]
    return Around(small, digit, ink_of(reading, subject), told)
