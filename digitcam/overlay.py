"""Drawing a reading over its frame: legible on any paper, at any size, for any eyes.

Sizes follow the picture and the digits. Text has a dark rim, since nothing is known of what lies below it.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from digitcam.types import Box, Digit, Number, Reading

Colour = tuple[int, int, int]

# Sure, fair, doubtful: from the palette of Okabe and Ito (2008), told apart with every kind of colour vision.
# BGR, with the least confidence each begins at.
COLOURS: tuple[tuple[float, Colour], ...] = (
    (0.95, (233, 180, 86)),  # sky blue
    (0.8, (66, 228, 240)),  # yellow
    (0.0, (0, 94, 213)),  # vermilion
)
RIM: Colour = (16, 16, 16)
LIGHT: Colour = (255, 255, 255)
RING = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy]
FONT = cv2.FONT_HERSHEY_SIMPLEX

# Heights of capital letters as parts of the picture's shorter side, and of labels as part of the digit.
TEXT_PART = 0.024
LABEL_PART = 0.42
LEAST_LABEL_PART = 0.02
MOST_LABEL_PART = 0.07
# On a crowded page a label must not hide the row above: at most this part of the digit.
MOST_OF_DIGIT = 0.6
# Pixels, whatever the picture: eyes read no smaller letters.
LEAST_TEXT = 8.0
# The text of a number as part of its digits' labels.
NUMBER_PART = 0.8
# Line width as part of the picture's shorter side.
LINE_PART = 0.0022
# At most this part of a digit's height.
LINE_OF_DIGIT = 0.04


def colour_of(confidence: float) -> Colour:
    """The colour (BGR) of a digit of this confidence."""
    return next(colour for least, colour in COLOURS if confidence >= least or least == 0.0)


def draw_reading(image: np.ndarray, reading: Reading) -> np.ndarray:
    """A copy of an H×W×3 picture with digits boxed and labelled, and numbers underlined with their text."""
    picture = image.copy()
    side = min(image.shape[:2])
    line = _line_width(reading.digits, side)
    for digit in reading.digits:
        _rectangle(picture, digit.box, colour_of(digit.confidence), line)
    for digit in reading.digits:
        _draw_label(picture, digit, side)
    for number in reading.numbers:
        if len(number.text) > 1:
            _draw_number(picture, number, [reading.digits[i] for i in number.digits], line)
    return picture


def _line_width(digits: Sequence[Digit], side: int) -> int:
    """Lines of one width for all digits, thin beside small ones."""
    height = float(np.median([digit.box.height for digit in digits])) if digits else float(side)
    return max(1, round(min(LINE_PART * side, LINE_OF_DIGIT * height)))


def _label_height(box_height: float, side: int) -> float:
    wanted = float(np.clip(LABEL_PART * box_height, LEAST_LABEL_PART * side, MOST_LABEL_PART * side))
    return max(LEAST_TEXT, min(wanted, MOST_OF_DIGIT * box_height))


def _draw_label(picture: np.ndarray, digit: Digit, side: int) -> None:
    """The label centred above the box, or inside its top where the frame ends."""
    height = _label_height(digit.box.height, side)
    width = text_width(digit.label, height)
    x = digit.box.x + (digit.box.width - width) / 2
    y = digit.box.y - 0.35 * height
    if y - height < 0:
        y = digit.box.y + 1.2 * height
    put_text(picture, digit.label, (x, y), height, colour_of(digit.confidence))


def _draw_number(picture: np.ndarray, number: Number, digits: Sequence[Digit], line: int) -> None:
    """A bar that follows the feet of the digits, and the text at its end, where most pages are empty."""
    tall, wide = picture.shape[:2]
    height = NUMBER_PART * _label_height(float(np.median([d.box.height for d in digits])), min(tall, wide))
    colour = colour_of(min(digit.confidence for digit in digits))
    gap = 2 * line + 1
    digits = sorted(digits, key=lambda digit: digit.box.x)  # in a mirror the last digit stands first
    feet = [(digit.box.x + digit.box.width // 2, digit.box.bottom + gap) for digit in digits]
    feet = [(digits[0].box.x, feet[0][1]), *feet, (digits[-1].box.right, feet[-1][1])]
    points = [np.array(feet, np.int32)]
    cv2.polylines(picture, points, False, RIM, line + 2, cv2.LINE_AA)
    cv2.polylines(picture, points, False, colour, line, cv2.LINE_AA)
    x, y = feet[-1][0] + 0.5 * height, feet[-1][1] + 0.5 * height
    width = text_width(number.text, height)
    if x + width > wide:
        x, y = wide - width - gap, y + height
    put_text(picture, number.text, (max(0, x), min(y, tall - gap)), height, colour)


def _rectangle(picture: np.ndarray, box: Box, colour: Colour, line: int) -> None:
    first, last = (box.x - line, box.y - line), (box.right + line - 1, box.bottom + line - 1)
    cv2.rectangle(picture, first, last, RIM, line + 2)
    cv2.rectangle(picture, first, last, colour, line)


def _scale(height: float) -> tuple[float, int]:
    """Font scale and thickness for capital letters of a height; fonts differ between OpenCV's versions."""
    (_, unit), _ = cv2.getTextSize("0", FONT, 1.0, 1)
    return height / unit, max(1, round(height / 9))


