"""Pictures full of print, without figures: pages, forms, screens, posters, keyboards, papers on a desk."""

from __future__ import annotations

import cv2
import numpy as np

from digitcam.pages.boards import window_frame
from digitcam.pages.camera import offset, view
from digitcam.pages.desk import Picture, make_desk, make_ground, paint
from digitcam.pages.lettering import LETTERS, any_font, any_words, set_type
from digitcam.pages.rulings import form_paper, sudoku_paper, table_paper
from digitcam.pages.texture import Size, clouds, noise, shaded


def printed_page(size: Size, rng: np.random.Generator) -> Picture:
    """Lines of type of several sizes, in one column or two, light on dark or dark on light."""
    light = rng.random() < 0.85
    ground = np.array([240.0, 242, 244]) if light else np.array([40.0, 36, 34])
    image = shaded(ground, np.float32(0.01) * noise(size, rng))
    shade = float(rng.uniform(15, 90)) if light else float(rng.uniform(170, 240))
    font, columns = any_font(rng), int(rng.choice([1, 1, 2]))
    body = size[1] * float(np.exp(rng.uniform(np.log(0.012), np.log(0.05))))
    for column in range(columns):
        left = (0.04 + 0.96 * column / columns) * size[0]
        y = float(rng.uniform(-1, 2)) * body
        while y < size[1]:
            tall = body * float(rng.choice([1, 1, 1, 1, 1, 1.6, 3]))
            y += 1.9 * tall
            if rng.random() < 0.1:
                continue
            words = any_words(2 + int(size[0] / columns / (4 * tall)), rng)
            words = words[: int(0.9 * size[0] / columns / (0.95 * tall))]
            set_type(image, words, (left, y), tall, font, (shade,) * 3, float(rng.choice([0.8, 1, 1, 1.7])))
    return image


def empty_form(size: Size, rng: np.random.Generator) -> Picture:
    """A form, a table or a puzzle in which nobody has written."""
    maker = (form_paper, table_paper, sudoku_paper)[int(rng.integers(3))]
    unit = size[1] * float(np.exp(rng.uniform(np.log(0.03), np.log(0.12))))
    return maker(size, unit, 0.1 * unit, rng).image


def paper_on_desk(size: Size, rng: np.random.Generator) -> Picture:
    """A letter, a receipt or a form on a table, seen at an angle."""
    image = make_desk(size, rng, 4)
    for _ in range(int(rng.choice([1, 1, 2]))):
        tall = size[1] * float(rng.uniform(0.5, 1.1))
        extent = max(16, round(tall * float(rng.uniform(0.35, 1.4)))), max(16, round(tall))
        sheet = (printed_page if rng.random() < 0.6 else empty_form)(extent, rng)
        centre = size[0] * float(rng.uniform(0.3, 0.7)), size[1] * float(rng.uniform(0.35, 0.65))
        tip, pan = (float(v) for v in rng.normal(0, 0.15, 2))
        matrix = view(float(rng.normal(0, 0.25)), tip, pan, 1.0, centre, float(size[1]))
        matrix = offset(matrix, -extent[0] / 2, -extent[1] / 2)
        cv2.warpPerspective(sheet, matrix, size, dst=image, borderMode=cv2.BORDER_TRANSPARENT)
    return image


