"""Small scripted parts for tests: readings, a reader that needs no network, sources, captures, pictures."""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from digitcam.sources.base import Source
from digitcam.types import LABELS, Box, Digit, Evidence, Frame, Number, Reading, Truth, Unreadable, Waiting


def make_digit(box: Box, label: str, confidence: float = 0.97) -> Digit:
    probabilities = tuple(confidence if label == other else 0.0 for other in LABELS)
    return Digit(box, label, confidence, probabilities)


def make_reading(frame: Frame) -> Reading:
    """Two digits that form a number, in proportion to the frame, with evidence."""
    width, height = frame.size
    side = max(1, min(width, height) // 4)
    boxes = (Box(width // 8, height // 4, side, side), Box(width // 8 + 2 * side, height // 4, side, side))
    digits = tuple(make_digit(box, label) for box, label in zip(boxes, "42", strict=True))
    crops = np.zeros((2, 28, 28), np.uint8)
    crops[:, 6:22, 10:18] = 255
    probabilities = np.array([[*d.probabilities, 0.03] for d in digits], np.float32)
    ink = np.zeros((max(1, height // 2), max(1, width // 2)), np.uint8)
    return Reading(
        frame.source,
        frame.index,
        frame.time,
        frame.size,
        digits,
        (Number("42", Box.around(boxes), (0, 1)),),
        {"ink": 1.0, "total": 3.0},
        Evidence(ink, boxes, crops, probabilities),
    )


class ScriptedReader:
    """Finds ``42`` in every frame, or the frame's truth where it has one."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    def read(self, frame: Frame) -> Reading:
        self.frames.append(frame)
        reading = make_reading(frame)
        if frame.truth is None:
            return reading
        digits = tuple(make_digit(truth.box, truth.label) for truth in frame.truth)
        return Reading(frame.source, frame.index, frame.time, frame.size, digits, (), reading.ms)


class ScriptedSource(Source):
    """Gives what it was given, and raises the last item where that is an exception."""

    name = "scripted"

    def __init__(
        self, items: Iterable[Frame | Unreadable | Waiting | BaseException], film: bool = True
    ) -> None:
        self._items = items
        self.film = film
        self.fps = 25.0 if film else None

    def __iter__(self) -> Iterator[Frame | Unreadable | Waiting]:
        for item in self._items:
            if isinstance(item, BaseException):
                raise item
            yield item


class ScriptedCapture:
    """Stands in for ``cv2.VideoCapture``: hands out images, then fails, or blocks until released."""

    def __init__(
        self, images: Iterable[np.ndarray | None] = (), opened: bool = True, blocks: bool = False
    ) -> None:
        self._images = list(images)
        self._opened = opened
        self._blocks = blocks
        self.released = threading.Event()
        self.asked: list[tuple[int, float]] = []
        self.granted: dict[int, float] = {cv2.CAP_PROP_FRAME_WIDTH: 640.0, cv2.CAP_PROP_FRAME_HEIGHT: 480.0}

    def isOpened(self) -> bool:
        return self._opened

    def read(self) -> tuple[bool, np.ndarray | None]:
        if self._images:
            image = self._images.pop(0)
            return image is not None, image
        if self._blocks:
            self.released.wait(10)
        return False, None

    def get(self, which: int) -> float:
        return self.granted.get(which, 0.0)

    def set(self, which: int, value: float) -> bool:
        self.asked.append((which, value))
        return True

    def release(self) -> None:
        self.released.set()


def frames(count: int, size: tuple[int, int] = (160, 120), fps: float = 25.0) -> list[Frame]:
    """Film frames, each filled with its own shade."""
    return [
        Frame(np.full((size[1], size[0], 3), 5 * i % 256, np.uint8), i, i / fps, "scripted", still=False)
        for i in range(count)
    ]


def known(frame: Frame, *labels: str) -> Frame:
    """The frame with a row of true digits."""
    truth = tuple(Truth(Box(10 + 30 * i, 20, 20, 30), label) for i, label in enumerate(labels))
    return Frame(frame.image, frame.index, frame.time, frame.source, frame.still, truth)


def draw_page(size: tuple[int, int] = (320, 240), text: str = "42") -> np.ndarray:
    """Dark writing on light paper."""
    page = np.full((size[1], size[0], 3), 230, np.uint8)
    start = size[0] // 8, size[1] // 2
    cv2.putText(page, text, start, cv2.FONT_HERSHEY_SIMPLEX, size[1] / 100, (40, 30, 30), 4)
    return page


def save_picture(path: Path, image: np.ndarray | None = None) -> Path:
    """A picture file, by default a page with writing."""
    done, data = cv2.imencode(path.suffix, draw_page() if image is None else image)
    assert done
    path.write_bytes(data.tobytes())
    return path


def make_png(width: int, height: int, depth: int = 8, colour: int = 0) -> bytes:
    """A valid PNG of zeros; large ones are small files."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    squeezed = zlib.compressobj(9)
    row = bytes(1 + (width * depth + 7) // 8)
    data = b"".join(squeezed.compress(row) for _ in range(height)) + squeezed.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def save_video(path: Path, count: int = 20, fps: float = 12.5, codec: str = "MJPG") -> Path:
    """A film whose frames can be told apart by their shade: 10 × index at most 250."""
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), fps, (160, 120))
    assert writer.isOpened()
    for i in range(count):
        writer.write(np.full((120, 160, 3), 10 * i % 256, np.uint8))
    writer.release()
    return path
