"""Correcting on the whole way: chosen in the window, kept in the file, heeded from the next frame on."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from digitcam.commands import cam
from digitcam.commands.run import run as run_command
from digitcam.corrections.corrector import Corrector
from digitcam.corrections.hand import Hand
from digitcam.corrections.store import CorrectionFile
from digitcam.errors import UserError
from digitcam.loop import run_loop
from digitcam.networks import load_networks
from digitcam.pages import make_page
from digitcam.reader import Reader
from digitcam.sources.demo import DemoSource
from digitcam.twin import file_sha256
from digitcam.types import LABELS, Box, Digit, Frame, Reading
from digitcam.weights_dir import find_weights
from digitcam.window import CANNOT_CORRECT, Window
from tests.corrections_samples import NOT_A_DIGIT, make_crop
from tests.samples import ScriptedReader, ScriptedSource, frames, make_digit, make_reading, save_picture
from tests.test_window import Clock, ScriptedGui


class Told:
    """Takes corrections and remembers them."""

    def __init__(self, error: str = "") -> None:
        self.corrections: list[tuple[str, int]] = []
        self._error = error

    def __call__(self, frame: Frame, digit: Digit, label: int) -> str:
        if self._error:
            raise UserError(self._error)
        self.corrections.append((digit.label, label))
        return "learnt"


class Clicking(ScriptedGui):
    """Clicks at a place of the picture after so many waits, as the user's mouse."""

    def __init__(self, clock: Clock, keys: str | list[int], clicks: dict[int, tuple[int, int]]) -> None:
        super().__init__(clock, keys)
        self._clicks = clicks

    def waitKeyEx(self, milliseconds: int) -> int:
        place = self._clicks.get(len(self.waits))
        if place:
            self.mouse(cv2.EVENT_LBUTTONDOWN, *place, cv2.EVENT_FLAG_LBUTTON, None)
        return super().waitKeyEx(milliseconds)


for name in ("LBUTTONDOWN", "LBUTTONUP", "LBUTTONDBLCLK", "RBUTTONDOWN", "RBUTTONDBLCLK", "MOUSEMOVE"):
    setattr(ScriptedGui, f"EVENT_{name}", getattr(cv2, f"EVENT_{name}"))
ScriptedGui.EVENT_MOUSEWHEEL, ScriptedGui.EVENT_FLAG_LBUTTON = cv2.EVENT_MOUSEWHEEL, cv2.EVENT_FLAG_LBUTTON


def show(
    keys: str | list[int], told: Told | None, clicks: dict[int, tuple[int, int]] | None = None, **options: Any
) -> tuple[Window, ScriptedGui, bool]:
    """A window with a still of two digits, 4 and 2, until its keys are used up."""
    clock = Clock()
    gui = Clicking(clock, keys, clicks or {})
    window = Window(gui, clock=clock, correct=told, **options)
    (frame,) = frames(1, size=(960, 540))
    still = Frame(frame.image)
    again = window.show(still, make_reading(still), (), None)
    return window, gui, again


def boxes() -> list[Box]:
    (frame,) = frames(1, size=(960, 540))
    return [digit.box for digit in make_reading(frame).digits]


def middle(box: Box) -> tuple[int, int]:
    return box.x + box.width // 2, box.y + box.height // 2


def test_click_and_key() -> None:
    """A click chooses the digit below it, a key says what it is; a still is then to be read once more."""
    told = Told()
    window, gui, again = show([-1, -1, ord("7")], told, {1: middle(boxes()[1])})
    assert told.corrections == [("2", 7)]
    assert again and window.asks_again
    assert not np.array_equal(gui.shown[0], gui.shown[1]), "the choice is to be seen"


def test_keys_alone() -> None:
    """t chooses the first digit, an arrow the next; n says that it is none."""
    told = Told()
    show([ord("t"), 0xFF53, ord("n")], told)
    assert told.corrections == [("2", NOT_A_DIGIT)]
    show([ord("t"), ord("t"), ord("t"), ord("9")], told)
    assert told.corrections[-1] == ("4", 9), "after the last comes the first again"


def test_mirrored_clicks() -> None:
    """In a mirrored window the digit is chosen that is seen where the click is."""
    told = Told()
    x, y = middle(boxes()[1])
    show([-1, -1, ord("7")], told, {1: (960 - 1 - x, y)}, mirror=True)
    assert told.corrections == [("2", 7)]


