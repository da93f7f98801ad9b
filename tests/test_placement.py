"""Where labels, lines and texts go: inside the picture, clear of digits, without jumps."""

from __future__ import annotations

import numpy as np
import pytest

from digitcam.geometry import shared_areas
from digitcam.placement import place_labels, place_number, underline
from digitcam.text import LEAST_TEXT
from digitcam.types import Box

SIZE = (1280, 720)


def labels_of(boxes: list[Box], size: tuple[int, int] = SIZE) -> np.ndarray:
    """N×4, the edges of the labels."""
    array = np.array([box.as_list() for box in boxes])
    return np.array([place.edges for place in place_labels(array, ["8"] * len(boxes), [], size)])


def edges(boxes: list[Box]) -> np.ndarray:
    return np.array([(box.x, box.y, box.right, box.bottom) for box in boxes])


def grid(columns: int, rows: int, pitch: tuple[int, int], box: tuple[int, int]) -> list[Box]:
    return [Box(60 + pitch[0] * i, 60 + pitch[1] * j, *box) for j in range(rows) for i in range(columns)]


@pytest.mark.parametrize("factor", [0.25, 1, 3])
def test_labels_lie_in_the_picture(factor: float) -> None:
    """Labels of digits at every border and in every corner lie in the picture as a whole."""
    wide, tall = round(1280 * factor), round(720 * factor)
    side = round(50 * factor)
    boxes = [
        Box(x, y, max(2, side // 4), side)
        for x in (-side // 8, 0, wide // 2, wide - side // 4, wide - 2)
        for y in (-side // 2, 0, 3, tall // 2, tall - side, tall - 2)
    ]
    places = labels_of(boxes, (wide, tall))
    assert (places[:, :2] >= 0).all() and (places[:, 2] <= wide).all() and (places[:, 3] <= tall).all()


def test_labels_of_spaced_rows_hide_nothing() -> None:
    """With space between the rows no label covers a digit or another label."""
    boxes = grid(12, 5, (80, 120), (45, 60))
    labels = labels_of(boxes)
    assert shared_areas(labels, edges(boxes)).sum() == 0
    among = shared_areas(labels, labels)
    assert among.sum() == np.trace(among)


@pytest.mark.parametrize("gap", range(0, 40, 3))
def test_labels_of_a_dense_page_hide_no_neighbours(gap: int) -> None:
    """Whatever lies between the rows of small digits: a label covers no other digit and no other label.

    Of its own digit's box it covers a quarter at most.
    """
    boxes = grid(20, 5, (36, 30 + gap), (24, 30))
    labels = labels_of(boxes)
    hidden = shared_areas(labels, edges(boxes))
    own = np.diag(hidden).copy()
    assert (own <= 0.25 * 24 * 30 + 1).all()
    np.fill_diagonal(hidden, 0)
    assert hidden.max() <= 0.02 * 24 * 30, "but for the rim"
    among = shared_areas(labels, labels)
    np.fill_diagonal(among, 0)
    assert among.max() == 0
    assert (labels[:, 3] - labels[:, 1] >= LEAST_TEXT).all(), "and it can still be read"


def test_labels_move_as_their_digits_do() -> None:
    """While two rows come closer pixel by pixel, no label jumps."""
    before = None
    for gap in range(60, -1, -1):
        label = labels_of([Box(100, 100, 50, 60), Box(100, 160 + gap, 50, 60)])[1]
        place = np.array([label[0], label[3] - (160 + gap)])
        if before is not None:
            assert abs(place - before).max() < 4
        before = place


def test_neighbour_on_a_tilted_line_is_no_ceiling() -> None:
    """On a steep line the digit before reaches beside the next: its label still stands above it."""
    boxes = [Box(100 + 60 * i, 100 + 30 * i, 64, 70) for i in range(4)]
    labels = labels_of(boxes)
    assert (labels[:, 3] <= edges(boxes)[:, 1]).all()


@pytest.mark.parametrize("slope", [-0.4, -0.1, 0.0, 0.1, 0.4])
def test_line_follows_the_feet(slope: float) -> None:
    """The line below a number has the direction of its digits and lies just below all their feet."""
    boxes = [Box(100 + 60 * i, round(300 + slope * 60 * i), 40, 60) for i in range(6)]
    line = underline(Box.around(boxes), boxes, 5, 719)
    assert line.slope == pytest.approx(slope, abs=0.02)
    for box in boxes:
        assert 3 <= line.at(box.centre[0]) - box.bottom <= 8


def test_line_is_straight_below_a_tail() -> None:
    """A 9 with a long tail pushes the line down and tips it by a few degrees at most."""
    boxes = [Box(100, 300, 40, 60), Box(160, 300, 40, 60), Box(220, 300, 40, 84)]
    line = underline(Box.around(boxes), boxes, 5, 719)
    assert abs(line.slope) < 0.12
    assert all(line.at(box.centre[0]) >= box.bottom + 5 - 1e-9 for box in boxes)


@pytest.mark.parametrize("floor", [370, 350])
def test_line_stays_in_the_picture(floor: int) -> None:
    """At the picture's foot the line stays where it can be seen; one above the other is no reason to fail."""
    boxes = [Box(100, 300, 40, 60), Box(160, 330, 40, 60)]
    line = underline(Box.around(boxes), boxes, 5, floor)
    assert max(line.at(line.left), line.at(line.right)) <= floor
    stacked = [Box(100, 100, 40, 60), Box(100, 200, 40, 60)]
    assert underline(Box.around(stacked), stacked, 5, 719).slope == 0


@pytest.mark.parametrize(
    "other",
    [
        [],
        [Box(310, 300, 60, 60)],  # to the right
        [Box(310, 300, 60, 60), Box(310, 400, 60, 60)],
        [Box(310, 300, 60, 160), Box(30, 300, 60, 160)],
    ],
)
def test_text_of_a_number_goes_where_nothing_is(other: list[Box]) -> None:
    """With free paper on some side the text hides no digit, and not its own line."""
    boxes = [Box(100, 300, 60, 60), Box(170, 300, 60, 60), Box(240, 300, 60, 60)]
    line = underline(Box.around(boxes), boxes, 5, 719)
    place = place_number("123", line, 20, edges(boxes + other), SIZE)
    assert shared_areas(np.array([place.edges]), edges(boxes + other)).sum() == 0
    x0, y0, x1, y1 = place.edges
    assert not (x0 < line.right and x1 > line.left and y0 < line.start < y1)


@pytest.mark.parametrize("corner", [(5, 5), (1150, 5), (5, 655), (1150, 655)])
def test_text_of_a_number_lies_in_the_picture(corner: tuple[int, int]) -> None:
    """In every corner of the picture the whole text can be seen."""
    boxes = [Box(corner[0] + 60 * i, corner[1], 50, 60) for i in range(2)]
    line = underline(Box.around(boxes), boxes, 5, 717)
    left, top, right, bottom = place_number("-1,234.50", line, 24, edges(boxes), SIZE).edges
    assert left >= 0 and top >= 0 and right <= SIZE[0] and bottom <= SIZE[1]
