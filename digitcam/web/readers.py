"""Readers of the same model: one for pictures that stand alone, one for the film of each page."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial

import numpy as np

from digitcam.inside.evidence import NowAndThen
from digitcam.loop import FrameReader
from digitcam.opening import Opened
from digitcam.types import Frame, Reading
from digitcam.web.limits import MOST_FILMS


class Readers:
    """Reads pictures and films with the same model; for one thread.

    Args:
        opened: the model, once for all.
        conf: the least probability for a label; by default the measured one.
        most_films: films that are remembered.
        evidence: whether readings carry what they were made from, those of films ``NowAndThen``.
    """

    def __init__(
        self,
        opened: Opened,
        conf: float | None = None,
        most_films: int = MOST_FILMS,
        *,
        evidence: bool = False,
    ) -> None:
        self._reader = partial(opened.reader, conf=conf)
        self._evidence = evidence
        self._most_films = most_films
        self._stills = self._reader(evidence=evidence)
        self._films: OrderedDict[str, tuple[FrameReader, NowAndThen]] = OrderedDict()

    def read_still(self, image: np.ndarray, source: str) -> Reading:
        """Read a picture by itself: H×W×3 uint8, BGR."""
        return self._stills.read(Frame(image, source=source))

    def read_frame(self, page: str, frame: Frame) -> Reading:
        """Read a frame of a page's film in the light of those before."""
        film = self._films.pop(page, None) or self._begin()
        self._films[page] = film
        while len(self._films) > self._most_films:
            self._films.popitem(last=False)
        reader, evidence = film
        return evidence.carry(reader.read(frame))

    def _begin(self) -> tuple[FrameReader, NowAndThen]:
        evidence = NowAndThen()
        return self._reader(evidence=evidence.wants if self._evidence else False), evidence
