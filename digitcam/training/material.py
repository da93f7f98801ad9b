"""What a training run learns from and is judged by: collections gathered, split and named."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from digitcam.classifier import NOT_A_DIGIT
from digitcam.errors import UserError
from digitcam.training import collections, mnist
from digitcam.training.emnist import emnist_digits
from digitcam.types import LABELS

# What training calls "not a digit", after the ten digits.
NOT_A_DIGIT_LABEL = len(LABELS)

# Of MNIST's writers (or images, where writers are not known), this share validates.
VALIDATION_SHARE = 0.1
# Of the letters and doodles, this share validates the class "not a digit".
NEGATIVE_VALIDATION_SHARE = 0.03
# The seed of the split is fixed: runs with other seeds are then judged by the same images.
SPLIT_SEED = 1998

# How often each collection is drawn, and what it costs to go without (README, "Data").
SHARES = {
    "mnist": 0.28,
    "unipen": 0.12,
    "emnist": 0.16,
    "letters": 0.20,
    "doodles": 0.05,
    "spoiled": 0.03,
    "page digits": 0.13,
    "page negatives": 0.16,
}
UNIPEN_COPIES = 4

# Images N×28×28 uint8 and labels N uint8.
Labelled = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Part:
    """One ingredient of the mixture.

    Attributes:
        name: for the record.
        images: N×28×28 uint8.
        labels: N uint8, indices of the material's classes; what is none of them comes after the last.
        share: of the samples in an epoch; shares are relative.
        spoiled: make what is no digit out of these digits; the labels say so already.
        odds: N, how likely each image is drawn, summed up to 1; None where all are alike.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    share: float
    spoiled: bool = False
    odds: np.ndarray | None = None

    def pick(self, rng: np.random.Generator) -> int:
        """An image by the odds."""
        assert self.odds is not None
        return int(np.searchsorted(self.odds, rng.random(), side="right"))


@dataclass(frozen=True, eq=False)
class Material:
    """
    Attributes:
        parts: the mixture.
        validation: images and labels by MNIST writers that are in no part.
        negatives: letters and doodles that are in no part; M×28×28, M may be 0.
        test: looked at once, when all is done; None where there is no such collection. It is gathered
            with the rest, so that nothing is found missing after hours of training.
        missing: one sentence for each thing that is not at hand.
        classes: what is told apart, in order.
        other: the name of a class behind them, for what is none of them; None where there is no such class.
    """

    parts: list[Part]
    validation: Labelled
    negatives: np.ndarray
    test: Labelled | None
    missing: list[str]
    classes: tuple[str, ...] = LABELS
    other: str | None = None

    def shared(self, shares: dict[str, float]) -> Material:
        """The same with other shares for the parts that are named."""
        parts = [replace(part, share=shares.get(part.name, part.share)) for part in self.parts]
        return replace(self, parts=parts)

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
        judges = {"validation": self.validation, "test": self.test}
        return parts + [
            {"name": name, "images": len(judge[0]), "sha256": array_sha256(*judge)}
            for name, judge in judges.items()
            if judge is not None
        ]


