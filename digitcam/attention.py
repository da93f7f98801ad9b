"""Which layers of a film's next frame to look at: those in which digits stand, and the others by turns.

On most pages all digits are of one ink and nearly of one size: they stand in one or two of ten layers.
"""

from __future__ import annotations

from collections.abc import Iterable

# Octaves from this one on are looked at together: they cost next to nothing.
COARSE = 3
# A layer is looked at for so many seconds after the last digit in it …
LASTING = 0.4
# … and any other no later than this after its last turn, with digits or without.
LONGEST_REST = 0.3

# Where a digit was found counts this much less with each frame that passes.
FADING = 0.8

# An octave and whether its ink is dark.
Group = tuple[int, bool]
GROUPS: tuple[Group, ...] = tuple((octave, dark) for octave in range(COARSE + 1) for dark in (True, False))


class Attention:
    """Remembers when each group of layers was looked at, and when digits stood in it."""

    def __init__(self) -> None:
        self._digits: dict[Group, float] = {}
        self._looked: dict[Group, float] = {}
        self._seen: dict[int, dict[Group, float]] = {}

    def wanted(self, time: float) -> frozenset[Group]:
        """The groups to look at in the frame of this time (seconds); all of them until there are digits."""
        active = {group for group, last in self._digits.items() if time - last <= LASTING}
        if not active:
            return frozenset(GROUPS)
        # Of those that rested as long the coarser ones, which cost less, come first.
        resting = sorted(set(GROUPS) - active, key=lambda group: (self._looked.get(group, -1.0), -group[0]))
        due = [group for group in resting if time - self._looked.get(group, -1.0) >= LONGEST_REST]
        return frozenset(active).union(due, resting[:1])

    def saw(self, time: float, looked: Iterable[Group], digits: Iterable[tuple[int, int, bool]]) -> None:
        """Take note of what was looked at, and of each digit found: its number, scale and polarity.

        A digit that shows in two layers stands in the one in which it was found most often.
        """
        for group in looked:
            self._looked[group] = time
        seen: dict[int, dict[Group, float]] = {}
        for number, scale, dark in digits:
            counts = {group: FADING * count for group, count in self._seen.get(number, {}).items()}
            found = group_of(scale.bit_length() - 1, dark)
            counts[found] = counts.get(found, 0.0) + 1
            seen[number] = counts
            self._digits[max(counts, key=lambda group: counts[group])] = time
        self._seen = seen


def group_of(octave: int, dark: bool) -> Group:
    """The group that a layer belongs to."""
    return min(octave, COARSE), dark
