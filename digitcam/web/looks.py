"""Looks into the network that reads, for pages: Keras is loaded once a page asks for the first one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from digitcam.inside.look import Inside
from digitcam.inside.opening import Opening
from digitcam.inside.subject import pick_at, subject_of
from digitcam.types import Reading
from digitcam.web.errors import Refused
from digitcam.web.look_answers import look_of, network_of, refused_of
from digitcam.web.requests import Pick

LOADING = {"state": "loading"}


class Looks:
    """Looks into a network; ``look`` is for one thread, the others for any.

    Args:
        open_inside: opens the network; None of a model that cannot be looked into.
        names: of its outputs.
    """

    def __init__(self, open_inside: Callable[[], Inside] | None, names: tuple[str, ...]) -> None:
        self._opening = None if open_inside is None else Opening(open_inside)
        self._names = names

    def network(self) -> dict[str, Any]:
        """The network once it is open, its ``state`` being ``ready``; until then ``loading``, which begins.

        Raises:
            Refused: it cannot be looked into.
        """
        if self._opening is None:
            raise Refused(404, "There is no Keras file of this model: it cannot be looked into.")
        self._opening.start()
        if self._opening.loading:
            return LOADING
        inside = self._opening.inside
        if inside is None:
            raise Refused(404, f"{self._opening.problem}.")
        return {"state": "ready", **network_of(inside, self._names)}

    def look(self, image: np.ndarray, reading: Reading, pick: Pick) -> dict[str, Any]:
        """The ``look`` at what is picked in a reading, null where there is nothing, and what was ``refused``.

        Raises:
            Refused: the network is not open.
        """
        inside = None if self._opening is None else self._opening.inside
        if inside is None:
            raise Refused(409, "The network is not open yet: ask for /api/inside until it is ready.")
        start = time.perf_counter()
        picked = pick.picked if pick.point is None else pick_at(reading, *pick.point)
        subject = subject_of(reading, picked, image)
        told = None
        if subject is not None:
            refused = picked is not None and picked.refused
            told = look_of(reading, subject, refused, inside.look(subject.crop))
        answer = {"look": told, "refused": refused_of(reading)}
        return {**answer, "ms": {"look": round(1e3 * (time.perf_counter() - start), 3)}}

    def close(self) -> None:
        """Wait until what is being loaded is."""
        if self._opening is not None:
            self._opening.close()
