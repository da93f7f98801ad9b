"""A frame is read on a thread of its own and a window seen to meanwhile: the pen does not wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from digitcam.loop import FrameReader
from digitcam.types import Frame, Reading

# Seconds between two looks at whether the reading is done, once the window is closed.
NAP = 0.002


class AttentiveReader:
    """A reader whose ``read`` sees to a window while it waits.

    Args:
        reader: reads on the other thread.
        attend: sees to the window for a moment; False once that is closed.
    """

    def __init__(self, reader: FrameReader, attend: Callable[[], bool]) -> None:
        self._reader = reader
        self._attend = attend
        self._worker = ThreadPoolExecutor(1, "reading")

    def read(self, frame: Frame) -> Reading:
        """Read a frame; what the reader raises is raised."""
        reading = self._worker.submit(self._reader.read, frame)
        while not reading.done():
            if not self._attend():
                time.sleep(NAP)
        return reading.result()

    def close(self) -> None:
        """End the thread; calling it again does nothing."""
        self._worker.shutdown()
