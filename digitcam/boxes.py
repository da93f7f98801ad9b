"""Boxes made tight: a box found in a coarse layer is brought to the pixel in the frame itself."""

from __future__ import annotations

import cv2
import numpy as np

# A digit in a layer of scale 1 needs no help; the finest two are off by a pixel at most.
LEAST_SCALE = 1
# An edge is set where at least this share of the box's other side is ink: a speck does not set it.
LEAST_SHARE = 0.02


def tight_boxes(picture: np.ndarray, boxes: np.ndarray, scales: np.ndarray, dark: np.ndarray) -> np.ndarray:
    """Move each edge to the outermost ink within one pixel of the box's layer.

    Args:
        picture: H×W or H×W×3 uint8, the frame as the ink was looked for in it.
        boxes: N×4 int, x, y, width, height in frame pixels.
        scales: N, frame pixels per pixel of the layer the box was found in.
        dark: N bool, whether the ink is darker than the paper.

    Returns:
        N×4 int32; a box whose ink cannot be told from the paper is returned as it was.
    """
    result = boxes.astype(np.int32)
    for i in np.flatnonzero(scales >= LEAST_SCALE):
        result[i] = _tight(picture, boxes[i], int(scales[i]), bool(dark[i]))
    return result


def _tight(picture: np.ndarray, box: np.ndarray, reach: int, dark: bool) -> np.ndarray:
    x, y, width, height = (int(v) for v in box)
    left, top = max(x - reach, 0), max(y - reach, 0)
    window = np.ascontiguousarray(picture[top : y + height + reach, left : x + width + reach])
    if window.ndim == 3:
        # The channel in which ink and paper differ most.
        window = np.ascontiguousarray(window[..., int(cv2.meanStdDev(window)[1].argmax())])
    kind = cv2.THRESH_BINARY_INV if dark else cv2.THRESH_BINARY
    ink = cv2.threshold(window, 0, 1, kind | cv2.THRESH_OTSU)[1]
    by_column, by_row = (cv2.reduce(ink, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() for axis in (0, 1))
    columns = _outermost(by_column, x - left, x - left + width, reach, LEAST_SHARE * height)
    rows = _outermost(by_row, y - top, y - top + height, reach, LEAST_SHARE * width)
    return np.array(
        [left + columns[0], top + rows[0], max(1, columns[1] - columns[0]), max(1, rows[1] - rows[0])],
        np.int32,
    )


def _outermost(profile: np.ndarray, first: int, last: int, reach: int, least: float) -> tuple[int, int]:
    """The first and past-the-last place with ink, each within ``reach`` of where it was thought to be.

    Ink that goes on to the end of the window on that side belongs to a neighbour: that edge stays.
    """
    inked = np.flatnonzero(profile > least)
    begin, end = first, last
    if len(inked):
        begin = _near(int(inked[0]), first, reach, outside=int(inked[0]) == 0 and first > 0)
        end = _near(
            int(inked[-1]) + 1, last, reach, outside=inked[-1] == len(profile) - 1 and last < len(profile)
        )
    return begin, end


def _near(found: int, expected: int, reach: int, *, outside: bool) -> int:
    return expected if outside or abs(found - expected) > reach else found
