"""What ties a LiteRT file to the Keras model it was made from.

A LiteRT model may carry files of its own as a zip archive behind its last byte (the convention of
TensorFlow Lite's model metadata); the twin carries one JSON file with the Keras file's hash.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

ENTRY = "digitcam.json"


def twin_path(model: Path) -> Path:
    """Where the twin of a Keras model lies: beside it, with the suffix ``.tflite``."""
    return model.with_suffix(".tflite")


def file_sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def seal(path: Path, origin: dict[str, str]) -> None:
    """Append ``origin`` to a LiteRT file."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(ENTRY, json.dumps(origin))


def origin_of(content: bytes) -> dict[str, str]:
    """What was sealed into a LiteRT file's bytes; empty where nothing was."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return dict(json.loads(archive.read(ENTRY)))
    except (zipfile.BadZipFile, KeyError, ValueError):
        return {}
