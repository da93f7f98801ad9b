"""Digits and signs to numbers: rows in the text's own direction, parted where the writer parts them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from digitcam.rows import Rows, find_rows, turned
from digitcam.types import Box, Digit, Number, Sign

# All gaps are in digit heights. Of those up to the first, which part numbers in part, this quantile is taken
# for the writer's own between two digits; so many usual ones are imagined besides, for a page may have few.
OWN, TYPICAL = 0.7, 0.35
IMAGINED, USUAL = 3, 0.25
# Numbers are parted where a gap is this much wider than the writer's own, and so many times it, give or take.
WIDER, TIMES, DOUBT = 0.38, 1.1, 0.22
# The parting lies where few gaps are near: a gap counts as near within this distance.
NEAR = 0.07
PARTINGS = np.arange(0.3, 1.4, 0.02)
# A sign stands at most so far after the digit on its left, its middle so far before the middle of the one on
# its right, so far below the digits' middles, and so far from there at most.
SIGN_BESIDE, SIGN_AHEAD = 0.9, 2.2
SIGN_LEVEL = {".": 0.45, ",": 0.55, ":": 0.0, "-": 0.0}
SIGN_OFF = 0.6
# A minus stands at its number: what comes before it is this many times further away, and this much more.
APART, FURTHER = 1.2, 0.1
MINUS = "-"
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
    rows = find_rows(np.array([digit.box.as_list() for digit in digits], np.float64))
    gaps = _gaps_of(signs, rows)
    joined = _joined(signs, gaps, rows)
    minus = {gap.right: gap.sign for gap in gaps if signs[gap.sign].text == MINUS and _at_its_number(gap)}
    between = {gap.left: gap.sign for gap in gaps if signs[gap.sign].text != MINUS}
    numbers = []
    for chain in rows.chains():
        ends = [k for k in range(1, len(chain)) if not joined[chain[k - 1]]]
        for start, end in itertools.pairwise([0, *ends, len(chain)]):
            own = chain[start:end]
            after = [between.get(i) for i in own[:-1]]
            numbers.append(_number(own, minus.get(own[0]), after, digits, signs))
    return tuple(_in_reading_order(numbers, rows))


class _Gap(NamedTuple):
    """Where a sign stands: its index, the digits beside it (-1 for none), the gaps to them in heights."""

    sign: int
    left: int
    right: int
    from_left: float
    to_right: float


def _gaps_of(signs: Sequence[Sign], rows: Rows) -> list[_Gap]:
    """The gaps that hold a sign; a sign far from every digit is in none."""
    if not signs:
        return []
    boxes = np.array([sign.box.as_list() for sign in signs], np.float64)
    x, y, width, height = boxes.T
    along, across = turned(x + width / 2, y + height / 2, rows.angle)
    level = np.array([SIGN_LEVEL[sign.text] for sign in signs])[:, None]
    ahead = (rows.along - along[:, None]) / rows.height
    off = np.abs((across[:, None] - rows.across) / rows.height - level)
    near = (ahead > 0) & (ahead <= SIGN_AHEAD) & (off <= SIGN_OFF)
    far = np.where(near, ahead + 2 * off, np.inf)
    preceding, edge = rows.preceding, rows.width / 2
    found = []
    for sign in np.flatnonzero(near.any(1)).tolist():
        right = int(far[sign].argmin())
        left = int(preceding[right])
        half = width[sign] / 2
        to_right = (rows.along[right] - edge[right] - along[sign] - half) / rows.height[right]
        from_left = np.inf
        if left >= 0:
            from_left = (along[sign] - half - rows.along[left] - edge[left]) / rows.height[left]
        if signs[sign].text == MINUS or (left >= 0 and from_left <= SIGN_BESIDE):
            found.append(_Gap(sign, left, right, float(from_left), float(to_right)))
    return found


def _at_its_number(gap: _Gap) -> bool:
    """Whether a dash is the minus of the number after it: what stands before it is further away."""
    return gap.from_left >= APART * max(gap.to_right, 0.0) + FURTHER


def _joined(signs: Sequence[Sign], gaps: list[_Gap], rows: Rows) -> np.ndarray:
    """N bool, whether a digit and the next one belong to one number."""
    signed = np.zeros(len(rows.after), bool)
    signed[[gap.left for gap in gaps if gap.left >= 0]] = True
    bare = (rows.following >= 0) & ~signed
    joined = bare & (rows.after <= parting(rows.after[bare]))
    for gap in gaps:
        if gap.left >= 0:
            joined[gap.left] = signs[gap.sign].text != MINUS
    return joined


def parting(gaps: np.ndarray) -> float:
    """The gap from which on two digits belong to two numbers, from all gaps between neighbours on the page.

    The valley between the gaps within numbers and those between them, looked for around what the writer's own
    gaps let expect; it moves little when a gap changes a little.
    """
    own = np.sort(gaps[gaps <= OWN])
    typical = float(own[int(TYPICAL * len(own))]) if len(own) else USUAL
    usual = (len(own) * typical + IMAGINED * USUAL) / (len(own) + IMAGINED)
    expected = WIDER + TIMES * max(usual, 0.0)
    crowd = np.exp(-0.5 * ((PARTINGS[:, None] - gaps[None]) / NEAR) ** 2).sum(1)
    cost = crowd + 0.5 * ((PARTINGS - expected) / DOUBT) ** 2
    return float(PARTINGS[cost.argmin()])


def _number(
    chain: list[int],
    minus: int | None,
    after: list[int | None],
    digits: Sequence[Digit],
    signs: Sequence[Sign],
) -> Number:
    """The digits of ``chain`` as a number, with the sign before them and those after all but the last."""
    text = signs[minus].text if minus is not None else ""
    for i, sign in zip(chain, [*after, None], strict=True):
        text += digits[i].label + (signs[sign].text if sign is not None else "")
    indices = tuple(k for k in (minus, *after) if k is not None)
    boxes = [digits[i].box for i in chain] + [signs[k].box for k in indices]
    return Number(text, Box.around(boxes), tuple(chain), indices)


def _in_reading_order(numbers: list[Number], rows: Rows) -> list[Number]:
    """Rows are followed from number to number, so that they may climb or fall across the page."""
    lines: list[list[int]] = []
    ends = [(number.digits[0], number.digits[-1]) for number in numbers]
    along, across, height = rows.along.tolist(), rows.across.tolist(), rows.height.tolist()
    for k in sorted(range(len(numbers)), key=lambda k: along[ends[k][0]]):
        first = ends[k][0]
        steps = [abs(across[ends[line[-1]][1]] - across[first]) for line in lines]
        least = min(steps, default=np.inf)
        if least <= IN_ROW * height[first]:
            lines[steps.index(least)].append(k)
        else:
            lines.append([k])
    lines.sort(key=lambda line: sum(across[end] for k in line for end in ends[k]) / len(line))
    return [numbers[k] for line in lines for k in line]
