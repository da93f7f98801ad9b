"""What the window can show of a reading: the result, the ink it was read from, the network's own crops."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from digitcam.overlay import draw_reading
from digitcam.sureness import colour_of
from digitcam.text import LEAST_TEXT, RIM, put_text, text_width
from digitcam.types import Box, Evidence, Reading

LAYERS = "layers"
VIEWS = ("result", "ink", "crops", LAYERS)

# The view is brought between these widths: text on a thumbnail or a 12-megapixel photo cannot be read.
LEAST_WIDTH = 960
MOST_WIDTH = 1600
# Cells of the sheet of crops: at least so many columns, and never larger than so many times 28 pixels.
LEAST_COLUMNS = 8
MOST_ENLARGED = 4.0
CROP = 28
# Parts of a cell: the crop, and the height of the text below it, which can still be read in the least cell.
CROP_PART, TEXT_PART = 0.72, 0.17
LEAST_CELL = round(LEAST_TEXT / TEXT_PART)
# The part of the sheet's height that is left to the panel in the corner.
BAND_PART = 0.11
FAINT = (150, 150, 150)


def arranged(
    view: str, image: np.ndarray, reading: Reading, mirror: bool = False
) -> tuple[np.ndarray, Reading]:
    """Frame and reading as a view shows them: of a size that suits a screen, mirrored if wanted.

    Args:
        view: one of ``VIEWS``.
        image: H×W×3 uint8 BGR, the frame.
        reading: of that frame.
        mirror: left and right exchanged, text aside.
    """
    if view == "result":  # a noisy frame has a thousand candidates, and they are not shown
        reading = replace(reading, evidence=None)
    image, reading = fit(image, reading)
    return mirrored(image, reading) if mirror else (image, reading)


def render(view: str, image: np.ndarray, reading: Reading) -> np.ndarray:
    """The picture of a view, of the same size: H×W×3 uint8.

    Args:
        view: one of ``VIEWS``.
        image, reading: ``arranged`` for the view.
    """
    if reading.classes is not None:  # nothing was cut out of the frame
        return draw_reading(image, reading)
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
    return _resized(image, factor), scaled(reading, factor)


def scaled(reading: Reading, factor: float) -> Reading:
    """The reading for a picture that is so many times as large."""

    def larger(box: Box) -> Box:
        x, y = round(box.x * factor), round(box.y * factor)
        return Box(x, y, max(1, round(box.width * factor)), max(1, round(box.height * factor)))

    return _with_boxes(reading, larger)


def _resized(image: np.ndarray, factor: float) -> np.ndarray:
    """The picture at another size, in halves as far as they go: other averages take five times as long."""
    height, width = image.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    while image.shape[1] > 2 * size[0] and image.shape[0] > 2 * size[1]:
        half = image.shape[1] // 2, image.shape[0] // 2
        image = cv2.resize(image, half, interpolation=cv2.INTER_AREA)
    return cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)


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
        return _nothing(image.shape[1::-1], "from the next frame on")
    size = image.shape[1], image.shape[0]
    ink = cv2.resize(evidence.ink, size, interpolation=cv2.INTER_LINEAR)
    picture = cv2.applyColorMap(ink, cv2.COLORMAP_VIRIDIS)
    for box in evidence.boxes:
        cv2.rectangle(picture, (box.x, box.y), (box.right - 1, box.bottom - 1), (170, 170, 170), 1)
    return draw_reading(picture, replace(reading, numbers=()))


def crops_view(size: tuple[int, int], evidence: Evidence | None) -> np.ndarray:
    """The network's 28×28 inputs as a sheet, the surest digits first, each with its label and confidence.

    Args:
        size: width and height of the sheet; where they do not all fit, it says how many are shown.
        evidence: the crops and the network's answer.
    """
    wide, tall = size
    top = round(BAND_PART * tall)
    if evidence is None:
        return _nothing(size, "from the next frame on")
    if not len(evidence.crops):
        return _nothing(size, "no candidates in this frame")
    sheet = np.full((tall, wide, 3), 40, np.uint8)
    order = np.argsort(-evidence.probabilities[:, : len(evidence.names)].max(axis=1), kind="stable")
    cell, columns, rows = _grid(wide, tall - top, len(order))
    for place, i in enumerate(order[: columns * rows]):
        x, y = (place % columns) * cell, top + (place // columns) * cell
        _draw_crop(sheet, evidence, i, (x, y), cell)
    if len(order) > columns * rows:
        height = max(LEAST_TEXT, 0.17 * top)
        text = f"the surest {columns * rows} of {len(order)}"
        put_text(sheet, text, (wide - text_width(text, height) - height, 0.6 * top), height, FAINT)
    return sheet


def _draw_crop(
    sheet: np.ndarray, evidence: Evidence, index: int, corner: tuple[int, int], cell: int
) -> None:
    """One crop in its cell: the best digit below it at the left, a dash for none, and its percentage."""
    x, y = corner
    side = max(1, round(CROP_PART * cell))
    left = x + (cell - side) // 2
    large = cv2.resize(evidence.crops[index], (side, side), interpolation=cv2.INTER_NEAREST)
    room = sheet[y : y + side, left : left + side]
    room[:] = large[: room.shape[0], : room.shape[1], None]
    probabilities = evidence.probabilities[index]
    digits = probabilities[: len(evidence.names)]
    best, confidence = int(digits.argmax()), float(digits.max())
    none = int(probabilities.argmax()) >= len(digits)
    colour = FAINT if none else colour_of(confidence)
    height, foot = TEXT_PART * cell, y + 0.94 * cell
    percent = f"{100 * confidence:.0f}"
    put_text(sheet, "-" if none else evidence.names[best], (left, foot), height, colour, rim=False)
    place = left + side - text_width(percent, height), foot
    put_text(sheet, percent, place, height, colour, rim=False)


def _grid(width: int, height: int, count: int) -> tuple[int, int, int]:
    """Side of a square cell, columns and rows: the largest cells with which ``count`` fit on the sheet."""
    columns = max(1, min(LEAST_COLUMNS, count))
    while True:
        cell = max(1, min(width // columns, round(MOST_ENLARGED * CROP / CROP_PART)))
        if cell < LEAST_CELL:
            cell = max(1, min(width, LEAST_CELL))
        fits = max(1, width // cell)
        rows = max(1, height // cell)
        if fits * rows >= count or cell <= LEAST_CELL:
            return cell, fits, rows
        columns += 1


def _nothing(size: tuple[int, int], text: str) -> np.ndarray:
    picture = np.full((size[1], size[0], 3), RIM, np.uint8)
    put_text(picture, text, (0.05 * size[0], 0.5 * size[1]), max(LEAST_TEXT, 0.025 * size[1]))
    return picture
