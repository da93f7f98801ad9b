"""Cameras and network streams: always the newest frame, and opened anew when none comes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any, Protocol

from digitcam.errors import UserError
from digitcam.sources.base import Source
from digitcam.sources.newest import Feed, NewestFrame
from digitcam.sources.video import frame_rate
from digitcam.types import Frame, Waiting

# Seconds without a frame after which what is open is given up and opened anew.
PATIENCE = 5.0
# Seconds before the first try to open anew, doubled with each that fails, and the longest pause.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
# A ``Waiting`` is given this often, seconds: windows feel alive.
TICK = 0.1
# Seconds without a frame that are nothing to speak of.
USUAL_GAP = 1.0
# Letters of a title that the window has room for: addresses of streams are long.
TITLE_ROOM = 40


class StartFeed(Protocol):
    """Starts a feed, as ``NewestFrame`` does."""

    def __call__(
        self, open_capture: Callable[[], Any], forgiven: float, clock: Callable[[], float]
    ) -> Feed: ...


class Live(Source):
    """The newest frame of an opened camera or stream, again and again, for as long as it is iterated.

    What stops is released and opened anew, with growing pauses; ``Frame.index`` and ``Frame.time`` go on.
    A stream that ends has stopped, too: who sends it may come back, and who waits for it decides how long.

    Args:
        name: what frames are called.
        title: what messages call it, such as "camera 0".
        capture: an opened ``cv2.VideoCapture`` or its like, owned from now on.
        open_anew: gives another one of the same format, or raises UserError.
        check: what a user had better look at when no frame comes.
        forgiven: seconds of failing reads that are a hiccup and not yet the end.
        opens_here: ``open_anew`` is called on the thread that iterates. By default it is not, since opening
            may take seconds (Media Foundation, an address that does not answer) in which a window is to live.
        clock: seconds, monotonic.
        start: what reads a capture.
    """

    live = True
    drops = True

    def __init__(
        self,
        name: str,
        title: str,
        capture: Any,
        open_anew: Callable[[], Any],
        *,
        check: str,
        forgiven: float = 0.0,
        opens_here: bool = False,
        clock: Callable[[], float] = time.monotonic,
        start: StartFeed = NewestFrame,
    ) -> None:
        self.name = name
        self.description = title
        self.fps = frame_rate(capture)
        self._title = title
        self._open_anew = open_anew
        self._check = check
        self._forgiven = forgiven
        self._opens_here = opens_here
        self._clock = clock
        self._start = start
        self._closed = False
        self._feed = start(lambda: capture, forgiven, clock)
        self._fault = ""
        self._thriving(clock())

    def __iter__(self) -> Iterator[Frame | Waiting]:
        index, first = 0, None
        asked = self._clock()
        self._thriving(asked)
        while not self._closed:
            newest = self._feed.take(TICK)
            if newest is None:
                now = self._clock()
                self._see_to_feed(now)
                yield self._waiting(now - asked, index, now)
                continue
            image, stamp = newest
            first = stamp if first is None else first
            yield Frame(image, index, stamp - first, self.name, still=False)
            index += 1
            # From here on, not from the stamp: whoever took the frame may have kept it for long.
            asked = self._clock()
            self._thriving(asked)

    def close(self) -> None:
        self._closed = True
        self._feed.stop()

    def _thriving(self, now: float) -> None:
        """Nothing is wrong: the next trouble begins with the shortest pause."""
        self._opened = now
        self._pause = FIRST_PAUSE
        self._retry_at: float | None = None
        self._fault = ""

    def _see_to_feed(self, now: float) -> None:
        """Give up a feed that ended or is silent, and start another one when its time has come."""
        if self._retry_at is None:
            if self._feed.ended or now - self._opened >= PATIENCE:
                self._feed.stop()
                self._retry_at = now + self._pause
                self._pause = min(2 * self._pause, LONGEST_PAUSE)
        # A device cannot be opened twice: wait for a thread that is stuck in the driver.
        elif now >= self._retry_at and self._feed.ended:
            self._fault = self._feed.fault or self._fault
            self._feed = self._start(self._opener(), self._forgiven, self._clock)
            self._opened, self._retry_at = self._clock(), None

    def _opener(self) -> Callable[[], Any]:
        """What the next feed opens its capture with."""
        if not self._opens_here:
            return self._open_anew
        opened: Future[Any] = Future()
        try:
            opened.set_result(self._open_anew())
        except UserError as error:
            opened.set_exception(error)
        return opened.result

    def _waiting(self, silent: float, index: int, now: float) -> Waiting:
        """What is to be said after so many seconds without a frame."""
        title = self._title if len(self._title) <= TITLE_ROOM else self._title[: TITLE_ROOM - 3] + "..."
        since = f" since frame {index - 1}" if index else ""
        verdict = f"{self._title} has given no frame for {silent:.0f} s{since}"
        fault = self._feed.fault or self._fault
        if fault:
            verdict += f", and {fault.removeprefix(self._title).strip()}"
        else:
            verdict += f": check {self._check}, or try `cam.py demo`"
        reason = ""
        if self._retry_at is not None and now < self._retry_at:
            reason = f"{title} gives no frames: trying again in {math.ceil(self._retry_at - now)} s"
        elif self._retry_at is not None:
            reason = f"{title} gives no frames: its driver does not answer"
        elif self._pause > FIRST_PAUSE:
            reason = f"{title} gives no frames: trying again"
        elif silent >= USUAL_GAP:
            reason = f"{title} has given no frame for {silent:.0f} s"
        return Waiting(reason, silent, verdict)
