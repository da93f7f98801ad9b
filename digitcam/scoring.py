"""How well digits were read where the truth is known: one rule for the demo and for labelled photographs.

A digit counts as read when its box overlaps a true box by IoU ≥ 0.5, one to one, and the label agrees
(the matching of PASCAL VOC, Everingham et al. 2010, with the label asked for as well).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digitcam.types import Box, Digit, Truth

LEAST_IOU = 0.5
# A digit that lies mostly in an ignored box is dropped: more than this part of its own area.
IGNORED_PART = 0.5


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of digits: read rightly, claimed wrongly, and missed. Scores add up over pictures."""

    true_positive: int = 0
    false_positive: int = 0
    false_negative: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.true_positive + other.true_positive,
            self.false_positive + other.false_positive,
            self.false_negative + other.false_negative,
        )

    @property
    def asked(self) -> int:
        """How many true digits there were."""
        return self.true_positive + self.false_negative

    @property
    def recall(self) -> float:
        """The part of the true digits that was read; 1 where none was asked for."""
        return self.true_positive / self.asked if self.asked else 1.0

    @property
    def precision(self) -> float:
        """The part of the claims that was right; 1 where nothing was claimed."""
        claimed = self.true_positive + self.false_positive
        return self.true_positive / claimed if claimed else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 1 where nothing was asked for and nothing claimed."""
        total = 2 * self.true_positive + self.false_positive + self.false_negative
        return 2 * self.true_positive / total if total else 1.0

    def __str__(self) -> str:
        return (
            f"read {self.true_positive} of {self.asked} digits "
            f"({100 * self.recall:.1f} %), {self.false_positive} false"
        )


def match(digits: Sequence[Digit], truth: Sequence[Truth]) -> list[tuple[int, int]]:
    """Pairs of indices (digit, truth) with IoU ≥ 0.5, each used once at most, labels not compared.

    Greedy, the greatest IoU first. Among equals a pair whose labels agree goes first, so that two readings
    of the same place cannot turn a right answer into a wrong one by their order.
    """
    pairs = []
    for i, digit in enumerate(digits):
        for j, true in enumerate(truth):
            iou = digit.box.iou(true.box)
            if iou >= LEAST_IOU:
                pairs.append((-iou, digit.label != true.label, i, j))
    taken_digits: set[int] = set()
    taken_truth: set[int] = set()
    matched = []
    for _, _, i, j in sorted(pairs):
        if i not in taken_digits and j not in taken_truth:
            taken_digits.add(i)
            taken_truth.add(j)
            matched.append((i, j))
    return matched


def score(digits: Sequence[Digit], truth: Sequence[Truth], ignore: Iterable[Box] = ()) -> Score:
    """Count what was read rightly, claimed wrongly and missed in one picture.

    A label that disagrees with its true box is one false claim and one miss. A digit that matches no true
    box and has more than half of its area inside one box of ``ignore`` is dropped: neither asked for nor
    punished.
    """
    ignore = list(ignore)
    matched = match(digits, truth)
    right = sum(digits[i].label == truth[j].label for i, j in matched)
    at_a_truth = {i for i, _ in matched}
    dropped = sum(
        any(digit.box.overlap(box) > IGNORED_PART * digit.box.area for box in ignore)
        for i, digit in enumerate(digits)
        if i not in at_a_truth
    )
    return Score(right, len(digits) - right - dropped, len(truth) - right)
