"""What a digit network's last hidden layer says of typical digits: what a correction is held against."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from digitcam.companion import load_companion, write_companion

SUFFIX = ".typical.npz"
# Directions are kept in whole numbers up to this.
STEPS = 127


class Typical(NamedTuple):
    """Directions in the last hidden layer, of D units.

    Attributes:
        mean: D float32, what is subtracted before directions are taken.
        directions: T×D float32 of length 1, some for each digit.
    """

    mean: np.ndarray
    directions: np.ndarray

    def directions_of(self, hidden: np.ndarray) -> np.ndarray:
        """N×D of the last hidden layer to N×D of length 1."""
        return directions(hidden - self.mean)


def directions(vectors: np.ndarray) -> np.ndarray:
    """Vectors brought to length 1: N×D float32; what is all 0 stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def directions_by(typical: Typical | None, hidden: np.ndarray) -> np.ndarray:
    """N×D of the last hidden layer to N×D of length 1, from the typical mean where that is known."""
    return directions(hidden) if typical is None else typical.directions_of(hidden)


def typical_path(model: Path) -> Path:
    """Where they lie: beside the Keras model."""
    return model.with_name(model.stem + SUFFIX)


def load_typical(model: Path) -> Typical | None:
    """Those that were measured of a Keras model; None where nobody has measured them.

    Raises:
        UserError: the file is damaged, or of another model.
    """
    names = ("mean", "directions")
    arrays = load_companion(typical_path(model), model, names, "measured", "--fit-typical")
    if arrays is None:
        return None
    mean, steps = arrays
    return Typical(mean.astype(np.float32), directions(steps.astype(np.float32)))


def write_typical(model: Path, typical: Typical) -> None:
    """Write them beside a Keras model, as ``load_typical`` reads them; UserError where that fails.

    Eight bits are enough for a direction.
    """
    largest = abs(typical.directions).max(1, keepdims=True)
    arrays: dict[str, np.ndarray] = {
        "mean": typical.mean.astype(np.float16),
        "directions": np.rint(STEPS * typical.directions / largest).astype(np.int8),
    }
    write_companion(typical_path(model), model, arrays)
