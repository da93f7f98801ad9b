"""Digits to numbers: rows of digits of like height with gaps of less than about a digit between them."""

from __future__ import annotations

from collections.abc import Sequence

from digitcam.types import Box, Digit, Number

# All in heights of the digits concerned.
MOST_GAP = 0.9
LEAST_SHARED_HEIGHT = 0.45
MOST_HEIGHT_RATIO = 2.2


def group(digits: Sequence[Digit]) -> tuple[Number, ...]:
    """Numbers in reading order: rows from the top, then from the left."""
    chains: list[list[int]] = []
    for i in sorted(range(len(digits)), key=lambda k: digits[k].box.x):
        best = min(
            (chain for chain in chains if _follows(digits[chain[-1]].box, digits[i].box)),
            key=lambda chain: digits[i].box.x - digits[chain[-1]].box.right,
            default=None,
        )
        if best is None:
            chains.append([i])
        else:
            best.append(i)
    numbers = [
        Number(
            "".join(digits[i].label for i in chain),
            Box.around(digits[i].box for i in chain),
            tuple(chain),
        )
        for chain in chains
    ]
    return tuple(_in_reading_order(numbers))


def _follows(left: Box, right: Box) -> bool:
    """Whether two boxes are neighbours in one number."""
    one, other = left.height, right.height
    low, high = (one, other) if one < other else (other, one)
    gap = right.x - left.x - left.width
    # Of all pairs on a page few are near each other: that is asked first.
    if not -0.5 * high <= gap <= MOST_GAP * (low + high) / 2 or high > MOST_HEIGHT_RATIO * low:
        return False
    shared = min(left.bottom, right.bottom) - max(left.y, right.y)
    return shared >= LEAST_SHARED_HEIGHT * low and right.centre[0] > left.centre[0]


def _in_reading_order(numbers: list[Number]) -> list[Number]:
    """Rows are numbers whose middles lie within each other's height."""
    rows: list[list[Number]] = []
    for number in sorted(numbers, key=lambda n: n.box.centre[1]):
        if rows and number.box.centre[1] < rows[-1][0].box.bottom:
            rows[-1].append(number)
        else:
            rows.append([number])
    return [number for row in rows for number in sorted(row, key=lambda n: n.box.x)]
