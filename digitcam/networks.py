"""The networks that read a frame, opened together: they belong to one another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from digitcam.cascade import Cascade, load_cascade
from digitcam.classes import are_digits
from digitcam.classifier import Classifier
from digitcam.corrected import Corrected
from digitcam.corrections.hand import Hand
from digitcam.judge import Judge, load_judge
from digitcam.sign_network import SignNetwork, load_sign_network


@dataclass(frozen=True, slots=True)
class Networks:
    """What a frame is read with.

    Attributes:
        classifier: the digit network, or the cascade that spares it most candidates; with corrections
            at hand, what heeds them.
        judge: what weighs the digit network's answers; without one they count as they are.
        signs: what sees signs between digits; without it numbers are digits alone.
        hand: the corrections that are heeded, None where none are.
    """

    classifier: Classifier | Cascade | Corrected
    judge: Judge | None = None
    signs: SignNetwork | None = None
    hand: Hand | None = None


def load_networks(model: str | Path | None = None, hand: Hand | None = None) -> Networks:
    """Open a digit network with the screen and the judge that lie beside it.

    Args:
        model: a ``.keras`` file; the shipped model by default.
        hand: corrections to heed, and those that will be added to it. A network whose last hidden layer is
            not known (an older twin) does without.

    Raises:
        UserError: a file is absent or does not fit.
    """
    classifier = load_cascade(model)
    judge = load_judge(classifier)
    # What stands before digits was learnt; before letters it is not known.
    signs = load_sign_network() if are_digits(classifier.classes) else None
    if hand is None or not classifier.sees_within or not are_digits(classifier.classes):
        return Networks(classifier, judge, signs)
    return Networks(Corrected(classifier, hand), judge, signs, hand)
