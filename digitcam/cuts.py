"""Where digits that touch may be cut apart: along the straight lines that cross least ink.

All lengths are pixels of a layer.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

# Handwriting leans: lines are tried at these slopes, columns per row of height.
SLANTS = (0.0, 0.3, -0.3)
# All in heights of the component: a line keeps this far from its ends and from other lines, …
LEAST_APART = 0.12
# … and crosses at most this much ink.
MOST_INK = 0.5
# Digits that touch are about this wide.
USUAL_ASPECT = 0.8
# Narrower components, in heights, are one digit, or two of which one is a stroke: an upright line will do.
LEANING_FROM = 0.9
# A leaning line must cross less ink than the upright one by this share of the height.
GAIN = 0.06


@dataclass(frozen=True, slots=True)
class Cut:
    """A line from the top of a component, at column ``top``, to its foot, at column ``foot``."""

    top: float
    foot: float

    @property
    def middle(self) -> float:
        return (self.top + self.foot) / 2


def find_cuts(ink: np.ndarray) -> list[Cut]:
    """The lines along which a component may be cut, from the left; its two ends are not among them.

    Args:
        ink: h×w uint8, one component at 255.
    """
    height, width = ink.shape
    found: list[tuple[float, Cut]] = []
    for slant in SLANTS if width >= LEANING_FROM * height else SLANTS[:1]:
        lean = slant * height
        for column, crossed in _valleys(_crossed(ink, slant), height):
            price = crossed + (GAIN * height if slant else 0.0)
            found.append((price, Cut(column + lean / 2, column - lean / 2)))
    chosen: list[Cut] = []
    for _, cut in sorted(found, key=lambda pair: pair[0]):
        clear = all(abs(cut.middle - other.middle) >= LEAST_APART * height for other in chosen)
        if clear and len(chosen) < max(1, round(2 * width / height)):
            chosen.append(cut)
    return sorted(chosen, key=lambda cut: cut.middle)


def even_cuts(height: int, width: int) -> list[Cut]:
    """Upright lines that make pieces of a usual width: two noughts touch where their ink is thickest."""
    count = round(width / (USUAL_ASPECT * height))
    return [Cut(width * k / count, width * k / count) for k in range(1, count)]


def thin_rows(ink: np.ndarray, usual: float) -> list[int]:
    """The rows that cross least ink in a component that is higher than a digit of the ``usual`` height."""
    crossed = cv2.reduce(ink, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32F)[:, 0] / 255
    valleys = _valleys(crossed, round(usual))
    best = sorted(valleys, key=lambda valley: valley[1])[: max(1, round(len(ink) / usual) - 1)]
    return sorted(row for row, _ in best)


def _crossed(ink: np.ndarray, slant: float) -> np.ndarray:
    """How many pixels of ink the line through each column at half height crosses: w float32."""
    if slant:
        height, width = ink.shape
        shear = np.array([[1, slant, -slant * (height - 1) / 2], [0, 1, 0]])
        ink = cv2.warpAffine(ink, shear, (width, height), flags=cv2.INTER_NEAREST)
    return cv2.reduce(ink, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32F)[0] / 255


def _valleys(crossed: np.ndarray, height: int) -> list[tuple[int, float]]:
    """The columns that cross least ink in their surroundings, and how much that is."""
    reach = max(1, round(LEAST_APART * height))
    lowest = cv2.erode(crossed[None], np.ones((1, 2 * reach + 1), np.uint8))[0]
    minima = (crossed == lowest) & (crossed <= MOST_INK * height)
    runs: list[list[int]] = []
    for column in np.flatnonzero(minima[reach + 1 : len(crossed) - reach]).tolist():
        if runs and column == runs[-1][-1] + 1:
            runs[-1].append(column)
        else:
            runs.append([column])
    # Of a flat valley the middle.
    middles = [reach + 1 + run[len(run) // 2] for run in runs]
    return [(middle, float(crossed[middle])) for middle in middles]
