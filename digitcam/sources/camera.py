"""Opening cameras: which way on which system, what is asked of them, and what to say when it fails."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2

from digitcam.environment import quiet
from digitcam.errors import UserError
from digitcam.sources.base import Source
from digitcam.sources.live import Live, StartFeed
from digitcam.sources.newest import NewestFrame
from digitcam.sources.video import frame_rate

Size = tuple[int, int]
Way = tuple[str, int]
WANTED_SIZE: Size = (1280, 720)
WANTED_FPS = 30.0
INDICES_TRIED = 6  # where the system does not list its cameras
# Seconds in which a camera may fail to give a frame before it counts as gone.
HICCUP = 1.0


@dataclass(frozen=True, slots=True)
class Format:
    """What a camera or stream gives: width and height, frames a second, codec; the last two where known."""

    size: Size
    fps: float | None = None
    codec: str = ""

    def __str__(self) -> str:
        rate = f" at {self.fps:.4g} fps" if self.fps else ""
        return f"{self.size[0]}×{self.size[1]}{rate}{', ' if self.codec else ''}{self.codec}"


def format_of(capture: Any) -> Format:
    """The format that an opened capture says it gives."""
    width, height = (int(capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    code = int(capture.get(cv2.CAP_PROP_FOURCC))
    letters = "".join(chr(code >> shift & 0xFF) for shift in (0, 8, 16, 24)).strip()
    codec = letters if letters.isascii() and letters.isalnum() else ""  # Media Foundation has numbers
    return Format((width, height), frame_rate(capture), codec)


def backends(platform: str = sys.platform) -> tuple[Way, ...]:
    """The ways to open a camera on a system, the best first: name and OpenCV's number."""
    if platform.startswith("linux"):
        return (("V4L2", cv2.CAP_V4L2),)
    if platform == "win32":
        return (("Media Foundation", cv2.CAP_MSMF), ("DirectShow", cv2.CAP_DSHOW))
    if platform == "darwin":
        return (("AVFoundation", cv2.CAP_AVFOUNDATION),)
    return (("any", cv2.CAP_ANY),)


def open_camera(
    index: int,
    size: Size | None = None,
    fps: float | None = None,
    *,
    factory: Callable[[int, int], Any] = cv2.VideoCapture,
    clock: Callable[[], float] = time.monotonic,
    start: StartFeed = NewestFrame,
) -> Source:
    """A camera by its index, asked for 1280×720 at 30 frames a second unless told otherwise.

    To be called on the main thread, and iterated there: macOS lets a camera be opened nowhere else.

    Raises:
        UserError: it cannot be opened. (One that opens and then gives no frame says so when it is read.)
    """
    if index < 0:
        raise UserError(f"there is no camera {index}: indices begin at 0; try `cam.py --list-cameras`")
    with quiet():
        capture, way = _open(index, backends(), factory)
        granted = _ask(capture, Format(size or WANTED_SIZE, fps or WANTED_FPS))

    def open_anew() -> Any:
        # Not under ``quiet``: on a thread it would silence this program as well.
        capture, _ = _open(index, [way], factory)
        _ask(capture, Format(granted.size, granted.fps or fps or WANTED_FPS))
        return capture

    camera = Live(
        str(index),
        f"camera {index}",
        capture,
        open_anew,
        check="the cable, and whether another program uses it",
        forgiven=HICCUP,
        opens_here=sys.platform == "darwin",
        clock=clock,
        start=start,
    )
    camera.description = f"camera {index}: {granted}{_asked(size, fps, granted)}"
    return camera


def _open(index: int, ways: Sequence[Way], factory: Callable[[int, int], Any]) -> tuple[Any, Way]:
    """An opened capture, and the way that led to it."""
    for way in ways:
        capture = factory(index, way[1])
        if capture.isOpened():
            return capture, way
        capture.release()
    tried = ", ".join(name for name, _ in ways)
    raise UserError(
        f"camera {index} cannot be opened (tried {tried}; {_reason(index)}): "
        "try `cam.py --list-cameras`, another index, or `cam.py demo`"
    )


def _ask(capture: Any, wanted: Format) -> Format:
    """Ask for a format and tell which was granted. The order matters: codec, then size, then rate.

    Uncompressed video gives 5–10 frames a second at 720p over USB 2; Motion JPEG gives 30.
    """
    if sys.platform.startswith("linux"):
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, wanted.size[0])
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, wanted.size[1])
    capture.set(cv2.CAP_PROP_FPS, wanted.fps)
    return format_of(capture)


def _asked(size: Size | None, fps: float | None, granted: Format) -> str:
    """What the user asked for, where something else was granted."""
    wishes = []
    if size and size != granted.size:
        wishes.append(f"{size[0]}×{size[1]}")
    if fps and granted.fps and f"{fps:.4g}" != f"{granted.fps:.4g}":
        wishes.append(f"{fps:.4g} fps")
    return f" (asked for {' at '.join(wishes)})" if wishes else ""


def _reason(index: int) -> str:
    """Why a camera did not open, as far as the system tells."""
    device = f"/dev/video{index}"
    if not sys.platform.startswith("linux"):
        return "absent, used by another program, or not permitted in the system's privacy settings"
    if not os.path.exists(device):
        return f"there is no {device}"
    if not os.access(device, os.R_OK | os.W_OK):
        return f"no permission for {device}; join the group video"
    return f"{device} is used by another program or is no camera"


def list_cameras(
    *, factory: Callable[[int, int], Any] = cv2.VideoCapture, folder: Path = Path("/dev")
) -> Iterator[str]:
    """One line for each camera that opens: what it grants, its name, and the way to it."""
    for index in _indices(folder):
        with quiet():
            try:
                capture, (name, _) = _open(index, backends(), factory)
            except UserError:
                continue
            granted = _ask(capture, Format(WANTED_SIZE, WANTED_FPS))
            capture.release()
        yield f"camera {index}: {granted} ({_title(index)}, {name})"


def _indices(folder: Path) -> list[int]:
    if not sys.platform.startswith("linux"):
        return list(range(INDICES_TRIED))
    names = (re.fullmatch(r"video(\d+)", path.name) for path in folder.glob("video*"))
    return sorted(int(match[1]) for match in names if match)


def _title(index: int) -> str:
    """The camera's own name, where the system tells."""
    try:
        return Path(f"/sys/class/video4linux/video{index}/name").read_text().strip()
    except OSError:
        return "a camera"
