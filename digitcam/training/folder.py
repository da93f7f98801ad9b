"""A folder of labelled pictures as training material: ``DIR/<class>/*.png``, as ``--export-data`` has it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from digitcam.errors import UserError
from digitcam.normalise import CENTRE, INK_SIDE, SIDE, normalise
from digitcam.sources.decoding import UnreadablePicture
from digitcam.sources.pictures import SUFFIXES, natural_key, read_picture
from digitcam.training.material import SPLIT_SEED, VALIDATION_SHARE, Labelled, Material, Part
from digitcam.types import LABELS

# Where ``cam.py corrections export`` puts what is no digit.
NONE_FOLDER = "none"
# The ring along a picture's edge that shows the paper, as a share of the shorter side.
RING = 0.05
# With a share of light pixels between these two the ring does not tell which is paper.
CLEARLY_DARK, CLEARLY_LIGHT = 0.35, 0.65
# A picture whose lightest and darkest pixel differ by less, in grey levels, shows nothing.
LEAST_CONTRAST = 32
# How far from the middle MNIST's convention may put the centre of mass, in pixels of 28.
OFF_CENTRE = 1.0
# What cannot be used is named one by one up to this many.
MOST_NAMED = 10


@dataclass(frozen=True)
class Ink:
    """Of a picture: Otsu's ``threshold``, and the share of its edge that is lighter, ``light``."""

    threshold: float
    light: float

    def is_on_light(self, otherwise: bool) -> bool:
        """Whether the paper is light; ``otherwise`` where the edge does not tell."""
        if CLEARLY_DARK < self.light < CLEARLY_LIGHT:
            return otherwise
        return self.light >= CLEARLY_LIGHT


@dataclass(frozen=True, eq=False)
class _Picture:
    """``grey`` H×W uint8."""

    label: int
    grey: np.ndarray
    ink: Ink


def read_folder(folder: Path) -> Material:
    """The pictures of ``folder/<digit>/``, a part of each class kept for validation.

    Pictures may be of any size, dark on light or light on dark. Those that are in MNIST's convention are
    taken as they are, all others are normalised as the pipe normalises its crops. Where there is
    ``folder/train``, that is read, and ``folder/test``, if it is there, is the test set.

    Raises:
        UserError: no such folder, no usable picture, one class alone, or a class that is no digit.
    """
    if not folder.is_dir():
        raise UserError(f"there is no folder {folder}: --data takes one with pictures in DIR/<digit>/")
    inner = folder / "train"
    missing: list[str] = []
    images, labels = _read_classes(inner if inner.is_dir() else folder, missing)
    test = None
    if inner.is_dir() and (folder / "test").is_dir():
        test = _read_classes(folder / "test", missing)
    held = held_out(labels)
    known = set(labels[~held].tolist())
    if len(known) < 2 or not held.any():
        raise UserError(
            f"{folder} holds too little to learn from: expected two digits or more with two pictures each "
            f"or more, received {len(labels)} pictures of {len(set(labels.tolist()))} digits"
        )
    unknown = [label for label in LABELS if int(label) not in known]
    if unknown:
        missing.append(f"no pictures of {', '.join(unknown)}: the network will not know them")
    missing.append("the pictures' writers are not known: the validation split is random")
    part = Part("pictures", images[~held], labels[~held], 1.0)
    return Material([part], (images[held], labels[held]), np.zeros((0, SIDE, SIDE), np.uint8), test, missing)


