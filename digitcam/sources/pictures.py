"""Pictures from files: one bad one never stops the others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from digitcam.errors import one_line
from digitcam.sources.base import Source
from digitcam.sources.decoding import MOST_PIXELS, UnreadablePicture, check_picture, decode_picture
from digitcam.types import Frame, Unreadable

SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib"),
    *(".tif", ".tiff", ".webp", ".gif", ".pbm", ".pgm", ".ppm"),
)
# Eight bytes a pixel (16-bit colour with alpha) without any compression: no picture needs a larger file.
MOST_BYTES = 8 * MOST_PIXELS


def read_picture(path: Path | str) -> np.ndarray:
    """The picture in a file: H×W×3, uint8, BGR, as ``decode_picture`` gives it.

    Raises:
        UnreadablePicture: for whatever reason; memory and time are bounded before decoding.
    """
    name = str(path)
    try:
        if Path(path).is_dir():
            raise UnreadablePicture(name, "it is a folder")
        with open(path, "rb") as file:
            check_picture(name, file)  # before anything large is read
            file.seek(0)
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UnreadablePicture(name, one_line(error)) from None
    if len(data) > MOST_BYTES:
        raise UnreadablePicture(name, f"the file is larger than {MOST_BYTES // 10**6} MB")
    return decode_picture(name, data)


def natural_key(path: Path) -> tuple[object, ...]:
    """Sorts page2 before page10."""
    parts = re.split(r"(\d+)", str(path).casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


class Pictures(Source):
    """One still frame for each picture file, in the order given."""

    film = False

    def __init__(self, name: str, paths: Sequence[Path]) -> None:
        self.name = name
        self.paths = tuple(paths)
        self.description = name if len(paths) == 1 else f"{name}: {len(paths)} pictures"

    def __iter__(self) -> Iterator[Frame | Unreadable]:
        for index, path in enumerate(self.paths):
            try:
                image = read_picture(path)
            except UnreadablePicture as error:
                yield Unreadable(str(path), error.reason, index)
            else:
                yield Frame(image, index, 0.0, str(path), still=True)
