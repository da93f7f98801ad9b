"""Generated pages: legible hands, true boxes, every kind, any size, and the same again from the same seed."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitcam.pages import KINDS, ImageGlyphs, PenGlyphs, StrokeGlyphs, make_page, make_scene
from digitcam.pages.camera import Lens, boxes_of, covering, expose, motion_kernel, project, sensor_noise, view
from digitcam.pages.glyphs import Glyph
from digitcam.pages.inking import Pen, render
from digitcam.pages.kinds import make_recipe
from digitcam.pages.light import ONE, Light, gain_map
from digitcam.pages.page import make_subject
from digitcam.pages.paper import Paper
from digitcam.pages.pen import make_style, spline, write_digit, write_distractor
from digitcam.pages.rulings import ruled_paper, squared_paper
from digitcam.pages.scene import SCENES
from digitcam.pages.shapes import DIGITS, LETTERS, parse
from digitcam.types import LABELS, Box

SIZE = (640, 360)


def fresh(*seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def in_frame(points: np.ndarray) -> bool:
    return bool(((points >= 0) & (points <= np.array(SIZE))).all())


# The pen


@pytest.mark.parametrize("label", LABELS)
def test_a_digit_is_written_in_strokes_of_unit_height(label: str) -> None:
    """Whoever writes it: the path's box begins at the origin and is one high."""
    for seed in range(30):
        strokes = write_digit(label, fresh(seed), make_style(fresh(seed, 1)))
        points = np.concatenate(strokes)
        assert all(s.dtype == np.float32 and s.shape[1] == 2 and len(s) >= 2 for s in strokes)
        assert np.allclose(points.min(axis=0), 0, atol=1e-5)
        assert points[:, 1].max() == pytest.approx(1, abs=1e-5)
        assert 0 < points[:, 0].max() < 3


def test_every_digit_has_the_shapes_that_people_write() -> None:
    """Barred and plain 7, slashed and plain 0, footed and plain 1, 4 and 5 in one stroke and in two."""
    strokes = {label: {len(parse(shape)) for _, shape in shapes} for label, shapes in DIGITS.items()}
    assert all(strokes[label] >= {1, 2} for label in "014578")
    assert all(len(shapes) >= 5 for shapes in DIGITS.values())


def test_a_writer_keeps_to_a_habit_and_never_repeats_a_stroke_exactly() -> None:
    """Without whims the same shape comes every time, a little different each time."""
    style = replace(make_style(fresh(3)), whim=0.0)
    first, second = (write_digit("4", fresh(seed), style) for seed in (1, 2))
    assert [len(s) for s in first] == [len(s) for s in second]
    assert not np.allclose(first[0], second[0])
    assert np.abs(first[0] - second[0]).max() < 0.4


def test_writers_differ_in_their_shapes() -> None:
    """Among forty writers several ways to write a 7 are met."""
    found = {len(np.concatenate(write_digit("7", fresh(s), make_style(fresh(s))))) for s in range(40)}
    assert len(found) >= 3


def test_no_distractor_looks_like_a_digit() -> None:
    """Letters that cannot be told from digits are not written as negatives."""
    assert not set("oOiIlzZsSgqb") & set(LETTERS)
    strokes = write_distractor(fresh(1), make_style(fresh(1)))
    assert all(np.isfinite(stroke).all() for stroke in strokes)


def test_the_path_runs_through_its_control_points() -> None:
    """A spline is no approximation: corner or not, the pen passes every point."""
    points = np.array([[0, 0], [1, 0], [1, 1], [3, 1.0]])
    path = spline(points, np.array([False, True, False, False]), steps=5)
    assert path.shape == (16, 2)
    assert np.allclose(path[::5], points)


# From strokes to ink


