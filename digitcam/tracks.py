"""Digits over frames: one digit keeps its number and its label while the page moves, blurs or is covered.

Nothing here looks at pixels but the 28×28 crops. Times are seconds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from digitcam.kinds import by_kind, kinds_of
from digitcam.likeness import SIGNATURE, likeness, signatures
from digitcam.memory import Familiar
from digitcam.motion import REST, Motion, find_motion
from digitcam.pairing import pair
from digitcam.selection import exclude
from digitcam.track_table import TrackTable, no_tracks
from digitcam.types import LABELS

# A digit that is out of sight keeps its number this long, and its label is shown this long …
KEPT, SHOWN = 1.2, 0.35
# … and both at least for so many frames, however slow the camera.
LEAST_FRAMES = 2.5
# Sharp looks that are remembered: the mean forgets what lies further back.
REMEMBERED = 150.0
# How sharp a look is, against the sharpest of this digit, counts by this power, and never less than this.
SHARPNESS_POWER, LEAST_WEIGHT = 2.0, 0.05
# The sharpest look fades by this share a look: light and distance change.
FADING = 0.01
# What a digit looks like follows its looks at this rate.
PORTRAIT_RATE = 0.2
# A label is given where its mean probability leads by the first; one that leads by the second takes over.
LEAD, OVERTAKING = 0.4, 0.5
# A label is shown from so many looks on, or at once where there is little doubt …
LOOKS, AT_ONCE = 3, 0.9
# … until its mean, over all chances to see it, falls below this share of the confidence that it needed.
STAYING = 0.5
# What looks less like a digit than this, and is read otherwise, is another in its place when it has been seen
# so often in a row, or for so long. From frame to frame a digit is liker to itself in 199 of 200 cases.
UNLIKE, TIMES_UNLIKE, LONG_UNLIKE = 0.84, 3, 0.2
# So is what looks a little unlike it, where both are as sure as this of being something else.
LITTLE_UNLIKE, SURE = 0.93, 0.8
# Another scene has begun where less than this share of the digits last seen is found again, and more others,
# at least so many. Of a page that moves or is out of focus more are found; over a hand on it no others.
FOUND_AGAIN, LEAST_OTHERS = 0.5, 2
# What is as sure as this need not be recognised in every frame, but once in so many.
WELL_KNOWN, TURNS = 0.9, 8
# No chance to see a digit yet; not 0, for looks are counted by it.
LEAST_CHANCE = 1e-6
# A digit is known well enough after so many looks, and what may be one after so many chances of a look.
SETTLED = 6


class Seen(NamedTuple):
    """What was read in one frame: N digits, doubtful ones among them.

    Attributes:
        boxes: N×4, x, y, width, height.
        probabilities: N×10.
        crops: N×28×28 uint8.
    """

    boxes: np.ndarray
    probabilities: np.ndarray
    crops: np.ndarray


class Steady(NamedTuple):
    """The digits to show: M of them, those of a film in the order of their numbers.

    Attributes:
        boxes: M×4 float, where seen as seen, else where the page's motion takes them.
        probabilities: M×10, the mean over the looks.
        labels: M, which of the ten digits.
        numbers: M, the tracks, -1 for what is not followed.
        seen: M, the row of ``Seen``, -1 for what is out of sight.
    """

    boxes: np.ndarray
    probabilities: np.ndarray
    labels: np.ndarray
    numbers: np.ndarray
    seen: np.ndarray

    def without(self, rows: np.ndarray) -> Steady:
        """All digits but those of these rows."""
        return Steady(*(np.delete(part, rows, axis=0) for part in self))


def as_seen(boxes: np.ndarray, probabilities: np.ndarray) -> Steady:
    """The digits of a picture that stands alone: N×4 boxes and N×10 probabilities."""
    count = len(boxes)
    labels = probabilities.argmax(1) if count else np.zeros(0, np.int64)
    return Steady(boxes, probabilities, labels, np.full(count, -1), np.arange(count))


class _Looks(NamedTuple):
    """``Seen``, and what its crops look like."""

    boxes: np.ndarray
    probabilities: np.ndarray
    portraits: np.ndarray
    sharpness: np.ndarray

    def only(self, rows: np.ndarray) -> _Looks:
        return _Looks(*(part[rows] for part in self))


class Tracker:
    """Follows digits from frame to frame.

    Args:
        confidence: the least mean probability of a label, and of what looks like it.
        kinds: K int, which labels look alike (``kinds.kinds_of``); by default the ten digits: none.
    """

    def __init__(self, confidence: float, kinds: np.ndarray | None = None) -> None:
        self._confidence = confidence
        self._kinds = kinds = kinds_of(LABELS) if kinds is None else kinds
        self._tracks = no_tracks(SIGNATURE, kinds)
        self._updated = self._tracks.boxes
        self._motion = REST
        self._next = 0
        self._frames = 0
        self._time: float | None = None
        self._interval = 0.0

    def update(self, time: float, seen: Seen) -> Steady:
        """Take in what was read at ``time`` and give what is to be shown."""
        self._interval = 0.0 if self._time is None else time - self._time
        self._time = time
        self._frames += 1
        looks = _Looks(seen.boxes.astype(np.float64), seen.probabilities, *signatures(seen.crops))
        first, second, alike = self._paired(looks)
        tracks = self._tracks
        _count_chances(tracks, first)
        tracks.rows[:] = -1
        tracks.rows[first] = second
        self._look(first, looks.only(second), alike)
        likely = self._likeliest(looks) >= self._confidence
        begun = np.setdiff1d(np.flatnonzero(likely), second)
        tracks = tracks.and_also(self._begin(begun, looks.only(begun)))
        # Where a film begins there is nothing to wait for.
        _label(tracks, self._confidence, AT_ONCE if self._frames > 1 else self._confidence)
        self._tracks = tracks = tracks.only(time - tracks.last <= self._patience(tracks))
        self._updated = tracks.boxes
        return self._shown(tracks)

    def carry(self, time: float, motion: Motion) -> None:
        """At ``time`` all that was seen in the last ``update`` is there still, moved like this since."""
        self._time = time
        self._tracks.boxes = motion.move(self._updated)
        self._tracks.last[self._tracks.rows >= 0] = time
        self._motion = REST

    def visible(self) -> int:
        """How many tracks were seen in the last frame."""
        return int((self._tracks.rows >= 0).sum())

    def is_settled(self) -> bool:
        """Whether there are digits, and of all that is followed enough is known, doubts included."""
        tracks = self._tracks
        believed = self._believed(tracks)
        known = believed & (tracks.unlike == 0) & (tracks.looks >= SETTLED)
        doubtful = ~believed & (tracks.chances >= SETTLED)
        return bool(believed.any() and (known | doubtful).all())

    def doubt(self) -> None:
        """Let the next look at each digit count for all: how digits are read has changed."""
        tracks = self._tracks
        for values in (tracks.weights, tracks.sharpest, tracks.looks):
            values[:] = 0
        # What is no digit any more is not shown again.
        tracks.chances[:] = LEAST_CHANCE

    def familiar(self) -> Familiar:
        """The digits that are known so well that they need not be judged anew in the next frame.

        The network is to see each again every so often, by turns.
        """
        tracks = self._tracks
        known = (tracks.labels >= 0) & (tracks.rows >= 0) & (tracks.looks >= LOOKS) & (tracks.unlike == 0)
        known &= tracks.of_label() >= WELL_KNOWN
        due = (tracks.numbers + self._frames) % TURNS == 0
        boxes = self._motion.move(tracks.boxes)
        return Familiar(boxes[known], tracks.portraits[known], tracks.means[known], due[known])

    def _paired(self, looks: _Looks) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Which track is which look, and how much they are alike; the tracks are moved with the page."""
        tracks = self._tracks
        alike = likeness(tracks.portraits, looks.portraits)
        self._motion = find_motion(tracks.boxes, looks.boxes, alike.clip(0, 1) ** 2)
        tracks.boxes = self._motion.move(tracks.boxes)
        first, second = pair(tracks.boxes, looks.boxes, alike)
        visible = tracks.rows >= 0
        again = int((visible[first] & (alike[first, second] >= UNLIKE)).sum())
        others = int((self._likeliest(looks) >= self._confidence).sum()) - again
        if again < FOUND_AGAIN * visible.sum() and others >= max(LEAST_OTHERS, again):
            self._tracks = tracks.only(first[:0])
            first, second = first[:0], second[:0]
        return first, second, alike[first, second]

    def _look(self, rows: np.ndarray, looks: _Looks, alike: np.ndarray) -> None:
        """Take in a look at each of these tracks."""
        tracks = self._tracks
        tracks.boxes[rows] = looks.boxes
        tracks.looks[rows] += 1
        other = self._is_another(rows, looks, alike)
        sure = self._likeliest(looks) >= self._confidence
        tracks.unlike[rows] = np.where(other, tracks.unlike[rows] + sure, 0)
        enough = min(TIMES_UNLIKE, max(2, round(LONG_UNLIKE / max(self._interval, 1e-3))))
        replaced = sure & (tracks.unlike[rows] >= enough)
        self._renew(rows[replaced])
        tracks.last[rows] = self._time
        # What may be another digit does not speak for this one.
        told = replaced | ~other
        _average(tracks, rows[told], looks.only(told), np.where(replaced[told], 1.0, PORTRAIT_RATE))

    def _is_another(self, rows: np.ndarray, looks: _Looks, alike: np.ndarray) -> np.ndarray:
        """Whether each look shows another digit than the track that it was paired with."""
        tracks = self._tracks
        known, now = (by_kind(p, self._kinds) for p in (tracks.means[rows], looks.probabilities))
        surest = np.minimum(known.max(1, initial=0.0), now.max(1, initial=0.0))
        least = np.where(surest >= SURE, LITTLE_UNLIKE, UNLIKE)
        otherwise = now.argmax(1) != known.argmax(1)
        return otherwise & (alike < least) & (tracks.labels[rows] >= 0)

    def _renew(self, rows: np.ndarray) -> None:
        """Another digit stands there: nothing of what was known holds for it."""
        tracks = self._tracks
        tracks.numbers[rows] = self._numbers(len(rows))
        tracks.labels[rows] = -1
        for values in (tracks.weights, tracks.sharpest, tracks.unlike):
            values[rows] = 0
        tracks.looks[rows] = tracks.chances[rows] = LOOKS

    def _begin(self, rows: np.ndarray, looks: _Looks) -> TrackTable:
        count = len(rows)
        return TrackTable(
            numbers=self._numbers(count),
            boxes=looks.boxes,
            means=looks.probabilities.astype(np.float64),
            weights=np.ones(count),
            looks=np.ones(count),
            chances=np.ones(count),
            portraits=looks.portraits,
            sharpest=looks.sharpness.astype(np.float64),
            labels=np.full(count, -1),
            last=np.full(count, self._time),
            unlike=np.zeros(count, np.int64),
            rows=rows,
            kinds=self._kinds,
        )

    def _likeliest(self, looks: _Looks) -> np.ndarray:
        """N: how likely the likeliest kind is."""
        return np.asarray(by_kind(looks.probabilities, self._kinds).max(1, initial=0.0))

    def _numbers(self, count: int) -> np.ndarray:
        self._next += count
        return np.arange(self._next - count, self._next)

    def _patience(self, tracks: TrackTable) -> np.ndarray:
        """Seconds out of sight after which a track ends: soon where it never had a label."""
        least = LEAST_FRAMES * self._interval
        return np.where(tracks.labels >= 0, max(KEPT, least), max(SHOWN, least))

    def _believed(self, tracks: TrackTable) -> np.ndarray:
        """Which tracks have a label that most chances to see it bore out: N bool."""
        often = tracks.of_label() * tracks.looks / tracks.chances >= STAYING * self._confidence
        return often & (tracks.labels >= 0)

    def _shown(self, tracks: TrackTable) -> Steady:
        shown = self._believed(tracks)
        shown &= self._time - tracks.last <= max(SHOWN, LEAST_FRAMES * self._interval)
        here = shown & (tracks.rows >= 0)
        # What is out of sight gives way to what is seen in its place.
        taken = exclude(tracks.boxes, tracks.boxes[here]).any(1)
        chosen = tracks.only(here | (shown & ~taken))
        return Steady(chosen.boxes, chosen.means, chosen.labels, chosen.numbers, chosen.rows)


