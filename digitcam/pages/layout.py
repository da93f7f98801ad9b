"""Where things stand on a page: numbers in rows, in columns or scattered, words and signs between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from digitcam.classes import merged
from digitcam.pages.glyphs import Glyph, GlyphSource
from digitcam.pages.inking import Ink, Pen, render
from digitcam.pages.paper import Area
from digitcam.pages.pen import WriterStyle, write_distractor, write_word
from digitcam.pages.word_texts import LONGEST, any_number, any_text, proportions

Sight = Callable[[np.ndarray], bool]
ARRANGEMENTS = ("rows", "columns", "scattered")
# Between the letters of a word that are not joined, in heights of a capital.
LEAST_LETTER_GAP = 0.1


@dataclass(frozen=True)
class Hand:
    """What stays the same over a page: the writer, the pen and the sizes, in pixels of the sheet.

    Attributes:
        height: of a digit; gap: between digits of a number, in digit heights; touching: share of the
            digits that touch the one before; leading: from row to row, pixels.
        chatter: share of the places that go to letters and signs.
        longest: digits of a number at most; uneven: relative spread of the numbers' sizes.
    """

    style: WriterStyle
    pen: Pen
    glyphs: GlyphSource
    height: float
    gap: float
    touching: float
    leading: float
    chatter: float
    longest: int = 7
    uneven: float = 0.0


@dataclass
class Sheet:
    """Ink on a flat sheet while it is being written."""

    alpha: np.ndarray  # H×W uint8
    digits: list[tuple[str, np.ndarray]] = field(default_factory=list)  # label, hull n×2 in sheet pixels
    distractors: list[np.ndarray] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    visible: Sight = field(default=lambda points: True)


@dataclass
class _Group:
    """A number or a word, laid out from its own origin (left end of the baseline)."""

    parts: list[tuple[str | None, Ink, float, float]]
    width: float
    text: str


def resized(hand: Hand, height: float) -> Hand:
    """The same hand writing ``height`` pixels high, with a pen that is neither a hair nor a brush there."""
    width = float(np.clip(hand.pen.width, max(1.0, 0.03 * height), max(1.0, 0.2 * height)))
    return replace(hand, height=height, pen=replace(hand.pen, width=width))


def for_words(hand: Hand) -> Hand:
    """The same hand writing words: letters that are no part of one, or that touch, could not be told."""
    gap = max(hand.gap, LEAST_LETTER_GAP)
    longest = LONGEST if hand.longest > 1 else hand.longest
    return replace(hand, gap=gap, longest=longest, touching=0.0, chatter=0.0)


def _profile(ink: Ink, right: bool) -> np.ndarray:
    """For each row of the ink box the outermost ink column (relative to the box), NaN where there is none."""
    x, y = ink.corner
    mask = ink.alpha[y : y + ink.size[1], x : x + ink.size[0]] > 90
    edge = mask.shape[1] - 1 - mask[:, ::-1].argmax(1) if right else mask.argmax(1)
    return np.where(mask.any(1), edge.astype(float), np.nan)


def _touch(before: Ink, after: Ink, lowered: int) -> float | None:
    """The distance between the box corners at which ``after`` just touches ``before``; None if it cannot."""
    right, left = _profile(before, True), _profile(after, False)
    top, bottom = max(0, lowered), min(len(right), len(left) + lowered)
    if bottom - top < 2:
        return None
    reach = right[top:bottom] - left[top - lowered : bottom - lowered]
    return None if np.isnan(reach).all() else float(np.nanmax(reach))


def _text(text: str, hand: Hand, rng: np.random.Generator) -> _Group:
    cursor = 0.0
    parts: list[tuple[str | None, Ink, float, float]] = []
    previous: tuple[Ink, float, float] | None = None
    for position, sign in enumerate(text):
        tall, depth = proportions(sign)
        size = hand.height * tall * float(np.exp(rng.normal(0, hand.style.jitter)))
        ink = render(hand.glyphs.glyph(sign, rng, hand.style), size, hand.pen, rng)
        low = hand.height * (float(rng.normal(0, 0.03)) - hand.style.drift * position + depth)
        y = low - ink.size[1]
        if previous is not None:
            before, x, upper = previous
            gap = hand.height * max(0.02, hand.gap + float(rng.normal(0, 0.06)))
            reach = _touch(before, ink, round(y - upper)) if rng.random() < hand.touching else None
            if reach is None:
                cursor = x + before.size[0] + max(gap, 2.0)
            else:
                cursor = x + reach - hand.pen.width * float(rng.uniform(-0.2, 0.5))
        parts.append((merged(sign), ink, cursor, y))
        previous = ink, cursor, y
    return _Group(parts, cursor + ink.size[0], "".join(map(merged, text)))


def _word(hand: Hand, rng: np.random.Generator) -> _Group:
    cursor = 0.0
    parts: list[tuple[str | None, Ink, float, float]] = []
    joined = rng.random() < 0.2
    for _ in range(int(rng.choice([1, 1, 2, 4]))):
        strokes = write_word(rng, hand.style, 4) if joined else write_distractor(rng, hand.style)
        glyph = Glyph(strokes=strokes)
        ink = render(glyph, hand.height * float(rng.uniform(0.7, 1.15)), hand.pen, rng)
        raised = max(0.0, hand.height - ink.size[1]) * float(rng.uniform(0, 0.6))
        parts.append((None, ink, cursor, -raised - ink.size[1]))
        cursor += ink.size[0] + hand.height * max(0.05, hand.gap)
    return _Group(parts, cursor, "")


def _group(hand: Hand, rng: np.random.Generator) -> _Group:
    if hand.uneven:
        factor = np.clip(np.exp(rng.normal(0, hand.uneven)), 0.6, 0.8 * hand.leading / hand.height)
        hand = resized(hand, hand.height * float(factor))
    if rng.random() < hand.chatter:
        return _word(hand, rng)
    write = any_text if hand.glyphs.words else any_number
    return _text(write(rng, hand.longest), hand, rng)


def _paste(sheet: Sheet, group: _Group, x: float, base: float, slope: float, margin: int) -> bool:
    """Ink ``group`` with its baseline's left end at (x, base); False if it does not fit."""
    height, width = sheet.alpha.shape
    places = []
    for label, ink, dx, dy in group.parts:
        left, top = round(x + dx), round(base + dy + slope * dx)
        fits = left >= margin and top >= margin
        if not (fits and left + ink.size[0] <= width - margin and top + ink.size[1] <= height - margin):
            return False
        places.append((label, ink, left, top))
    ends = np.concatenate([p[1].hull + np.array(p[2:], np.float32) for p in (places[0], places[-1])])
    if not sheet.visible(ends):
        return False
    for label, ink, left, top in places:
        stamp(sheet.alpha, ink, left, top)
        hull = ink.hull + np.array([left, top], np.float32)
        if label is None:
            sheet.distractors.append(hull)
        else:
            sheet.digits.append((label, hull))
    if group.text:
        sheet.numbers.append(group.text)
    return True


