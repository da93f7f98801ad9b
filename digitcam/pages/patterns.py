"""Things without writing that fill a picture: cloth, leaves, grass, shelves, fruit, walls, blinds, fences."""

from __future__ import annotations

import cv2
import numpy as np

from digitcam.pages.desk import Picture, make_ground, paint
from digitcam.pages.texture import Size, clouds, fractal, noise, shaded


def folds(size: Size, rng: np.random.Generator) -> Picture:
    """Curtains, or a rumpled cloth."""
    across = size[1] * float(rng.uniform(0.04, 0.2))
    cell = (across, 3.0 * size[1]) if rng.random() < 0.6 else (across, across * float(rng.uniform(1, 4)))
    field = _stretched(size, cell, rng) * np.float32(rng.uniform(0.1, 0.35))
    return shaded(paint(rng), field + np.float32(0.02) * noise(size, rng))


def _stretched(size: Size, cell: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    """Two octaves of stretched clouds, H×W float32."""
    return clouds(size, cell, rng) + np.float32(0.4) * clouds(size, (cell[0] / 3, cell[1] / 2), rng)


def foliage(size: Size, rng: np.random.Generator) -> Picture:
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


def blades(size: Size, rng: np.random.Generator) -> Picture:
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


def shelf(size: Size, rng: np.random.Generator) -> Picture:
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


def blobs(size: Size, rng: np.random.Generator) -> Picture:
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


def chequer(size: Size, rng: np.random.Generator) -> Picture:
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


def blinds(size: Size, rng: np.random.Generator) -> Picture:
    """Slats, a radiator, corrugated iron, a staircase: bars from edge to edge, each with its own shadow."""
    width, height = size
    upright = rng.random() < 0.4
    length, across = (height, width) if upright else (width, height)
    pitch = size[1] * float(np.exp(rng.uniform(np.log(0.02), np.log(0.2))))
    lean = float(rng.normal(0, 0.08))
    place = (
        np.arange(across, dtype=np.float32)[:, None] + lean * np.arange(length, dtype=np.float32)
    ) / pitch
    phase = place % 1
    joint = float(rng.uniform(0.05, 0.4))
    slat = np.where(phase < joint, -0.6, 0.25 - float(rng.uniform(0, 0.5)) * phase)
    field = slat.astype(np.float32) + np.float32(0.02) * noise((length, across), rng)
    return shaded(paint(rng), np.ascontiguousarray(field.T) if upright else field)


def fence(size: Size, rng: np.random.Generator) -> Picture:
    """Wire netting, a lattice, or palings with rails before something soft."""
    image = shaded(paint(rng), np.float32(0.2) * fractal(size, size[1] / 4, rng))
    pitch = size[1] * float(np.exp(rng.uniform(np.log(0.05), np.log(0.25))))
    wire = max(1, round(pitch * float(rng.uniform(0.04, 0.25))))
    lean = float(rng.choice([0.0, 0.0, 0.6, 1.0]))
    tone = paint(rng).tolist()
    for x in np.arange(-1.2 * size[1], size[0] + 1.2 * size[1], pitch):
        for side in (-lean, lean):
            ends = np.array([[x, 0], [x + side * size[1], size[1]]])
            cv2.polylines(image, [np.round(ends * 16).astype(np.int32)], False, tone, wire, cv2.LINE_AA, 4)
    if not lean:
        for y in rng.uniform(0, size[1], int(rng.integers(1, 4))):
            cv2.line(image, (0, int(y)), (size[0], int(y)), tone, wire, cv2.LINE_AA)
    return image


def cables(size: Size, rng: np.random.Generator) -> Picture:
    """Cables, strings, hoses and their shadows in long curves all over a table."""
    image = make_ground(size, rng)
    t = np.linspace(0, 1, 60)[:, None]
    weights = np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])
    for _ in range(int(rng.integers(3, 14))):
        # Beginning and end lie outside: what is seen of a cable ends nowhere.
        angle, reach = rng.uniform(0, 2 * np.pi), 0.75 * float(np.hypot(*size))
        out = np.array([np.cos(angle), np.sin(angle)]) * reach
        middle = np.array(size) / 2 + rng.normal(0, 0.2, 2) * np.array(size)
        inner = rng.uniform(-0.4, 1.4, (2, 2)) * np.array(size)
        path = np.round(weights @ np.array([middle + out, inner[0], inner[1], middle - out]) * 16)
        width = max(2, round(size[1] * float(rng.uniform(0.004, 0.03))))
        tone = paint(rng)
        for shift, colour in ((8 * width, tone * 0.2), (0, tone)):
            points = (path + shift).astype(np.int32)
            cv2.polylines(image, [points], False, colour.tolist(), width, cv2.LINE_AA, 4)
    return image


def specks(size: Size, rng: np.random.Generator) -> Picture:
    """Dust, sand, snow on a screen: dots at random, thick or thin."""
    image = shaded(paint(rng), np.float32(0.05) * fractal(size, size[1] / 4, rng))
    grain = max(1, round(size[1] * float(rng.choice([0.001, 0.002, 0.004]))))
    small = noise((size[0] // grain + 1, size[1] // grain + 1), rng) > float(rng.uniform(1.0, 2.4))
    dots = np.kron(small, np.ones((grain, grain), bool))[: size[1], : size[0]]
    image[dots] = paint(rng).astype(np.uint8)
    return image
