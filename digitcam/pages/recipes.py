"""What a page is made of, drawn anew for every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from digitcam.pages import paper as papers
from digitcam.pages.camera import Lens
from digitcam.pages.glyphs import PenGlyphs
from digitcam.pages.inking import Pen
from digitcam.pages.layout import ARRANGEMENTS, Hand
from digitcam.pages.light import Light
from digitcam.pages.paper import Paper
from digitcam.pages.pen import make_style
from digitcam.pages.texture import Size


@dataclass(frozen=True)
class Recipe:
    """All that is decided before a page is drawn.

    Attributes:
        paper: makes the blank sheet of a size in pixels.
        height: of a digit, pixels; hand: who writes with what, and how close.
        angle, tip, pan, shift: how the camera is held (see ``camera.view``); shift in frame sizes.
        cover: the sheet's width and height in frame sizes, None where it fills the frame.
        things: how many things may lie on the desk; most: digits on the page.
        on_lines: whether the writer keeps to the paper's lines.
    """

    paper: Callable[[Size, np.random.Generator], Paper]
    height: float
    hand: Hand
    light: Light
    lens: Lens
    angle: float
    tip: float
    pan: float
    shift: tuple[float, float]
    cover: tuple[float, float] | None
    things: int
    arrangement: str
    on_lines: bool
    most: int


def any_pen(height: float, rng: np.random.Generator, broad: float | None = None) -> Pen:
    """Whatever lay at hand, for digits ``height`` pixels high: ball pen, felt tip, marker, brush.

    ``broad`` is its width in digit heights, by default anything from 0.03 to 0.25.
    """
    if broad is None:
        broad = float(np.exp(rng.uniform(np.log(0.03), np.log(0.2))))
        if rng.random() < 0.05:
            broad = float(rng.uniform(0.2, 0.25))
    thick, thin = broad > 0.09, broad < 0.08
    return Pen(
        width=max(1.1, height * broad),
        pressure=float(rng.uniform(0.0, 0.22)),
        opacity=float(rng.uniform(0.8, 1.0)),
        dry=float(rng.uniform(0.2, 0.6)) if thick and rng.random() < 0.2 else 0.0,
        skips=float(rng.uniform(0.03, 0.12)) if thin and rng.random() < 0.2 else 0.0,
        flat=float(rng.uniform(0.3, 0.8)) if thick and rng.random() < 0.3 else 0.0,
        tip=float(rng.uniform(0, np.pi)),
        soft=float(rng.uniform(0.35, 0.8)),
    )


def common_recipe(rng: np.random.Generator, size: Size) -> Recipe:
    """A sheet under one lamp, hand-held: what every kind starts from."""
    height = size[1] * float(np.exp(rng.uniform(np.log(0.045), np.log(0.16))))
    alone = rng.random() < 0.1
    if alone:  # one number, looked at closely
        height = size[1] * float(np.exp(rng.uniform(np.log(0.16), np.log(0.5))))
    cover = None
    if rng.random() < 0.6:
        cover = float(rng.uniform(0.6, 1.0)), float(rng.uniform(0.6, 1.0))
        height *= 0.85
    pen = any_pen(height, rng)
    gap = float(rng.uniform(0.12, 0.45))
    hand = Hand(
        style=make_style(rng),
        pen=pen,
        glyphs=PenGlyphs(),
        height=height,
        gap=gap,
        touching=float(rng.choice([0.0, 0.0, 0.06])),
        leading=height * float(rng.uniform(1.5, 2.6)),
        chatter=float(rng.choice([0.0, 0.12, 0.3])),
        longest=2 if alone else 7,
        uneven=float(rng.uniform(0.15, 0.4)) if rng.random() < 0.2 else 0.0,
    )
    light = Light(
        gradient=float(rng.uniform(0.2, 0.9)),
        vignette=float(rng.uniform(0.05, 0.5)),
        uneven=float(rng.uniform(0.0, 0.1)),
        glare=float(rng.uniform(0.1, 0.5)) if rng.random() < 0.15 else 0.0,
        shadow=float(rng.uniform(0.2, 0.5)) if rng.random() < 0.4 else 0.0,
        penumbra=float(rng.uniform(0.02, 0.15)),
        hand=bool(rng.random() < 0.4),
        cast=float(rng.uniform(0.0, 0.09)),
        exposure=float(rng.uniform(0.6, 1.05)),
    )
    lens = Lens(
        defocus=float(rng.uniform(0.3, 0.9)) * size[1] / 720,
        noise=float(rng.uniform(1.0, 4.0)),
        coarse=bool(rng.random() < 0.4),
        sharpen=float(rng.uniform(0.3, 1.5)) if rng.random() < 0.25 else 0.0,
        jpeg=int(rng.integers(30, 96)) if rng.random() < 0.5 else 0,
    )
    colours = (papers.WHITE, papers.PALE, papers.NOTES)[int(rng.choice(3, p=[0.72, 0.16, 0.12]))]
    special = rng.random()

    def blank(extent: Size, rng: np.random.Generator) -> Paper:
        if special < 0.07:
            return papers.kraft_paper(extent, height, rng)
        return papers.plain_paper(extent, height, rng, colours)

    return Recipe(
        paper=blank,
        height=height,
        hand=hand,
        light=light,
        lens=lens,
        angle=float(rng.normal(0, 0.05)),
        tip=float(rng.normal(0, 0.08)),
        pan=float(rng.normal(0, 0.06)),
        shift=(float(rng.normal(0, 0.04)), float(rng.normal(0, 0.04))) if cover else (0.0, 0.0),
        cover=cover,
        things=4,
        arrangement=ARRANGEMENTS[int(rng.choice(3, p=[0.6, 0.2, 0.2]))],
        on_lines=bool(rng.random() < 0.7),
        most=1 if alone else int(rng.integers(12, 45)),
    )