def stamp(alpha: np.ndarray, ink: Ink, x: int, y: int) -> None:
    """Add ``ink`` to a sheet's ``alpha`` (H×W uint8) with the ink box's corner at (``x``, ``y``)."""
    left, top = x - ink.corner[0], y - ink.corner[1]
    y0, x0 = max(top, 0), max(left, 0)
    y1, x1 = min(top + ink.alpha.shape[0], alpha.shape[0]), min(left + ink.alpha.shape[1], alpha.shape[1])
    if y1 > y0 and x1 > x0:
        part = alpha[y0:y1, x0:x1]
        np.maximum(part, ink.alpha[y0 - top : y1 - top, x0 - left : x1 - left], out=part)


def _places(
    arrangement: str, hand: Hand, size: tuple[int, int], start: float, rng: np.random.Generator
) -> Iterator[tuple[float, float, float]]:
    """Yield (left, baseline, right limit) in reading order."""
    width, height = size
    margin = 0.45 * hand.height
    baselines = np.arange(start, height - margin, hand.leading)
    columns = max(1, int(width / (hand.height * (0.75 + hand.gap) * (0.6 * hand.longest + 1.2))))
    for base in baselines:
        if arrangement == "rows":
            yield margin + float(rng.exponential(0.6)) * hand.height, float(base), width - margin
            continue
        step = (width - 2 * margin) / columns
        for column in range(columns):
            if arrangement == "scattered" and rng.random() < 0.4:
                continue
            loose = (
                (0.25 * step, 0.22 * (hand.leading - hand.height)) if arrangement == "scattered" else (0, 0)
            )
            left = margin + column * step + float(rng.uniform(0, 1)) * loose[0]
            yield left, float(base + rng.uniform(-1, 1) * loose[1]), margin + (column + 1) * step


