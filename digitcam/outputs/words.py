"""Readings of pictures in words, for people who look at the terminal."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple, TextIO

from digitcam.overlay import COLOURS, colour_of
from digitcam.types import LABELS, Digit, Reading

# A probability as a bar of one character, from nothing to all of it; the second where the console's encoding
# has no blocks.
BLOCKS = " ▁▂▃▄▅▆▇█"
PLAIN = " .:-=+*#%@"
# The overlay's sky blue, yellow and vermilion among the 256 colours of terminals.
TERMINAL = dict(zip((colour for _, colour in COLOURS), (74, 227, 166), strict=True))
# What is less than this has no bar at all, anything else at least the lowest.
NOTHING = 0.005


class Style(NamedTuple):
    """How a terminal is written to: ``bars``, the characters from nothing to all; whether in ``colour``."""

    bars: str = PLAIN
    colour: bool = False


EVERYWHERE = Style()


def style_for(stream: TextIO, environ: Mapping[str, str] = os.environ) -> Style:
    """What a stream can show: blocks where its encoding has them, colour on a terminal that knows it.

    ``NO_COLOR`` (no-color.org) and ``TERM=dumb`` are heeded.
    """
    try:
        BLOCKS.encode(getattr(stream, "encoding", None) or "ascii")
        bars = BLOCKS
    except (LookupError, UnicodeEncodeError):
        bars = PLAIN
    coloured = stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM", "") not in ("", "dumb")
    return Style(bars, coloured)


def describe(reading: Reading, style: Style = EVERYWHERE) -> str:
    """The numbers, then a row for each digit: what it is, how sure, where, its ten probabilities as bars."""
    width, height = reading.size
    found = f"{len(reading.digits)} digit{'s' if len(reading.digits) != 1 else ''}"
    lines = [f"{reading.source}  {width}x{height}  {found}"]
    if reading.numbers:
        lines.append("numbers  " + " ".join(number.text for number in reading.numbers))
    if reading.digits:
        places = f"{'x':>6}{'y':>6}{'width':>7}{'height':>7}"
        lines.append(f"{'digit':<7}{'confidence':<12}{places}   {' '.join(LABELS)}")
    lines += [_row(digit, style) for digit in reading.in_order()]
    return "\n".join(lines) + "\n"


def _row(digit: Digit, style: Style) -> str:
    box = digit.box
    places = f"{box.x:>6}{box.y:>6}{box.width:>7}{box.height:>7}"
    bars = " ".join(_bar(probability, style.bars) for probability in digit.probabilities)
    label = f"{digit.label:<7}{digit.confidence:<12.3f}"
    if not style.colour:
        return f"{label}{places}   {bars}".rstrip()
    colour = TERMINAL[colour_of(digit.confidence)]
    return f"{_coloured(label, colour)}{places}   {_coloured(bars, colour)}"


def _bar(probability: float, bars: str) -> str:
    """The character for a probability."""
    if probability < NOTHING:
        return bars[0]
    return bars[min(len(bars) - 1, max(1, round(probability * (len(bars) - 1))))]


def _coloured(text: str, number: int) -> str:
    return f"\x1b[38;5;{number}m{text}\x1b[0m"


def describe_briefly(reading: Reading) -> str:
    """One line, for one of many pictures: its numbers, or its digits where they form none."""
    text = " ".join(n.text for n in reading.numbers) or " ".join(d.label for d in reading.digits)
    return f"{reading.source}: {text or '-'}\n"
