"""What corrections are worth: errors of writers before, with some digits of each corrected, and fine-tuned.

A measure of few-shot adaptation to a writer (Connell and Jain, "Writer Adaptation for Online Handwriting
Recognition", 2002): each writer's digits are split at random into those that are corrected, some of each
digit, and those that are read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from digitcam.classifier import Classifier
from digitcam.corrected import Corrected
from digitcam.corrections.correction import SURROUNDINGS, Correction
from digitcam.corrections.hand import Hand
from digitcam.evaluation.progress import ProgressLine
from digitcam.evaluation.report import Section
from digitcam.evaluation.tables import Table, percent
from digitcam.metrics import wilson_interval
from digitcam.types import LABELS, Box
from digitcam.typical import Typical

# Digits of each kind that are corrected, and random choices of them without fine-tuning.
EACH, DRAWS = 3, 5
BEFORE, AT_ONCE, TUNED, TUNED_ALONE = "before", "at once", "fine-tuned", "fine-tuned, network alone"


class Tuned(NamedTuple):
    """A network that has learnt a writer's corrections, typical digits as it sees them, and what it has lost.

    ``lost`` is the share of MNIST's test set that is not read right any more; negative where it is more.
    """

    network: Classifier
    typical: Typical
    lost: float


# Makes one of N×28×28 uint8 crops and N labels.
Tuner = Callable[[np.ndarray, np.ndarray], Tuned]


@dataclass(frozen=True, slots=True, eq=False)
class Writer:
    """One writer's digits: N×28×28 uint8 and N labels."""

    number: int
    images: np.ndarray
    labels: np.ndarray

    def split(self, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows that are corrected, up to ``EACH`` of each digit, and those that are read."""
        rng = np.random.default_rng([seed, self.number])
        rows = [rng.permutation(np.flatnonzero(self.labels == i))[:EACH] for i in range(len(LABELS))]
        corrected = np.sort(np.concatenate(rows))
        return corrected, np.setdiff1d(np.arange(len(self.labels)), corrected)


@dataclass(frozen=True, slots=True)
class Counts:
    """Over some writers: digits that were read, errors among them by condition, and what MNIST has lost."""

    read: int
    errors: dict[str, int]
    lost: float = 0.0


def corrections_of(images: np.ndarray, labels: np.ndarray) -> list[Correction]:
    """Crops and what they are said to be, as if they had been corrected in a window."""
    nothing = np.zeros((SURROUNDINGS, SURROUNDINGS, 3), np.uint8)
    return [
        Correction(image, nothing, Box(0, 0, 1, 1), int(label), int(label), 0.0, "")
        for image, label in zip(images, labels, strict=True)
    ]


def count_errors(network: Classifier, writer: Writer, seed: int, tuner: Tuner | None = None) -> Counts:
    """One writer's errors on the digits that were not corrected, before and after."""
    corrected, rest = writer.split(seed)
    images, labels = writer.images[corrected], writer.labels[corrected]
    hand = Hand(corrections_of(images, labels))

    def errors(answers: np.ndarray) -> int:
        return int((answers[:, : len(LABELS)].argmax(1) != writer.labels[rest]).sum())

    counted = {
        BEFORE: errors(network.predict(writer.images[rest])),
        AT_ONCE: errors(Corrected(network, hand).predict(writer.images[rest])),
    }
    if tuner is None:
        return Counts(len(rest), counted)
    tuned = tuner(images, labels)
    counted[TUNED_ALONE] = errors(tuned.network.predict(writer.images[rest]))
    # As the window does it: the personal model with the corrections still at hand.
    heeding = Corrected(tuned.network, hand, tuned.typical)
    counted[TUNED] = errors(heeding.predict(writer.images[rest]))
    return Counts(len(rest), counted, tuned.lost)


def measure_writers(
    network: Classifier, writers: Sequence[Writer], seed: int, tuner: Tuner | None = None
) -> Section:
    """The table: errors pooled over all writers, and by writer.

    Args:
        tuner: with it, one random choice of the digits to correct instead of ``DRAWS`` of them.
    """
    draws = 1 if tuner else DRAWS
    progress = ProgressLine("writers")
    counts: dict[int, list[Counts]] = {}
    for place, writer in enumerate(writers):
        counts[writer.number] = [count_errors(network, writer, seed + d, tuner) for d in range(draws)]
        progress(place + 1, len(writers))
    every = [one for some in counts.values() for one in some]
    conditions = tuple(every[0].errors)
    read = sum(one.read for one in every)
    pooled = {name: sum(one.errors[name] for one in every) for name in conditions}
    title = (
        f"{len(writers)} writers, {EACH} corrections of each digit ({draws} random "
        f"choice{'s' if draws > 1 else ''}, seed {seed}), the digits that were not corrected"
    )
    rows = tuple(
        (name, f"{pooled[name] / draws:.1f}", f"{read // draws:,}", *_shares(pooled, name, read))
        for name in conditions
    )
    lost = [one.lost for one in every]
    note = f"MNIST loses {100 * float(np.mean(lost)):.3f} points a writer, {100 * max(lost):.2f} at most"
    by_writer = tuple(
        (str(number), *(f"{sum(one.errors[name] for one in some) / draws:.1f}" for name in conditions))
        for number, some in counts.items()
    )
    return Section(
        "writers",
        "Corrections of strangers' handwriting",
        (Table(title, ("", "errors", "digits", "share", "95 %", "fewer"), rows, note if tuner else ""),),
        {
            "draws": draws,
            "seed": seed,
            "read": read,
            "errors": pooled,
            "mnist_lost": lost if tuner else None,
            "writers": {str(n): [one.errors for one in some] for n, some in counts.items()},
        },
        (),
        (Table("By writer", ("writer", *conditions), by_writer),),
    )


def _shares(pooled: dict[str, int], name: str, read: int) -> tuple[str, str, str]:
    low, high = wilson_interval(pooled[name], read)
    fewer = 1 - pooled[name] / pooled[BEFORE] if pooled[BEFORE] else None
    return percent(pooled[name] / read), f"{percent(low)} to {percent(high)}", percent(fewer, 0)


def load_writers(data_dir: Path) -> list[Writer]:
    """UNIPEN's held-out writers; UserError where they are not at hand."""
    from digitcam.evaluation.digit_suites import load_strangers

    images, labels, numbers = load_strangers(data_dir)
    return [
        Writer(int(number), images[numbers == number], labels[numbers == number])
        for number in np.unique(numbers)
    ]

