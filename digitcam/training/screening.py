"""The threshold of a screen: hardly a digit that the large network would accept is withheld from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from digitcam.cascade import DIGITS, RECORD_ENTRY, digit_share
from digitcam.classifier import Classifier, load_classifier
from digitcam.errors import UserError, one_line
from digitcam.training import material
from digitcam.training.checkpoint import write_text
from digitcam.twin import file_sha256

# From this probability on the large network believes in a digit.
LEAST_BELIEF = 0.8
# Of the digits that the large network believes in, at least this share passes, in each collection.
LEAST_PASSED = 0.999

Collections = dict[str, np.ndarray]


def fit_screen(screen: Path, model: Path | None, data_dir: Path, page_crops: Path | None) -> dict[str, Any]:
    """Measure the threshold of a screen and write it into the record beside it.

    Args:
        screen: the small network, a ``.keras`` file with its record.
        model: the large one; the shipped one by default.
        data_dir: for MNIST's validation writers, and the letters and doodles that validate.
        page_crops: crops of pages that neither network was trained on.

    Returns:
        What was written: the threshold, and which share of each collection passes.

    Raises:
        UserError: a network or the record is missing or does not fit.
    """
    small, large = load_classifier(screen), load_classifier(model)
    for network in (small, large):
        if len(network.classes) == DIGITS:
            raise UserError(f'{network.path} does not know "not a digit": a screen needs two that do')
    digits, others = _collections(data_dir, page_crops)
    believed = {f"{name} believed in": images[_believed(large, images)] for name, images in digits.items()}
    shares = {name: digit_share(small.predict(images)) for name, images in (believed | others).items()}
    threshold = min(strictest(shares[name], LEAST_PASSED) for name in believed)
    found = {
        "threshold": threshold,
        "network_sha256": file_sha256(large.path),
        "passed": {
            name: {"images": len(values), "share": round(float((values >= threshold).mean()), 5)}
            for name, values in shares.items()
        },
    }
    _write(screen.with_suffix(".json"), found)
    return found


def strictest(values: np.ndarray, share: float) -> float:
    """The greatest threshold that at least ``share`` of N ≥ 1 values reach."""
    spared = int((1 - share) * len(values) + 1e-9)
    return float(np.sort(values)[spared])


def _collections(data_dir: Path, page_crops: Path | None) -> tuple[Collections, Collections]:
    """Digits and no digits that validate, by name: each N×28×28 uint8, N ≥ 1."""
    stuff = material.everything(data_dir)
    digits, others = {"MNIST validation": stuff.validation[0]}, {"letters and doodles": stuff.negatives}
    for part in material.load_page_crops(page_crops) if page_crops is not None else ():
        kind = others if (part.labels == material.NOT_A_DIGIT_LABEL).all() else digits
        kind[part.name] = part.images
    return digits, {name: images for name, images in others.items() if len(images)}


def _believed(network: Classifier, images: np.ndarray) -> np.ndarray:
    """Which of N images the network takes for a digit with some belief: N bool."""
    return network.predict(images)[:, :DIGITS].max(1) >= LEAST_BELIEF


def _write(record: Path, found: dict[str, Any]) -> None:
    try:
        known = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(
            f"{record} is not the record of a training run ({one_line(error)}): name the model of one"
        ) from error
    write_text(record, json.dumps(known | {RECORD_ENTRY: found}, indent=1, ensure_ascii=False))
