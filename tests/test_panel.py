"""Panels: inside the picture, clear of the digits, steady."""

from __future__ import annotations

import numpy as np
import pytest

from digitcam.panel import CORNERS, LEGEND, draw_panel, panel_box, quiet_corner
from digitcam.sureness import COLOURS
from digitcam.types import Box

LINES = ("30 frames/s  12 ms", "120 digits")
SIZE = (1280, 720)


@pytest.mark.parametrize("place", [*CORNERS, "bottom left", "middle"])
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (2, 900), (320, 240), (1280, 720)])
def test_panels_fit_in_any_picture(size: tuple[int, int], place: str) -> None:
    """Panels are drawn in pictures that are far too small for them, and nowhere but in their box."""
    picture = np.full((size[1], size[0], 3), 200, np.uint8)
    draw_panel(picture, ["a\tb", "some longer text"], place)
    box = panel_box(["a\tb", "some longer text"], size, place)
    assert 0 <= box.x < size[0] and 0 <= box.y < size[1]
    inside = np.zeros(size[::-1], bool)
    inside[box.y : box.bottom, box.x : box.right] = True
    assert (picture[~inside] == 200).all() and (picture[inside] != 200).any()


def test_panel_stays_while_it_hides_nothing() -> None:
    """The panel keeps its corner while no digit is below it, wherever that is."""
    digits = [Box(600, 300, 40, 60)]
    for corner in CORNERS:
        assert quiet_corner(LINES, SIZE, digits, corner) == corner
        assert quiet_corner(LINES, SIZE, [], corner) == corner


@pytest.mark.parametrize("corner", CORNERS)
def test_panel_makes_way_for_digits(corner: str) -> None:
    """A digit below the panel, or a label, sends it to another corner, where it stays."""
    box = panel_box(LINES, SIZE, corner)
    digits = [Box(box.x + box.width // 2, box.bottom - 4, 40, 60)]
    other = quiet_corner(LINES, SIZE, digits, corner)
    assert other != corner
    assert quiet_corner(LINES, SIZE, digits, other) == other
    assert quiet_corner(LINES, SIZE, [], other) == other


def test_panel_on_a_full_page_is_steady() -> None:
    """Where digits stand in every corner, the panel does not jump while the page moves a little."""
    corner, seen = CORNERS[0], set()
    for shift in (0, 3, 6, 2, -4, 1, 5, -2):
        digits = [Box(x + shift, y + shift, 40, 60) for x in range(10, 1270, 60) for y in range(10, 700, 80)]
        corner = quiet_corner(LINES, SIZE, digits, corner)
        seen.add(corner)
    assert len(seen) == 1


def test_legend_names_every_colour() -> None:
    """The legend has a line for each colour of confidence, in that colour, with its limits."""
    assert [colour for _, colour in LEGEND] == [colour for _, colour in COLOURS]
    words = [text.partition("\t")[2] for text, _ in LEGEND]
    assert words == ["95 % and more", "80 to 95 %", "less than 80 %"]
