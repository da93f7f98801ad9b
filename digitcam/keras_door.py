"""The one module that imports Keras, and only when a model is asked for."""

from __future__ import annotations

import logging
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from digitcam.environment import quiet
from digitcam.errors import UserError, one_line


def import_keras() -> Any:
    """Keras, with its backend's chatter turned off.

    What TensorFlow's C++ side says while it is loaded heeds no setting, so it is kept from standard error.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with quiet():
            import keras
    except ImportError as error:
        raise UserError(
            f"this needs Keras, which cannot be imported ({one_line(error)}): pip install keras tensorflow"
        ) from error
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    return keras


def load_keras_model(path: Path) -> Any:
    """A saved Keras model without its optimiser; UserError where it is none."""
    if not path.is_file():
        raise UserError(f"there is no model file {path}: name a .keras file")
    if path.suffix == ".keras" and not zipfile.is_zipfile(path):
        raise UserError(f"{path} is not a saved Keras model: name a .keras file that Keras wrote")
    keras = import_keras()
    try:
        return keras.saving.load_model(path, compile=False)
    except Exception as error:  # Keras raises whatever its layers raise.
        raise UserError(
            f"{path} cannot be read as a Keras model: {one_line(error)[:160]}; name a .keras file"
        ) from error


def save_as_litert(
    network: Any, path: Path, finish: Callable[[Path], None], refusal: str, **settings: Any
) -> None:
    """Write a Keras model as LiteRT, in one step.

    Args:
        finish: is given the file before it takes its name.
        refusal: what to say where it cannot be converted, before the reason.
        settings: for Keras' export.

    Raises:
        UserError: it cannot be converted, or the disk refuses.
    """
    part = path.with_name(f".{path.stem}.partial.tflite")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with quiet():
            network.export(str(part), format="litert", verbose=False, **settings)
        finish(part)
        part.replace(path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {one_line(error)}") from error
    except (ImportError, RuntimeError, ValueError) as error:
        raise UserError(f"{refusal}: {one_line(error)[:160]}") from error
    finally:
        part.unlink(missing_ok=True)
