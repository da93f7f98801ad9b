"""The pipe without one of its steps: in the step's doorway a function that lets all pass, or does it plainly.

The pipe itself has no switches for this. What is put into a doorway takes what the real function takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from digitcam import components, ink, judge, proposals, reader
from digitcam.colour import to_grey
from digitcam.company import COLUMNS
from digitcam.evaluation.classification import Classifier
from digitcam.evaluation.contestants import Contestant
from digitcam.geometry import corners, pairwise_iou
from digitcam.hypotheses import Hypothesis, hypotheses
from digitcam.ink import find_ink
from digitcam.judge import Judge
from digitcam.layer import InkLayer
from digitcam.networks import Networks
from digitcam.types import LABELS

# With one octave alone, the one in which the picture's longer side is nearest to this.
ONE_OCTAVE = 1280
# Plain suppression drops what overlaps a surer candidate by more than this IoU.
MOST_IOU = 0.5

Doorway = tuple[ModuleType, str, Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """How to do without one step.

    Attributes:
        doorways: module, name and what stands there instead of the function of that name.
        network: which network reads; by default the contestant's behind its screen.
        judge: what weighs its answers; by default the contestant's.
    """

    doorways: tuple[Doorway, ...] = ()
    network: Callable[[Contestant], Classifier] = lambda way: way.screened or way.classifier
    judge: Callable[[Contestant], Judge | None] = lambda way: way.judge


def _as_it_is(mask: np.ndarray, *_: object) -> np.ndarray:
    return mask


def _in_one_octave(picture: np.ndarray, *_: object) -> tuple[InkLayer, ...]:
    """Of each polarity the layer whose size is nearest to what a small camera's frame has."""
    layers, longest = find_ink(picture), max(picture.shape[:2])

    def distance(layer: InkLayer) -> float:
        return abs(float(np.log2(longest / layer.scale / ONE_OCTAVE)))

    both = ([layer for layer in layers if layer.dark is dark] for dark in (True, False))
    return tuple(min(some, key=distance) for some in both if some)


def _dark_ink(picture: np.ndarray, *_: object) -> tuple[InkLayer, ...]:
    return tuple(layer for layer in find_ink(picture) if layer.dark)


def _without_joins(parts: components.Parts, *_: object) -> list[Hypothesis]:
    return [h for h in hypotheses(parts) if len(h.ids) == 1]


def _without_cuts(parts: components.Parts, *_: object) -> list[Hypothesis]:
    return [h for h in hypotheses(parts) if h.between is None]


def _level(boxes: np.ndarray) -> float:
    return 0.0


def _plain_suppression(
    candidates: proposals.Candidates,
    probabilities: np.ndarray,
    confidence: float,
    named: int = len(LABELS),
) -> np.ndarray:
    """The surest candidate first, and none that overlaps a surer one: as detectors do it."""
    best = probabilities[:, :named].max(1, initial=0.0)
    sure = np.flatnonzero(best >= confidence)
    sure = sure[np.argsort(-best[sure], kind="stable")]
    boxes = corners(candidates.boxes[sure].astype(float))
    overlaps = pairwise_iou(boxes, boxes) > MOST_IOU
    kept: list[int] = []
    for i in range(len(sure)):
        if not overlaps[i, kept].any():
            kept.append(i)
    return np.sort(sure[kept])


def _no_company(
    candidates: proposals.Candidates, probabilities: np.ndarray, chosen: np.ndarray, size: tuple[int, int]
) -> np.ndarray:
    """What is neither here nor there: the judge has learnt to do without as well."""
    return np.zeros((len(chosen), COLUMNS), np.float32)


def _boxes_as_found(picture: np.ndarray, boxes: np.ndarray, *_: object) -> np.ndarray:
    return boxes


class TenClasses:
    """A network that has to take everything for some digit: "not a digit" shared out among the ten."""

    classes = LABELS

    def __init__(self, network: Classifier) -> None:
        self.network = network

    def predict(self, crops: np.ndarray) -> np.ndarray:
        ten = self.network.predict(crops)[:, : len(LABELS)]
        return ten / np.maximum(ten.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny)


STEPS: Mapping[str, Step] = {
    "colour": Step(((reader, "useful_channels", to_grey),)),
    "smoothing of noise": Step(((ink, "smoothed", _as_it_is),)),
    "several octaves": Step(((reader, "find_ink", _in_one_octave),)),
    "both polarities": Step(((reader, "find_ink", _dark_ink),)),
    "line removal": Step(((ink, "without_lines", _as_it_is),)),
    "joins": Step(((proposals, "hypotheses", _without_joins),)),
    "cuts": Step(((proposals, "hypotheses", _without_cuts),)),
    "the small network first": Step(network=lambda way: way.classifier),
    "“not a digit”": Step(network=lambda way: TenClasses(way.classifier), judge=lambda way: None),
    "the consistent set": Step(((reader, "select", _plain_suppression),)),
    "the judge": Step(judge=lambda way: None),
    "its view of the company": Step(((judge, "company", _no_company),)),
    "turning rows level": Step(((reader, "text_direction", _level),)),
    "tight boxes": Step(((reader, "tight_boxes", _boxes_as_found),)),
}


def reader_without(step: Step, way: Contestant) -> reader.Reader:
    """The reader of a contestant with the network that remains; its doorways are still to be changed."""
    network: Any = step.network(way)
    return reader.Reader(Networks(network, step.judge(way)), conf=way.conf, evidence=True)


@contextmanager
def without(step: Step) -> Iterator[None]:
    """Within the block the step's doorways are changed, for everybody; afterwards all is as before.

    Raises:
        AttributeError: there is no such doorway any more.
    """
    before = [(module, name, getattr(module, name)) for module, name, _ in step.doorways]
    try:
        for module, name, instead in step.doorways:
            setattr(module, name, instead)
        yield
    finally:
        for module, name, function in before:
            setattr(module, name, function)
