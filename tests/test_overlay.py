"""Overlay and views: legible anywhere, right at any size, boxes untouched."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitcam.overlay import draw_reading
from digitcam.sureness import COLOURS, colour_of
from digitcam.types import Box, Evidence, Frame, Number, Reading, Sign
from digitcam.views import LEAST_WIDTH, MOST_WIDTH, arranged, crops_view, fit, ink_view, mirrored, render
from tests.samples import make_digit, make_reading

SIZES = [(1, 1), (3, 2), (2, 900), (320, 240), (1280, 720), (4000, 3000)]


def page(size: tuple[int, int], shade: int = 128) -> Frame:
    return Frame(np.full((size[1], size[0], 3), shade, np.uint8), source="page.png")


def lightness(colour: np.ndarray) -> float:
    """CIE L*, 0 to 100."""
    pixel = np.asarray(colour, np.uint8).reshape(1, 1, 3)
    return float(cv2.cvtColor(pixel, cv2.COLOR_BGR2LAB)[0, 0, 0]) / 2.55


def test_frame_is_left_alone() -> None:
    """The frame that is drawn over stays as it was delivered."""
    frame = page((320, 240))
    draw_reading(frame.image, make_reading(frame))
    assert (frame.image == 128).all()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", ["result", "ink", "crops"])
def test_every_view_at_every_size(size: tuple[int, int], view: str) -> None:
    """Each view of a frame of any size is a picture of that shape, brought to a width for a screen."""
    frame = page(size)
    picture = render(view, *arranged(view, frame.image, make_reading(frame), mirror=True))
    assert picture.dtype == np.uint8 and picture.shape[2] == 3
    assert max(picture.shape[:2]) <= MOST_WIDTH
    if 2 * size[0] > size[1]:
        assert picture.shape[1] >= min(LEAST_WIDTH, MOST_WIDTH * size[0] // size[1])


@pytest.mark.parametrize("confidence", [1.0, 0.9, 0.5])
@pytest.mark.parametrize("paper", ["black", "grey", "white", "noise", "stripes"])
def test_labels_stand_out_on_any_paper(paper: str, confidence: float) -> None:
    """The label of every colour is ringed by a rim that it stands out from, whatever lies below."""
    frame = page((640, 480), {"black": 0, "white": 255}.get(paper, 128))
    if paper == "noise":
        frame.image[:] = np.random.default_rng(3).integers(0, 256, frame.image.shape)
    elif paper == "stripes":
        frame.image[:, ::4] = frame.image[:, 1::4] = 255
    digit = make_digit(Box(300, 200, 60, 90), "8", confidence)
    drawn = draw_reading(frame.image, Reading("", 0, 0.0, frame.size, (digit,)))[150:198, 300:360]
    letters = (drawn == colour_of(confidence)).all(axis=2).astype(np.uint8)
    assert letters.sum() > 60, "the label is there in its colour"
    around = cv2.dilate(letters, np.ones((9, 9), np.uint8)) - cv2.dilate(letters, np.ones((3, 3), np.uint8))
    rim = drawn[around > 0].astype(float).mean(axis=1)
    assert contrast(colour_of(confidence), (np.percentile(rim, 50),) * 3) >= 3.0


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """The contrast ratio of two colours by WCAG 2.2, 1 to 21."""

    def luminance(colour: tuple[float, ...]) -> float:
        linear = [(c / 255 / 12.92) if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.0722 * linear[0] + 0.7152 * linear[1] + 0.2126 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("factor", [0.5, 2])
def test_labels_grow_with_the_picture(factor: float) -> None:
    """At half and double the size the drawing covers about the same part of the picture."""

    def part(size: tuple[int, int]) -> float:
        frame = page(size)
        return float((draw_reading(frame.image, make_reading(frame)) != 128).any(axis=2).mean())

    assert part((round(1600 * factor), round(1200 * factor))) == pytest.approx(part((1600, 1200)), rel=0.4)


def test_label_stays_inside_the_frame() -> None:
    """A digit at the very top has its label inside the frame, where it can be seen."""
    frame = page((320, 240))
    box = Box(150, 0, 30, 60)
    reading = Reading("page.png", 0, 0.0, frame.size, (make_digit(box, "7"),))
    changed = (draw_reading(frame.image, reading) != 128).any(axis=2)
    assert changed[8:40, 155:175].any()


def test_number_is_joined_and_written_out() -> None:
    """A number of several digits has a bar below its digits and its text; a lone digit has neither."""
    frame = page((640, 480))
    reading = make_reading(frame)
    with_number = draw_reading(frame.image, reading)
    without = draw_reading(frame.image, Reading(reading.source, 0, 0.0, reading.size, reading.digits))
    rows, columns = np.nonzero((with_number != without).any(axis=2))
    box = reading.numbers[0].box
    assert rows.min() > box.y + 0.8 * box.height and columns.min() <= box.x + 3 and columns.max() > box.right


def test_ink_is_not_painted_over() -> None:
    """The outline of a digit runs outside its box: a digit with space around it is left as it is."""
    for size in ((320, 240), (1280, 720), (3840, 2160)):
        frame = page(size)
        side = size[1] // 10
        box = Box(size[0] // 2, size[1] // 2, side, side)
        drawn = draw_reading(frame.image, Reading("", 0, 0.0, frame.size, (make_digit(box, "5"),)))
        assert (drawn[box.y : box.bottom, box.x : box.right] == 128).all()
        assert (drawn[box.y - 8 : box.bottom + 8, box.x - 8 : box.right + 8] != 128).any()


@pytest.mark.parametrize("count", [0, 1, 400])
@pytest.mark.parametrize("size", [(16, 16), (640, 480), (120, 900)])
def test_any_number_of_digits(count: int, size: tuple[int, int]) -> None:
    """No digit, one, or four hundred that lie over each other and over the frame's borders are drawn."""
    rng = np.random.default_rng(count)
    frame = page(size)
    digits = tuple(
        make_digit(Box(*rng.integers(-5, size[0], 2).tolist(), *rng.integers(1, 40, 2).tolist()), "3")
        for _ in range(count)
    )
    numbers = tuple(
        Number("-3.3,3:3", Box.around(d.box for d in digits[i : i + 4]), (i, i + 1, i + 2, i + 3))
        for i in range(0, count - 3, 4)
    )
    drawn = draw_reading(frame.image, Reading("", 0, 0.0, frame.size, digits, numbers))
    assert drawn.shape == frame.image.shape and (drawn != 128).any() == (count > 0)


