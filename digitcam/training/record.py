"""The record beside a model: what it is, what it takes, what it was made of, how good it is."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import keras
import numpy as np

from digitcam import __version__
from digitcam.models import DIGIT_CROPS
from digitcam.training.architectures import multiply_adds
from digitcam.twin import file_sha256

INPUT_CONVENTION = (
    "N×28×28×1, values 0 to 255, ink at 255 on 0; the ink fits 20×20, its centre of mass is the middle"
)


def make_record(
    model: keras.Model,
    path: Path,
    *,
    architecture: str,
    classes: Sequence[str],
    settings: dict[str, Any],
    data: list[dict[str, Any]],
    measured: dict[str, Any],
    command: str,
) -> dict[str, Any]:
    """All there is to say about the model saved at ``path``."""
    return {
        "architecture": architecture,
        "classes": list(classes),
        "input": DIGIT_CROPS,
        "convention": INPUT_CONVENTION,
        "weights": model.count_params(),
        "multiply_adds": multiply_adds(model),
        "sha256": file_sha256(path),
        "settings": settings,
        "data": data,
        "measured": measured,
        "command": command,
        "versions": {
            "digitcam": __version__,
            "keras": keras.__version__,
            "backend": f"{keras.backend.backend()} {_version_of(keras.backend.backend())}".strip(),
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
    }


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
