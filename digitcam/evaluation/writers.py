"""What corrections are worth: errors of writers before, with some digits of each corrected, and fine-tuned.

A measure of few-shot adaptation to a writer (Connell and Jain, "Writer Adaptation for Online Handwriting
Recognition", 2002): each writer's digits are split into those that are corrected, some of each digit, and
those that are read. Which ones are corrected matters: people correct what was misread; a random choice seldom
holds the odd form that is misread now and then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
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
# Which digits are corrected: in the figures, in words, and whether what was misread comes first.
CHOICES = (("misread_first", "what was misread first", True), ("random", "at random", False))
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

    def split(self, seed: int, misread: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Rows that are corrected, up to ``EACH`` of each digit at random, and those that are read.

        Args:
            misread: N bool, what is corrected first; by default all are alike.
        """
        rng = np.random.default_rng([seed, self.number])
        order = rng.permutation(len(self.labels))
        if misread is not None:
            order = order[np.argsort(~misread[order], kind="stable")]
        rows = [order[self.labels[order] == i][:EACH] for i in range(len(LABELS))]
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


def count_errors(
    network: Classifier, writer: Writer, seed: int, misread_first: bool, tuner: Tuner | None = None
) -> Counts:
    """One writer's errors on the digits that were not corrected, before and after."""
    misread = network.predict(writer.images)[:, : len(LABELS)].argmax(1) != writer.labels
    corrected, rest = writer.split(seed, misread if misread_first else None)
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
    """The tables: errors pooled over all writers, with what was misread corrected first, and at random.

    Args:
        tuner: with it, one choice of the digits to correct instead of ``DRAWS`` of them.
    """
    draws = 1 if tuner else DRAWS
    tables, details, figures = [], [], {}
    for name, words, misread_first in CHOICES:
        progress = ProgressLine(f"writers, {words}")
        counts: dict[int, list[Counts]] = {}
        for place, writer in enumerate(writers):
            counts[writer.number] = [
                count_errors(network, writer, seed + draw, misread_first, tuner) for draw in range(draws)
            ]
            progress(place + 1, len(writers))
        title = (
            f"{len(writers)} writers, {EACH} corrections of each digit, {words} "
            f"(mean of {draws}, seed {seed})"
        )
        tables.append(_pooled(title, counts, draws, tuner is not None))
        details.append(_by_writer(f"By writer, {words}", counts, draws))
        figures[name] = {str(n): [asdict(one) for one in some] for n, some in counts.items()}
    heading = "Corrections of strangers' handwriting: errors among the digits that were not corrected"
    return Section(
        "writers", heading, tuple(tables), {"draws": draws, "seed": seed, **figures}, (), tuple(details)
    )


def _pooled(title: str, counts: dict[int, list[Counts]], draws: int, tuned: bool) -> Table:
    every = [one for some in counts.values() for one in some]
    read = sum(one.read for one in every)
    pooled = {name: sum(one.errors[name] for one in every) for name in every[0].errors}
    rows = tuple(
        (name, f"{errors / draws:.1f}", f"{read // draws:,}", *_shares(errors, pooled[BEFORE], read))
        for name, errors in pooled.items()
    )
    lost = [one.lost for one in every]
    note = f"MNIST loses {100 * float(np.mean(lost)):.3f} points a writer, {100 * max(lost):.2f} at most"
    return Table(title, ("", "errors", "digits", "share", "95 %", "fewer"), rows, note if tuned else "")


def _by_writer(title: str, counts: dict[int, list[Counts]], draws: int) -> Table:
    conditions = next(iter(counts.values()))[0].errors
    rows = tuple(
        (str(number), *(f"{sum(one.errors[name] for one in some) / draws:.1f}" for name in conditions))
        for number, some in counts.items()
    )
    return Table(title, ("writer", *conditions), rows)


def _shares(errors: int, before: int, read: int) -> tuple[str, str, str]:
    low, high = wilson_interval(errors, read)
    fewer = 1 - errors / before if before else None
    return percent(errors / read), f"{percent(low)} to {percent(high)}", percent(fewer, 0)


def load_writers(data_dir: Path) -> list[Writer]:
    """UNIPEN's held-out writers; UserError where they are not at hand."""
    from digitcam.evaluation.digit_suites import load_strangers

    images, labels, numbers = load_strangers(data_dir)
    return [
        Writer(int(number), images[numbers == number], labels[numbers == number])
        for number in np.unique(numbers)
    ]

