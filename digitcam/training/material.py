"""What a training run learns from and is judged by: collections gathered, split and named."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from digitcam.training import collections, mnist
from digitcam.training.dataset import NOT_A_DIGIT, Part
from digitcam.training.record import array_sha256

# Of MNIST's writers (or images, where writers are not known), this share validates.
VALIDATION_SHARE = 0.1
# Of the letters and doodles, this share validates the class "not a digit".
NEGATIVE_VALIDATION_SHARE = 0.03
# The seed of the split is fixed: runs with other seeds are then judged by the same images.
SPLIT_SEED = 1998

# How often each collection is drawn, and what it costs to go without (README, "Data").
SHARES = {
    "mnist": 0.30,
    "unipen": 0.12,
    "emnist": 0.15,
    "letters": 0.11,
    "doodles": 0.04,
    "spoiled": 0.06,
    "page digits": 0.10,
    "page negatives": 0.12,
}
UNIPEN_COPIES = 4


@dataclass(frozen=True, eq=False)
class Material:
    """
    Attributes:
        parts: the mixture.
        validation: images and labels of MNIST writers that are in no part.
        negatives: letters and doodles that are in no part; M×28×28, M may be 0.
        missing: one sentence for each collection that is not at hand.
    """

    parts: list[Part]
    validation: tuple[np.ndarray, np.ndarray]
    negatives: np.ndarray
    missing: list[str]

    def describe(self) -> list[dict[str, Any]]:
        """Name, size, share and hash of each part, for the record."""
        parts = [
            {
                "name": part.name,
                "images": len(part.images),
                "share": part.share,
                "sha256": array_sha256(part.images, part.labels),
            }
            for part in self.parts
        ]
        held = {"name": "validation", "images": len(self.validation[0]), "sha256": array_sha256(*self.validation)}
        return [*parts, held]


def split_mnist(labels: np.ndarray, writers: np.ndarray | None) -> np.ndarray:
    """Which training images validate: N booleans; by writer where writers are known."""
    rng = np.random.default_rng(SPLIT_SEED)
    if writers is None:
        return rng.random(len(labels)) < VALIDATION_SHARE
    names = np.unique(writers)
    chosen = rng.choice(names, max(1, round(len(names) * VALIDATION_SHARE)), replace=False)
    return np.isin(writers, chosen)


def mnist_alone(data_dir: Path) -> Material:
    """MNIST's ten digits: the material of the tutorial networks."""
    images, labels = mnist.load_mnist("train", data_dir)
    writers = mnist.load_writers("train", data_dir)
    held = split_mnist(labels, writers)
    part = Part("mnist", images[~held], labels[~held], 1.0)
    missing = [] if writers is not None else ["MNIST's writers are not known: the validation split is random"]
    return Material([part], (images[held], labels[held]), np.zeros((0, 28, 28), np.uint8), missing)


def everything(data_dir: Path, page_crops: Path | None = None) -> Material:
    """All collections in the data folder, and the crops that the pipe cut out of generated pages."""
    base = mnist_alone(data_dir)
    rng = np.random.default_rng(SPLIT_SEED)
    digits = base.parts[0]
    parts = [Part("mnist", digits.images, digits.labels, SHARES["mnist"])]
    missing = list(base.missing)
    unipen = collections.unipen_digits(data_dir, rng, UNIPEN_COPIES)
    emnist = collections.emnist_digits(data_dir)
    for name, found in (("unipen", unipen), ("emnist", emnist)):
        if found is None:
            missing.append(f"{name} digits are not in the data folder: fewer hands are learnt")
        else:
            parts.append(Part(name, *found, SHARES[name]))
    held_negatives = []
    for name, images in (("letters", collections.letters(data_dir, rng)), ("doodles", collections.doodles(data_dir))):
        if images is None:
            missing.append(f"{name} are not in the data folder: more of them will be taken for digits")
            continue
        held = rng.random(len(images)) < NEGATIVE_VALIDATION_SHARE
        held_negatives.append(images[held])
        parts.append(_negatives(name, images[~held], SHARES[name]))
    # A piece of a 1 is often a 1: ones are not spoiled.
    whole = digits.labels != 1
    parts.append(Part("spoiled", digits.images[whole], digits.labels[whole], SHARES["spoiled"], spoiled=True))
    if page_crops is not None:
        parts.extend(load_page_crops(page_crops))
    negatives = np.concatenate(held_negatives) if held_negatives else base.negatives
    return Material(parts, base.validation, negatives, missing)


def _negatives(name: str, images: np.ndarray, share: float) -> Part:
    return Part(name, images, np.full(len(images), NOT_A_DIGIT, np.uint8), share)


def load_page_crops(path: Path) -> list[Part]:
    """Crops made by ``train.py --make-page-crops``: digits and negatives apart."""
    data = np.load(path)
    images, labels = data["images"], data["labels"]
    negative = labels == NOT_A_DIGIT
    return [
        Part("page digits", images[~negative], labels[~negative], SHARES["page digits"]),
        Part("page negatives", images[negative], labels[negative], SHARES["page negatives"]),
    ]
