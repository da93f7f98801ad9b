"""Corrections that are at hand: what the window adds to, and the reader asks with every frame."""

from __future__ import annotations

from collections.abc import Iterable

from digitcam.corrections.correction import Correction

# Of each label the newest count: what was written long ago says the same, or is not true any more.
MOST_OF_A_LABEL = 40


class Hand:
    """The corrections that count, the oldest first.

    One thread adds and another reads: what is read is never changed, but replaced.

    Attributes:
        corrections: those that count now.
    """

    def __init__(self, corrections: Iterable[Correction] = ()) -> None:
        self.corrections: tuple[Correction, ...] = ()
        self.add(*corrections)

    def add(self, *corrections: Correction) -> None:
        """Take further corrections into account."""
        every = (*self.corrections, *corrections)
        counts: dict[int, int] = {}
        kept = []
        for correction in reversed(every):
            counts[correction.label] = counts.get(correction.label, 0) + 1
            if counts[correction.label] <= MOST_OF_A_LABEL:
                kept.append(correction)
        self.corrections = tuple(reversed(kept))
