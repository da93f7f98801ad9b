"""Whole pictures: what was read against what stands there, one by one and added up."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from digitcam.metrics import calibration
from digitcam.scoring import IGNORED_PART, LEAST_IOU, Score, match, score
from digitcam.types import Box, Digit, Evidence, Frame, Reading, Truth


class PictureReader(Protocol):
    """What is asked of a reader here."""

    def read(self, frame: Frame) -> Reading: ...


@dataclass(frozen=True, slots=True)
class Labelled:
    """What is known of one picture; boxes are in its own pixels.

    Attributes:
        name: the picture's file, or what it is called.
        kind: photo, scan, drawn, negative, or a kind of generated page.
        source: whom the picture is from: pictures of one source resemble each other.
        truth: the digits in it.
        ignore: places neither asked for nor punished.
        distractors: handwritten signs that are no digits.
        lettered: print or handwriting without digits to read is in the picture (told of negatives).
        texts: the words and numbers in it; none where they are not asked for.
    """

    name: str
    kind: str
    source: str
    truth: tuple[Truth, ...] = ()
    ignore: tuple[Box, ...] = ()
    distractors: tuple[Box, ...] = ()
    lettered: bool = False
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Each reading of a picture judged: the same rule as ``digitcam.scoring.score``, told one by one.

    Attributes:
        right, false, dropped: the readings; a dropped one lies in an ignored place.
        missed: the true digits that were not read.
        misread: the false readings that stand at a true digit, each with that one, which is missed, too.
    """

    right: tuple[Digit, ...]
    false: tuple[Digit, ...]
    dropped: tuple[Digit, ...]
    missed: tuple[Truth, ...]
    misread: tuple[tuple[Digit, Truth], ...]


@dataclass(frozen=True, slots=True)
class PictureScore:
    """The counts of one picture.

    Attributes:
        labelled: the picture.
        score: true and false positives, false negatives.
        proposed: true boxes that some candidate overlaps by IoU ≥ 0.5; None without evidence.
        distractors_hit: distractors with a false label on them.
        answers: confidence of each reading that counts, and whether it is right.
        ms: what the reading took in all, None where it was not measured.
        texts_right: words and numbers that were read as they stand there.
    """

    labelled: Labelled
    score: Score
    proposed: int | None
    distractors_hit: int
    answers: tuple[tuple[float, bool], ...]
    ms: float | None
    texts_right: int = 0

    @property
    def labels(self) -> int:
        """Readings that count."""
        return len(self.answers)


@dataclass(frozen=True, slots=True)
class Summary:
    """Pictures added up; shares are None where there is nothing to share out.

    Attributes:
        mean_over_sources: the mean of each source's F1, sources without digits left out.
        proposed: part of the true boxes that some candidate overlaps by IoU ≥ 0.5.
        calibration_error: of the readings' confidences, 15 bins.
        ms: the median picture's milliseconds.
        texts, texts_right: words and numbers asked for, and those read as they stand there.
    """

    pictures: int
    score: Score
    mean_over_sources: float | None
    proposed: float | None
    labels: int
    distractors: int
    distractors_hit: int
    calibration_error: float | None
    ms: float | None
    texts: int = 0
    texts_right: int = 0

    def to_json(self) -> dict[str, object]:
        return {
            "pictures": self.pictures,
            "digits": self.score.asked,
            "true_positive": self.score.true_positive,
            "false_positive": self.score.false_positive,
            "false_negative": self.score.false_negative,
            "precision": round(self.score.precision, 6),
            "recall": round(self.score.recall, 6),
            "f1": round(self.score.f1, 6),
            "f1_mean_over_sources": _rounded(self.mean_over_sources),
            "candidate_recall": _rounded(self.proposed),
            "labels": self.labels,
            "distractors": self.distractors,
            "distractors_hit": self.distractors_hit,
            "calibration_error": _rounded(self.calibration_error),
            "ms_median": None if self.ms is None else round(self.ms, 3),
            "texts": self.texts,
            "texts_right": self.texts_right,
        }


