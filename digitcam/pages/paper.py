"""Blank sheets of every colour: plain, folded, crumpled, printed on the back or at the edge."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitcam.pages.lettering import any_figures, any_font, any_words, set_type
from digitcam.pages.texture import Size, clouds, noise, shaded

Colour = tuple[float, float, float]  # BGR, 0 to 255
Area = tuple[float, float, float, float]  # x, y, width, height in pixels of the sheet

WHITE: tuple[Colour, ...] = (
    (246, 246, 244), (240, 242, 242), (236, 238, 240), (232, 236, 238), (222, 234, 240),
    (212, 226, 234), (226, 226, 226), (208, 208, 208), (184, 186, 186), (244, 240, 234),
)  # fmt: skip
PALE: tuple[Colour, ...] = (
    (240, 228, 214), (214, 205, 240), (214, 238, 218), (190, 228, 242), (225, 205, 220),
)  # fmt: skip
NOTES: tuple[Colour, ...] = (
    (120, 225, 245), (150, 240, 250), (190, 170, 245), (170, 235, 180), (240, 225, 170),
)  # fmt: skip
KRAFT: tuple[Colour, ...] = ((120, 160, 190), (105, 145, 178), (140, 172, 196))
DARK: tuple[Colour, ...] = ((38, 36, 36), (70, 45, 30), (52, 52, 56), (40, 52, 42))

DARK_INKS: tuple[Colour, ...] = (
    (40, 36, 34), (30, 28, 28), (62, 58, 58), (120, 50, 30), (150, 70, 25), (170, 60, 40),
    (40, 35, 170), (60, 110, 40), (120, 40, 110), (90, 55, 30),
)  # fmt: skip
# Felt tips and coloured pencils: red, orange, greens, sky blue, violet, pink, brown, turquoise.
BRIGHT_INKS: tuple[Colour, ...] = (
    (45, 40, 215), (30, 110, 235), (70, 160, 60), (60, 130, 90), (215, 140, 50), (190, 80, 130),
    (150, 90, 225), (50, 85, 140), (170, 150, 40), (150, 150, 205), (190, 160, 130),
)  # fmt: skip
PENCILS: tuple[Colour, ...] = ((98, 98, 98), (112, 110, 108), (84, 84, 86))
LIGHT_INKS: tuple[Colour, ...] = (
    (235, 238, 238),
    (225, 230, 225),
    (150, 225, 240),
    (235, 215, 190),
    (205, 190, 240),
)
LUMA = np.array([0.114, 0.587, 0.299])
LEAST_CONTRAST = 62.0  # grey levels between ink and paper, below which pale ink is lost in a shadow


@dataclass(frozen=True, eq=False)
class Paper:
    """A blank sheet.

    Attributes:
        image: H×W×3 uint8, BGR.
        ink: what a pen leaves on it.
        pitch, first, line_width: rulings, if any, lie at ``first + n · pitch`` pixels.
        cells: boxes meant for writing in; longest: digits that go into each; fill: their height in cells.
        taken: where nothing can be written: print, frames.
    """

    image: np.ndarray
    ink: Colour
    pitch: float | None = None
    first: float = 0.0
    line_width: float = 0.0
    cells: tuple[Area, ...] = ()
    longest: int = 1
    fill: float = 0.7
    taken: tuple[Area, ...] = ()


def pick(colours: tuple[Colour, ...], rng: np.random.Generator, spread: float = 6.0) -> Colour:
    """One of ``colours``, a little off."""
    colour = np.array(colours[int(rng.integers(len(colours)))]) + rng.normal(0, spread, 3)
    blue, green, red = np.clip(colour, 8, 252)
    return float(blue), float(green), float(red)


def contrast(ground: Colour, ink: Colour) -> float:
    """By how many grey levels ``ink`` is darker than ``ground``."""
    return float(np.dot(LUMA, np.subtract(ground, ink)))


def pick_ink(
    ground: Colour, rng: np.random.Generator, bright: float = 0.25, least: float = LEAST_CONTRAST
) -> Colour:
    """An ink ``least`` grey levels darker than ``ground``; a share of ``bright`` are coloured pens."""
    if rng.random() < bright:
        ink = pick(BRIGHT_INKS, rng)
        if contrast(ground, ink) >= least:
            return ink
    return pick(DARK_INKS, rng)


def bare(colour: Colour, size: Size, rough: float, rng: np.random.Generator) -> np.ndarray:
    """Paper of ``colour``, H×W×3 uint8: fibres, and a faint unevenness."""
    field = np.float32(rough) * noise(size, rng, "fibre" if rng.random() < 0.5 else "grain")
    field += np.float32(0.012) * clouds(size, max(size) / 5, rng)
    return shaded(np.array(colour), field)


def plain_paper(
    size: Size,
    unit: float,
    rng: np.random.Generator,
    colours: tuple[Colour, ...] = WHITE,
    bright: float = 0.25,
) -> Paper:
    """Unlined paper; ``unit`` is the height of a digit that will stand on it, pixels; see ``pick_ink``."""
    colour = pick(colours, rng)
    image = bare(colour, size, float(rng.uniform(0.004, 0.02)), rng)
    wear(image, unit, rng)
    taken: list[Area] = []
    if rng.random() < 0.1:
        _holes(image, unit, rng)
    if rng.random() < 0.15:
        taken.append(print_line(image, unit, rng))
    if rng.random() < 0.12:
        _margin(image, unit, rng)
    return Paper(image, pick_ink(colour, rng, bright), taken=tuple(taken))


def wear(image: np.ndarray, unit: float, rng: np.random.Generator) -> None:
    """What happens to a sheet before it is photographed: folds, creases, print on its other side."""
    for _ in range(int(rng.choice(3, p=[0.7, 0.2, 0.1]))):
        _fold(image, rng)
    if rng.random() < 0.25:
        _crumple(image, rng)
    if rng.random() < 0.2:
        _print_through(image, unit, rng)


def kraft_paper(size: Size, unit: float, rng: np.random.Generator) -> Paper:
    """Brown wrapping paper or cardboard."""
    image = bare(pick(KRAFT, rng), size, float(rng.uniform(0.02, 0.045)), rng)
    return Paper(image, pick(DARK_INKS[:5], rng))


def dark_paper(size: Size, unit: float, rng: np.random.Generator) -> Paper:
    """Black or deeply coloured card, for light ink."""
    image = bare(pick(DARK, rng), size, float(rng.uniform(0.02, 0.06)), rng)
    return Paper(image, pick(LIGHT_INKS, rng))


def tint(image: np.ndarray, alpha: np.ndarray, colour: Colour) -> None:
    """Lay ``colour`` over all of ``image`` (H×W×3) in place, as ``alpha`` (H×W uint8) says."""
    weight = alpha.astype(np.float32) * np.float32(1 / 255)
    over = np.empty_like(image)
    over[:] = np.array(colour, np.uint8)
    image[:] = cv2.blendLinear(over, image, weight, 1 - weight)


def _relight(image: np.ndarray, gain: np.ndarray) -> None:
    """Multiply ``image`` (H×W×3) by ``gain`` (H×W or what broadcasts to it) in place."""
    levels = np.clip(128 * gain, 0, 255).astype(np.uint8)
    field = np.broadcast_to(levels, image.shape[:2])
    cv2.multiply(image, cv2.merge([field] * 3), dst=image, scale=1 / 128)


def _fold(image: np.ndarray, rng: np.random.Generator) -> None:
    """A crease: both sides face the light a little differently."""
    upright = rng.random() < 0.5
    length = image.shape[1] if upright else image.shape[0]
    at = length * float(rng.uniform(0.15, 0.85))
    distance = (np.arange(length) - at) / length
    step = 0.05 * np.tanh(distance * 60) * np.exp(-np.abs(distance) * 5) - 0.06 * np.exp(
        -((distance * 250) ** 2)
    )
    gain = 1 + step * float(rng.uniform(0.6, 1.8))
    _relight(image, gain[None, :] if upright else gain[:, None])


def _crumple(image: np.ndarray, rng: np.random.Generator) -> None:
    """A sheet that was crushed and smoothed again: facets with sharp ridges between them."""
    height, width = image.shape[:2]
    small = max(8, width // 4), max(8, height // 4)
    points = (rng.uniform(0, 1, (int(rng.integers(10, 40)), 2)) * np.array(small)).astype(int)
    seeds = np.full(small[::-1], 255, np.uint8)
    seeds[points[:, 1], points[:, 0]] = 0
    _, facet = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5)
    slopes = rng.normal(0, 1, (int(facet.max()) + 1, 3)).astype(np.float32)
    y, x = np.mgrid[-1 : 1 : small[1] * 1j, -1 : 1 : small[0] * 1j].astype(np.float32)
    # Neighbouring facets turn to the light in their own way; each also falls off along its slope.
    own = slopes[facet]
    field = cv2.GaussianBlur(0.6 * own[..., 0] + own[..., 1] * x + own[..., 2] * y, (0, 0), 1.2)
    gain = 1 + np.float32(rng.uniform(0.015, 0.05)) * np.clip(field, -2, 2)
    _relight(image, cv2.resize(gain, (width, height), interpolation=cv2.INTER_LINEAR))


def _print_through(image: np.ndarray, unit: float, rng: np.random.Generator) -> None:
    """Type from the sheet's other side, words or columns of figures: mirrored, blurred, pale."""
    height, width = image.shape[:2]
    alpha: np.ndarray = np.zeros((height, width), np.uint8)
    tall = float(rng.uniform(0.3, 0.8)) * unit
    font, write = any_font(rng), any_figures if rng.random() < 0.5 else any_words
    for y in np.arange(2 * tall, height, max(4.0, 1.9 * tall)):
        set_type(alpha, write(2 + int(width / max(4 * tall, 1)), rng), (0, y), tall, font, 255)
    blurred = cv2.GaussianBlur(alpha[:, ::-1], (0, 0), max(0.8, unit / 30))
    tint(image, cv2.convertScaleAbs(blurred, alpha=float(rng.uniform(0.05, 0.16))), (70, 70, 70))


