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
from digitcam.classes import are_digits, names_in
from digitcam.classifier import Classifier
from digitcam.company import COLUMNS, company
from digitcam.errors import UserError
from digitcam.kinds import by_kind, kinds_of
from digitcam.litert import open_twin
from digitcam.proposals import Candidates
from digitcam.surroundings import CHANNELS, SIDE, surroundings
from digitcam.types import LABELS
from digitcam.weights_dir import find_weights

JUDGE = "judge.keras"
# Of a network of other glyphs the judge lies beside it, under its name with this suffix.
OWN_JUDGE = ".judge.keras"
DIGITS = len(LABELS)
# Of a judge of digits: evidence for each, and the trust in the digit network.
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

# N×32×32×4 and N×9, both float32, to N×(K+1): evidence for each name, and the trust in the network.
Run = Callable[[np.ndarray, np.ndarray], np.ndarray]


class Judge:
    """Weighs the digit network's answers by what stands around each candidate.

    Args:
        run: the network; path: its Keras file.
        kinds: K int, which names look alike: which one of them stands there is not judged. By default digits.
    """

    def __init__(self, run: Run, path: Path, kinds: np.ndarray | None = None) -> None:
        self._run = run
        self.path = path
        self._kinds = kinds_of(LABELS) if kinds is None else kinds

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
            probabilities: N×(K+1) of the network; the last column is what is none of the names.
            known: indices of candidates that have been judged before; they are company for the others.

        Returns:
            N×(K+1) float64; rows that sum to 1, those of the known as they were. What is not judged is "not a
            digit".
        """
        sums = of_kinds(probabilities, self._kinds)
        judged = np.setdiff1d(worth_judging(sums), known)
        result = np.zeros(probabilities.shape, np.float64)
        result[:, -1] = 1
        result[known] = probabilities[known]
        if len(judged):
            height, width = picture.shape[:2]
            together = np.union1d(judged, known)
            # Of the digit network's answers, which company is made of, those about the known were sure.
            answers = sums.copy()
            answers[known] = np.eye(sums.shape[1])[sums[known, :-1].argmax(1)]
            beside = company(candidates, answers, together, (width, height))
            around = surroundings(picture, candidates, judged).astype(np.float32)
            evidence = self._run(around, beside[np.searchsorted(together, judged)])
            result[judged] = weighed(probabilities[judged], evidence, self._kinds)
        return result


def of_kinds(probabilities: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """N×(K+1) probabilities with those of names that look alike summed up, at the place of the first."""
    sums = by_kind(probabilities[:, :-1], kinds)
    return np.concatenate([sums, probabilities[:, -1:]], axis=1)


def worth_judging(probabilities: np.ndarray) -> np.ndarray:
    """Indices of the candidates that the network, N×(K+1) probabilities, gives some chance; in order."""
    best = probabilities[:, :-1].max(1, initial=0.0)
    judged = np.flatnonzero(best >= LEAST_JUDGED)
    if len(judged) > MOST_JUDGED:
        judged = np.sort(judged[np.argsort(-best[judged], kind="stable")[:MOST_JUDGED]])
    return judged


def network_odds(probabilities: np.ndarray) -> np.ndarray:
    """The log-odds of the network's likeliest name with the prior of pictures: N float64, from N×(K+1)."""
    best = np.clip(probabilities[:, :-1].max(1).astype(np.float64), 1e-6, 1 - 1e-6)
    return np.clip(np.log(best / (1 - best)) + PRIOR, LEAST_ODDS, MOST_ODDS)


def weighed(
    probabilities: np.ndarray, evidence: np.ndarray, kinds: np.ndarray | None = None
) -> np.ndarray:
    """The network's answers with the judge's evidence added.

    Args:
        probabilities: N×(K+1) of the network.
        evidence: N×(K+1) of the judge: log-odds for each name, and the trust before it is squashed to 0 to 2.
        kinds: K int, which names look alike; by default none do.

    Returns:
        N×(K+1) float64; the likeliest kind has the new probability. The others keep their proportion to it,
        or share what is left where that is less: what speaks against a 4 does not speak for a 9.
    """
    rows = np.arange(len(probabilities))
    kinds = np.arange(probabilities.shape[1] - 1) if kinds is None else kinds
    result = probabilities.astype(np.float64)
    sums = of_kinds(result, kinds)
    label = sums[:, :-1].argmax(1)
    of_label = sums[rows, label]
    trust = 2 / (1 + np.exp(-evidence[:, -1].astype(np.float64)))
    after = 1 / (1 + np.exp(-(evidence[rows, label] + trust * network_odds(sums))))
    before = np.clip(of_label, 1e-6, 1 - 1e-6)
    others = np.minimum(after / before, (1 - after) / (1 - before))
    alike = kinds[None] == label[:, None]
    own = result[:, :-1] / np.maximum(of_label, 1e-12)[:, None] * after[:, None]
    result[:, :-1] = np.where(alike, own, result[:, :-1] * others[:, None])
    result[:, -1] = 1 - result[:, :-1].sum(1)
    return result


def load_judge(classifier: Classifier | Cascade) -> Judge | None:
    """The judge that lies beside a network, for one of digits else the shipped one; None where there is none.

    A network that does not know what is none of its names is sure of everything: there is nothing to weigh.

    Raises:
        UserError: it has no twin, or is no judge.
    """
    names = names_in(classifier.classes)
    if len(names) == len(classifier.classes):
        return None
    path = classifier.path.with_suffix(OWN_JUDGE)
    if not path.is_file():
        if not are_digits(names):
            return None
        path = classifier.path.with_name(JUDGE)
    if not path.is_file():
        path = find_weights() / JUDGE
    network = open_twin(path)
    check_judge_shapes(path, network.taken, network.given, len(names) + 1)
    return Judge(network, path, kinds_of(names))


def check_judge_shapes(
    path: Path, taken: list[tuple], given: list[tuple], outputs: int = OUTPUTS
) -> None:
    """Refuse a model that takes or gives something else than a judge of so many outputs (UserError)."""
    wanted = {(SIDE, SIDE, CHANNELS), (COLUMNS,)}
    if {tuple(shape[1:]) for shape in taken} != wanted or [tuple(s[1:]) for s in given] != [(outputs,)]:
        raise UserError(
            f"{path} is no judge: expected inputs of N×{SIDE}×{SIDE}×{CHANNELS} and N×{COLUMNS} and an "
            f"output of N×{outputs}; train.py --fit-judge makes one"
        )
