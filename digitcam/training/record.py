"""The record beside a model: what it is, what it takes, what it was made of, how good it is."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import keras
import numpy as np

from digitcam import __version__
from digitcam.classifier import NOT_A_DIGIT
from digitcam.training.architectures import multiply_adds
from digitcam.twin import file_sha256
from digitcam.types import LABELS

INPUT_CONVENTION = (
    "N×28×28×1, values 0 to 255, ink at 255 on 0; the ink fits 20×20, its centre of mass is the middle"
)


def class_names(count: int) -> list[str]:
    """Ten digits, and "not a digit" where there are eleven."""
    return [*LABELS, *([NOT_A_DIGIT] if count == len(LABELS) + 1 else [])]


def make_record(
    model: keras.Model,
    path: Path,
    *,
    architecture: str,
    settings: dict[str, Any],
    data: list[dict[str, Any]],
    measured: dict[str, Any],
    command: str,
) -> dict[str, Any]:
    """All there is to say about the model saved at ``path``."""
    return {
        "architecture": architecture,
        "classes": class_names(model.output_shape[-1]),
        "input": INPUT_CONVENTION,
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
