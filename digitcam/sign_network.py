"""The sign network: which sign, if any, stands before a digit, as the look at its gap shows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from digitcam.errors import UserError
from digitcam.gaps import CHANNELS, HEIGHT, WIDTH
from digitcam.litert import open_twin
from digitcam.types import SIGNS
from digitcam.weights_dir import find_weights

SIGN_NETWORK = "signs.keras"
# The classes are ``SIGNS`` and, last, no sign.
NONE = len(SIGNS)
CLASSES = NONE + 1

# N×40×48×2 float32 to N×5.
Run = Callable[[np.ndarray], np.ndarray]


class SignNetwork:
    """Says of gaps which sign stands in them.

    Attributes:
        path: the Keras file.
    """

    def __init__(self, run: Run, path: Path) -> None:
        self._run = run
        self.path = path

    def predict(self, looks: np.ndarray) -> np.ndarray:
        """The probability of each class, N×5 float32, for N×40×48×2 uint8, N ≥ 0."""
        if not len(looks):
            return np.zeros((0, CLASSES), np.float32)
        return self._run(looks.astype(np.float32))


def load_sign_network() -> SignNetwork:
    """The shipped one.

    Raises:
        UserError: it has no twin, or is no sign network.
    """
    path = find_weights() / SIGN_NETWORK
    network = open_twin(path)
    check_sign_shapes(path, network.taken, network.given)
    return SignNetwork(network, path)


def check_sign_shapes(path: Path, taken: list[tuple], given: list[tuple]) -> None:
    """Refuse a model that takes or gives something else than a sign network does (UserError)."""
    if [tuple(s[1:]) for s in taken] != [(HEIGHT, WIDTH, CHANNELS)] or [tuple(s[1:]) for s in given] != [
        (CLASSES,)
    ]:
        raise UserError(
            f"{path} is no sign network: expected an input of N×{HEIGHT}×{WIDTH}×{CHANNELS} and an output "
            f"of N×{CLASSES}; train.py --fit-signs makes one"
        )
