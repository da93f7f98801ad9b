"""Arrays that belong to one Keras model, in a file beside it that knows the model by its hash."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from digitcam.errors import UserError, one_line
from digitcam.outputs.base import write_whole
from digitcam.twin import file_sha256

ORIGIN = "keras_sha256"


def load_companion(path: Path, model: Path, names: Sequence[str], made: str, option: str) -> list | None:
    """The named arrays of a file beside a model; None where there is no such file.

    Args:
        made: what was done to make it, as in "was not measured of".
        option: of ``train.py``, which makes it anew.

    Raises:
        UserError: the file is damaged, or of another model.
    """
    if not path.is_file():
        return None
    again = f"train.py {option} {model} makes it anew"
    try:
        with np.load(path) as archive:
            arrays, origin = [archive[name] for name in names], str(archive[ORIGIN])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise UserError(f"{path} cannot be read ({one_line(error)[:80]}): {again}") from error
    if origin != file_sha256(model):
        raise UserError(f"{path} was not {made} of {model} (their hashes differ): {again}")
    return arrays


def write_companion(path: Path, model: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write such a file in the place of an older one; UserError where that fails."""
    memory = io.BytesIO()
    every = {**arrays, ORIGIN: np.array(file_sha256(model))}
    np.savez_compressed(memory, **every)  # type: ignore[arg-type]
    write_whole(path, memory.getvalue(), overwrite=True)