def screen(size: Size, rng: np.random.Generator) -> Picture:
    """An editor, a terminal or a web page on a monitor."""
    dark = rng.random() < 0.5
    image = np.empty((size[1], size[0], 3), np.uint8)
    image[:] = np.uint8(rng.uniform(15, 50) if dark else rng.uniform(225, 255))
    row = size[1] * float(np.exp(rng.uniform(np.log(0.02), np.log(0.05))))
    font, indent = any_font(rng), 0
    inks = [rng.uniform(140, 255, 3) if dark else rng.uniform(0, 140, 3) for _ in range(4)]
    for y in np.arange(4 * row, size[1], row):
        indent = int(np.clip(indent + rng.integers(-1, 2), 0, 5))
        if rng.random() < 0.15:
            continue
        x = (2 + 1.5 * indent) * row
        for _ in range(int(rng.integers(1, 6))):
            word = any_words(1, rng)
            set_type(image, word, (x, y), 0.5 * row, font, inks[int(rng.integers(4))].tolist())
            x += 0.55 * row * (len(word) + 1)
    for _ in range(int(rng.integers(0, 4))):
        x, y = (int(v) for v in rng.uniform(0.1, 0.8, 2) * np.array(size))
        end = x + int(rng.uniform(0.05, 0.3) * size[0]), y + int(rng.uniform(0.03, 0.3) * size[1])
        cv2.rectangle(image, (x, y), end, paint(rng).tolist(), -1 if rng.random() < 0.5 else 1)
    if rng.random() < 0.7:
        window_frame(image, rng)
    return image


def poster(size: Size, rng: np.random.Generator) -> Picture:
    """A shop sign, a packet, a book's cover: large letters over fields of colour."""
    image = shaded(paint(rng), np.float32(0.05) * clouds(size, size[1] / 2, rng))
    for _ in range(int(rng.integers(1, 7))):
        x, y = (int(v) for v in rng.uniform(-0.1, 0.9, 2) * np.array(size))
        extent = rng.uniform(0.1, 0.6, 2) * np.array(size)
        tone = paint(rng).tolist()
        if rng.random() < 0.6:
            cv2.rectangle(image, (x, y), (x + int(extent[0]), y + int(extent[1])), tone, -1)
        else:
            axes = int(extent[0] / 2), int(extent[1] / 2)
            cv2.ellipse(image, (x, y), axes, float(rng.uniform(0, 90)), 0, 360, tone, -1, cv2.LINE_AA)
    for _ in range(int(rng.integers(1, 7))):
        tall = size[1] * float(np.exp(rng.uniform(np.log(0.03), np.log(0.4))))
        place = size[0] * float(rng.uniform(-0.05, 0.5)), size[1] * float(rng.uniform(0.15, 1.0))
        words = any_words(int(rng.integers(1, 4)), rng)
        weight = float(rng.choice([1.0, 1.7, 2.6]))
        set_type(image, words, place, tall, any_font(rng), paint(rng).tolist(), weight)
    return image


def keyboard(size: Size, rng: np.random.Generator) -> Picture:
    """A keyboard close up: rows of keys, a letter on most of them."""
    dark = rng.random() < 0.6
    base, key = (rng.uniform(20, 70), rng.uniform(15, 60)) if dark else (rng.uniform(140, 200), 235.0)
    image = make_ground(size, rng) if rng.random() < 0.3 else np.full((size[1], size[0], 3), base, np.uint8)
    side = size[1] * float(rng.uniform(0.07, 0.25))
    ink = (float(rng.uniform(180, 245)),) * 3 if dark else (float(rng.uniform(20, 90)),) * 3
    font = any_font(rng)
    corner = 0.12 if rng.random() < 0.6 else 0.35
    for row, y in enumerate(np.arange(0.1 * side, size[1], side)):
        for x in np.arange(-(row % 3) * 0.3 * side, size[0], side):
            gap = 0.06 * side
            ends = (round(x + gap), round(y + gap)), (round(x + side - gap), round(y + side - gap))
            cv2.rectangle(image, *ends, (key,) * 3, -1)
            cv2.rectangle(image, *ends, (0.6 * key,) * 3, max(1, round(0.02 * side)), cv2.LINE_AA)
            if rng.random() < 0.85:
                letter = str(rng.choice(LETTERS)).upper().replace("B", "K").replace("D", "R")
                letter = letter if rng.random() < 0.8 else any_words(1, rng, 5)
                tall = side * (0.32 if len(letter) == 1 else 0.16)
                set_type(image, letter, (x + corner * side, y + 0.55 * side), tall, font, ink)
    return image
