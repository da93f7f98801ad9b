"""A network to look into, opened on a thread of its own: Keras takes some seconds to load."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from digitcam.errors import UserError
from digitcam.inside.look import Inside
from digitcam.models import DIGIT_CROPS, LITERT, Model
from digitcam.whole.convention import Convention


def opener_of(model: Model) -> Callable[[], Inside] | None:
    """What opens a model's network; None where there is no Keras file of it."""
    if model.made_by is not None or model.path.suffix == LITERT:
        return None
    if model.input == DIGIT_CROPS:
        return partial(Inside, model.path)
    return partial(_open_frames, model)


def _open_frames(model: Model) -> Inside:
    """The network of a model that is shown whole frames, which its record says how to prepare."""
    if "frame" not in model.record:
        raise UserError(
            f"{model.path.with_suffix('.json')} does not say how frames are prepared: make the model anew"
        )
    return Inside(model.path, Convention.of(model.record["frame"], str(model.path.with_suffix(".json"))))


class Opening:
    """Opens a network once somebody wants to look into it; whoever asks goes on meanwhile.

    Args:
        open_inside: opens it; called once. What it raises as UserError becomes ``problem``.

    Attributes:
        problem: a line that says why it could not be opened; empty until then.
    """

    def __init__(self, open_inside: Callable[[], Inside]) -> None:
        self._open = open_inside
        self._inside: Inside | None = None
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self.problem = ""

    def start(self) -> None:
        """Begin to open it; calling this again does nothing."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._load, name="layers", daemon=True)
                self._thread.start()

    @property
    def loading(self) -> bool:
        """Whether it is being opened."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def inside(self) -> Inside | None:
        """The network once it is open; None before, and where it could not be opened."""
        return None if self.loading else self._inside

    def close(self) -> None:
        """Wait for the thread: libraries do not bear the end of the process in the middle of their import."""
        if self._thread is not None:
            self._thread.join()

    def _load(self) -> None:
        try:
            self._inside = self._open()
        except UserError as error:
            self.problem = str(error)
        except Exception as error:  # noqa: BLE001 - a foreign model may raise anything; the window goes on
            self.problem = f"the network cannot be looked into: {error}"
