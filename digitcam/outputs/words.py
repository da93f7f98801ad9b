"""Readings of pictures in words, for people who look at the terminal."""

from __future__ import annotations

from digitcam.types import Reading


def describe(reading: Reading) -> str:
    """A short table: the numbers, then every digit with its confidence and box."""
    width, height = reading.size
    found = f"{len(reading.digits)} digit{'s' if len(reading.digits) != 1 else ''}"
    lines = [f"{reading.source}  {width}x{height}  {found}"]
    if reading.numbers:
        lines.append("numbers  " + " ".join(number.text for number in reading.numbers))
    if reading.digits:
        lines.append(f"{'digit':<7}{'confidence':<12}{'x':>6}{'y':>6}{'width':>7}{'height':>7}")
    for digit in reading.digits:
        box = digit.box
        lines.append(
            f"{digit.label:<7}{digit.confidence:<12.3f}{box.x:>6}{box.y:>6}{box.width:>7}{box.height:>7}"
        )
    return "\n".join(lines) + "\n"


def describe_briefly(reading: Reading) -> str:
    """One line, for one of many pictures: its numbers, or its digits where they form none."""
    text = " ".join(n.text for n in reading.numbers) or " ".join(d.label for d in reading.digits)
    return f"{reading.source}: {text or '-'}\n"
