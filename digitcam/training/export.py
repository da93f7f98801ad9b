"""The LiteRT twin of a Keras model, with the Keras file's hash inside it."""

from __future__ import annotations

import os
from pathlib import Path

from digitcam.classifier import check_keras_shapes
from digitcam.environment import quiet
from digitcam.errors import UserError, one_line
from digitcam.keras_door import import_keras, load_keras_model
from digitcam.twin import file_sha256, seal, twin_path


def export_twin(model_path: Path) -> Path:
    """Convert a saved Keras model and put the twin beside it, in one step.

    Needs the TensorFlow backend: on PyTorch Keras' LiteRT export fixes the batch at one crop, on JAX
    there is none.

    Raises:
        UserError: the model is missing, none, or none for digits; another backend runs; the disk refuses.
    """
    model = load_keras_model(model_path)
    check_keras_shapes(model_path, model)
    backend = import_keras().backend.backend()
    if backend != "tensorflow":
        raise UserError(f"the LiteRT export does not run on {backend}: set KERAS_BACKEND=tensorflow")
    twin = twin_path(model_path)
    partial = twin.with_name(f".{twin.stem}.partial.tflite")
    try:
        with quiet():
            model.export(str(partial), format="litert", verbose=False)
        seal(partial, {"keras_sha256": file_sha256(model_path)})
        os.replace(partial, twin)
    except OSError as error:
        raise UserError(f"cannot write {twin}: {one_line(error)}") from error
    except (ImportError, RuntimeError, ValueError) as error:
        raise UserError(f"{model_path} cannot be exported: {one_line(error)[:160]}") from error
    finally:
        partial.unlink(missing_ok=True)
    return twin
