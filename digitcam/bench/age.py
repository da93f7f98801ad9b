"""How old a shown frame is: the time of showing less the time at which the camera gave it."""

from __future__ import annotations

import time
from dataclasses import dataclass

import cv2
import numpy as np

from digitcam.loop import run_loop
from digitcam.sources.live import Live
from digitcam.types import Frame, Reading

FPS = 30.0
WORK = 0.1  # seconds for each frame
FRAMES = 50


@dataclass(frozen=True, slots=True)
class Ages:
    """Ages in milliseconds; ``over`` is the most by which one exceeded a frame and the work on it."""

    fps: float
    frames: int
    work: float
    median: float
    worst: float
    over: float

    def to_json(self) -> dict[str, object]:
        return {
            "fps": self.fps,
            "frames": self.frames,
            "work_ms": round(self.work, 2),
            "median_ms": round(self.median, 2),
            "worst_ms": round(self.worst, 2),
            "allowed_ms": round(1000 / self.fps + self.work, 2),
            "over_ms": round(self.over, 2),
        }


def measure_age(frames: int = FRAMES, fps: float = FPS, work: float = WORK) -> Ages:
    """Show ``frames`` frames of a camera of ``fps`` frames a second, each after ``work`` seconds of reading.

    The camera is a script, the thread, the loop and the clock are those of ``cam.py``. Each frame carries its
    number, by which it is known when it was given: the source's own stamps are not asked.
    """
    camera = PacedCamera(fps)
    reader = SlowReader(work)
    screen = Screen(camera)
    with Live("0", "camera 0", camera, lambda: camera, check="nothing") as source:
        run_loop(source, reader, window=screen, max_frames=frames)
    ages = 1000 * np.array(screen.ages)
    worked = 1000 * np.array(reader.seconds)
    return Ages(
        fps=fps,
        frames=len(ages),
        work=float(np.median(worked)),
        median=float(np.median(ages)),
        worst=float(ages.max()),
        over=float((ages - worked).max()) - 1000 / fps,
    )


class PacedCamera:
    """In place of ``cv2.VideoCapture``: a frame every ``1 / fps`` seconds with its number in its pixels.

    Like a driver it keeps the frames that are not fetched in time, and gives them one after another.
    """

    def __init__(self, fps: float) -> None:
        self._fps = fps
        self._start = time.monotonic()
        self._number = 0

    def read(self) -> tuple[bool, np.ndarray]:
        time.sleep(max(0.0, self.given_at(self._number) - time.monotonic()))
        image = np.zeros((720, 1280, 3), np.uint8)
        image[0, 0] = self._number % 256, self._number // 256, 0
        self._number += 1
        return True, image

    def age(self, frame: Frame) -> float:
        """Seconds since the frame was there to be read."""
        low, high, _ = frame.image[0, 0].tolist()
        return time.monotonic() - self.given_at(256 * high + low)

    def given_at(self, number: int) -> float:
        return self._start + number / self._fps

    def get(self, which: int) -> float:
        return self._fps if which == cv2.CAP_PROP_FPS else 0.0

    def release(self) -> None:
        """There is nothing to let go of."""


class SlowReader:
    """Takes its time, and notes how much that was."""

    def __init__(self, work: float) -> None:
        self._work = work
        self.seconds: list[float] = []

    def read(self, frame: Frame) -> Reading:
        begin = time.monotonic()
        time.sleep(self._work)
        self.seconds.append(time.monotonic() - begin)
        return Reading(frame.source, frame.index, frame.time, frame.size, ())


class Screen:
    """Notes how old each frame is at the moment it is handed over to be shown."""

    def __init__(self, camera: PacedCamera) -> None:
        self._camera = camera
        self.ages: list[float] = []

    def show(
        self, frame: Frame, reading: Reading, status: tuple[str, ...] = (), wait: float | None = 0.0
    ) -> bool:
        self.ages.append(self._camera.age(frame))
        return True

    asks_again = False

    def hold(self, reason: str) -> bool:
        return True
