"""What went wrong on whole pictures, cut out and laid side by side: missed, misread and false."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from digitcam.evaluation.drawing import FALSE, MISSED
from digitcam.evaluation.pictures import Labelled, Verdict
from digitcam.scoring import LEAST_IOU
from digitcam.types import LABELS, Box, Evidence, Frame, Truth

# Pixels of a cell and of the two lines below it; a sheet's columns and rows.
SIDE, LINE, BETWEEN = 112, 15, 8
COLUMNS, ROWS = 12, 10
# So much of the picture is shown, in longer sides of the box.
CONTEXT = 2.2
LONGEST_NAME = 17
TITLES = {
    "misread": "Misread: true digit > label, confidence",
    "missed": "Missed: true digit, and what the network made of its best candidate",
    "false": "False: label and confidence where no such digit is",
    "print": "The same on pictures without digits that show print or letters",
}
MOST_SHEETS = 4
JPEG_QUALITY = 88


@dataclass(frozen=True, slots=True, eq=False)
class Mistake:
    """One mistake: its kind (of ``TITLES``), its surroundings (112×112×3 uint8 BGR), two lines of text."""

    kind: str
    picture: np.ndarray
    text: str
    name: str
    confidence: float


def find_mistakes(
    frame: Frame, labelled: Labelled, verdict: Verdict, evidence: Evidence | None
) -> list[Mistake]:
    """Every mistake in one picture: a digit with a wrong label is one, not a miss and a false label."""
    name = Path(labelled.name).stem[:LONGEST_NAME]
    found = []
    for digit, true in verdict.misread:
        text = f"{true.label} > {digit.label} {digit.confidence:.2f}"
        found.append(Mistake("misread", _cut(frame.image, digit.box, FALSE), text, name, digit.confidence))
    misread = {id(digit) for digit, _ in verdict.misread}
    seen = {id(true) for _, true in verdict.misread}
    for true in verdict.missed:
        if id(true) not in seen:
            text = f"{true.label}: {_best_answer(true, evidence)}"
            found.append(Mistake("missed", _cut(frame.image, true.box, MISSED), text, name, 0.0))
    false = "print" if labelled.kind == "negative" and labelled.lettered else "false"
    for digit in verdict.false:
        if id(digit) not in misread:
            text = f"{digit.label} {digit.confidence:.2f}"
            found.append(Mistake(false, _cut(frame.image, digit.box, FALSE), text, name, digit.confidence))
    return found


def _best_answer(true: Truth, evidence: Evidence | None) -> str:
    """What the network said of the candidate at the true box that it gave the true digit most."""
    if evidence is None:
        return "not read"
    near = [i for i, box in enumerate(evidence.boxes) if true.box.iou(box) >= LEAST_IOU]
    if not near:
        return "no candidate"
    answer = evidence.probabilities[max(near, key=lambda i: evidence.probabilities[i, int(true.label)])]
    best = int(answer.argmax())
    return f"{LABELS[best] if best < len(LABELS) else 'no digit'} {answer[best]:.2f}"


def _cut(image: np.ndarray, box: Box, colour: tuple[int, int, int]) -> np.ndarray:
    """A square of the picture around a box, the box outlined; grey where the picture ends."""
    side = max(8, round(CONTEXT * max(box.width, box.height)))
    left, top = (round(middle - side / 2) for middle in box.centre)
    scale = SIDE / side
    move = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
    if scale < 1:
        # An affine map takes single pixels: what is made smaller is averaged first.
        image = cv2.blur(_around(image, left, top, side), (max(1, round(1 / scale)),) * 2)
        move[:, 2] = 0
    cell = cv2.warpAffine(image, move, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderValue=(160, 160, 160))
    corners = [round((value - start) * scale) for value, start in ((box.x, left), (box.y, top))]
    ends = [round((value - start) * scale) for value, start in ((box.right, left), (box.bottom, top))]
    cv2.rectangle(cell, (corners[0] - 1, corners[1] - 1), (ends[0], ends[1]), colour, 1)
    return cell


def _around(image: np.ndarray, left: int, top: int, side: int) -> np.ndarray:
    """The square of the picture, side×side×3, grey where there is no picture."""
    square = np.full((side, side, 3), 160, np.uint8)
    height, width = image.shape[:2]
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + side, width), min(top + side, height)
    if x0 < x1 and y0 < y1:
        square[y0 - top : y1 - top, x0 - left : x1 - left] = image[y0:y1, x0:x1]
    return square


def write_sheets(mistakes: Sequence[Mistake], folder: Path, place: str) -> list[tuple[str, str]]:
    """Sheets of every kind of mistake, the surest first, in ``folder/place``; four of a kind at most.

    Returns:
        For each sheet its file in ``folder`` and its caption.
    """
    written = []
    for kind, title in TITLES.items():
        some = sorted((m for m in mistakes if m.kind == kind), key=lambda m: -m.confidence)
        sheet = COLUMNS * ROWS
        for number, first in enumerate(range(0, min(len(some), MOST_SHEETS * sheet), sheet), start=1):
            file = f"{place}/errors_{kind}{'' if len(some) <= sheet else f'_{number}'}.jpg"
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            _, data = cv2.imencode(
                ".jpg", _sheet(some[first : first + sheet]), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
            )
            path.write_bytes(data.tobytes())
            last = min(first + sheet, len(some))
            written.append((file, f"{title}; {first + 1} to {last} of {len(some)}"))
    return written


def _sheet(mistakes: Sequence[Mistake]) -> np.ndarray:
    columns = min(COLUMNS, len(mistakes))
    rows = -(-len(mistakes) // columns)
    wide, high = SIDE + BETWEEN, SIDE + 2 * LINE + BETWEEN
    sheet = np.full((rows * high + BETWEEN, columns * wide + BETWEEN, 3), 255, np.uint8)
    for place, mistake in enumerate(mistakes):
        row, column = divmod(place, columns)
        top, left = BETWEEN + row * high, BETWEEN + column * wide
        sheet[top : top + SIDE, left : left + SIDE] = mistake.picture
        for line, (text, colour) in enumerate(((mistake.text, (0, 0, 0)), (mistake.name, (120, 120, 120)))):
            _write(sheet, text, left, top + SIDE + (line + 1) * LINE - 3, colour)
    return sheet


def _write(sheet: np.ndarray, text: str, left: int, baseline: int, colour: tuple[int, int, int]) -> None:
    """A line of ASCII, made narrower where it would run into the next cell."""
    font, size = cv2.FONT_HERSHEY_SIMPLEX, 0.42
    width = cv2.getTextSize(text, font, size, 1)[0][0]
    size *= min(1.0, SIDE / max(1, width))
    cv2.putText(sheet, text, (left, baseline), font, size, colour, 1, cv2.LINE_AA)
