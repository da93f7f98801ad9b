"""Digits and signs to numbers: rows in the text's own direction, parted where the writer parts them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digitcam.rows import Rows, find_rows, turned
from digitcam.types import Box, Digit, Number, Sign

# All gaps are in digit heights. Those up to the first are seen as the writer's own between the digits of a
# number; so many of the second are imagined besides, for a page may have few.
OWN = 0.7
IMAGINED, USUAL = 3, 0.25
# Numbers are parted where a gap is this much wider than the writer's own, and so many times it, give or take.
WIDER, TIMES, DOUBT = 0.38, 1.1, 0.22
# The parting lies where few gaps are near: a gap counts as near within this distance.
NEAR = 0.09
PARTINGS = np.arange(0.3, 1.4, 0.02)
# A sign stands between two digits up to this far apart.
SIGN_REACH = 1.9
# A minus stands at its number: what comes before it is this many times further away.
APART = 1.4
# Numbers stand in one row where they lie within each other's heights by this share.
IN_ROW = 0.55


def group(digits: Sequence[Digit], signs: Sequence[Sign] = ()) -> tuple[Number, ...]:
    """Numbers in reading order: rows from the top, each from left to right.

    A point, comma or colon between two digits joins them, a dash between them parts them; it is a minus where
    what stands before it is further away than the number after it.

    Args:
        digits: that do not overlap.
        signs: of the same picture, in any order.
    """
    if not digits:
        return ()
    boxes = np.array([digit.box.as_list() for digit in digits], np.float64)
    rows = find_rows(boxes)
    joined = (rows.after <= parting(rows.after[np.isfinite(rows.after)])) & (rows.following >= 0)
    between, before = _placed(signs, rows, joined)
    following = rows.following.tolist()
    numbers = []
    for chain in rows.chains():
        start = 0
        for end in range(1, len(chain) + 1):
            if end == len(chain) or not joined[chain[end - 1]]:
                numbers.append(_number(chain[start:end], digits, between, before))
                start = end
    del following
    return tuple(_in_reading_order(numbers, rows))


def parting(gaps: np.ndarray) -> float:
    """The gap from which on two digits belong to two numbers, from all gaps between neighbours on the page.

    The valley between the gaps within numbers and those between them, looked for around what the writer's own
    gaps let expect; it moves little when a gap changes a little.
    """
    own = gaps[gaps <= OWN]
    usual = (own.sum() + IMAGINED * USUAL) / (len(own) + IMAGINED)
    expected = WIDER + TIMES * max(usual, 0.0)
    crowd = np.exp(-0.5 * ((PARTINGS[:, None] - gaps[None]) / NEAR) ** 2).sum(1)
    cost = crowd + 0.5 * ((PARTINGS - expected) / DOUBT) ** 2
    return float(PARTINGS[cost.argmin()])


Placed = dict[int, Sign]


def _placed(signs: Sequence[Sign], rows: Rows, joined: np.ndarray) -> tuple[Placed, Placed]:
    """The signs after a digit of a number, and those before its first; ``joined`` is changed by them.

    Args:
        joined: N, whether a digit and the next one belong together.
    """
    between: Placed = {}
    before: Placed = {}
    preceding = rows.preceding
    for sign in signs:
        x, y = sign.box.centre
        along, across = turned(np.array(x), np.array(y), rows.angle)
        left, right = _neighbours(float(along), float(across), rows, preceding)
        if sign.text == "-":
            if right is None:
                continue
            if left is not None:
                joined[left] = False
            width = max(sign.box.width, 1)
            after = rows.along[right] - rows.width[right] / 2 - along - width / 2
            room = (
                along - width / 2 - rows.along[left] - rows.width[left] / 2 if left is not None else np.inf
            )
            if room > APART * max(after, 0.0) + 0.1 * rows.height[right]:
                before[right] = sign
        elif left is not None and right is not None and rows.after[left] <= SIGN_REACH:
            joined[left] = True
            between[left] = sign
    return between, before


def _neighbours(
    along: float, across: float, rows: Rows, preceding: np.ndarray
) -> tuple[int | None, int | None]:
    """The digits of one row that stand left and right of a place."""
    ahead = rows.along - along
    near = np.abs(rows.across - across) <= 0.75 * rows.height
    right = np.flatnonzero(near & (ahead > 0) & (ahead <= 2 * rows.height))
    if not len(right):
        return None, None
    first = int(right[ahead[right].argmin()])
    left = int(preceding[first])
    return (left if left >= 0 else None), first


def _number(chain: list[int], digits: Sequence[Digit], between: Placed, before: Placed) -> Number:
    text, boxes = "", [digits[i].box for i in chain]
    if chain[0] in before:
        text += before[chain[0]].text
        boxes.append(before[chain[0]].box)
    for i in chain:
        text += digits[i].label
        if i in between and i != chain[-1]:
            text += between[i].text
            boxes.append(between[i].box)
    return Number(text, Box.around(boxes), tuple(chain))


def _in_reading_order(numbers: list[Number], rows: Rows) -> list[Number]:
    """Rows are followed from number to number, so that they may climb or fall across the page."""
    lines: list[list[tuple[float, float, float, Number]]] = []
    places = []
    for number in numbers:
        chain = list(number.digits)
        ends = rows.along[chain[0]], rows.across[chain[0]], rows.across[chain[-1]]
        places.append((*(float(v) for v in ends), float(rows.height[chain].mean()), number))
    for along, first, last, height, number in sorted(places, key=lambda place: place[0]):
        near = [(abs(line[-1][2] - first), k) for k, line in enumerate(lines)]
        distance, k = min(near, default=(np.inf, -1))
        if distance <= IN_ROW * height:
            lines[k].append((along, first, last, number))
        else:
            lines.append([(along, first, last, number)])
    lines.sort(key=lambda line: sum(first + last for _, first, last, _ in line) / len(line))
    return [number for line in lines for *_, number in line]
