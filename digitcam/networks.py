"""The networks that read a frame, opened together: they belong to one another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from digitcam.cascade import Cascade, load_cascade
from digitcam.classifier import Classifier
from digitcam.judge import Judge, load_judge
from digitcam.sign_network import SignNetwork, load_sign_network


@dataclass(frozen=True, slots=True)
class Networks:
    """What a frame is read with.

    Attributes:
        classifier: the digit network, or the cascade that spares it most candidates.
        judge: what weighs the digit network's answers; without one they count as they are.
        signs: what sees signs between digits; without it numbers are digits alone.
    """

    classifier: Classifier | Cascade
    judge: Judge | None = None
    signs: SignNetwork | None = None


def load_networks(model: str | Path | None = None) -> Networks:
    """Open a digit network with the screen and the judge that lie beside it.

    Args:
        model: a ``.keras`` file; the shipped model by default.

    Raises:
        UserError: a file is absent or does not fit.
    """
    classifier = load_cascade(model)
    return Networks(classifier, load_judge(classifier), load_sign_network())