def print_line(image: np.ndarray, unit: float, rng: np.random.Generator) -> Area:
    """A letterhead or a footer: some lines of type across the sheet; gives the place they take."""
    height, width = image.shape[:2]
    lines = int(rng.integers(1, 4))
    tall = min(unit * float(rng.uniform(0.25, 0.8)), 0.06 * height)
    extent = 1.8 * tall * lines
    top = 0.03 * height if rng.random() < 0.6 else 0.97 * height - extent
    font, shade = any_font(rng), float(rng.uniform(20, 110))
    left = float(rng.uniform(0.02, 0.3)) * width
    for line in range(lines):
        words = any_words(int(rng.integers(2, 12)), rng)
        place = left, top + 1.8 * tall * line + 1.3 * tall
        set_type(image, words, place, tall, font, (shade, shade, shade), float(rng.choice([1, 1, 1.7])))
    return 0.0, top, float(width), extent + 0.4 * tall


def _margin(image: np.ndarray, unit: float, rng: np.random.Generator) -> None:
    """One straight line down or across a sheet, or a frame around it."""
    height, width = image.shape[:2]
    colour = pick(((120, 110, 225), (70, 60, 200), (190, 150, 110), (90, 90, 90)), rng)
    thick = max(1, round(unit * float(rng.uniform(0.015, 0.06))))
    x, y = round(width * float(rng.uniform(0.03, 0.2))), round(height * float(rng.uniform(0.03, 0.2)))
    style = rng.random()
    if style < 0.25:
        cv2.rectangle(image, (x, y), (width - x, height - y), colour, thick, cv2.LINE_AA)
        return
    if style < 0.8:
        cv2.line(image, (x, 0), (x, height), colour, thick, cv2.LINE_AA)
    if style > 0.6:
        cv2.line(image, (0, y), (width, y), colour, thick, cv2.LINE_AA)


def _holes(image: np.ndarray, unit: float, rng: np.random.Generator) -> None:
    """Punched holes along the left edge, through which the desk is seen."""
    radius = int(max(3, image.shape[0] * rng.uniform(0.012, 0.02)))
    shade = tuple(float(v) for v in rng.uniform(20, 90, 3))
    for y in np.arange(0.15, 1, 0.23) * image.shape[0]:
        cv2.circle(image, (int(radius * 2.2), int(y)), radius, shade, -1, cv2.LINE_AA)