def _count_chances(tracks: TrackTable, seen: np.ndarray) -> None:
    """A frame in which a track, or most of the others, are seen was a chance to see it."""
    found = np.isin(np.arange(len(tracks)), seen)
    labelled = tracks.labels >= 0
    others = found[labelled].mean() ** 2 if labelled.any() else 0.0
    tracks.chances += np.where(found, 1.0, others)


def _average(tracks: TrackTable, rows: np.ndarray, looks: _Looks, rate: np.ndarray) -> None:
    """Bring looks into the means; into what the digits look like, at the given rates."""
    sharpest = np.maximum(tracks.sharpest[rows] * (1 - FADING), looks.sharpness)
    weight = (looks.sharpness / np.maximum(sharpest, 1e-6)) ** SHARPNESS_POWER
    weight = np.maximum(weight, LEAST_WEIGHT)
    tracks.sharpest[rows] = sharpest
    tracks.weights[rows] = np.minimum(tracks.weights[rows] + weight, REMEMBERED)
    share = (weight / tracks.weights[rows])[:, None]
    tracks.means[rows] += share * (looks.probabilities - tracks.means[rows])
    blend = (1 - rate[:, None]) * tracks.portraits[rows] + rate[:, None] * looks.portraits
    tracks.portraits[rows] = blend / np.maximum(np.linalg.norm(blend, axis=1, keepdims=True), 1e-6)


def _label(tracks: TrackTable, confidence: float, at_once: float) -> None:
    """Labels with hysteresis: given when sure enough, kept until another is much surer."""
    sums = by_kind(tracks.means, tracks.kinds)
    of_best = tracks.kinds == sums.argmax(1)[:, None]
    best = np.where(of_best, tracks.means, -1.0).argmax(1)
    *_, second, first = np.partition(sums, (-2, -1), axis=1).T
    fresh = (tracks.labels < 0) & (first >= confidence) & (first - second >= LEAD)
    fresh &= (tracks.looks >= LOOKS) | (first >= at_once)
    wrong = (tracks.labels >= 0) & (first - tracks.of_label() >= OVERTAKING)
    tracks.labels = np.where(fresh | wrong, best, tracks.labels)
