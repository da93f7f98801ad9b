"""Ruled and squared paper, tables, frames: long straight runs of ink are taken out, strokes that cross stay.

All lengths are pixels of a layer, where the digits looked for are 11 to 80 high. Lines may run at any
angle up to 26° from level and upright: paper lies on a desk as it likes.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

# Longer than any stroke of a digit that is looked for in a layer.
LEAST_LENGTH = 81
# A line may drift by this much from straight over that length.
DRIFT = 3
# Lines are looked for in every eighth column (row): a run of samples is a run.
STEP = 8
# So many pixels of ink tell the slopes as well as all of them do.
ENOUGH = 3000
# The rows of a quick look.
BAND = 8
# Slopes that are tried, so close that a run at any slope keeps within the drift of one of them.
SLOPES = np.linspace(-0.48, 0.48, 27)
# Sheets lie across each other: so many directions of lines are taken out.
MOST_DIRECTIONS = 2
# Where ink goes on across a line for this many times the line's thickness, a stroke crosses.
CROSSING = 1.5
MOST_THICK = 7


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Where long lines run in a mask, strokes that cross them included: h×w uint8, or None where none do."""

    level: np.ndarray | None
    upright: np.ndarray | None


NO_LINES = Lines(None, None)


def find_lines(mask: np.ndarray) -> Lines:
    """The long thin straight lines in a mask (h×w uint8, 255 = ink)."""
    size = mask.shape[1::-1]
    level = _runs_of(np.ascontiguousarray(mask[:, ::STEP]))
    upright = _runs_of(np.ascontiguousarray(mask[::STEP].T))
    if level is not None:
        level = cv2.resize(level, size, interpolation=cv2.INTER_NEAREST)
    if upright is not None:
        upright = cv2.resize(np.ascontiguousarray(upright.T), size, interpolation=cv2.INTER_NEAREST)
    return Lines(level, upright)


def finer_lines(lines: Lines, shape: tuple[int, ...]) -> Lines:
    """The same lines in the next finer layer, whose mask has this shape: to look for them there is dear."""
    height, width = shape

    def doubled(found: np.ndarray | None) -> np.ndarray | None:
        if found is None:
            return None
        # A pixel of a layer stands for two by two, and its edge may lie in the neighbour.
        larger = cv2.resize(found, (width, height), interpolation=cv2.INTER_NEAREST)
        return cv2.dilate(larger, np.ones((3, 3), np.uint8))

    return Lines(doubled(lines.level), doubled(lines.upright))


def without_lines(mask: np.ndarray, lines: Lines) -> np.ndarray:
    """The ink of a mask without its lines, but with the strokes that cross them.

    Returns:
        The same shape; ``mask`` itself where there is no line.
    """
    result = mask
    for found, level in ((lines.level, True), (lines.upright, False)):
        if found is None:
            continue
        line = cv2.bitwise_and(found, mask)
        across = round(CROSSING * thickness(line if level else np.ascontiguousarray(line.T))) | 1
        element = np.ones((across, 1) if level else (1, across), np.uint8)
        line = cv2.subtract(line, cv2.morphologyEx(mask, cv2.MORPH_OPEN, element))
        result = cv2.subtract(result, line)
    return result


def _runs_of(columns: np.ndarray) -> np.ndarray | None:
    """Where more or less level lines run: h×n uint8, or None where there is no line.

    Args:
        columns: h×n uint8, every ``STEP``-th column of a mask.
    """
    if columns.shape[1] < LEAST_LENGTH // STEP:
        return None
    sample = cv2.dilate(columns, np.ones((DRIFT, 1), np.uint8))
    if not _may_hold_lines(sample):
        return None
    found: list[np.ndarray] = []
    for place in _likely_slopes(columns):
        runs = _runs(sample, SLOPES[place])
        if runs is None:
            continue
        # Perspective spreads the lines of one sheet: the slopes on both sides are looked at as well.
        beside = (_runs(sample, slope) for slope in SLOPES[max(place - 1, 0) : place + 2 : 2])
        found += [runs, *(more for more in beside if more is not None)]
    if not found:
        return None
    # A line begins somewhere after the last sample that does not see it.
    return cv2.dilate(np.maximum.reduce(found), np.ones((1, 2), np.uint8), anchor=(0, 0))


