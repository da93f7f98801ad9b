"""What is written on: sheets of every colour, ruled, squared, folded, printed on the back; chalkboards."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitcam.pages.texture import Size, blend, clouds, fractal, noise, shaded

Colour = tuple[float, float, float]  # BGR, 0 to 255

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
BOARDS: tuple[Colour, ...] = ((58, 74, 48), (50, 62, 40), (42, 42, 40), (70, 70, 66), (60, 84, 62))

DARK_INKS: tuple[Colour, ...] = (
    (40, 36, 34), (30, 28, 28), (62, 58, 58), (120, 50, 30), (150, 70, 25), (170, 60, 40),
    (40, 35, 170), (60, 110, 40), (120, 40, 110), (90, 55, 30),
)  # fmt: skip
PENCILS: tuple[Colour, ...] = ((98, 98, 98), (112, 110, 108), (84, 84, 86))
LIGHT_INKS: tuple[Colour, ...] = (
    (235, 238, 238),
    (225, 230, 225),
    (150, 225, 240),
    (235, 215, 190),
    (205, 190, 240),
)


@dataclass(frozen=True, eq=False)
class Paper:
    """A blank sheet: ``image`` H×W×3 uint8; rulings, if any, lie at ``first + n · pitch`` pixels."""

    image: np.ndarray
    ink: Colour
    pitch: float | None = None
    first: float = 0.0
    line_width: float = 0.0


def _pick(colours: tuple[Colour, ...], rng: np.random.Generator, spread: float = 6.0) -> Colour:
    colour = np.array(colours[int(rng.integers(len(colours)))]) + rng.normal(0, spread, 3)
    blue, green, red = np.clip(colour, 8, 252)
    return float(blue), float(green), float(red)


def _sheet(colour: Colour, size: Size, rough: float, rng: np.random.Generator) -> np.ndarray:
    """Bare paper of ``colour``: fibres, and a faint unevenness."""
    field = np.float32(rough) * noise(size, rng, "fibre" if rng.random() < 0.5 else "grain")
    field += np.float32(0.012) * clouds(size, max(size) / 5, rng)
    return shaded(np.array(colour), field)


def plain_paper(
    size: Size, unit: float, rng: np.random.Generator, colours: tuple[Colour, ...] = WHITE
) -> Paper:
    """Unlined paper; ``unit`` is the height of a digit that will stand on it, pixels."""
    image = _sheet(_pick(colours, rng), size, float(rng.uniform(0.004, 0.02)), rng)
    if rng.random() < 0.2:
        _fold(image, rng)
    if rng.random() < 0.2:
        _print_through(image, unit, rng)
    if rng.random() < 0.1:
        _holes(image, unit, rng)
    return Paper(image, _pick(DARK_INKS, rng))


def kraft_paper(size: Size, unit: float, rng: np.random.Generator) -> Paper:
    """Brown wrapping paper or cardboard."""
    image = _sheet(_pick(KRAFT, rng), size, float(rng.uniform(0.02, 0.045)), rng)
    return Paper(image, _pick(DARK_INKS[:5], rng))


def dark_paper(size: Size, unit: float, rng: np.random.Generator) -> Paper:
    """Black or deeply coloured card, for light ink."""
    image = _sheet(_pick(DARK, rng), size, float(rng.uniform(0.02, 0.06)), rng)
    return Paper(image, _pick(LIGHT_INKS, rng))


def chalkboard(size: Size, unit: float, rng: np.random.Generator) -> Paper:
    """A board wiped badly: clouds of chalk dust and streaks of the sponge."""
    image = shaded(np.array(_pick(BOARDS, rng)), np.float32(0.04) * noise(size, rng, "grain"))
    dust = fractal(size, 6 * unit, rng, 3) * 22 + 10
    angle = (6 * unit, 0.7 * unit) if rng.random() < 0.6 else (0.9 * unit, 5 * unit)
    dust += np.maximum(clouds(size, angle, rng), 0) * float(rng.uniform(6, 26))
    dust *= 1 + 0.5 * noise(size, rng, "grain")
    blend(image, np.clip(dust, 0, 90).astype(np.uint8), (225, 230, 228))
    return Paper(image, _pick(LIGHT_INKS, rng, 4))


def ruled_paper(size: Size, unit: float, pen: float, rng: np.random.Generator) -> Paper:
    """Lined paper, pitch 1.05 to 2.2 digit heights, lines up to as dark and wide as the ``pen`` (pixels)."""
    image = _sheet(_pick(WHITE, rng), size, float(rng.uniform(0.004, 0.015)), rng)
    ink = _pick(DARK_INKS, rng)
    pitch = unit * float(rng.uniform(1.05, 2.2))
    first = pitch * float(rng.uniform(0.6, 1.4))
    width = max(1.0, pen * float(rng.uniform(0.25, 0.9)))
    alpha = np.zeros(size[::-1], np.uint8)
    _lines(alpha, first, pitch, width, False)
    _tint(image, alpha, _line_colour(ink, rng))
    if rng.random() < 0.5:
        margin = np.zeros(size[::-1], np.uint8)
        _lines(margin, size[0] * float(rng.uniform(0.04, 0.15)), 2.0 * size[0], width, True)
        _tint(image, margin, _pick(((120, 110, 225), (70, 60, 200)), rng))
    return Paper(image, ink, pitch, first, width)


def squared_paper(size: Size, unit: float, pen: float, rng: np.random.Generator) -> Paper:
    """Squared paper: pitch 0.4 to 1.6 digit heights; the lines cross the digits."""
    image = _sheet(_pick(WHITE, rng), size, float(rng.uniform(0.004, 0.015)), rng)
    ink = _pick(DARK_INKS, rng)
    pitch = unit * float(rng.choice([0.42, 0.5, 0.6, 0.8, 1.0, 1.3, 1.6]) * rng.uniform(0.93, 1.07))
    first = pitch * float(rng.uniform(0.2, 1.0))
    width = max(1.0, pen * float(rng.uniform(0.25, 0.75)))
    alpha = np.zeros(size[::-1], np.uint8)
    _lines(alpha, first, pitch, width, False)
    _lines(alpha, pitch * float(rng.uniform(0.2, 1.0)), pitch, width, True)
    _tint(image, alpha, _line_colour(ink, rng))
    return Paper(image, ink, pitch, first, width)


def _line_colour(ink: Colour, rng: np.random.Generator) -> Colour:
    """Pale blue as a rule; one sheet in three has lines as dark as the pen."""
    if rng.random() < 0.35:
        return ink
    return _pick(((205, 180, 150), (190, 160, 120), (170, 170, 170), (150, 145, 140), (190, 175, 190)), rng)


def _lines(alpha: np.ndarray, first: float, pitch: float, width: float, upright: bool) -> None:
    """Draw lines into ``alpha`` with sub-pixel places and widths."""
    length = alpha.shape[1] if upright else alpha.shape[0]
    where = np.arange(length) + 0.5
    distance = np.abs((where - first + pitch / 2) % pitch - pitch / 2)
    level = np.clip(width / 2 + 0.5 - distance, 0, 1) * 255
    if not upright:
        level[where < first - pitch / 2] = 0
    level = level.astype(np.uint8)
    np.maximum(alpha, level[None, :] if upright else level[:, None], out=alpha)


def _tint(image: np.ndarray, alpha: np.ndarray, colour: Colour) -> None:
    weight = alpha.astype(np.float32) * np.float32(1 / 255)
    over = np.empty_like(image)
    over[:] = np.array(colour, np.uint8)
    image[:] = cv2.blendLinear(over, image, weight, 1 - weight)


def _fold(image: np.ndarray, rng: np.random.Generator) -> None:
    """A crease: both sides face the light a little differently."""
    height, width = image.shape[:2]
    upright = rng.random() < 0.5
    length = width if upright else height
    at = length * float(rng.uniform(0.25, 0.75))
    distance = (np.arange(length) - at) / length
    step = 0.05 * np.tanh(distance * 60) * np.exp(-np.abs(distance) * 5) - 0.06 * np.exp(
        -((distance * 250) ** 2)
    )
    gain = np.clip(128 * (1 + step * float(rng.uniform(0.6, 1.6))), 0, 255).astype(np.uint8)
    field = np.broadcast_to(gain[None, :] if upright else gain[:, None], (height, width))
    cv2.multiply(image, cv2.merge([field] * 3), dst=image, scale=1 / 128)


def _print_through(image: np.ndarray, unit: float, rng: np.random.Generator) -> None:
    """Type from the sheet's other side: mirrored, blurred, pale."""
    height, width = image.shape[:2]
    alpha: np.ndarray = np.zeros((height, width), np.uint8)
    scale = float(rng.uniform(0.35, 0.8)) * unit / 22
    step = max(4, int(scale * 40))
    letters = np.array(list("abcdefhkmnprtuvwx    ACEFHKLMNPRTUVWX"))
    for y in range(step, height, step):
        line = "".join(rng.choice(letters, 12 + int(width / max(scale * 18, 1))))
        cv2.putText(alpha, line, (0, y), cv2.FONT_HERSHEY_COMPLEX, scale, 255, max(1, round(scale * 1.4)))
    blurred = cv2.GaussianBlur(alpha[:, ::-1], (0, 0), max(0.8, unit / 30))
    _tint(image, cv2.convertScaleAbs(blurred, alpha=float(rng.uniform(0.05, 0.2))), (70, 70, 70))


def _holes(image: np.ndarray, unit: float, rng: np.random.Generator) -> None:
    """Punched holes along the left edge, through which the desk is seen."""
    radius = int(max(3, image.shape[0] * rng.uniform(0.012, 0.02)))
    shade = tuple(float(v) for v in rng.uniform(20, 90, 3))
    for y in np.arange(0.15, 1, 0.23) * image.shape[0]:
        cv2.circle(image, (int(radius * 2.2), int(y)), radius, shade, -1, cv2.LINE_AA)
