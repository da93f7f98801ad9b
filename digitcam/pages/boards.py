"""What is written on that is no paper: chalkboards, whiteboards, and the canvas of a drawing program."""

from __future__ import annotations

import cv2
import numpy as np

from digitcam.pages.glyphs import Glyph
from digitcam.pages.inking import Pen, render
from digitcam.pages.lettering import any_font, any_words, set_type
from digitcam.pages.paper import LIGHT_INKS, Area, Colour, Paper, pick
from digitcam.pages.pen import make_style, write_distractor, write_shape, write_sign
from digitcam.pages.texture import Size, blend, clouds, fractal, noise, shaded

BOARDS: tuple[Colour, ...] = ((58, 74, 48), (50, 62, 40), (42, 42, 40), (70, 70, 66), (60, 84, 62))
WHITEBOARDS: tuple[Colour, ...] = ((240, 240, 238), (232, 234, 236), (224, 228, 228), (236, 232, 224))
MARKERS: tuple[Colour, ...] = (
    (40, 36, 36), (40, 36, 36), (150, 60, 30), (190, 80, 30), (50, 40, 190), (60, 130, 40), (140, 50, 110),
)  # fmt: skip
# The pure colours of drawing programs, on white and on black.
ON_WHITE: tuple[Colour, ...] = (
    (0, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 237), (36, 28, 237), (204, 72, 63), (255, 0, 0), (76, 177, 34),
    (39, 127, 255), (164, 73, 163), (21, 0, 136), (64, 64, 64),
)  # fmt: skip
ON_BLACK: tuple[Colour, ...] = (
    (255, 255, 255), (255, 255, 255), (255, 255, 255), (0, 255, 255), (0, 255, 0), (255, 255, 0),
    (127, 200, 255), (190, 190, 190),
)  # fmt: skip


def chalkboard(size: Size, unit: float, rng: np.random.Generator) -> Paper:
    """A board wiped badly: clouds of chalk dust and streaks of the sponge."""
    image = shaded(np.array(pick(BOARDS, rng)), np.float32(0.04) * noise(size, rng, "grain"))
    dust = fractal(size, 6 * unit, rng, 3) * 22 + 10
    angle = (6 * unit, 0.7 * unit) if rng.random() < 0.6 else (0.9 * unit, 5 * unit)
    dust += np.maximum(clouds(size, angle, rng), 0) * float(rng.uniform(6, 26))
    dust *= 1 + 0.5 * noise(size, rng, "grain")
    blend(image, np.clip(dust, 0, 90).astype(np.uint8), (225, 230, 228))
    return Paper(image, pick(LIGHT_INKS, rng, 4))


def whiteboard(size: Size, unit: float, rng: np.random.Generator) -> Paper:
    """Glossy white: lamps and windows mirrored in it, smears of wiped ink, ghosts of what stood there."""
    field = np.float32(0.02) * clouds(size, size[1] / 2, rng) + np.float32(0.006) * noise(size, rng)
    image = shaded(np.array(pick(WHITEBOARDS, rng)), field)
    if rng.random() < 0.7:
        cell = (7 * unit, 1.2 * unit) if rng.random() < 0.6 else (1.5 * unit, 5 * unit)
        smear = np.maximum(clouds(size, cell, rng) - 0.6, 0) * float(rng.uniform(8, 40))
        blend(image, np.clip(smear, 0, 60).astype(np.uint8), pick(MARKERS, rng))
    if rng.random() < 0.4:
        _ghosts(image, unit, rng)
    for _ in range(int(rng.integers(0, 4))):
        _reflection(image, rng)
    taken = (_edge(image, rng),) if rng.random() < 0.3 else ()
    return Paper(image, pick(MARKERS, rng), taken=taken)


def _ghosts(image: np.ndarray, unit: float, rng: np.random.Generator) -> None:
    """Letters and signs that the sponge has not quite taken away."""
    height, width = image.shape[:2]
    alpha = np.zeros((height, width), np.uint8)
    style = make_style(rng)
    pen = Pen(width=0.12 * unit, opacity=float(rng.uniform(0.05, 0.14)), dry=0.5)
    for _ in range(int(rng.integers(2, 8))):
        ink = render(Glyph(strokes=write_distractor(rng, style)), unit * float(rng.uniform(0.8, 2)), pen, rng)
        tall, wide = ink.alpha.shape
        if tall < height and wide < width:
            x, y = int(rng.integers(0, width - wide)), int(rng.integers(0, height - tall))
            part = alpha[y : y + tall, x : x + wide]
            np.maximum(part, ink.alpha, out=part)
    blend(image, alpha, pick(MARKERS, rng))


