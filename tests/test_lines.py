"""Ruled lines are taken out at any angle; writing stays."""

import cv2
import numpy as np
import pytest

from digitcam.lines import DRIFT, LEAST_LENGTH, STEP, _may_hold_lines, find_lines, finer_lines, without_lines


def ruled(slope: float, thickness: int = 3) -> np.ndarray:
    """A mask of lines 60 rows apart that rise by ``slope`` rows per column."""
    mask = np.zeros((400, 600), np.uint8)
    for y in range(-300, 700, 60):
        cv2.line(mask, (0, y), (599, round(y + 599 * slope)), 255, thickness)
    return mask


def cleared(mask: np.ndarray) -> np.ndarray:
    return without_lines(mask, find_lines(mask))


@pytest.mark.parametrize("slope", [0.0, 0.02, 0.1, -0.27, 0.42])
@pytest.mark.parametrize("upright", [False, True])
def test_lines_at_any_angle_are_taken_out(slope: float, upright: bool) -> None:
    """Of lines up to 23° from level or upright less than a fortieth is left."""
    mask = ruled(slope)
    mask = np.ascontiguousarray(mask.T) if upright else mask
    left = cleared(mask)
    assert cv2.countNonZero(left) < cv2.countNonZero(mask) / 40


@pytest.mark.parametrize("slope", [0.0, 0.15])
def test_strokes_that_cross_a_line_stay(slope: float) -> None:
    """A ring written across lines keeps its ink but for what runs along them."""
    writing = np.zeros((400, 600), np.uint8)
    cv2.circle(writing, (300, 212), 22, 255, 5)
    left = cleared(cv2.bitwise_or(writing, ruled(slope)))
    kept = cv2.countNonZero(cv2.bitwise_and(left, writing)) / cv2.countNonZero(writing)
    assert kept > 0.8


def test_a_stroke_along_a_line_stays() -> None:
    """The bar of a seven that touches a ruled line all along is no part of it, as thin as it may be."""
    writing = np.zeros((400, 600), np.uint8)
    cv2.rectangle(writing, (300, 182), (330, 184), 255, cv2.FILLED)
    left = cleared(cv2.bitwise_or(writing, ruled(0.0)))
    kept = cv2.countNonZero(cv2.bitwise_and(left, writing)) / cv2.countNonZero(writing)
    assert kept > 0.9


def test_a_mask_without_lines_is_returned_as_it_is() -> None:
    """Writing alone is not touched."""
    mask = np.zeros((400, 600), np.uint8)
    cv2.circle(mask, (300, 200), 30, 255, 6)
    cv2.line(mask, (100, 100), (150, 100), 255, 6)
    assert (cleared(mask) == mask).all()


def test_a_thick_bar_is_no_line() -> None:
    """What is as thick as a marker's stroke stays, however long it is."""
    mask = np.zeros((400, 600), np.uint8)
    cv2.rectangle(mask, (50, 180), (550, 205), 255, -1)
    assert (cleared(mask) == mask).all()


@pytest.mark.parametrize("slope", [0.0, -0.2])
def test_lines_are_known_in_the_next_finer_layer(slope: float) -> None:
    """Lines found in a mask of half the size are taken out of the whole one, which is not searched."""
    fine = ruled(slope, thickness=4)
    coarse = cv2.resize(fine, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    coarse = cv2.threshold(coarse, 100, 255, cv2.THRESH_BINARY)[1]
    left = without_lines(fine, finer_lines(find_lines(coarse), fine.shape))
    assert cv2.countNonZero(left) < 0.05 * cv2.countNonZero(fine)


@pytest.mark.parametrize("slope", [-0.48, -0.3, 0.1, 0.48])
def test_the_quick_look_sees_the_shortest_line(slope: float) -> None:
    """One line of the least length is worth a closer look at any slope; rings that stand apart are not."""
    mask = np.zeros((400, 600), np.uint8)
    length = LEAST_LENGTH + 2 * STEP
    cv2.line(mask, (203, 199), (203 + length, round(199 + length * slope)), 255, 3)
    assert _may_hold_lines(cv2.dilate(mask[:, ::STEP].copy(), np.ones((DRIFT, 1), np.uint8)))
    for x in range(60, 600, 120):
        cv2.circle(mask[:100], (x, 50), 30, 255, 6)
    rings = mask[:100, ::STEP].copy()
    assert not _may_hold_lines(cv2.dilate(rings, np.ones((DRIFT, 1), np.uint8)))


@pytest.mark.parametrize("begin", range(40, 40 + STEP))
def test_a_line_is_taken_out_from_its_first_pixel(begin: int) -> None:
    """Between two samples a line's beginning is not seen, and goes all the same."""
    mask = np.zeros((200, 400), np.uint8)
    cv2.line(mask, (begin, 100), (330, 100), 255, 3)
    assert cv2.countNonZero(cleared(mask)[:, : begin + STEP]) == 0
