"""Annotated pictures: one file, or a folder of many."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np

from digitcam.environment import quiet
from digitcam.errors import UserError
from digitcam.outputs.base import Output, cannot_write, check_target, write_whole
from digitcam.types import Frame, Reading

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")


class OnePicture(Output):
    """The annotated picture of a single frame."""

    wants_picture = True

    def __init__(self, path: Path, inputs: tuple[Path, ...], overwrite: bool) -> None:
        check_target(path, inputs, overwrite)
        self._path = path
        self._overwrite = overwrite

    def write(self, frame: Frame, reading: Reading, picture: np.ndarray | None) -> None:
        assert picture is not None
        write_picture(self._path, picture, self._overwrite)


class PictureFolder(Output):
    """One annotated picture per frame: stills keep their names, frames of a film are numbered."""

    wants_picture = True

    def __init__(self, folder: Path, inputs: tuple[Path, ...], overwrite: bool) -> None:
        self._folder = folder
        self._inputs = inputs
        self._overwrite = overwrite
        self._common = Path(os.path.commonpath([p.absolute().parent for p in inputs])) if inputs else None
        if os.path.lexists(folder) and not folder.is_dir():
            raise UserError(f"--save {folder}: there is a file of that name; name a folder")
        for path in inputs:  # told before the first picture is read, not after half of them
            target = self._name(path)
            if os.path.lexists(target):
                check_target(target, inputs, overwrite)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(folder, error) from None
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UserError(f"--save {folder}: no permission to write into this folder; name another")

    def _name(self, path: Path) -> Path:
        """Where an input's picture goes: folders below the common one are kept, so that no two collide."""
        name = path.absolute().relative_to(self._common) if self._common else Path(path.name)
        if name.suffix.lower() not in SUFFIXES:
            name = name.with_name(name.name + ".png")
        return self._folder / name

    def write(self, frame: Frame, reading: Reading, picture: np.ndarray | None) -> None:
        assert picture is not None
        number = f"frame-{frame.index:06d}.png"
        target = self._name(Path(frame.source)) if frame.still else self._folder / number
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(target.parent, error) from None
        check_target(target, self._inputs, self._overwrite)
        write_picture(target, picture, self._overwrite)


def write_picture(path: Path, picture: np.ndarray, overwrite: bool) -> None:
    """Write an H×W×3 picture in the format of its suffix, whole or not at all.

    Raises:
        UserError: the format cannot hold it, the place cannot be written, or the file exists.
    """
    try:
        with quiet():
            done, data = cv2.imencode(path.suffix.lower(), picture)
    except cv2.error as error:
        raise cannot_write(path, error) from None
    if not done:
        raise UserError(f"{path} cannot be written: a {path.suffix} cannot hold it; try .png")
    write_whole(path, data.tobytes(), overwrite)
