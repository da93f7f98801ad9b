"""What a sheet lies on: wood, cloth, stone, tiles, and the things that stand about on a desk."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from digitcam.pages.texture import Size, clouds, fractal, noise, shaded

Picture = np.ndarray  # H×W×3 uint8, BGR

WOODS = ((60, 95, 140), (90, 130, 175), (40, 60, 90), (120, 160, 195), (45, 75, 120), (150, 180, 205))
CLOTHS = (
    (90, 60, 50),
    (60, 60, 130),
    (120, 120, 115),
    (70, 100, 80),
    (180, 185, 190),
    (40, 40, 45),
    (130, 100, 70),
)
STONES = ((140, 145, 150), (95, 95, 100), (200, 205, 208), (60, 62, 66), (170, 190, 205))


def _colour(colours: tuple[tuple[int, int, int], ...], rng: np.random.Generator) -> np.ndarray:
    return np.clip(np.array(colours[int(rng.integers(len(colours)))]) * rng.uniform(0.8, 1.2, 3), 10, 245)


def wood(size: Size, rng: np.random.Generator) -> Picture:
    """Grain along one axis, bent by knots, and joints between boards."""
    width, height = size
    upright = rng.random() < 0.5
    field = (width, height) if not upright else (height, width)
    bend = clouds(field, (field[0] / 2, field[1] / 4), rng) * np.float32(rng.uniform(0.5, 3))
    rings = np.arange(field[1], dtype=np.float32)[:, None] * np.float32(rng.uniform(8, 40) / field[1]) + bend
    grain = np.float32(0.09) * np.sin(2 * np.pi * rings) + np.float32(0.05) * clouds(
        field, (field[0] / 3, field[1] / 160), rng
    )
    grain += np.float32(0.03) * noise(field, rng, "grain")
    if rng.random() < 0.5:
        boards = int(rng.integers(2, 6))
        for at in (np.arange(1, boards) / boards * field[1]).astype(int):
            grain[at : at + max(1, field[1] // 240)] -= 0.4
    grain = np.clip(grain * np.float32(rng.uniform(0.5, 1.5)), -0.7, 0.7)
    return shaded(_colour(WOODS, rng), np.ascontiguousarray(grain.T) if upright else grain)


def cloth(size: Size, rng: np.random.Generator) -> Picture:
    """A weave with folds; some are striped, some are chequered."""
    width, height = size
    pitch = max(2.0, height * float(rng.uniform(0.004, 0.012)))
    x = np.sin(2 * np.pi * np.arange(width, dtype=np.float32) / np.float32(pitch))
    y = np.sin(2 * np.pi * np.arange(height, dtype=np.float32) / np.float32(pitch * rng.uniform(0.8, 1.2)))
    field = np.float32(0.06) * x[None, :] * y[:, None] + np.float32(0.04) * noise(size, rng)
    field += np.float32(rng.uniform(0.03, 0.16)) * fractal(size, height / 3, rng, 2)
    image = shaded(_colour(CLOTHS, rng), field)
    style = rng.random()
    if style < 0.55:
        band = height * float(rng.uniform(0.02, 0.15))
        over = _colour(CLOTHS, rng)
        bands = ((np.arange(width) / band) % 1 < rng.uniform(0.15, 0.6)).astype(np.float32)[None, :]
        weight = (
            bands
            if style < 0.3
            else 0.5 * (bands + ((np.arange(height) / band) % 1 < 0.5).astype(np.float32)[:, None])
        )
        mixed = cv2.merge([np.broadcast_to(weight, (height, width))] * 3)
        tint = np.float32(over / 255 * 1.2)
        image = np.clip(image * (1 - mixed * (1 - tint)), 0, 255).astype(np.uint8)
    return image


def stone(size: Size, rng: np.random.Generator) -> Picture:
    """Laminate, stone or plaster: specks of several sizes and slow clouds."""
    speck = max(1.5, size[1] * float(rng.uniform(0.002, 0.01)))
    field = np.float32(rng.uniform(0.02, 0.12)) * clouds(size, speck, rng)
    field += np.float32(rng.uniform(0.0, 0.06)) * fractal(size, size[1] / 3, rng, 3)
    return shaded(_colour(STONES, rng), field + np.float32(0.015) * noise(size, rng))


def tiles(size: Size, rng: np.random.Generator) -> Picture:
    """Tiles or a mat with a printed grid."""
    image = stone(size, rng)
    pitch = size[1] * float(rng.uniform(0.06, 0.35))
    width = max(1, round(pitch * float(rng.uniform(0.02, 0.08))))
    shade = tuple(float(v) for v in _colour(STONES, rng))
    stretch = float(rng.uniform(0.8, 1.8))
    for x in np.arange(rng.uniform(0, pitch), size[0], pitch * stretch):
        cv2.line(image, (int(x), 0), (int(x), size[1]), shade, width, cv2.LINE_AA)
    for y in np.arange(rng.uniform(0, pitch), size[1], pitch):
        cv2.line(image, (0, int(y)), (size[0], int(y)), shade, width, cv2.LINE_AA)
    return image


GROUNDS: tuple[Callable[[Size, np.random.Generator], Picture], ...] = (wood, wood, cloth, stone, tiles)


def make_ground(size: Size, rng: np.random.Generator) -> Picture:
    """An empty table top seen from above."""
    return GROUNDS[int(rng.integers(len(GROUNDS)))](size, rng)


def make_desk(size: Size, rng: np.random.Generator, things: int = 5) -> Picture:
    """A desk with up to ``things`` things on it: H×W×3 uint8, BGR.

    Made at half the size and brought up: a desk lies a little out of focus.
    """
    half = max(16, size[0] // 2), max(16, size[1] // 2)
    image = make_ground(half, rng)
    for _ in range(int(rng.integers(0, things + 1))):
        THINGS[int(rng.integers(len(THINGS)))](image, rng)
    return cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)


def _somewhere(image: Picture, rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(-0.05, 1.05, 2) * np.array([image.shape[1], image.shape[0]])


def _frame(
    image: Picture, length: float, width: float, rng: np.random.Generator
) -> Callable[..., np.ndarray]:
    """Axes of a thing ``length``×``width`` (frame heights) that lies askew: maps 0..1 × 0..1 to pixels."""
    angle = rng.uniform(0, 2 * np.pi)
    along = np.array([np.cos(angle), np.sin(angle)]) * length * image.shape[0]
    across = np.array([-np.sin(angle), np.cos(angle)]) * width * image.shape[0]
    origin = _somewhere(image, rng) - along / 2 - across / 2

    def place(*points: tuple[float, float]) -> np.ndarray:
        spots = np.array([origin + u * along + v * across for u, v in points])
        return np.round(spots * 16).astype(np.int32)

    return place


def _fill(image: Picture, points: np.ndarray, colour: np.ndarray) -> None:
    cv2.fillPoly(image, [points], tuple(float(c) for c in colour), cv2.LINE_AA, 4)


def _dim(image: Picture, points: np.ndarray) -> None:
    """The soft shadow beside a thing that lies on the desk."""
    mask = np.full(image.shape[:2], 128, np.uint8)
    cv2.fillPoly(mask, [points + 16 * max(2, image.shape[0] // 120)], 78, cv2.LINE_AA, 4)
    soft = cv2.blur(mask, (2 * (image.shape[0] // 70) + 1,) * 2)
    cv2.multiply(image, cv2.merge([soft] * 3), dst=image, scale=1 / 128)


def paint(rng: np.random.Generator) -> np.ndarray:
    """The colour of a thing: any brightness, seldom gaudy."""
    chroma = rng.normal(0, 1, 3) * float(rng.choice([4, 14, 40], p=[0.4, 0.4, 0.2]))
    return np.clip(rng.uniform(15, 225) + chroma, 5, 250)


RECTANGLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def _ruler(image: Picture, rng: np.random.Generator) -> None:
    place = _frame(image, float(rng.uniform(0.5, 1.2)), float(rng.uniform(0.05, 0.09)), rng)
    base = np.clip(paint(rng) + 60, 0, 245) if rng.random() < 0.6 else np.array([110, 180, 215.0])
    _dim(image, place(*RECTANGLE))
    _fill(image, place(*RECTANGLE), base)
    count = int(rng.integers(40, 120))
    for index in range(count):
        at, long = (index + 1) / (count + 1), 0.45 if index % 10 == 0 else 0.25
        cv2.polylines(image, [place((at, 0.0), (at, long))], False, (40, 40, 40), 1, cv2.LINE_AA, 4)


def _pen(image: Picture, rng: np.random.Generator) -> None:
    place = _frame(image, float(rng.uniform(0.3, 0.6)), float(rng.uniform(0.014, 0.03)), rng)
    body = paint(rng)
    outline = place((0, 0.5), (0.08, 0.0), (1, 0.0), (1, 1.0), (0.08, 1.0))
    _dim(image, outline)
    _fill(image, outline, body)
    _fill(image, place((0.1, 0.15), (1, 0.15), (1, 0.4), (0.1, 0.4)), np.clip(body * 1.4 + 20, 0, 255))
    _fill(image, place((0.7, 0.0), (0.74, 0.0), (0.74, 1.0), (0.7, 1.0)), np.clip(body * 0.4, 0, 255))


def _cable(image: Picture, rng: np.random.Generator) -> None:
    points = np.array([_somewhere(image, rng) for _ in range(4)])
    t = np.linspace(0, 1, 40)[:, None]
    weights = np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])
    curve = weights @ points  # a cubic Bézier curve
    width = max(2, round(image.shape[0] * float(rng.uniform(0.008, 0.018))))
    shade = float(rng.choice([25, 40, 210, 235]))
    path = np.round(curve * 16).astype(np.int32)
    cv2.polylines(image, [path + 16 * width // 2], False, (30, 30, 30), width, cv2.LINE_AA, 4)
    cv2.polylines(image, [path], False, (shade, shade, shade), width, cv2.LINE_AA, 4)


def _book(image: Picture, rng: np.random.Generator) -> None:
    place = _frame(image, float(rng.uniform(0.4, 0.8)), float(rng.uniform(0.3, 0.55)), rng)
    cover = paint(rng)
    _dim(image, place(*RECTANGLE))
    _fill(image, place(*RECTANGLE), cover)
    _fill(image, place((0, 0), (0.05, 0), (0.05, 1), (0, 1)), cover * 0.6)
    for _ in range(int(rng.integers(1, 4))):
        v = float(rng.uniform(0.1, 0.8))
        _fill(image, place((0.15, v), (0.85, v), (0.85, v + 0.08), (0.15, v + 0.08)), paint(rng))


def _keyboard(image: Picture, rng: np.random.Generator) -> None:
    place = _frame(image, float(rng.uniform(0.8, 1.3)), float(rng.uniform(0.3, 0.42)), rng)
    dark = rng.random() < 0.6
    base, key = (np.full(3, 45.0), np.full(3, 25.0)) if dark else (np.full(3, 190.0), np.full(3, 230.0))
    _dim(image, place(*RECTANGLE))
    _fill(image, place(*RECTANGLE), base)
    for row in range(5):
        v, shift = 0.08 + row * 0.175, 0.012 * row
        for column in range(14):
            u = 0.02 + shift + column * 0.066
            if u + 0.055 > 0.99:
                break
            _fill(image, place((u, v), (u + 0.055, v), (u + 0.055, v + 0.14), (u, v + 0.14)), key)


def _cup(image: Picture, rng: np.random.Generator) -> None:
    x, y = (int(v) for v in _somewhere(image, rng))
    radius = image.shape[0] * float(rng.uniform(0.12, 0.22))
    shade = paint(rng)
    for part, colour in ((1.0, shade), (0.86, shade * 0.75), (0.8, np.array([25, 40, 60.0]))):
        tone = tuple(float(c) for c in colour)
        cv2.circle(image, (x, y), max(1, round(radius * part)), tone, -1, cv2.LINE_AA)


def _sheet_corner(image: Picture, rng: np.random.Generator) -> None:
    place = _frame(image, float(rng.uniform(0.5, 1.0)), float(rng.uniform(0.4, 0.8)), rng)
    _dim(image, place(*RECTANGLE))
    _fill(image, place(*RECTANGLE), np.full(3, rng.uniform(190, 245)) + rng.uniform(-12, 5, 3))


THINGS: tuple[Callable[[Picture, np.random.Generator], None], ...] = (
    _ruler, _pen, _pen, _pen, _cable, _cable, _book, _book, _keyboard, _cup, _sheet_corner,
)  # fmt: skip
