"""The signs that stand in numbers, as one writer makes them: decimal point, comma, colon, minus."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from digitcam.pages.glyphs import Glyph
from digitcam.pages.inking import Ink, render
from digitcam.pages.layout import Hand
from digitcam.types import SIGNS

POINT, COMMA, COLON, MINUS = SIGNS
# What a pen that is set down and lifted leaves: a blob, a short dash, a tick that was drawn in passing.
DOTS = {"blob": (0.02, 0.01), "dash": (0.09, -0.01), "tick": (-0.03, 0.09)}


@dataclass(frozen=True)
class MarkStyle:
    """How one writer makes the signs; lengths are digit heights.

    Attributes:
        dot: one of ``DOTS``; blob: a dot's width in widths of the pen.
        comma: length; lean: how far its foot goes to the left, per length; hook: how far it is bent; head:
            whether it begins with a dot.
        dash: length of a minus; level: its height over the baseline; slope: its rise per length.
        colon: heights of the colon's lower and upper dot over the baseline.
        before, after: gaps between a digit and the sign that follows it, and from there to the next digit.
        detached: gap from a minus to its number.
        spread: of all gaps.
    """

    dot: str
    blob: float
    comma: float
    lean: float
    hook: float
    head: bool
    dash: float
    level: float
    slope: float
    colon: tuple[float, float]
    before: float
    after: float
    detached: float
    spread: float


def make_marks(rng: np.random.Generator) -> MarkStyle:
    """Draw a writer's signs."""
    low = float(rng.uniform(0.02, 0.26))
    return MarkStyle(
        dot=str(rng.choice(list(DOTS), p=[0.6, 0.2, 0.2])),
        blob=float(np.exp(rng.uniform(np.log(0.95), np.log(2.3)))),
        comma=float(rng.uniform(0.16, 0.4)),
        lean=float(rng.uniform(-0.05, 0.75)),
        hook=float(rng.uniform(0.0, 0.4)),
        head=bool(rng.random() < 0.25),
        dash=float(rng.uniform(0.25, 0.75)),
        level=float(rng.uniform(0.34, 0.6)),
        slope=float(rng.normal(0, 0.08)),
        colon=(low, low + float(rng.uniform(0.28, 0.55))),
        before=float(rng.uniform(0.03, 0.26)),
        after=float(rng.uniform(0.05, 0.32)),
        detached=float(rng.uniform(0.05, 0.45)),
        spread=float(rng.uniform(0.01, 0.06)),
    )


def ink_mark(
    text: str, hand: Hand, marks: MarkStyle, rng: np.random.Generator
) -> list[tuple[Ink, float, float]]:
    """The parts of a sign with their places: pixels right of the sign's left end and below the baseline.

    Args:
        text: one of ``SIGNS``; ValueError otherwise.
    """
    height, pen = hand.height, hand.pen
    if text == POINT:
        ink = _dot(hand, marks, rng)
        return [(ink, 0.0, height * float(rng.normal(0.0, 0.02)) - ink.size[1])]
    if text == COMMA:
        length = marks.comma * float(np.exp(rng.normal(0, 0.12)))
        foot = np.array([-marks.lean * length, length])
        side = np.array([1.0, marks.lean]) * marks.hook * length
        points = np.array([[0.0, 0.0], foot * 0.5 + side * 0.5, foot])
        ink = _stroke(points, hand, pen.width * float(rng.uniform(0.8, 1.25)), rng)
        top = -height * float(rng.uniform(0.0, 0.13))
        if not marks.head:
            return [(ink, 0.0, top)]
        head = _dot(hand, marks, rng)
        return [(ink, 0.0, top), (head, ink.size[0] - 0.7 * head.size[0], top - 0.3 * head.size[1])]
    if text == COLON:
        dots = [_dot(hand, marks, rng) for _ in marks.colon]
        lean = hand.style.slant * (marks.colon[1] - marks.colon[0]) * height
        aside = float(rng.normal(0, 0.02)) * height
        places = [0.0, lean + aside]
        first = min(places)
        return [
            (dot, place - first, -level * height - dot.size[1] / 2)
            for dot, place, level in zip(dots, places, marks.colon, strict=True)
        ]
    if text != MINUS:
        raise ValueError(f"no sign {text!r}; the signs are {' '.join(SIGNS)}")
    length = marks.dash * float(np.exp(rng.normal(0, 0.12)))
    rise = length * (marks.slope + float(rng.normal(0, 0.03)))
    bend = float(rng.normal(0, 0.02))
    points = np.array([[0.0, 0.0], [length / 2, bend - rise / 2], [length, -rise]])
    ink = _stroke(points, hand, pen.width * float(rng.uniform(0.8, 1.3)), rng)
    return [(ink, 0.0, -height * (marks.level + float(rng.normal(0, 0.03))) - ink.size[1] / 2)]


def _dot(hand: Hand, marks: MarkStyle, rng: np.random.Generator) -> Ink:
    """One dot; never so small that nobody would see it, nor so large that it would be a nought."""
    width = float(np.clip(hand.pen.width * marks.blob, max(1.6, 0.05 * hand.height), 0.22 * hand.height))
    end = np.array(DOTS[marks.dot]) * np.exp(rng.normal(0, 0.2)) + rng.normal(0, 0.006, 2)
    return _stroke(np.array([[0.0, 0.0], end]), hand, width, rng)


def _stroke(points: np.ndarray, hand: Hand, width: float, rng: np.random.Generator) -> Ink:
    """Ink along ``points`` (n×2, digit heights, y downwards), as all of them lie at least at 0."""
    # A sign is set down and lifted at once: neither dry nor starved, for what would be left of it is nothing.
    pen = replace(hand.pen, width=width, dry=0.0, skips=0.0)
    placed = (points - points.min(axis=0)).astype(np.float32)
    # ``render`` takes the pen's width off the height that it is given, and a sign is drawn to scale.
    return render(Glyph(strokes=(placed,)), hand.height + width, pen, rng)
