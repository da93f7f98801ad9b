"""A digit network that heeds corrections at once: what is liker to a corrected digit than to typical ones.

The nearest neighbours in the network's last hidden layer (Cover and Hart, "Nearest Neighbor Pattern
Classification", 1967), beside the network's own answer as in Orhan, "A Simple Cache Model for Image
Recognition" (2018), and held against typical digits: of one correction alone nearly everything would be a
neighbour.
"""

from __future__ import annotations

import numpy as np

from digitcam.cascade import Cascade
from digitcam.classifier import Classifier
from digitcam.corrections.correction import Correction
from digitcam.corrections.hand import Hand
from digitcam.likeness import likeness, signatures
from digitcam.settled import NOTHING
from digitcam.typical import Typical, directions_by, load_typical

# A crop must be liker to a correction than to any typical digit, by so much of the cosine; how sharply that
# counts, and how much in log-odds. Chosen on 110 writers whom a network for that purpose had not seen
# (docs/corrections.md), among 110 combinations.
MARGIN, SHARPNESS, WEIGHT = 0.05, 20.0, 24.0
# Without typical digits to compare with: the cosine that has to be passed.
ALIKE = 0.85
# Corrections this much alike are of the same writing: where they contradict each other the later counts.
SAME = 0.9
# The correlation of crops that are the very same writing, seen once more: of nine digits in ten it is 0.95
# from one frame of a film to the next.
SEEN_AGAIN = 0.93
# Probabilities are not told apart below this.
LEAST = 1e-6


class Corrected:
    """A digit network with a hand's corrections, behind the network's own door.

    Args:
        network: its last hidden layer has to be known (``sees_within``).
        hand: asked anew with every batch.
        typical: of the network; by default as they lie beside its file.

    Attributes:
        classes, path: as of the network.
    """

    def __init__(
        self, network: Classifier | Cascade, hand: Hand, typical: Typical | None = None
    ) -> None:
        self.network = network
        self.classes = network.classes
        self.path = network.path
        self._hand = hand
        self._typical = load_typical(network.path) if typical is None else typical
        self._learnt: tuple[Correction, ...] = ()
        self._known = np.zeros((0, 0), np.float32)
        self._labels = np.zeros(0, np.intp)
        self._portraits = np.zeros((0, 0), np.float32)

    def said(self, crops: np.ndarray) -> np.ndarray:
        """What corrections say of N crops that show the very same writing: N integers, -1 for nothing."""
        self._heed()
        said = np.full(len(crops), NOTHING)
        if len(self._labels) and len(crops):
            alike = likeness(signatures(crops)[0], self._portraits)
            same = alike.max(1) >= SEEN_AGAIN
            said[same] = self._labels[alike[same].argmax(1)]
        return said

    def _heed(self) -> None:
        """Learn the corrections, where they have changed."""
        if self._hand.corrections is not self._learnt:
            self._learn(self._hand.corrections)

    def predict(self, crops: np.ndarray) -> np.ndarray:
        """Probabilities of all crops in one batch: N×28×28 uint8 to N×K float32."""
        self._heed()
        if not len(self._labels) or not len(crops):
            return self.network.predict(crops)
        answers, rows, hidden = self.network.look(crops)
        if len(rows):
            answers[rows] = self.adjusted(answers[rows], hidden)
        return answers

    def adjusted(self, answers: np.ndarray, hidden: np.ndarray) -> np.ndarray:
        """The network's answers in the light of the corrections.

        Args:
            answers: N×K probabilities; hidden: N×D, the last hidden layer.

        Returns:
            N×K, each row with the same sum.
        """
        looks = directions_by(self._typical, hidden)
        near = looks @ self._known.T
        if self._typical is None:
            bar = np.full(len(looks), ALIKE, np.float32)
        else:
            bar = (looks @ self._typical.directions.T).max(1) + MARGIN
        odds = np.log(np.maximum(answers, LEAST))
        for label in np.unique(self._labels):
            nearest = near[:, self._labels == label].max(1)
            odds[:, label] += WEIGHT / (1 + np.exp(SHARPNESS * (bar - nearest)))
        changed = np.exp(odds - odds.max(1, keepdims=True))
        return np.asarray(changed * (answers.sum(1) / changed.sum(1))[:, None], np.float32)

    def _learn(self, corrections: tuple[Correction, ...]) -> None:
        """Look at the corrected crops; of those that contradict each other the later counts."""
        self._learnt = corrections
        # A network that has no class "not a digit" cannot learn it.
        usable = [c for c in corrections if c.label < len(self.classes)]
        if not usable:
            self._labels = np.zeros(0, np.intp)
            return
        labels = np.array([c.label for c in usable], np.intp)
        crops = np.stack([c.crop for c in usable])
        hidden = self.network.hidden(crops)
        known = directions_by(self._typical, hidden)
        kept = later_counts(known, labels)
        self._known, self._labels = known[kept], labels[kept]
        self._portraits = signatures(crops[kept])[0]


def later_counts(known: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Which corrections count where some contradict each other: N bool.

    Args:
        known: N×D directions, the oldest first; labels: N.
    """
    contradicted = (known @ known.T >= SAME) & (labels[:, None] != labels[None])
    return np.asarray(~np.triu(contradicted, 1).any(1))
