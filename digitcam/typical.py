"""What a digit network's last hidden layer says of typical digits: what a correction is held against."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from digitcam.errors import UserError, one_line
from digitcam.twin import file_sha256

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


def typical_path(model: Path) -> Path:
    """Where they lie: beside the Keras model."""
    return model.with_name(model.stem + SUFFIX)


def load_typical(model: Path) -> Typical | None:
    """Those that were measured of a Keras model; None where nobody has measured them.

    Raises:
        UserError: the file is damaged, or of another model.
    """
    path = typical_path(model)
    if not path.is_file():
        return None
    again = f"train.py --fit-typical {model} makes it anew"
    try:
        with np.load(path) as archive:
            mean, steps, origin = archive["mean"], archive["directions"], str(archive["keras_sha256"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise UserError(f"{path} cannot be read ({one_line(error)[:80]}): {again}") from error
    if origin != file_sha256(model):
        raise UserError(f"{path} was not measured of {model} (their hashes differ): {again}")
    return Typical(mean.astype(np.float32), directions(steps.astype(np.float32)))


def typical_file(model: Path, typical: Typical) -> dict[str, np.ndarray]:
    """The arrays of the file, as ``load_typical`` reads them: eight bits are enough for a direction."""
    largest = abs(typical.directions).max(1, keepdims=True)
    return {
        "mean": typical.mean.astype(np.float16),
        "directions": np.rint(STEPS * typical.directions / largest).astype(np.int8),
        "keras_sha256": np.array(file_sha256(model)),
    }
