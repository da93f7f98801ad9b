"""Why a candidate was read, or refused: which gate it met, in a few short lines."""

from __future__ import annotations

import numpy as np

from digitcam.judge import LEAST_JUDGED
from digitcam.selection import exclude
from digitcam.types import Evidence
from digitcam.verdict import ascii_of

# A network's row says this of what the small one had refused already.
AT_ONCE = 1.0


def why(evidence: Evidence, index: int) -> tuple[str, ...]:
    """What happened to a candidate, gate by gate up to the one that decided; ASCII.

    Args:
        evidence: of a frame.
        index: of the candidate.
    """
    said, named = evidence.probabilities[index], len(evidence.names)
    best = int(said[:named].argmax())
    name = ascii_of(evidence.names[best])
    if said[named:].sum() >= AT_ONCE:
        return ("the small network:", "plainly no digit")
    lines = [f"network: {name} {_percent(said[best])}"]
    if said[best] < LEAST_JUDGED:
        return (*lines, "takes it for no digit")
    after = said
    if evidence.judged is not None:
        after = evidence.judged[index]
        lines.append(f"with its place: {_percent(after[best])}")
    if index in evidence.chosen:
        return (*lines, f"read as {ascii_of(evidence.names[int(after[:named].argmax())])}")
    least = _percent(evidence.least)
    sure = after[:named].sum() if evidence.judged is None and named > 10 else after[:named].max()
    if sure < evidence.least:
        if said[best] >= evidence.least:
            return (*lines, "what is around it", f"speaks against it ({least})")
        return (*lines, f"not sure enough ({least})")
    if len(evidence.chosen) and _overlaps(evidence, index):
        return (*lines, "another reading of", "this ink is surer")
    return (*lines, "not yet seen often")


def _overlaps(evidence: Evidence, index: int) -> bool:
    """Whether a candidate that was read excludes this one."""
    boxes = np.array([box.as_list() for box in evidence.boxes])
    return bool(exclude(boxes[index : index + 1], boxes[np.asarray(evidence.chosen, int)]).any())


def _percent(probability: float) -> str:
    return f"{100 * float(probability):.0f} %"
