"""Why not? Each gate that can refuse a candidate is told, and what was read is told as read."""

from __future__ import annotations

import numpy as np
import pytest

from digitcam.inside.why import why
from digitcam.networks import load_networks
from digitcam.pages import PenGlyphs, make_page
from digitcam.reader import Reader
from digitcam.types import Box, Evidence


def evidence(said: list[float], judged: list[float] | None, *, chosen: tuple[int, ...] = (1,)) -> Evidence:
    """Two candidates at one place: the first as given (7, 3, none), the second a 3 that was read."""

    def row(values: list[float]) -> list[float]:
        answer = [0.0] * 11
        answer[7], answer[3], answer[10] = values
        return answer

    other = row([0.0, 0.99, 0.01])
    boxes = Box(100, 100, 40, 60), Box(104, 98, 40, 60)
    weighed = None if judged is None else np.array([row(judged), other])
    crops = np.zeros((2, 28, 28), np.uint8)
    probabilities = np.array([row(said), other])
    return Evidence(
        np.zeros((9, 9), np.uint8), boxes, crops, probabilities, judged=weighed, chosen=chosen, least=0.5
    )


@pytest.mark.parametrize(
    ("said", "judged", "told"),
    [
        ([0.0, 0.0, 1.0], [0.0, 0.0, 1.0], "plainly no digit"),
        ([0.1, 0.0, 0.9], [0.0, 0.0, 1.0], "takes it for no digit"),
        ([0.8, 0.0, 0.2], [0.1, 0.0, 0.9], "speaks against it (50 %)"),
        ([0.4, 0.3, 0.3], [0.3, 0.3, 0.4], "not sure enough (50 %)"),
        ([0.9, 0.0, 0.1], [0.8, 0.0, 0.2], "this ink is surer"),
        ([0.4, 0.3, 0.3], None, "not sure enough (50 %)"),
    ],
)
def test_the_gate_that_refused_is_told(said: list[float], judged: list[float] | None, told: str) -> None:
    """From the small network to the choice among candidates of the same ink."""
    assert why(evidence(said, judged), 0)[-1] == told


def test_what_was_read_is_told_as_read() -> None:
    """With what the network said, and what that became by its place."""
    assert why(evidence([0.8, 0.1, 0.1], [0.9, 0.0, 0.1], chosen=(0,)), 0) == (
        "network: 7 80 %",
        "with its place: 90 %",
        "read as 7",
    )
    waiting = evidence([0.9, 0.0, 0.1], [0.8, 0.0, 0.2], chosen=())
    assert why(waiting, 0)[-1] == "not yet seen often"


def test_every_candidate_of_a_page_has_its_reason() -> None:
    """What the pipe says of a real page: as many are told as read as were chosen, the others as refused."""
    page = make_page("plain", np.random.default_rng(2), (640, 480), PenGlyphs())
    reading = Reader(load_networks(), evidence=True).read(page.image)
    found = reading.evidence
    assert found is not None and found.judged is not None
    told = [why(found, i)[-1] for i in range(len(found.boxes))]
    assert sum(line.startswith("read as") for line in told) == len(found.chosen) >= len(reading.digits) > 3
    assert len(set(told)) > 2 and all(line.isascii() for line in told)
