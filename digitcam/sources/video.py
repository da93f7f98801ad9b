"""Video files: every frame, in order, none dropped."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from digitcam.environment import quiet
from digitcam.errors import UserError
from digitcam.sources.base import Source
from digitcam.types import Frame

SUFFIXES = (".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".flv", ".ts", ".mjpeg")
# Containers estimate their length: fewer frames than this part of it means that the end is missing.
WHOLE_PART = 0.98
FASTEST = 1000.0


class Video(Source):
    """The frames of a finished film, from a file or a URL with a known length.

    Args:
        name: the file's path or the URL, as the user wrote it.
        capture: an opened ``cv2.VideoCapture``, owned from now on; opened from ``name`` where None.
    """

    def __init__(self, name: str, capture: Any = None) -> None:
        if capture is None:
            capture = _open(name)
            self.paths = (Path(name),)
        self.name = name
        self._capture = capture
        self.fps = frame_rate(capture)
        width = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
        height = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
        rate = f" at {self.fps:.4g} fps" if self.fps else ""
        self.description = f"{name}: {width}×{height}{rate}"

    def __iter__(self) -> Iterator[Frame]:
        declared = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        clock = _Clock(self.fps)
        index = 0
        while True:
            granted, image = self._capture.read()
            picture = as_picture(image) if granted else None
            if picture is None:
                break
            time = clock.time(index, self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)
            yield Frame(picture, index, time, self.name, still=False)
            index += 1
        if index == 0:
            raise UserError(f"{self.name} holds no frame that can be decoded: is it cut off, or no video?")
        if 0 < declared < math.inf and index < math.floor(WHOLE_PART * declared):
            self.warning = (
                f"{self.name} is cut off: {index} of {declared:.0f} frames could be read; copy it again"
            )

    def close(self) -> None:
        self._capture.release()


class _Clock:
    """Seconds since the first frame: the container's stamps, or the frame rate where they make no sense."""

    def __init__(self, fps: float | None) -> None:
        self._step = 1 / (fps or 25.0)
        self._first: float | None = None
        self._last = 0.0

    def time(self, index: int, stamp: float) -> float:
        if self._first is None:
            self._first = stamp
            return 0.0
        time = stamp - self._first
        if not self._last < time < self._last + 3600:
            time = self._last + self._step
            self._first = stamp - time
        self._last = time
        return time


def _open(name: str) -> Any:
    with quiet():
        capture = cv2.VideoCapture(name, cv2.CAP_FFMPEG)
        if not capture.isOpened():
            capture = cv2.VideoCapture(name)
    if not capture.isOpened():
        raise UserError(
            f"{name} cannot be opened as a video: it is cut off, damaged or no video; "
            "copy it again, or convert it to MP4"
        )
    # The default changed in OpenCV 4.11; frames stand upright, as every player shows them.
    capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
    return capture


def frame_rate(capture: Any) -> float | None:
    """Frames a second where the device or file names a sane figure."""
    fps = float(capture.get(cv2.CAP_PROP_FPS))
    return fps if math.isfinite(fps) and 0 < fps <= FASTEST else None


def as_picture(image: np.ndarray | None) -> np.ndarray | None:
    """H×W×3 uint8 BGR from what a driver hands over (grey, BGRA, 16 bits); None where it is no picture."""
    if image is None or image.size == 0 or image.ndim not in (2, 3):
        return None
    if image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)
    if image.dtype != np.uint8:
        return None
    if image.ndim == 2 or image.shape[2] == 1:
        return cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    if image.shape[2] == 3:
        return image
    return np.ascontiguousarray(image[..., :3]) if image.shape[2] == 4 else None
