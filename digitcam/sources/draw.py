"""The paper of the writing window as a source: a frame whenever something on it has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import cv2

from digitcam.drawing.raster import Raster
from digitcam.drawing.strokes import PAPER, Strokes
from digitcam.sources.base import Source
from digitcam.types import Frame, Waiting

# While the pen is down frames come this many seconds apart, so that it is seldom lifted while one is being
# read: the reading of the whole digit is what is waited for.
WHILE_WRITING = 0.1


class DrawSource(Source):
    """Frames of what is being written; whoever iterates sees to the window where the pen is.

    Args:
        strokes: what is on the paper; a window changes it.
        clock: seconds.
    """

    name = "draw"
    live = True

    def __init__(self, strokes: Strokes, clock: Callable[[], float] = time.monotonic) -> None:
        self._strokes = strokes
        self._clock = clock
        self.description = f"draw: paper of {PAPER[0]}×{PAPER[1]}"

    def __iter__(self) -> Iterator[Frame | Waiting]:
        raster, index, seen, start = Raster(), 0, -1, self._clock()
        last = start - WHILE_WRITING
        while True:
            early = self._strokes.current is not None and self._clock() - last < WHILE_WRITING
            if early or self._strokes.version == seen:
                yield Waiting("", 0.0, "")
                continue
            seen, last = self._strokes.version, self._clock()
            image = cv2.cvtColor(raster.draw(self._strokes), cv2.COLOR_GRAY2BGR)
            yield Frame(image, index, self._clock() - start, self.name, still=False)
            index += 1
