"""Ctrl-C and SIGTERM, at whatever moment they come.

An exception raised by a signal handler may be lost: NumPy, LiteRT and others that import modules from C make
an ImportError of it, and callbacks drop it. So nothing is raised before there is anything to close, and what
was raised is raised again until it has arrived.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any

from digitcam.commands.run import Terminated

NUMBERS = (signal.SIGINT, signal.SIGTERM)


class Stops:
    """Turns the two signals into KeyboardInterrupt and ``Terminated``, as long as its context lasts.

    Each raises once; the next is only noted. After a context that one of them has ended, both are ignored.

    At first a signal ends the process at once, with 130 or 143: nothing is open that has to be closed.
    """

    def __init__(self) -> None:
        self._came: int | None = None
        self._at_once = True
        self._raising = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Stops:
        with suppress(ValueError):  # signals are the main thread's alone
            for number in NUMBERS:
                self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        stopped = kind is not None and issubclass(kind, (KeyboardInterrupt, Terminated))
        for number, handler in self._before.items():
            # The end has begun: what is raised from here on could only end in a traceback.
            signal.signal(number, signal.SIG_IGN if stopped else handler)

    def put_off(self) -> None:
        """From now on a signal is only noted: something is being opened, or closed."""
        self._at_once = self._raising = False

    def let_through(self) -> None:
        """From now on a signal raises; one that was noted does so now."""
        self._raising = True
        self.check()

    def check(self) -> None:
        """Raise what a signal has raised before, if that was lost."""
        if self._came is not None:
            raise KeyboardInterrupt if self._came == signal.SIGINT else Terminated

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._at_once:
            os._exit(128 + number)
        self._came = number
        if self._raising:
            self._raising = False  # the next one must not break off the closing that begins now
            self.check()
