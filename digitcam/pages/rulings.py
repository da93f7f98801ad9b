"""Sheets with lines: ruled, squared, tables, forms with a box for each digit, sudoku grids."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from digitcam.pages.lettering import any_font, any_words, set_type
from digitcam.pages.paper import (
    PENCILS,
    WHITE,
    Area,
    Colour,
    Paper,
    bare,
    contrast,
    pick,
    pick_ink,
    tint,
    wear,
)
from digitcam.pages.texture import Size, blend

LEAST_BETWEEN_LINES = 85.0  # grey levels between paper and ink where pale lines lie about


def ruled_paper(size: Size, unit: float, pen: float, rng: np.random.Generator) -> Paper:
    """Lined paper, pitch 1.05 to 2.2 digit heights, lines up to as dark and wide as the ``pen`` (pixels)."""
    image, ink = _sheet(size, unit, rng)
    pitch = unit * float(rng.uniform(1.05, 2.2))
    first = pitch * float(rng.uniform(0.6, 1.4))
    width = _line_width(unit, pen, rng)
    alpha = np.zeros(size[::-1], np.uint8)
    _lines(alpha, first, pitch, width, False)
    _bend(alpha, 0.12 * pitch, rng)
    tint(image, alpha, _line_colour(ink, rng))
    if rng.random() < 0.5:
        margin = np.zeros(size[::-1], np.uint8)
        _lines(margin, size[0] * float(rng.uniform(0.04, 0.15)), 2.0 * size[0], width, True)
        _bend(margin, 0.12 * pitch, rng)
        tint(image, margin, pick(((120, 110, 225), (70, 60, 200)), rng))
    return Paper(image, ink, pitch, first, width)


def squared_paper(size: Size, unit: float, pen: float, rng: np.random.Generator) -> Paper:
    """Squared paper: pitch 0.4 to 2.4 digit heights; the lines cross the digits."""
    image, ink = _sheet(size, unit, rng)
    pitch = unit * float(rng.choice([0.42, 0.5, 0.6, 0.8, 1.0, 1.3, 1.6, 2.2]) * rng.uniform(0.93, 1.07))
    first = pitch * float(rng.uniform(0.2, 1.0))
    width = _line_width(unit, pen, rng)
    alpha = np.zeros(size[::-1], np.uint8)
    _lines(alpha, first, pitch, width, False)
    _lines(alpha, pitch * float(rng.uniform(0.2, 1.0)), pitch, width, True)
    _bend(alpha, 0.12 * max(pitch, unit), rng)
    tint(image, alpha, _line_colour(ink, rng))
    return Paper(image, ink, pitch, first, width)


def sudoku_paper(size: Size, unit: float, pen: float, rng: np.random.Generator) -> Paper:
    """A puzzle's grid, every third line thick, letters printed in some cells, mostly filled in by pencil."""
    width, height = size
    image = bare(pick(WHITE, rng), size, float(rng.uniform(0.004, 0.015)), rng)
    wear(image, unit, rng)
    fill = float(rng.uniform(0.5, 0.92))
    # The whole grid is in the picture as a rule.
    side = min(unit / fill, 0.94 * min(width, height) / 9) if rng.random() < 0.8 else unit / fill
    across, down = (min(9, max(1, int(0.98 * extent / side))) for extent in size)
    x0, y0 = (
        extent / 2 + rng.normal(0, 0.25) * (extent - n * side) / 2 - n * side / 2
        for extent, n in ((width, across), (height, down))
    )
    shade = float(rng.uniform(15, 110))
    thin, thick = side * float(rng.uniform(0.012, 0.035)), side * float(rng.uniform(0.035, 0.09))
    _grid(image, x0 + side * np.arange(across + 1), y0 + side * np.arange(down + 1), (thin, thick, 3), shade)
    font, printed = any_font(rng), float(rng.choice([0.0, 0.15, 0.35]))
    cells: list[Area] = []
    for row in range(down):
        for column in range(across):
            x, y = x0 + column * side, y0 + row * side
            if rng.random() >= printed:
                cells.append((x, y, side, side))
                continue
            word = any_words(1, rng)[:1]
            set_type(image, word, (x + 0.3 * side, y + 0.76 * side), 0.52 * side, font, (shade, shade, shade))
    ink = pick(PENCILS, rng) if rng.random() < 0.6 else pick_ink((230, 230, 230), rng, 0.15)
    return Paper(image, ink, cells=tuple(cells), fill=fill)


def form_paper(size: Size, unit: float, pen: float, rng: np.random.Generator) -> Paper:
    """A form: printed labels, and beside or below them boxes, one for each digit or one for a number."""
    width, height = size
    image = bare(pick(WHITE, rng), size, float(rng.uniform(0.004, 0.015)), rng)
    wear(image, unit, rng)
    fill = float(rng.uniform(0.55, 0.98))
    tall = unit / fill
    wide = tall * float(rng.uniform(0.75, 1.1))
    single, joined = rng.random() < 0.65, rng.random() < 0.7
    line = max(1.0, unit * float(rng.uniform(0.015, 0.07)))
    colour = pick(((60, 60, 60), (110, 110, 110), (200, 160, 110), (110, 110, 210), (90, 150, 90)), rng)
    font, shade = any_font(rng), float(rng.uniform(20, 90))
    cells: list[Area] = []
    for y in np.arange(0.9 * tall, height - 1.1 * tall, tall * float(rng.uniform(1.5, 2.2))):
        x = width * float(rng.uniform(0.03, 0.1))
        words = any_words(int(rng.integers(1, 3)), rng, 6)
        set_type(image, words, (x, y - 0.12 * tall), 0.22 * tall, font, (shade, shade, shade))
        while x + wide < 0.97 * width:
            count = int(rng.integers(2, 8))
            step = wide if joined else 1.15 * wide
            if single:
                boxes = [(x + step * i, y, wide, tall) for i in range(count)]
            else:
                boxes = [(x, y, 0.75 * wide * count, tall)]
            boxes = [box for box in boxes if box[0] + box[2] < 0.98 * width]
            for left, top, w, h in boxes:
                corners = (round(left), round(top)), (round(left + w), round(top + h))
                cv2.rectangle(image, *corners, colour, max(1, round(line)), cv2.LINE_AA)
            cells += boxes
            x += step * count + tall * float(rng.uniform(0.5, 2.0))
    return Paper(
        image, pick_ink((230, 230, 230), rng), cells=tuple(cells), longest=1 if single else 5, fill=fill
    )


