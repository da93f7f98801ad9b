"""What the window can show of a reading: the result, the ink it was read from, the network's own crops."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from digitcam.overlay import RIM, colour_of, draw_reading, put_text
from digitcam.types import LABELS, Box, Evidence, Reading

VIEWS = ("result", "ink", "crops")

# The view is brought between these widths: text on a thumbnail or a 12-megapixel photo cannot be read.
LEAST_WIDTH = 640
MOST_WIDTH = 1600
# Cells of the sheet of crops: at least so many columns, and never larger than so many times 28 pixels.
LEAST_COLUMNS = 8
MOST_ENLARGED = 4.0
MOST_CROPS = 400
CROP = 28
# The part of the sheet's height that is left to the panel in the corner.
BAND_PART = 0.11
FAINT = (150, 150, 150)


def render(view: str, image: np.ndarray, reading: Reading, mirror: bool = False) -> np.ndarray:
    """The picture of a view: H×W×3 uint8, of a size that suits a screen.

    Args:
        view: one of ``VIEWS``.
        image: H×W×3 uint8 BGR, the frame.
        reading: of that frame.
        mirror: left and right exchanged, text aside.
    """
    image, reading = fit(image, reading)
    if mirror:
        image, reading = mirrored(image, reading)
    if view == "ink":
        return ink_view(image, reading)
    if view == "crops":
        return crops_view(image.shape[1::-1], reading.evidence)
    return draw_reading(image, reading)


def fit(image: np.ndarray, reading: Reading) -> tuple[np.ndarray, Reading]:
    """Frame and reading, both enlarged or reduced so that text drawn over them can be read."""
    height, width = image.shape[:2]
    factor = min(MOST_WIDTH / width, max(1.0, LEAST_WIDTH / width))
    factor = min(factor, MOST_WIDTH / height)
    if factor == 1:
        return image, reading
    size = max(1, round(width * factor)), max(1, round(height * factor))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_NEAREST

    def scaled(box: Box) -> Box:
        x, y = round(box.x * factor), round(box.y * factor)
        return Box(x, y, max(1, round(box.width * factor)), max(1, round(box.height * factor)))

    return cv2.resize(image, size, interpolation=how), _with_boxes(reading, scaled)


def mirrored(image: np.ndarray, reading: Reading) -> tuple[np.ndarray, Reading]:
    """Frame and reading as in a mirror."""
    width = image.shape[1]

    def across(box: Box) -> Box:
        return Box(width - box.right, box.y, box.width, box.height)

    reading = _with_boxes(reading, across)
    if reading.evidence is not None:
        ink = np.ascontiguousarray(reading.evidence.ink[:, ::-1])
        reading = replace(reading, evidence=replace(reading.evidence, ink=ink))
    return np.ascontiguousarray(image[:, ::-1]), reading


def _with_boxes(reading: Reading, change) -> Reading:  # type: ignore[no-untyped-def]
    """The reading with ``change`` applied to every box."""
    evidence = reading.evidence
    if evidence is not None:
        evidence = replace(evidence, boxes=tuple(change(box) for box in evidence.boxes))
    return replace(
        reading,
        digits=tuple(replace(digit, box=change(digit.box)) for digit in reading.digits),
        numbers=tuple(replace(number, box=change(number.box)) for number in reading.numbers),
        evidence=evidence,
        signs=tuple(replace(sign, box=change(sign.box)) for sign in reading.signs),
    )


def ink_view(image: np.ndarray, reading: Reading) -> np.ndarray:
    """The ink map in false colour with all candidates in thin grey and the digits that came of them."""
    evidence = reading.evidence
    if evidence is None:
        return _nothing(image.shape[1::-1], "no ink map for this frame")
    size = image.shape[1], image.shape[0]
    ink = cv2.resize(evidence.ink, size, interpolation=cv2.INTER_LINEAR)
    picture = cv2.applyColorMap(ink, cv2.COLORMAP_VIRIDIS)
    for box in evidence.boxes:
        cv2.rectangle(picture, (box.x, box.y), (box.right - 1, box.bottom - 1), (170, 170, 170), 1)
    return draw_reading(picture, replace(reading, numbers=()))


def crops_view(size: tuple[int, int], evidence: Evidence | None) -> np.ndarray:
    """The network's 28×28 inputs as a sheet, the surest digits first, each with its label and confidence.

    Args:
        size: width and height of the sheet.
        evidence: the crops and the network's answer.
    """
    width = size[0]
    top = round(BAND_PART * size[1])
    height = size[1] - top
    if evidence is None or not len(evidence.crops):
        return _nothing(size, "no candidates in this frame")
    sheet = np.full((size[1], width, 3), 40, np.uint8)
    digits = evidence.probabilities[:, : len(LABELS)]
    order = np.argsort(-digits.max(axis=1), kind="stable")[:MOST_CROPS]
    cell, columns, rows = _grid(width, height, len(order))
    side = max(1, round(0.72 * cell))
    for place, i in enumerate(order[: columns * rows]):
        x, y = (place % columns) * cell, top + (place // columns) * cell
        crop = cv2.resize(evidence.crops[i], (side, side), interpolation=cv2.INTER_NEAREST)
        left = x + (cell - side) // 2
        sheet[y : y + side, left : left + side] = crop[: size[1] - y, : width - left, None]
        confidence = float(digits[i].max())
        none = int(evidence.probabilities[i].argmax()) >= len(LABELS)
        label = "-" if none else LABELS[int(digits[i].argmax())]
        text = f"{label} {100 * confidence:.0f}"
        colour = FAINT if none else colour_of(confidence)
        put_text(sheet, text, (left, y + 0.93 * cell), max(5.0, 0.16 * cell), colour)
    return sheet


def _grid(width: int, height: int, count: int) -> tuple[int, int, int]:
    """Side of a square cell, columns and rows: the largest cells with which ``count`` fit on the sheet."""
    columns = max(1, min(LEAST_COLUMNS, count))
    while True:
        cell = max(1, min(width // columns, round(MOST_ENLARGED * CROP / 0.72)))
        fits = max(1, width // cell)
        rows = max(1, height // cell)
        if fits * rows >= count or cell <= CROP // 2:
            return cell, fits, rows
        columns += 1


def _nothing(size: tuple[int, int], text: str) -> np.ndarray:
    picture = np.full((size[1], size[0], 3), RIM, np.uint8)
    put_text(picture, text, (0.05 * size[0], 0.5 * size[1]), max(8.0, 0.03 * size[1]))
    return picture
