"""How numbers stand on a sheet: in rows, columns or scattered, level or sloping, and what else is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from digitcam.pages.layout import ARRANGEMENTS, Hand

# Digit heights: what is free between two numbers of a row at least.
LEAST_WORD_GAP = 0.6


@dataclass(frozen=True)
class Layout:
    """How the numbers stand on a sheet; lengths are digit heights, slopes are heights per width.

    Attributes:
        arrangement: one of ``ARRANGEMENTS``.
        mark: the writer's decimal sign.
        gap: between numbers of a row; slope: of the rows; drift: how far a row wanders from straight.
        longest: digits of a number at most.
        underlined, listed: share of the numbers with a line below them, and of the rows with a bullet.
        ranges: share of the numbers that another follows after a dash, as in 3-4.
        chatter: share of words among the numbers; specks: dirt on the sheet.
    """

    arrangement: str
    mark: str
    gap: float
    slope: float
    drift: float
    longest: int
    underlined: float
    listed: float
    ranges: float
    chatter: float
    specks: int


def make_layout(rng: np.random.Generator, hand: Hand) -> Layout:
    """Draw a layout that fits the hand's own gaps."""
    tidy = rng.random() < 0.5
    return Layout(
        arrangement=ARRANGEMENTS[int(rng.choice(3, p=[0.55, 0.3, 0.15]))],
        mark=str(rng.choice([".", ","])),
        gap=max(LEAST_WORD_GAP, 2.2 * hand.gap) + float(rng.uniform(0.1, 1.4)),
        slope=float(rng.normal(0, 0.015) if tidy else np.tan(np.radians(rng.uniform(-12, 12)))),
        drift=float(rng.uniform(0, 0.12)),
        longest=hand.longest,
        underlined=float(rng.choice([0.0, 0.1])),
        listed=float(rng.choice([0.0, 0.4])),
        ranges=float(rng.choice([0.0, 0.12])),
        chatter=float(rng.choice([0.0, 0.1, 0.25])),
        specks=int(rng.choice([0, 0, 6, 20])),
    )


def column_step(hand: Hand, layout: Layout) -> float:
    """From one column to the next: room for a number of middling length and the gap after it."""
    return hand.height * (3 * (0.6 + hand.gap) + layout.gap)


Baseline = tuple[float, float, float, float, float]  # y at x = 0, slope, amplitude, waves per pixel, phase


def baselines(
    hand: Hand, layout: Layout, size: tuple[int, int], rng: np.random.Generator, start: float | None
) -> Iterator[Baseline]:
    """The rows of a sheet from the top, those that begin above or below it included."""
    rise = layout.slope * size[0]
    first = hand.height * float(rng.uniform(1.3, 2.0)) if start is None else start
    leading = max(hand.leading, (1.45 + 2 * layout.drift) * hand.height)
    wave = 1 / (hand.height * float(rng.uniform(10, 30)))
    first -= leading * np.ceil(max(0.0, rise + first) / leading)
    for y in np.arange(first, size[1] - min(0.0, rise), leading):
        sway = layout.drift * hand.height * float(rng.uniform(0.3, 1))
        slope = layout.slope + float(rng.normal(0, 0.006))
        yield float(y), slope, sway, wave, float(rng.uniform(0, 2 * np.pi))


def height_at(baseline: Baseline, x: float) -> float:
    y, slope, sway, wave, phase = baseline
    return y + slope * x + sway * float(np.sin(2 * np.pi * wave * x + phase))
