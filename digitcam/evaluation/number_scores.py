"""Numbers that were read against those that stand there, one by one and added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from digitcam.metrics import wilson_interval
from digitcam.scoring import LEAST_IOU, match
from digitcam.types import SIGNS, Box, Number, NumberTruth, Reading, Sign, Truth

# A sign is where it should be when its middle lies in the true box grown by this much of its longer side, and
# by this many pixels: of a dot three pixels wide no two people draw the same box.
GROWN, SPARE = 0.25, 2.0


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    right: int = 0
    total: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.right + other.right, self.total + other.total)

    @property
    def value(self) -> float | None:
        return self.right / self.total if self.total else None

    def to_json(self) -> dict[str, object]:
        low, high = wilson_interval(self.right, self.total)
        value = self.value
        return {
            "right": self.right,
            "total": self.total,
            "share": None if value is None else round(value, 6),
            "interval": [round(low, 6), round(high, 6)],
        }


@dataclass(frozen=True, slots=True)
class NumberScore:
    """The counts of one picture, or of several.

    Attributes:
        exact: true numbers with a reading of the same text, boxes overlapping by IoU ≥ 0.5, one to one.
        signed: the same of those that hold a sign.
        put_together: the same of those whose digits were all read right: the rest is grouping and signs.
        digits: true digits read right.
        false: numbers read that are none of the true ones.
        found, claimed: of each of ``SIGNS`` the true ones that were read, and the read ones that are true.
    """

    exact: Share = Share()
    signed: Share = Share()
    put_together: Share = Share()
    digits: Share = Share()
    false: int = 0
    found: tuple[Share, ...] = field(default=(Share(),) * len(SIGNS))
    claimed: tuple[Share, ...] = field(default=(Share(),) * len(SIGNS))

    def __add__(self, other: NumberScore) -> NumberScore:
        return NumberScore(
            self.exact + other.exact,
            self.signed + other.signed,
            self.put_together + other.put_together,
            self.digits + other.digits,
            self.false + other.false,
            tuple(a + b for a, b in zip(self.found, other.found, strict=True)),
            tuple(a + b for a, b in zip(self.claimed, other.claimed, strict=True)),
        )

    def to_json(self) -> dict[str, object]:
        return {
            "exact": self.exact.to_json(),
            "exact_with_signs": self.signed.to_json(),
            "exact_where_digits_are_right": self.put_together.to_json(),
            "digits": self.digits.to_json(),
            "false": self.false,
            "signs": {
                sign: {"recall": found.to_json(), "precision": claimed.to_json()}
                for sign, found, claimed in zip(SIGNS, self.found, self.claimed, strict=True)
            },
        }


@dataclass(frozen=True, slots=True)
class WrongNumber:
    """A true number that was not read exactly: what was read there, and whether its digits were right."""

    truth: NumberTruth
    read: tuple[Number, ...]
    digits_right: bool


def score_numbers(
    reading: Reading, digits: Sequence[Truth], numbers: Sequence[NumberTruth], signs: Sequence[Sign]
) -> tuple[NumberScore, tuple[WrongNumber, ...]]:
    """Compare a reading with everything that is known of its picture."""
    read = {j for i, j in match(reading.digits, digits) if reading.digits[i].label == digits[j].label}
    exact = _exact(reading.numbers, numbers)
    whole = {k for k, number in enumerate(numbers) if _digits_of(number, digits) <= read}
    signed = {k for k, number in enumerate(numbers) if not number.text.isdigit()}
    right = set(exact.values())
    # A dash between two numbers is found, but stands in neither.
    used = [reading.signs[i] for number in reading.numbers for i in number.signs]
    found, claimed = _signs(used, signs)
    wrong = tuple(
        WrongNumber(number, tuple(n for n in reading.numbers if n.box.overlap(number.box)), k in whole)
        for k, number in enumerate(numbers)
        if k not in right
    )
    score = NumberScore(
        Share(len(right), len(numbers)),
        Share(len(right & signed), len(signed)),
        Share(len(right & whole), len(whole)),
        Share(len(read), len(digits)),
        len(reading.numbers) - len(exact),
        found,
        claimed,
    )
    return score, wrong


def _exact(read: Sequence[Number], numbers: Sequence[NumberTruth]) -> dict[int, int]:
    """Which reading is which true number, the nearest first."""
    pairs = [
        (-number.box.iou(true.box), i, k)
        for i, number in enumerate(read)
        for k, true in enumerate(numbers)
        if number.text == true.text and number.box.iou(true.box) >= LEAST_IOU
    ]
    found: dict[int, int] = {}
    for _, i, k in sorted(pairs):
        if i not in found and k not in found.values():
            found[i] = k
    return found


def _digits_of(number: NumberTruth, digits: Sequence[Truth]) -> set[int]:
    """The true digits of a true number: those that lie mostly in its box."""
    return {j for j, digit in enumerate(digits) if digit.box.overlap(number.box) > digit.box.area / 2}


def _signs(read: Sequence[Sign], true: Sequence[Sign]) -> tuple[tuple[Share, ...], tuple[Share, ...]]:
    taken: set[int] = set()
    hits = []
    for sign in read:
        same = (j for j, other in enumerate(true) if j not in taken and other.text == sign.text)
        hit = next((j for j in same if _at(sign.box, true[j].box)), None)
        if hit is not None:
            taken.add(hit)
        hits.append(hit is not None)
    found = tuple(
        Share(sum(true[j].text == text for j in taken), sum(s.text == text for s in true)) for text in SIGNS
    )
    claimed = tuple(
        Share(
            sum(hit for hit, sign in zip(hits, read, strict=True) if sign.text == text),
            sum(sign.text == text for sign in read),
        )
        for text in SIGNS
    )
    return found, claimed


def _at(box: Box, true: Box) -> bool:
    """Whether a sign's box lies where the true one is."""
    spare = GROWN * max(true.width, true.height) + SPARE
    x, y = box.centre
    return true.x - spare <= x <= true.right + spare and true.y - spare <= y <= true.bottom + spare
