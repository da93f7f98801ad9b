"""A small network first: what it takes for no digit at all, the large one is not shown.

After Viola and Jones, "Rapid Object Detection using a Boosted Cascade of Simple Features" (2001).
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from digitcam.classes import are_digits
from digitcam.classifier import Classifier, load_classifier
from digitcam.errors import UserError
from digitcam.types import LABELS

SCREEN = "screen.keras"
# The entry of the screen's record that ``train.py --fit-screen`` writes.
RECORD_ENTRY = "screen"

DIGITS = len(LABELS)


class Cascade:
    """Two digit networks with eleven classes behind one door.

    Attributes:
        screen: the small network, which sees every crop.
        network: the large one, which sees what the screen lets pass.
        threshold: a crop passes where the screen's ten digits together have at least this probability.
        classes: as of both networks; path: of the large one.
    """

    def __init__(self, screen: Classifier, network: Classifier, threshold: float) -> None:
        self.screen = screen
        self.network = network
        self.threshold = threshold
        self.classes = network.classes
        self.path = network.path

    def predict(self, crops: np.ndarray) -> np.ndarray:
        """Probabilities of all crops; a crop that does not pass is "not a digit" with certainty.

        Args:
            crops: N×28×28 uint8, N ≥ 0.

        Returns:
            N×11 float32.
        """
        passed = self.passes(crops)
        answers = np.zeros((len(crops), len(self.classes)), np.float32)
        answers[~passed, DIGITS] = 1
        answers[passed] = self.network.predict(crops[passed])
        return answers

    @property
    def sees_within(self) -> bool:
        """Whether the large network does."""
        return self.network.sees_within

    def look(self, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The same, and what the large network's last hidden layer says of those that pass.

        Returns:
            N×11 float32, the M rows that pass, and M×D float32.
        """
        rows = np.flatnonzero(self.passes(crops))
        answers = np.zeros((len(crops), len(self.classes)), np.float32)
        answers[:, DIGITS] = 1
        if not len(rows):
            return answers, rows, np.zeros((0, 0), np.float32)
        answers[rows], _, hidden = self.network.look(crops[rows])
        return answers, rows, hidden

    def hidden(self, crops: np.ndarray) -> np.ndarray:
        """What the large network's last hidden layer says of N ≥ 1 crops: N×D float32."""
        return self.network.hidden(crops)

    def passes(self, crops: np.ndarray) -> np.ndarray:
        """Which of N×28×28 uint8 crops the large network is shown: N bool."""
        return digit_share(self.screen.predict(crops)) >= self.threshold


def digit_share(probabilities: np.ndarray) -> np.ndarray:
    """How sure a network is that crops show digits, whichever these are: N, from N×11 probabilities."""
    return probabilities[:, :DIGITS].sum(1)


def load_cascade(model: str | Path | None = None) -> Classifier | Cascade:
    """Open a digit network with the screen that lies beside it; the network alone where none does.

    Args:
        model: a ``.keras`` file; the shipped model by default.

    Raises:
        UserError: as ``load_classifier``, or the screen's record has no threshold.
    """
    network = load_classifier(model)
    path = network.path.with_name(SCREEN)
    # A network that does not know "not a digit", or other glyphs than digits, is asked about every candidate.
    others = len(network.classes) == DIGITS or not are_digits(network.classes)
    if others or path == network.path or not path.is_file():
        return network
    threshold = read_threshold(path)
    return Cascade(load_classifier(path), network, threshold)


def read_threshold(screen: Path) -> float:
    """What a crop must reach to pass, from the record beside a screen; UserError where it is not there."""
    record = screen.with_suffix(".json")
    try:
        return float(json.loads(record.read_text(encoding="utf-8"))[RECORD_ENTRY]["threshold"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{record} has no threshold for {screen}: train.py --fit-screen {screen} measures one"
        ) from error
