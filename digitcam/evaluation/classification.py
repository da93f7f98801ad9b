"""Single digits, 28×28: what a network answers, and the figures that follow from it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from digitcam.metrics import (
    Calibration,
    DigitFigures,
    calibration,
    confusion_matrix,
    per_digit,
    wilson_interval,
)
from digitcam.types import LABELS

# About as many as a full frame holds, and a size that networks are run at without padding.
BATCH = 64

Progress = Callable[[int, int], None]


class Classifier(Protocol):
    """What is asked of a network here."""

    @property
    def classes(self) -> tuple[str, ...]: ...

    def predict(self, crops: np.ndarray) -> np.ndarray: ...


@dataclass(frozen=True, eq=False)
class Answers:
    """A network's answers to N digits whose truth is known.

    Attributes:
        truth: N, uint8, 0 to 9.
        answer: N, int64, the digit with the greatest of the ten probabilities.
        confidence: N, float64, that probability.
        share: N, float64, that probability as a part of all ten: sure of which digit, if it is one.
        accepted: N, bool, whether the answer would be taken for a digit at ``conf``.
        conf: the least confidence of an accepted answer.
        ms_per_digit: wall-clock milliseconds, in batches of ``BATCH``.
    """

    truth: np.ndarray
    answer: np.ndarray
    confidence: np.ndarray
    share: np.ndarray
    accepted: np.ndarray
    conf: float
    ms_per_digit: float

    @property
    def total(self) -> int:
        return len(self.truth)

    @cached_property
    def right(self) -> np.ndarray:
        """N, bool."""
        return self.answer == self.truth

    @property
    def wrong(self) -> np.ndarray:
        """Indices of the wrong answers, the surest first: those are the ones worth looking at."""
        wrong = np.flatnonzero(~self.right)
        return wrong[np.argsort(-self.confidence[wrong], kind="stable")]

    @property
    def accuracy(self) -> float:
        """The part answered rightly, accepted or not; 0 where nothing was asked."""
        return float(self.right.mean()) if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The accuracy's 95 % interval."""
        return wilson_interval(int(self.right.sum()), self.total)

    @property
    def accepted_share(self) -> float:
        return float(self.accepted.mean()) if self.total else 0.0

    @property
    def accepted_accuracy(self) -> float | None:
        """The part of the accepted answers that is right; None where none was accepted."""
        return float(self.right[self.accepted].mean()) if self.accepted.any() else None

    @cached_property
    def matrix(self) -> np.ndarray:
        return confusion_matrix(self.truth, self.answer)

    @cached_property
    def digits(self) -> tuple[DigitFigures, ...]:
        return per_digit(self.matrix)

    @cached_property
    def calibration(self) -> Calibration:
        return calibration(self.confidence, self.right)

    @property
    def share_error(self) -> float:
        """The calibration error of ``share``: what the doubt whether it is a digit does not explain."""
        return calibration(self.share, self.right).error

    def to_json(self, details: bool = True) -> dict[str, object]:
        """Plain figures; with ``details`` also per digit, the matrix, the bins and every wrong answer."""
        accepted_accuracy = self.accepted_accuracy
        figures: dict[str, object] = {
            "digits": self.total,
            "wrong": int(self.total - self.right.sum()),
            "accuracy": round(self.accuracy, 6),
            "interval_95": [round(end, 6) for end in self.interval],
            "calibration_error": round(self.calibration.error, 6),
            "calibration_error_among_ten": round(self.share_error, 6),
            "conf": self.conf,
            "accepted": round(self.accepted_share, 6),
            "accuracy_of_accepted": None if accepted_accuracy is None else round(accepted_accuracy, 6),
            "ms_per_digit": round(self.ms_per_digit, 4),
        }
        if details:
            figures["per_digit"] = [asdict(row) for row in self.digits]
            figures["confusion"] = self.matrix.tolist()
            figures["calibration"] = asdict(self.calibration)
            figures["wrong_answers"] = [
                {
                    "index": int(i),
                    "truth": int(self.truth[i]),
                    "answer": int(self.answer[i]),
                    "confidence": round(float(self.confidence[i]), 6),
                    "accepted": bool(self.accepted[i]),
                }
                for i in self.wrong
            ]
        return figures


def predict_all(
    classifier: Classifier, images: np.ndarray, progress: Progress | None = None
) -> tuple[np.ndarray, float]:
    """Probabilities for every image, the last short batch included, and milliseconds per image.

    Args:
        classifier: the network.
        images: N×28×28, uint8.
        progress: called with (done, N) after each batch.

    Returns:
        N×K float64 in the order of ``classifier.classes``, and the time. Each size of batch is run once
        before, untimed, because its first call allocates.
    """
    if not len(images):
        return np.zeros((0, len(classifier.classes))), 0.0
    for size in {min(BATCH, len(images)), len(images) % BATCH or BATCH}:
        classifier.predict(images[:size])
    parts: list[np.ndarray] = []
    seconds = 0.0
    for first in range(0, len(images), BATCH):
        batch = images[first : first + BATCH]
        begin = time.perf_counter()
        parts.append(np.asarray(classifier.predict(batch), dtype=np.float64))
        seconds += time.perf_counter() - begin
        if progress:
            progress(first + len(batch), len(images))
    return np.concatenate(parts), 1000 * seconds / len(images)


def judge_answers(
    probabilities: np.ndarray, classes: tuple[str, ...], truth: np.ndarray, conf: float, ms_per_digit: float
) -> Answers:
    """Answers from N×K probabilities.

    The answer is the argmax over the ten digits, whatever "not a digit" says. It is accepted when its
    probability reaches ``conf``, as it is for the reader: the two questions are kept apart.
    """
    digits = probabilities[:, [classes.index(label) for label in LABELS]]
    answer = digits.argmax(axis=1) if len(digits) else np.zeros(0, dtype=np.int64)
    confidence = digits.max(axis=1) if len(digits) else np.zeros(0)
    share = confidence / np.maximum(digits.sum(axis=1), np.finfo(np.float64).tiny)
    return Answers(truth, answer, confidence, np.minimum(share, 1), confidence >= conf, conf, ms_per_digit)


def measure_digits(
    classifier: Classifier,
    images: np.ndarray,
    truth: np.ndarray,
    conf: float,
    progress: Progress | None = None,
) -> Answers:
    """Ask ``classifier`` about N×28×28 uint8 ``images`` whose digits ``truth`` (N) are known."""
    probabilities, ms_per_digit = predict_all(classifier, images, progress)
    return judge_answers(probabilities, tuple(classifier.classes), truth, conf, ms_per_digit)
