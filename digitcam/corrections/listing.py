"""Corrections for people: a line each, a sheet of them all, folders of PNGs."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np

from digitcam.corrections.correction import NOT_A_DIGIT, WORDS, Correction
from digitcam.outputs.base import cannot_write, exists_already
from digitcam.outputs.pictures import write_picture
from digitcam.text import LIGHT, put_text, text_width

# Where what is no digit goes; ``train.py --data`` leaves it out.
NONE_FOLDER = "none"
# Pixels of a cell of the sheet: each picture's side, the space around it, the letters below.
PICTURE, SPACE, LETTERS = 84, 8, 10
CELL = 2 * PICTURE + 3 * SPACE, PICTURE + 3 * SPACE + LETTERS
COLUMNS = 6
# A sheet holds so many; of more the newest are shown.
MOST_SHOWN = 240
GROUND, FAINT = (40, 40, 40), (170, 170, 170)


def describe(corrections: Sequence[Correction]) -> list[str]:
    """A line for each correction, and one that counts them."""
    lines = [
        f"{c.number:>5}  {datetime.fromtimestamp(c.time):%Y-%m-%d %H:%M:%S}  "
        f"read as {WORDS[c.read_as]:<11}  is {WORDS[c.label]:<11}  model {c.model[:8]}"
        for c in corrections
    ]
    counts = Counter(c.label for c in corrections)
    kinds = ", ".join(f"{counts[label]} of {WORDS[label]}" for label in sorted(counts))
    count = len(corrections)
    return [*lines, f"{count} correction{'s' if count != 1 else ''}: {kinds}"]


def draw_sheet(corrections: Sequence[Correction]) -> np.ndarray:
    """All corrections as a picture, by label: surroundings, crop, number, what it was read as and what it is.

    Args:
        corrections: at least one.
    """
    shown = sorted(corrections[-MOST_SHOWN:], key=lambda c: (c.label, c.number))
    columns = min(COLUMNS, len(shown))
    rows = -(-len(shown) // columns)
    sheet: np.ndarray = np.full((rows * CELL[1] + SPACE, columns * CELL[0] + SPACE, 3), GROUND, np.uint8)
    for place, correction in enumerate(shown):
        top, left = place // columns * CELL[1] + SPACE, place % columns * CELL[0] + SPACE
        _draw_cell(sheet[top : top + CELL[1], left : left + CELL[0]], correction)
    return sheet


def _draw_cell(cell: np.ndarray, correction: Correction) -> None:
    around = cv2.cvtColor(correction.surroundings, cv2.COLOR_RGB2BGR)
    cell[:PICTURE, :PICTURE] = cv2.resize(around, (PICTURE, PICTURE), interpolation=cv2.INTER_LINEAR)
    crop = cv2.resize(correction.crop, (PICTURE, PICTURE), interpolation=cv2.INTER_NEAREST)
    second = PICTURE + SPACE
    cell[:PICTURE, second : second + PICTURE] = crop[..., None]
    foot = PICTURE + SPACE + LETTERS
    number = str(correction.number)
    put_text(cell, number, (0, foot), LETTERS, FAINT, rim=False)
    names = [WORDS[i] if i != NOT_A_DIGIT else "none" for i in (correction.read_as, correction.label)]
    words = f"{names[0]} is {names[1]}"
    put_text(cell, words, (second + PICTURE - text_width(words, LETTERS), foot), LETTERS, LIGHT, rim=False)


def export(corrections: Sequence[Correction], folder: Path) -> list[Path]:
    """Write each crop as ``folder/<digit>/correction-<number>.png``, as ``train.py --data`` takes them.

    Raises:
        UserError: one cannot be written, or is there already.
    """
    targets = [folder / _folder_of(c) / f"correction-{c.number:05d}.png" for c in corrections]
    for path in targets:  # before the first is written, not after half of them
        if os.path.lexists(path):
            raise exists_already(path)
    for correction, path in zip(corrections, targets, strict=True):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(path.parent, error) from None
        write_picture(path, correction.crop, overwrite=False)
    return targets


def _folder_of(correction: Correction) -> str:
    return NONE_FOLDER if correction.label == NOT_A_DIGIT else WORDS[correction.label]
