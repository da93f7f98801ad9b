"""``--plot``: one picture, what was read in it, and of each digit the network's input and its answer."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from digitcam.cards import GROUND, draw_cards
from digitcam.errors import UserError
from digitcam.outputs.base import Output, check_target
from digitcam.outputs.pictures import SUFFIXES, write_picture
from digitcam.sources.base import Source
from digitcam.types import Frame, Reading
from digitcam.views import VIEWS, arranged, render


class Figure(Output):
    """The annotated picture, and below it a card for each digit.

    Raises:
        UserError: the name is none of a picture, the source is not one, or the file cannot be there.
    """

    def __init__(self, path: Path, source: Source, overwrite: bool) -> None:
        if path.suffix.lower() not in SUFFIXES:
            raise UserError(f"--plot {path}: the name must end in {', '.join(SUFFIXES)}")
        if source.film or len(source.paths) > 1:
            raise UserError(f"--plot {path}: a figure shows one picture; name one to read")
        check_target(path, source.paths, overwrite)
        self._path = path
        self._overwrite = overwrite

    def write(self, frame: Frame, reading: Reading, picture: np.ndarray | None) -> None:
        write_picture(self._path, draw_figure(frame, reading), self._overwrite)


def draw_figure(frame: Frame, reading: Reading) -> np.ndarray:
    """The figure of a reading: H×W×3 uint8, of a size at which its text can be read."""
    upper = render(VIEWS[0], *arranged(VIEWS[0], frame.image, reading))
    lower = draw_cards(reading.in_order(), upper.shape[1])
    spare = lower.shape[1] - upper.shape[1]
    upper = cv2.copyMakeBorder(upper, 0, 0, spare // 2, spare - spare // 2, cv2.BORDER_CONSTANT, value=GROUND)
    return np.vstack([upper, lower])
