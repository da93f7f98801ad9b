"""Annotated video, of the right rate and length, written beside its name and renamed when it is whole."""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from digitcam.environment import quiet
from digitcam.errors import UserError
from digitcam.outputs.base import Output, beside, cannot_write, check_target, take_place
from digitcam.types import Frame, Reading

# Codecs that OpenCV's wheels can write on every system, the best of each container first.
CODECS = {
    ".mp4": ("mp4v",),
    ".m4v": ("mp4v",),
    ".mov": ("mp4v",),
    ".avi": ("MJPG", "XVID"),
    ".mkv": ("mp4v", "XVID"),
    ".webm": ("VP80", "VP90"),
}
USUAL_FPS = 30.0
# A film is finished with an index, and FFmpeg says nothing when a disk is full: stop while there is room for
# what FFmpeg still holds, and for the index: bytes, and bytes for each frame.
ROOM = 4_000_000
INDEX_ENTRY = 32
# A pause longer than this is cut out of the film.
LONGEST_GAP = 1.0


class VideoFile(Output):
    """The annotated frames as a video.

    Frames stand where their time puts them: a slow camera's frames are repeated and a fast one's are left
    out, so that the film runs as long as the scene did. A film of constant rate keeps every frame.
    """

    wants_picture = True

    def __init__(self, path: Path, inputs: tuple[Path, ...], overwrite: bool, fps: float | None) -> None:
        check_target(path, inputs, overwrite)
        self._path = path
        self._overwrite = overwrite
        self._fps = fps or USUAL_FPS
        self._writer: Any = None
        self._part: Path | None = None
        self._size = (0, 0)
        self._written = 0
        self._cut = 0.0
        self._last = 0.0

    def write(self, frame: Frame, reading: Reading, picture: np.ndarray | None) -> None:
        assert picture is not None
        self._check_room()
        if self._writer is None:
            self._start((picture.shape[1], picture.shape[0]))
        self._append(frame, picture)

    def _append(self, frame: Frame, picture: np.ndarray) -> None:
        picture = fitted(picture, self._size)
        self._cut += max(0.0, frame.time - self._last - LONGEST_GAP)
        self._last = frame.time
        due = round((frame.time - self._cut) * self._fps) + 1
        while self._written < due:
            self._writer.write(picture)
            self._written += 1

    def _check_room(self) -> None:
        """Finish the film while that can be done: what was filmed before the disk was full is kept."""
        try:
            room = shutil.disk_usage(self._path.parent).free
        except OSError as error:  # the folder has gone, or the drive
            raise cannot_write(self._path, error) from None
        if room >= ROOM + INDEX_ENTRY * self._written:
            return
        if not self._written:
            raise UserError(f"{self._path} cannot be written: the disk is full; free some room")
        self.close()
        raise UserError(f"{self._path} ends early, after frame {self._written}: the disk is full")

    def _start(self, size: tuple[int, int]) -> None:
        self._size = size
        try:
            self._part = beside(self._path)
        except OSError as error:
            raise cannot_write(self._path, error) from None
        for codec in CODECS[self._path.suffix.lower()]:
            with quiet():
                writer = cv2.VideoWriter(
                    str(self._part), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), self._fps, size
                )
            if writer.isOpened():
                self._writer = writer
                return
        self._discard()
        raise UserError(
            f"{self._path} cannot be written: OpenCV cannot write {size[0]}×{size[1]} here as "
            f"{self._path.suffix}; try .avi or a folder"
        )

    def close(self) -> None:
        if self._writer is None:
            self._discard()  # what was just being begun
            return
        self._writer.release()
        self._writer = None
        try:
            assert self._part is not None
            if _frames(self._part) < self._written:
                raise UserError(f"{self._path} could not be written whole: is the disk full?")
            self._take_place(self._part)
        except OSError as error:
            raise cannot_write(self._path, error) from None
        finally:
            self._discard()

    def _take_place(self, part: Path) -> None:
        """Give the film its name, or one like it where that has been taken since: nothing filmed is lost."""
        try:
            take_place(part, self._path, self._overwrite)
        except FileExistsError:
            other = free_name(self._path)
            take_place(part, other, overwrite=False)
            raise UserError(f"{self._path} was taken meanwhile: the film is kept as {other}") from None

    def _discard(self) -> None:
        if self._writer is not None:
            self._writer.release()
            self._writer = None
        if self._part is not None:
            self._part.unlink(missing_ok=True)
            self._part = None


def fitted(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The picture in ``size``, width and height: scaled with its aspect kept, black around it."""
    height, width = picture.shape[:2]
    if (width, height) == size:
        return picture
    scale = min(size[0] / width, size[1] / height)
    scaled = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (size[0] - scaled[0]) // 2, (size[1] - scaled[1]) // 2
    film = np.zeros((size[1], size[0], 3), np.uint8)
    film[top : top + scaled[1], left : left + scaled[0]] = cv2.resize(
        picture, scaled, interpolation=cv2.INTER_AREA
    )
    return film


def free_name(path: Path) -> Path:
    """``path`` with the first number that makes it a name not taken: ``film-2.mp4``."""
    numbered = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in itertools.count(2))
    return next(name for name in numbered if not os.path.lexists(name))


def _frames(path: Path) -> int:
    """How many frames a finished video says it holds."""
    with quiet():
        capture = cv2.VideoCapture(str(path))
        frames = int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) if capture.isOpened() else -1
        capture.release()
    return frames
