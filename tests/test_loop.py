"""The loop around the reader: every frame once, to everyone who wants it, and the counts at the end."""

from __future__ import annotations

import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.loop import KEPT, Tally, run_loop
from digitcam.outputs.base import Output
from digitcam.scoring import Score
from digitcam.types import Box, Frame, Reading, Unreadable, Waiting
from tests.samples import (
    ScriptedReader,
    ScriptedSource,
    draw_page,
    frames,
    known,
    make_reading,
)


class Recorder(Output):
    """Remembers what it was given."""

    def __init__(self, wants_picture: bool = False) -> None:
        self.wants_picture = wants_picture
        self.frames: list[int] = []
        self.pictures: list[np.ndarray | None] = []
        self.unreadable: list[Unreadable] = []

    def write(self, frame: Frame, reading: Reading, picture: np.ndarray | None) -> None:
        self.frames.append(frame.index)
        self.pictures.append(picture)

    def write_unreadable(self, item: Unreadable) -> None:
        self.unreadable.append(item)


class Screen:
    """A window that is closed after some frames."""

    def __init__(self, closes_after: int = 1000) -> None:
        self.closes_after = closes_after
        self.waits: list[float | None] = []
        self.status: list[tuple[str, ...]] = []

    def show(
        self, frame: Frame, reading: Reading, status: tuple[str, ...] = (), wait: float | None = 0.0
    ) -> bool:
        self.waits.append(wait)
        self.status.append(status)
        return len(self.waits) < self.closes_after

    asks_again = False

    def hold(self, reason: str) -> bool:
        raise AssertionError("nothing is waited for here")


def test_every_frame_goes_everywhere() -> None:
    """Every frame is read once and given to each output; the picture is drawn only where it is wanted."""
    plain, drawn = Recorder(), Recorder(wants_picture=True)
    reader = ScriptedReader()
    tally = run_loop(ScriptedSource(frames(5)), reader, [plain, drawn])
    assert plain.frames == drawn.frames == [f.index for f in reader.frames] == list(range(5))
    assert drawn.pictures[0] is not None and tally.frames == 5
    run_loop(ScriptedSource(frames(1)), reader, [plain])
    assert plain.pictures[-1] is None


def test_unreadable_pictures_are_passed_on() -> None:
    """What cannot be read is counted and told, and the rest goes on."""
    output, told = Recorder(), []
    items = [frames(1)[0], Unreadable("b.png", "why", 1), frames(1)[0]]
    tally = run_loop(ScriptedSource(items, film=False), ScriptedReader(), [output], on_unreadable=told.append)
    assert (tally.frames, tally.unreadable) == (2, 1)
    assert told == output.unreadable == [items[1]]


def test_max_frames_counts_pictures_that_cannot_be_read() -> None:
    """Not more than so many items are taken from the source."""
    items = [Unreadable("a", "why"), *frames(5)]
    assert run_loop(ScriptedSource(items), ScriptedReader(), max_frames=3).frames == 2


def test_closing_the_window_ends_the_loop() -> None:
    """Once the window is closed no further frame is read."""
    assert run_loop(ScriptedSource(frames(50)), ScriptedReader(), window=Screen(closes_after=3)).frames == 3


def test_film_runs_at_its_own_pace_when_watched() -> None:
    """With nothing but eyes to serve, a film waits for its time; with an output it does not."""
    ticks = iter(np.arange(0, 100, 0.001))
    screen = Screen()
    film = ScriptedSource(frames(4, fps=10))
    run_loop(film, ScriptedReader(), window=screen, watched=True, clock=lambda: next(ticks))
    assert screen.waits == pytest.approx([0.0, 0.1, 0.2, 0.3], abs=0.02)
    busy = Screen()
    run_loop(ScriptedSource(frames(4)), ScriptedReader(), window=busy)
    assert busy.waits == [0.0] * 4


def test_newest_frames_are_never_held_back() -> None:
    """A camera's frame is shown at once, also to eyes alone and when the first frame took long to read."""
    source, screen = ScriptedSource(frames(4, fps=10)), Screen()
    source.drops = True
    run_loop(source, ScriptedReader(), window=screen, watched=True, clock=lambda: 0.0)
    assert screen.waits == [0.0] * 4


