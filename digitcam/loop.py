"""The loop: frames from a source, through a reader, to outputs and a window. Plain objects, no options."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Protocol

from digitcam.errors import UserError
from digitcam.interrupts import raise_lost
from digitcam.outputs.base import Output
from digitcam.scoring import Score, score
from digitcam.sources.base import Source
from digitcam.types import Box, Frame, Reading, Unreadable

# Medians are taken over this many last frames: a day at the camera needs no more memory than a minute.
KEPT = 10_000
# The window shows the rate of this many last frames.
RECENT = 30


class FrameReader(Protocol):
    """What reads a frame."""

    def read(self, frame: Frame) -> Reading: ...


class Shower(Protocol):
    """What shows a reading: the window."""

    def show(
        self, frame: Frame, reading: Reading, status: tuple[str, ...] = (), wait: float | None = 0.0
    ) -> bool: ...


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

    def add(self, frame: Frame, reading: Reading) -> None:
        """Count one frame."""
        self.frames += 1
        for step, value in reading.ms.items():
            self.steps[step].append(value)
        if frame.truth is not None:
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
    tally: Tally | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Tally:
    """Read every frame of ``source`` until it ends, ``max_frames`` are done, or the window is closed.

    Args:
        watched: somebody is looking and nothing else waits for the result: pictures stay until a key is
            pressed, and a film runs no faster than it was taken.
        roi: the part that the reader looks at; it must lie at least partly in the frames.
        on_reading, on_unreadable: called for each frame before it is shown.
        tally: counted into, so that the counts survive an interruption.
        clock: seconds.

    Raises:
        UserError: the source or an output cannot go on.
    """
    tally = tally or Tally()
    start = clock()
    shown: deque[float] = deque(maxlen=RECENT + 1)
    for count, item in enumerate(source, start=1):
        raise_lost()
        if count == 1:
            start = clock()
        if isinstance(item, Unreadable):
            tally.unreadable += 1
            for output in outputs:
                output.write_unreadable(item)
            if on_unreadable:
                on_unreadable(item)
        else:
            if roi is not None:
                check_roi(roi, item)
            reading = reader.read(item)
            tally.add(item, reading)
            _write(item, reading, outputs)
            if on_reading:
                on_reading(item, reading)
            if window is not None:
                shown.append(clock())
                wait = _wait(item, watched, start + item.time - shown[-1])
                if not window.show(item, reading, _status(source, reading, shown, tally), wait):
                    tally.seconds = clock() - start
                    return tally
        tally.seconds = clock() - start
        if max_frames is not None and count >= max_frames:
            break
    return tally


def _write(frame: Frame, reading: Reading, outputs: Sequence[Output]) -> None:
    picture = None
    if any(output.wants_picture for output in outputs):
        from digitcam.overlay import draw_reading

        picture = draw_reading(frame.image, reading)
    for output in outputs:
        output.write(frame, reading, picture)


def _wait(frame: Frame, watched: bool, early: float) -> float | None:
    """Seconds that a frame stays in the window."""
    if not watched:
        return 0.0
    return None if frame.still else max(0.0, early)


def _status(source: Source, reading: Reading, shown: Sequence[float], tally: Tally) -> tuple[str, ...]:
    """The lines in the window's corner: rate, latency, and the score where the truth is known."""
    latency = f"{reading.ms.get('total', 0.0):.0f} ms"
    first = latency
    if source.film and shown[-1] > shown[0]:
        first = f"{(len(shown) - 1) / (shown[-1] - shown[0]):.0f} frames/s  {latency}"
    return (first,) if tally.score is None else (first, str(tally.score))


def check_roi(roi: Box, frame: Frame, called: str = "--roi") -> None:
    """Refuse a region that lies outside the frame; ``called`` is what the user knows it as."""
    width, height = frame.size
    if not roi.overlap(Box(0, 0, width, height)):
        raise UserError(
            f"{called} {','.join(map(str, roi.as_list()))} lies outside the frame of {width}×{height} pixels"
        )
