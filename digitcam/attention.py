"""Which layers of a film's next frame to look at: those in which digits stand, and the others by turns.

On most pages all digits are of one ink and nearly of one size: they stand in one or two of ten layers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

# Octaves from this one on are looked at together: they cost next to nothing.
COARSE = 3
# The finest layer is the dearest: in so many strips, each of which has a turn of its own.
STRIPS = 4
# A layer is looked at for so many seconds after the last digit in it …
LASTING = 0.4
# … and any other no later than this after its last turn, with digits or without.
LONGEST_REST = 0.45
# Where a digit was found counts this much less with each frame that passes.
FADING = 0.8


class Group(NamedTuple):
    """What has its turn together: a strip of the finest layer, another layer, or all coarse ones."""

    octave: int
    dark: bool
    strip: int = 0


GROUPS = tuple(
    Group(octave, dark, strip)
    for octave in range(COARSE + 1)
    for strip in range(1 if octave else STRIPS)
    for dark in (True, False)
)


# What digits stand in: octaves that are looked at together count as one.
Layer = tuple[int, bool]


def layer_of(octave: int, dark: bool) -> Layer:
    """The first two of the group that an octave of a polarity has its turn with."""
    return min(octave, COARSE), dark


class Attention:
    """Remembers when each group was looked at, and when digits stood in its layer."""

    def __init__(self) -> None:
        self._digits: dict[Layer, float] = {}
        self._looked: dict[Group, float] = {}
        self._seen: dict[int, dict[Layer, float]] = {}
        self._time: float | None = None

    def wanted(self, time: float) -> frozenset[Group]:
        """The groups to look at in the frame of this time (seconds); all of them until there are digits."""
        interval = LONGEST_REST if self._time is None else time - self._time
        self._time = time
        active = {layer for layer, last in self._digits.items() if time - last <= LASTING}
        if not active:
            return frozenset(GROUPS)
        resting = [group for group in GROUPS if group[:2] not in active]
        # Of those that rested as long the coarser ones, which cost less, come first.
        resting.sort(key=lambda group: (self._looked.get(group, -1.0), -group.octave))
        turns = math.ceil(len(resting) * min(1.0, interval / LONGEST_REST))
        return frozenset(GROUPS).difference(resting[turns:])

    def saw(self, time: float, looked: Iterable[Group], digits: Iterable[tuple[int, int, bool]]) -> None:
        """Take note of what was looked at, and of each digit found: its number, scale and polarity.

        A digit that shows in two layers stands in the one in which it was found most often.
        """
        for group in looked:
            self._looked[group] = time
        seen: dict[int, dict[Layer, float]] = {}
        for number, scale, dark in digits:
            counts = {layer: FADING * count for layer, count in self._seen.get(number, {}).items()}
            found = layer_of(scale.bit_length() - 1, dark)
            counts[found] = counts.get(found, 0.0) + 1
            seen[number] = counts
            self._digits[max(counts, key=lambda layer: counts[layer])] = time
        self._seen = seen
