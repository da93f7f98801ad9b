"""A sheet of numbers with signs: rows of them in one hand, and what could be taken for a sign beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from digitcam.pages.glyphs import Glyph
from digitcam.pages.inking import Ink, render
from digitcam.pages.layout import Hand, Sight, stamp
from digitcam.pages.marks import MINUS, MarkStyle, ink_mark
from digitcam.pages.number_layout import Baseline, Layout, baselines, column_step, height_at
from digitcam.pages.number_texts import any_number
from digitcam.pages.pen import write_distractor, write_word
from digitcam.types import SIGNS

# Digit heights: what must be free around a number, and between it and the edge of the sheet.
FREE, EDGE = 0.3, 0.2


@dataclass(frozen=True, eq=False)
class Written:
    """A digit, a sign or a number on the sheet.

    Attributes:
        text: of it; hulls: convex hulls of its ink, n×2, sheet pixels.
        before: of a digit, the sign that stands before it, or nothing.
    """

    text: str
    hulls: tuple[np.ndarray, ...]
    before: str = ""

    @property
    def hull(self) -> np.ndarray:
        return np.concatenate(self.hulls)


@dataclass
class NumberSheet:
    """Ink on a flat sheet while it is being written."""

    alpha: np.ndarray  # H×W uint8
    digits: list[Written] = field(default_factory=list)
    signs: list[Written] = field(default_factory=list)
    numbers: list[Written] = field(default_factory=list)
    others: list[np.ndarray] = field(default_factory=list)


# Place in the number's text, label, ink, and the box corner's place from the baseline's left end.
Part = tuple[int, str, Ink, float, float]


def write_numbers(
    hand: Hand,
    marks: MarkStyle,
    layout: Layout,
    size: tuple[int, int],
    rng: np.random.Generator,
    start: float | None,
    most: int,
    visible: Sight,
) -> NumberSheet:
    """Fill a sheet of ``size`` (width, height) with numbers, in reading order.

    Args:
        start: where a baseline may be, pixels from the top, if the paper's lines have a say.
        most: digits after which the writer stops.
        visible: says of points (n×2, sheet pixels) whether something may stand there.
    """
    sheet = NumberSheet(np.zeros((size[1], size[0]), np.uint8))
    writer = _Writer(sheet, hand, marks, layout, rng, visible)
    step = column_step(hand, layout)
    for baseline in baselines(hand, layout, size, rng, start):
        x = hand.height * float(
            rng.uniform(0.5, 1.2) if layout.arrangement != "scattered" else rng.uniform(0.5, 4)
        )
        if rng.random() < layout.listed:
            x = writer.bullet(x, baseline)
        while x < size[0] and len(sheet.digits) < most:
            width = writer.word(x, baseline) if rng.random() < layout.chatter else writer.number(x, baseline)
            gap = hand.height * layout.gap * float(rng.uniform(0.9, 1.25))
            if layout.arrangement == "columns":
                x = x + step * np.ceil((width + gap) / step)
            else:
                loose = float(rng.exponential(2.0)) if layout.arrangement == "scattered" else 0.0
                x = x + width + gap + loose * hand.height
    writer.specks()
    return sheet


@dataclass
class _Writer:
    """Puts numbers and other things on a sheet where there is room for them."""

    sheet: NumberSheet
    hand: Hand
    marks: MarkStyle
    layout: Layout
    rng: np.random.Generator
    visible: Sight
    taken: list[np.ndarray] = field(default_factory=list)

    def number(self, x: float, baseline: Baseline) -> float:
        """Write the next number from ``x`` on; its width, whether there was room for it or not."""
        texts = [any_number(self.rng, self.layout.mark, self.layout.longest)]
        if texts[0].isdigit() and self.rng.random() < self.layout.ranges:
            texts = [texts[0][:3], str(self.rng.integers(0, 999))]
        whole = MINUS.join(texts)
        parts = _number(whole, self.hand, self.marks, self.rng)
        placed = self._place(parts, x, baseline)
        if placed is not None:
            begin = 0
            for text in texts:
                own = [(place - begin, hull) for place, _, hull in placed if 0 <= place - begin < len(text)]
                self._known(text, own, MINUS if begin else "")
                begin += len(text) + 1
            if self.rng.random() < self.layout.underlined:
                self._underline(np.concatenate([hull for _, _, hull in placed]))
        return max(dx + ink.size[0] for _, _, ink, dx, _ in parts)

    def _known(self, text: str, placed: list[tuple[int, np.ndarray]], before: str) -> None:
        """Note what was written after the sign ``before``: places in ``text`` with hulls of ink."""
        for place, label in enumerate(text):
            hulls = tuple(hull for at, hull in placed if at == place)
            if label in SIGNS:
                self.sheet.signs.append(Written(label, hulls))
                before = label
            else:
                self.sheet.digits.append(Written(label, hulls, before))
                before = ""
        self.sheet.numbers.append(Written(text, tuple(hull for _, hull in placed)))

    def word(self, x: float, baseline: Baseline) -> float:
        """Write some letters, now and then with dots above them or a dash behind."""
        hand, rng = self.hand, self.rng
        tall = hand.height * float(rng.uniform(0.5, 1.0))
        joined = rng.random() < 0.6
        strokes = write_word(rng, hand.style, 4) if joined else write_distractor(rng, hand.style)
        ink = render(Glyph(strokes=strokes), tall, hand.pen, rng)
        parts = [(0, "", ink, 0.0, -float(ink.size[1]))]
        if rng.random() < 0.4:
            for dot, dx, _ in ink_mark(str(rng.choice([":", "."])), hand, self.marks, rng):
                parts.append((0, "", dot, dx + ink.size[0] * 0.4, -ink.size[1] - 0.3 * hand.height))
        if rng.random() < 0.3:
            for dash, _, dy in ink_mark(MINUS, hand, self.marks, rng):
                parts.append((0, "", dash, ink.size[0] + 0.7 * hand.height, dy))
        placed = self._place(parts, x, baseline)
        self.sheet.others += [hull for _, _, hull in placed or ()]
        return max(dx + ink.size[0] for _, _, ink, dx, _ in parts)

    def bullet(self, x: float, baseline: Baseline) -> float:
        """A dash or a dot before a row; where the row begins after it."""
        text = str(self.rng.choice([MINUS, "."]))
        parts = [(0, "", *part) for part in ink_mark(text, self.hand, self.marks, self.rng)]
        if text == ".":
            raised = 0.4 * self.hand.height
            parts = [(place, label, ink, dx, dy - raised) for place, label, ink, dx, dy in parts]
        placed = self._place(parts, x, baseline)
        self.sheet.others += [hull for _, _, hull in placed or ()]
        width = max(dx + ink.size[0] for _, _, ink, dx, _ in parts)
        return x + width + self.hand.height * float(self.rng.uniform(0.95, 1.7))

    def specks(self) -> None:
        """Dirt: as dark as the ink, small, and not where it would make another number of one."""
        height, width = self.sheet.alpha.shape
        for _ in range(self.layout.specks):
            x, y = self.rng.uniform(0, width), self.rng.uniform(0, height)
            side = self.hand.height * float(np.exp(self.rng.uniform(np.log(0.02), np.log(0.12))))
            # Pale dirt may lie anywhere: nobody takes it for a sign.
            pale = self.rng.random() < 0.5
            opacity = float(self.rng.uniform(0.1, 0.35)) if pale else self.hand.pen.opacity
            pen = replace(self.hand.pen, width=max(1.0, side), dry=0.0, skips=0.0, opacity=opacity)
            strokes = (self.rng.uniform(0, 0.04, (2, 2)).astype(np.float32),)
            ink = render(Glyph(strokes=strokes), self.hand.height + pen.width, pen, self.rng)
            room = np.array([[x, y], [x + ink.size[0], y + ink.size[1]]])
            if pale or not any(_overlap(room, other) for other in self.taken):
                stamp(self.sheet.alpha, ink, round(x), round(y))

    def _place(
        self, parts: Sequence[Part], x: float, baseline: Baseline
    ) -> list[tuple[int, str, np.ndarray]] | None:
        """Ink the parts of one thing; None, and no ink, where it would meet another or leave the sheet."""
        places = []
        for place, label, ink, dx, dy in parts:
            left, top = round(x + dx), round(height_at(baseline, x + dx) + dy)
            places.append((place, label, ink.hull + np.array([left, top], np.float32), ink, left, top))
        points = np.concatenate([hull for _, _, hull, *_ in places])
        free = FREE * self.hand.height
        room = np.stack([points.min(axis=0) - free, points.max(axis=0) + free])
        size = np.array(self.sheet.alpha.shape[::-1])
        edge = EDGE * self.hand.height
        if (points < edge).any() or (points > size - edge).any() or not self.visible(points):
            return None
        # Rows that slope lie closer than their boxes: only what is inked counts against the free room.
        if any(_overlap(room, other) for other in self.taken) and _meets(self.sheet.alpha, places, free):
            return None
        self.taken.append(room)
        for _, _, _, ink, left, top in places:
            stamp(self.sheet.alpha, ink, left, top)
        return [(place, label, hull) for place, label, hull, *_ in places]

    def _underline(self, points: np.ndarray) -> None:
        """A line below a number, as far from it as its row allows."""
        (left, _), (right, foot) = points.min(axis=0), points.max(axis=0)
        unit = self.hand.height
        wave = float(self.rng.uniform(0, 0.04))
        along = np.linspace(0, (right - left) / unit + 0.2, 9)
        rise = self.layout.slope * along + wave * np.sin(4 * along + float(self.rng.uniform(0, 6)))
        strokes = (np.stack([along, rise - rise.min()], 1).astype(np.float32),)
        pen = self.hand.pen
        ink = render(Glyph(strokes=strokes), unit + pen.width, pen, self.rng)
        top = foot + unit * float(self.rng.uniform(0.1, 0.25))
        stamp(self.sheet.alpha, ink, round(left - 0.1 * unit), round(top))
        self.sheet.others.append(ink.hull + np.array([left - 0.1 * unit, top], np.float32))


def _meets(alpha: np.ndarray, places: Sequence[tuple], free: float) -> bool:
    """Whether any part would come nearer than ``free`` pixels to ink that is there."""
    for _, _, hull, *_ in places:
        low = np.maximum(np.floor(hull.min(axis=0) - free), 0).astype(int)
        high = np.ceil(hull.max(axis=0) + free).astype(int)
        if alpha[low[1] : high[1], low[0] : high[0]].any():
            return True
    return False


def _overlap(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two boxes, each given as its first and last corner (2×2), share anything."""
    return bool((one[0] < other[1]).all() and (other[0] < one[1]).all())


