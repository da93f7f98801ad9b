"""Where everything stands in the picture of a look: columns of maps, and what the pointer is over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from digitcam.inside.stages import Stage
from digitcam.types import Box

# Parts of the width: the way to the network, the answer; of the height: the stages and what else is named.
LEFT, RIGHT, TOP, FRAME, FEATURES, WHY = 0.16, 0.2, 0.66, 0.13, 0.2, 0.15
# Pixels at a height of 720.
MARGIN, CAPTION, GAP = 10, 18, 1


class Grid(NamedTuple):
    """The maps of a stage: so many ``maps`` in ``columns``, each cell ``cell`` pixels a side."""

    box: Box
    columns: int
    cell: int
    maps: int


class Place(NamedTuple):
    """A map: of which stage, and ``which`` of its maps."""

    stage: int
    which: int


class Layout(NamedTuple):
    """Boxes in the picture; ``unit`` is what a pixel of the design has become.

    Attributes:
        frame: the whole frame; tiles: five squares: the digit in it, its ink, the input, and what spoke for
            each of two classes.
        grids: of each stage; large, kernel, seen: of the map that is looked at; features, why, bars: at the
            right.
    """

    unit: float
    frame: Box
    tiles: tuple[Box, ...]
    grids: tuple[Grid, ...]
    large: Box
    kernel: Box
    seen: Box
    features: Box
    why: Box
    bars: Box

    def at(self, x: int, y: int) -> Place | None:
        """The map at a point; None where there is none."""
        for stage, grid in enumerate(self.grids):
            column, row = (x - grid.box.x) // grid.cell, (y - grid.box.y) // grid.cell
            if 0 <= column < grid.columns and row >= 0:
                place = row * grid.columns + column
                if place < grid.maps:
                    return Place(stage, place)
        return None

    def frame_point(self, x: int, y: int, size: tuple[int, int]) -> tuple[int, int] | None:
        """The point of a frame of a width and height that is shown at a point of the small frame."""
        box, (width, height) = self.frame, size
        factor = min(box.width / width, box.height / height)
        left = box.x + (box.width - width * factor) / 2
        top = box.y + (box.height - height * factor) / 2
        at = int((x - left) / factor), int((y - top) / factor)
        return at if 0 <= at[0] < width and 0 <= at[1] < height else None

    def cell(self, place: Place) -> Box:
        """Where a map stands."""
        grid = self.grids[place.stage]
        row, column = divmod(place.which, grid.columns)
        return Box(grid.box.x + column * grid.cell, grid.box.y + row * grid.cell, grid.cell, grid.cell)


def lay_out(stages: Sequence[Stage], width: int, height: int) -> Layout:
    """The layout of a picture of a width and height, pixels."""
    unit = height / 720
    margin, caption = round(MARGIN * unit), round(CAPTION * unit)
    left, right = round(LEFT * width), round((1 - RIGHT) * width)
    foot = round(TOP * height)
    frame = Box(margin, margin + caption, max(8, left - 3 * margin), max(8, round(FRAME * height)))
    grids = []
    wide = (right - left) / max(1, len(stages))
    for i, stage in enumerate(stages):
        x = round(left + i * wide)
        room = max(8, round(wide) - margin), max(8, foot - margin - 2 * caption)
        columns, cell = _cells(stage.shape[2], *room)
        grids.append(Grid(Box(x, margin + 2 * caption, *room), columns, cell, stage.shape[2]))
    high = max(8, min(height - foot - caption - margin, (right - left) // 3 - 2 * margin))
    large = Box(left, foot + caption, high, high)
    kernel = Box(large.right + 2 * margin, large.y, max(8, right - left - 2 * high - 5 * margin), high)
    seen = Box(kernel.right + 2 * margin, large.y, high, high)
    across = width - right - margin
    features = Box(right, margin + caption, across, max(8, round(FEATURES * height)))
    why = Box(right, features.bottom + margin, across, max(8, round(WHY * height)))
    top = why.bottom + margin
    bars = Box(right, top, across, height - margin - top)
    tiles = _tiles(frame, height, margin, caption)
    return Layout(unit, frame, tiles, tuple(grids), large, kernel, seen, features, why, bars)


def _tiles(frame: Box, height: int, margin: int, caption: int) -> tuple[Box, ...]:
    """Two small squares side by side below the frame, and three below each other."""
    small = max(8, min((frame.width - margin) // 2, round(FRAME * height)))
    top = frame.bottom + caption + margin
    pair = [Box(frame.x + i * (small + margin), top, small, small) for i in range(2)]
    first = top + small + margin
    step = (height - first) / 3
    side = max(8, min(frame.width, int(step) - caption - margin))
    return (*pair, *(Box(frame.x, round(first + i * step) + caption, side, side) for i in range(3)))


def _cells(count: int, width: int, height: int) -> tuple[int, int]:
    """Columns and the side of a square cell: the largest with which all maps fit."""
    best = 1, 1
    for columns in range(1, count + 1):
        cell = min(width // columns, height // -(-count // columns))
        if cell > best[1]:
            best = columns, cell
    return best
