"""A model opened for reading, whatever it is shown: its record decides, and nobody else asks what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from digitcam.corrections.hand import Hand
from digitcam.loop import FrameReader
from digitcam.models import DIGIT_CROPS, WHOLE_FRAME, Model


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """An open model, for any number of readers on one thread.

    Attributes:
        model: what it is; classes: names of its outputs, in order.
        reader: makes one, for a film or for pictures that stand alone; it takes ``conf``, ``roi``, ``track``
            and ``evidence`` as ``Reader`` does.
    """

    model: Model
    classes: tuple[str, ...]
    reader: Callable[..., FrameReader]


def _open_digits(model: Model, hand: Hand | None) -> Opened:
    """A network of glyphs that the pipe cuts out, with the networks that belong to it."""
    from digitcam.networks import load_networks
    from digitcam.reader import Reader

    networks = load_networks(model.path, hand)
    return Opened(model, tuple(networks.classifier.classes), partial(Reader, networks))


def _open_frames(model: Model, hand: Hand | None) -> Opened:
    """A network that is shown whole frames. Corrections are nothing to it, nor is there evidence."""
    from digitcam.whole.opening import open_network
    from digitcam.whole.reader import WholeReader

    network = open_network(model)

    def reader(*, track: bool = True, evidence: object = False, **asked: Any) -> FrameReader:
        return WholeReader(network, steady=track, **asked)

    return Opened(model, network.classes, reader)


KINDS: dict[str, Callable[[Model, Hand | None], Opened]] = {
    DIGIT_CROPS: _open_digits,
    WHOLE_FRAME: _open_frames,
}


def open_model(model: Model, hand: Hand | None = None) -> Opened:
    """Open a model.

    Args:
        hand: corrections to heed, and those that will be added to it.

    Raises:
        UserError: a file is absent or does not fit.
    """
    return KINDS[model.input](model, hand)
