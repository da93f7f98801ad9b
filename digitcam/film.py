"""What is kept from frame to frame of one film."""

from __future__ import annotations

import numpy as np

from digitcam.attention import GROUPS, Attention, Group, group_of
from digitcam.layer import InkLayer
from digitcam.memory import Recalled, propose_and_recall
from digitcam.proposals import Candidates
from digitcam.tracks import Seen, Steady, Tracker
from digitcam.types import Frame


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

    def goes_on(self, frame: Frame) -> bool:
        """Whether a frame belongs to this film: it is later, from the same source, and of the same size."""
        return frame.source == self._source and frame.size == self._size and frame.time > self._time

    def begin(self, time: float) -> None:
        """The next frame, at this time in seconds."""
        self._time = time
        self._looked = self._attention.wanted(time)

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
        rows = chosen[steady.seen[steady.seen >= 0]]
        found = zip(candidates.scale[rows].tolist(), candidates.dark[rows].tolist(), strict=True)
        self._attention.saw(self._time, self._looked, found)
        return steady
