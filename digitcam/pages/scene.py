"""Pictures without a digit: what fools a reader of handwriting on desks, in rooms and out of doors.

None of them holds anything that a person would take for a handwritten digit, nor the letters that look
like one; every reading in them is false.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from digitcam.pages import patterns, prints
from digitcam.pages.camera import Lens, expose
from digitcam.pages.desk import Picture, make_desk, make_ground
from digitcam.pages.glyphs import Glyph
from digitcam.pages.inking import Ink, render
from digitcam.pages.kinds import KINDS, make_recipe
from digitcam.pages.layout import Hand, resized, stamp
from digitcam.pages.light import Light, apply_gain, gain_map
from digitcam.pages.pen import write_distractor, write_shape, write_sign, write_word
from digitcam.pages.texture import Size, blend

FLAT = 0.15  # share of scans and screenshots: no light, no lens
MOST_SIGNS = 450  # on a page: more of a small hand shows nothing new


def make_scene(rng: np.random.Generator, size: Size = (1280, 720)) -> Picture:
    """A picture of ``size`` (width, height) in which there is no digit: H×W×3 uint8, BGR."""
    makers = tuple(SCENES)
    image = makers[int(rng.choice(len(makers), p=np.array(list(SCENES.values())) / sum(SCENES.values())))](
        size, rng
    )
    if rng.random() < FLAT:
        return expose(image, Lens(jpeg=int(rng.integers(45, 96)) if rng.random() < 0.6 else 0), rng)
    light = Light(
        gradient=float(rng.uniform(0, 0.8)),
        vignette=float(rng.uniform(0, 0.4)),
        shadow=float(rng.uniform(0.2, 0.7)) if rng.random() < 0.3 else 0.0,
        penumbra=float(np.exp(rng.uniform(np.log(0.002), np.log(0.1)))),
        hand=bool(rng.random() < 0.4),
        glare=float(rng.uniform(0.1, 0.6)) if rng.random() < 0.15 else 0.0,
        cast=float(rng.uniform(0, 0.1)),
        exposure=float(rng.uniform(0.6, 1.15)),
    )
    lens = Lens(
        defocus=float(rng.choice([0.4, 0.7, 1.2, 2.5], p=[0.4, 0.3, 0.2, 0.1])) * size[1] / 720,
        noise=float(rng.choice([1.5, 4.0, 12.0, 22.0], p=[0.5, 0.3, 0.12, 0.08])),
        sharpen=float(rng.uniform(0.3, 1.5)) if rng.random() < 0.25 else 0.0,
        coarse=bool(rng.random() < 0.4),
        jpeg=int(rng.integers(30, 96)) if rng.random() < 0.5 else 0,
    )
    return expose(apply_gain(image, gain_map(size, light, rng)), lens, rng)


def _desk(size: Size, rng: np.random.Generator) -> Picture:
    return make_desk(size, rng, 12)


def _rows(
    size: Size, rng: np.random.Generator, write: Callable[[Hand], Ink], gaps: tuple[float, ...]
) -> Picture:
    """A page of what ``write`` gives, in rows; ``gaps``: digit heights from one to the next, any of them."""
    recipe = make_recipe(str(rng.choice(KINDS)), rng, size)
    paper = recipe.paper(size, rng)
    alpha = np.zeros((size[1], size[0]), np.uint8)
    hand = resized(recipe.hand, min(recipe.height, 0.25 * size[1]))
    hand = replace(hand, pen=replace(hand.pen, dry=0.0))
    count = 0
    for y in np.arange(0.3 * hand.height, size[1] - 1.2 * hand.height, max(hand.leading, 1.3 * hand.height)):
        x = hand.height * float(rng.uniform(0.2, 2))
        while x < 0.95 * size[0] and count < MOST_SIGNS:
            ink = write(hand)
            stamp(alpha, ink, round(x), round(y + max(0.0, hand.height - ink.size[1])))
            x += ink.size[0] + hand.height * float(rng.choice(gaps))
            count += 1
    blend(paper.image, alpha, paper.ink)
    return paper.image


def _letters(size: Size, rng: np.random.Generator) -> Picture:
    """A page of handwriting without figures: letters, signs, doodles."""

    def write(hand: Hand) -> Ink:
        glyph = Glyph(strokes=write_distractor(rng, hand.style))
        return render(glyph, hand.height * float(rng.uniform(0.6, 1.1)), hand.pen, rng)

    return _rows(size, rng, write, (0.15, 0.3, 0.45, 1.2))


def _words(size: Size, rng: np.random.Generator) -> Picture:
    """A letter in joined handwriting."""

    def write(hand: Hand) -> Ink:
        strokes = write_word(rng, hand.style, int(rng.integers(2, 9)))
        return render(Glyph(strokes=strokes), hand.height, hand.pen, rng)

    return _rows(size, rng, write, (0.5, 0.8))


def _blank(size: Size, rng: np.random.Generator) -> Picture:
    """Paper or board with nothing on it."""
    return make_recipe(str(rng.choice(KINDS)), rng, size).paper(size, rng).image


def _doodles(size: Size, rng: np.random.Generator) -> Picture:
    """Drawings on paper, board or screen: large signs, arrows, faces, scribbles, shapes with corners."""
    recipe = make_recipe(str(rng.choice(KINDS)), rng, size)
    paper = recipe.paper(size, rng)
    alpha = np.zeros((size[1], size[0]), np.uint8)
    for _ in range(int(rng.integers(2, 16))):
        tall = size[1] * float(np.exp(rng.uniform(np.log(0.08), np.log(0.6))))
        hand = resized(recipe.hand, tall)
        some = write_sign if rng.random() < 0.6 else write_shape
        ink = render(Glyph(strokes=some(rng, hand.style)), tall, hand.pen, rng)
        x, y = rng.uniform(-0.05, 0.95, 2) * np.array(size)
        stamp(alpha, ink, round(x), round(y))
    blend(paper.image, alpha, paper.ink)
    return paper.image


SCENES: dict[Callable[[Size, np.random.Generator], Picture], float] = {
    make_ground: 1, _desk: 3, _letters: 3, _words: 2, _doodles: 2, _blank: 1,
    patterns.folds: 1, patterns.foliage: 1, patterns.blades: 1, patterns.shelf: 1, patterns.blobs: 1,
    patterns.chequer: 1, patterns.blinds: 1, patterns.fence: 1, patterns.cables: 1, patterns.specks: 0.5,
    prints.printed_page: 1.5, prints.empty_form: 1.5, prints.paper_on_desk: 2, prints.screen: 1.5,
    prints.poster: 1.5, prints.keyboard: 1,
}  # fmt: skip
