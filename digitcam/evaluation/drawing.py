"""What was seen, drawn on the picture: green what is right, red what is false, orange what was missed."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitcam.evaluation.pictures import Labelled, Verdict
from digitcam.types import Box

# BGR. The last two are what the score leaves alone: ignored places, and readings in them.
RIGHT, FALSE, MISSED = (60, 170, 20), (40, 30, 230), (0, 140, 255)
SIGN, IGNORED = (200, 90, 160), (150, 150, 150)
LONGEST, SHORTEST_LONG_SIDE = 1600, 480
# Letters are this part of the box's height, within these pixels of the drawn picture.
TEXT_PART, TEXT_LEAST, TEXT_MOST = 0.4, 11, 34


def draw_verdict(image: np.ndarray, labelled: Labelled, verdict: Verdict) -> np.ndarray:
    """A copy of ``image`` (H×W×3 uint8 BGR), 480 to 1600 px long, with every verdict on it.

    Right and false readings carry the label read above their box, on the left; missed digits carry the true
    one below it, on the right: so close rows do not hide each other's.
    """
    longest = max(image.shape[:2])
    scale = min(LONGEST / longest, max(1.0, SHORTEST_LONG_SIDE / longest))
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    picture = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    pen = _Pen(picture, scale)
    for box in labelled.ignore:
        pen.rectangle(box, IGNORED)
    for box in labelled.distractors:
        pen.rectangle(box, SIGN)
    for digit in verdict.dropped:
        pen.rectangle(digit.box, IGNORED)
        pen.text(digit.label, digit.box, IGNORED, above=True)
    for true in verdict.missed:
        pen.rectangle(true.box, MISSED)
    for digits, colour in ((verdict.right, RIGHT), (verdict.false, FALSE)):
        for digit in digits:
            pen.rectangle(digit.box, colour)
            pen.text(digit.label, digit.box, colour, above=True)
    for true in verdict.missed:
        pen.text(true.label, true.box, MISSED, above=False)
    return picture


@dataclass(frozen=True, slots=True, eq=False)
class _Pen:
    picture: np.ndarray
    scale: float

    @property
    def width(self) -> int:
        return max(1, round(max(self.picture.shape[:2]) / 800))

    def _corners(self, box: Box) -> tuple[int, int, int, int]:
        left, top = round(box.x * self.scale), round(box.y * self.scale)
        right, bottom = round(box.right * self.scale) - 1, round(box.bottom * self.scale) - 1
        return left, top, max(left, right), max(top, bottom)

    def rectangle(self, box: Box, colour: tuple[int, int, int]) -> None:
        left, top, right, bottom = self._corners(box)
        cv2.rectangle(self.picture, (left, top), (right, bottom), colour, self.width)

    def text(self, text: str, box: Box, colour: tuple[int, int, int], above: bool) -> None:
        left, top, right, bottom = self._corners(box)
        height = int(np.clip(TEXT_PART * (bottom - top), TEXT_LEAST, TEXT_MOST))
        # Hershey's capitals are 21 units high, and OpenCV 4 draws them so; OpenCV 5 comes close.
        size = height / 21
        baseline = top - 2 * self.width if above else bottom + height + 2 * self.width
        # At the picture's edge the label moves inside rather than being cut off.
        baseline = int(np.clip(baseline, height + 1, self.picture.shape[0] - 2))
        thickness = max(1, round(height / 14))
        # A digit is some two thirds as wide as it is high.
        start = left if above else right - 2 * height // 3
        for extra, ink in ((2, (255, 255, 255)), (0, colour)):
            cv2.putText(
                self.picture,
                text,
                (max(0, start), baseline),
                cv2.FONT_HERSHEY_SIMPLEX,
                size,
                ink,
                thickness + extra,
                cv2.LINE_AA,
            )
