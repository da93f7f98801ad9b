"""A day at the camera in short: memory, speed and tracks after many frames are those of the first ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from digitcam.bench.counted import make_counted_frame
from digitcam.bench.handheld import film_of
from digitcam.bench.steady import Steadiness
from digitcam.loop import run_loop
from digitcam.outputs.lines import JsonLines, LineFile
from digitcam.reader import Reader
from digitcam.sources.base import Source
from digitcam.types import Frame, Reading

SIZE, DIGITS = (640, 480), 20
# Frames of which the film consists, there and back again, so that the hand makes no leap.
LOOP = 300
# The part of the run at its beginning, after a warm-up, and at its end that are compared.
PART, WARM_UP = 0.1, 0.05


class _Endless(Source):
    """A handheld film, forwards and backwards, of so many frames in all."""

    name, live = "soak", True

    def __init__(self, frames: int) -> None:
        self._frames = frames

    def __iter__(self) -> Iterator[Frame]:
        page = make_counted_frame(DIGITS, SIZE, np.random.default_rng(0))
        film = list(film_of(page, min(LOOP, self._frames), np.random.default_rng(1), source=self.name))
        there_and_back = [*film, *film[-2:0:-1]]
        for index in range(self._frames):
            frame = there_and_back[index % len(there_and_back)]
            yield replace(frame, index=index, time=index / 30)


def measure_soak(frames: int, model: str | None = None) -> dict[str, object]:
    """Read so many frames through the whole loop, its JSON lines included.

    Returns:
        Resident memory in megabytes (None where the system does not tell) and median milliseconds at the
        beginning and at the end, and what became of the labels and tracks.
    """
    steadiness = Steadiness()
    early, late = int(WARM_UP * frames), int((1 - PART) * frames)
    memory: dict[str, float | None] = {}
    span = max(1, frames - late)
    first: list[float] = []
    last: list[float] = []

    def on_reading(frame: Frame, reading: Reading) -> None:
        steadiness.add(frame.truth or (), reading.digits)
        if early <= frame.index < early + span:
            first.append(reading.ms["total"])
        if frame.index >= late:
            last.append(reading.ms["total"])
        if frame.index == early:
            memory["first"] = _resident_mb()
        if frame.index == frames - 1:
            memory["last"] = _resident_mb()

    lines = JsonLines(LineFile(Path(os.devnull), overwrite=True))
    run_loop(_Endless(frames), Reader(model), [lines], on_reading=on_reading)
    lines.close()
    counts = steadiness.to_json()
    return {
        "frames": frames,
        "memory_first_mb": memory.get("first"),
        "memory_last_mb": memory.get("last"),
        "first_ms": round(float(np.median(first)), 3),
        "last_ms": round(float(np.median(last)), 3),
        **{name: counts[name] for name in ("labelled", "changes", "renumbered")},
    }


def _resident_mb() -> float | None:
    """Resident memory of this process in 10⁶ bytes."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return None
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)
