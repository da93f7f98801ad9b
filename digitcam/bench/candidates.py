"""What the networks cost for a candidate: how many there are, and how many of them the large one sees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitcam.bench.counted import make_counted_frame
from digitcam.cascade import Cascade, load_cascade
from digitcam.classifier import Classifier
from digitcam.errors import UserError, one_line
from digitcam.judge import load_judge, worth_judging
from digitcam.networks import Networks
from digitcam.pages import KINDS, make_page, make_scene
from digitcam.reader import Reader
from digitcam.types import Frame

SIZE = (1280, 720)
DIGITS = 20


@dataclass(frozen=True, slots=True)
class CandidateCount:
    """One row: ``candidates`` of ``pictures`` pictures, ``shown`` of them to the large network, ``judged``
    by the judge.

    ``multiply_adds`` is the mean for a candidate, of all networks that see it.
    """

    name: str
    pictures: int
    candidates: int
    shown: int
    judged: int
    multiply_adds: float

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "pictures": self.pictures,
            "candidates": self.candidates,
            "shown": self.shown,
            "judged": self.judged,
            "multiply_adds": round(self.multiply_adds),
        }


def measure_candidates(pictures: int, model: str | None = None) -> list[CandidateCount]:
    """Count candidates and multiply-adds on ``pictures`` pictures of each sort, and on all together.

    Raises:
        UserError: a network is missing or has no record that says what it costs.
    """
    network = load_cascade(model)
    judge = load_judge(network)
    screen = network.screen if isinstance(network, Cascade) else None
    large = network.network if isinstance(network, Cascade) else network
    first, then = _multiply_adds(screen.path) if screen else 0, _multiply_adds(large.path)
    last = _multiply_adds(judge.path) if judge else 0

    def row(name: str, count: int, candidates: int, shown: int, judged: int) -> CandidateCount:
        mean = first + (then * shown + last * judged) / max(1, candidates)
        return CandidateCount(name, count, candidates, shown, judged, mean)

    rows = []
    for name, images in _sorts(pictures):
        counts = np.array([_count(image, network) for image in images])
        rows.append(row(name, len(counts), *counts.sum(0).tolist()))
    total = (sum(getattr(r, count) for r in rows) for count in ("pictures", "candidates", "shown", "judged"))
    return [*rows, row("all", *total)]


def _sorts(pictures: int) -> Iterator[tuple[str, list[np.ndarray]]]:
    """The benchmark's own pages, generated pages of each kind, and scenes without a digit, by name."""
    for name, ruled in (("20 digits", False), ("20 digits, ruled", True)):
        streams = [np.random.default_rng((ruled, n)) for n in range(pictures)]
        yield name, [make_counted_frame(DIGITS, SIZE, rng, ruled).image for rng in streams]
    for number, kind in enumerate(KINDS):
        streams = [np.random.default_rng((2, number, n)) for n in range(pictures)]
        yield kind, [make_page(kind, rng, SIZE).image for rng in streams]
    yield "no digit", [make_scene(np.random.default_rng((3, n)), SIZE) for n in range(pictures)]


def _count(image: np.ndarray, network: Classifier | Cascade) -> tuple[int, int, int]:
    """How many candidates a picture has, and how many the large network and the judge are shown."""
    evidence = Reader(Networks(network), evidence=True).read(Frame(image)).evidence
    if evidence is None:
        return 0, 0, 0
    crops = evidence.crops
    shown = int(network.passes(crops).sum()) if isinstance(network, Cascade) else len(crops)
    return len(crops), shown, len(worth_judging(evidence.probabilities))


def _multiply_adds(model: Path) -> int:
    record = model.with_suffix(".json")
    try:
        return int(json.loads(record.read_text(encoding="utf-8"))["multiply_adds"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{record} does not say what {model} costs ({one_line(error)}): name a model with its record"
        ) from error
