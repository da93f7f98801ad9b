"""The LiteRT twin of a Keras model, with the Keras file's hash inside it."""

from __future__ import annotations

import os
from pathlib import Path

from digitcam.errors import UserError, one_line
from digitcam.twin import file_sha256, seal, twin_path


def export_twin(model_path: Path) -> Path:
    """Convert a saved Keras model and put the twin beside it, in one step.

    Needs the TensorFlow or the PyTorch backend: Keras' LiteRT export does not run on JAX.
    """
    import keras

    from digitcam.keras_door import load_keras_model

    if keras.backend.backend() == "jax":
        raise UserError("Keras' LiteRT export does not run on JAX: set KERAS_BACKEND=tensorflow and try again")
    model = load_keras_model(model_path)
    twin = twin_path(model_path)
    partial = twin.with_name(f".{twin.stem}.partial.tflite")
    try:
        model.export(str(partial), format="litert", verbose=False)
        seal(partial, {"keras_sha256": file_sha256(model_path)})
        os.replace(partial, twin)
    except OSError as error:
        raise UserError(f"cannot write {twin}: {one_line(error)}") from error
    finally:
        partial.unlink(missing_ok=True)
    return twin
