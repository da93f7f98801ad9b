"""The short sides of boxes are taken out with the long ones."""

import cv2
import numpy as np

from digitcam.lines import find_lines, without_lines
from digitcam.rungs import with_rungs

CELL = 36
CELLS = 6


def form(turn: float = 0.0) -> np.ndarray:
    """The mask of a row of empty boxes."""
    mask = np.zeros((120, 320), np.uint8)
    for i in range(CELLS):
        cv2.rectangle(mask, (40 + i * CELL, 40), (40 + (i + 1) * CELL, 80), 255, 2)
    matrix = cv2.getRotationMatrix2D((160, 60), turn, 1)
    return cv2.threshold(cv2.warpAffine(mask, matrix, mask.shape[::-1]), 127, 255, cv2.THRESH_BINARY)[1]


def cleared(mask: np.ndarray) -> np.ndarray:
    return without_lines(mask, with_rungs(mask, find_lines(mask)))


def tallest(mask: np.ndarray) -> int:
    """The height of the highest component."""
    return max((int(s[3]) for s in cv2.connectedComponentsWithStats(mask)[2][1:]), default=0)


def test_the_sides_of_boxes_go() -> None:
    """What is left of a row of boxes, level or a little turned, is lower than any digit in it."""
    for turn in (0.0, 3.0, -4.0):
        mask = form(turn)
        assert tallest(without_lines(mask, find_lines(mask))) > 25
        assert tallest(cleared(mask)) < 12, turn


def test_a_digit_in_a_box_stays() -> None:
    """An 8 that touches no side keeps all of its ink; one that crosses a side stays in one piece."""
    mask = form()
    before = int(cleared(mask).sum() / 255)
    cv2.putText(mask, "8", (40 + CELL + 8, 72), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 255, 2)
    alone = np.zeros_like(mask)
    cv2.putText(alone, "8", (40 + CELL + 8, 72), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 255, 2)
    assert abs(int(cleared(mask).sum() / 255) - before - int(alone.sum() / 255)) < 12


def test_strokes_between_ruled_lines_that_do_not_reach_both_stay() -> None:
    """Ones on ruled paper stand on a line and end below the next one."""
    mask = np.zeros((160, 320), np.uint8)
    for y in (40, 80, 120):
        cv2.line(mask, (0, y), (319, y), 255, 2)
    for x in range(60, 280, 30):
        cv2.line(mask, (x, 50), (x, 79), 255, 2)
    assert tallest(cleared(mask)) >= 26


def test_one_stroke_from_line_to_line_is_no_side() -> None:
    """A single 1 as high as the ruling stays: sides of boxes come in numbers."""
    mask = np.zeros((160, 320), np.uint8)
    for y in (40, 80):
        cv2.line(mask, (0, y), (319, y), 255, 2)
    cv2.line(mask, (150, 41), (150, 79), 255, 2)
    assert tallest(cleared(mask)) >= 30


def test_without_lines_nothing_is_looked_for() -> None:
    """A picture without long lines has no sides of boxes."""
    mask = np.zeros((120, 320), np.uint8)
    cv2.line(mask, (150, 41), (150, 79), 255, 2)
    assert with_rungs(mask, find_lines(mask)).upright is None
