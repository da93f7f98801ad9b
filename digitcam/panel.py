"""Panels of text in the window: darkened, in a corner that hides no digits, at the foot, or in the middle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digitcam.geometry import corners, shared_areas
from digitcam.sureness import COLOURS
from digitcam.text import LEAST_TEXT, LIGHT, Colour, put_text, text_width
from digitcam.types import Box

# Height of capital letters as part of the picture's shorter side.
TEXT_PART = 0.019
# Where the corner's panel may go, the best first. The bottom left is kept for messages.
CORNERS = ("top left", "top right", "bottom right")
# A panel is darkened to this part of the picture below it.
DARKENED = 6

# A line of a panel: text, with a tab before a second column, and its colour.
Line = str | tuple[str, Colour]

LEGEND: tuple[Line, ...] = tuple(
    (f"{word}\t{words}", colour)
    for word, words, (_, colour) in zip(
        ("sure", "fair", "doubtful"),
        (
            f"{100 * COLOURS[0][0]:.0f} % and more",
            f"{100 * COLOURS[1][0]:.0f} to {100 * COLOURS[0][0]:.0f} %",
            f"less than {100 * COLOURS[1][0]:.0f} %",
        ),
        COLOURS,
        strict=True,
    )
)


def draw_panel(picture: np.ndarray, lines: Sequence[Line], place: str = CORNERS[0]) -> None:
    """Write lines of text on a darkened panel, in place.

    Args:
        picture: H×W×3 uint8.
        lines: ASCII; none draws nothing.
        place: one of ``CORNERS``, ``bottom left`` or ``middle``.
    """
    if not lines:
        return
    size = picture.shape[1], picture.shape[0]
    height, pad, step, column = _layout(lines, size)
    box = panel_box(lines, size, place)
    panel = picture[box.y : box.bottom, box.x : box.right]
    panel[:] = panel // DARKENED
    for i, line in enumerate(lines):
        text, colour = _parts(line)
        first, _, last = text.partition("\t")
        foot = box.y + (i + 1) * step - 0.1 * height
        put_text(picture, first, (box.x + pad, foot), height, colour)
        put_text(picture, last, (box.x + pad + column, foot), height, colour)


def panel_box(lines: Sequence[Line], size: tuple[int, int], place: str = CORNERS[0]) -> Box:
    """What the panel of some lines covers of a picture of a width and a height; it begins inside it."""
    height, pad, step, column = _layout(lines, size)
    rows = [_parts(line)[0].partition("\t") for line in lines]
    width = 2 * pad + max(
        column + text_width(last, height) if tab else text_width(first, height) for first, tab, last in rows
    )
    depth = step * len(lines) + pad
    right, low = max(0, size[0] - width), max(0, size[1] - depth)
    x, y = {
        "top left": (0, 0),
        "top right": (right, 0),
        "bottom right": (right, low),
        "bottom left": (0, low),
        "middle": (right // 2, low // 2),
    }[place]
    return Box(x, y, width, depth)


def quiet_corner(
    lines: Sequence[Line], size: tuple[int, int], digits: Sequence[Box], now: str = CORNERS[0]
) -> str:
    """The corner for a panel: as now while no digit is hidden by it, else the one that hides least.

    Args:
        digits: boxes in the picture.
        now: where the panel is.
    """
    if not lines or not digits:
        return now
    # With the labels above them.
    boxes = np.array([(box.x, box.y - box.height // 2, box.right, box.bottom) for box in digits])
    places = (now, *CORNERS)
    panels = [panel_box(lines, size, place) for place in places]
    hidden = shared_areas(corners(np.array([b.as_list() for b in panels])), boxes).sum(axis=1)
    hidden[0] /= 2  # to and fro between two corners would be worse than either
    return places[int(hidden.argmin())]


def _parts(line: Line) -> tuple[str, Colour]:
    return (line, LIGHT) if isinstance(line, str) else line


def _layout(lines: Sequence[Line], size: tuple[int, int]) -> tuple[float, int, int, int]:
    """Height of the letters, padding, distance from line to line, and where the second column begins."""
    height = max(LEAST_TEXT, TEXT_PART * min(size))
    pad = round(0.9 * height)
    firsts = [first for first, tab, _ in (_parts(line)[0].partition("\t") for line in lines) if tab]
    column = max((text_width(first, height) for first in firsts), default=0) + 2 * pad if firsts else 0
    return height, pad, round(2.1 * height), column
