"""The view of layers: Keras is loaded beside the window; a digit is followed, a map chosen and enlarged."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.inside.evidence import NowAndThen
from digitcam.inside.layout import Place
from digitcam.inside.look import Inside
from digitcam.inside.subject import Picked, subject_of
from digitcam.inside.view import LayersView
from digitcam.types import Box, Digit, Evidence, Frame, Reading
from digitcam.views import LAYERS
from digitcam.weights_dir import find_weights
from digitcam.window import NO_LAYERS, Window
from tests.drawings import paper, ring
from tests.samples import make_reading
from tests.test_window import Clock, ScriptedGui

SIZE = (1280, 720)


def nought(width: int) -> np.ndarray:
    crop = paper(28, 28, 0)
    ring(crop, 14, 14, 6, width, 255)
    return crop[..., 0]


def digit(box: Box, width: int = 3) -> Digit:
    return Digit(box, "0", 0.9, (0.9, *[0.0] * 9), None, nought(width))


SMALL, LARGE = digit(Box(100, 100, 40, 60), 2), digit(Box(700, 300, 80, 120), 4)


def evidence(*digits: Digit) -> Evidence:
    """That these digits were read, and nothing else was a candidate."""
    ink = np.zeros((SIZE[1] // 2, SIZE[0] // 2), np.uint8)
    boxes = tuple(digit.box for digit in digits)
    crops = np.array([digit.crop for digit in digits], np.uint8).reshape(-1, 28, 28)
    names = (*"0123456789", "not a digit")
    chosen = tuple(range(len(digits)))
    return Evidence(ink, boxes, crops, np.zeros((len(digits), 11), np.float32), names, None, chosen)


def reading(*digits: Digit) -> Reading:
    """With evidence of nothing at all."""
    return Reading("", 0, 0.0, SIZE, digits, evidence=evidence())


@pytest.fixture(scope="module")
def inside() -> Inside:
    return Inside(find_weights() / "digits.keras")


@pytest.fixture
def view(inside: Inside) -> LayersView:
    view = LayersView(lambda: inside)
    view.picture(paper(*SIZE), reading())
    view.close()
    return view


def test_the_window_goes_on_while_keras_is_loaded(inside: Inside) -> None:
    """What is shown meanwhile says so, and is to be drawn anew once it is there; it is opened once."""
    gate, calls = threading.Event(), []

    def slow() -> Inside:
        calls.append(1)
        gate.wait(20)
        return inside

    view = LayersView(slow)
    assert not view.stale and not calls, "nothing is loaded before it is looked at"
    image = paper(*SIZE)
    waiting = view.picture(image, reading(LARGE))
    again = view.picture(image, reading(LARGE))
    assert np.array_equal(waiting, again) and not view.stale and waiting[0, 0, 0] < image[0, 0, 0]
    gate.set()
    view.close()
    assert view.stale
    shown = view.picture(image, reading(LARGE))
    assert not view.stale and not np.array_equal(shown, waiting) and calls == [1]


def test_what_cannot_be_opened_is_told_in_its_place() -> None:
    """The sentence of the fault stands in the picture, and the window lives on."""

    def refuse() -> Inside:
        raise UserError("mine.keras is no network of crops")

    view = LayersView(refuse)
    view.picture(paper(*SIZE), reading(LARGE))
    view.close()
    told = view.picture(paper(*SIZE), reading(LARGE))
    assert told.shape == (720, 1280, 3) and told.max() > 200


def test_the_largest_digit_is_looked_at_until_another_is_picked(view: LayersView) -> None:
    """By a click on the small frame; it is followed where it goes, and its crop is what is shown."""
    image = paper(*SIZE)
    view.picture(image, reading(SMALL, LARGE))
    assert view._look is not None and np.array_equal(view._look.shown, LARGE.crop)
    layout = view._layout
    assert layout is not None
    frame = layout.frame
    unit = min(frame.width / SIZE[0], frame.height / SIZE[1])
    left = frame.x + (frame.width - unit * SIZE[0]) / 2
    top = frame.y + (frame.height - unit * SIZE[1]) / 2
    assert view.click(round(left + unit * 120), round(top + unit * 130))
    assert not view.click(5, 700), "there is no digit"
    view.picture(image, reading(SMALL, LARGE))
    assert np.array_equal(view._look.shown, SMALL.crop)
    moved = digit(Box(140, 120, 40, 60), 2)
    view.picture(image, reading(LARGE, moved))
    assert view._picked == Picked(moved.box)
    assert view.picture(image, reading()).shape == image.shape and view._look is None


def test_pointer_and_arrows_choose_a_map(view: LayersView) -> None:
    """The pointer takes the map below it; the arrows go on from there, through rows and stages."""
    image = paper(*SIZE)
    first = view.picture(image, reading(LARGE))
    assert view._layout is not None
    cell = view._layout.cell(Place(2, 7))
    assert view.hover(cell.x + 3, cell.y + 3) and view._place == Place(2, 7)
    assert not view.hover(cell.x + 4, cell.y + 3) and not view.hover(2, 2)
    assert not np.array_equal(view.picture(image, reading(LARGE)), first)
    columns = view._layout.grids[2].columns
    for key, place in (
        ("right", Place(2, 8)),
        ("down", Place(2, 8 + columns)),
        ("up", Place(2, 8)),
        ("left", Place(2, 7)),
    ):
        assert view.press(key) and view._place == place
    view._place = Place(0, 15)
    assert view.press("right") and view._place == Place(1, 0)
    assert view.press("left") and view._place == Place(0, 15)
    assert view.press("down") and view._place == Place(0, 15), "there is no row below"
    assert not view.press("x")


class Gui(ScriptedGui):
    """With a mouse."""


for name in dir(cv2):
    if name.startswith("EVENT_"):
        setattr(Gui, name, getattr(cv2, name))


def test_of_a_film_evidence_is_asked_for_now_and_then() -> None:
    """Twice a second, of pictures always, and anew where time runs back; it is carried on meanwhile."""
    film = NowAndThen()
    frames = [Frame(paper(9, 9), time=k / 30, still=False) for k in range(31)]
    assert [k for k, frame in enumerate(frames) if film.wants(frame)] == [0, 15, 30]
    assert film.wants(frames[3]) and not film.wants(frames[4])
    assert film.wants(Frame(paper(9, 9)))
    bare = replace(reading(LARGE), evidence=None)
    assert film.carry(bare) is bare, "nothing is known yet"
    known = reading(LARGE)
    assert film.carry(known).evidence is known.evidence
    assert film.carry(bare).evidence is known.evidence and film.carry(bare).digits == bare.digits


def test_why_a_digit_was_read_is_known_of_the_frames_between(view: LayersView) -> None:
    """From the evidence of an earlier frame, where the digit has not gone far; its ink is where it was."""
    known = evidence(LARGE)
    before = subject_of(replace(reading(LARGE), evidence=known), None, paper(*SIZE))
    assert before is not None and before.candidate == 0 and before.known_at == LARGE.box
    moved = digit(Box(LARGE.box.x + 6, *LARGE.box.as_list()[1:]), 5)
    between = subject_of(replace(reading(moved), evidence=known), None, paper(*SIZE))
    assert between is not None and between.box == moved.box
    assert between.candidate == 0 and between.known_at == LARGE.box
    gone = digit(Box(LARGE.box.x + 300, *LARGE.box.as_list()[1:]), 5)
    lost = subject_of(replace(reading(gone), evidence=known), None, paper(*SIZE))
    assert lost is not None and lost.candidate is None and lost.known_at == gone.box


class Scripted:
    """A view of layers that notes what the window tells it."""

    def __init__(self) -> None:
        self.stale = False
        self.told: list[Any] = []

    def wants(self, frame: Frame) -> bool:
        return frame.time != 7.0

    def picture(self, image: np.ndarray, reading: Reading, taken: np.ndarray | None = None) -> np.ndarray:
        self.told.append("drawn")
        return np.full_like(image, 33)

    def hover(self, x: int, y: int) -> bool:
        self.told.append(("hover", x, y))
        return True

    def click(self, x: int, y: int) -> bool:
        self.told.append(("click", x, y))
        return True

    def pick(self, digit: Digit) -> None:
        self.told.append(digit)

    def press(self, key: str) -> bool:
        self.told.append(key)
        return key == "left"

    def close(self) -> None:
        self.told.append("closed")


def window_of(keys: str, layers: Scripted | None, **options: Any) -> tuple[Window, ScriptedGui]:
    clock = Clock()
    gui = Gui(clock, keys)
    return Window(gui, clock=clock, layers=layers, **options), gui


def test_the_window_turns_to_the_layers() -> None:
    """After the other views, with v; pointer, clicks and other keys are the view's; it is closed with it."""
    layers = Scripted()
    window, gui = window_of("vvv", layers)
    frame = Frame(paper(*SIZE))
    window.show(frame, make_reading(frame), ("9 frames/s", "the score"), 0.3)
    assert window.view == LAYERS and layers.told == ["drawn"]
    assert (gui.shown[-1][5, 5] == 33).all()
    wanted = [window.looks_into(Frame(paper(9, 9), time=seconds, still=False)) for seconds in (6.0, 7.0)]
    assert wanted == [True, False], "the view says of which frames it needs evidence"
    for event in (cv2.EVENT_MOUSEMOVE, cv2.EVENT_LBUTTONDOWN):
        gui.mouse(event, 40, 50, 0, None)
    gui.keys.append(0xFF51)
    window.show(frame, make_reading(frame), (), 0.2)
    assert ("hover", 40, 50) in layers.told and ("click", 40, 50) in layers.told and "left" in layers.told
    window.close()
    assert layers.told[-1] == "closed"


def test_layers_are_drawn_anew_once_they_are_loaded() -> None:
    """Though no other frame comes."""
    layers = Scripted()
    window, gui = window_of("", layers, view=LAYERS)
    frame = Frame(paper(*SIZE))
    window.show(frame, make_reading(frame), (), 0.1)
    before = len(gui.shown)
    layers.stale = True
    window.hold("")
    assert len(gui.shown) == before + 1


def test_without_layers_the_window_says_so() -> None:
    """And goes on to the first view."""
    window, gui = window_of("vvv", None)
    frame = Frame(paper(*SIZE))
    window.show(frame, make_reading(frame), (), 0.3)
    assert window.view == "result" and window._message == NO_LAYERS


def test_no_keras_before_the_view_is_opened(tmp_path: Path) -> None:
    """A view that is not looked at opens nothing."""
    view = LayersView(lambda: pytest.fail("opened"))
    view.close()
    assert not view.hover(1, 1) and not view.click(1, 1) and view.press("left")
