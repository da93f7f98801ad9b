"""The judge: is this crop, which the digit network takes for a digit, one where it stands?

The digit network sees a candidate's own ink and nothing else. The judge sees what stands around it and what
company it has, and says by how much that speaks for each digit or against it, in log-odds, and how far the
digit network's own log-odds are to be trusted there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from digitcam.cascade import Cascade
from digitcam.classes import are_digits
from digitcam.classifier import Classifier
from digitcam.company import COLUMNS, company
from digitcam.errors import UserError
from digitcam.litert import open_twin
from digitcam.proposals import Candidates
from digitcam.surroundings import CHANNELS, SIDE, surroundings
from digitcam.types import LABELS
from digitcam.weights_dir import find_weights

JUDGE = "judge.keras"
DIGITS = len(LABELS)
# Evidence for each digit, and the trust in the digit network.
OUTPUTS = DIGITS + 1
# What the digit network gives less than this is no digit anywhere …
LEAST_JUDGED = 0.2
# … and of a picture full of things the likeliest are judged.
MOST_JUDGED = 400
# The digit network answers for single crops that somebody wants read; of what a picture proposes far fewer
# are digits. Where the judge knows nothing, this holds (log-odds).
PRIOR = -2.3
# The digit network's log-odds, with that prior, are not told apart beyond these.
LEAST_ODDS, MOST_ODDS = -4.0, 7.0

NOTHING_KNOWN = np.zeros(0, np.intp)

# N×32×32×4 and N×9, both float32, to N×11.
Run = Callable[[np.ndarray, np.ndarray], np.ndarray]


class Judge:
    """Weighs the digit network's answers by what stands around each candidate.

    Attributes:
        path: the Keras file.
    """

    def __init__(self, run: Run, path: Path) -> None:
        self._run = run
        self.path = path

    def weigh(
        self,
        picture: np.ndarray,
        candidates: Candidates,
        probabilities: np.ndarray,
        known: np.ndarray = NOTHING_KNOWN,
    ) -> np.ndarray:
        """The probability that a candidate is a digit, and read right, in the place of the network's.

        Args:
            picture: H×W or H×W×3 uint8, where the candidates were found.
            candidates: N of the picture.
            probabilities: N×11 of the digit network.
            known: indices of candidates that have been judged before; they are company for the others.

        Returns:
            N×11 float64; rows that sum to 1, those of the known as they were. What is not judged is "not a
            digit".
        """
        judged = np.setdiff1d(worth_judging(probabilities), known)
        result = np.zeros(probabilities.shape, np.float64)
        result[:, DIGITS] = 1
        result[known] = probabilities[known]
        if len(judged):
            height, width = picture.shape[:2]
            together = np.union1d(judged, known)
            # Of the digit network's answers, which company is made of, those about the known were sure.
            answers = probabilities.copy()
            answers[known] = np.eye(probabilities.shape[1])[probabilities[known, :DIGITS].argmax(1)]
            beside = company(candidates, answers, together, (width, height))
            around = surroundings(picture, candidates, judged).astype(np.float32)
            evidence = self._run(around, beside[np.searchsorted(together, judged)])
            result[judged] = weighed(probabilities[judged], evidence)
        return result


def worth_judging(probabilities: np.ndarray) -> np.ndarray:
    """Indices of the candidates that the digit network, N×K probabilities, gives some chance; in order."""
    best = probabilities[:, :DIGITS].max(1, initial=0.0)
    judged = np.flatnonzero(best >= LEAST_JUDGED)
    if len(judged) > MOST_JUDGED:
        judged = np.sort(judged[np.argsort(-best[judged], kind="stable")[:MOST_JUDGED]])
    return judged


def network_odds(probabilities: np.ndarray) -> np.ndarray:
    """The log-odds of the digit network's likeliest digit with the prior of pictures: N float64, from N×K."""
    best = np.clip(probabilities[:, :DIGITS].max(1).astype(np.float64), 1e-6, 1 - 1e-6)
    return np.clip(np.log(best / (1 - best)) + PRIOR, LEAST_ODDS, MOST_ODDS)


def weighed(probabilities: np.ndarray, evidence: np.ndarray) -> np.ndarray:
    """The digit network's answers with the judge's evidence added.

    Args:
        probabilities: N×11 of the digit network.
        evidence: N×11 of the judge: ten log-odds, and the trust before it is squashed to 0 to 2.

    Returns:
        N×11 float64; the likeliest digit has the new probability. The other nine keep their proportion to it,
        or share what is left where that is less: what speaks against a 4 does not speak for a 9.
    """
    rows = np.arange(len(probabilities))
    result = probabilities.astype(np.float64)
    label = result[:, :DIGITS].argmax(1)
    trust = 2 / (1 + np.exp(-evidence[:, DIGITS].astype(np.float64)))
    odds = evidence[rows, label] + trust * network_odds(probabilities)
    after = 1 / (1 + np.exp(-odds))
    before = np.clip(result[rows, label], 1e-6, 1 - 1e-6)
    result[:, :DIGITS] *= np.minimum(after / before, (1 - after) / (1 - before))[:, None]
    result[rows, label] = after
    result[:, DIGITS] = 1 - result[:, :DIGITS].sum(1)
    return result


def load_judge(classifier: Classifier | Cascade) -> Judge | None:
    """The judge that lies beside a digit network, else the shipped one; None for any other network.

    One that does not know "not a digit" is sure of everything: there is nothing to weigh.

    Raises:
        UserError: it has no twin, or is no judge.
    """
    if len(classifier.classes) == DIGITS or not are_digits(classifier.classes):
        return None
    path = classifier.path.with_name(JUDGE)
    if not path.is_file():
        path = find_weights() / JUDGE
    network = open_twin(path)
    check_judge_shapes(path, network.taken, network.given)
    return Judge(network, path)


def check_judge_shapes(path: Path, taken: list[tuple], given: list[tuple]) -> None:
    """Refuse a model that takes or gives something else than a judge does (UserError)."""
    wanted = {(SIDE, SIDE, CHANNELS), (COLUMNS,)}
    if {tuple(shape[1:]) for shape in taken} != wanted or [tuple(s[1:]) for s in given] != [(OUTPUTS,)]:
        raise UserError(
            f"{path} is no judge: expected inputs of N×{SIDE}×{SIDE}×{CHANNELS} and N×{COLUMNS} and an "
            f"output of N×{OUTPUTS}; train.py --fit-judge makes one"
        )
