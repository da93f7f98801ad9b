"""The one module that imports Keras, and only when a model is asked for."""

from __future__ import annotations

import logging
import os
import zipfile
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
