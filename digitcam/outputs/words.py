"""Readings of pictures in words, for people who look at the terminal."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple, TextIO

from digitcam.sureness import COLOURS, colour_of
from digitcam.types import LABELS, Digit, Reading

# A probability as a bar of one character, from nothing to all of it; the second where the console's encoding
# has no blocks.
BLOCKS = " ▁▂▃▄▅▆▇█"
PLAIN = " .:-=+*#%@"
# The overlay's sky blue, yellow and vermilion among the 256 colours of terminals.
TERMINAL = dict(zip((colour for _, colour in COLOURS), (74, 227, 166), strict=True))
# What is less than this has no bar at all, anything else at least the lowest.
NOTHING = 0.005
# Of many names so many are told.
LIKELIEST = 4
# Characters of the bar of a whole frame's name.
BAR = 20


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
    if reading.classes is not None:
        return "\n".join([f"{reading.source}  {width}x{height}", *_named(reading, style)]) + "\n"
    found = f"{len(reading.digits)} digit{'s' if len(reading.digits) != 1 else ''}"
    lines = [f"{reading.source}  {width}x{height}  {found}"]
    if reading.numbers:
        lines.append("numbers  " + " ".join(number.text for number in reading.numbers))
    if reading.digits:
        places = f"{'x':>6}{'y':>6}{'width':>7}{'height':>7}"
        names = reading.digits[0].names
        told = " ".join(names) if len(names) <= len(LABELS) else "or"
        lines.append(f"{'digit':<7}{'confidence':<12}{places}   {told}")
    lines += [_row(digit, style) for digit in reading.in_order()]
    return "\n".join(lines) + "\n"


def _named(reading: Reading, style: Style) -> list[str]:
    """What a network of whole frames says: a row for each of the likeliest names, with a bar."""
    rows = [f"{'confidence':<12}{'':<{BAR}}  what is in it"]
    for named in reading.classes or ():
        filled = round(BAR * named.confidence)
        bar = (style.bars[-1] * filled).ljust(BAR)
        if style.colour:
            bar = _coloured(bar, TERMINAL[colour_of(named.confidence)])
        rows.append(f"{named.confidence:<12.3f}{bar}  {named.label}")
    return rows


def _row(digit: Digit, style: Style) -> str:
    box = digit.box
    places = f"{box.x:>6}{box.y:>6}{box.width:>7}{box.height:>7}"
    if len(digit.names) > len(LABELS):  # bars of so many could not be told apart
        likely = [(name, p) for name, p in digit.likeliest(LIKELIEST) if name != digit.label and p >= NOTHING]
        bars = "  ".join(f"{name} {probability:.2f}" for name, probability in likely)
    else:
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
    """One line, for one of many pictures: its numbers, its digits where they form none, or what is in it."""
    if reading.classes is not None:
        likely = [named for named in reading.classes if named.confidence >= NOTHING]
        said = ", ".join(f"{n.label.split(',')[0]} {100 * n.confidence:.0f} %" for n in likely)
        return f"{reading.source}: {said or '-'}\n"
    text = " ".join(n.text for n in reading.numbers) or " ".join(d.label for d in reading.digits)
    return f"{reading.source}: {text or '-'}\n"