def test_a_choice_can_be_left() -> None:
    """Esc leaves the choice and does not quit; a click beside all digits leaves it too."""
    told = Told()
    window, _, _ = show([ord("t"), 27, ord("x")], told)
    assert not window.closed and not told.corrections
    window, _, _ = show([ord("t"), -1, ord("8"), ord("x")], told, {1: (940, 520)})
    assert not told.corrections


def test_a_digit_key_without_a_choice_says_so() -> None:
    """A digit pressed before one is chosen does not skip the picture, but says what to do first."""
    told = Told()
    window, gui, _ = show([ord("7"), -1, ord("x")], told)
    assert not told.corrections and not window.asks_again
    assert not np.array_equal(gui.shown[0], gui.shown[1])


def test_what_is_chosen_stays() -> None:
    """In a film the picture stays while a digit is chosen, and goes on once that is said."""
    told, clock = Told(), Clock()
    gui = Clicking(clock, [-1, *[-1] * 20, ord("5")], {0: middle(boxes()[0])})
    window = Window(gui, clock=clock, correct=told)
    (frame,) = frames(1, size=(960, 540))
    assert window.show(frame, make_reading(frame)) and len(gui.waits) == 22
    assert told.corrections == [("4", 5)] and not window.asks_again, "the next frame comes anyway"


def test_what_cannot_be_kept_is_shown() -> None:
    """A correction that cannot be kept is said in the window, and the picture stays as it was."""
    window, gui, _ = show([ord("t"), ord("7"), -1, ord("x")], Told("no room"))
    assert window._message == "no room" and not window.asks_again


def test_correcting_can_be_off() -> None:
    """Where corrections are off a click says so, and digit keys go on as other keys do."""
    window, _, _ = show([-1, ord("7")], None, {0: middle(boxes()[0])})
    assert window._message == CANNOT_CORRECT


def test_a_still_is_read_again() -> None:
    """After a correction the loop reads the same picture anew, and writes nothing twice."""

    class Screen:
        asks_again = True
        shown = 0

        def show(
            self, frame: Frame, reading: Reading, status: tuple[str, ...] = (), wait: float | None = 0.0
        ) -> bool:
            self.shown += 1
            self.asks_again = self.shown < 3
            return True

        def hold(self, reason: str) -> bool:
            raise AssertionError

    reader, told = ScriptedReader(), []
    run_loop(
        ScriptedSource(frames(1), film=False),
        reader,
        window=Screen(),
        on_reading=lambda frame, reading: told.append(frame.index),
    )
    assert len(reader.frames) == 3 and told == [0]


@pytest.fixture
def corrector(tmp_path: Path) -> Corrector:
    model = find_weights() / "digits.keras"
    return Corrector(CorrectionFile(tmp_path / "mine.h5"), model, Hand(), lambda: 1234.5)


def digit_with(crop: np.ndarray | None, label: str = "1") -> Digit:
    plain = make_digit(Box(30, 20, 20, 40), label)
    return Digit(plain.box, label, plain.confidence, plain.probabilities, None, crop)


def test_everything_is_kept(corrector: Corrector, tmp_path: Path) -> None:
    """Crop, surroundings, label, time and the model's hash go into the file."""
    image = np.zeros((100, 120, 3), np.uint8)
    image[:, :40] = (255, 0, 0)  # blue, left of the box's middle
    line = corrector.correct(Frame(image), digit_with(make_crop()), 7)
    assert line == "learnt: this 1 is 7 (correction 1)"
    (found,) = CorrectionFile(tmp_path / "mine.h5").read()
    assert np.array_equal(found.crop, make_crop()) and found.box == Box(30, 20, 20, 40)
    assert (found.label, found.read_as, found.time) == (7, 1, 1234.5)
    assert found.model == file_sha256(find_weights() / "digits.keras")
    assert found.surroundings[32, 10].tolist() == [0, 0, 255], "RGB"
    assert not found.surroundings[32, 50].any()


