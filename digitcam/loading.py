"""The first frames are shown while the networks still load: a reader made on a thread, and what comes before.

Importing LiteRT and opening the networks takes some tenths of a second; a Keras model without its LiteRT twin
takes several seconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from digitcam.loop import FrameReader, Shower
from digitcam.sources.base import Source
from digitcam.types import Frame, Reading, Unreadable, Waiting

WORDS = "loading"
# Seconds that a frame which waits for its reader is shown at a time.
STEP = 0.03


class LoadingReader:
    """A reader that is made on a thread of its own.

    Args:
        make: gives the reader; what it raises is raised by ``ready`` and ``read``.
    """

    def __init__(self, make: Callable[[], FrameReader]) -> None:
        self._make = make
        self._reader: FrameReader | None = None
        self._error: BaseException | None = None
        # Not to be waited for by the interpreter: a second Ctrl-C would end in a traceback there.
        self._thread = threading.Thread(target=self._work, name="loading", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        try:
            self._reader = self._make()
        except BaseException as error:  # noqa: BLE001 - raised again on the thread that reads
            self._error = error

    def ready(self) -> bool:
        """Whether the reader is made; raises what making it raised."""
        if self._thread.is_alive():
            return False
        if self._error is not None:
            raise self._error
        return True

    def read(self, frame: Frame) -> Reading:
        """Read a frame, once the reader is made."""
        self._thread.join()
        assert self.ready() and self._reader is not None
        return self._reader.read(frame)

    def close(self) -> None:
        """Wait for the thread: libraries do not bear the end of the process in the middle of their import."""
        self._thread.join()


class Preview(Source):
    """Another source that shows its first frames in a window, unread, until their reader is there.

    Where frames that are not taken are lost anyway (``drops``), they are shown one after another. Else the
    first one stays, so that every frame is read.
    """

    def __init__(self, source: Source, reader: LoadingReader, window: Shower) -> None:
        self._source = source
        self._reader = reader
        self._window = window
        self.name, self.paths, self.fps = source.name, source.paths, source.fps
        self.live, self.drops, self.film = source.live, source.drops, source.film

    @property
    def description(self) -> str:  # type: ignore[override]
        return self._source.description

    @property
    def warning(self) -> str:  # type: ignore[override]
        return self._source.warning

    def __iter__(self) -> Iterator[Frame | Unreadable | Waiting]:
        for item in self._source:
            # Asked of every item: a reader that cannot be made is told of, also where no frame ever comes.
            ready = self._reader.ready()
            if isinstance(item, Frame) and not ready:
                if not self._show(item):
                    return
                if self.drops:
                    continue
            yield item

    def _show(self, frame: Frame) -> bool:
        """Show a frame once, or until it can be read; False once the user has had enough."""
        unread = Reading(frame.source, frame.index, frame.time, frame.size, ())
        while self._window.show(frame, unread, (WORDS,), 0.0 if self.drops else STEP):
            if self.drops or self._reader.ready():
                return True
        return False

    def close(self) -> None:
        self._source.close()
