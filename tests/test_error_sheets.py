"""Every mistake on a picture is cut out once, with what was read and why it was not read rightly."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from digitcam.evaluation.error_sheets import MOST_SHEETS, SIDE, Mistake, find_mistakes, write_sheets
from digitcam.evaluation.pictures import Labelled, judge
from digitcam.types import Box, Evidence, Frame
from tests.evaluation_fakes import digit, truth

BLUE = (200, 40, 30)
FRAME = Frame(np.full((30, 300, 3), BLUE, np.uint8))


def evidence() -> Evidence:
    """One candidate at column 120 that the network takes for a 9, one at 160 for no digit, none at 200."""
    probabilities = np.zeros((2, 11), np.float32)
    probabilities[0, [4, 9]], probabilities[1, [5, 10]] = (0.3, 0.6), (0.1, 0.9)
    nothing = np.zeros((2, 28, 28), np.uint8)
    return Evidence(nothing[0], (Box(120, 0, 20, 20), Box(161, 0, 20, 20)), nothing, probabilities)


def test_each_mistake_is_told_once_with_its_reason() -> None:
    """A wrong label at a digit is no miss besides; of a miss the best candidate's answer is told."""
    there = (truth("1", 0), truth("2", 40), truth("4", 120), truth("5", 160), truth("6", 200))
    read = [digit("1", 0), digit("3", 40, 0.8), digit("7", 80, 0.95)]
    labelled = Labelled("some/where/page_7.png", "photo", "us", there)
    found = find_mistakes(FRAME, labelled, judge(read, there), evidence())
    assert [(m.kind, m.text, m.name) for m in found] == [
        ("misread", "2 > 3 0.80", "page_7"),
        ("missed", "4: 9 0.60", "page_7"),
        ("missed", "5: no digit 0.90", "page_7"),
        ("missed", "6: no candidate", "page_7"),
        ("false", "7 0.95", "page_7"),
    ]
    blind = find_mistakes(FRAME, labelled, judge([], there), None)
    assert [m.text for m in blind][0] == "1: not read" and len(blind) == 5


def test_labels_on_print_are_a_kind_of_their_own() -> None:
    """On a picture without digits that shows letters a label is another matter than on a curtain."""
    for lettered, kind in ((True, "print"), (False, "false")):
        labelled = Labelled("n.png", "negative", "us", lettered=lettered)
        assert [m.kind for m in find_mistakes(FRAME, labelled, judge([digit("1", 0)], ()), None)] == [kind]


def test_the_surroundings_are_shown_and_grey_beyond_the_picture() -> None:
    """A small box is enlarged, a large one reduced; both in the middle of a square."""
    for box_side, height in ((20, 30), (400, 600)):
        frame = Frame(np.full((height, height, 3), BLUE, np.uint8))
        labelled = Labelled("n.png", "photo", "us")
        read = digit("1", 0, side=box_side)
        picture = find_mistakes(frame, labelled, judge([read], ()), None)[0].picture
        assert picture.shape == (SIDE, SIDE, 3)
        assert tuple(picture[SIDE // 2, SIDE // 2]) == BLUE
        assert tuple(picture[3, 3]) == (160, 160, 160)


def test_sheets_hold_all_of_a_kind_up_to_a_limit(tmp_path: Path) -> None:
    """The surest first, numbered where one sheet does not hold them, and no more sheets than the limit."""
    cell = np.zeros((SIDE, SIDE, 3), np.uint8)
    few = [Mistake("misread", cell + shade, "2 > 3", "a", shade / 255) for shade in (40, 240, 90)]
    many = [Mistake("false", cell, f"1 {i}", "a rather long name", 0.5) for i in range(700)]
    written = write_sheets([*many, *few], tmp_path, "photos")
    assert [file for file, _ in written] == [
        "photos/errors_misread.jpg",
        *(f"photos/errors_false_{number}.jpg" for number in range(1, MOST_SHEETS + 1)),
    ]
    assert written[0][1].endswith("1 to 3 of 3") and written[-1][1].endswith("361 to 480 of 700")
    sheet = cv2.imread(str(tmp_path / written[0][0]))
    shades = [int(sheet[60, 8 + 60 + place * (SIDE + 8), 0]) for place in range(3)]
    assert np.allclose(shades, [240, 90, 40], atol=4)
    assert all(cv2.imread(str(tmp_path / file)) is not None for file, _ in written)
    assert write_sheets([], tmp_path / "none", "pages") == [] and not (tmp_path / "none").exists()
