"""How far a measurement has come: one line on a terminal that is written over, nothing in a log."""

from __future__ import annotations

import sys
import time
from typing import TextIO

# Often enough to look alive, seldom enough to cost nothing.
SECONDS_BETWEEN = 0.2


class ProgressLine:
    """Call it with (done, total); on a terminal it shows a count, elsewhere one line when all is done."""

    def __init__(self, title: str, stream: TextIO | None = None) -> None:
        self.title = title
        self.stream = sys.stderr if stream is None else stream
        self.began = time.monotonic()
        self.shown = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        terminal = self.stream.isatty()
        if done >= total:
            start = "\r\x1b[K" if terminal else ""
            print(f"{start}{self.title}: {total:,} in {now - self.began:.1f} s", file=self.stream, flush=True)
        elif terminal and now - self.shown >= SECONDS_BETWEEN:
            self.shown = now
            print(f"\r\x1b[K{self.title}: {done:,} of {total:,}", end="", file=self.stream, flush=True)
