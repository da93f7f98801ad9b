"""Evidence of a film's readings, now and then: to have it of a frame costs several times the reading."""

from __future__ import annotations

from dataclasses import replace

from digitcam.types import Evidence, Frame, Reading

# Seconds of the film from one reading with evidence to the next; the eye hardly takes a reason in sooner.
EVERY = 0.5


class NowAndThen:
    """Asks for evidence of some frames of a film, and carries it on to the readings between them."""

    def __init__(self) -> None:
        self._last: float | None = None
        self._evidence: Evidence | None = None

    def wants(self, frame: Frame) -> bool:
        """Whether a frame's reading is to have its own evidence: pictures always, of films what is due."""
        if frame.still:
            return True
        if self._last is None or not 0 <= frame.time - self._last < EVERY:
            self._last = frame.time
            return True
        return False

    def carry(self, reading: Reading) -> Reading:
        """The reading with its evidence, or with that of the last one that had some."""
        if reading.evidence is not None:
            self._evidence = reading.evidence
        return reading if self._evidence is None else replace(reading, evidence=self._evidence)