def _may_hold_lines(sample: np.ndarray) -> bool:
    """Whether ink goes on for a line's length in a band as high as the steepest line rises over it.

    Nothing is missed by this, and digits that stand apart need no closer look.

    Args:
        sample: h×n uint8, every ``STEP``-th column of a mask.
    """
    cells = cv2.dilate(sample, np.ones((BAND, 1), np.uint8))[::BAND]
    reach = int(SLOPES[-1] * LEAST_LENGTH / 2 / BAND) + 2
    bands = cv2.dilate(cells, np.ones((2 * reach + 1, 1), np.uint8))
    return bool(cv2.countNonZero(cv2.erode(bands, np.ones((1, LEAST_LENGTH // STEP), np.uint8))))


def _likely_slopes(columns: np.ndarray) -> list[int]:
    """Which ``SLOPES`` thin ink is piled up along most sharply, rows of writing among them: their indices.

    The sum of squares of the projection profile (Postl, "Detection of linear oblique structures and skew
    scan in digitized documents", 1986), at each local maximum over the slopes.
    """
    thick = cv2.morphologyEx(columns, cv2.MORPH_OPEN, np.ones((MOST_THICK + 2, 1), np.uint8))
    rows, across = np.nonzero(cv2.subtract(columns, thick))
    if len(rows) < LEAST_LENGTH // STEP:
        return []
    if len(rows) > ENOUGH:
        some = np.random.default_rng(0).integers(0, len(rows), ENOUGH)
        rows, across = rows[some], across[some]
    # In bins of two rows; the profile of a slope begins where no ink can lie above it.
    above = SLOPES[-1] * STEP * columns.shape[1]
    halved, along = (rows + above) / 2, 0.5 * STEP * across
    profiles = [np.bincount((halved - slope * along).astype(np.int32)) for slope in SLOPES]
    sharpness = np.pad([float(profile @ profile) for profile in profiles], 1)
    peaks = np.flatnonzero((sharpness[1:-1] >= sharpness[:-2]) & (sharpness[1:-1] >= sharpness[2:]))
    return peaks[np.argsort(-sharpness[1:-1][peaks])[:MOST_DIRECTIONS]].tolist()


def _runs(sample: np.ndarray, slope: float) -> np.ndarray | None:
    """The long runs at one slope (rows per column of the layer) in every ``STEP``-th column."""
    height, width = sample.shape
    rise = slope * STEP
    spare = int(abs(rise) * width) + 1
    shear = np.array([[1, 0, 0], [-rise, 1, max(0.0, rise * width)]])
    canvas = (width, height + spare)
    level = cv2.warpAffine(sample, shear, canvas, flags=cv2.INTER_NEAREST)
    # An opening in two steps: of an even length, morphologyEx would shift what it keeps.
    run, last = np.ones((1, LEAST_LENGTH // STEP), np.uint8), LEAST_LENGTH // STEP - 1
    runs = cv2.dilate(cv2.erode(level, run, anchor=(0, 0)), run, anchor=(last, 0))
    if not cv2.countNonZero(runs):
        return None
    runs = cv2.warpAffine(runs, shear, (width, height), flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    # Within the columns that a sample stands for a steep line goes on rising.
    drift = 2 * round(abs(rise) / 2) + 1
    return cv2.dilate(runs, np.ones((drift, 1), np.uint8)) if drift > 1 else runs


def thickness(lines: np.ndarray) -> float:
    """The mean height of the runs of ink in the columns of ``lines`` (h×w uint8), ``MOST_THICK`` at most."""
    tops = cv2.countNonZero(lines[:1]) + cv2.countNonZero(cv2.subtract(lines[1:], lines[:-1]))
    return min(MOST_THICK, cv2.countNonZero(lines) / max(1, tops))
