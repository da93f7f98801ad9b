"""The kinds of page: what makes each of them harder than a white sheet under a lamp."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from digitcam.pages import boards, rulings
from digitcam.pages import paper as papers
from digitcam.pages.camera import Lens
from digitcam.pages.light import Light
from digitcam.pages.paper import Paper
from digitcam.pages.recipes import Recipe, any_pen, common_recipe
from digitcam.pages.texture import Size

KINDS = (
    "plain", "shadow", "ruled", "squared", "chalkboard", "pencil", "blur", "noise",
    "tilt", "tiny", "huge", "dense", "touching", "note", "boxed", "whiteboard", "screen",
)  # fmt: skip
# Of a page of words: letters in boxes, that touch, or as large as the frame, are no words.
WORD_KINDS = tuple(kind for kind in KINDS if kind not in ("huge", "touching", "boxed"))


def make_recipe(kind: str, rng: np.random.Generator, size: Size) -> Recipe:
    """Draw a recipe for ``kind``; ValueError where there is no such kind."""
    if kind not in KINDS:
        raise ValueError(f"no page of kind {kind!r}; the kinds are {', '.join(KINDS)}")
    base = common_recipe(rng, size)
    return _CHANGES[kind](base, size, rng) if kind in _CHANGES else base


def _sized(recipe: Recipe, height: float, thickness: float, rng: np.random.Generator) -> Recipe:
    """The same page written ``height`` pixels high with a pen ``thickness`` digit heights wide."""
    hand = recipe.hand
    pen = any_pen(height, rng, thickness)
    pen = replace(pen, soft=min(pen.soft, height / 30))
    leading = hand.leading / hand.height * height
    return replace(recipe, height=height, hand=replace(hand, height=height, pen=pen, leading=leading))


def _between(least: float, most: float, rng: np.random.Generator) -> float:
    """A size between ``least`` and ``most``, in which any ratio is as likely as any other."""
    return float(np.exp(rng.uniform(np.log(least), np.log(most))))


def _steady(recipe: Recipe) -> Recipe:
    """The same page written with a pen that always runs: its strokes are hard enough to see as it is."""
    pen = replace(recipe.hand.pen, dry=0.0, flat=0.0, skips=0.0)
    return replace(recipe, hand=replace(recipe.hand, pen=pen))


def _shadow(recipe: Recipe, size: Size, rng: np.random.Generator) -> Recipe:
    hard = float(np.exp(rng.uniform(np.log(0.0012), np.log(0.012))))
    depth, hand = float(rng.uniform(0.4, 0.78)), bool(rng.random() < 0.45)
    light = replace(
        recipe.light, shadow=depth, penumbra=hard, hand=hand, exposure=float(rng.uniform(0.8, 1.1))
    )
    return replace(recipe, light=light)


def _ruled(recipe: Recipe, size: Size, rng: np.random.Generator) -> Recipe:
    height, pen = recipe.height, recipe.hand.pen.width
    return replace(
        recipe, paper=lambda extent, r: rulings.ruled_paper(extent, height, pen, r), arrangement="rows"
    )


def _squared(recipe: Recipe, size: Size, rng: np.random.Generator) -> Recipe:
    height, pen = recipe.height, recipe.hand.pen.width
    return replace(recipe, paper=lambda extent, r: rulings.squared_paper(extent, height, pen, r))


def _chalkboard(recipe: Recipe, size: Size, rng: np.random.Generator) -> Recipe:
    height = recipe.height * float(rng.uniform(1.0, 1.5))
    recipe = _sized(recipe, height, _between(0.05, 0.18, rng), rng)
    pen = replace(
        recipe.hand.pen, opacity=float(rng.uniform(0.65, 0.95)), grain=float(rng.uniform(0.1, 0.4)), dry=0.3
    )
    light = replace(recipe.light, exposure=float(rng.uniform(0.9, 1.3)))
    return replace(
        recipe,
        hand=replace(recipe.hand, pen=pen),
        light=light,
        paper=lambda extent, r: boards.chalkboard(extent, height, r),
        cover=None,
    )


def _pencil(recipe: Recipe, size: Size, rng: np.random.Generator) -> Recipe:
    recipe = _steady(_sized(recipe, recipe.height, _between(0.035, 0.1, rng), rng))
    pen = replace(
        recipe.hand.pen, opacity=float(rng.uniform(0.5, 0.85)), grain=float(rng.uniform(0.15, 0.45))
    )
    height = recipe.height

    def blank(extent: Size, rng: np.random.Generator) -> Paper:
        sheet = papers.plain_paper(extent, height, rng, papers.WHITE)
        return replace(sheet, ink=papers.PENCILS[int(rng.integers(3))])

    return replace(recipe, hand=replace(recipe.hand, pen=pen), paper=blank)


def _blur(recipe: Recipe, size: Size, rng: np.random.Generator) -> Recipe:
    amount = recipe.height * float(rng.uniform(0.025, 0.055))
    smear = recipe.height * float(rng.uniform(0.05, 0.16)) if rng.random() < 0.5 else 0.0
    lens = replace(recipe.lens, defocus=amount * (0.5 if smear else 1.0), motion=smear)
    thickness = max(recipe.hand.pen.width / recipe.height, 0.07)
    recipe = _steady(_sized(recipe, recipe.height, thickness, rng))
    return replace(recipe, lens=lens, paper=_dark_ink(recipe.height))


def _noise(recipe: Recipe, size: Size, rng: np.random.Generator) -> Recipe:
    lens = replace(recipe.lens, noise=float(rng.uniform(9, 24)), jpeg=int(rng.integers(35, 90)))
    thickness = max(recipe.hand.pen.width / recipe.height, 0.065)
    recipe = _steady(_sized(recipe, max(recipe.height, 22.0), thickness, rng))
    # Dark all over rather than in one corner: a person must still read every digit.
    exposure, gradient = float(rng.uniform(0.5, 0.8)), recipe.light.gradient / 2
    light = replace(recipe.light, exposure=exposure, gradient=gradient, shadow=0.0)
    return replace(recipe, lens=lens, light=light, paper=_dark_ink(recipe.height))


def _dark_ink(height: float) -> Callable[[Size, np.random.Generator], Paper]:
    """Plain paper and an ink that a poor camera still shows."""
    return lambda extent, rng: papers.plain_paper(extent, height, rng, bright=0.0)


def _tilt(recipe: Recipe, size: Size, rng: np.random.Generator) -> Recipe:
    angle = np.radians(rng.uniform(10, 25)) * rng.choice([-1, 1])
    light = _from_one_side(recipe.light, rng)
    return replace(recipe, light=light, angle=float(angle), tip=recipe.tip * 2, pan=recipe.pan * 2)


def _from_one_side(light: Light, rng: np.random.Generator) -> Light:
    """Light so slanting that its fall, not the ink, is the greatest contrast: no one threshold will do."""
    return replace(light, gradient=float(rng.uniform(0.95, 1.25)), vignette=float(rng.uniform(0.3, 0.5)))


def _tiny(recipe: Recipe, size: Size, rng: np.random.Generator) -> Recipe:
    """Digits 14 to 18 pixels high, whatever the frame's size: that is what few pixels mean."""
    lens = replace(recipe.lens, defocus=float(rng.uniform(0.0, 0.5)), noise=float(rng.uniform(0.5, 2.5)))
    recipe = _steady(_sized(recipe, float(rng.uniform(14.5, 18)), _between(0.07, 0.17, rng), rng))
    hand = replace(recipe.hand, gap=max(recipe.hand.gap, 0.2), touching=0.0, uneven=0.0)
    return replace(recipe, lens=lens, hand=hand, tip=recipe.tip / 2, pan=recipe.pan / 2, most=80)


