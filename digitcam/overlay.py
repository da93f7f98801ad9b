"""Drawing a reading over its frame: legible on any paper, at any size, for any eyes.

Sizes follow the picture and the digits; ``placement`` says where everything goes.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from digitcam.geometry import corners
from digitcam.placement import (
    NUMBER_PART,
    Place,
    Underline,
    label_heights,
    place_labels,
    place_number,
    underline,
)
from digitcam.sureness import colour_of
from digitcam.text import RIM, Colour, put_text
from digitcam.types import Box, Digit, Number, Reading
from digitcam.verdict import draw_verdict

# Line width as part of the picture's shorter side, and at most this part of a digit's height.
LINE_PART = 0.0022
LINE_OF_DIGIT = 0.04


def draw_reading(image: np.ndarray, reading: Reading) -> np.ndarray:
    """A copy of an H×W×3 picture with digits boxed and labelled, and numbers underlined with their text.

    Where a network of whole frames was asked, what it says stands at the foot.
    """
    picture = image.copy()
    digits = reading.digits
    if reading.classes is not None:
        draw_verdict(picture, reading.classes)
    if not digits:
        return picture
    tall, wide = image.shape[:2]
    line = _line_width(digits, min(tall, wide))
    boxes = np.array([digit.box.as_list() for digit in digits])
    # A digit read as it stands says all there is to say; a sign or a second digit makes a number of it.
    numbers = [number for number in reading.numbers if len(number.text) > 1]
    lines = [_underline(number, digits, line, tall) for number in numbers]
    for digit in digits:
        _draw_box(picture, digit.box, colour_of(digit.confidence), line)
    for number, joining in zip(numbers, lines, strict=True):
        _draw_line(picture, joining, _number_colour(number, digits), line)
    rows = [number.digits for number in numbers]
    labels = place_labels(boxes, [digit.label for digit in digits], rows, (wide, tall))
    for digit, place in zip(digits, labels, strict=True):
        _write(picture, digit.label, place, colour_of(digit.confidence))
    taken = _edges(boxes, labels)
    heights = NUMBER_PART * label_heights(boxes, min(tall, wide))
    for number, joining in zip(numbers, lines, strict=True):
        height = float(np.median(heights[list(number.digits)]))
        place = place_number(number.text, joining, height, taken, (wide, tall))
        taken = np.vstack([taken, place.edges])
        _write(picture, number.text, place, _number_colour(number, digits))
    return picture


def _line_width(digits: Sequence[Digit], side: int) -> int:
    """Lines of one width for all digits, thin beside small ones."""
    height = float(np.median([digit.box.height for digit in digits]))
    return max(1, round(min(LINE_PART * side, LINE_OF_DIGIT * height)))


def _underline(number: Number, digits: Sequence[Digit], line: int, tall: int) -> Underline:
    """The line of a number, clear of the outlines of its digits."""
    return underline(number.box, [digits[i].box for i in number.digits], 3 * line + 2, tall - line - 1)


def _edges(boxes: np.ndarray, places: Sequence[Place]) -> np.ndarray:
    """2N×4, left, top, right and bottom of the digits and of their labels."""
    return np.vstack([corners(boxes), [place.edges for place in places]])


def _number_colour(number: Number, digits: Sequence[Digit]) -> Colour:
    """A number is as sure as its least sure digit."""
    return colour_of(min(digits[i].confidence for i in number.digits))


def _write(picture: np.ndarray, text: str, place: Place, colour: Colour) -> None:
    put_text(picture, text, (place.x, place.foot), place.height, colour)


def _draw_line(picture: np.ndarray, joining: Underline, colour: Colour, line: int) -> None:
    ends = [(x, joining.at(x)) for x in (joining.left, joining.right)]
    points = [np.round(ends).astype(np.int32)]
    cv2.polylines(picture, points, False, RIM, line + 3, cv2.LINE_AA)
    cv2.polylines(picture, points, False, colour, line + 1, cv2.LINE_AA)


def _draw_box(picture: np.ndarray, box: Box, colour: Colour, line: int) -> None:
    """An outline with a rim around it, both outside the box: ink is not painted over."""
    for away in range(1, line + 2):  # line by line, since thick lines lie differently in each OpenCV
        first, last = (box.x - away, box.y - away), (box.right + away - 1, box.bottom + away - 1)
        cv2.rectangle(picture, first, last, colour if away <= line else RIM, 1)
