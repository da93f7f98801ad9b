"""Overlay and views: legible anywhere, right at any size, boxes untouched."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitcam.overlay import COLOURS, colour_of, draw_panel, draw_reading, put_text, text_width
from digitcam.types import Box, Evidence, Frame, Reading, Sign
from digitcam.views import LEAST_WIDTH, MOST_WIDTH, crops_view, fit, ink_view, mirrored, render
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
    picture = render(view, frame.image, make_reading(frame), mirror=True)
    assert picture.dtype == np.uint8 and picture.shape[2] == 3
    assert max(picture.shape[:2]) <= MOST_WIDTH
    if 2 * size[0] > size[1]:
        assert picture.shape[1] >= min(LEAST_WIDTH, MOST_WIDTH * size[0] // size[1])


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_labels_stand_out_on_any_paper(shade: int) -> None:
    """On black, grey and white paper the label has pixels much lighter and much darker than each other."""
    frame = page((320, 240), shade)
    drawn = draw_reading(frame.image, make_reading(frame))
    changed = drawn[(drawn != shade).any(axis=2)]
    grey = changed.mean(axis=1)
    assert grey.max() - grey.min() > 100 and max(abs(grey - shade)) > 80


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


def test_labels_of_a_crowded_page_hide_no_neighbours() -> None:
    """On a large scan with small digits a label stays smaller than its digit."""
    frame = page((2400, 3400))
    box = Box(1000, 1000, 40, 50)
    reading = Reading("scan.png", 0, 0.0, frame.size, (make_digit(box, "7"),))
    rows, _ = np.nonzero((draw_reading(frame.image, reading) != 128).any(axis=2))
    assert rows.min() > box.y - box.height


def test_palette_is_told_apart_by_lightness_too() -> None:
    """Doubtful digits differ from sure ones without colour vision: by lightness."""
    assert [colour_of(c) for c in (1.0, 0.95, 0.94, 0.8, 0.5, 0.0)] == [
        *(COLOURS[0][1], COLOURS[0][1], COLOURS[1][1], COLOURS[1][1], COLOURS[2][1], COLOURS[2][1])
    ]
    shades = [lightness(np.array(colour)) for _, colour in COLOURS]
    assert min(abs(a - b) for i, a in enumerate(shades) for b in shades[:i]) > 12


def test_text_has_the_height_that_was_asked() -> None:
    """Text is as high as asked on every OpenCV, and as wide as it was measured."""
    for height in (10, 20, 60):
        canvas = np.full((200, 600, 3), 128, np.uint8)
        put_text(canvas, "0", (50, 150), height)
        rows, columns = np.nonzero((canvas > 200).all(axis=2))
        assert np.ptp(rows) + 1 == pytest.approx(height, rel=0.35)
        assert np.ptp(columns) + 1 <= text_width("0", height) + 2


def test_panels_fit_in_any_picture() -> None:
    """Panels are drawn in pictures that are far too small for them, without an error."""
    for width, height in SIZES:
        for place in ("top left", "bottom", "middle"):
            draw_panel(np.zeros((height, width, 3), np.uint8), ["a\tb", "some longer text"], place)


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
    assert image.shape == (480, 640, 3)
    assert reading.digits[0].box == Box(80, 120, 120, 120)


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
        assert (sheet == 255).all(axis=2)[:90, :40].any(), "the surest crop stands at the top left"
