"""Cameras and network streams: always the newest frame, and a plain word when none comes.

Drivers queue about four frames and streams far more. A thread that empties the queue and keeps the newest
frame alone is what keeps the picture live; the buffer size that OpenCV offers is not reliable.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from digitcam.errors import UserError
from digitcam.sources.base import Source
from digitcam.sources.video import as_colour, frame_rate
from digitcam.types import Frame

PATIENCE = 5.0
# A driver that has no frame yet answers at once: ask again after this many seconds.
PAUSE = 0.01


class NewestFrame:
    """Reads a capture on its own thread and keeps its newest frame, stamped when it arrived.

    Args:
        capture: an opened ``cv2.VideoCapture`` or its like; the thread owns and releases it, since a driver
            that is stuck in ``read`` must not be released from outside.
        ends: whether a failed read after the first frame means the end (streams), or a hiccup (cameras).
        clock: seconds, monotonic.
    """

    def __init__(self, capture: Any, ends: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._capture = capture
        self._ends = ends
        self._clock = clock
        self._changed = threading.Condition()
        self._newest: tuple[np.ndarray, float] | None = None
        self._stopping = threading.Event()
        self.ended = False
        self._thread = threading.Thread(target=self._work, name="newest-frame", daemon=True)
        self._thread.start()

    def take(self, patience: float) -> tuple[np.ndarray, float] | None:
        """The newest frame not taken before, with its time; None after the end or ``patience`` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self.ended, patience)
            newest, self._newest = self._newest, None
            return newest

    def stop(self) -> None:
        """Ask the thread to release the capture, and wait a moment for it."""
        self._stopping.set()
        self._thread.join(0.2)

    def _work(self) -> None:
        try:
            seen = False
            while not self._stopping.is_set():
                granted, image = self._capture.read()
                stamp = self._clock()
                if granted and image is not None:
                    seen = True
                    with self._changed:
                        self._newest = (image, stamp)
                        self._changed.notify()
                elif self._ends and seen:
                    return
                else:
                    self._stopping.wait(PAUSE)
        except Exception:  # noqa: BLE001 - whatever a driver throws: the taker sees the end and says so
            return
        finally:
            self._capture.release()
            with self._changed:
                self.ended = True
                self._changed.notify()


class Live(Source):
    """The newest frame of an opened camera or stream, again and again.

    Args:
        name: what frames are called.
        title: what messages call it, such as "camera 0".
        capture: an opened ``cv2.VideoCapture`` or its like.
        ends: whether the source may come to an end, as a stream does and a camera does not.
        patience: seconds without a frame after which it is given up.
    """

    live = True

    def __init__(
        self,
        name: str,
        title: str,
        capture: Any,
        *,
        ends: bool = False,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.description = title
        self.fps = frame_rate(capture)
        self._title = title
        self._patience = patience
        self._ends = ends
        self._reader = NewestFrame(capture, ends, clock)

    def __iter__(self) -> Iterator[Frame]:
        first: float | None = None
        index = 0
        while True:
            newest = self._reader.take(self._patience)
            if newest is None:
                if self._ends and self._reader.ended and index:
                    return
                raise UserError(self._silent(index))
            image, stamp = newest
            first = stamp if first is None else first
            yield Frame(as_colour(image), index, stamp - first, self.name, still=False)
            index += 1

    def close(self) -> None:
        self._reader.stop()

    def _silent(self, index: int) -> str:
        since = f" since frame {index - 1}" if index else ""
        what = "stopped" if self._reader.ended else f"has given no frame for {self._patience:g} s"
        why = "the network or the sender" if self._ends else "the cable, and whether another program uses it"
        return f"{self._title} {what}{since}: check {why}, or try `cam.py demo`"
