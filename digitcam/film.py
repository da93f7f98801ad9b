"""What is kept from frame to frame of one film."""

from __future__ import annotations

import numpy as np

from digitcam.attention import GROUPS, Attention, Group, group_of
from digitcam.colour import has_coloured_ink, to_grey
from digitcam.layer import InkLayer
from digitcam.memory import Recalled, propose_and_recall
from digitcam.proposals import Candidates
from digitcam.tracks import Seen, Steady, Tracker
from digitcam.types import Frame

# Whether ink differs from the paper in colour alone is asked anew after so many seconds.
COLOUR_LASTS = 0.25


class Film:
    """The memory of one film: where to look, what has been recognised, and which digit is which.

    For each frame ``begin`` is called first, and ``follow`` last.

    Attributes:
        angle: the direction of the rows in the last frame, radians.
    """

    def __init__(self, first: Frame, confidence: float) -> None:
        self.angle = 0.0
        self._attention = Attention()
        self._tracker = Tracker(confidence)
        self._looked: frozenset[Group] = frozenset(GROUPS)
        self._source = first.source
        self._size = first.size
        self._time = first.time
        self._coloured = False
        self._colour_asked = first.time - COLOUR_LASTS

    def goes_on(self, frame: Frame) -> bool:
        """Whether a frame belongs to this film: it is later, from the same source, and of the same size."""
        return frame.source == self._source and frame.size == self._size and frame.time > self._time

    def begin(self, time: float, whole: bool = False) -> None:
        """The next frame, at this time in seconds; ``whole`` where nothing of it is to be left out."""
        self._time = time
        self._looked = frozenset(GROUPS) if whole else self._attention.wanted(time)

    def channels(self, image: np.ndarray) -> np.ndarray:
        """The picture that ink is looked for in, as ``colour.useful_channels`` has it."""
        if self._time - self._colour_asked >= COLOUR_LASTS:
            self._colour_asked = self._time
            self._coloured = has_coloured_ink(image)
        return image if self._coloured else to_grey(image)

    def wanted(self, octave: int, dark: bool) -> bool:
        """Whether a layer of this frame is to be looked at (``ink.Wanted``)."""
        return group_of(octave, dark) in self._looked

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
        """The steady digits of this frame.

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
        self._attention.saw(self._time, self._looked, zip(*(part.tolist() for part in found), strict=True))
        return steady