def test_sign_makes_a_number_of_one_digit() -> None:
    """A lone digit needs no second text; with a minus sign before it, the number is written out."""
    frame = page((640, 480))
    digit = make_digit(Box(300, 200, 40, 60), "5")

    def drawn(text: str, box: Box) -> np.ndarray:
        reading = Reading("", 0, 0.0, frame.size, (digit,), (Number(text, box, (0,)),))
        return draw_reading(frame.image, reading)

    bare = draw_reading(frame.image, Reading("", 0, 0.0, frame.size, (digit,)))
    assert np.array_equal(drawn("5", digit.box), bare)
    _, columns = np.nonzero((drawn("-5", Box(260, 200, 80, 60)) != bare).any(axis=2))
    assert columns.min() < 264 and columns.max() > 350, "joined from the sign on, with its text at the end"


def test_palette_is_told_apart_by_lightness_too() -> None:
    """Doubtful digits differ from sure ones without colour vision: by lightness."""
    assert [colour_of(c) for c in (1.0, 0.95, 0.94, 0.8, 0.5, 0.0)] == [
        *(COLOURS[0][1], COLOURS[0][1], COLOURS[1][1], COLOURS[1][1], COLOURS[2][1], COLOURS[2][1])
    ]
    shades = [lightness(np.array(colour)) for _, colour in COLOURS]
    assert min(abs(a - b) for i, a in enumerate(shades) for b in shades[:i]) > 12


def test_mirror_is_its_own_inverse() -> None:
    """Mirroring twice gives picture and boxes back; once, the boxes follow what they hold."""
    frame = page((320, 240))
    reading = replace(make_reading(frame), signs=(Sign(Box(40, 60, 10, 4), "-"),))
    box = reading.digits[0].box
    frame.image[box.y : box.bottom, box.x : box.right] = 7
    image, once = mirrored(frame.image, reading)
    there = once.digits[0].box
    assert (image[there.y : there.bottom, there.x : there.right] == 7).all()
    image, twice = mirrored(image, once)
    assert twice.signs == reading.signs and once.signs[0].box == Box(320 - 50, 60, 10, 4)
    assert np.array_equal(image, frame.image) and twice.digits == reading.digits


def test_thumbnails_are_enlarged_with_their_boxes() -> None:
    """A small frame is enlarged for the screen, and the boxes with it."""
    frame = page((160, 120))
    image, reading = fit(frame.image, make_reading(frame))
    assert image.shape == (720, 960, 3)
    assert reading.digits[0].box == Box(120, 180, 180, 180)


def test_ink_is_shown_where_it_is() -> None:
    """The ink view is light where the ink map has ink, at the frame's scale."""
    frame = page((320, 240))
    reading = make_reading(frame)
    ink = np.zeros((120, 160), np.uint8)
    ink[80:100, 100:140] = 255
    evidence = Evidence(ink, (), np.zeros((0, 28, 28), np.uint8), np.zeros((0, 11), np.float32))
    view = ink_view(frame.image, Reading("", 0, 0.0, frame.size, (), evidence=evidence))
    assert view[180, 240].mean() > view[20, 20].mean() + 40
    assert ink_view(frame.image, Reading("", 0, 0.0, frame.size, reading.digits)).shape == frame.image.shape


@pytest.mark.parametrize("count", [0, 1, 5, 60, 3000])
def test_sheet_of_any_number_of_crops(count: int) -> None:
    """The sheet has the size of the frame for any number of crops, the surest first."""
    crops = np.zeros((count, 28, 28), np.uint8)
    probabilities = np.full((count, 11), 0.01, np.float32)
    if count:
        crops[-1] = 255
        probabilities[-1, 7] = 0.9
    boxes = tuple(Box(0, 0, 5, 5) for _ in range(count))
    sheet = crops_view((640, 480), Evidence(np.zeros((4, 4), np.uint8), boxes, crops, probabilities))
    assert sheet.shape == (480, 640, 3)
    if count:
        assert (sheet == 255).all(axis=2)[:90, :60].any(), "the surest crop stands at the top left"


def test_sheet_says_what_it_leaves_out() -> None:
    """With more crops than can be read on the sheet, the top says how many are shown."""

    def top(count: int) -> np.ndarray:
        evidence = Evidence(
            np.zeros((4, 4), np.uint8),
            tuple(Box(0, 0, 5, 5) for _ in range(count)),
            np.zeros((count, 28, 28), np.uint8),
            np.full((count, 11), 0.05, np.float32),
        )
        return crops_view((640, 480), evidence)[:50]

    assert (top(50) == 40).all() and (top(3000) != 40).any()
