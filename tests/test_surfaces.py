"""What is written on: boxes that are kept to, print that is kept clear of, ink that shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitcam.pages import make_page
from digitcam.pages.boards import canvas, chalkboard, whiteboard
from digitcam.pages.camera import Lens, boxes_of, expose
from digitcam.pages.kinds import make_recipe
from digitcam.pages.lettering import any_words
from digitcam.pages.page import make_subject
from digitcam.pages.paper import LUMA, NOTES, PALE, WHITE, Paper, pick_ink
from digitcam.pages.pen import make_style, write_shape, write_word
from digitcam.pages.rulings import form_paper, sudoku_paper, table_paper

SIZE = (640, 360)


def fresh(*seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def in_frame(points: np.ndarray) -> bool:
    return bool(((points >= 0) & (points <= np.array(SIZE))).all())


@pytest.mark.parametrize("maker", [sudoku_paper, form_paper, table_paper])
def test_boxes_for_writing_lie_on_the_sheet(maker: Callable[..., Paper]) -> None:
    """Every grid offers boxes, mostly inside the sheet, and dark lines run along their edges."""
    paper = maker(SIZE, 30, 3, fresh(1))
    assert len(paper.cells) >= 4
    for x, y, width, height in paper.cells:
        assert width > 0 and height > 0
        assert x >= -1 and x + width <= SIZE[0] + 1 and y >= -1 and y + height <= SIZE[1] + 1
    x, y, width, height = paper.cells[0]
    box = cv2.cvtColor(paper.image, cv2.COLOR_BGR2GRAY)[round(y) : round(y + height)]
    edge = box[:, max(0, round(x) - 3) : round(x) + 4].min(axis=1)
    assert np.median(edge) < np.median(box) - 20


def test_digits_stand_in_the_boxes_of_a_form() -> None:
    """With one digit a box, the middle of every digit lies in a box of its own."""
    recipe = make_recipe("boxed", fresh(1), SIZE)
    cells = tuple((40.0 + 60 * i, 40.0 + 80 * j, 50.0, 60.0) for i in range(6) for j in range(3))
    recipe = replace(
        recipe,
        paper=lambda extent, rng: Paper(
            np.full((extent[1], extent[0], 3), 255, np.uint8), (0.0, 0.0, 0.0), cells=cells
        ),
        hand=replace(recipe.hand, chatter=0.0),
        cover=None, angle=0.0, tip=0.0, pan=0.0,
    )  # fmt: skip
    subject = make_subject(recipe, SIZE, fresh(1), in_frame)
    boxes = [box for box in boxes_of(np.eye(3), subject.hulls, SIZE) if box is not None]
    assert len(boxes) >= 4
    # A sheet that fills the frame begins a pixel or so outside it.
    places = [
        next(i for i, (x, y, w, h) in enumerate(cells) if abs(cx - x - w / 2) < w and abs(cy - y - h / 2) < h)
        for cx, cy in (box.centre for box in boxes)
    ]
    assert len(set(places)) == len(places)


def test_nothing_is_written_over_print() -> None:
    """Where the sheet says that a place is taken, no digit stands."""
    recipe = make_recipe("plain", fresh(3), SIZE)
    recipe = replace(
        recipe,
        paper=lambda extent, rng: Paper(
            np.full((extent[1], extent[0], 3), 255, np.uint8), (0.0, 0.0, 0.0),
            taken=((0.0, 0.0, float(extent[0]), 0.5 * extent[1]),),
        ),
        cover=None, angle=0.0, tip=0.0, pan=0.0,
    )  # fmt: skip
    subject = make_subject(recipe, SIZE, fresh(3), in_frame)
    assert subject.hulls and min(hull[:, 1].min() for hull in subject.hulls) >= 0.5 * SIZE[1] - 2


def test_ink_can_be_seen_on_every_paper() -> None:
    """However pale the pen, a third of the grey levels lies between it and the sheet's colour."""
    for seed in range(300):
        ground = (*WHITE, *PALE, *NOTES)[seed % (len(WHITE) + len(PALE) + len(NOTES))]
        ink = pick_ink(ground, fresh(seed), bright=1.0)
        assert np.dot(LUMA, np.subtract(ground, ink)) > 55


@pytest.mark.parametrize("maker", [chalkboard, whiteboard, canvas])
def test_boards_and_screens_take_ink_that_contrasts(maker: Callable[..., Paper]) -> None:
    """Light on dark or dark on light: the ink differs from what it stands on."""
    for seed in range(12):
        paper = maker(SIZE, 40, fresh(seed))
        assert paper.image.shape == (360, 640, 3) and paper.image.dtype == np.uint8
        ground = np.median(paper.image.reshape(-1, 3), axis=0)
        assert np.abs(ground - np.array(paper.ink)).max() > 60


def test_a_drawing_on_screen_has_neither_light_nor_grain() -> None:
    """Most of such a picture is of exactly one colour unless a file format has gone over it."""
    shares = []
    for seed in range(6):
        image = make_page("screen", fresh(seed), SIZE).image
        colours, counts = np.unique(image.reshape(-1, 3), axis=0, return_counts=True)
        shares.append(counts.max() / counts.sum())
    assert np.median(shares) > 0.5


def test_print_holds_no_figures_and_look_alikes_inside_words_alone() -> None:
    """Letters that could be read as digits have letters on both sides."""
    words = any_words(400, fresh(1)).split()
    alike = set("oOiIlzZsSgqBDQ")
    assert not set("0123456789") & set("".join(words))
    assert alike & set("".join(words))
    assert not any(alike & {word[0], word[-1]} for word in words)


def test_joined_words_are_one_stroke_and_shapes_are_closed() -> None:
    """A word has the height of a digit and is longer than high; a shape ends where it began."""
    style = make_style(fresh(2))
    (word,) = write_word(fresh(2), style, 6)
    assert np.ptp(word[:, 1]) == pytest.approx(1, abs=1e-5) and np.ptp(word[:, 0]) > 1.5
    (shape,) = write_shape(fresh(2), style)
    assert np.abs(shape[0] - shape[-1]).max() < 0.2


def test_sharpening_leaves_halos_and_flat_places_alone() -> None:
    """Beside an edge the picture overshoots; where nothing changes, nothing changes."""
    image = np.full((120, 160, 3), 90, np.uint8)
    image[:, 80:] = 160
    sharp = expose(image, Lens(sharpen=1.0), fresh(0))
    assert sharp.min() < 90 and sharp.max() > 160
    assert (sharp[:, :70] == 90).all() and (sharp[:, 90:] == 160).all()
