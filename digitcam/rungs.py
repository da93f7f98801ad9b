"""The short sides of boxes: straight strokes that run from one long line to the next and end there.

Forms have a box for each digit. Their long sides are lines (``lines``); the short ones are no longer than a
digit is high, and are known by where they begin and end, and by being many of one kind.
"""

from __future__ import annotations

import cv2
import numpy as np

from digitcam.lines import MOST_THICK, Lines, thickness

# Pixels of a layer: no digit is looked for that is lower than such a side.
LEAST_LENGTH = 13
# A side ends this near to a line.
NEAR = 3
# It drifts from straight by this share of its length, is as thick as the lines but for this factor …
MOST_DRIFT = 0.15
THICKNESS_RATIO = 1.7
# … and there are at least so many whose lengths differ by no more than this share.
LEAST_ALIKE = 3
ALIKE = 0.12


def with_rungs(mask: np.ndarray, lines: Lines) -> Lines:
    """The lines of a mask (h×w uint8), and the short strokes between the level ones and the upright ones."""
    level, upright = lines.level, lines.upright
    if lines.level is not None:
        found = _rungs(mask, lines.level)
        upright = _joined(upright, found)
    if lines.upright is not None:
        found = _rungs(np.ascontiguousarray(mask.T), np.ascontiguousarray(lines.upright.T))
        level = _joined(level, None if found is None else np.ascontiguousarray(found.T))
    return Lines(level, upright)


def _joined(first: np.ndarray | None, second: np.ndarray | None) -> np.ndarray | None:
    if first is None or second is None:
        return second if first is None else first
    return cv2.bitwise_or(first, second)


def _rungs(mask: np.ndarray, level: np.ndarray) -> np.ndarray | None:
    """Where upright strokes run between level lines: h×w uint8, or None where there are none."""
    long = cv2.bitwise_and(level, mask)
    least = thickness(long)
    thin = cv2.subtract(mask, cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, MOST_THICK + 2), np.uint8)))
    # A side that leans steps from column to column.
    runs = cv2.morphologyEx(
        cv2.dilate(thin, np.ones((1, 3), np.uint8)), cv2.MORPH_OPEN, np.ones((LEAST_LENGTH, 1), np.uint8)
    )
    contours = cv2.findContours(runs, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    ends = cv2.dilate(long, np.ones((2 * NEAR + 1, 1), np.uint8))
    found = []
    for contour in contours:
        x, y, width, height = box = cv2.boundingRect(contour)
        part = slice(x, x + width)
        if width > 2 * MOST_THICK + MOST_DRIFT * height or not (
            ends[y, part].any() and ends[y + height - 1, part].any()
        ):
            continue
        # Half a length between lines is not on one of them: a stroke along a thick line is none.
        if ends[y + height // 2, part].all():
            continue
        mean = cv2.countNonZero(thin[y : y + height, part]) / height
        if mean < THICKNESS_RATIO * least + 1 and width <= mean + 3 + MOST_DRIFT * height:
            found.append(box)
    lengths = np.log([height for *_, height in found])
    alike = (np.abs(np.subtract.outer(lengths, lengths)) <= ALIKE).sum(1) if found else np.zeros(0, int)
    kept = [box for box, many in zip(found, alike, strict=True) if many >= LEAST_ALIKE]
    if not kept:
        return None
    result = np.zeros_like(mask)
    for x, y, width, height in kept:
        result[y : y + height, x : x + width] = runs[y : y + height, x : x + width]
    return result
