"""What is kept from frame to frame of one film."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from digitcam.attention import GROUPS, Attention, Group
from digitcam.boxes import tight_boxes
from digitcam.colour import has_coloured_ink, to_grey
from digitcam.glance import Glance
from digitcam.layer import InkLayer
from digitcam.memory import Recalled, propose_and_recall
from digitcam.motion import Motion
from digitcam.proposals import Candidates
from digitcam.sign_memory import SignMemory
from digitcam.strips import find_some_ink
from digitcam.tracks import Seen, Steady, Tracker
from digitcam.types import Box, Frame, Sign

# Whether ink differs from the paper in colour alone is asked anew after so many seconds.
COLOUR_LASTS = 0.25
# While nothing happens but that the page moves, a frame is read all the same after so many seconds.
LONGEST_CALM = 0.4
# With fewer than this share of the digits that were there in the last frame, a frame is looked at in full.
MOST_MISSED = 0.5


class _Read(NamedTuple):
    """The frame that was read last, where all its digits are settled; a digit out of sight has scale 0."""

    time: float
    glance: Glance
    steady: Steady
    signs: tuple[Sign, ...]
    scale: np.ndarray
    dark: np.ndarray
    crops: np.ndarray


class Film:
    """The memory of one film: where to look, what has been recognised, and which digit is which.

    For each frame ``begin`` is called first, then ``glance``; where that gives nothing ``follow``, and
    ``remember`` last.

    Args:
        first: its first frame.
        confidence: the least of a label; kinds: K int, which labels look alike.

    Attributes:
        angle: the direction of the rows in the last frame that was read, radians.
    """

    def __init__(self, first: Frame, confidence: float, kinds: np.ndarray) -> None:
        self.angle = 0.0
        self._attention = Attention()
        self._tracker = Tracker(confidence, kinds)
        self._signs = SignMemory()
        self._looked: frozenset[Group] = frozenset(GROUPS)
        self._source = first.source
        self._size = first.size
        self._time = first.time
        self._interval = 0.0
        # Of the frames that are read, as if those that a glance is enough for took no time.
        self._busy = 0.0
        self._whole = False
        self._last: _Read | None = None
        self._coloured = False
        self._colour_asked = first.time - COLOUR_LASTS

    def goes_on(self, frame: Frame) -> bool:
        """Whether a frame belongs to this film: it is later, from the same source, and of the same size."""
        return frame.source == self._source and frame.size == self._size and frame.time > self._time

    def begin(self, time: float, whole: bool = False) -> None:
        """The next frame, at this time in seconds; ``whole`` where nothing of it is to be left out."""
        self._interval = time - self._time
        self._time = time
        self._whole = whole
        if whole:
            self._looked = frozenset(GROUPS)

    def doubt(self) -> None:
        """What is known of digits may be wrong: something was corrected. This frame is to settle it."""
        self._last = None
        self._tracker.doubt()

    def channels(self, image: np.ndarray) -> np.ndarray:
        """The picture that ink is looked for in, as ``colour.useful_channels`` has it."""
        if self._time - self._colour_asked >= COLOUR_LASTS:
            self._colour_asked = self._time
            self._coloured = has_coloured_ink(image)
        return image if self._coloured else to_grey(image)

    def glance(self, picture: np.ndarray) -> tuple[Steady, tuple[Sign, ...], np.ndarray] | None:
        """The digits of this frame, the signs and the crops, where nothing happened but that the page moved.

        Args:
            picture: as ``channels`` has it.
        """
        last = self._last
        if last is not None and not self._whole and self._time - last.time < LONGEST_CALM:
            motion = last.glance.motion_to(picture)
            if motion is not None:
                self._tracker.carry(self._time, motion)
                boxes = np.rint(motion.move(last.steady.boxes)).astype(np.int32)
                boxes = tight_boxes(picture, boxes, last.scale, last.dark)
                signs = tuple(Sign(_moved(sign.box, motion), sign.text) for sign in last.signs)
                return last.steady._replace(boxes=boxes), signs, last.crops
        self._busy += self._interval
        if not self._whole:
            self._looked = self._attention.wanted(self._busy)
        return None

    def find_ink(self, picture: np.ndarray) -> tuple[InkLayer, ...]:
        """The ink of this frame that is to be looked at.

        Args:
            picture: as ``channels`` has it.
        """
        return find_some_ink(picture, self._looked)

    def misses(self, digits: int) -> bool:
        """Whether with so many digits found most of the last ones are missing, and not all was looked at."""
        return digits < MOST_MISSED * self._tracker.visible() and len(self._looked) < len(GROUPS)

    def propose(self, layers: tuple[InkLayer, ...]) -> tuple[Candidates, Recalled]:
        """The candidates of this frame, and which of them need not be recognised."""
        return propose_and_recall(layers, self._tracker.familiar())

    def follow(
        self,
        boxes: np.ndarray,
        probabilities: np.ndarray,
        candidates: Candidates,
        chosen: np.ndarray,
        angle: float,
    ) -> Steady:
        """The steady digits of a frame that was read.

        Args:
            boxes: M×4, of what may be digits.
            probabilities: M×10.
            candidates: all of the frame; chosen: the M rows of them.
            angle: the direction of the rows, radians.
        """
        self.angle = angle
        steady = self._tracker.update(self._time, Seen(boxes, probabilities, candidates.crops[chosen]))
        here = steady.seen >= 0
        rows = chosen[steady.seen[here]]
        found = steady.numbers[here], candidates.scale[rows], candidates.dark[rows]
        self._attention.saw(self._busy, self._looked, zip(*(part.tolist() for part in found), strict=True))
        return steady

    def signs_due(self, numbers: np.ndarray) -> np.ndarray:
        """Which of these digits signs are to be looked for before in this frame (``SignMemory.due``)."""
        return self._signs.due(numbers)

    def steadied_signs(self, numbers: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
        """What stands before each digit, by the mean over the film (``SignMemory.steadied``)."""
        return self._signs.steadied(numbers, probabilities)

    def all_signs(
        self, steady: Steady, signs: tuple[Sign, ...], owners: np.ndarray, looked: np.ndarray
    ) -> tuple[tuple[Sign, ...], np.ndarray]:
        """The signs that were found, and those before digits that were not looked at or are out of sight.

        Args:
            steady: the N digits.
            signs: M of them; owners: M, which digit each stands before.
            looked: which digits signs were looked for before.

        Returns:
            The same of all signs.
        """
        self._signs.keep(steady.numbers, steady.boxes, signs, owners)
        rest = np.setdiff1d(np.arange(len(steady.numbers)), looked)
        recalled = {int(i): self._signs.recalled(int(steady.numbers[i]), steady.boxes[i]) for i in rest}
        known = {i: sign for i, sign in recalled.items() if sign is not None}
        return (*signs, *known.values()), np.concatenate([owners, np.array(list(known), np.intp)])

    def remember(
        self,
        picture: np.ndarray,
        steady: Steady,
        signs: tuple[Sign, ...],
        candidates: Candidates,
        chosen: np.ndarray,
    ) -> None:
        """Keep what was read, for a glance at the next frames, where all of it is settled.

        Args:
            picture: as ``channels`` has it.
            steady, signs: what is shown; candidates, chosen: as in ``follow``.
        """
        self._last = None
        here = steady.seen >= 0
        if here.any() and self._tracker.is_settled():
            glance = Glance(picture, steady.boxes[here])
            scale, dark = np.zeros(len(here), np.int32), np.zeros(len(here), bool)
            rows = chosen[steady.seen[here]]
            scale[here], dark[here] = candidates.scale[rows], candidates.dark[rows]
            self._last = _Read(self._time, glance, steady, signs, scale, dark, candidates.crops[chosen])


def _moved(box: Box, motion: Motion) -> Box:
    (moved,) = np.rint(motion.move(np.array([box.as_list()], float))).astype(int).tolist()
    x, y, width, height = moved
    return Box(x, y, max(1, width), max(1, height))