def _reflection(image: np.ndarray, rng: np.random.Generator) -> None:
    """A lamp or a window in the gloss: a bright patch with a soft edge."""
    small = max(8, image.shape[1] // 4), max(8, image.shape[0] // 4)
    mask = np.zeros(small[::-1], np.uint8)
    centre = rng.uniform(0, 1, 2) * np.array(small)
    extent = rng.uniform(0.05, 0.3, 2) * small[1]
    if rng.random() < 0.5:
        cv2.ellipse(mask, tuple(centre.astype(int).tolist()), tuple(extent.astype(int).tolist()),
                    float(rng.uniform(0, 180)), 0, 360, 255, -1)  # fmt: skip
    else:
        skew = rng.normal(0, 0.15, (4, 2)) * extent
        corners = centre + np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * extent + skew
        cv2.fillPoly(mask, [corners.astype(np.int32)], 255)
    soft = cv2.GaussianBlur(mask, (0, 0), max(0.7, small[1] * float(rng.uniform(0.01, 0.06))))
    alpha = cv2.resize(soft, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    blend(image, cv2.convertScaleAbs(alpha, alpha=float(rng.uniform(0.3, 0.95))), (255, 255, 255))


def _edge(image: np.ndarray, rng: np.random.Generator) -> Area:
    """The board's frame along one side, and the wall behind it; gives the place they take."""
    height, width = image.shape[:2]
    deep = height * float(rng.uniform(0.04, 0.14))
    low = rng.random() < 0.6
    wall, metal = rng.uniform(60, 220, 3), float(rng.uniform(90, 200))
    top, bottom = (height - deep, height) if low else (0.0, deep)
    cv2.rectangle(image, (0, round(top)), (width, round(bottom)), wall.tolist(), -1)
    at = top if low else bottom - 0.3 * deep
    cv2.rectangle(image, (0, round(at)), (width, round(at + 0.3 * deep)), (metal, metal, metal), -1)
    return 0.0, top - 0.02 * height, float(width), deep + 0.04 * height


def canvas(size: Size, unit: float, rng: np.random.Generator) -> Paper:
    """The canvas of a drawing program, white, black or of one colour, maybe with the program's frame."""
    width, height = size
    dark = rng.random() < 0.35
    if dark:
        ground = np.full(3, float(rng.choice([0, 0, 0, 20, 45])))
    else:
        ground = np.full(3, 255.0) if rng.random() < 0.75 else rng.uniform(200, 255, 3)
    image = np.empty((height, width, 3), np.uint8)
    image[:] = ground.astype(np.uint8)
    if rng.random() < 0.25:
        _fade(image, 0.75 if not dark else 3.0, rng)
    if rng.random() < 0.2:
        _raster(image, unit, dark, rng)
    inks = ON_BLACK if dark else ON_WHITE
    taken = window_frame(image, rng) if rng.random() < 0.6 else []
    if rng.random() < 0.3:
        _draw_on(image, unit, inks, taken, rng)
    return Paper(image, inks[int(rng.integers(len(inks)))], taken=tuple(taken))


def _fade(image: np.ndarray, far: float, rng: np.random.Generator) -> None:
    """Let the ground run into another colour, up to ``far`` times as bright."""
    height, width = image.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    x, y = np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32)[:, None]
    along = np.abs(np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y)
    goal = np.clip(np.maximum(image[0, 0], 12) * (far + rng.normal(0, 0.1, 3)), 0, 255)
    blend(image, np.clip(180 * along, 0, 255).astype(np.uint8), tuple(goal.tolist()))


def _raster(image: np.ndarray, unit: float, dark: bool, rng: np.random.Generator) -> None:
    """The faint raster that some programs show."""
    pitch = unit * float(rng.uniform(0.2, 1.0))
    shade = (np.clip(image[0, 0].astype(float) + (45 if dark else -45), 0, 255)).tolist()
    for x in np.arange(0, image.shape[1], pitch):
        cv2.line(image, (round(x), 0), (round(x), image.shape[0]), shade, 1)
    for y in np.arange(0, image.shape[0], pitch):
        cv2.line(image, (0, round(y)), (image.shape[1], round(y)), shade, 1)


def _draw_on(
    image: np.ndarray, unit: float, inks: tuple[Colour, ...], taken: list[Area], rng: np.random.Generator
) -> None:
    """Draw shapes and signs, outlined, clear of the places ``taken``, to which theirs are added."""
    height, width = image.shape[:2]
    style = make_style(rng)
    for _ in range(int(rng.integers(1, 5))):
        tall = unit * float(rng.uniform(0.8, 2.5))
        pen = Pen(width=tall * float(rng.uniform(0.03, 0.12)), pressure=0.0, opacity=1.0)
        some = write_shape if rng.random() < 0.6 else write_sign
        ink = render(Glyph(strokes=some(rng, style)), tall, pen, rng)
        deep, wide = ink.alpha.shape
        if deep >= height or wide >= width:
            continue
        x, y = int(rng.integers(0, width - wide)), int(rng.integers(0, height - deep))
        if all(x > a + w or x + wide < a or y > b + h or y + deep < b for a, b, w, h in taken):
            blend(image[y : y + deep, x : x + wide], ink.alpha, inks[int(rng.integers(len(inks)))])
            taken.append((x, y, wide, deep))


def window_frame(image: np.ndarray, rng: np.random.Generator) -> list[Area]:
    """A program's title, menu, tools and status line around the picture; gives the places they take."""
    height, width = image.shape[:2]
    light = rng.random() < 0.7
    base = float(rng.uniform(225, 250)) if light else float(rng.uniform(30, 70))
    text = (30.0,) * 3 if light else (225.0,) * 3
    bar = height * float(rng.uniform(0.03, 0.05))
    deep = bar * float(rng.uniform(2, 5))
    cv2.rectangle(image, (0, 0), (width, round(deep)), (base,) * 3, -1)
    title = rng.uniform(150, 255, 3) if light else rng.uniform(20, 80, 3)
    cv2.rectangle(image, (0, 0), (width, round(bar)), title.tolist(), -1)
    font = any_font(rng)
    set_type(image, any_words(3, rng), (0.5 * bar, 0.7 * bar), 0.4 * bar, font, text)
    set_type(image, any_words(6, rng, 6).replace(" ", "  "), (0.5 * bar, 1.7 * bar), 0.4 * bar, font, text)
    _tools(image, (0.4 * bar, 2.1 * bar, 0.6 * width, deep - 2.2 * bar), 0.9 * bar, rng)
    taken: list[Area] = [(0, 0, width, deep)]
    if rng.random() < 0.4:
        wide = bar * float(rng.uniform(1.5, 3))
        cv2.rectangle(image, (0, round(deep)), (round(wide), height), (base,) * 3, -1)
        _tools(image, (0.2 * bar, deep + 0.3 * bar, wide - 0.3 * bar, 0.6 * height), 0.9 * bar, rng)
        taken.append((0, 0, wide, height))
    if rng.random() < 0.6:
        cv2.rectangle(image, (0, round(height - bar)), (width, height), (base,) * 3, -1)
        set_type(image, any_words(3, rng), (bar, height - 0.3 * bar), 0.4 * bar, font, text)
        taken.append((0, height - bar, width, bar))
    return taken


def _tools(image: np.ndarray, area: Area, side: float, rng: np.random.Generator) -> None:
    """Rows of small buttons, coloured or outlined, within ``area``."""
    x0, y0, width, height = area
    for y in np.arange(y0, y0 + height - side, 1.2 * side):
        for x in np.arange(x0, x0 + width - side, 1.2 * side):
            corner, end = (round(x), round(y)), (round(x + side), round(y + side))
            colour = rng.uniform(0, 255, 3).tolist()
            if rng.random() < 0.5:
                cv2.rectangle(image, corner, end, colour, -1)
            else:
                middle = round(x + side / 2), round(y + side / 2)
                cv2.rectangle(image, corner, end, (128.0,) * 3, 1, cv2.LINE_AA)
                cv2.circle(image, middle, max(1, round(side / 5)), colour, -1, cv2.LINE_AA)
