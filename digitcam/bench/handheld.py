"""A page in front of a camera in an unsteady hand: films to time, in which nothing but the hand moves."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from digitcam.types import Box, Frame, Truth

RATE = 30.0  # frames a second
# Pairs of (amplitude, hertz): drift is slow, tremor quick. Lengths in frame heights, angles in radians.
SHIFTS = ((0.010, 0.23), (0.0012, 4.1), (0.0006, 8.7))
TURNS = ((0.02, 0.17), (0.002, 2.9))
NOISE = 3.0  # of the sensor, standard deviation in grey levels
FIELDS = 5  # of noise, each shown again and again from another corner


def film_of(
    page: Frame, frames: int, rng: np.random.Generator, start: int = 0, source: str = ""
) -> Iterator[Frame]:
    """Films a page; frames are made while they are asked for.

    Args:
        page: with its truth.
        start: the index of the first frame.
    """
    width, height = page.size
    fields = [_noise((width, height), rng) for _ in range(FIELDS)]
    phases = rng.uniform(0, 2 * np.pi, (3, len(SHIFTS)))
    for index in range(start, start + frames):
        time = index / RATE
        x, y = (height * _sway(SHIFTS, time, phases[axis]) for axis in range(2))
        turn = cv2.getRotationMatrix2D(
            (width / 2, height / 2), float(np.degrees(_sway(TURNS, time, phases[2]))), 1
        )
        matrix = turn + np.array([[0, 0, x], [0, 0, y]])
        image = cv2.warpAffine(page.image, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)
        field = np.roll(fields[index % FIELDS], int(rng.integers(height)), axis=0)
        image = cv2.add(image, cv2.merge([field] * 3), dtype=cv2.CV_8U)
        truth = tuple(Truth(_moved(t.box, matrix), t.label) for t in page.truth or ())
        yield Frame(image, index, time, source, still=False, truth=truth)


def _noise(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    return np.rint(rng.normal(0, NOISE, size[::-1])).astype(np.int16)


def _sway(terms: tuple[tuple[float, float], ...], time: float, phases: np.ndarray) -> float:
    waves = zip(terms, phases, strict=False)
    return sum(amplitude * float(np.sin(2 * np.pi * hertz * time + p)) for (amplitude, hertz), p in waves)


def _moved(box: Box, matrix: np.ndarray) -> Box:
    """An upright box around the same digit: the angles are so small that its sides stay as they are."""
    x, y = matrix @ np.array([*box.centre, 1.0])
    return Box(round(x - box.width / 2), round(y - box.height / 2), box.width, box.height)
