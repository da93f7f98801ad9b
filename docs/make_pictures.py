"""Make the pictures of README: the window over the demo, moving and still.

    python docs/make_pictures.py

The demo draws its pages from a seed, the shipped networks read them, and the window composes what it shows:
the same pictures come out on every run, mistakes included. Nothing is touched up.

It writes docs/window.webp and docs/views.jpg, and needs OpenCV 4.11 or later.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2
import numpy as np

from digitcam.reader import Reader
from digitcam.scoring import Score, score
from digitcam.sources.demo import DemoSource
from digitcam.types import Frame, Reading
from digitcam.views import VIEWS
from digitcam.window import Window

FOLDER = Path(__file__).resolve().parent
SIZE = (960, 540)
# The width to which the film is reduced, so that it loads at once.
FILM_WIDTH = 768
# A seed whose first pages a shadow crosses; of the demo's 30 frames a second every third is taken.
SEED, FIRST, LAST, STEP = 1, 93, 258, 3
STILL = 216
# Milliseconds that a picture stays.
STAY = 100
WEBP_QUALITY, JPEG_QUALITY = 38, 82


def readings(indices: range, size: tuple[int, int] = SIZE) -> Iterator[tuple[Frame, Reading, Score]]:
    """Frames of the demo, what is read in them, and the score so far."""
    reader, so_far = Reader(evidence=True), Score()
    with DemoSource(size, seed=SEED) as source:
        for frame in source:
            if frame.index >= indices.stop:
                return
            if frame.index not in indices:
                continue
            reading = reader.read(frame)
            assert frame.truth is not None
            so_far = so_far + score(reading.digits, frame.truth)
            yield frame, reading, so_far


def make_film(path: Path, indices: range = range(FIRST, LAST, STEP), size: tuple[int, int] = SIZE) -> None:
    """The window over some seconds of the demo, as an animated WebP."""
    window = Window(cv2)
    animation = cv2.Animation()
    frames = [
        window.compose(frame, reading, (str(so_far),)) for frame, reading, so_far in readings(indices, size)
    ]
    reduced = FILM_WIDTH, round(FILM_WIDTH * frames[0].shape[0] / frames[0].shape[1])
    animation.frames = [cv2.resize(frame, reduced, interpolation=cv2.INTER_AREA) for frame in frames]
    animation.durations = np.full(len(frames), STAY, np.int32)
    if not cv2.imwriteanimation(str(path), animation, [cv2.IMWRITE_WEBP_QUALITY, WEBP_QUALITY]):
        raise OSError(f"{path} was not written")


def make_views(path: Path, index: int = STILL, size: tuple[int, int] = SIZE) -> None:
    """One frame in the views that explain it, ink and crops, side by side as a JPEG."""
    frame, reading, _ = next(readings(range(index, index + 1), size))
    views = [Window(cv2, view=view).compose(frame, reading, (f"{view} view",)) for view in VIEWS[1:]]
    if not cv2.imwrite(str(path), np.hstack(views), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]):
        raise OSError(f"{path} was not written")


if __name__ == "__main__":
    make_film(FOLDER / "window.webp")
    make_views(FOLDER / "views.jpg")
