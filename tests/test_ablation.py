"""Each step can be taken out of the pipe from outside, matters where it should, and is put back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from digitcam import reader
from digitcam.commands.evaluate import main
from digitcam.errors import UserError
from digitcam.evaluation.ablation import measure_ablation
from digitcam.evaluation.contestants import Contestant, load_contestants
from digitcam.evaluation.without import STEPS, Step, reader_without, without
from digitcam.pages import make_page
from digitcam.proposals import Candidates
from digitcam.types import Frame, Reading
from digitcam.weights_dir import find_weights
from tests.drawings import paper, ring, write
from tests.evaluation_fakes import Coded, Scripted, digit, folder_fixture, photos_fixture
from tests.needs import need

__all__ = ["folder_fixture", "photos_fixture"]  # fixtures


def generated(kind: str) -> Callable[[], np.ndarray]:
    return lambda: make_page(kind, np.random.default_rng(0), (800, 450)).image


def green_on_brown() -> np.ndarray:
    """Ink and paper of nearly the same grey level."""
    image = np.full((300, 400, 3), (90, 120, 150), np.uint8)
    cv2.ellipse(image, (200, 150), (16, 24), 0, 0, 360, (80, 150, 70), 5, cv2.LINE_AA)
    return image


def great_and_small() -> np.ndarray:
    """A nought that fills half of the picture beside one of twenty pixels."""
    image = paper()
    ring(image, 180, 240, 140, 24)
    ring(image, 500, 240, 10, 3)
    return image


def white_on_black() -> np.ndarray:
    image = paper(level=40)
    write(image, "6039", 150, 260, 60, ink=220)
    return image


def across_a_line() -> np.ndarray:
    """Digits on a line as dark as they are, which hangs them all together."""
    image = paper()
    write(image, "4 7 2", 150, 260, 50)
    cv2.line(image, (0, 240), (639, 240), (40, 40, 40), 3)
    return image


def in_two_strokes() -> np.ndarray:
    """A nought, broken in the middle."""
    image = paper()
    ring(image, 300, 200, 30, 7)
    image[196:203] = 200
    return image


def touching() -> np.ndarray:
    image = paper()
    ring(image, 280, 200, 25, 6)
    ring(image, 330, 200, 25, 6)
    return image


# For each step a picture whose reading, or what it is made from, cannot be the same without it.
PICTURES: dict[str, Callable[[], np.ndarray]] = {
    "colour": green_on_brown,
    "smoothing of noise": generated("noise"),
    "several octaves": great_and_small,
    "both polarities": white_on_black,
    "line removal": across_a_line,
    "joins": in_two_strokes,
    "cuts": touching,
    "the small network first": generated("dense"),
    "“not a digit”": generated("note"),
    "the consistent set": touching,
    "the judge": generated("dense"),
    "its view of the company": generated("dense"),
    "turning rows level": generated("tilt"),
    "tight boxes": generated("plain"),
}


@pytest.fixture(name="way", scope="module")
def way_fixture() -> Contestant:
    """The shipped network behind its screen."""
    weights = find_weights()
    need((weights / "digits.keras").is_file() and (weights / "screen.keras").is_file(), "no trained weights")
    return load_contestants(None, None, baseline=False)[0]


def told(reading: Reading) -> tuple[Any, ...]:
    """All that a reading says of its picture, comparable."""
    evidence = reading.evidence
    assert evidence is not None
    return (
        evidence.boxes,
        evidence.probabilities.shape,
        evidence.probabilities.round(4).tobytes(),
        tuple((read.box, read.label, round(read.confidence, 4)) for read in reading.digits),
    )


@pytest.mark.parametrize("name", STEPS)
def test_without_a_step_a_picture_that_needs_it_is_read_otherwise(way: Contestant, name: str) -> None:
    """Candidates, probabilities or digits differ; after the block they are as they were before."""
    frame = Frame(PICTURES[name]())
    before = told(way.reader.read(frame))
    one_step_less = reader_without(STEPS[name], way)
    with without(STEPS[name]):
        assert told(one_step_less.read(frame)) != before
    assert told(way.reader.read(frame)) == before


@pytest.mark.parametrize("name", ["several octaves", "both polarities", "joins"])
def test_what_only_a_step_finds_is_not_even_proposed_without_it(way: Contestant, name: str) -> None:
    """Fewer candidates, for nothing else sees that ink whole."""
    frame = Frame(PICTURES[name]())
    with without(STEPS[name]):
        fewer = way.reader.read(frame).evidence
    all_of_them = way.reader.read(frame).evidence
    assert fewer is not None and all_of_them is not None
    assert set(fewer.boxes) != set(all_of_them.boxes) and len(fewer.boxes) < len(all_of_them.boxes)


def test_doorways_are_shut_again_after_a_fault_and_must_exist() -> None:
    """The real function is back after an exception; a step that the pipe no longer has is not passed over."""
    real = reader.find_ink
    with pytest.raises(ZeroDivisionError), without(STEPS["several octaves"]):
        assert reader.find_ink is not real
        raise ZeroDivisionError
    assert reader.find_ink is real
    gone = Step(((reader, "find_ink", max), (reader, "no_such_step", max)))
    with pytest.raises(AttributeError, match="no_such_step"), without(gone):
        pass
    assert reader.find_ink is real and not hasattr(reader, "no_such_step")


def test_plain_suppression_keeps_the_surest_of_those_that_overlap() -> None:
    """By confidence alone: a sure piece drops the whole; what is not sure enough is no candidate at all."""
    boxes = np.array([[0, 0, 20, 30], [0, 0, 20, 20], [40, 0, 20, 30], [80, 0, 20, 30]], np.int32)
    probabilities = np.zeros((4, 11), np.float32)
    probabilities[range(4), [3, 7, 1, 2]] = [0.8, 0.9, 0.7, 0.2]
    many = np.ones(4, np.float32)
    crops = np.zeros((4, 28, 28), np.uint8)
    candidates = Candidates(boxes, crops, many, many, many.astype(np.int32), many.astype(bool), many < 0)
    plain = STEPS["the consistent set"].doorways[0][2]
    assert plain(candidates, probabilities, 0.5).tolist() == [1, 2]
    assert plain(candidates, np.zeros_like(probabilities), 0.5).tolist() == []


def test_the_table_has_a_row_for_each_step_and_for_the_others(photos: Path) -> None:
    """Everything first, then each step, then the other ways; F1 with its difference; pages only if asked."""
    ways = [Contestant(name, Coded(), Scripted([]), 0.7) for name in ("digitcam", "classic")]
    section = measure_ablation(ways, photos, pages=0)
    rows = section.tables[0].rows
    names = [row[0] for row in rows]
    assert names == ["everything", *(f"without {name}" for name in STEPS), "the classic way"]
    assert section.tables[0].header == (
        "",
        "photos F1",
        "over sources",
        "proposed",
        "labels without digits",
        "ms",
    )
    assert section.figures["everything"]["photos_f1"] == 0.0  # type: ignore[index]
    seeing = Contestant("digitcam", Coded(), Scripted([digit("1", 0)]), 0.7)
    section = measure_ablation([seeing], photos)
    rows = {row[0]: row[1] for row in section.tables[0].rows}
    assert rows["everything"] == "0.667" and rows["without joins"] == "0.000 (-667)"


def test_the_command_needs_pictures_to_take_steps_out_of(
    photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without any it says so; with photographs the one table stands in place of the usual ones."""
    with pytest.raises(UserError, match="--ablation takes steps out .*: add --photos DIR or --pages N"):
        main(["--ablation"])
    assert main(["--ablation", "--photos", "pictures", "--json", "out.json"]) == 0
    out = capsys.readouterr().out
    assert "What each step brings (photos: pictures)" in out and "Per picture" not in out
    figures = json.loads(Path("out.json").read_text())
    assert "without cuts" in figures["ablation"] and "photos" not in figures
