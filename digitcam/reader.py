"""The whole pipe on one screen: frame → ink → candidates → 28×28 → probabilities → digits → numbers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from digitcam.boxes import tight_boxes
from digitcam.colour import useful_channels
from digitcam.direction import LEAST_TILT, levelled, text_direction
from digitcam.ink import find_ink, merged_ink
from digitcam.networks import Networks, load_networks
from digitcam.numbers import group
from digitcam.proposals import Candidates, propose
from digitcam.selection import DEFAULT_CONFIDENCE, select
from digitcam.signs import find_signs
from digitcam.types import LABELS, Box, Digit, Evidence, Frame, Reading, Sign

# A candidate of a tilted page is looked at again where the network gives some digit this much.
LEAST_SEEN = 0.2


class Reader:
    """Reads the digits in frames.

    Args:
        model: a saved Keras model, by default the shipped one, or networks that are open already.
        conf: the least probability for a label; by default the measured one.
        roi: the part of the frame to look at, in frame pixels; boxes stay in the frame's pixels.
        evidence: whether readings carry what they were made from, for the views and for diagnosis.
        clock: seconds, for the times of the steps.

    Raises:
        UserError: a model is absent or does not fit.
    """

    def __init__(
        self,
        model: str | Path | Networks | None = None,
        *,
        conf: float | None = None,
        roi: Box | None = None,
        evidence: bool = False,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        networks = model if isinstance(model, Networks) else load_networks(model)
        self._classifier, self._judge, self._signs = networks.classifier, networks.judge, networks.signs
        self._confidence = DEFAULT_CONFIDENCE if conf is None else conf
        self._roi = roi
        self._evidence = evidence
        self._clock = clock

    def read(self, frame: Frame | np.ndarray) -> Reading:
        """All digits and numbers of one frame, or of an H×W×3 uint8 picture (BGR)."""
        if isinstance(frame, np.ndarray):
            frame = Frame(frame)
        start = self._clock()
        image, left, top = self._part(frame)
        picture = useful_channels(image)
        layers = find_ink(picture)
        inked = self._clock()
        candidates = propose(layers)
        segmented = self._clock()
        probabilities = self._classifier.predict(candidates.crops)
        classified = self._clock()
        chosen, weighed = self._choose(picture, candidates, probabilities)
        angle = text_direction(candidates.boxes[chosen])
        if abs(angle) >= LEAST_TILT:
            probabilities = self._levelled(candidates.crops, probabilities, angle)
            chosen, weighed = self._choose(picture, candidates, probabilities)
        boxes = tight_boxes(
            picture, *(a[chosen] for a in (candidates.boxes, candidates.scale, candidates.dark))
        )
        signs: tuple[Sign, ...] = ()
        if self._signs is not None:
            beside = candidates.dark[chosen], candidates.contrast[chosen]
            signs, taken = find_signs(self._signs, layers, boxes, *beside)
            boxes, weighed = boxes[~taken], weighed[~taken]
            signs = tuple(replace(sign, box=sign.box.moved(left, top)) for sign in signs)
        digits = tuple(
            _digit(Box(x + left, y + top, width, height), row)
            for (x, y, width, height), row in zip(boxes.tolist(), weighed, strict=True)
        )
        numbers = group(digits, signs)
        end = self._clock()
        evidence = None
        if self._evidence:
            places = tuple(Box(x + left, y + top, w, h) for x, y, w, h in candidates.boxes.tolist())
            evidence = Evidence(
                merged_ink(layers, picture.shape[:2]), places, candidates.crops, probabilities
            )
        return Reading(
            source=frame.source,
            frame=frame.index,
            time=frame.time,
            size=frame.size,
            digits=digits,
            numbers=numbers,
            signs=signs,
            ms={
                "ink": 1e3 * (inked - start),
                "segment": 1e3 * (segmented - inked),
                "classify": 1e3 * (classified - segmented),
                "read": 1e3 * (end - classified),
                "total": 1e3 * (end - start),
            },
            evidence=evidence,
        )

    def _choose(
        self, picture: np.ndarray, candidates: Candidates, probabilities: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Which candidates are digits, and the probabilities of the ten digits for each."""
        if self._judge is not None:
            probabilities = self._judge.weigh(picture, candidates, probabilities)
        chosen = select(candidates, probabilities, self._confidence)
        return chosen, probabilities[chosen, : len(LABELS)]

    def _levelled(self, crops: np.ndarray, probabilities: np.ndarray, angle: float) -> np.ndarray:
        """The mean of what the network says of crops as they are and turned level, where it saw any digit."""
        seen = np.flatnonzero(probabilities[:, : len(LABELS)].max(1, initial=0.0) >= LEAST_SEEN)
        result = probabilities.copy()
        result[seen] = (probabilities[seen] + self._classifier.predict(levelled(crops[seen], angle))) / 2
        return result

    def _part(self, frame: Frame) -> tuple[np.ndarray, int, int]:
        """The pixels to look at and their place in the frame."""
        if self._roi is None:
            return frame.image, 0, 0
        width, height = frame.size
        left, top = min(max(self._roi.x, 0), width - 1), min(max(self._roi.y, 0), height - 1)
        right, bottom = (
            min(max(self._roi.right, left + 1), width),
            min(max(self._roi.bottom, top + 1), height),
        )
        return np.ascontiguousarray(frame.image[top:bottom, left:right]), left, top


def _digit(box: Box, probabilities: np.ndarray) -> Digit:
    label = int(probabilities.argmax())
    values = tuple(float(p) for p in probabilities)
    return Digit(box, LABELS[label], values[label], values)
