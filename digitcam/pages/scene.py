"""Pictures without a digit: what fools a reader of handwriting on desks, in rooms and out of doors.

None of them holds anything that a person would take for a handwritten digit, nor the letters that look
like one; every reading in them is false.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from digitcam.pages.camera import Lens, expose
from digitcam.pages.desk import Picture, make_desk, make_ground, paint
from digitcam.pages.glyphs import Glyph
from digitcam.pages.inking import render
from digitcam.pages.kinds import KINDS, make_recipe
from digitcam.pages.layout import stamp
from digitcam.pages.lettering import FONTS, LETTERS
from digitcam.pages.light import Light, apply_gain, gain_map
from digitcam.pages.pen import write_distractor
from digitcam.pages.texture import Size, blend, clouds, fractal, noise, shaded


def make_scene(rng: np.random.Generator, size: Size = (1280, 720)) -> Picture:
    """A picture of ``size`` (width, height) in which there is no digit: H×W×3 uint8, BGR."""
    makers = tuple(SCENES)
    image = makers[int(rng.choice(len(makers), p=np.array(list(SCENES.values())) / sum(SCENES.values())))](
        size, rng
    )
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
        noise=float(rng.choice([1.5, 4.0, 12.0], p=[0.6, 0.3, 0.1])),
        coarse=bool(rng.random() < 0.4),
        jpeg=int(rng.integers(45, 96)) if rng.random() < 0.5 else 0,
    )
    return expose(apply_gain(image, gain_map(size, light, rng)), lens, rng)


def _ground(size: Size, rng: np.random.Generator) -> Picture:
    return make_ground(size, rng)


def _desk(size: Size, rng: np.random.Generator) -> Picture:
    return make_desk(size, rng, 12)


def _folds(size: Size, rng: np.random.Generator) -> Picture:
    """Curtains, or a rumpled cloth."""
    across = size[1] * float(rng.uniform(0.04, 0.2))
    cell = (across, 3.0 * size[1]) if rng.random() < 0.6 else (across, across * float(rng.uniform(1, 4)))
    field = _stretched(size, cell, rng) * np.float32(rng.uniform(0.1, 0.35))
    return shaded(paint(rng), field + np.float32(0.02) * noise(size, rng))


def _stretched(size: Size, cell: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    """Two octaves of stretched clouds, H×W float32."""
    return clouds(size, cell, rng) + np.float32(0.4) * clouds(size, (cell[0] / 3, cell[1] / 2), rng)


def _foliage(size: Size, rng: np.random.Generator) -> Picture:
    """Leaves on leaves: pointed ovals with a midrib."""
    image = shaded(paint(rng) * 0.4, np.float32(0.2) * fractal(size, size[1] / 6, rng))
    length = size[1] * float(np.exp(rng.uniform(np.log(0.03), np.log(0.2))))
    green = np.array([40.0, 120.0, 70.0]) if rng.random() < 0.6 else paint(rng)
    t = np.linspace(-1, 1, 9)
    outline = np.stack(
        [np.r_[t, t[::-1]], np.r_[1 - t**2, t[::-1] ** 2 - 1] * float(rng.uniform(0.2, 0.5))], 1
    )
    for _ in range(int(min(900, 3.0 * size[0] * size[1] / length**2))):
        angle, scale = rng.uniform(0, 2 * np.pi), length * rng.uniform(0.4, 0.8)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) * scale
        place = rng.uniform(0, 1, 2) * np.array(size)
        points = np.round((outline @ turn + place) * 16).astype(np.int32)
        tone = np.clip(green * rng.uniform(0.4, 1.7) + rng.normal(0, 8, 3), 0, 255)
        cv2.fillPoly(image, [points], tuple(float(v) for v in tone), cv2.LINE_AA, 4)
        rib = points[[0, 8]]
        cv2.polylines(image, [rib], False, tuple(float(v) for v in tone * 0.7), 1, cv2.LINE_AA, 4)
    return image


def _blades(size: Size, rng: np.random.Generator) -> Picture:
    """Grass, hair, twigs: thin curved strokes all over."""
    image = shaded(paint(rng), np.float32(0.15) * fractal(size, size[1] / 5, rng))
    # Long and many: a short one that lay alone would be a 1.
    length, lean = size[1] * float(rng.uniform(0.25, 0.7)), rng.uniform(0, np.pi)
    width = max(1, round(size[1] * float(rng.uniform(0.0015, 0.008))))
    tone = paint(rng)
    for _ in range(int(rng.integers(150, 500))):
        angle = lean + rng.normal(0, 0.3)
        step = np.array([np.cos(angle), np.sin(angle)]) * length * rng.uniform(0.4, 1.2)
        bow = np.array([-step[1], step[0]]) * rng.normal(0, 0.2)
        start = rng.uniform(-0.1, 1.1, 2) * np.array(size)
        t = np.linspace(0, 1, 8)[:, None]
        path = np.round((start + t * step + 4 * t * (1 - t) * bow) * 16).astype(np.int32)
        colour = tuple(float(v) for v in np.clip(tone * rng.uniform(0.5, 1.5), 0, 255))
        cv2.polylines(image, [path], False, colour, width, cv2.LINE_AA, 4)
    return image


def _shelf(size: Size, rng: np.random.Generator) -> Picture:
    """Bookshelves, cupboards, a house front: upright boxes in rows, some with a label."""
    image = shaded(paint(rng) * 0.6, np.float32(0.05) * fractal(size, size[1] / 3, rng))
    rows = int(rng.integers(1, 6))
    tall = size[1] / rows
    for row in range(rows):
        x = 0.0
        while x < size[0]:
            width = tall * float(rng.uniform(0.06, 0.4))
            top = (row + float(rng.uniform(0.05, 0.3))) * tall
            tone = paint(rng)
            corner, end = (int(x), int(top)), (int(x + width * 0.94), int((row + 0.96) * tall))
            cv2.rectangle(image, corner, end, tuple(float(v) for v in tone), -1)
            if rng.random() < 0.4:
                low = int(top + 0.2 * tall)
                band = tuple(float(v) for v in paint(rng))
                cv2.rectangle(image, (corner[0], low), (end[0], int(low + 0.1 * tall)), band, -1)
            x += width
    return image


def _print(size: Size, rng: np.random.Generator) -> Picture:
    """A printed page: lines of type, without figures and without letters that look like them."""
    light = rng.random() < 0.85
    image = shaded(
        np.array([240.0, 242, 244]) if light else np.array([40.0, 36, 34]), 0.01 * noise(size, rng)
    )
    ink = (35.0, 30.0, 30.0) if light else (225.0, 225.0, 220.0)
    font = FONTS[int(rng.integers(len(FONTS)))]
    y = 0.0
    while y < size[1]:
        height = size[1] * float(rng.choice([0.02, 0.03, 0.05, 0.12], p=[0.4, 0.4, 0.15, 0.05]))
        scale = height / 21  # Hershey's capitals are 21 units high
        if rng.random() < 0.15:
            y += 2 * height
            continue
        words = ("".join(rng.choice(LETTERS, int(rng.integers(2, 9)))) for _ in range(30))
        start = (int(rng.uniform(0.02, 0.1) * size[0]), int(y + 1.5 * height))
        cv2.putText(image, " ".join(words), start, font, scale, ink, max(1, round(scale * 1.6)), cv2.LINE_AA)
        y += 1.9 * height
    return image


def _blobs(size: Size, rng: np.random.Generator) -> Picture:
    """Fruit, coins, sweets, buttons: round things with a light and a dark side."""
    image = make_ground(size, rng)
    radius = size[1] * float(np.exp(rng.uniform(np.log(0.02), np.log(0.15))))
    for _ in range(int(rng.integers(5, 60))):
        x, y = (rng.uniform(0, 1, 2) * np.array(size)).astype(int).tolist()
        own, tone = radius * float(rng.uniform(0.7, 1.3)), paint(rng)
        for part in (1.0, 0.8, 0.55, 0.3):
            shift = int((1 - part) * own * 0.4)
            colour = tuple(float(v) for v in np.clip(tone * (1.5 - 0.7 * part), 0, 255))
            axes = (max(1, int(own * part)), max(1, int(own * part * 0.9)))
            cv2.ellipse(image, (x - shift, y - shift), axes, 30, 0, 360, colour, -1, cv2.LINE_AA)
    return image


def _chequer(size: Size, rng: np.random.Generator) -> Picture:
    """A calibration board, a mosaic, a brick wall or windows."""
    pitch = size[1] * float(rng.uniform(0.04, 0.2))
    x, y = np.arange(size[0]) / (pitch * float(rng.uniform(0.7, 2))), np.arange(size[1]) / pitch
    stagger = 0.5 if rng.random() < 0.4 else 0.0
    columns = x[None, :] + stagger * (y[:, None].astype(int) % 2)
    joint = float(rng.uniform(0.0, 0.15))
    inside = ((columns % 1) > joint) & ((y[:, None] % 1) > joint)
    tones = rng.normal(0, 0.2, (64, 64)) if joint > 0.03 else (np.indices((64, 64)).sum(0) % 2) * 1.2 - 0.6
    cell = tones[y.astype(int)[:, None] % 64, columns.astype(int) % 64]
    return shaded(paint(rng), np.where(inside, cell, -0.6).astype(np.float32) + 0.02 * noise(size, rng))


def _letters(size: Size, rng: np.random.Generator) -> Picture:
    """A page of handwriting without figures: letters, signs, doodles."""
    recipe = make_recipe(str(rng.choice(KINDS)), rng, size)
    paper = recipe.paper(size, rng)
    alpha = np.zeros((size[1], size[0]), np.uint8)
    height, hand = recipe.height, recipe.hand
    pen = replace(hand.pen, dry=0.0)
    for y in np.arange(0.3 * height, size[1] - 1.4 * height, hand.leading):
        x = height * float(rng.uniform(0.2, 2))
        while x < size[0] - 2 * height:
            glyph = Glyph(strokes=write_distractor(rng, hand.style))
            ink = render(glyph, height * float(rng.uniform(0.6, 1.1)), pen, rng)
            stamp(alpha, ink, round(x), round(y + max(0.0, height - ink.size[1])))
            x += ink.size[0] + height * float(rng.choice([hand.gap, 1.2], p=[0.75, 0.25]))
    blend(paper.image, alpha, paper.ink)
    return paper.image


def _blank(size: Size, rng: np.random.Generator) -> Picture:
    """Paper or board with nothing on it."""
    return make_recipe(str(rng.choice(KINDS)), rng, size).paper(size, rng).image


SCENES: dict[Callable[[Size, np.random.Generator], Picture], float] = {
    _ground: 1, _desk: 3, _folds: 1, _foliage: 1, _blades: 1, _shelf: 1, _print: 1.5, _blobs: 1,
    _chequer: 1, _letters: 2, _blank: 1,
}  # fmt: skip
