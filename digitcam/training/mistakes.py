"""What a network of one's own pictures confuses: the matrix, and its commonest mistakes as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from digitcam.evaluation.plots import plot_named_confusion
from digitcam.outputs.pictures import write_picture
from digitcam.sources.decoding import UnreadablePicture
from digitcam.sources.pictures import read_picture
from digitcam.text import put_text
from digitcam.training.pictures import Pictures
from digitcam.verdict import shortened

CONFUSION, PAIRS = "confusion.png", "most_confused.png"
# Of the most confused pairs so many are shown, and of each so many pictures.
MOST_PAIRS, MOST_PICTURES = 6, 6
# Pixels: a picture's side, the text above a row, and what lies between.
SIDE, TITLE, GAP = 128, 30, 8
GROUND, LETTERS = 245, 12.0


def write_mistakes(
    folder: Path, classes: Sequence[str], pictures: Pictures, probabilities: np.ndarray
) -> list[Path]:
    """Write the confusion matrix of N pictures, and a sheet of the mistakes if there are any; the files."""
    matrix = np.zeros((len(classes), len(classes)), int)
    answers = probabilities.argmax(1)
    np.add.at(matrix, (pictures.labels, answers), 1)
    plot_named_confusion(matrix, list(classes), f"{len(pictures)} pictures kept out", folder / CONFUSION)
    written = [folder / CONFUSION]
    pairs = confused_pairs(matrix)
    if pairs:
        rows = [_row(classes, pair, pictures, answers) for pair in pairs]
        write_picture(folder / PAIRS, np.vstack(rows), overwrite=True)
        written.append(folder / PAIRS)
    else:
        (folder / PAIRS).unlink(missing_ok=True)  # of an earlier training
    return written


def confused_pairs(matrix: np.ndarray) -> list[tuple[int, int]]:
    """True class and answer of the commonest mistakes, the commonest first."""
    wrong = matrix.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_PAIRS]
    pairs = [divmod(int(place), len(matrix)) for place in order]
    return [pair for pair in pairs if wrong[pair]]


def _row(
    classes: Sequence[str], pair: tuple[int, int], pictures: Pictures, answers: np.ndarray
) -> np.ndarray:
    """A line that names a pair, and pictures of the one that were taken for the other."""
    wide = MOST_PICTURES * (SIDE + GAP) + GAP
    row = np.full((TITLE + SIDE + GAP, wide, 3), GROUND, np.uint8)
    true, answer = pair
    found = np.flatnonzero((pictures.labels == true) & (answers == answer))
    title = f"{len(found)} of {classes[true]} taken for {classes[answer]}"
    words = shortened(title.replace(",", " "), LETTERS, wide - 2 * GAP)
    put_text(row, words, (GAP, TITLE - 9), LETTERS, (30, 30, 30), rim=False)
    for place, i in enumerate(found[:MOST_PICTURES].tolist()):
        x = GAP + place * (SIDE + GAP)
        row[TITLE : TITLE + SIDE, x : x + SIDE] = thumbnail(pictures.paths[i], SIDE)
    return row


def thumbnail(path: Path, side: int) -> np.ndarray:
    """A picture in a square, whole: side×side×3 uint8; grey where it cannot be read."""
    square = np.full((side, side, 3), 220, np.uint8)
    try:
        image = read_picture(path)
    except UnreadablePicture:
        return square
    factor = side / max(image.shape[:2])
    size = max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_NEAREST)
    y, x = (side - small.shape[0]) // 2, (side - small.shape[1]) // 2
    square[y : y + small.shape[0], x : x + small.shape[1]] = small
    return square
