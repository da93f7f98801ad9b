"""A nought or an O, a one or an I: what looks alike is settled by its neighbours in the word or number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from digitcam.types import LABELS, Digit, Number

# A glyph that is plainly of the other kind stays what it is: its neighbours' kind has less than this for it.
LEAST_ALIKE = 0.02
# No glyph alone decides what a word is.
LEAST_SAID = 0.01


def settle_words(digits: tuple[Digit, ...], numbers: Sequence[Number]) -> tuple[Digit, ...]:
    """Digits and letters as the words that they stand in make them likeliest.

    A word is of digits or of letters, whichever its glyphs together speak for (a product of what each gives
    either kind, as in naive Bayes). A glyph then has the likeliest label of that kind where it may be of it.

    Args:
        digits: of a network that tells letters, too; others are given back as they are.
        numbers: the words, by indices of ``digits``.

    Returns:
        The same digits where nothing has changed.
    """
    if not digits or not set(LABELS) < set(digits[0].names):
        return digits
    of_digits = np.array([name in LABELS for name in digits[0].names])
    told = list(digits)
    for number in numbers:
        if len(number.digits) > 1:
            settled = _settled([digits[i] for i in number.digits], of_digits)
            for i, digit in zip(number.digits, settled, strict=True):
                told[i] = digit
    changed = any(one is not other for one, other in zip(told, digits, strict=True))
    return tuple(told) if changed else digits


def _settled(word: Sequence[Digit], of_digits: np.ndarray) -> list[Digit]:
    """The glyphs of one word; ``of_digits`` tells which names are digits."""
    probabilities = np.array([digit.probabilities for digit in word])
    shares = [probabilities[:, of_digits].sum(1), probabilities[:, ~of_digits].sum(1)]
    digits, letters = (sum(math.log(max(share, LEAST_SAID)) for share in kind.tolist()) for kind in shares)
    kind, share = (of_digits, shares[0]) if digits >= letters else (~of_digits, shares[1])
    glyphs = zip(word, probabilities, share.tolist(), strict=True)
    return [_as(digit, np.where(kind, row, 0.0), total) for digit, row, total in glyphs]


def _as(digit: Digit, probabilities: np.ndarray, share: float) -> Digit:
    """The glyph as the likeliest of one kind, whose probabilities sum to ``share``."""
    best = int(probabilities.argmax())
    if digit.names[best] == digit.label or probabilities[best] < LEAST_ALIKE:
        return digit
    return replace(digit, label=digit.names[best], confidence=float(probabilities[best] / share))
