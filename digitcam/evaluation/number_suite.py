"""The measure of generated pages of numbers: how many are read exactly, and what spoils the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitcam.evaluation.contestants import Contestant
from digitcam.evaluation.drawing import FALSE, RIGHT
from digitcam.evaluation.number_scores import NumberScore, Share, WrongNumber, score_numbers
from digitcam.evaluation.picture_sets import PAGE_SIZE, Size
from digitcam.evaluation.progress import ProgressLine
from digitcam.evaluation.report import Section
from digitcam.evaluation.tables import NOTHING, Table, percent
from digitcam.metrics import wilson_interval
from digitcam.types import SIGNS, Frame, Number, NumberTruth

if TYPE_CHECKING:
    from digitcam.pages import GlyphSource

RULE = (
    "A number is read exactly when its text is and its box overlaps the true one by IoU ≥ 0.5, one to one. "
    "Where digits are right: of the numbers whose digits were all read right; the rest is signs and grouping."
)
NAMES = {".": "point", ",": "comma", ":": "colon", "-": "minus"}
# Of each contestant's wrong numbers, those that are drawn: pixels of a cell, and how many.
CELL, LINE, COLUMNS, MOST = (220, 90), 36, 6, 120
JPEG_QUALITY = 88
By = Mapping[str, Mapping[str, NumberScore]]  # contestant → kind → counts


def measure_numbers(
    contestants: Sequence[Contestant],
    count: int,
    seed: int = 0,
    size: Size = PAGE_SIZE,
    glyphs: GlyphSource | None = None,
    title: str = "Generated pages of numbers",
    folder: Path | None = None,
) -> Section:
    """Score ``count`` generated pages of numbers of each kind; the first one's wrong numbers are drawn."""
    from digitcam.pages import NUMBER_KINDS, make_number_page

    scores = {c.name: dict.fromkeys(NUMBER_KINDS, NumberScore()) for c in contestants}
    wrong: list[tuple[str, np.ndarray, WrongNumber]] = []
    progress = ProgressLine(title.lower())
    for place, kind in enumerate(NUMBER_KINDS):
        for number in range(count):
            page = make_number_page(kind, np.random.default_rng([seed, place, number]), size, glyphs)
            frame = Frame(page.image, index=number, source=f"{kind} {number}")
            for k, contestant in enumerate(contestants):
                reading = contestant.reader.read(frame)
                score, mistakes = score_numbers(reading, page.truth, page.numbers, page.signs)
                scores[contestant.name][kind] += score
                if folder and not k:
                    wrong += [(frame.source, _cut(page.image, one), one) for one in mistakes]
            progress(place * count + number + 1, count * len(NUMBER_KINDS))
    return Section(
        "numbers",
        f"{title}: {count} of each kind, {size[0]}×{size[1]}, seed {seed}",
        (number_table(title, scores), sign_table(scores)),
        {
            name: {
                "all": _total(kinds).to_json(),
                "kinds": {kind: score.to_json() for kind, score in kinds.items()},
            }
            for name, kinds in scores.items()
        },
        _draw(wrong, folder) if folder else (),
    )


def number_table(title: str, scores: By) -> Table:
    """One row for each kind of page and contestant, and all kinds together."""
    header = (
        "kind",
        "way",
        "numbers",
        "exact",
        "95 % interval",
        "with signs",
        "where digits are right",
        "digits",
    )
    rows = []
    kinds = list(next(iter(scores.values())))
    for kind in [*kinds, "all"]:
        for name, own in scores.items():
            s = _total(own) if kind == "all" else own[kind]
            row = (kind, name, str(s.exact.total), percent(s.exact.value), _interval(s.exact))
            shares = (percent(s.signed.value), percent(s.put_together.value), percent(s.digits.value))
            rows.append((*row, *shares, str(s.false)))
    return Table(title, (*header, "false numbers"), tuple(rows), RULE)


def sign_table(scores: By) -> Table:
    """One row for each sign and contestant."""
    rows = []
    for k, sign in enumerate(SIGNS):
        for name, kinds in scores.items():
            found, claimed = _total(kinds).found[k], _total(kinds).claimed[k]
            row = (NAMES[sign], name, str(found.total), percent(found.value), percent(claimed.value))
            rows.append((*row, str(claimed.total - claimed.right)))
    return Table("Signs in numbers", ("sign", "way", "true", "recall", "precision", "false"), tuple(rows))


def _total(kinds: Mapping[str, NumberScore]) -> NumberScore:
    return sum(kinds.values(), NumberScore())


def _interval(share: Share) -> str:
    if not share.total:
        return NOTHING
    low, high = wilson_interval(share.right, share.total)
    return f"{100 * low:.2f} to {100 * high:.2f} %"


def _cut(image: np.ndarray, wrong: WrongNumber) -> np.ndarray:
    """The surroundings of a wrong number, with the true box and those that were read."""
    box, unit = wrong.truth.box, max(8, wrong.truth.box.height)
    left, top = max(box.x - unit, 0), max(box.y - unit // 2, 0)
    part = image[top : box.bottom + unit // 2, left : box.right + unit].copy()
    scale = min(CELL[0] / part.shape[1], CELL[1] / part.shape[0])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=how)
    drawn: list[tuple[Number | NumberTruth, tuple[int, int, int]]] = [(wrong.truth, RIGHT)]
    for number, colour in drawn + [(number, FALSE) for number in wrong.read]:
        x, y = (number.box.x - left) * scale, (number.box.y - top) * scale
        corner = round(x + number.box.width * scale), round(y + number.box.height * scale)
        cv2.rectangle(part, (round(x), round(y)), corner, colour, 1)
    return part


def _draw(wrong: Sequence[tuple[str, np.ndarray, WrongNumber]], folder: Path) -> tuple[tuple[str, str], ...]:
    """A sheet of wrong numbers, those whose digits were right first."""
    if not wrong:
        return ()
    some = sorted(wrong, key=lambda each: not each[2].digits_right)[:MOST]
    wide, high = CELL[0] + 8, CELL[1] + LINE + 8
    columns = min(COLUMNS, len(some))
    sheet = np.full((-(-len(some) // columns) * high, columns * wide, 3), 255, np.uint8)
    for place, (source, picture, one) in enumerate(some):
        top, left = place // columns * high, place % columns * wide
        sheet[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
        read = " ".join(number.text for number in one.read) or "nothing"
        for line, text in enumerate((f"{one.truth.text} > {read}", source)):
            at = left, top + CELL[1] + 14 + 16 * line
            size = min(0.45, 0.45 * CELL[0] / (8 * len(text)))
            cv2.putText(sheet, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), 1, cv2.LINE_AA)
    path = folder / "numbers" / "errors.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".jpg", sheet, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes())
    right = sum(one.digits_right for _, _, one in wrong)
    caption = (
        f"Numbers not read exactly, true > read: {len(wrong)}, {right} of them though their digits were right"
    )
    return (("numbers/errors.jpg", f"{caption}; the first {len(some)}. Green: true, red: read"),)