def _huge(recipe: Recipe, size: Size, rng: np.random.Generator) -> Recipe:
    height = size[1] * float(rng.uniform(0.34, 0.85))
    recipe = _sized(recipe, height, _between(0.03, 0.25, rng), rng)
    longest = int(rng.integers(1, 4)) if height < 0.6 * size[1] else 1
    hand = replace(recipe.hand, longest=longest, chatter=0.0, touching=0.0, leading=1.5 * height)
    # So near to the paper, whoever holds the camera stands in the light.
    light = replace(
        recipe.light, shadow=float(rng.uniform(0.25, 0.6)), penumbra=float(rng.uniform(0.01, 0.1))
    )
    return replace(
        recipe, hand=hand, light=light, cover=None, angle=recipe.angle / 2, arrangement="rows", most=30
    )


def _dense(recipe: Recipe, size: Size, rng: np.random.Generator) -> Recipe:
    height = size[1] * float(rng.uniform(0.038, 0.06))
    recipe = _steady(_sized(recipe, height, _between(0.045, 0.17, rng), rng))
    hand = replace(
        recipe.hand,
        gap=float(rng.uniform(0.04, 0.16)),
        touching=float(rng.uniform(0.0, 0.15)),
        leading=height * float(rng.uniform(1.22, 1.5)),
        chatter=min(recipe.hand.chatter, 0.1),
        longest=12,
    )
    light = _from_one_side(recipe.light, rng)
    return replace(recipe, hand=hand, light=light, arrangement="rows", most=160)


