"""A network and a look into it as a page takes them: numbers in base64, so that nothing is rounded."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from digitcam.inside.look import Inside, Look
from digitcam.inside.stages import Stage
from digitcam.inside.subject import Subject, beside, ink_of, refused_in
from digitcam.inside.why import why
from digitcam.types import Reading

# Of ink that is larger no page shows more, in pixels.
LARGEST_INK = 96
# So much that was refused is offered to be looked at, the largest first.
MOST_REFUSED = 8


def network_of(inside: Inside, names: Sequence[str]) -> dict[str, Any]:
    """What stays the same from look to look.

    Returns:
        ``names`` of the outputs, the shape of the ``input``, and ``stages``, each with ``name``, ``kind``,
        ``shape`` (height, width, maps), ``field`` (size, step and start of the patch of the input behind a
        place) and ``kernel``, null of a pooling: its ``shape`` (height, width, inputs, maps) and ``values``.
        Whatever is in base64, here and in a look, is float32, little-endian, by rows, unless it is told to be
        bytes.
    """
    stages = [_stage(stage) for stage in inside.stages]
    return {"names": list(names), "input": list(inside.shape), "stages": stages}


def look_of(reading: Reading, subject: Subject, refused: bool, look: Look) -> dict[str, Any]:
    """A look at a part of a reading.

    Returns:
        ``box``, and whether it was ``refused``; ``part`` of the picture around it, with its ``ink`` (null
        where unknown; ``size``, and ``levels`` as bytes); ``input`` as bytes, of a frame red first; ``maps``
        of each stage, ``features``, and what ``spoke`` for the ``answer`` and for the ``second`` class;
        ``probabilities`` as numbers; ``why`` in lines.
    """
    evidence, candidate = reading.evidence, subject.candidate
    part = beside(subject.box, *reading.size)
    return {
        "box": subject.box.as_list(),
        "refused": refused,
        "part": part.as_list(),
        "ink": _ink(ink_of(reading, subject)),
        "input": _packed(look.shown if look.shown.ndim == 2 else look.shown[..., ::-1]),
        "maps": [_packed(_floats(maps)) for maps in look.maps],
        "features": _packed(_floats(look.features)),
        "probabilities": [float(probability) for probability in look.probabilities],
        "answer": look.answer,
        "second": look.second,
        "spoke": [_packed(_floats(spoke)) for spoke in look.spoke],
        "why": [] if evidence is None or candidate is None else list(why(evidence, candidate)),
    }


def refused_of(reading: Reading) -> list[list[int]]:
    """Boxes of ink that was refused, the largest first."""
    return [box.as_list() for box in refused_in(reading)[:MOST_REFUSED]]


def _stage(stage: Stage) -> dict[str, Any]:
    kernel = stage.kernel
    weights = None if kernel is None else {"shape": list(kernel.shape), "values": _packed(_floats(kernel))}
    return {
        "name": stage.name,
        "kind": stage.kind,
        "shape": list(stage.shape),
        "field": stage.field._asdict(),
        "kernel": weights,
    }


def _ink(ink: np.ndarray | None) -> dict[str, Any] | None:
    if ink is None:
        return None
    factor = LARGEST_INK / max(ink.shape)
    if factor < 1:
        ink = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return {"size": [ink.shape[1], ink.shape[0]], "levels": _packed(ink)}


def _floats(values: np.ndarray) -> np.ndarray:
    return values.astype("<f4")


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()