def write_page(
    hand: Hand,
    size: tuple[int, int],
    arrangement: str,
    rng: np.random.Generator,
    start: float | None = None,
    most: int = 60,
    visible: Sight = lambda points: True,
) -> Sheet:
    """Fill a sheet.

    Args:
        size: width, height of the sheet, pixels.
        arrangement: one of ``ARRANGEMENTS``.
        start: where a baseline may be, pixels from the top, if the paper's lines have a say.
        most: digits after which the writer stops; at least one number is always written.
        visible: says of points (n×2, sheet pixels) whether the camera sees them all; nothing is
            written that it would cut.
    """
    sheet = Sheet(np.zeros((size[1], size[0]), np.uint8), visible=visible)
    margin = max(2, round(0.12 * hand.height))
    slope = float(rng.normal(0, 0.012))
    first = hand.height * float(rng.uniform(1.3, 2.0))
    if rng.random() < 0.4:  # a page that was begun further down
        first += float(rng.uniform(0, 0.5)) * size[1]
    if start is not None:
        first = start + hand.leading * np.ceil(max(0.0, first - start) / hand.leading)
    for left, base, right in _places(arrangement, hand, size, first, rng):
        cursor = left
        while len(sheet.digits) < most:
            group = _group(hand, rng)
            if cursor + group.width > right:
                break
            _paste(sheet, group, cursor, base + slope * cursor, slope, margin)
            cursor += group.width + hand.height * float(rng.uniform(0.7, 1.8))
            if arrangement != "rows":
                break
    if not sheet.digits:
        _one_number(sheet, hand, margin, rng)
    return sheet


def write_cells(
    hand: Hand,
    size: tuple[int, int],
    cells: Sequence[Area],
    fill: float,
    rng: np.random.Generator,
    most: int,
    visible: Sight,
) -> Sheet:
    """Fill boxes, each with one number of up to ``hand.longest`` digits, ``fill`` box heights high.

    Some boxes stay empty, and where a writer is careless the digits touch the box or stand over it.
    """
    sheet = Sheet(np.zeros((size[1], size[0]), np.uint8), visible=visible)
    share = float(rng.choice([0.4, 0.7, 0.95]))
    loose = float(rng.choice([0.03, 0.08, 0.15]))
    for x, y, width, tall in cells:
        if rng.random() > share or len(sheet.digits) >= most:
            continue
        own = resized(hand, max(8.0, tall * fill * float(np.exp(rng.normal(0, 0.06)))))
        group = _group(replace(own, chatter=0.3 * hand.chatter, uneven=0.0), rng)
        left = x + (width - group.width) / 2 + loose * tall * float(rng.normal())
        base = y + (tall + own.height) / 2 + 0.5 * loose * tall * float(rng.normal())
        if group.width < 1.1 * width:
            _paste(sheet, group, left, base, 0.0, 1)
    if not sheet.digits:
        _one_number(sheet, hand, 1, rng)
    return sheet


def _one_number(sheet: Sheet, hand: Hand, margin: int, rng: np.random.Generator) -> None:
    """At least one digit, as large as fits, in the middle of the free space."""
    height, width = sheet.alpha.shape
    for length in (3, 2, 1, 1, 1):
        length = min(length, hand.longest)
        group = _text("".join(str(d) for d in rng.integers(0, 10, length)), hand, rng)
        base = (height + hand.height) / 2
        if _paste(sheet, group, max((width - group.width) / 2, margin), base, 0.0, margin):
            return
    if hand.height > 8:  # the sheet is too small for the hand: write smaller
        smaller = resized(replace(hand, touching=0.0), 0.6 * hand.height)
        _one_number(sheet, smaller, max(1, margin // 2), rng)