def text_width(text: str, height: float) -> int:
    """The width of a line of text with capital letters of ``height`` pixels."""
    scale, thickness = _scale(height)
    return int(cv2.getTextSize(text, FONT, scale, thickness)[0][0])


def put_text(
    picture: np.ndarray, text: str, origin: tuple[float, float], height: float, colour: Colour = LIGHT
) -> None:
    """Write a line of ASCII text on ``picture``, with a dark rim; ``origin`` is its left end at the foot."""
    scale, thickness = _scale(height)
    at = round(origin[0]), round(origin[1])
    rim = max(1, round(height / 12))
    # Shifted copies, not a thicker text: in OpenCV 5 thickness is the weight of a font and moves its letters.
    for dx, dy in RING:
        there = at[0] + rim * dx, at[1] + rim * dy
        cv2.putText(picture, text, there, FONT, scale, RIM, thickness, cv2.LINE_AA)
    cv2.putText(picture, text, at, FONT, scale, colour, thickness, cv2.LINE_AA)


def draw_panel(picture: np.ndarray, lines: Sequence[str], place: str = "top left") -> None:
    """Write lines of text on a darkened panel, in place.

    Args:
        picture: H×W×3 uint8.
        lines: ASCII, one string a line, a tab before the second column; none draws nothing.
        place: ``top left``, ``bottom`` or ``middle``.
    """
    if not lines:
        return
    height = max(LEAST_TEXT, TEXT_PART * min(picture.shape[:2]))
    pad = round(0.7 * height)
    step = round(1.8 * height)
    tall, wide = picture.shape[:2]
    rows = [line.partition("\t") for line in lines]
    tabbed = any(tab for _, tab, _ in rows)
    column = max(text_width(first, height) for first, _, _ in rows) + 2 * pad if tabbed else 0
    width = 2 * pad + max(
        column + text_width(last, height) if tab else text_width(first, height) for first, tab, last in rows
    )
    depth = step * len(lines) + pad
    left, top = {
        "top left": (0, 0),
        "bottom": (0, tall - depth),
        "middle": ((wide - width) // 2, (tall - depth) // 2),
    }[place]
    left, top = max(0, left), max(0, top)
    panel = picture[top : top + depth, left : left + width]
    panel[:] = panel // 4
    for i, (first, _, last) in enumerate(rows):
        y = top + (i + 1) * step - 0.2 * height
        put_text(picture, first, (left + pad, y), height)
        put_text(picture, last, (left + pad + column, y), height)
