"""What is looked at in a reading: a digit that was read, or ink that was refused; and what is around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from digitcam.choosing import box_at
from digitcam.selection import exclude
from digitcam.types import Box, Evidence, Reading

# Around the digit so much of the frame is shown, in lengths of its longer side.
BESIDE = 0.35
# Boxes of two frames with this much in common (IoU) are taken for the same digit's.
SAME = 0.3


class Picked(NamedTuple):
    """What somebody pointed at: its ``box``, and whether it was ``refused``."""

    box: Box
    refused: bool = False


class Subject(NamedTuple):
    """What is looked at.

    Attributes:
        box: in the frame; crop: 28×28 uint8, or a whole frame, H×W×3.
        candidate: which one of the evidence it is; None where not known.
        known_at: its box when the evidence was taken, which may have been some frames ago.
    """

    box: Box
    crop: np.ndarray
    candidate: int | None
    known_at: Box


def pick_at(reading: Reading, x: int, y: int) -> Picked | None:
    """The digit at a point of the frame, or else what was refused there."""
    evidence = reading.evidence
    digits = [digit.box for digit in reading.digits]
    candidates = list(evidence.boxes) if evidence is not None else []
    for boxes, refused in ((digits, False), (candidates, True)):
        hit = box_at(boxes, x, y)
        if hit is not None:
            return Picked(boxes[hit], refused)
    return None


def subject_of(reading: Reading, picked: Picked | None, frame: np.ndarray) -> Subject | None:
    """What is nearest to the picked one in place and size; without it the largest digit.

    Args:
        frame: H×W×3 uint8, what was read: where networks name whole frames, all of it is looked at.

    Returns:
        None where there is no digit to look at.
    """
    if reading.classes is not None:
        whole = Box(0, 0, *reading.size)
        return Subject(whole, frame, None, whole)
    evidence = reading.evidence
    wanted = None if picked is None else picked.box
    if picked is not None and picked.refused and evidence is not None and evidence.boxes:
        index = _nearest(evidence.boxes, wanted)
        return Subject(evidence.boxes[index], evidence.crops[index], index, evidence.boxes[index])
    seen = [(digit.box, digit.crop) for digit in reading.digits if digit.crop is not None]
    if not seen:
        return None
    box, crop = seen[_nearest([box for box, _ in seen], wanted)]
    candidate = None if evidence is None else _candidate_of(box, crop, evidence)
    known_at = box if evidence is None or candidate is None else evidence.boxes[candidate]
    return Subject(box, crop, candidate, known_at)


def refused_in(reading: Reading) -> list[Box]:
    """What was refused where nothing was read, the largest first; of several that share their ink one."""
    evidence = reading.evidence
    if evidence is None or not evidence.boxes:
        return []
    boxes = np.array([box.as_list() for box in evidence.boxes])
    taken = [digit.box.as_list() for digit in reading.digits]
    refused = []
    for index in sorted(range(len(boxes)), key=lambda i: -evidence.boxes[i].area):
        if not taken or not exclude(boxes[index : index + 1], np.array(taken)).any():
            taken.append(boxes[index])
            refused.append(evidence.boxes[index])
    return refused


def beside(box: Box, width: int, height: int) -> Box:
    """A square part of a frame around a box, as far as the frame goes."""
    reach = max(box.width, box.height) * (0.5 + BESIDE)
    x, y = box.centre
    x0, y0 = max(0, round(x - reach)), max(0, round(y - reach))
    x1, y1 = min(width, max(x0 + 1, round(x + reach))), min(height, max(y0 + 1, round(y + reach)))
    return Box(x0, y0, x1 - x0, y1 - y0)


def ink_of(reading: Reading, subject: Subject) -> np.ndarray | None:
    """The ink around a subject, h×w uint8, which may be smaller than the frame; None where not known."""
    evidence = reading.evidence
    if evidence is None:
        return None
    factor = evidence.ink.shape[1] / reading.size[0]
    part = beside(subject.known_at, *reading.size)
    x0, y0, x1, y1 = (round(side * factor) for side in (part.x, part.y, part.right, part.bottom))
    ink = evidence.ink[y0 : max(y0 + 1, y1), x0 : max(x0 + 1, x1)]
    return ink if ink.size else None


def _nearest(boxes: Sequence[Box], wanted: Box | None) -> int:
    """Which box is most like the wanted one in place and size; the largest for none."""
    if wanted is None:
        return max(range(len(boxes)), key=lambda i: boxes[i].area)
    sides = np.array([[*box.centre, box.width, box.height] for box in boxes])
    return int(np.abs(sides - [*wanted.centre, wanted.width, wanted.height]).sum(1).argmin())


def _candidate_of(box: Box, crop: np.ndarray, evidence: Evidence) -> int | None:
    """Which candidate was read as a digit: that with its crop, or of an earlier frame that in its place."""
    for index in evidence.chosen:
        if np.array_equal(evidence.crops[index], crop):
            return index
    best = max(evidence.chosen, key=lambda index: box.iou(evidence.boxes[index]), default=None)
    return best if best is not None and box.iou(evidence.boxes[best]) >= SAME else None