def _number(text: str, hand: Hand, marks: MarkStyle, rng: np.random.Generator) -> list[Part]:
    """A number laid out from the left end of its baseline."""
    cursor, parts = 0.0, []
    for place, label in enumerate(text):
        if label in SIGNS:
            if place:
                cursor += hand.height * _about(marks.before, marks.spread, rng)
            inks = ink_mark(label, hand, marks, rng)
            parts += [(place, label, ink, cursor + dx, dy) for ink, dx, dy in inks]
            cursor += max(dx + ink.size[0] for ink, dx, _ in inks)
            cursor += hand.height * _about(
                marks.detached if label == MINUS else marks.after, marks.spread, rng
            )
            continue
        if place and text[place - 1] not in SIGNS:
            cursor += max(hand.height * _about(hand.gap, 0.05, rng), 2.0)
        size = hand.height * float(np.exp(rng.normal(0, hand.style.jitter)))
        ink = render(hand.glyphs.glyph(label, rng, hand.style), size, hand.pen, rng)
        low = hand.height * float(rng.normal(0, 0.03))
        parts.append((place, label, ink, cursor, low - ink.size[1]))
        cursor += ink.size[0]
    return parts


def _about(gap: float, spread: float, rng: np.random.Generator) -> float:
    """A gap near ``gap``, and never so small that the inks would meet."""
    return max(0.04, gap + float(rng.normal(0, spread)))
