"""What OpenCV and its libraries read from the environment, and their chatter on standard error.

Nothing here imports OpenCV: ``prepare`` has to run before anything does.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
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

    libjpeg, libpng and the drivers know nothing of ``sys.stderr``. For short calls on one thread only:
    what other threads print in the meantime is lost as well.
    """
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, ValueError, AttributeError):  # started without a standard error
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
