"""Digits that touch are cut where least ink is crossed."""

import cv2
import numpy as np

from digitcam.cuts import even_cuts, find_cuts


def test_cuts_go_through_the_thinnest_columns() -> None:
    """Between two blobs joined by a thin bridge a cut is in the bridge."""
    ink = np.zeros((40, 90), np.uint8)
    ink[:, :35] = ink[:, 55:] = 255
    ink[19:22, 35:55] = 255
    assert any(35 <= cut.middle < 55 for cut in find_cuts(ink))


def test_leaning_digits_are_cut_along_their_lean() -> None:
    """Two strokes that lean, so that no column is free of ink, are cut by a line that leans with them."""
    ink = np.zeros((60, 90), np.uint8)
    for x in (24, 60):
        cv2.line(ink, (x + 9, 0), (x - 9, 59), 255, 19)
    cv2.line(ink, (24, 30), (60, 30), 255, 3)
    x, y, width, height = cv2.boundingRect(ink)
    ink = np.ascontiguousarray(ink[y : y + height, x : x + width])
    best = min(find_cuts(ink), key=lambda cut: abs(cut.middle - width / 2))
    assert best.top > best.foot
    line = cv2.line(np.zeros_like(ink), (round(best.top), 0), (round(best.foot), 59), 255, 1)
    assert cv2.countNonZero(cv2.bitwise_and(line, ink)) <= 6


def test_a_solid_bar_has_no_cut() -> None:
    """Where every column is full of ink there is nothing to follow; even parts are offered instead."""
    ink = np.full((40, 80), 255, np.uint8)
    assert find_cuts(ink) == []
    assert [cut.middle for cut in even_cuts(40, 64)] == [32.0]