def test_picture_stays_until_a_key_when_watched() -> None:
    """A still stays, unless an output waits for the rest."""
    stills = [Frame(draw_page())]
    screen = Screen()
    run_loop(ScriptedSource(stills, film=False), ScriptedReader(), window=screen, watched=True)
    run_loop(ScriptedSource(stills, film=False), ScriptedReader(), window=screen)
    assert screen.waits == [None, 0.0]


def test_status_tells_rate_latency_and_score() -> None:
    """The corner has frames a second, milliseconds, and the score where the truth is known."""
    ticks = iter(np.arange(0, 100, 0.02))
    screen = Screen()
    source = ScriptedSource([known(frame, "1", "2") for frame in frames(3)])
    run_loop(source, ScriptedReader(), window=screen, clock=lambda: float(next(ticks)))
    assert screen.status[-1] == ("25 frames/s  3 ms", "read 6 of 6 digits (100.0 %), 0 false")


def test_score_adds_up_over_frames() -> None:
    """Frames with a truth are scored, those without are not."""
    tally = run_loop(ScriptedSource([*frames(2), known(frames(1)[0], "1", "2", "3")]), ScriptedReader())
    assert tally.score == Score(3, 0, 0)
    assert run_loop(ScriptedSource(frames(2)), ScriptedReader()).score is None


def test_summary_has_frames_rate_and_medians() -> None:
    """The summary counts, and gives the median of each step."""
    tally = Tally()
    for i, ms in enumerate((1.0, 2.0, 90.0)):
        frame = frames(1)[0]
        reading = make_reading(frame)
        tally.add(frame, Reading("", i, 0.0, (1, 1), reading.digits, ms={"ink": ms, "total": 2 * ms}))
    tally.seconds = 1.5
    assert tally.summary() == "3 frames, 2.0 frames/s, ms: ink 2.0, total 4.0"


def test_memory_does_not_grow_with_the_day() -> None:
    """Only so many times of steps are kept."""
    tally, frame = Tally(), frames(1)[0]
    reading = make_reading(frame)
    for _ in range(KEPT + 50):
        tally.add(frame, reading)
    assert len(tally.steps["ink"]) == KEPT and tally.frames == KEPT + 50


def test_region_outside_later_frames() -> None:
    """Where a film's frames become too small for the region that is said once, and the film goes on."""
    told: list[str] = []
    items = [*frames(2, (320, 240)), *frames(3), *frames(2, (320, 240))]
    tally = run_loop(
        ScriptedSource(items), ScriptedReader(), roi=Box(200, 0, 90, 90), say=told.append, max_frames=6
    )
    assert tally.frames == 6
    assert told == [
        "--roi 200,0,90,90 lies outside the frame of 160×120 pixels, "
        "which it did not before: nothing is read there"
    ]
    stills = [Frame(draw_page()), Frame(draw_page((64, 48)))]
    with pytest.raises(UserError, match="of 64×48 pixels$"):
        run_loop(ScriptedSource(stills, film=False), ScriptedReader(), roi=Box(200, 0, 90, 90))


def test_waiting_is_no_frame() -> None:
    """What stands for a missing frame is neither read nor counted nor written."""
    wait = Waiting("", 0.5, "why")
    output = Recorder()
    items = [wait, *frames(1), wait, wait, *frames(3)]
    assert run_loop(ScriptedSource(items), ScriptedReader(), [output], max_frames=3).frames == 3
    assert output.frames == [0, 0, 1]


def test_region_outside_the_frame() -> None:
    """A region that the frame does not have is refused with the frame's size; one that overlaps is taken."""
    with pytest.raises(UserError, match=r"--roi 200,0,10,10 lies outside the frame of 160×120 pixels"):
        run_loop(ScriptedSource(frames(1)), ScriptedReader(), roi=Box(200, 0, 10, 10))
    assert run_loop(ScriptedSource(frames(1)), ScriptedReader(), roi=Box(150, 0, 90, 90)).frames == 1
