"""From a model's record to its network: the LiteRT file, or Keras where there is none."""

from __future__ import annotations

import importlib
from pathlib import Path

from digitcam.errors import UserError
from digitcam.models import Model
from digitcam.twin import file_sha256, origin_of, twin_path
from digitcam.whole.convention import Convention
from digitcam.whole.network import WholeNetwork, run_keras, run_litert

LITERT = ".tflite"


def open_network(model: Model) -> WholeNetwork:
    """The network of a model of whole frames. What has to be made first is made, which may take minutes.

    Raises:
        UserError: it cannot be made, a file does not fit, or its record says too little.
    """
    if model.made_by is not None:
        module = importlib.import_module(model.made_by[0])
        model = module.keep(model, model.made_by[1])
    if model.classes is None:
        raise UserError(
            f"{model.path} does not say what it tells apart: give --labels a file with a name on each line"
        )
    told = model.record.get("frame")
    convention = None if told is None else Convention.of(told, str(model.path.with_suffix(".json")))
    path = model.path if model.path.suffix == LITERT else _twin_of(model.path)
    if path is None:
        return WholeNetwork(model.path, *run_keras(model.path), model.classes, convention)
    return WholeNetwork(path, *run_litert(path), model.classes, convention)


def _twin_of(path: Path) -> Path | None:
    """The LiteRT twin of a Keras model of whole frames; None where there is none.

    Raises:
        UserError: there is one that was made from another model.
    """
    if not path.is_file():
        raise UserError(f"there is no model file {path}: give --model a .keras file")
    twin = twin_path(path)
    if not twin.is_file():
        return None
    if origin_of(twin.read_bytes()).get("keras_sha256") != file_sha256(path):
        raise UserError(
            f"{twin} was not made from {path} (their hashes differ): train.py --export {path} makes it anew"
        )
    return twin
