"""What OpenCV and its libraries read from the environment, and their chatter on standard error.

Nothing here imports OpenCV: ``prepare`` has to run before anything does.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = {
    # Media Foundation takes up to 20 s to open a camera with hardware transforms.
    "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",
    # Failures are told by this program in its own words; libraries would tell them again.
    "OPENCV_LOG_LEVEL": "SILENT",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
}
# Of malloc.h. Frames of 1920×1080, which come and go thirty times a second, are smaller than such a block.
M_MMAP_THRESHOLD, LARGE_BLOCK = -3, 8 << 20
FONT_FOLDERS = ("/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/dejavu", "/usr/share/fonts/TTF")


def prepare() -> None:
    """Set what OpenCV reads when it is imported; what the user has set stays."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    _give_back_memory()


def _give_back_memory() -> None:
    """Have large blocks returned to the system as soon as they are free.

    The GNU C library would raise its own limit with the first of them, and keep the memory of what was needed
    once, such as a page that the demo has drawn: 15 MB of 190.
    """
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)


def prepare_fonts() -> None:
    """Point Qt at fonts that exist, before the first window: OpenCV's wheel names a folder it lacks."""
    folder = os.environ.get("QT_QPA_FONTDIR")
    if not sys.platform.startswith("linux") or (folder and Path(folder).is_dir()):
        return
    for candidate in FONT_FOLDERS:
        if Path(candidate).is_dir():
            os.environ["QT_QPA_FONTDIR"] = candidate
            return
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")


@contextmanager
def quiet() -> Iterator[None]:
    """Silence what C libraries print on standard error, by way of the file descriptor.

    libjpeg, libpng and the drivers know nothing of ``sys.stderr``. For short calls: what other threads print
    in the meantime is lost as well. Of several threads the last one that leaves ends the silence.
    """
    _SILENCE.begin()
    try:
        yield
    finally:
        _SILENCE.end()


class _Silence:
    """Counts who wants silence: two threads that kept and restored by themselves would restore silence."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._kept: int | None = None

    def begin(self) -> None:
        with self._lock:
            self._count += 1
            if self._count == 1:
                self._kept = _silence()

    def end(self) -> None:
        with self._lock:
            self._count -= 1
            if self._count == 0 and self._kept is not None:
                os.dup2(self._kept, 2)
                os.close(self._kept)
                self._kept = None


def _silence() -> int | None:
    """Point standard error nowhere; a copy of where it went, None where there is none."""
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, ValueError, AttributeError):  # started without a standard error
        return None
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return kept


_SILENCE = _Silence()
