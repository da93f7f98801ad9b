"""Strokes to pixels: smooth, anti-aliased, at any scale, and again only where something is new."""

from __future__ import annotations

import cv2
import numpy as np

from digitcam.drawing.strokes import PAPER, Stroke, Strokes

INK, GROUND = 24, 255
# Pixels between points of a curve.
FINENESS = 2.0
# Coordinates are passed to OpenCV as whole numbers of 1/16 pixel.
FRACTION_BITS = 4


class Raster:
    """The paper at one scale, pixels per unit."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale
        self._drawn: tuple[Stroke, ...] = ()
        self._base = self._blank()
        # Of the stroke under way: where it began, and its pieces that no further point will change.
        self._began: object = None
        self._partly = self._base
        self._pieces = 0

    def draw(self, strokes: Strokes) -> np.ndarray:
        """The paper as it is: H×W uint8, of one's own to change."""
        finished, known = strokes.finished, len(self._drawn)
        if finished != self._drawn:
            if finished[:known] != self._drawn:
                self._base, known = self._blank(), 0
            for stroke in finished[known:]:
                draw_stroke(self._base, stroke, self.scale)
            self._drawn, self._began = finished, None
        if strokes.current is None:
            return self._base.copy()
        return self._with_current(strokes.current)

    def _with_current(self, stroke: Stroke) -> np.ndarray:
        """The paper with the stroke under way, of which only what is new is drawn."""
        if self._began is not stroke.points[0]:
            self._began, self._partly, self._pieces = stroke.points[0], self._base.copy(), 0
        # The next point still bends the last piece.
        settled = max(0, len(stroke.points) - 2)
        if settled > self._pieces:
            draw_stroke(self._partly, stroke, self.scale, self._pieces, settled)
            self._pieces = settled
        picture = self._partly.copy()
        draw_stroke(picture, stroke, self.scale, self._pieces)
        return picture

    def _blank(self) -> np.ndarray:
        width, height = (max(1, round(self.scale * side)) for side in PAPER)
        return np.full((height, width), GROUND, np.uint8)


def draw_stroke(
    picture: np.ndarray, stroke: Stroke, scale: float, first: int = 0, last: int | None = None
) -> None:
    """Draw a stroke on an H×W uint8 picture, in place, with round ends.

    Args:
        scale: pixels per unit.
        first, last: the pieces to draw, from point ``first`` to point ``last``; by default all.
    """
    points = smoothed(np.array(stroke.points, np.float64) * scale, first, last)
    if len(points) == 1:
        points = np.repeat(points, 2, axis=0)  # a dot, for which cv2 wants a line from the point to itself
    # The middle of a pixel has whole coordinates in OpenCV.
    fixed = np.round((points - 0.5) * 2**FRACTION_BITS).astype(np.int32)
    level = GROUND if stroke.erases else INK
    width = max(1, round(stroke.width * scale))
    cv2.polylines(picture, [fixed], False, level, width, cv2.LINE_AA, FRACTION_BITS)


def smoothed(points: np.ndarray, first: int = 0, last: int | None = None) -> np.ndarray:
    """A smooth line through all that the mouse told, however far apart that is.

    A centripetal Catmull-Rom spline, which makes no loops and keeps corners (Yuksel, Schaefer and Keyser,
    "Parameterization and Applications of Catmull-Rom Curves", 2011), by Barry and Goldman's pyramid (1988).

    Args:
        points: N×2, N ≥ 1, pixels; no two neighbours are the same.
        first, last: the points that it is to begin and to end with; by default the first and the last.

    Returns:
        M×2, the points themselves among them.
    """
    count = len(points)
    last = count - 1 if last is None else last
    if count < 3:
        return points[first : last + 1]
    # The first and the last piece have a neighbour on one side alone: the other is mirrored.
    path = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    path = path[first : last + 3]
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    knots = np.concatenate([[0.0], np.cumsum(np.sqrt(np.maximum(lengths, 1e-9)))])
    pieces = [
        _piece(path[i : i + 4], knots[i : i + 4], max(1, round(lengths[i + 1] / FINENESS)))
        for i in range(last - first)
    ]
    return np.concatenate([points[first : first + 1], *pieces])


def _piece(points: np.ndarray, knots: np.ndarray, count: int) -> np.ndarray:
    """``count`` points of the curve between the second and the third of four, the third among them."""
    t = np.linspace(knots[1], knots[2], count + 1)[1:, None]
    level = list(points)
    for reach in (1, 2, 3):
        # The last step is between the middle knots, as Barry and Goldman have it.
        spans = [(i, i + reach) for i in range(len(level) - 1)] if reach < 3 else [(1, 2)]
        level = [
            ((knots[last] - t) * level[i] + (t - knots[first]) * level[i + 1]) / (knots[last] - knots[first])
            for i, (first, last) in enumerate(spans)
        ]
    return np.asarray(level[0])


