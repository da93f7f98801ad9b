"""Milliseconds from a frame to its reading, step by step: in films, and of frames that stand alone."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from digitcam.bench.counted import make_counted_frame
from digitcam.bench.handheld import film_of
from digitcam.networks import load_networks
from digitcam.reader import Reader
from digitcam.scoring import Score, score
from digitcam.types import Frame

SIZES = ((640, 480), (1280, 720), (1920, 1080))
COUNTS = (1, 20, 100)
PAGES = 6  # different pages for each row: no frame is the only one that is fast
WARM_UP = 5
# Of the film's frames so many-th are read by themselves as well.
EVERY = 4
NOISE_SIZE = (1920, 1080)


@dataclass(frozen=True, slots=True)
class FrameTimes:
    """One row: ``steps`` are medians, ``median`` and ``p99`` are of the whole, all in milliseconds.

    Attributes:
        alone, alone_p99: frames of the same film without its memory, each by itself: nothing is followed,
            nothing that has not changed is reused.
        recall: the share of the digits that was read right, in the film; false: labels on nothing.
    """

    name: str
    size: tuple[int, int]
    digits: int
    frames: int
    steps: dict[str, float]
    median: float
    p99: float
    alone: float
    alone_p99: float
    recall: float
    false: int

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "size": list(self.size),
            "digits": self.digits,
            "frames": self.frames,
            "steps_ms": {step: round(value, 3) for step, value in self.steps.items()},
            "median_ms": round(self.median, 3),
            "p99_ms": round(self.p99, 3),
            "alone_median_ms": round(self.alone, 3),
            "alone_p99_ms": round(self.alone_p99, 3),
            "recall": round(self.recall, 4),
            "false": self.false,
        }


def measure_frames(
    frames: int,
    sizes: Sequence[tuple[int, int]] = SIZES,
    counts: Sequence[int] = COUNTS,
    noise: tuple[int, int] | None = NOISE_SIZE,
    model: str | None = None,
) -> list[FrameTimes]:
    """Read ``frames`` frames of handheld films for each size and number of digits, and pure noise.

    The whole is measured from outside, around ``Reader.read``; what was read is counted, so that a fast
    reader that reads nothing shows.
    """
    networks = load_networks(model)
    film, alone = Reader(networks), Reader(networks, track=False)
    rows = [
        _measure(film, alone, f"{size[0]}×{size[1]}", size, count, list(_pages(size, count)), frames)
        for size in sizes
        for count in counts
    ]
    if noise:
        rng = np.random.default_rng(0)
        fields = [Frame(rng.integers(0, 256, (*noise[::-1], 3), np.uint8), truth=()) for _ in range(PAGES)]
        name = f"{noise[0]}×{noise[1]} noise"
        rows.append(_measure(film, alone, name, noise, 0, fields, max(1, frames // 3)))
    return rows


def _pages(size: tuple[int, int], count: int) -> Iterator[Frame]:
    rng = np.random.default_rng([*size, count])
    # Lines and a desk's edge are what a camera sees, and they cost candidates.
    return (make_counted_frame(count, size, rng, ruled=page % 2 == 1) for page in range(PAGES))


def _film(pages: Sequence[Frame], frames: int, name: str) -> Iterator[Frame]:
    """One page after another in an unsteady hand."""
    share = -(-frames // len(pages))
    for number, page in enumerate(pages):
        first = number * share
        if first < frames:
            rng = np.random.default_rng([number, frames])
            yield from film_of(page, min(share, frames - first), rng, first, name)


def _measure(
    film: Reader,
    alone: Reader,
    name: str,
    size: tuple[int, int],
    count: int,
    pages: Sequence[Frame],
    frames: int,
) -> FrameTimes:
    for page in pages[:WARM_UP]:
        alone.read(page)
    whole: list[float] = []
    apart: list[float] = []
    steps: dict[str, list[float]] = {}
    total = Score()
    for frame in _film(pages, frames, name):
        start = time.perf_counter()
        reading = film.read(frame)
        between = time.perf_counter()
        whole.append(1000 * (between - start))
        if frame.index % EVERY == 0:
            alone.read(frame)
            apart.append(1000 * (time.perf_counter() - between))
        total += score(reading.digits, frame.truth or ())
        for step, value in reading.ms.items():
            if step != "total":
                steps.setdefault(step, []).append(value)
    return FrameTimes(
        name=name,
        size=size,
        digits=count,
        frames=frames,
        steps={step: float(np.median(values)) for step, values in steps.items()},
        median=float(np.median(whole)),
        p99=float(np.percentile(whole, 99)),
        alone=float(np.median(apart)),
        alone_p99=float(np.percentile(apart, 99)),
        recall=total.recall,
        false=total.false_positive,
    )
