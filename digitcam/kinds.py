"""Names of glyphs that look alike are of one kind: a nought and an O, a one, an I and an l."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# As people write them, one cannot be told from another without its neighbours.
ALIKE = ("0O", "1IL", "2Z", "5S", "9gq", "Ff")


def kinds_of(names: Sequence[str]) -> np.ndarray:
    """Which kind each name is of: K int; digits without letters are each of their own."""
    first: dict[str, int] = {}
    kinds = np.arange(len(names))
    for place, name in enumerate(names):
        group = next((alike for alike in ALIKE if name in alike), name)
        kinds[place] = first.setdefault(group, place)
    return kinds


def by_kind(probabilities: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """N×K probabilities of names as those of kinds: of each the sum, at the place of its first name."""
    if (kinds == np.arange(len(kinds))).all():
        return probabilities
    sums = np.zeros_like(probabilities)
    np.add.at(sums.T, kinds, probabilities.T)
    return sums
