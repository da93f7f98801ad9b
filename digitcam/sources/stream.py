"""Opening network streams, and films behind a URL."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import cv2

from digitcam.environment import quiet
from digitcam.errors import UserError
from digitcam.sources.base import Source
from digitcam.sources.camera import format_of
from digitcam.sources.live import PATIENCE, Live, StartFeed
from digitcam.sources.newest import NewestFrame
from digitcam.sources.video import Video


def open_stream(
    url: str,
    *,
    factory: Callable[[str, int, list[int]], Any] = cv2.VideoCapture,
    patience: float = PATIENCE,
    clock: Callable[[], float] = time.monotonic,
    start: StartFeed = NewestFrame,
) -> Source:
    """A network stream; a film of known length behind a URL is read whole, frame by frame, and ends.

    Raises:
        UserError: nothing answers within ``patience`` seconds, or what answers is no video.
    """
    title = _without_password(url)
    limit = int(1000 * patience)
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, limit, cv2.CAP_PROP_READ_TIMEOUT_MSEC, limit]

    def open_anew() -> Any:
        capture = factory(url, cv2.CAP_FFMPEG, limits)
        if not capture.isOpened():
            capture.release()
            raise UserError(
                f"{title} cannot be opened (tried FFmpeg, {patience:g} s at most): check "
                "the address and that it plays elsewhere, or try `cam.py demo`"
            )
        return capture

    with quiet():
        capture = open_anew()
    if capture.get(cv2.CAP_PROP_FRAME_COUNT) > 0:
        return Video(title, capture)
    granted = format_of(capture)
    stream = Live(
        title, title, capture, open_anew, check="the network and the sender", clock=clock, start=start
    )
    stream.description = f"{title}: {granted}"
    return stream


def _without_password(url: str) -> str:
    """The URL as it may be written into files and messages."""
    return re.sub(r"(?<=://)[^/@]*@", "", url)
