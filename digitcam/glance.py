"""A glance at a film's next frame: has anything happened but that the page moved a little?

The page's motion is followed at its digits; what the frame would then look like is compared with what it
does look like, at half the size. That touches each pixel a few times; reading takes ten times as long.
"""

from __future__ import annotations

import cv2
import numpy as np

from digitcam.colour import to_grey
from digitcam.motion import Motion
from digitcam.noise import noise_level

# The frame is halved until it is no higher than this.
MOST_HEIGHT = 540
# Flow is followed (Lucas and Kanade, 1981; in a pyramid: Bouguet, 2001) in windows of so many pixels of that
# size; where there are few digits, at their corners as well.
WINDOW, LEVELS, FEW = 21, 2, 8
# Points agree on a motion to within so many of these pixels, and at least this share of them does.
NEAR, AGREEING = 0.6, 0.8
# A pixel is as it was where it differs by less than this many deviations of the noise, and no fewer levels …
NOISE_FACTOR, LEAST_LEVELS = 5.0, 9.0
# … and this share of the range of levels around it, for nothing is followed to a tenth of a pixel.
EDGE_SHARE = 0.5
# Of changed pixels two by two count. A stroke of a digit has at least so many.
LEAST_CHANGED = 3
# The light may have changed by this ratio.
LIGHT_RATIO = 1.15


class Glance:
    """Compares frames with the one that was read last.

    Args:
        picture: H×W or H×W×3 uint8, which was read.
        boxes: N×4, x, y, width, height of its digits, N ≥ 1.
    """

    def __init__(self, picture: np.ndarray, boxes: np.ndarray) -> None:
        self._halvings = 0
        while picture.shape[0] >> self._halvings > MOST_HEIGHT:
            self._halvings += 1
        self._before = self._small(picture)
        self._points = _points(boxes / 2**self._halvings)
        self._levels = max(LEAST_LEVELS, NOISE_FACTOR * noise_level(self._before))

    def motion_to(self, picture: np.ndarray) -> Motion | None:
        """How the page has moved since, in pixels of the picture; None where something else has changed."""
        now = self._small(picture)
        matrix = self._followed(now)
        if matrix is None:
            return None
        expected = cv2.warpAffine(self._before, matrix, now.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
        light = float(now.mean()) / max(1.0, float(expected.mean()))
        if not 1 / LIGHT_RATIO <= light <= LIGHT_RATIO:
            return None
        expected = cv2.convertScaleAbs(expected, alpha=light)
        if self._changes(expected, now) >= LEAST_CHANGED:
            return None
        (cosine, minus_sine, x), (_, _, y) = matrix
        scale = 2**self._halvings
        # A pixel's middle lies half a pixel from its corner, at either size.
        turn, middle = complex(cosine, -minus_sine), 0.5 + 0.5j
        return Motion(turn, scale * (complex(x, y) + middle - turn * middle))

    def _small(self, picture: np.ndarray) -> np.ndarray:
        grey = to_grey(picture)
        for _ in range(self._halvings):
            size = grey.shape[1] // 2, grey.shape[0] // 2
            grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        return grey

    def _followed(self, now: np.ndarray) -> np.ndarray | None:
        """The similarity (2×3) that takes most points to where the flow does; None where they disagree."""
        found, status, _ = cv2.calcOpticalFlowPyrLK(
            self._before, now, self._points, self._points.copy(), winSize=(WINDOW, WINDOW), maxLevel=LEVELS
        )
        kept = status.ravel() == 1
        if kept.sum() < AGREEING * len(kept):
            return None
        matrix, inliers = cv2.estimateAffinePartial2D(
            self._points[kept], found[kept], method=cv2.RANSAC, ransacReprojThreshold=NEAR
        )
        if matrix is None or inliers.sum() < AGREEING * len(kept):
            return None
        return matrix

    def _changes(self, expected: np.ndarray, now: np.ndarray) -> int:
        """How many pixels are not as expected, specks aside."""
        square = np.ones((3, 3), np.uint8)
        around = cv2.subtract(cv2.dilate(expected, square), cv2.erode(expected, square))
        allowed = cv2.convertScaleAbs(around, alpha=EDGE_SHARE, beta=self._levels)
        changed = cv2.compare(cv2.absdiff(expected, now), allowed, cv2.CMP_GT)
        return cv2.countNonZero(cv2.erode(changed, np.ones((2, 2), np.uint8)))


def _points(boxes: np.ndarray) -> np.ndarray:
    """Where the flow is followed: the middles of the digits, and where they are few their corners."""
    shares = [(0.5, 0.5)]
    if len(boxes) < FEW:
        shares += [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]
    points = [boxes[:, :2] + boxes[:, 2:] * share for share in shares]
    return np.concatenate(points).astype(np.float32).reshape(-1, 1, 2) - np.float32(0.5)