def array_sha256(*arrays: np.ndarray) -> str:
    """One hash over the bytes of all arrays, in order."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


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
    return Material(
        [part],
        validation=(images[held], labels[held]),
        negatives=np.zeros((0, 28, 28), np.uint8),
        test=mnist.load_mnist("test", data_dir),
        missing=missing,
    )


def everything(data_dir: Path, page_crops: Path | None = None, *, emnist: bool = True) -> Material:
    """All collections in the data folder, and the crops that the pipe cut out of generated pages.

    Args:
        data_dir: the data folder.
        page_crops: a file of ``train.py --make-page-crops``.
        emnist: whether EMNIST's digits are wanted.
    """
    base = mnist_alone(data_dir)
    rng = np.random.default_rng(SPLIT_SEED)
    digits = base.parts[0]
    parts = [Part("mnist", digits.images, digits.labels, SHARES["mnist"])]
    missing = list(base.missing)
    unipen = collections.unipen_digits(data_dir, rng, UNIPEN_COPIES)
    others = emnist_digits(data_dir) if emnist else None
    for name, found in (("unipen", unipen), ("emnist", others)):
        if found is None:
            why = "are not in the data folder" if emnist or name != "emnist" else "are left out for speed"
            missing.append(f"{name}'s digits {why}: fewer hands are learnt")
        else:
            parts.append(Part(name, *found, SHARES[name]))
    held_out = []
    for name, found in _split_negatives(data_dir, rng).items():
        if found is None:
            missing.append(f"{name} are not in the data folder: more of them will be taken for digits")
            continue
        images, held = found
        held_out.append(images[held])
        parts.append(_negatives(name, images[~held], SHARES[name]))
    # A piece of a 1 is often a 1: ones are not spoiled.
    whole = digits.labels != 1
    parts.append(spoiled_part(digits.images[whole], NOT_A_DIGIT_LABEL))
    if page_crops is None:
        missing.append("no --page-crops: what the pipe cuts out of whole pages is not learnt")
    else:
        parts.extend(load_page_crops(page_crops))
    judging = np.concatenate(held_out) if held_out else base.negatives
    return replace(base, parts=parts, negatives=judging, missing=missing, other=NOT_A_DIGIT)


def spoiled_part(images: np.ndarray, label: int) -> Part:
    """What is made of whole glyphs and is none; ``label`` is that of what is none."""
    labels = np.full(len(images), label, np.uint8)
    return Part("spoiled", images, labels, SHARES["spoiled"], spoiled=True)


def _split_negatives(
    data_dir: Path, rng: np.random.Generator
) -> dict[str, tuple[np.ndarray, np.ndarray] | None]:
    """Letters and doodles, and which of them are kept out of training: N×28×28 and N booleans, or None."""
    found = {"letters": collections.letters(data_dir, rng), "doodles": collections.doodles(data_dir)}
    return {
        name: None if images is None else (images, rng.random(len(images)) < NEGATIVE_VALIDATION_SHARE)
        for name, images in found.items()
    }


def held_negatives(data_dir: Path) -> dict[str, tuple[np.ndarray, int]]:
    """What ``everything`` keeps out of the parts "letters" and "doodles", by their names.

    UNIPEN's digits are drawn as well, for the split goes on with the stream of chance that draws them.

    Returns:
        N×28×28 uint8, and how many images the part has that is trained on, as a run's record tells.
    """
    rng = np.random.default_rng(SPLIT_SEED)
    collections.unipen_digits(data_dir, rng, UNIPEN_COPIES)
    kept = {}
    for name, found in _split_negatives(data_dir, rng).items():
        if found is not None:
            images, held = found
            kept[name] = images[held], int((~held).sum())
    return kept


def _negatives(name: str, images: np.ndarray, share: float) -> Part:
    return Part(name, images, np.full(len(images), NOT_A_DIGIT_LABEL, np.uint8), share)


def load_page_crops(path: Path, other: int = NOT_A_DIGIT_LABEL) -> list[Part]:
    """Crops made by ``train.py --make-page-crops``: those with a name, and those labelled ``other``."""
    data = collections.read_arrays(path, "images", "labels")
    if data is None:
        raise UserError(f"there is no file {path}: train.py --make-page-crops makes one")
    images, labels = data["images"], data["labels"]
    fits = images.dtype == np.uint8 and images.shape == (labels.size, 28, 28)
    if not fits or labels.max(initial=0) > other:
        raise UserError(
            f"{path} holds no page crops: expected N×28×28 uint8 images and N labels from 0 to "
            f"{other}, received {images.shape} {images.dtype} and {labels.shape}"
        )
    negative = labels == other
    parts = [
        Part("page digits", images[~negative], labels[~negative], SHARES["page digits"]),
        Part("page negatives", images[negative], labels[negative], SHARES["page negatives"]),
    ]
    return [part for part in parts if len(part.images)]