def table_paper(size: Size, unit: float, pen: float, rng: np.random.Generator) -> Paper:
    """A table with a printed head: a number in each cell."""
    width, height = size
    image, ink = _sheet(size, unit, rng)
    fill = float(rng.uniform(0.5, 0.9))
    tall = unit / fill
    across = int(np.clip(width / (unit * rng.uniform(2.2, 4.5)), 1, 8))
    edges = np.cumsum(np.r_[0, rng.uniform(0.8, 1.4, across)])
    xs = width * (0.03 + 0.94 * edges / edges[-1])
    ys = np.arange(0.5 * tall, height - 0.2 * tall, tall)
    line = unit * float(rng.uniform(0.015, 0.07))
    shade = float(rng.uniform(20, 130))
    _grid(image, xs, ys, (line, 2 * line, len(xs) + len(ys)), shade)
    font = any_font(rng)
    head = int(rng.random() < 0.7)
    if head and len(ys) > 1:
        for left, right in zip(xs[:-1], xs[1:], strict=True):
            word = any_words(1, rng, 5)[: max(1, int((right - left) / (0.5 * tall)))]
            set_type(image, word, (left + 0.1 * tall, ys[0] + 0.7 * tall), 0.4 * tall, font, (shade,) * 3)
    cells = [
        (float(left), float(top), float(right - left), tall)
        for top in ys[head:-1]
        for left, right in zip(xs[:-1], xs[1:], strict=True)
    ]
    return Paper(image, ink, cells=tuple(cells), longest=4, fill=fill)


def _sheet(size: Size, unit: float, rng: np.random.Generator) -> tuple[np.ndarray, Colour]:
    """White paper, a little worn, and an ink for it."""
    colour = pick(WHITE, rng)
    image = bare(colour, size, float(rng.uniform(0.004, 0.015)), rng)
    if rng.random() < 0.5:
        wear(image, unit, rng)
    return image, pick_ink(colour, rng, least=LEAST_BETWEEN_LINES)


def _line_width(unit: float, pen: float, rng: np.random.Generator) -> float:
    """Lines from a hair to nearly the pen's width; a broad pen does not make them broad."""
    return max(1.0, min(pen, 0.06 * unit) * float(rng.uniform(0.25, 0.9)))


def _line_colour(ink: Colour, rng: np.random.Generator) -> Colour:
    """Pale blue as a rule; one sheet in three has lines as dark as the pen, if that is dark."""
    if rng.random() < 0.35 and contrast((240, 240, 240), ink) > 110:
        return ink
    return pick(((205, 180, 150), (190, 160, 120), (170, 170, 170), (150, 145, 140), (190, 175, 190)), rng)


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


def _bend(alpha: np.ndarray, amplitude: float, rng: np.random.Generator) -> None:
    """Bow the lines in ``alpha`` by up to ``amplitude`` pixels, as on a sheet that does not lie flat."""
    if rng.random() < 0.4:
        return
    height, width = alpha.shape

    def wave(length: int) -> np.ndarray:
        along = np.linspace(0, 1, length, dtype=np.float32)
        turns, phase, size = rng.uniform(0.2, 1.2), rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 1.0)
        return np.float32(amplitude * size) * np.sin(
            np.float32(2 * np.pi * turns) * along + np.float32(phase)
        )

    x = np.arange(width, dtype=np.float32)[None, :] + wave(height)[:, None]
    y = np.arange(height, dtype=np.float32)[:, None] + wave(width)[None, :]
    alpha[:] = cv2.remap(alpha, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _grid(
    image: np.ndarray,
    xs: Sequence[float] | np.ndarray,
    ys: Sequence[float] | np.ndarray,
    weights: tuple[float, float, int],
    shade: float,
) -> None:
    """Lines at ``xs`` and ``ys``; ``weights``: the thin width, the thick one, and which lines are thick."""
    thin, thick, every = weights
    alpha = np.zeros(image.shape[:2], np.uint8)
    for lines, upright in ((xs, True), (ys, False)):
        for index, at in enumerate(lines):
            width = thick if index % every == 0 or index == len(lines) - 1 else thin
            ends = np.array([[at, ys[0]], [at, ys[-1]]]) if upright else np.array([[xs[0], at], [xs[-1], at]])
            points = np.round(ends * 16).astype(np.int32)
            cv2.polylines(alpha, [points], False, 255, max(1, round(width)), cv2.LINE_AA, 4)
    blend(image, alpha, (shade, shade, shade))
