"""Candidates and probabilities to a choice: the consistent set that explains most ink most confidently."""

from __future__ import annotations

import numpy as np

from digitcam.geometry import areas, corners, shared_areas
from digitcam.proposals import Candidates
from digitcam.types import LABELS

# The least probability for a label; README gives the measurement that chose it.
DEFAULT_CONFIDENCE = 0.5
# Candidates less likely than this do not compete for ink, whatever confidence is asked for.
LEAST_RIVAL = 0.5
# Most components are no two digits: a piece of one must be so much surer, in log-odds.
PIECE_DOUBT = 2.0
# What a candidate counts that only just competes, in log-odds.
LEAST_WORTH = 0.3
FILL_POWER = 0.25
# The network's probabilities are not told apart above this.
CERTAIN = 0.9995
# Two candidates exclude each other when they share this much of the smaller one's box.
EXCLUDED_OVERLAP = 0.35


def select(
    candidates: Candidates, probabilities: np.ndarray, confidence: float, named: int = len(LABELS)
) -> np.ndarray:
    """Which candidates are digits: their indices, in order.

    Among candidates that overlap, the set with the greatest sum of log-odds × √ink × ∜fill is sought: a
    digit beats its pieces and its loop, two confident pieces beat the doubtful whole. The root counts ink
    by the length that it reaches, so that a large doubtful candidate does not outweigh small certain ones;
    the fill, ink in the box, speaks for a digit against the same digit with a faint line of the paper.

    Args:
        candidates: N hypotheses.
        probabilities: N×K; the first columns are those of what has a name.
        confidence: the least probability of a label.
        named: how many columns those are; by default the ten digits.
    """
    best = probabilities[:, :named].max(1, initial=0.0)
    rivals = np.flatnonzero(best >= min(confidence, LEAST_RIVAL))
    ink, boxes = candidates.ink[rivals], candidates.boxes[rivals]
    reach = np.sqrt(ink) * (ink / (boxes[:, 2] * boxes[:, 3])) ** FILL_POWER
    sure = log_odds(best[rivals]) - log_odds(LEAST_RIVAL) - PIECE_DOUBT * candidates.piece[rivals]
    worth = reach * np.maximum(sure, LEAST_WORTH)
    kept = rivals[consistent_set(boxes, worth)]
    return np.sort(kept[best[kept] >= confidence])


def log_odds(probability: np.ndarray | float) -> np.ndarray:
    """log(p / (1 - p)), with p kept from 0 and 1 by as much as the network can be trusted."""
    p = np.clip(probability, 1 - CERTAIN, CERTAIN)
    return np.log(p / (1 - p))


def consistent_set(boxes: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """Which boxes to keep so that none excludes another and the sum of ``worth`` is great.

    A maximum weight independent set, sought greedily and then bettered: a kept box gives way to
    those it excludes wherever these are worth more together.

    Args:
        boxes: N×4, x, y, width, height.
        worth: N.

    Returns:
        Indices of the kept boxes.
    """
    count = len(boxes)
    if count < 2:
        return np.arange(count)
    excludes = exclude(boxes, boxes)
    np.fill_diagonal(excludes, False)
    kept = np.zeros(count, bool)
    for i in np.argsort(-worth, kind="stable"):
        rivals = np.flatnonzero(excludes[i])
        if not kept[rivals].any():
            kept[i] = True
    for i in np.flatnonzero(kept):
        others = excludes[i] & ~(excludes[:, kept & (np.arange(count) != i)].any(1))
        free = np.flatnonzero(others)
        if len(free) < 2:
            continue
        team = _greedy(free, worth, excludes)
        if worth[team].sum() > worth[i]:
            kept[i] = False
            kept[team] = True
    return np.flatnonzero(kept)


def _greedy(members: np.ndarray, worth: np.ndarray, excludes: np.ndarray) -> list[int]:
    team: list[int] = []
    for i in members[np.argsort(-worth[members], kind="stable")]:
        if not excludes[i, team].any():
            team.append(int(i))
    return team


def exclude(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """N×M bool: whether two boxes (N×4 and M×4, x, y, width, height) share more than is permitted of the
    smaller one, so that only one of them can be a digit."""
    placed, there = corners(boxes), corners(others)
    smaller = np.minimum.outer(areas(placed), areas(there))
    return shared_areas(placed, there) > EXCLUDED_OVERLAP * smaller