def judge(digits: Sequence[Digit], truth: Sequence[Truth], ignore: Iterable[Box] = ()) -> Verdict:
    """Which readings are right, false or dropped, and which true digits were missed."""
    ignore = list(ignore)
    pairs = match(digits, truth)
    right = {i: j for i, j in pairs if digits[i].label == truth[j].label}
    matched = {i for i, _ in pairs}
    dropped = {
        i
        for i, digit in enumerate(digits)
        if i not in matched and any(digit.box.overlap(box) > IGNORED_PART * digit.box.area for box in ignore)
    }
    read = set(right.values())
    return Verdict(
        tuple(digits[i] for i in right),
        tuple(d for i, d in enumerate(digits) if i not in right and i not in dropped),
        tuple(digits[i] for i in sorted(dropped)),
        tuple(true for j, true in enumerate(truth) if j not in read),
        tuple((digits[i], truth[j]) for i, j in pairs if i not in right),
    )


def overlapped(truth: Sequence[Box], boxes: Sequence[Box]) -> int:
    """How many boxes of ``truth`` have one of ``boxes`` over them by IoU ≥ 0.5."""
    if not truth or not boxes:
        return 0
    a = np.array([[b.x, b.y, b.right, b.bottom] for b in truth], dtype=np.int64)[:, None]
    b = np.array([[b.x, b.y, b.right, b.bottom] for b in boxes], dtype=np.int64)[None]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    shared = np.prod(np.maximum(sides, 0), axis=-1)
    areas = [np.prod(c[..., 2:] - c[..., :2], axis=-1) for c in (a, b)]
    return int((shared >= LEAST_IOU * (areas[0] + areas[1] - shared)).any(axis=1).sum())


def score_picture(
    reader: PictureReader, frame: Frame, labelled: Labelled
) -> tuple[PictureScore, Verdict, Evidence | None]:
    """Read ``frame``, compare with what is known of it, and tell what the reading was made from."""
    reading = reader.read(frame)
    verdict = judge(reading.digits, labelled.truth, labelled.ignore)
    evidence = reading.evidence
    answers = [(d.confidence, True) for d in verdict.right] + [(d.confidence, False) for d in verdict.false]
    result = PictureScore(
        labelled,
        score(reading.digits, labelled.truth, labelled.ignore),
        None if evidence is None else overlapped([t.box for t in labelled.truth], evidence.boxes),
        sum(any(_hits(d.box, sign) for d in verdict.false) for sign in labelled.distractors),
        tuple(answers),
        reading.ms.get("total"),
        (Counter(labelled.texts) & Counter(number.text for number in reading.numbers)).total(),
    )
    return result, verdict, evidence


def _hits(label: Box, sign: Box) -> bool:
    """Whether a false label is meant for this sign: it lies on it, or mostly inside it."""
    return label.iou(sign) >= LEAST_IOU or label.overlap(sign) > label.area / 2


def summarise(pictures: Sequence[PictureScore]) -> Summary:
    """Add the counts of ``pictures`` up."""
    by_source: dict[str, Score] = {}
    for picture in pictures:
        source = picture.labelled.source
        by_source[source] = by_source.get(source, Score()) + picture.score
    with_digits = [s.f1 for s in by_source.values() if s.asked]
    total = sum((p.score for p in pictures), Score())
    proposed = [p.proposed for p in pictures if p.proposed is not None]
    complete = len(proposed) == len(pictures) and total.asked > 0
    answers = np.array([answer for p in pictures for answer in p.answers]).reshape(-1, 2)
    times = [p.ms for p in pictures if p.ms is not None]
    return Summary(
        len(pictures),
        total,
        statistics.fmean(with_digits) if with_digits else None,
        sum(proposed) / total.asked if complete else None,
        len(answers),
        sum(len(p.labelled.distractors) for p in pictures),
        sum(p.distractors_hit for p in pictures),
        calibration(answers[:, 0], answers[:, 1]).error if len(answers) else None,
        statistics.median(times) if times else None,
        sum(len(p.labelled.texts) for p in pictures),
        sum(p.texts_right for p in pictures),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
