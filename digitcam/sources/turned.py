"""Frames turned by a quarter, for cameras that hang over a desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from digitcam.sources.base import Source
from digitcam.types import Box, Frame, Truth, Unreadable, Waiting


def turn_frame(frame: Frame, degrees: int) -> Frame:
    """The frame turned clockwise by 90, 180 or 270 degrees, its truth along with it."""
    turns = degrees // 90
    image = np.ascontiguousarray(np.rot90(frame.image, -turns))
    truth = frame.truth
    if truth is not None:
        truth = tuple(Truth(turn_box(t.box, frame.size, turns), t.label) for t in truth)
    return replace(frame, image=image, truth=truth)


def turn_box(box: Box, size: tuple[int, int], turns: int) -> Box:
    """The box in a picture of ``size`` (width, height) after ``turns`` clockwise quarter turns."""
    for _ in range(turns % 4):
        box = Box(size[1] - box.bottom, box.x, box.height, box.width)
        size = size[1], size[0]
    return box


class Turned(Source):
    """Another source's frames, turned clockwise."""

    def __init__(self, source: Source, degrees: int) -> None:
        self._source = source
        self._degrees = degrees
        self.name = source.name
        self.live = source.live
        self.drops = source.drops
        self.film = source.film
        self.fps = source.fps
        self.paths = source.paths

    @property
    def description(self) -> str:  # type: ignore[override]
        return f"{self._source.description}, turned by {self._degrees}°"

    @property
    def warning(self) -> str:  # type: ignore[override]
        return self._source.warning

    def __iter__(self) -> Iterator[Frame | Unreadable | Waiting]:
        for item in self._source:
            yield turn_frame(item, self._degrees) if isinstance(item, Frame) else item

    def close(self) -> None:
        self._source.close()