def _touching(recipe: Recipe, size: Size, rng: np.random.Generator) -> Recipe:
    hand = replace(recipe.hand, touching=float(rng.uniform(0.35, 0.8)), gap=float(rng.uniform(0.04, 0.15)))
    hand = replace(hand, longest=max(hand.longest, 3))
    return replace(recipe, hand=hand, arrangement="rows")


def _note(recipe: Recipe, size: Size, rng: np.random.Generator) -> Recipe:
    """A small note on a desk: another ground, maybe a dark one, takes most of the frame."""
    cover = float(rng.uniform(0.3, 0.6)), float(rng.uniform(0.4, 0.75))
    height = min(recipe.height, size[1] * cover[1] * 0.2)
    recipe = _sized(recipe, height, recipe.hand.pen.width / recipe.hand.height, rng)
    colours, dark = (papers.NOTES if rng.random() < 0.7 else papers.WHITE), rng.random() < 0.15

    def blank(extent: Size, rng: np.random.Generator) -> Paper:
        if dark:
            return papers.dark_paper(extent, height, rng)
        return papers.plain_paper(extent, height, rng, colours)

    shift = float(rng.uniform(-0.15, 0.15)), float(rng.uniform(-0.08, 0.08))
    angle = float(rng.normal(0, 0.12))
    return replace(recipe, paper=blank, cover=cover, shift=shift, angle=angle, things=7)


def _boxed(recipe: Recipe, size: Size, rng: np.random.Generator) -> Recipe:
    """Sudoku, forms with a box for each digit, tables."""
    height = recipe.height * float(rng.uniform(0.8, 1.2))
    broad = _between(0.035, 0.2, rng)
    recipe = _sized(recipe, max(height, 14.0), broad, rng)
    height, pen = recipe.height, recipe.hand.pen.width
    maker = (rulings.sudoku_paper, rulings.form_paper, rulings.table_paper)[int(rng.integers(3))]
    hand = replace(recipe.hand, touching=0.0)
    return replace(recipe, hand=hand, paper=lambda extent, r: maker(extent, height, pen, r), most=81)


def _whiteboard(recipe: Recipe, size: Size, rng: np.random.Generator) -> Recipe:
    height = recipe.height * float(rng.uniform(1.0, 1.6))
    recipe = _sized(recipe, height, _between(0.045, 0.22, rng), rng)
    pen = replace(
        recipe.hand.pen,
        opacity=float(rng.uniform(0.7, 0.95)),
        dry=float(rng.uniform(0.2, 0.6)) if rng.random() < 0.4 else 0.0,
        flat=float(rng.uniform(0.2, 0.6)) if rng.random() < 0.5 else 0.0,
        skips=0.0,
    )
    return replace(
        recipe,
        hand=replace(recipe.hand, pen=pen),
        paper=lambda extent, r: boards.whiteboard(extent, height, r),
        cover=None,
    )


def _screen(recipe: Recipe, size: Size, rng: np.random.Generator) -> Recipe:
    """Drawn with a mouse or a finger: even round strokes, pure colours, no paper, no light, no lens."""
    height = size[1] * _between(0.05, 0.4, rng)
    recipe = _sized(recipe, height, _between(0.03, 0.25, rng), rng)
    shaky = replace(recipe.hand.style, tremor=float(rng.choice([0.0, 0.004, 0.009])))
    soft = float(rng.choice([0.0, 0.4]))
    pen = replace(recipe.hand.pen, pressure=0.0, opacity=1.0, dry=0.0, skips=0.0, soft=soft)
    hand = replace(recipe.hand, pen=pen, style=shaky, leading=1.4 * height, longest=5)
    lens = Lens(
        defocus=float(rng.choice([0.0, 0.0, 0.5])),
        jpeg=int(rng.integers(40, 96)) if rng.random() < 0.4 else 0,
    )
    return replace(
        recipe,
        hand=hand,
        paper=lambda extent, r: boards.canvas(extent, height, r),
        light=Light(),
        lens=lens,
        angle=0.0,
        tip=0.0,
        pan=0.0,
        cover=None,
    )


_CHANGES: dict[str, Callable[[Recipe, Size, np.random.Generator], Recipe]] = {
    "shadow": _shadow,
    "ruled": _ruled,
    "squared": _squared,
    "chalkboard": _chalkboard,
    "pencil": _pencil,
    "blur": _blur,
    "noise": _noise,
    "tilt": _tilt,
    "tiny": _tiny,
    "huge": _huge,
    "dense": _dense,
    "touching": _touching,
    "note": _note,
    "boxed": _boxed,
    "whiteboard": _whiteboard,
    "screen": _screen,
}
