"""A glance tells a page that moved from one on which something happened."""

import numpy as np
import pytest

from digitcam.bench.counted import make_counted_frame
from digitcam.bench.handheld import film_of
from digitcam.bench.steady import _with_another
from digitcam.glance import Glance
from digitcam.reader import Reader
from digitcam.types import Box, Frame

SIZES = [(640, 480), (1280, 720), (1920, 1080)]


def boxes_of(frame: Frame) -> np.ndarray:
    return np.array([true.box.as_list() for true in frame.truth or ()], float)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [1, 12])
def test_a_page_that_moved_is_followed(size: tuple[int, int], count: int) -> None:
    """In an unsteady hand, with a sensor's noise, boxes are taken to where the digits are."""
    page = make_counted_frame(count, size, np.random.default_rng(count), ruled=count > 1)
    frames = list(film_of(page, 10, np.random.default_rng(1)))
    glance = Glance(frames[0].image, boxes_of(frames[0]))
    for frame in frames[1:]:
        motion = glance.motion_to(frame.image)
        assert motion is not None
        assert abs(motion.move(boxes_of(frames[0])) - boxes_of(frame)).max() <= 2.5


@pytest.mark.parametrize("size", SIZES)
def test_whatever_happens_on_the_page_is_noticed(size: tuple[int, int]) -> None:
    """Another digit, a new thin stroke, a hand, a black frame, and another page are no mere motion."""
    page = make_counted_frame(12, size, np.random.default_rng(3))
    first, second = film_of(page, 2, np.random.default_rng(1))
    glance = Glance(first.image, boxes_of(first))
    assert glance.motion_to(second.image) is not None
    stroke, hand = second.image.copy(), second.image.copy()
    x, y = size[0] // 2, 4
    stroke[y : y + 24, x : x + 3] //= 2
    hand[size[1] // 2 :, : size[0] // 3] = (120, 150, 200)
    changed = _with_another(page, 2, 9)
    other = make_counted_frame(12, size, np.random.default_rng(4))
    for image in (stroke, hand, changed.image, other.image, np.zeros_like(hand), 255 - second.image):
        assert glance.motion_to(image) is None


def test_light_that_changes_a_little_is_no_event_and_much_is_one() -> None:
    """The camera's exposure creeps: five per cent are nothing; a lamp that is switched off is."""
    page = make_counted_frame(12, (640, 480), np.random.default_rng(3))
    glance = Glance(page.image, boxes_of(page))
    assert glance.motion_to((page.image * 0.95).astype(np.uint8)) is not None
    assert glance.motion_to((page.image * 0.5).astype(np.uint8)) is None


def test_a_calm_film_is_glanced_at_and_read_all_the_same_now_and_then() -> None:
    """Most frames of a steady page need no reading; a digit that is wiped out goes within half a second."""
    page = make_counted_frame(6, (640, 480), np.random.default_rng(6))
    reader, read = Reader(), []
    for frame in film_of(page, 60, np.random.default_rng(2), source="film"):
        reading = reader.read(frame)
        read.append(reading.ms["segment"] > 0)
        found = {digit.label: digit for digit in reading.digits}
        assert len(found) == len(reading.digits) == 6
        for true in frame.truth or ():
            assert found[true.label].box.iou(true.box) > 0.75 and found[true.label].crop is not None
    assert sum(read[30:]) <= 6
    assert all(any(read[n : n + 13]) for n in range(30, 48))
    assert page.truth is not None
    gone: Box = page.truth[2].box
    wiped = page.image.copy()
    wiped[gone.y - 3 : gone.bottom + 3, gone.x - 3 : gone.right + 3] = np.median(page.image, (0, 1))
    after = film_of(Frame(wiped, still=False), 16, np.random.default_rng(2), 60, "film")
    last = [reader.read(frame) for frame in after][-1]
    assert sorted(digit.label for digit in last.digits) == list("01345")
