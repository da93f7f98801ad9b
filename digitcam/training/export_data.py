"""MNIST as folders of pictures, for people who want to look at it or to train something else on it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import numpy as np

from digitcam.errors import UserError, one_line


def export_folders(images: np.ndarray, labels: np.ndarray, folder: Path) -> int:
    """Write each picture as ``folder/<class>/<number>.png``, numbered from 00001 within its class.

    The pictures are written beside ``folder`` first and moved there when all are done, so that there is
    either the whole collection or nothing. ``train.py --data`` reads the result.

    Args:
        images: N×H×W uint8.
        labels: N integers.
        folder: absent or empty.

    Returns:
        How many pictures were written.

    Raises:
        UserError: ``folder`` is a file or has something in it, or the disk refuses.
        ValueError: the arrays do not belong together.
    """
    if images.ndim != 3 or images.dtype != np.uint8 or labels.shape != images.shape[:1]:
        raise ValueError(
            f"expected N×H×W uint8 images and N labels, received {images.shape} {images.dtype} "
            f"and {labels.shape}"
        )
    # What a symbolic link points to is the folder that is meant.
    target = Path(os.path.realpath(folder))
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise UserError(f"{folder} is not an empty folder: name a new one, so that nothing is mixed up")
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(images, labels, partial)
        if target.exists():
            target.rmdir()
        os.replace(partial, target)
    except OSError as error:
        raise UserError(f"cannot write the pictures into {folder}: {one_line(error)}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    classes = len(np.unique(labels))
    print(f"wrote {len(images)} pictures in {classes} classes to {folder}", file=sys.stderr)
    return len(images)


def _write(images: np.ndarray, labels: np.ndarray, folder: Path) -> None:
    import cv2

    folder.mkdir()
    for label in np.unique(labels):
        (folder / str(label)).mkdir()
        for number, image in enumerate(images[labels == label], 1):
            encoded, data = cv2.imencode(".png", image)
            if not encoded:
                raise OSError(f"picture {number} of class {label} cannot be encoded as PNG")
            (folder / str(label) / f"{number:05d}.png").write_bytes(data.tobytes())
