"""A generated page of numbers with signs, and the truth about every number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from digitcam.pages.camera import boxes_of, expose, project
from digitcam.pages.glyphs import GlyphSource, PenGlyphs
from digitcam.pages.kinds import make_recipe
from digitcam.pages.layout import resized
from digitcam.pages.light import apply_gain, gain_map
from digitcam.pages.marks import make_marks
from digitcam.pages.number_layout import make_layout
from digitcam.pages.number_sheet import NumberSheet, Written, write_numbers
from digitcam.pages.page import clear, laid, placed
from digitcam.pages.recipes import Recipe
from digitcam.pages.texture import Size, blend
from digitcam.types import Box, NumberTruth, Sign, Truth

# As ``kinds.KINDS``, and one more: digits 16 to 30 pixels high. What is left out shows few numbers, or some
# that nobody could part: digits that fill the frame, that touch, that stand in boxes one by one.
NUMBER_KINDS = (
    "plain", "small", "shadow", "ruled", "squared", "chalkboard", "pencil", "blur", "noise",
    "tilt", "note", "whiteboard", "screen",
)  # fmt: skip
SMALLEST, SMALL, LARGEST = 16.0, 30.0, 120.0  # pixels, digit heights
MOST_TILT = np.radians(20.0)


@dataclass(frozen=True, eq=False)
class NumberPage:
    """A picture of handwritten numbers and all that is known about it.

    Attributes:
        image: H×W×3 uint8, BGR.
        truth: every digit; signs: every sign in a number; boxes tight around the ink.
        before: the sign before each digit, or nothing; a dash between two numbers is one here.
        numbers: in reading order.
        distractors: handwriting that belongs to no number.
        kind: one of ``NUMBER_KINDS``.
    """

    image: np.ndarray
    truth: tuple[Truth, ...]
    before: tuple[str, ...]
    signs: tuple[Sign, ...]
    numbers: tuple[NumberTruth, ...]
    distractors: tuple[Box, ...]
    kind: str


def make_number_page(
    kind: str,
    rng: np.random.Generator,
    size: Size = (1280, 720),
    glyphs: GlyphSource | None = None,
) -> NumberPage:
    """Generate a page of numbers; the same ``rng`` state gives the same page.

    Args:
        kind: one of ``NUMBER_KINDS``; ValueError otherwise.
        size: width and height of the picture, pixels.
        glyphs: where the digits come from, by default the project's own pen model.
    """
    if kind not in NUMBER_KINDS:
        raise ValueError(f"no page of numbers of kind {kind!r}; the kinds are {', '.join(NUMBER_KINDS)}")
    recipe = _recipe(kind, rng, size, glyphs or PenGlyphs())
    margin = max(2.0, 0.1 * recipe.hand.height)

    def seen(points: np.ndarray) -> bool:
        return bool(((points >= margin) & (points <= np.array(size) - margin)).all())

    matrix, extent = placed(recipe, size)
    paper = recipe.paper(extent, rng)
    hand, start = recipe.hand, None
    layout = make_layout(rng, hand)
    if paper.pitch is not None and recipe.on_lines:
        hand = replace(hand, leading=max(1, round(hand.leading / paper.pitch)) * paper.pitch)
        layout = replace(layout, slope=0.0)
        start = paper.first - 0.04 * hand.height

    def free(points: np.ndarray) -> bool:
        return seen(project(matrix, points)) and clear(points, paper.taken)

    marks = make_marks(rng)
    while True:
        sheet = write_numbers(hand, marks, layout, extent, rng, start, recipe.most, free)
        if sheet.numbers:
            break
        # Nothing fitted: the sheet is small, or print takes most of it.
        hand = resized(replace(hand, leading=0.8 * hand.leading, longest=3), 0.8 * hand.height)
        layout = replace(layout, longest=3, chatter=0.0)
    blend(paper.image, sheet.alpha, paper.ink)
    image = laid(paper.image, matrix, size, recipe, rng)
    image = expose(apply_gain(image, gain_map(size, recipe.light, rng)), recipe.lens, rng)
    return _known(image, sheet, matrix, size, kind)


def _known(image: np.ndarray, sheet: NumberSheet, matrix: np.ndarray, size: Size, kind: str) -> NumberPage:
    def boxes(written: Sequence[Written]) -> list[tuple[Box, Written]]:
        found = boxes_of(matrix, [some.hull for some in written], size)
        return [(box, some) for box, some in zip(found, written, strict=True) if box is not None]

    digits = boxes(sheet.digits)
    return NumberPage(
        image=image,
        truth=tuple(Truth(box, digit.text) for box, digit in digits),
        before=tuple(digit.before for _, digit in digits),
        signs=tuple(Sign(box, sign.text) for box, sign in boxes(sheet.signs)),
        numbers=tuple(NumberTruth(box, number.text) for box, number in boxes(sheet.numbers)),
        distractors=tuple(box for box in boxes_of(matrix, sheet.others, size) if box is not None),
        kind=kind,
    )


def _recipe(kind: str, rng: np.random.Generator, size: Size, glyphs: GlyphSource) -> Recipe:
    """The recipe of a page of that kind, with a hand that writes several numbers into the frame."""
    recipe = make_recipe("plain" if kind == "small" else kind, rng, size)
    hand = recipe.hand
    if kind == "small":
        height = float(rng.uniform(SMALLEST, SMALL))
        hand = replace(resized(hand, height), leading=height * hand.leading / hand.height)
        # So few pixels show strokes that run, or none.
        pen = replace(hand.pen, soft=min(hand.pen.soft, height / 30), dry=0.0, flat=0.0, skips=0.0)
        hand = replace(hand, pen=pen)
        recipe = replace(recipe, lens=replace(recipe.lens, defocus=float(rng.uniform(0.0, 0.6))))
    elif hand.height > LARGEST:
        hand = replace(resized(hand, LARGEST), leading=LARGEST * hand.leading / hand.height)
    elif hand.height < SMALLEST:
        hand = replace(resized(hand, SMALLEST), leading=SMALLEST * hand.leading / hand.height)
    hand = replace(hand, glyphs=glyphs, touching=0.0, uneven=0.0, longest=7)
    angle = float(np.clip(recipe.angle, -MOST_TILT, MOST_TILT))
    return replace(recipe, hand=hand, height=hand.height, angle=angle, most=int(rng.integers(16, 64)))
