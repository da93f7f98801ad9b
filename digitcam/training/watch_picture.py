"""A training as one picture: its curves, what it confuses, its worst digits, and its first kernels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from digitcam.inside.paint import GROUND, as_heat, as_signed, enlarged, mosaic
from digitcam.text import LIGHT, Colour, put_text, text_width
from digitcam.types import Box
from digitcam.verdict import ascii_of, shortened

SIZE = (960, 640)
MARGIN, LETTERS, CAPTION = 16, 10.0, 26
FAINT: Colour = (165, 165, 165)
# Okabe and Ito (2008), BGR: training and validation.
LEARNT, JUDGED = (0, 159, 230), (178, 114, 0)
# The parts of the picture.
LOSS, ERROR = Box(56, 44, 380, 230), Box(524, 44, 420, 230)
MATRIX, WORST, KERNELS = Box(16, 330, 290, 290), Box(330, 330, 330, 290), Box(684, 330, 260, 290)
WORST_COLUMNS, MOST_WORST = 4, 12
FLOOR = 1e-5
LEAST_ERROR = 1e-4

Entry = Mapping[str, float]


def draw_training(
    history: Sequence[Entry],
    epochs: int,
    names: Sequence[str],
    matrix: np.ndarray,
    worst: Sequence[tuple[np.ndarray, str, str, float]],
    kernels: np.ndarray | None,
) -> np.ndarray:
    """The picture after an epoch.

    Args:
        history: of each epoch so far ``loss``, ``val_loss``, ``val_accuracy``.
        epochs: in all; names: of the classes.
        matrix: K×K counts, row = truth, column = answer.
        worst: those that are furthest from right: image h×w×3 uint8, truth, answer, and how likely the truth
            was.
        kernels: kh×kw×maps, of the first convolution; None where there is none.

    Returns:
        640×960×3 uint8.
    """
    picture = np.full((SIZE[1], SIZE[0], 3), GROUND, np.uint8)
    _caption(picture, LOSS, "loss: training and validation", 18)
    _caption(picture, ERROR, "validation error in percent", 18)
    _curves(picture, LOSS, history, ("loss", "val_loss"), epochs, 1.0)
    # Of what is learnt much may have no name: how often that is named right says nothing.
    errors = [{"error": max(LEAST_ERROR, 1 - e["val_accuracy"])} for e in history if "val_accuracy" in e]
    _curves(picture, ERROR, errors, ("", "error"), epochs, 100.0)
    share = np.trace(matrix) / max(1, matrix.sum())
    _caption(picture, MATRIX, f"truth by answer: {100 * share:.2f} % right")
    _matrix(picture, matrix, names)
    _caption(picture, WORST, "the worst of this epoch: truth > answer")
    _worst(picture, worst)
    if kernels is not None:
        _caption(picture, KERNELS, f"first layer: {kernels.shape[2]} kernels")
        columns = max(1, round(np.sqrt(kernels.shape[2])))
        painted = as_signed(mosaic(kernels, columns), float(np.abs(kernels).max()))
        _put(picture, KERNELS, _fitted(painted, KERNELS))
    return picture


def _curves(
    picture: np.ndarray, box: Box, history: Sequence[Entry], keys: tuple[str, str], epochs: int, unit: float
) -> None:
    """Two curves on a logarithmic scale, orange and blue, with the last values beside them."""
    series = [[max(FLOOR, unit * entry[key]) for entry in history if key in entry] for key in keys]
    values = [value for one in series for value in one]
    if not values:
        return
    low, high = np.log10(min(values)) - 0.05, np.log10(max(values)) + 0.05
    for power in range(int(np.floor(low)), int(np.ceil(high)) + 1):
        for factor in (1, 2, 5):
            level = factor * 10.0**power
            if not low <= np.log10(level) <= high:
                continue
            y = round(box.bottom - (np.log10(level) - low) / (high - low) * box.height)
            cv2.line(picture, (box.x, y), (box.right, y), (70, 70, 70), 1)
            text = f"{level:g}"
            put_text(picture, text, (box.x - 6 - text_width(text, 8), y + 4), 8, FAINT, rim=False)
    cv2.rectangle(picture, (box.x, box.y), (box.right, box.bottom), (90, 90, 90), 1)
    put_text(picture, f"{len(history)} of {epochs} epochs", (box.x, box.bottom + 16), 8, FAINT, rim=False)
    for one, colour in zip(series, (LEARNT, JUDGED), strict=True):
        points = [
            (
                round(box.x + (place + 1) / max(1, epochs) * box.width),
                round(box.bottom - (np.log10(value) - low) / (high - low) * box.height),
            )
            for place, value in enumerate(one)
        ]
        if points:
            cv2.polylines(picture, [np.array(points, np.int32)], False, colour, 2, cv2.LINE_AA)
            cv2.circle(picture, points[-1], 3, colour, cv2.FILLED, cv2.LINE_AA)
            text = f"{one[-1]:.3g}"
            x = min(points[-1][0] + 6, box.right - text_width(text, 8) - 4)
            put_text(picture, text, (x, points[-1][1] - 5), 8, colour)


def _matrix(picture: np.ndarray, matrix: np.ndarray, names: Sequence[str]) -> None:
    """Shares of each truth, mistakes brightened; the names along both sides where there is room for them."""
    shares = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
    shown = np.sqrt(shares).astype(np.float32)
    named = len(names) <= 12
    edge = CAPTION if named else 0
    side = MATRIX.height - edge
    inner = Box(MATRIX.x + edge, MATRIX.y, side, side)
    _put(picture, inner, enlarged(as_heat(shown, 1.0), (side, side)))
    if not named:
        return
    step = side / len(names)
    for place, name in enumerate(names):
        text = shortened(name, 8, step - 4)
        x = inner.x + (place + 0.5) * step - text_width(text, 8) / 2
        put_text(picture, text, (x, inner.bottom + 16), 8, FAINT, rim=False)
        # A name that finds no room beside its row stands in it.
        beside = text_width(text, 8) <= edge - 4
        foot = inner.y + (place + 0.5) * step + 4
        put_text(picture, text, (MATRIX.x if beside else inner.x + 4, foot), 8, FAINT, rim=not beside)


def _worst(picture: np.ndarray, worst: Sequence[tuple[np.ndarray, str, str, float]]) -> None:
    cell = WORST.width // WORST_COLUMNS
    high = WORST.height // (MOST_WORST // WORST_COLUMNS)
    side = high - CAPTION
    for place, (image, truth, answer, likely) in enumerate(worst[:MOST_WORST]):
        x, y = WORST.x + place % WORST_COLUMNS * cell, WORST.y + place // WORST_COLUMNS * high
        _put(picture, Box(x, y, side, side), enlarged(image, (side, side)))
        wrong = truth != answer
        lines = [f"{ascii_of(truth)} > {ascii_of(answer)}  {100 * likely:.0f} %"]
        if text_width(lines[0], 8) > cell - 4:
            lines = [ascii_of(truth), f"> {ascii_of(answer)}"]
        for line, text in enumerate(lines):
            foot = y + side + (10 if len(lines) > 1 else 13) + 10 * line
            text = shortened(text, 8, cell - 4)
            put_text(picture, text, (x, foot), 8, (0, 94, 213) if wrong else FAINT, rim=False)


def _fitted(painted: np.ndarray, box: Box) -> np.ndarray:
    unit = min(box.width / painted.shape[1], box.height / painted.shape[0])
    return enlarged(painted, (max(1, int(unit * painted.shape[1])), max(1, int(unit * painted.shape[0]))))


def _put(picture: np.ndarray, box: Box, tile: np.ndarray) -> None:
    picture[box.y : box.y + tile.shape[0], box.x : box.x + tile.shape[1]] = tile


def _caption(picture: np.ndarray, box: Box, text: str, above: int = 12) -> None:
    put_text(picture, text, (box.x, box.y - above + 2), LETTERS, LIGHT, rim=False)
