"""Candidates to probabilities: the digit network sees what is not known already, and askew pages twice."""

from __future__ import annotations

import numpy as np

from digitcam.cascade import Cascade
from digitcam.classes import names_in
from digitcam.classifier import Classifier
from digitcam.corrected import Corrected
from digitcam.direction import LEAST_TILT, levelled
from digitcam.memory import Recalled

# A candidate of a page that lies askew is looked at again where the network gives some digit this much.
LEAST_SEEN = 0.2


def recognise(
    classifier: Classifier | Cascade | Corrected, crops: np.ndarray, recalled: Recalled, angle: float
) -> tuple[np.ndarray, np.ndarray]:
    """What is known of some candidates and what the network says of the others.

    Args:
        classifier: a network with K classes, of which the last may be for what is none of the others.
        crops: N×28×28 uint8.
        recalled: which of them are known, and which are to be recognised; the others are no digits.
        angle: the direction of the page's rows in radians; where they are askew the answer is the mean of
            what the network says of crops as they are and turned level, where it saw anything.

    Returns:
        N×K float64, and the rows that are known: those of ``recalled`` but for any that the network, which
        sees those that are due, reads as another digit now.
    """
    named = len(names_in(classifier.classes))
    answers = np.zeros((len(crops), len(classifier.classes)))
    answers[:, named:] = 1
    rows = np.concatenate([recalled.rows[recalled.due], recalled.rest])
    seen = classifier.predict(crops[rows])
    if abs(angle) >= LEAST_TILT:
        again = np.flatnonzero(seen[:, :named].max(1, initial=0.0) >= LEAST_SEEN)
        seen[again] = (seen[again] + classifier.predict(levelled(crops[rows[again]], angle))) / 2
    answers[rows] = seen
    before = recalled.probabilities.reshape(-1, named)  # of no candidates it has no columns either
    same = ~recalled.due | (answers[recalled.rows, :named].argmax(1) == before.argmax(1))
    known = recalled.rows[same]
    answers[known, :named] = before[same]
    answers[known, named:] = 1 - before[same].sum(1, keepdims=True)
    return answers, known
