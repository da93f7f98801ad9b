"""Signs over frames: what stands before a digit is a mean over the looks, and stays with the digit."""

from __future__ import annotations

import numpy as np

from digitcam.sign_network import NONE
from digitcam.types import Box, Sign

# A look counts so much against those before.
RATE = 0.2
# What is shown gives way where another class is likelier by this much.
LEAD = 0.2
# What so many looks in a row have borne out is looked at again once in so many frames.
SETTLED, TURNS = 6, 4


class SignMemory:
    """Remembers what stands before each digit, by its track number."""

    def __init__(self) -> None:
        self._means: dict[int, np.ndarray] = {}
        self._shown: dict[int, int] = {}
        self._agreeing: dict[int, int] = {}
        self._frames = 0
        # Of the signs seen last: what, and where in heights of the digit from its upper left corner.
        self._signs: dict[int, tuple[str, np.ndarray]] = {}

    def due(self, numbers: np.ndarray) -> np.ndarray:
        """Before which of N digits, by their track numbers, to look for a sign in this frame: N bool."""
        self._frames += 1
        agreeing = np.array([self._agreeing.get(number, 0) for number in numbers.tolist()], np.int64)
        return (agreeing < SETTLED) | ((numbers + self._frames) % TURNS == 0)

    def steadied(self, numbers: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
        """What is to be shown before N digits, by their track numbers: N×5, one in each row is 1.

        Args:
            numbers: N.
            probabilities: N×5, of this frame.
        """
        means, shown = {}, {}
        for number, row in zip(numbers.tolist(), probabilities, strict=True):
            before = self._means.get(number, row)
            means[number] = mean = before + RATE * (row - before)
            best = int(mean.argmax())
            old = self._shown.get(number, best)
            shown[number] = best if mean[best] - mean[old] >= LEAD else old
            agrees = int(row.argmax()) == shown[number]
            self._agreeing[number] = self._agreeing.get(number, 0) + 1 if agrees else 0
        self._means |= means
        self._shown |= shown
        chosen = np.zeros(probabilities.shape, np.float32)
        chosen[np.arange(len(numbers)), [shown[number] for number in numbers.tolist()]] = 1
        return chosen

    def keep(
        self, numbers: np.ndarray, boxes: np.ndarray, signs: tuple[Sign, ...], owners: np.ndarray
    ) -> None:
        """Take note of the signs that were found.

        Args:
            numbers: N, of all digits that are shown; nothing else is remembered.
            boxes: N×4, of the digits.
            signs: M of them; owners: M, which of the N digits each stands before.
        """
        alive = numbers.tolist()
        self._means = {number: self._means[number] for number in alive if number in self._means}
        self._shown = {number: self._shown[number] for number in alive if number in self._shown}
        self._agreeing = {number: self._agreeing[number] for number in self._shown}
        self._signs = {n: self._signs[n] for n in self._shown if self._shown[n] != NONE and n in self._signs}
        for sign, owner in zip(signs, owners.tolist(), strict=True):
            x, y, _, height = boxes[owner]
            place = np.array(sign.box.as_list(), float) - (x, y, 0, 0)
            self._signs[int(numbers[owner])] = sign.text, place / height

    def recalled(self, number: int, box: np.ndarray) -> Sign | None:
        """The sign before a digit that was not looked at, by its track number and where it should be."""
        if number not in self._signs:
            return None
        text, place = self._signs[number]
        x, y, width, height = np.rint(place * box[3] + (box[0], box[1], 0, 0)).astype(int).tolist()
        return Sign(Box(x, y, max(1, width), max(1, height)), text)
