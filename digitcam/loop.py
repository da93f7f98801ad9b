"""The loop: frames from a source, through a reader, to outputs and a window. Plain objects, no options."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Protocol

from digitcam.absence import Absence
from digitcam.errors import UserError
from digitcam.outputs.base import Output
from digitcam.scoring import Score, score
from digitcam.sources.base import Source
from digitcam.types import Box, Frame, Reading, Unreadable, Waiting

# Medians are taken over this many last frames: a day at the camera needs no more memory than a minute.
KEPT = 10_000
# The window shows the rate of this many last frames.
RECENT = 30


class FrameReader(Protocol):
    """What reads a frame."""

    def read(self, frame: Frame) -> Reading: ...


class Shower(Protocol):
    """What shows a reading, and the last picture while there is no other: the window.

    Attributes:
        asks_again: the picture that was shown is to be read once more, for what is known has changed.
    """

    asks_again: bool

    def show(
        self, frame: Frame, reading: Reading, status: tuple[str, ...] = (), wait: float | None = 0.0
    ) -> bool: ...

    def hold(self, reason: str) -> bool: ...


@dataclass
class Tally:
    """What a run amounted to.

    Attributes:
        frames: how many were read.
        unreadable: how many pictures could not be.
        seconds: from the first frame to the end of the last.
        score: over the frames whose truth is known, None where it never was.
        steps: the last milliseconds of each step of the pipe.
    """

    frames: int = 0
    unreadable: int = 0
    seconds: float = 0.0
    score: Score | None = None
    steps: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(lambda: deque(maxlen=KEPT)))

    @property
    def items(self) -> int:
        """How many frames and pictures came, read or not."""
        return self.frames + self.unreadable

    def add(self, frame: Frame, reading: Reading) -> None:
        """Count one frame."""
        self.frames += 1
        for step, value in reading.ms.items():
            self.steps[step].append(value)
        if frame.truth is not None and reading.classes is None:
            self.score = (self.score or Score()) + score(reading.digits, frame.truth)

    def summary(self) -> str:
        """One line: frames, frames a second, median milliseconds of each step."""
        frames = f"{self.frames} frame{'s' if self.frames != 1 else ''}"
        rate = f"{self.frames / self.seconds:.1f} frames/s" if self.seconds > 0 else "- frames/s"
        steps = ", ".join(f"{step} {median(values):.1f}" for step, values in self.steps.items())
        bad = f", {self.unreadable} unreadable" if self.unreadable else ""
        return f"{frames}{bad}, {rate}, ms: {steps or '-'}"


def run_loop(
    source: Source,
    reader: FrameReader,
    outputs: Sequence[Output] = (),
    window: Shower | None = None,
    *,
    max_frames: int | None = None,
    watched: bool = False,
    roi: Box | None = None,
    on_reading: Callable[[Frame, Reading], None] | None = None,
    on_unreadable: Callable[[Unreadable], None] | None = None,
    say: Callable[[str], None] | None = None,
    check: Callable[[], None] | None = None,
    tally: Tally | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Tally:
    """Read every frame of ``source`` until it ends, ``max_frames`` are done, or the window is closed.

    Args:
        watched: somebody is looking and nothing else waits for the result: pictures stay until a key is
            pressed, and a film runs no faster than it was taken. Newest frames alone are shown at once.
        roi: the part that the reader looks at; it must lie at least partly in each picture, and in a film's
            first frame. Where a film's frames become too small for it, nothing is read, and that is said.
        on_reading, on_unreadable: called for each frame before it is shown.
        say: takes a line for the user, such as that a camera gives no frames.
        check: called before each frame; what it raises ends the loop.
        tally: counted into, so that the counts survive an interruption.
        clock: seconds.

    Raises:
        UserError: the source or an output cannot go on, or a live source without a window gave no frame for
            too long.
    """
    tally = tally or Tally()
    start = clock()
    shown: deque[float] = deque(maxlen=RECENT + 1)
    paced = watched and not source.drops
    absence = Absence(window, say)
    region = None if roi is None else Region(roi, say)
    for item in source:
        if check:
            check()
        if isinstance(item, Waiting):
            if not absence.lasts(item):
                return tally
            continue
        absence.ends()
        if not tally.items:
            start = clock()
        if isinstance(item, Unreadable):
            tally.unreadable += 1
            for output in outputs:
                output.write_unreadable(item)
            if on_unreadable:
                on_unreadable(item)
        else:
            if region is not None:
                region.check(item)
            reading = reader.read(item)
            tally.add(item, reading)
            _write(item, reading, outputs)
            if on_reading:
                on_reading(item, reading)
            if window is not None:
                shown.append(clock())
                wait = _wait(item, paced, start + item.time - shown[-1])
                going = window.show(item, reading, _status(source, reading, shown, tally), wait)
                while going and window.asks_again:
                    reading = reader.read(item)
                    going = window.show(item, reading, _status(source, reading, shown, tally), wait)
                if not going:
                    tally.seconds = clock() - start
                    return tally
        tally.seconds = clock() - start
        if max_frames is not None and tally.items >= max_frames:
            break
    return tally


def _write(frame: Frame, reading: Reading, outputs: Sequence[Output]) -> None:
    picture = None
    if any(output.wants_picture for output in outputs):
        from digitcam.overlay import draw_reading

        picture = draw_reading(frame.image, reading)
    for output in outputs:
        output.write(frame, reading, picture)


def _wait(frame: Frame, paced: bool, early: float) -> float | None:
    """Seconds that a frame stays in the window."""
    if not paced:
        return 0.0
    return None if frame.still else max(0.0, early)


def _status(source: Source, reading: Reading, shown: Sequence[float], tally: Tally) -> tuple[str, ...]:
    """The lines in the window's corner: rate, latency, and the score where the truth is known."""
    latency = f"{reading.ms.get('total', 0.0):.0f} ms"
    first = latency
    if source.film and shown[-1] > shown[0]:
        first = f"{(len(shown) - 1) / (shown[-1] - shown[0]):.0f} frames/s  {latency}"
    return (first,) if tally.score is None else (first, str(tally.score))


class Region:
    """Sees to it that the region asked for lies in the frames.

    Args:
        roi: in frame pixels.
        say: takes a line for the user.
        called: what the user knows it as.
    """

    def __init__(self, roi: Box, say: Callable[[str], None] | None = None, called: str = "--roi") -> None:
        self._roi = roi
        self._called = called
        self._say = say
        self._checked = False
        self._told = False

    def check(self, frame: Frame) -> None:
        """Refuse a region outside a picture or a film's first frame; say it once of a later frame.

        Raises:
            UserError: it lies outside.
        """
        width, height = frame.size
        lies_in = self._roi.overlap(Box(0, 0, width, height)) > 0
        problem = (
            f"{self._called} {','.join(map(str, self._roi.as_list()))} lies outside the frame "
            f"of {width}×{height} pixels"
        )
        if not lies_in and (frame.still or not self._checked):
            raise UserError(problem)
        if not lies_in and not self._told and self._say:
            self._told = True
            self._say(f"{problem}, which it did not before: nothing is read there")
        self._checked = True
