"""The whole pipe on one screen: frame → ink → candidates → 28×28 → probabilities → digits → numbers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from digitcam.boxes import tight_boxes
from digitcam.classes import are_digits, names_in
from digitcam.colour import useful_channels
from digitcam.corrected import Corrected
from digitcam.corrections.correction import Correction
from digitcam.corrections.hand import Hand
from digitcam.direction import LEAST_TILT, text_direction
from digitcam.film import Film
from digitcam.ink import find_ink, merged_ink
from digitcam.kinds import by_kind, kinds_of
from digitcam.layer import InkLayer
from digitcam.lookalikes import settle_words
from digitcam.memory import all_new
from digitcam.networks import Networks, load_networks
from digitcam.numbers import group
from digitcam.proposals import Candidates, propose
from digitcam.recognition import recognise
from digitcam.selection import DEFAULT_CONFIDENCE, select
from digitcam.settled import settle
from digitcam.signs import find_signs, taken_for_digits
from digitcam.tracks import Steady, as_seen
from digitcam.types import Box, Digit, Evidence, Frame, Reading, Sign

# In a film a digit is followed from frame to frame where it is as likely as this.
LEAST_FOLLOWED = 0.15
NO_CORRECTIONS: tuple[Correction, ...] = ()


class _Look(NamedTuple):
    """What one look at a picture gives.

    Attributes:
        layers: its ink; candidates: N of it; probabilities: N×K, what is known of them or the network says.
        judged: so, with what stands around them weighed in.
        chosen: the M candidates that are digits; weighed: M×10, their probabilities.
        angle: of the rows, radians; times: of the ends of the steps.
    """

    layers: tuple[InkLayer, ...]
    candidates: Candidates
    probabilities: np.ndarray
    judged: np.ndarray
    chosen: np.ndarray
    weighed: np.ndarray
    angle: float
    times: tuple[float, float, float]


class Reader:
    """Reads the digits in frames.

    Args:
        model: a saved Keras model, by default the shipped one, or networks that are open already.
        hand: corrections to heed; those of ``model`` where that is networks.
        conf: the least probability for a label; by default the measured one.
        roi: the part of the frame to look at, in frame pixels; boxes stay in the frame's pixels.
        track: whether frames of a film are read in the light of those before: digits keep a number and a
            steady label, and what has not changed is not recognised again.
        evidence: whether readings carry what they were made from, for the views and for diagnosis: always, or
            for the frames for which this is true. Of such a frame of a film everything is looked at.
        clock: seconds, for the times of the steps.

    Raises:
        UserError: a model is absent or does not fit.
    """

    def __init__(
        self,
        model: str | Path | Networks | None = None,
        *,
        hand: Hand | None = None,
        conf: float | None = None,
        roi: Box | None = None,
        track: bool = True,
        evidence: bool | Callable[[Frame], bool] = False,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._networks = model if isinstance(model, Networks) else load_networks(model, hand)
        self._names = names_in(self._networks.classifier.classes)
        self._kinds = kinds_of(self._names)
        self._confidence = DEFAULT_CONFIDENCE if conf is None else conf
        self._roi = roi
        self._track = track
        self._film: Film | None = None
        self._evidence = evidence
        self._clock = clock
        self._heeded = self._corrections()

    def read(self, frame: Frame | np.ndarray) -> Reading:
        """All digits and numbers of one frame, or of an H×W×3 uint8 picture (BGR), which counts as a still.

        Frames of a film, ``Frame(image, index, time, still=False)``, are read in the light of those before,
        as ``Film`` keeps them. A reader is for one thread.

        Raises:
            ValueError: the array has another shape or type; TypeError: it is no array.
        """
        frame = Frame.of(frame)
        wanted = self._evidence if isinstance(self._evidence, bool) else self._evidence(frame)
        corrections = self._corrections()
        film = self._film_of(frame, wanted or corrections is not self._heeded)
        if film and corrections is not self._heeded:
            film.doubt()
        self._heeded = corrections
        start = self._clock()
        image, left, top = self._part(frame)
        picture = film.channels(image) if film else useful_channels(image)
        carried = film.glance(picture) if film else None
        if carried is not None:
            steady, signs, crops = carried
            glanced = self._clock()
            content = self._content(steady, signs, crops, left, top)
            return _reading(frame, content, (start, glanced, glanced, glanced, self._clock()), None)
        look = self._look(picture, film)
        if film and film.misses(len(look.chosen)):
            # Most is gone: was the page turned? What was not looked at may hold what is there now.
            film.begin(frame.time, whole=True)
            look = self._look(picture, film)
        candidates, chosen = look.candidates, look.chosen
        boxes = tight_boxes(
            picture, *(a[chosen] for a in (candidates.boxes, candidates.scale, candidates.dark))
        )
        if film:
            steady = film.follow(boxes, look.weighed, candidates, chosen, look.angle)
        else:
            steady = as_seen(boxes, look.weighed)
        steady, signs = self._with_signs(look, steady, film)
        if film:
            film.remember(picture, steady, signs, candidates, chosen)
        content = self._content(steady, signs, candidates.crops[chosen], left, top)
        evidence = None
        if wanted:
            places = tuple(Box(x + left, y + top, w, h) for x, y, w, h in candidates.boxes.tolist())
            evidence = Evidence(
                merged_ink(look.layers, picture.shape[:2]),
                places,
                candidates.crops,
                look.probabilities,
                self._names,
                None if self._networks.judge is None else look.judged,
                tuple(chosen.tolist()),
                self._confidence,
            )
        return _reading(frame, content, (start, *look.times, self._clock()), evidence)

    def _look(self, picture: np.ndarray, film: Film | None) -> _Look:
        """Look at a picture: which candidates are digits, and which ones."""
        layers = film.find_ink(picture) if film else find_ink(picture)
        inked = self._clock()
        candidates, recalled = film.propose(layers) if film else all_new(propose(layers))
        segmented = self._clock()
        angle = film.angle if film else 0.0
        probabilities, known = recognise(self._networks.classifier, candidates.crops, recalled, angle)
        classified = self._clock()
        least = min(LEAST_FOLLOWED, self._confidence) if film else self._confidence
        judged, chosen, weighed = self._choose(picture, candidates, probabilities, known, least)
        before, angle = angle, text_direction(candidates.boxes[chosen])
        if abs(angle) >= LEAST_TILT > abs(before):
            probabilities, known = recognise(self._networks.classifier, candidates.crops, recalled, angle)
            judged, chosen, weighed = self._choose(picture, candidates, probabilities, known, least)
        times = inked, segmented, classified
        return _Look(layers, candidates, probabilities, judged, chosen, weighed, angle, times)

    def _with_signs(self, look: _Look, steady: Steady, film: Film | None) -> tuple[Steady, tuple[Sign, ...]]:
        """The digits but for those that are signs, and the signs."""
        network = self._networks.signs
        if network is None:
            return steady, ()
        here = np.flatnonzero(steady.seen >= 0)
        rows, numbers = look.chosen[steady.seen[here]], steady.numbers[here]
        beside = look.candidates.dark[rows], look.candidates.contrast[rows]
        every = np.rint(steady.boxes).astype(int)
        boxes = every[here]
        if film:
            due = np.flatnonzero(film.signs_due(numbers))
            steadied = partial(film.steadied_signs, numbers[due])
            signs, owners = find_signs(network, look.layers, boxes, *beside, due, steadied)
            signs, owners = film.all_signs(steady, signs, here[owners], here[due])
        else:
            signs, owners = find_signs(network, look.layers, boxes, *beside)
        taken = taken_for_digits(every, signs, owners)
        kept = tuple(sign for sign, owner in zip(signs, owners, strict=True) if not taken[owner])
        return steady.without(np.flatnonzero(taken)), kept

    def _corrections(self) -> tuple[Correction, ...]:
        """The corrections at this moment."""
        hand = self._networks.hand
        return NO_CORRECTIONS if hand is None else hand.corrections

    def _film_of(self, frame: Frame, whole: bool) -> Film | None:
        """What is remembered of the film that a frame belongs to; None for pictures that stand alone.

        Args:
            whole: whether no layer of the frame is to be left out.
        """
        if frame.still or not self._track:
            return None
        if self._film is None or not self._film.goes_on(frame):
            self._film = Film(frame, self._confidence, self._kinds)
        self._film.begin(frame.time, whole)
        return self._film

    def _choose(
        self,
        picture: np.ndarray,
        candidates: Candidates,
        probabilities: np.ndarray,
        known: np.ndarray,
        least: float,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All probabilities as the judge weighs them, which candidates are digits, and what each may be."""
        if self._networks.judge is not None:
            probabilities = self._networks.judge.weigh(picture, candidates, probabilities, known)
        network = self._networks.classifier
        if isinstance(network, Corrected):
            probabilities = settle(candidates, probabilities, network.said(candidates.crops))
        named = probabilities[:, : len(self._names)]
        # A nought may be an O as well: that it is a glyph is surer than which one.
        judged = self._networks.judge is not None or are_digits(self._names)
        sure = by_kind(named, self._kinds) if judged else named.sum(1, keepdims=True)
        chosen = select(candidates, sure, least, sure.shape[1])
        return probabilities, chosen, named[chosen]

    def _content(
        self, steady: Steady, signs: tuple[Sign, ...], crops: np.ndarray, left: int, top: int
    ) -> tuple[tuple[Digit, ...], tuple[Sign, ...]]:
        """The digits and signs of a part of the frame that begins at (left, top); ``crops`` of all seen."""
        moved = tuple(replace(sign, box=sign.box.moved(left, top)) for sign in signs)
        boxes = np.rint(steady.boxes).astype(int) + (left, top, 0, 0)
        digits = tuple(
            Digit(
                Box(x, y, max(1, width), max(1, height)),
                self._names[label],
                probabilities[label],
                tuple(probabilities),
                None if number < 0 else number,
                None if row < 0 else crops[row],
                self._names,
            )
            for (x, y, width, height), probabilities, label, number, row in zip(
                *(part.tolist() for part in (boxes, *steady[1:])), strict=True
            )
        )
        return digits, moved

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


def _reading(
    frame: Frame,
    content: tuple[tuple[Digit, ...], tuple[Sign, ...]],
    times: tuple[float, ...],
    evidence: Evidence | None,
) -> Reading:
    """The reading of a frame; ``times`` are those of its beginning and of the end of each step."""
    steps = ("ink", "segment", "classify", "read")
    ms = {step: 1e3 * (end - begin) for step, begin, end in zip(steps, times[:-1], times[1:], strict=True)}
    digits, signs = content
    numbers = group(digits, signs)
    told = settle_words(digits, numbers)
    return Reading(
        source=frame.source,
        frame=frame.index,
        time=frame.time,
        size=frame.size,
        digits=told,
        signs=signs,
        numbers=numbers if told is digits else group(told, signs),
        ms=ms | {"total": 1e3 * (times[-1] - times[0])},
        evidence=evidence,
    )
