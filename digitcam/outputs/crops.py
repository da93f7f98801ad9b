"""``--save-crops``: what the network was shown of each digit, by label, as ``train.py --data`` takes it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from digitcam.errors import UserError
from digitcam.outputs.base import Output, cannot_write
from digitcam.outputs.pictures import write_picture
from digitcam.sources.base import Source
from digitcam.types import LABELS, Digit, Frame, Reading

# So many pairs of track and label are remembered: a day at the camera needs no more memory than a minute, and
# a track that has been gone for so long does not come back.
REMEMBERED = 10_000


class CropFolder(Output):
    """28×28 PNGs as ``folder/<label>/<source>-<frame>-<digit>.png``.

    Of pictures every digit is saved. Of a film each track is saved once for each label it is given, as it was
    when it was first given it; digits without a track (``--no-track``) in every frame. Names of live
    sources have the time at which they began, so that one sitting after another can go into one folder.

    Args:
        folder: made where it is missing.
        source: whose frames these are.
        overwrite: whether crops of the same name may be replaced.
        now: the time of day.

    Raises:
        UserError: there is a file of that name, pictures that are read lie where crops would, or the folder
            cannot be written.
    """

    def __init__(
        self, folder: Path, source: Source, overwrite: bool, now: Callable[[], datetime] = datetime.now
    ) -> None:
        if os.path.lexists(folder) and not folder.is_dir():
            raise UserError(f"--save-crops {folder}: there is a file of that name; name a folder")
        read_from = {path.absolute().parent.resolve() for path in source.paths}
        for label in LABELS:
            if (folder / label).resolve() in read_from:
                raise UserError(f"--save-crops {folder}: {folder / label} is being read; name another folder")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(folder, error) from None
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UserError(f"--save-crops {folder}: no permission to write into this folder; name another")
        self._folder = folder
        self._overwrite = overwrite
        self._stamp = now().strftime("-%Y%m%d-%H%M%S") if source.live else ""
        self._saved: dict[tuple[int, str], None] = {}

    def write(self, frame: Frame, reading: Reading, picture: np.ndarray | None) -> None:
        for index, digit in enumerate(reading.digits):
            if digit.crop is not None and self._is_new(digit):
                which = f"{index:03d}" if digit.track is None else f"track{digit.track}"
                name = f"{stem(reading.source)}{self._stamp}-{reading.frame:06d}-{which}.png"
                self._save(self._folder / digit.label / name, digit.crop)

    def _is_new(self, digit: Digit) -> bool:
        """Whether this track has not been saved with this label."""
        if digit.track is None:
            return True
        pair = digit.track, digit.label
        new = pair not in self._saved
        self._saved.pop(pair, None)
        self._saved[pair] = None  # at the end: the first is the one not met for longest
        if len(self._saved) > REMEMBERED:
            del self._saved[next(iter(self._saved))]
        return new

    def _save(self, path: Path, crop: np.ndarray) -> None:
        try:
            path.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise cannot_write(path.parent, error) from None
        write_picture(path, crop, self._overwrite)


def stem(source: str) -> str:
    """A source's name as the beginning of a file's: of a path its last part, of a URL the host alone."""
    name = urlsplit(source).hostname or "stream" if "://" in source else Path(source).stem
    return re.sub(r"[^\w.-]+", "-", name).strip(".-")[:100] or "frame"
