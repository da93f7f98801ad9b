"""The digits that are being followed, an array for each thing that is known of them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from digitcam.kinds import by_kind


@dataclass(slots=True, eq=False)
class TrackTable:
    """T tracks.

    Attributes:
        numbers: T int, one for each digit, never used again.
        boxes: T×4 float, x, y, width, height: where it was seen, or where the page's motion took it since.
        means: T×10 float, its probabilities, the mean over its looks.
        weights: T float, how many sharp looks the mean is worth.
        looks: T float, how many looks there were; chances: how many there could have been.
        portraits: T×D float, what it looks like (``likeness``); sharpest: T float, its sharpest look.
        labels: T int, the digit it is shown as, -1 before there is one.
        last: T float, the time in seconds of its last look.
        unlike: T int, looks in a row that were unlike it.
        rows: T int, which row of the last frame it was, -1 where it was out of sight.
        kinds: K int, which labels look alike, the same for all tracks.
    """

    numbers: np.ndarray
    boxes: np.ndarray
    means: np.ndarray
    weights: np.ndarray
    looks: np.ndarray
    chances: np.ndarray
    portraits: np.ndarray
    sharpest: np.ndarray
    labels: np.ndarray
    last: np.ndarray
    unlike: np.ndarray
    rows: np.ndarray
    kinds: np.ndarray

    def __len__(self) -> int:
        return len(self.numbers)

    def only(self, chosen: np.ndarray) -> TrackTable:
        """The chosen tracks: a mask or indices."""
        return replace(self, **{name: getattr(self, name)[chosen] for name in EACH})

    def and_also(self, other: TrackTable) -> TrackTable:
        """These tracks, and after them the others."""
        both = {name: (getattr(self, name), getattr(other, name)) for name in EACH}
        return replace(self, **{name: np.concatenate(pair) for name, pair in both.items()})

    def of_label(self) -> np.ndarray:
        """T: how likely each track's label and what looks like it is, meaningless where it has none."""
        return by_kind(self.means, self.kinds)[np.arange(len(self)), self.kinds[self.labels]]


# What there is of each track.
EACH = tuple(field.name for field in fields(TrackTable) if field.name != "kinds")


def no_tracks(length: int, kinds: np.ndarray) -> TrackTable:
    """A table without tracks, whose portraits have ``length`` values, of labels of these kinds."""
    none, whole = np.zeros(0), np.zeros(0, np.int64)
    return TrackTable(
        numbers=whole,
        boxes=np.zeros((0, 4)),
        means=np.zeros((0, len(kinds))),
        weights=none,
        looks=none,
        chances=none,
        portraits=np.zeros((0, length), np.float32),
        sharpest=none,
        labels=whole,
        last=none,
        unlike=whole,
        rows=whole,
        kinds=kinds,
    )