def _read_classes(folder: Path, missing: list[str]) -> Labelled:
    """All usable pictures; a sentence goes to ``missing`` for each of the others."""
    names = sorted(p.name for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    if NONE_FOLDER in names:
        names.remove(NONE_FOLDER)
        missing.append(f"{folder / NONE_FOLDER}: what is no digit is not learnt from folders")
    strange = [name for name in names if name not in LABELS]
    if strange:
        raise UserError(f"{folder} has the class {strange[0]!r}, where the others are digits")
    pictures, left_out = [], []
    for name in names:
        for path in sorted((folder / name).iterdir(), key=natural_key):
            if path.suffix.lower() in SUFFIXES and not path.name.startswith("."):
                try:
                    pictures.append(_open(path, int(name)))
                except UnreadablePicture as error:
                    left_out.append(str(error))
    missing += left_out[:MOST_NAMED]
    if len(left_out) > MOST_NAMED:
        missing.append(f"{len(left_out) - MOST_NAMED} more pictures that cannot be read")
    if not pictures:
        raise UserError(f"{folder} holds no picture that can be read: expected {folder}/7/mine.png, ...")
    on_light = mostly_on_light([p.ink.light for p in pictures])
    images = np.stack([to_crop(p.grey, p.ink.threshold, p.ink.is_on_light(on_light)) for p in pictures])
    return images, np.array([p.label for p in pictures], np.uint8)


def _open(path: Path, label: int) -> _Picture:
    grey = cv2.cvtColor(read_picture(path), cv2.COLOR_BGR2GRAY)
    return _Picture(label, grey, measure_ink(path, grey))


def measure_ink(path: Path, grey: np.ndarray) -> Ink:
    """What tells ink from paper in a picture, H×W uint8; UnreadablePicture where nothing does."""
    if int(grey.max()) - int(grey.min()) < LEAST_CONTRAST:
        raise UnreadablePicture(str(path), "nothing stands out in it")
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return Ink(threshold, float((_ring(grey) > threshold).mean()))


def _ring(grey: np.ndarray) -> np.ndarray:
    """The pixels along the edge."""
    width = max(1, round(RING * min(grey.shape)))
    inside = np.zeros(grey.shape, bool)
    inside[width:-width, width:-width] = True
    return grey[~inside]


def mostly_on_light(lights: list[float]) -> bool:
    """What most pictures are that show it clearly: a 1 that fills its picture has ink all along the edge."""
    light = sum(share >= CLEARLY_LIGHT for share in lights)
    dark = sum(share <= CLEARLY_DARK for share in lights)
    return light >= dark


def to_crop(grey: np.ndarray, threshold: float, on_light: bool) -> np.ndarray:
    """One picture in MNIST's convention.

    Args:
        grey: H×W uint8.
        threshold: between ink and paper (Otsu, 1979).
        on_light: dark ink on light paper; else light on dark.

    Returns:
        28×28 uint8, white ink on black.
    """
    if on_light:
        grey, threshold = 255 - grey, 255 - threshold
    if is_in_convention(grey):
        return grey
    ring = _ring(grey)
    paper = float(np.median(ring[ring <= threshold])) if (ring <= threshold).any() else 0.0
    ink = np.clip(grey.astype(np.float32) - paper, 0, 255)
    # Less than half-way to the threshold is the paper's own texture.
    ink[ink < (threshold - paper) / 2] = 0
    return normalise(ink.astype(np.uint8))


def is_in_convention(image: np.ndarray) -> bool:
    """Whether white ink on black lies in 28×28 as MNIST's does: in a box of 20, centred by its mass."""
    if image.shape != (SIDE, SIDE):
        return False
    _, _, width, height = cv2.boundingRect(image)
    moments = cv2.moments(image)
    if not moments["m00"] or max(width, height) > INK_SIDE:
        return False
    centre = moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
    return max(abs(value - CENTRE) for value in centre) <= OFF_CENTRE


def held_out(labels: np.ndarray) -> np.ndarray:
    """Which pictures validate: N booleans, the same share of each class, none of a class with one picture."""
    rng = np.random.default_rng(SPLIT_SEED)
    held = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        found = np.flatnonzero(labels == label)
        if len(found) > 1:
            held[rng.permutation(found)[: max(1, round(VALIDATION_SHARE * len(found)))]] = True
    return held
