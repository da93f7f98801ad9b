"""Scripted networks and readers, digits they know, and a folder to measure them in."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.evaluation import contestants as who
from digitcam.evaluation.contestants import Contestant
from digitcam.types import LABELS, Box, Digit, Evidence, Frame, Reading, Truth

WRONG = 5


def mnist_like() -> tuple[np.ndarray, np.ndarray]:
    """A hundred and thirty digits for ``Coded``, five of them answered wrongly."""
    truth = np.arange(130, dtype=np.uint8) % 10
    answers = truth.copy()
    answers[:WRONG] = (answers[:WRONG] + 1) % 10
    return coded(answers.tolist(), [95] * len(truth)), truth


def digit(label: str, x: int, confidence: float = 0.9, side: int = 20) -> Digit:
    """A reading of ``label`` at column ``x`` of the first row."""
    ten = tuple(confidence if name == label else 0.0 for name in LABELS)
    return Digit(Box(x, 0, side, side), label, confidence, ten)


def truth(label: str, x: int) -> Truth:
    return Truth(Box(x, 0, 20, 20), label)


class Coded:
    """A network whose answer and confidence stand in an image's first two pixels; counts its calls."""

    classes = (*LABELS, "not a digit")

    def __init__(self) -> None:
        self.seen = 0

    def predict(self, crops: np.ndarray) -> np.ndarray:
        self.seen += len(crops)
        confidence = crops[:, 0, 1] / 100
        out = np.zeros((len(crops), 11), dtype=np.float32)
        out[np.arange(len(crops)), crops[:, 0, 0]] = confidence
        out[:, 10] = 1 - confidence
        return out


def coded(answers: list[int], confidences: list[int]) -> np.ndarray:
    """Images for ``Coded``: confidences in percent."""
    images = np.zeros((len(answers), 28, 28), dtype=np.uint8)
    images[:, 0, 0], images[:, 0, 1] = answers, confidences
    return images


class Scripted:
    """A reader that gives the same digits for every picture, and candidates beside them."""

    def __init__(self, digits: list[Digit], boxes: list[Box] | None = None) -> None:
        self.digits, self.boxes = digits, boxes

    def read(self, frame: Frame) -> Reading:
        nothing = np.zeros((1, 1), dtype=np.uint8)
        evidence = None if self.boxes is None else Evidence(nothing, tuple(self.boxes), nothing, nothing)
        return Reading("", 0, 0.0, frame.size, tuple(self.digits), ms={"total": 4.0}, evidence=evidence)


@pytest.fixture(name="folder")
def folder_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of its own, a scripted network and reader in place of the shipped ones."""
    script = Scripted([digit("1", 0), digit("4", 100)], [Box(0, 0, 20, 20)])
    names = ("digitcam", "classic")

    def load(model: str | None, conf: float | None, baseline: bool) -> list[Contestant]:
        chosen = names if baseline else names[:1]
        return [Contestant(name, Coded(), script, 0.9 if conf is None else conf) for name in chosen]

    monkeypatch.setattr(who, "load_contestants", load)
    monkeypatch.setattr("digitcam.training.mnist.load_mnist", lambda split, data_dir: mnist_like())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(name="photos")
def photos_fixture(folder: Path) -> Path:
    """Three labelled pictures: a photo with one of its two digits read, a drawing, and a negative."""
    place = folder / "pictures"
    place.mkdir()
    for name in ("photo.png", "drawn.png", "empty.png"):
        cv2.imwrite(str(place / name), np.full((60, 200, 3), 200, np.uint8))
    entries = [
        {
            "file": "photo.png",
            "kind": "photo",
            "source": "someone",
            "boxes": [[0, 0, 20, 20, "1"], [50, 0, 20, 20, "2"]],
            "distractors": [[100, 0, 20, 20, "+"]],
        },
        {"file": "drawn.png", "kind": "drawn", "source": "another", "boxes": [[0, 0, 20, 20, "1"]]},
        {"file": "empty.png", "kind": "negative", "source": "third", "boxes": [], "handwriting": True},
    ]
    (place / "labels.json").write_text(json.dumps(entries), encoding="utf-8")
    return place
