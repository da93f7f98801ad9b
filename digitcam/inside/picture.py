"""The picture of a look into a network: from the digit's place in the frame to its bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from digitcam.inside.layout import GAP, Layout, Place
from digitcam.inside.look import Look
from digitcam.inside.paint import GROUND, as_heat, as_signed, enlarged, in_colour, mosaic
from digitcam.inside.stages import CONVOLUTION, Stage
from digitcam.sureness import colour_of
from digitcam.text import LEAST_TEXT, LIGHT, Colour, put_text, text_width
from digitcam.types import Box
from digitcam.verdict import ascii_of, shortened

# Letters, in pixels at a height of 720.
LETTERS = 10.0
FAINT: Colour = (165, 165, 165)
MARK: Colour = (255, 255, 255)
# What speaks more than this share of the pixels is in full colour.
SPEAKS = 0.985
# So many names have bars.
MOST_BARS = 11


class Around(NamedTuple):
    """Where a crop is from.

    Attributes:
        frame: H×W×3 uint8, the whole frame as it is to be shown; digit: h×w×3 uint8, the digit in it.
        ink: h×w uint8, its ink; None where that is not known.
        why: lines that say why it was read, or was not.
    """

    frame: np.ndarray
    digit: np.ndarray
    ink: np.ndarray | None = None
    why: tuple[str, ...] = ()


def draw_look(
    size: tuple[int, int],
    layout: Layout,
    stages: Sequence[Stage],
    look: Look,
    names: Sequence[str],
    around: Around,
    chosen: Place | None,
) -> np.ndarray:
    """A look as a picture.

    Args:
        size: width and height.
        layout: ``lay_out`` for the stages and this size.
        stages: of the network; look: what it makes of a crop; names: of its outputs.
        around: where the crop is from.
        chosen: the map that is enlarged; the strongest of the last stage by default.

    Returns:
        H×W×3 uint8.
    """
    picture = np.full((size[1], size[0], 3), GROUND, np.uint8)
    letters = max(LEAST_TEXT, LETTERS * layout.unit)
    _draw_way(picture, layout, look, names, around, letters)
    for stage, grid, maps in zip(stages, layout.grids, look.maps, strict=True):
        _caption(picture, grid.box, letters, f"{stage.shape[0]}x{stage.shape[1]}", FAINT)
        kind = "conv" if stage.kind == CONVOLUTION else "pool"
        longest = f"{kind} {stage.shape[2]}"
        fits = text_width(longest, letters) <= grid.box.width
        _caption(picture, grid.box, letters, longest if fits else str(stage.shape[2]), LIGHT, lines=2)
        heat = as_heat(mosaic(maps, grid.columns, GAP), float(maps.max(initial=0.0)))
        rows = -(-grid.maps // grid.columns)
        _put(picture, grid.box, enlarged(heat, (grid.columns * grid.cell, rows * grid.cell)))
    if stages:
        _draw_chosen(picture, layout, stages, look, chosen or strongest(look), letters)
    if look.features.size:
        _caption(picture, layout.features, letters, f"{look.features.size} features", FAINT)
        _put(picture, layout.features, _features(look.features, layout.features))
    for line, text in enumerate(around.why):
        foot = layout.why.y + (line + 1) * 1.8 * letters
        words = shortened(text, letters, layout.why.width)
        put_text(picture, words, (layout.why.x, foot), letters, LIGHT, rim=False)
    _draw_bars(picture, layout.bars, look, names, letters)
    return picture


def strongest(look: Look) -> Place:
    """The map of the last stage with the greatest value."""
    last = len(look.maps) - 1
    return Place(last, int(look.maps[last].max((0, 1)).argmax()))


def _draw_way(
    picture: np.ndarray,
    layout: Layout,
    look: Look,
    names: Sequence[str],
    around: Around,
    letters: float,
) -> None:
    """The frame, the digit in it, its ink, the input, and which pixels spoke for the two likeliest names."""
    _caption(picture, layout.frame, letters, "frame", FAINT)
    _put(picture, layout.frame, _within(around.frame, layout.frame))
    inked = None if around.ink is None else cv2.cvtColor(around.ink, cv2.COLOR_GRAY2BGR)
    most = max(float(np.quantile(np.abs(spoke), SPEAKS)) for spoke in look.spoke)
    tiles = (
        ("digit", around.digit),
        ("ink", inked),
        (f"input {look.shown.shape[1]}x{look.shown.shape[0]}", in_colour(look.shown)),
        (f"spoke for {ascii_of(names[look.answer])}", as_signed(look.spoke[0], most)),
        (f"for {ascii_of(names[look.second])}", as_signed(look.spoke[1], most)),
    )
    # Of a whole frame nothing was cut out.
    first = 2 if look.shown.ndim == 3 else 0
    for box, (text, tile) in list(zip(layout.tiles, tiles, strict=True))[first:]:
        _caption(picture, box, letters, shortened(text, letters, 1.1 * box.width), FAINT)
        if tile is not None:
            _put(picture, box, _within(tile, box))


def _draw_chosen(
    picture: np.ndarray, layout: Layout, stages: Sequence[Stage], look: Look, place: Place, letters: float
) -> None:
    """One map enlarged, its kernel, and the patch of the input behind its strongest place."""
    stage, values = stages[place.stage], look.maps[place.stage][..., place.which]
    cell = layout.cell(place)
    cv2.rectangle(picture, (cell.x - 1, cell.y - 1), (cell.right - 1, cell.bottom - 1), MARK, 1)
    row, column = (int(i) for i in np.unravel_index(int(values.argmax()), values.shape))
    box = layout.large
    _caption(picture, box, letters, f"map {place.which + 1} of {stage.shape[2]}", LIGHT)
    _put(picture, box, enlarged(as_heat(values), (box.width, box.height)))
    high, wide = box.height / values.shape[0], box.width / values.shape[1]
    first = round(box.x + column * wide), round(box.y + row * high)
    last = round(box.x + (column + 1) * wide) - 1, round(box.y + (row + 1) * high) - 1
    cv2.rectangle(picture, first, last, MARK, 1)
    if stage.kernel is not None:
        kernel = stage.kernel[..., place.which]
        _caption(picture, layout.kernel, letters, _of_kernel(kernel), FAINT)
        _put(picture, layout.kernel, _kernel(kernel, layout.kernel))
    box = layout.seen
    _caption(picture, box, letters, f"looks at {stage.field.size}x{stage.field.size}", FAINT)
    _put(picture, box, enlarged(in_colour(look.shown), (box.width, box.height)))
    side = look.shown.shape[0]
    x, y, width, height = stage.field.patch(row, column, side)
    unit = box.width / side
    first = round(box.x + x * unit), round(box.y + y * unit)
    last = round(box.x + (x + width) * unit) - 1, round(box.y + (y + height) * unit) - 1
    cv2.rectangle(picture, first, last, (0, 159, 230), max(1, round(unit / 6)))


def _of_kernel(kernel: np.ndarray) -> str:
    high, wide, inputs = kernel.shape
    return f"weights {high}x{wide}" + (f" x {inputs} maps" if inputs > 1 else "")


def _kernel(kernel: np.ndarray, box: Box) -> np.ndarray:
    """The weights of one map, h×w×inputs, as squares that fit a box."""
    inputs = kernel.shape[2]
    ratio = box.width / box.height
    columns = int(np.clip(round(np.sqrt(inputs * ratio)), 1, inputs))
    values = mosaic(kernel, columns, 1 if inputs > 1 else 0)
    painted = as_signed(values, float(np.abs(kernel).max(initial=0.0)))
    side = min(box.width / painted.shape[1], box.height / painted.shape[0])
    size = max(1, int(side * painted.shape[1])), max(1, int(side * painted.shape[0]))
    return enlarged(painted, size)


def _features(features: np.ndarray, box: Box) -> np.ndarray:
    """D values in rows that fill a box."""
    columns = max(1, round(np.sqrt(features.size * box.width / box.height)))
    values = np.zeros(-(-features.size // columns) * columns, np.float32)
    values[: features.size] = features
    return enlarged(as_heat(values.reshape(-1, columns)), (box.width, box.height))


def _draw_bars(picture: np.ndarray, box: Box, look: Look, names: Sequence[str], letters: float) -> None:
    """The probabilities of the names: all in order, or of many the likeliest."""
    order = np.arange(len(names))
    if len(names) > MOST_BARS:
        order = np.argsort(-look.probabilities, kind="stable")[:MOST_BARS]
    step = min(box.height / len(order), 3.2 * letters)
    for place, i in enumerate(order.tolist()):
        probability = float(look.probabilities[i])
        foot = box.y + place * step + 0.5 * (step + letters)
        name = shortened(names[i], letters, 0.34 * box.width)
        told = i in (look.answer, look.second)
        put_text(picture, name, (box.x, foot), letters, LIGHT if told else FAINT, rim=False)
        left, right = box.x + round(0.36 * box.width), box.right - text_width("100 ", letters)
        tall = max(2, round(0.5 * letters))
        middle = round(foot - letters / 2)
        end = left + max(1, round((right - left) * probability))
        colour = colour_of(probability) if told else FAINT
        cv2.rectangle(picture, (left, middle - tall), (end, middle + tall), colour, cv2.FILLED)
        put_text(picture, f"{100 * probability:.0f}", (right + letters / 2, foot), letters, FAINT, rim=False)


def _within(tile: np.ndarray, box: Box) -> np.ndarray:
    """A picture in the middle of a box, whole."""
    factor = min(box.width / tile.shape[1], box.height / tile.shape[0])
    size = max(1, round(tile.shape[1] * factor)), max(1, round(tile.shape[0] * factor))
    room = np.full((box.height, box.width, 3), GROUND, np.uint8)
    x, y = (box.width - size[0]) // 2, (box.height - size[1]) // 2
    room[y : y + size[1], x : x + size[0]] = enlarged(tile, size)
    return room


def _put(picture: np.ndarray, box: Box, tile: np.ndarray) -> None:
    """Put a tile at the corner of a box; what does not fit is cut off."""
    room = picture[box.y : box.y + tile.shape[0], box.x : box.x + tile.shape[1]]
    room[:] = tile[: room.shape[0], : room.shape[1]]


def _caption(
    picture: np.ndarray, box: Box, letters: float, text: str, colour: Colour, lines: int = 1
) -> None:
    """A line above a box, or the line above that."""
    foot = box.y - 0.5 * letters - (lines - 1) * 1.7 * letters
    put_text(picture, shortened(text, letters, 1.15 * box.width), (box.x, foot), letters, colour, rim=False)
