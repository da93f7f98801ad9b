"""Milliseconds from a frame to its reading, step by step."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digitcam.bench.counted import make_counted_frame
from digitcam.networks import load_networks
from digitcam.reader import Reader
from digitcam.scoring import Score, score

SIZES = ((640, 480), (1280, 720), (1920, 1080))
COUNTS = (1, 20, 100)
PAGES = 6  # different pages for each row: no frame is the only one that is fast
WARM_UP = 5


@dataclass(frozen=True, slots=True)
class FrameTimes:
    """One row: ``steps`` are medians, ``median`` and ``p99`` are of the whole, all in milliseconds."""

    size: tuple[int, int]
    digits: int
    frames: int
    steps: dict[str, float]
    median: float
    p99: float
    recall: float
    false: int

    def to_json(self) -> dict[str, object]:
        return {
            "size": list(self.size),
            "digits": self.digits,
            "frames": self.frames,
            "steps_ms": {step: round(value, 3) for step, value in self.steps.items()},
            "median_ms": round(self.median, 3),
            "p99_ms": round(self.p99, 3),
            "recall": round(self.recall, 4),
            "false": self.false,
        }


def measure_frames(
    frames: int,
    sizes: Sequence[tuple[int, int]] = SIZES,
    counts: Sequence[int] = COUNTS,
    model: str | None = None,
) -> list[FrameTimes]:
    """Read ``frames`` frames for each size and number of digits, as ``cam.py`` reads a camera's.

    The whole is measured from outside, around ``Reader.read``; what was read is counted, so that a fast
    reader that reads nothing shows.
    """
    networks = load_networks(model)
    return [
        _measure(Reader(networks), size, count, frames)
        for size in sizes
        for count in counts
    ]


def _measure(reader: Reader, size: tuple[int, int], count: int, frames: int) -> FrameTimes:
    rng = np.random.default_rng([size[0], size[1], count])
    # Lines and a desk's edge are what a camera sees, and they cost candidates.
    pages = [make_counted_frame(count, size, rng, ruled=page % 2 == 1) for page in range(min(PAGES, frames))]
    total = Score()
    for page in pages:
        total += score(reader.read(page).digits, page.truth or ())
    for number in range(min(WARM_UP, frames)):
        reader.read(pages[number % len(pages)])
    whole: list[float] = []
    steps: dict[str, list[float]] = {}
    for number in range(frames):
        page = pages[number % len(pages)]
        start = time.perf_counter()
        reading = reader.read(page)
        whole.append(1000 * (time.perf_counter() - start))
        for step, value in reading.ms.items():
            if step != "total":
                steps.setdefault(step, []).append(value)
    return FrameTimes(
        size=size,
        digits=count,
        frames=frames,
        steps={step: float(np.median(values)) for step, values in steps.items()},
        median=float(np.median(whole)),
        p99=float(np.percentile(whole, 99)),
        recall=total.recall,
        false=total.false_positive,
    )
