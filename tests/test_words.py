"""Readings of pictures in the terminal."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest

from digitcam.outputs.words import BLOCKS, PLAIN, Style, describe, style_for
from digitcam.types import Box, Digit, Frame, Reading


class Terminal(io.StringIO):
    """A terminal, or a file, with this encoding."""

    def __init__(self, encoding: str | None, terminal: bool = True) -> None:
        super().__init__()
        self._encoding, self._terminal = encoding, terminal

    @property
    def encoding(self) -> str | None:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return self._terminal


def rows(style: Style, *probabilities: tuple[float, ...]) -> list[str]:
    """The rows of digits with these probabilities, and the header before them."""
    digits = []
    for each in probabilities:
        label = str(max(range(10), key=lambda n: each[n]))
        digits.append(Digit(Box(20, 30, 30, 30), label, max(each), each))
    frame = Frame(np.zeros((120, 160, 3), np.uint8), source="page.png")
    reading = Reading(frame.source, 0, 0.0, frame.size, tuple(digits))
    return describe(reading, style).splitlines()[1:]


def test_each_digit_has_its_ten_probabilities_as_bars() -> None:
    """A bar stands below its digit, higher for what is likelier; next to nothing has none."""
    header, row = rows(Style(BLOCKS), (0.0, 0.02, 0.0, 0.3, 0.0, 0.0, 0.0, 0.66, 0.001, 0.0))
    places = {int(header[i]): i for i in range(len(header)) if header[i].isdigit()}
    bars = {digit: row[place : place + 1].strip() for digit, place in places.items()}
    assert {digit: bar for digit, bar in bars.items() if bar} == {1: "▁", 3: "▂", 7: "▅"}
    assert row.startswith("7      0.660")


def test_a_console_without_blocks_has_plain_bars() -> None:
    """In ASCII nothing but ASCII is written, and full is another character than half."""
    _, sure, unsure = rows(Style(PLAIN), (0.0,) * 9 + (1.0,), (0.5,) + (0.0,) * 8 + (0.49,))
    assert sure.isascii() and unsure.isascii()
    assert sure.endswith("@") and not unsure.endswith("@")


def test_colours_tell_how_sure_a_digit_is() -> None:
    """Sure, fair and doubtful digits differ in colour; without the escapes a row is the plain one."""
    likely = [(p, *(0.0,) * 9) for p in (0.99, 0.85, 0.6)]
    plain, coloured = rows(Style(BLOCKS), *likely), rows(Style(BLOCKS, colour=True), *likely)
    codes = [re.findall(r"\x1b\[38;5;(\d+)m", row) for row in coloured[1:]]
    assert len({code for row in codes for code in row}) == 3
    assert [re.sub(r"\x1b\[[\d;]*m", "", row).rstrip() for row in coloured] == plain


@pytest.mark.parametrize(
    ("stream", "environ", "style"),
    [
        (Terminal("utf-8"), {"TERM": "xterm-256color"}, Style(BLOCKS, True)),
        (Terminal("cp1252"), {"TERM": "xterm"}, Style(PLAIN, True)),
        (Terminal("utf-8"), {"TERM": "xterm", "NO_COLOR": "1"}, Style(BLOCKS, False)),
        (Terminal("utf-8"), {"TERM": "dumb"}, Style(BLOCKS, False)),
        (Terminal("utf-8", terminal=False), {"TERM": "xterm"}, Style(BLOCKS, False)),
        (Terminal(None), {}, Style(PLAIN, False)),
        (Terminal("no-such-encoding"), {"TERM": "xterm"}, Style(PLAIN, True)),
    ],
)
def test_what_a_stream_can_show(stream: Terminal, environ: dict[str, str], style: Style) -> None:
    """Blocks where the encoding has them; colour on a terminal that knows it and where nobody minds."""
    assert style_for(stream, environ) == style
