"""Opening cameras and streams: which way on which system, and what to say when it fails."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2

from digitcam.environment import quiet
from digitcam.errors import UserError
from digitcam.sources.base import Source
from digitcam.sources.live import PATIENCE, Live
from digitcam.sources.video import Video, frame_rate

Size = tuple[int, int]
WANTED_SIZE: Size = (1280, 720)
WANTED_FPS = 30.0
INDICES_TRIED = 6  # where the system does not list its cameras


def backends(platform: str = sys.platform) -> tuple[tuple[str, int], ...]:
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
    patience: float = PATIENCE,
    clock: Callable[[], float] = time.monotonic,
) -> Source:
    """A camera by its index, asked for 1280×720 at 30 frames a second unless told otherwise.

    To be called on the main thread: macOS asks for permission there and nowhere else.

    Raises:
        UserError: it cannot be opened. (One that opens and then gives no frame says so when it is read.)
    """
    if index < 0:
        raise UserError(f"there is no camera {index}: indices begin at 0; try `cam.py --list-cameras`")
    for name, number in backends():
        with quiet():
            capture = factory(index, number)
        if capture.isOpened():
            granted = _ask(capture, size or WANTED_SIZE, fps or WANTED_FPS)
            camera = Live(str(index), f"camera {index}", capture, patience=patience, clock=clock)
            rate = f" at {camera.fps:.4g} frames a second" if camera.fps else ""
            asked = f" (asked for {size[0]}×{size[1]})" if size and size != granted else ""
            camera.description = f"camera {index} ({name}): {granted[0]}×{granted[1]}{rate}{asked}"
            return camera
        capture.release()
    tried = ", ".join(name for name, _ in backends())
    raise UserError(
        f"camera {index} cannot be opened (tried {tried}; {_reason(index)}): "
        "try `cam.py --list-cameras`, another index, or `cam.py demo`"
    )


def _ask(capture: Any, size: Size, fps: float) -> Size:
    """Ask for a format and tell which size was granted. The order matters: codec, then size, then rate.

    Uncompressed video gives 5–10 frames a second at 720p over USB 2; Motion JPEG gives 30.
    """
    with quiet():
        if sys.platform.startswith("linux"):
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
        capture.set(cv2.CAP_PROP_FPS, fps)
        return int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))


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


def open_stream(
    url: str,
    *,
    factory: Callable[[str, int, list[int]], Any] = cv2.VideoCapture,
    patience: float = PATIENCE,
) -> Source:
    """A network stream; a film of known length behind a URL is read whole, frame by frame.

    Raises:
        UserError: nothing answers within ``patience`` seconds, or what answers is no video.
    """
    limit = int(1000 * patience)
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, limit, cv2.CAP_PROP_READ_TIMEOUT_MSEC, limit]
    with quiet():
        capture = factory(url, cv2.CAP_FFMPEG, limits)
    if not capture.isOpened():
        capture.release()
        raise UserError(
            f"{_without_password(url)} cannot be opened (tried FFmpeg, {patience:g} s at most): check "
            "the address and that it plays elsewhere, or try `cam.py demo`"
        )
    if capture.get(cv2.CAP_PROP_FRAME_COUNT) > 0:
        return Video(_without_password(url), capture)
    stream = Live(_without_password(url), _without_password(url), capture, ends=True, patience=patience)
    width, height = (int(capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    stream.description += f": {width}×{height}"
    return stream


def _without_password(url: str) -> str:
    """The URL as it may be written into files and messages."""
    return re.sub(r"(?<=://)[^/@]*@", "", url)


def list_cameras(
    *, factory: Callable[[int, int], Any] = cv2.VideoCapture, folder: Path = Path("/dev")
) -> Iterator[str]:
    """One line for each camera that opens: its index, name, and the size it offers."""
    for index in _indices(folder):
        for backend, number in backends():
            with quiet():
                capture = factory(index, number)
            opened = capture.isOpened()
            if opened:
                size = _ask(capture, WANTED_SIZE, WANTED_FPS)
                fps = frame_rate(capture)
            capture.release()
            if opened:
                rate = f" at {fps:.4g} frames a second" if fps else ""
                yield f"{index}  {_title(index)} ({backend}), {size[0]}×{size[1]}{rate}"
                break


def _indices(folder: Path) -> list[int]:
    if not sys.platform.startswith("linux"):
        return list(range(INDICES_TRIED))
    names = (re.fullmatch(r"video(\d+)", path.name) for path in folder.glob("video*"))
    return sorted(int(match[1]) for match in names if match)


def _title(index: int) -> str:
    try:
        return Path(f"/sys/class/video4linux/video{index}/name").read_text().strip()
    except OSError:
        return "camera"
