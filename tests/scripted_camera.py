"""A camera on a clock of its own: plugged in and out by script, and no test waits for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np

from digitcam.errors import UserError
from digitcam.types import Frame, Reading
from tests.samples import ScriptedReader, make_reading


class Clock:
    """Seconds that pass only when somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Camera:
    """Gives a frame every ``1 / fps`` seconds, save when it is away; each frame is filled with its number.

    Args:
        away: from when to when, in seconds from the start, it cannot be opened and what is open is dead.
        silent: it opens and gives no frame.
    """

    def __init__(
        self,
        clock: Clock,
        fps: float = 30.0,
        away: Sequence[tuple[float, float]] = (),
        silent: bool = False,
        draw: Callable[[int], np.ndarray] = lambda number: np.full((48, 64, 3), number % 256, np.uint8),
    ) -> None:
        self.clock = clock
        self.fps = fps
        self.silent = silent
        self.draw = draw
        self._away = away
        self._start = clock.now
        self.opened: list[float] = []
        self.captures: list[OpenedCamera] = []

    @property
    def time(self) -> float:
        """Seconds from the start."""
        return self.clock.now - self._start

    @property
    def losses(self) -> int:
        """How often it has been lost so far."""
        return sum(begin <= self.time for begin, _ in self._away)

    @property
    def here(self) -> bool:
        return not any(begin <= self.time < end for begin, end in self._away)

    def open(self, index: int, backend: int) -> OpenedCamera:
        """In place of ``cv2.VideoCapture``."""
        self.opened.append(round(self.time, 3))
        capture = OpenedCamera(self)
        self.captures.append(capture)
        return capture


class OpenedCamera:
    """The ``cv2.VideoCapture`` of a ``Camera``: dead for good once the camera has gone."""

    def __init__(self, camera: Camera) -> None:
        self.camera = camera
        self.asked: list[tuple[int, float]] = []
        self.released = False
        self._opened = camera.here
        self._losses = camera.losses

    @property
    def dead(self) -> bool:
        return not self._opened or self.camera.losses != self._losses

    def isOpened(self) -> bool:
        return self._opened

    def set(self, which: int, value: float) -> bool:
        self.asked.append((which, value))
        return True

    def get(self, which: int) -> float:
        return {
            cv2.CAP_PROP_FRAME_WIDTH: 64.0,
            cv2.CAP_PROP_FRAME_HEIGHT: 48.0,
            cv2.CAP_PROP_FPS: self.camera.fps,
            cv2.CAP_PROP_FOURCC: float(cv2.VideoWriter.fourcc(*"MJPG")),
        }.get(which, 0.0)

    def release(self) -> None:
        self.released = True


class SteppedFeed:
    """A ``Feed`` without a thread: to take from it is what makes the time pass."""

    def __init__(self, open_capture: Callable[[], Any], forgiven: float, clock: Any) -> None:
        self._clock: Clock = clock
        self._capture: OpenedCamera | None = None
        self._taken = 0
        self.ended, self.fault = False, ""
        try:
            self._capture = open_capture()
            self._taken = self._newest(self._capture.camera)
        except UserError as error:
            self.ended, self.fault = True, str(error)

    def _newest(self, camera: Camera) -> int:
        return math.floor(camera.time * camera.fps + 1e-6)

    def take(self, seconds: float) -> tuple[np.ndarray, float] | None:
        if self._capture is not None and self._capture.dead:
            self.stop()
        if self.ended or self._capture is None or self._capture.camera.silent:
            self._clock.now += seconds
            return None
        camera = self._capture.camera
        number = max(self._newest(camera), self._taken + 1)
        arrival = number / camera.fps - camera.time
        self._clock.now += min(max(0.0, arrival), seconds)
        if arrival > seconds or self._capture.dead:
            return None
        self._taken = number
        return camera.draw(number), self._clock.now + min(0.0, arrival)

    def stop(self) -> None:
        if self._capture is not None:
            self._capture.release()
        self.ended = True


class Watcher:
    """A window that remembers what it was to show, on the camera's clock, until somebody closes it."""

    def __init__(self, clock: Clock, closes: Callable[[Watcher], bool] = lambda watcher: False) -> None:
        self.clock = clock
        self.closes = closes
        self.frames: list[Frame] = []
        self.status: list[tuple[str, ...]] = []
        self.times: list[float] = []
        self.holds: list[tuple[float, str]] = []

    def show(
        self, frame: Frame, reading: Reading, status: tuple[str, ...] = (), wait: float | None = 0.0
    ) -> bool:
        self.frames.append(frame)
        self.status.append(status)
        self.times.append(self.clock.now)
        self.clock.now += wait or 0.0
        return not self.closes(self)

    asks_again = False

    def hold(self, reason: str) -> bool:
        self.holds.append((self.clock.now, reason))
        return not self.closes(self)

    @property
    def reasons(self) -> list[str]:
        """What was said while no frame came, each sentence once where it stayed."""
        told = [reason for _, reason in self.holds if reason]
        return [reason for i, reason in enumerate(told) if i == 0 or reason != told[i - 1]]


class SlowReader(ScriptedReader):
    """A reader that takes its time on the clock, and keeps no frame."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        super().__init__()
        self._clock = clock
        self._seconds = seconds

    def read(self, frame: Frame) -> Reading:
        self._clock.now += self._seconds
        return make_reading(frame)