@pytest.mark.parametrize("height", [16.0, 60.0, 240.0])
def test_ink_is_as_high_as_asked_and_as_thick_as_the_pen(height: float) -> None:
    """Stroke width belongs to the pen, not to the height of the digit."""
    pen = Pen(width=4.0, pressure=0.0, opacity=1.0, soft=0.0)
    stroke = np.array([[0, 0], [0, 1]], np.float32)
    ink = render(Glyph(strokes=(stroke,)), height, pen, fresh(0))
    assert ink.size[1] == pytest.approx(height, abs=1.5)
    assert ink.size[0] == pytest.approx(4, abs=1)
    across = ink.alpha[ink.corner[1] + ink.size[1] // 2].astype(float).sum() / 255
    assert across == pytest.approx(4, abs=0.8)


def test_a_glyph_has_either_strokes_or_an_image() -> None:
    """Neither, or both, is a mistake that is told at once."""
    with pytest.raises(ValueError, match="either strokes or an image"):
        Glyph()


def ring() -> np.ndarray:
    image = np.zeros((28, 28), np.uint8)
    cv2.circle(image, (14, 14), 9, 255, 2)
    return image


def test_images_and_pen_paths_from_elsewhere_come_at_the_height_asked_for() -> None:
    """A collection's digits are cropped to their ink and scaled like the project's own."""
    path = [np.array([[5, 40], [5, 90]], float), np.array([[0, 90], [30, 90]], float)]
    sources = ImageGlyphs(ring()[None], [0]), StrokeGlyphs([path], np.array([1]))
    for source, label in zip(sources, "01", strict=True):
        glyph = source.glyph(label, fresh(0), make_style(fresh(0)))
        ink = render(glyph, 50, Pen(width=3), fresh(0))
        assert ink.size[1] == pytest.approx(50, abs=3)
    assert ink.size[0] == pytest.approx(50 * 30 / 50, abs=3)


def test_the_hull_holds_the_ink_and_touches_its_box() -> None:
    """What is mapped to the frame later is exactly the ink's outline."""
    ink = render(Glyph(image=ring()), 40, Pen(width=3), fresh(0))
    low, high = ink.hull.min(axis=0), ink.hull.max(axis=0)
    assert np.allclose(low, 0.5, atol=0.51) and np.allclose(high, ink.size, atol=0.51)


# Pages


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_page_knows_its_digits(kind: str) -> None:
    """Boxes inside the picture, labels 0 to 9, and the numbers spell the digits in reading order."""
    page = make_page(kind, fresh(7), SIZE)
    assert page.kind == kind and page.truth
    assert page.image.shape == (360, 640, 3) and page.image.dtype == np.uint8
    assert "".join(page.numbers) == "".join(t.label for t in page.truth)
    frame = Box(0, 0, *SIZE)
    assert all(t.box.overlap(frame) == t.box.area for t in page.truth)
    assert all(t.box.height >= 6 for t in page.truth)


def test_the_same_seed_gives_the_same_page() -> None:
    """Pages can be named by a number."""
    first, second, other = (make_page("ruled", fresh(seed), SIZE) for seed in (5, 5, 6))
    assert np.array_equal(first.image, second.image)
    assert first.truth == second.truth and first.numbers == second.numbers
    assert not np.array_equal(first.image, other.image)


def test_an_unknown_kind_is_refused_with_those_there_are() -> None:
    """The message lists the kinds."""
    with pytest.raises(ValueError, match="no page of kind 'papyrus'; the kinds are plain, shadow"):
        make_page("papyrus", fresh(0))


@pytest.mark.parametrize("size", [(160, 120), (360, 640), (641, 483), (1920, 1080)])
def test_pages_and_scenes_come_in_any_size(size: tuple[int, int]) -> None:
    """Small, upright, odd and large pictures: all of the size asked for, pages with digits."""
    for kind in ("plain", "tilt", "note", "tiny"):
        page = make_page(kind, fresh(3), size)
        assert page.image.shape == (size[1], size[0], 3) and page.truth
    assert make_scene(fresh(3), size).shape == (size[1], size[0], 3)


@pytest.mark.parametrize("kind", ["plain", "tilt", "note", "huge"])
@pytest.mark.parametrize("seed", range(3))
def test_boxes_are_tight_around_the_ink_that_the_camera_sees(kind: str, seed: int) -> None:
    """Black ink on white paper, photographed askew: thresholded, every box is right within 2 pixels."""
    recipe = make_recipe(kind, fresh(seed), SIZE)
    pen = replace(recipe.hand.pen, opacity=1.0, dry=0.0, grain=0.0, width=max(2.0, recipe.hand.pen.width))
    recipe = replace(
        recipe,
        paper=lambda extent, rng: Paper(np.full((extent[1], extent[0], 3), 255, np.uint8), (0.0, 0.0, 0.0)),
        hand=replace(recipe.hand, pen=pen, gap=0.6, touching=0.0, chatter=0.0, leading=2 * recipe.height),
        cover=None,
    )
    subject = make_subject(recipe, SIZE, fresh(seed), in_frame)
    dark = (subject.image[:, :, 1] < 128).astype(np.uint8)
    boxes = [box for box in boxes_of(np.eye(3), subject.hulls, SIZE) if box is not None]
    inside = [b for b in boxes if b.x > 3 and b.y > 3 and b.right < SIZE[0] - 3 and b.bottom < SIZE[1] - 3]
    assert inside
    for box in inside:
        around = slice(box.y - 3, box.bottom + 3), slice(box.x - 3, box.right + 3)
        x, y, width, height = cv2.boundingRect(dark[around])
        found = np.array([x - 3, y - 3, x - 3 + width - box.width, y - 3 + height - box.height])
        assert np.abs(found).max() <= 2, (box, found)


def test_touching_digits_touch() -> None:
    """On such a page the ink of several digits hangs together."""
    recipe = make_recipe("touching", fresh(2), SIZE)
    recipe = replace(
        recipe,
        paper=lambda extent, rng: Paper(np.full((extent[1], extent[0], 3), 255, np.uint8), (0.0, 0.0, 0.0)),
        hand=replace(
            recipe.hand, touching=1.0, chatter=0.0, pen=replace(recipe.hand.pen, width=3.0, dry=0.0)
        ),
        cover=None,
    )
    subject = make_subject(recipe, SIZE, fresh(2), in_frame, PenGlyphs())
    dark = (subject.image[:, :, 1] < 128).astype(np.uint8)
    pieces = cv2.connectedComponents(dark)[0] - 1
    assert pieces < 0.75 * len(subject.labels)


def test_digits_of_a_collection_can_be_put_on_any_page() -> None:
    """With images of one digit alone as the source, what the page says it holds is drawn from them."""
    source = ImageGlyphs(np.stack([ring()] * 10), np.arange(10))
    page = make_page("squared", fresh(4), SIZE, source)
    widths = [t.box.width / t.box.height for t in page.truth]
    assert np.median(widths) == pytest.approx(1.0, abs=0.15)


# Paper, light, camera, scenes


def test_ruled_and_squared_paper_say_where_their_lines_are() -> None:
    """Where a line is announced the paper is darker than half a pitch further on."""
    for paper in (ruled_paper((400, 300), 20, 4, fresh(1)), squared_paper((400, 300), 20, 4, fresh(1))):
        assert paper.pitch is not None
        rows = paper.image[:, :, 1].mean(axis=1)
        lines = np.arange(paper.first, 298, paper.pitch)
        between = (lines + paper.pitch / 2)[lines + paper.pitch / 2 < 298]
        assert rows[lines.astype(int)].mean() < rows[between.astype(int)].mean() - 1


def test_light_without_faults_changes_nothing_and_a_shadow_darkens() -> None:
    """The gain map is one everywhere, and below one in the umbra."""
    even = gain_map((64, 48), Light(), fresh(0))
    assert even.shape == (48, 64, 3) and (even == ONE).all()
    shadowed = gain_map((64, 48), Light(shadow=0.6, penumbra=0.01), fresh(0))
    assert shadowed.min() < 0.5 * ONE and shadowed.max() <= ONE


def test_the_camera_maps_its_centre_and_covers_the_frame() -> None:
    """The plane's origin lands where it is told, and the least sheet leaves no corner empty."""
    matrix = view(0.3, 0.1, -0.1, 1.2, (320, 180), 360)
    assert np.allclose(project(matrix, np.zeros((1, 2))), [[320, 180]])
    own, extent = covering(matrix, SIZE)
    seen = cv2.warpPerspective(np.full((extent[1], extent[0]), 255, np.uint8), own, SIZE)
    assert (seen == 255).all()


def test_ink_that_is_mostly_out_of_the_frame_has_no_box() -> None:
    """Less than half inside is not asked for; the rest is cut at the edge."""
    hull = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], float)
    out, cut = boxes_of(np.eye(3), [hull - [7, 0], hull - [3, 0]], (50, 50))
    assert out is None and cut == Box(0, 0, 7, 10)
    assert boxes_of(np.eye(3), [], (50, 50)) == []


def test_the_sensor_adds_the_noise_it_is_told_to() -> None:
    """Its spread is the one asked for, its mean is zero; a smear keeps brightness."""
    for coarse in (False, True):
        grains = sensor_noise((700, 600), 8.0, coarse, fresh(0)).astype(float)
        assert grains.std() == pytest.approx(8, rel=0.1) and abs(grains.mean()) < 0.3
    assert motion_kernel(9.0, 0.4).sum() == pytest.approx(1.0)
    grey = np.full((40, 50, 3), 120, np.uint8)
    assert np.array_equal(expose(grey, Lens(), fresh(0)), grey)
    assert expose(grey, Lens(defocus=1, motion=5, noise=3, jpeg=60), fresh(0)).shape == grey.shape


@pytest.mark.parametrize("maker", list(SCENES))
def test_every_scene_can_be_drawn_again(maker) -> None:  # noqa: ANN001
    """Each kind of picture without digits has the size asked for and depends on its seed alone."""
    first, second, other = (maker((320, 240), fresh(seed)) for seed in (1, 1, 2))
    assert first.shape == (240, 320, 3) and first.dtype == np.uint8
    assert np.array_equal(first, second) and not np.array_equal(first, other)
