"""``--numbers``: the numbers alone, a line each time they change, for scripts."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from digitcam.outputs.base import Output
from digitcam.types import Frame, Reading

# Seconds that other numbers have to stand before they count: a hand that passes is shorter, mostly.
STEADY = 0.2


class Target(Protocol):
    """What takes lines, such as standard output."""

    def write(self, text: str) -> None: ...


def texts(reading: Reading) -> str:
    """The numbers in reading order, a space between them; an empty string where there is none."""
    return " ".join(number.text for number in reading.numbers)


class PictureNumbers(Output):
    """A line for each picture: its numbers, and before them its path and a tab where ``named``."""

    def __init__(self, target: Target, named: bool) -> None:
        self._target = target
        self._named = named

    def write(self, frame: Frame, reading: Reading, picture: np.ndarray | None) -> None:
        self._target.write(f"{reading.source}\t{texts(reading)}\n" if self._named else f"{texts(reading)}\n")


class ChangedNumbers(Output):
    """A line each time the numbers of a film change; an empty one when they have all gone.

    Other numbers count once they have stood for ``STEADY`` seconds of ``Frame.time``, in every frame between.
    At the end the last frame's count at once, so that the last line is what the film ends with.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._printed = ""
        self._seen = ""
        self._since = 0.0

    def write(self, frame: Frame, reading: Reading, picture: np.ndarray | None) -> None:
        seen = texts(reading)
        if seen != self._seen:
            self._seen, self._since = seen, frame.time
        if frame.time - self._since >= STEADY:
            self._print()

    def close(self) -> None:
        self._print()

    def _print(self) -> None:
        if self._seen != self._printed:
            self._printed = self._seen
            self._target.write(self._printed + "\n")
