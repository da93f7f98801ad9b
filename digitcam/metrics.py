"""The figures of a classifier: plain arithmetic on arrays, no reading, no plotting, no printing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

# The two-sided 95 % point of the normal distribution.
NORMAL_95 = 1.959963984540054
CALIBRATION_BINS = 15


def wilson_interval(right: int, total: int, z: float = NORMAL_95) -> tuple[float, float]:
    """The score interval of a proportion (Wilson 1927): low and high, each 0 to 1.

    Unlike the textbook's plus or minus, it stays inside 0 to 1 and holds near 100 %.
    With nothing counted nothing is known: 0 to 1.
    """
    if total == 0:
        return 0.0, 1.0
    share = right / total
    spread = z * z / total
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def confusion_matrix(truth: np.ndarray, answers: np.ndarray, classes: int = 10) -> np.ndarray:
    """Counts, classes×classes int64: row = truth, column = answer; both inputs N integers."""
    places = truth.astype(np.int64) * classes + answers.astype(np.int64)
    return np.bincount(places, minlength=classes * classes).reshape(classes, classes)


@dataclass(frozen=True, slots=True)
class DigitFigures:
    """One digit's row: precision is None where it was never answered, recall where it never occurs."""

    digit: int
    count: int
    answered: int
    precision: float | None
    recall: float | None


def per_digit(matrix: np.ndarray) -> tuple[DigitFigures, ...]:
    """Precision and recall of each class of a confusion matrix (rows = truth)."""
    rows = []
    for digit in range(len(matrix)):
        right = int(matrix[digit, digit])
        count, answered = int(matrix[digit].sum()), int(matrix[:, digit].sum())
        rows.append(
            DigitFigures(
                digit,
                count,
                answered,
                right / answered if answered else None,
                right / count if count else None,
            )
        )
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far confidence can be taken at its word, in bins of equal width.

    Attributes:
        counts: answers in each bin.
        confidence: their mean confidence, 0 to 1; None in an empty bin.
        accuracy: the part of them that is right; None in an empty bin.
        error: expected calibration error: the mean of ``|accuracy − confidence|`` over bins, weighted by
            counts.
    """

    counts: tuple[int, ...]
    confidence: tuple[float | None, ...]
    accuracy: tuple[float | None, ...]
    error: float


def calibration(confidence: np.ndarray, right: np.ndarray, bins: int = CALIBRATION_BINS) -> Calibration:
    """Expected calibration error and its bins (Naeini et al. 2015, Guo et al. 2017).

    Args:
        confidence: N floats, 0 to 1.
        right: N booleans.
        bins: how many, of equal width; a bin holds its upper edge, the first one 0 as well.
    """
    # Edges as exact quotients: rounding of 32-bit confidences must not push an edge into the next bin.
    inner_edges = np.arange(1, bins) / bins
    place = np.searchsorted(inner_edges, np.asarray(confidence, dtype=np.float64), side="left")
    counts = np.bincount(place, minlength=bins)
    confidences = np.bincount(place, weights=confidence, minlength=bins)
    rights = np.bincount(place, weights=right, minlength=bins)
    error = float(np.abs(rights - confidences).sum() / max(1, counts.sum()))

    def means(sums: np.ndarray) -> tuple[float | None, ...]:
        return tuple(float(s / n) if n else None for s, n in zip(sums, counts, strict=True))

    return Calibration(tuple(int(n) for n in counts), means(confidences), means(rights), error)
