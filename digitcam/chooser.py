"""The digit that is about to be corrected: chosen by a click or by keys, marked in the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from digitcam.choosing import box_at, box_beside
from digitcam.corrections.correction import NOT_A_DIGIT
from digitcam.errors import UserError
from digitcam.numbers import group
from digitcam.pane import ARROWS, ESCAPE
from digitcam.text import RIM, Colour
from digitcam.types import LABELS, Box, Digit, Frame, Reading

CHOOSE, NONE = "t", "n"
# Takes a correction: the frame, its digit, and what that is; gives a line to show, or raises UserError.
Correct = Callable[[Frame, Digit, int], str]
# Bluish green of the palette of Okabe and Ito (2008), which no confidence has. BGR.
MARK: Colour = (115, 158, 0)
# The mark stands this far from the box, and is this wide, as parts of the picture's shorter side.
AWAY_PART, LINE_PART = 0.006, 0.005


class Chooser:
    """Which digit of a reading is chosen.

    Attributes:
        chosen: its index in the reading's digits; None for none.
    """

    def __init__(self) -> None:
        self.chosen: int | None = None

    def click(self, reading: Reading, x: int, y: int) -> None:
        """Choose the digit at a point of the picture, or none."""
        self.chosen = box_at([digit.box for digit in reading.digits], x, y)

    def wants(self, key: str) -> bool:
        """Whether a key is for choosing, or says what the chosen digit is."""
        if self.chosen is None:
            return key == CHOOSE or key in LABELS
        return key in (CHOOSE, NONE, ESCAPE, *ARROWS, *LABELS)

    def press(self, key: str, reading: Reading) -> int | None:
        """See to a key that ``wants`` is true of; what the chosen digit is, where the key says that.

        Returns:
            0 to 9, or 10 for "not a digit"; None where nothing has been said.
        """
        if key == CHOOSE:
            self.chosen = self._following(reading)
        elif self.chosen is None:
            return None
        elif key == ESCAPE:
            self.chosen = None
        elif key in ARROWS:
            self.chosen = box_beside([digit.box for digit in reading.digits], self.chosen, key)
        else:
            return NOT_A_DIGIT if key == NONE else int(key)
        return None

    def tell(
        self, correct: Correct, frame: Frame, reading: Reading, label: int
    ) -> tuple[str, Reading | None]:
        """Hand on what the chosen digit is said to be; none is chosen then.

        Args:
            frame, reading: as delivered, not as they are shown.

        Returns:
            A line for the user, and the reading with that digit as it was said; None where it was not taken.
        """
        assert self.chosen is not None
        chosen, self.chosen = self.chosen, None
        try:
            line = correct(frame, reading.digits[chosen], label)
        except UserError as error:
            return str(error), None
        return line, corrected(reading, chosen, label)

    def _following(self, reading: Reading) -> int | None:
        """The digit after the chosen one in reading order, and after the last the first."""
        order = [reading.digits.index(digit) for digit in reading.in_order()]
        if not order:
            return None
        if self.chosen is None:
            return order[0]
        return order[(order.index(self.chosen) + 1) % len(order)]

    def prompt(self, reading: Reading) -> str:
        """What to press, in ASCII."""
        assert self.chosen is not None
        label = reading.digits[self.chosen].label
        return f"this {label} is: 0 to 9, n no digit, Esc leave it; arrows, t another"

    def mark(self, picture: np.ndarray, reading: Reading) -> None:
        """Mark the chosen digit in the H×W×3 picture that the reading belongs to, in place."""
        assert self.chosen is not None
        draw_mark(picture, reading.digits[self.chosen].box)


def draw_mark(picture: np.ndarray, box: Box) -> None:
    """A frame around a box that is chosen, on an H×W×3 picture, in place."""
    side = min(picture.shape[:2])
    line = max(2, round(LINE_PART * side))
    away = line + max(2, round(AWAY_PART * side))  # the inside stays as it is
    first = box.x - away, box.y - away
    last = box.right + away, box.bottom + away
    cv2.rectangle(picture, first, last, RIM, line + 2, cv2.LINE_AA)
    cv2.rectangle(picture, first, last, MARK, line, cv2.LINE_AA)


def corrected(reading: Reading, index: int, label: int) -> Reading:
    """The reading with one digit as the user says it is: 0 to 9, or 10 for none."""
    digits = list(reading.digits)
    if label == NOT_A_DIGIT:
        del digits[index]
    else:
        sure = tuple(float(i == label) for i in range(len(LABELS)))
        digits[index] = replace(digits[index], label=LABELS[label], confidence=1.0, probabilities=sure)
    return replace(reading, digits=tuple(digits), numbers=group(tuple(digits), reading.signs), evidence=None)