def test_noise_is_not_learnt(corrector: Corrector, tmp_path: Path) -> None:
    """Noise cannot be said to be a digit, only to be none; a digit without its crop is told, too."""
    rng = np.random.default_rng(0)
    noise = np.where(rng.random((28, 28)) < 0.2, 255, 0).astype(np.uint8)
    frame = Frame(np.zeros((100, 120, 3), np.uint8))
    with pytest.raises(UserError, match="there is no stroke to learn 3 from: press n if this is no digit"):
        corrector.correct(frame, digit_with(noise), 3)
    assert not (tmp_path / "mine.h5").exists()
    assert corrector.correct(frame, digit_with(noise), NOT_A_DIGIT).startswith("learnt: this 1 is no digit")
    with pytest.raises(UserError, match="crop is not at hand"):
        corrector.correct(frame, digit_with(None), 3)


def test_a_still_heeds_its_correction(user: Path) -> None:
    """A digit of a page is read as was said the next time, and its neighbours as before."""
    hand = Hand()
    reader = Reader(load_networks(hand=hand))
    frame = Frame(make_page("plain", np.random.default_rng(3), (960, 540)).image)
    before = reader.read(frame).digits
    digit = before[2]
    said = (int(digit.label) + 1) % 10
    Corrector(CorrectionFile(), find_weights() / "digits.keras", hand).correct(frame, digit, said)
    after = reader.read(frame).digits
    assert [d.box for d in before] == [d.box for d in after]
    assert after[2].label == LABELS[said]
    others = [i for i in range(len(before)) if before[i].label != digit.label]
    assert all(before[i].label == after[i].label for i in others)
    fresh = Reader(hand=Hand(CorrectionFile().read())).read(frame).digits
    assert [d.label for d in fresh] == [d.label for d in after], "also after the program was started anew"


@pytest.mark.parametrize("none", [False, True])
def test_a_film_heeds_a_correction_from_the_next_frame_on(user: Path, none: bool) -> None:
    """In a film the corrected digit is read as was said in the very next frame, and stays so; or is gone."""
    hand = Hand()
    reader = Reader(load_networks(hand=hand))
    corrector = Corrector(CorrectionFile(), find_weights() / "digits.keras", hand)
    film = iter(DemoSource(size=(960, 540), seed=1))
    for _ in range(12):
        frame = next(film)
        reading = reader.read(frame)
    digit = max((d for d in reading.digits if d.crop is not None), key=lambda d: d.confidence)
    said = NOT_A_DIGIT if none else (int(digit.label) + 3) % 10
    corrector.correct(frame, digit, said)
    for _ in range(5):
        here = [d for d in reader.read(next(film)).digits if d.box.iou(digit.box) > 0.3]
        assert [d.label for d in here] == ([] if none else [LABELS[said]])
    film.close()  # type: ignore[attr-defined]


def test_a_damaged_file_does_not_keep_from_reading(
    tmp_path: Path, user: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a damaged corrections file that is said in one line, the picture is read, the file left alone."""
    user.mkdir(parents=True)
    (user / "corrections.h5").write_bytes(b"damaged")
    path = save_picture(tmp_path / "page.png", make_page("plain", np.random.default_rng(3), (960, 540)).image)
    status = run_command(cam.main, [str(path), "--no-show", "--json", "-"])
    out, err = capsys.readouterr()
    assert status == 0 and out.count("\n") == 1 and '"label"' in out
    assert err.count("it is not an HDF5 file") == 1 and "going on without corrections" in err
    assert (user / "corrections.h5").read_bytes() == b"damaged"
    assert run_command(cam.main, [str(path), "--no-show", "--json", "-", "--no-corrections"]) == 0
    assert "HDF5" not in capsys.readouterr().err


def test_pen_does_not_wait_for_the_reader() -> None:
    """While a frame is read the window is seen to, again and again."""
    from digitcam.attentive import AttentiveReader

    class Slow(ScriptedReader):
        def read(self, frame: Frame) -> Reading:
            while len(attended) < 5:
                time.sleep(0.001)
            return super().read(frame)

    class Failing(ScriptedReader):
        def read(self, frame: Frame) -> Reading:
            raise UserError("no such model")

    attended: list[int] = []

    def attend() -> bool:
        attended.append(1)
        return False  # also once it was closed

    reader = AttentiveReader(Slow(), attend)
    assert len(reader.read(frames(1)[0]).digits) == 2 and len(attended) >= 5
    reader.close()
    failing = AttentiveReader(Failing(), attend)
    with pytest.raises(UserError, match="no such model"):
        failing.read(frames(1)[0])
    failing.close()
