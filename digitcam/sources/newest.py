"""A thread that reads a capture and keeps its newest frame alone.

Drivers queue about four frames and streams far more. A thread that empties the queue is what keeps the
picture live; the buffer size that OpenCV offers is not reliable.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from digitcam.errors import UserError
from digitcam.sources.video import as_picture

# A driver that has no frame yet answers at once: ask again after this many seconds.
PAUSE = 0.01


class Feed(Protocol):
    """Frames of one opened capture.

    Attributes:
        ended: there will be no further frame, and the device has been let go of.
        fault: why it could not be opened; else empty.
    """

    ended: bool
    fault: str

    def take(self, seconds: float) -> tuple[np.ndarray, float] | None:
        """The newest frame not taken before, with the time it arrived; None after so many seconds without."""

    def stop(self) -> None:
        """Ask for the device to be let go of, without waiting for a driver that is stuck."""


class NewestFrame:
    """Opens a capture on its own thread and keeps its newest frame, stamped when it arrived: a ``Feed``.

    Args:
        open_capture: gives an opened ``cv2.VideoCapture`` or its like, or raises UserError. The thread owns
            and releases what it gives: a driver stuck in ``read`` must not be released from outside.
        forgiven: seconds of failing reads, after the first frame, that are a hiccup and not yet the end.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        open_capture: Callable[[], Any],
        forgiven: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open = open_capture
        self._forgiven = forgiven
        self._clock = clock
        self._changed = threading.Condition()
        self._newest: tuple[np.ndarray, float] | None = None
        self._stopping = threading.Event()
        self.ended = False
        self.fault = ""
        self._thread = threading.Thread(target=self._work, name="newest-frame", daemon=True)
        self._thread.start()

    def take(self, seconds: float) -> tuple[np.ndarray, float] | None:
        """See ``Feed``. It waits its time after the end as well, so that a loop around it does not spin."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None, seconds)
            newest, self._newest = self._newest, None
            return newest

    def stop(self) -> None:
        """Ask the thread to release the capture, and wait a moment for it."""
        self._stopping.set()
        self._thread.join(0.2)

    def _work(self) -> None:
        capture = None
        try:
            capture = self._open()
            self._read(capture)
        except UserError as error:
            self.fault = str(error)
        except Exception:  # noqa: BLE001 - whatever a driver throws: the taker sees the end and says so
            pass
        finally:
            if capture is not None:
                capture.release()
            self.ended = True

    def _read(self, capture: Any) -> None:
        """Keep the newest frame until told to stop, or until the capture has ended."""
        last: float | None = None
        while not self._stopping.is_set():
            granted, image = capture.read()
            stamp = self._clock()
            picture = as_picture(image) if granted else None
            if picture is not None:
                last = stamp
                with self._changed:
                    self._newest = (picture, stamp)
                    self._changed.notify()
            elif last is not None and stamp - last >= self._forgiven:
                return
            else:
                self._stopping.wait(PAUSE)
