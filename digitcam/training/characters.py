"""Digits and letters: what a network of characters learns from and is judged by.

The 47 classes of EMNIST's "balanced" split (Cohen, Afshar, Tapson and van Schaik, "EMNIST: an extension of
MNIST to handwritten letters", 2017): ten digits, 26 capitals, and the eleven small letters that are written
unlike theirs.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from digitcam.classes import merged
from digitcam.errors import UserError
from digitcam.pages import GlyphSource, ImageGlyphs, PenGlyphs, StrokeGlyphs
from digitcam.training import collections, mnist
from digitcam.training.emnist import emnist_digits
from digitcam.training.material import (
    SPLIT_SEED,
    Labelled,
    Material,
    Part,
    load_page_crops,
    split_mnist,
    spoiled_part,
)

NAME = "characters"
CLASSES = tuple("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt")
# What comes after the last class.
OTHER = "not a character"
OTHER_LABEL = len(CLASSES)
INDEX = {label: i for i, label in enumerate(CLASSES)}

LETTER_FILES = ("emnist_byclass_test_letters", "emnist_extra_letters")
# Where both cases bear one name, which one it is is not known.
CASELESS = "letters_"
# Of each class of EMNIST's letters and digits so much is never trained on: it tests, and it validates.
KEPT_OUT, VALIDATING = 0.10, 0.04
# Of what is no character.
NONE_VALIDATING = 0.05
PEN_COPIES = 2
# Times as wide as high: more is no letter.
MOST_WIDE = 2.2
SHARES = {
    "emnist letters": 0.40,
    "unipen letters": 0.16,
    "emnist digits": 0.18,
    "mnist": 0.08,
    "unipen digits": 0.04,
    "no characters": 0.10,
    "spoiled": 0.04,
    "page digits": 0.16,
    "page negatives": 0.24,
}
# Rare letters are drawn as often as if there were this power of their number: 1 as they come, 0 all alike.
EVENNESS = 0.8


def class_of(letter: str) -> int:
    """The class of a digit or a letter; -1 for anything else."""
    return INDEX.get(merged(letter), -1)


def classes_of(letters: np.ndarray) -> np.ndarray:
    """The same for N letters: N int."""
    known = {letter: class_of(letter) for letter in np.unique(letters).tolist()}
    return np.array([known[letter] for letter in letters.tolist()], int)


def gather(data_dir: Path, page_crops: Path | None = None) -> Material:
    """All collections of digits and letters in the data folder, and what the pipe cut out of pages of words.

    Raises:
        UserError: EMNIST's letters are not there.
    """
    rng = np.random.default_rng(SPLIT_SEED)
    letters = emnist_letters(data_dir)
    if letters is None:
        raise UserError(
            f"there are no letters to learn from in {data_dir / 'emnist'}: expected {LETTER_FILES[0]}.npz; "
            "README's section on data tells where it is from"
        )
    missing: list[str] = []
    parts: list[Part] = []
    kept: list[tuple[Labelled, Labelled]] = []
    for name, found in (("emnist letters", letters), ("emnist digits", emnist_digits(data_dir))):
        if found is None:
            missing.append(f"{name} are not in the data folder: fewer hands are learnt")
            continue
        learnt, test, validation = _split(*found, rng)
        parts.append(_part(name, *learnt))
        kept.append((test, validation))
    images, labels = mnist.load_mnist("train", data_dir)
    held = split_mnist(labels, mnist.load_writers("train", data_dir))
    parts.append(_part("mnist", images[~held], labels[~held]))
    for name, files in (("unipen letters", ("upper", "lower")), ("unipen digits", ("digits",))):
        drawn = pen_characters(data_dir, files, rng)
        if drawn is None:
            missing.append(f"{name} are not in the data folder: fewer hands are learnt")
        else:
            parts.append(_part(name, *drawn))
    none = _none(data_dir, rng)
    validating = np.zeros((0, 28, 28), np.uint8)
    if none is None:
        missing.append("doodles and signs are not in the data folder: more of them are taken for letters")
    else:
        held = rng.random(len(none)) < NONE_VALIDATING
        validating = none[held]
        parts.append(_part("no characters", none[~held], np.full((~held).sum(), OTHER_LABEL)))
    # A piece of a slim letter is often another one.
    whole = ~np.isin(letters[1], [class_of(letter) for letter in "1IJLT"])
    parts.append(spoiled_part(letters[0][whole][::2], OTHER_LABEL))
    if page_crops is None:
        missing.append("no --page-crops: what the pipe cuts out of whole pages is not learnt")
    else:
        parts.extend(load_page_crops(page_crops, OTHER_LABEL))
    test, validation = (_together([each[i] for each in kept]) for i in range(2))
    return Material(parts, validation, validating, test, missing, CLASSES, OTHER).shared(SHARES)


def _together(parts: list[Labelled]) -> Labelled:
    images, labels = zip(*parts, strict=True)
    return np.concatenate(images), np.concatenate(labels)


def kept_out(data_dir: Path) -> dict[str, Labelled]:
    """What ``gather`` keeps out to test: EMNIST's letters and digits, by their names.

    Raises:
        UserError: they are not there.
    """
    rng = np.random.default_rng(SPLIT_SEED)
    found = {"letters": emnist_letters(data_dir), "digits": emnist_digits(data_dir)}
    absent = [name for name, part in found.items() if part is None]
    if absent:
        raise UserError(f"EMNIST's {absent[0]} are not in the data folder {data_dir}: set DIGITCAM_DATA")
    return {name: _split(*part, rng)[1] for name, part in found.items() if part is not None}


def hands(data_dir: Path) -> list[GlyphSource]:
    """Who writes the pages of words: the pen model, and what is learnt from of UNIPEN and EMNIST."""
    sources: list[GlyphSource] = [PenGlyphs(words=True)]
    drawn = pen_source(data_dir)
    if drawn is not None:
        sources.append(drawn)
    found = {"letters": emnist_letters(data_dir), "digits": emnist_digits(data_dir)}
    rng = np.random.default_rng(SPLIT_SEED)
    learnt = [_split(*part, rng)[0] for part in found.values() if part is not None]
    if len(learnt) == len(found):
        images, labels = _together(learnt)
        sources.append(ImageGlyphs(images, np.array(CLASSES)[labels], words=True))
    return sources


def pen_source(data_dir: Path, *, heldout: bool = False) -> GlyphSource | None:
    """Words by UNIPEN's writers; None where a file is absent."""
    items: list[list[np.ndarray]] = []
    signs: list[str] = []
    for name in ("digits", "upper", "lower"):
        paths = collections.pen_paths(data_dir, name, heldout=heldout)
        if paths is None:
            return None
        for item, sign in zip(*paths, strict=True):
            width, height = np.ptp(np.concatenate(item), axis=0)
            # Some labels are noise: a long dash is no letter.
            if width <= MOST_WIDE * height:
                items.append(item)
                signs.append(str(sign))
    return StrokeGlyphs(items, np.array(signs), words=True)


def emnist_letters(data_dir: Path) -> Labelled | None:
    """EMNIST's letters whose class is known; None where there are none."""
    found = []
    for name in LETTER_FILES:
        data = collections.read_arrays(data_dir / "emnist" / f"{name}.npz", "x", "y", optional=("src",))
        if data is None:
            continue
        labels = classes_of(data["y"])
        sure = labels >= 0
        if "src" in data:
            both = np.array([class_of(letter.lower()) == class_of(letter) for letter in data["y"].tolist()])
            sure &= both | ~np.char.startswith(data["src"], CASELESS)
        found.append((data["x"][sure], labels[sure].astype(np.uint8)))
    if not found:
        return None
    images, classes = zip(*found, strict=True)
    return np.concatenate(images), np.concatenate(classes)


def pen_characters(
    data_dir: Path,
    names: tuple[str, ...],
    rng: np.random.Generator,
    *,
    heldout: bool = False,
    copies: int = PEN_COPIES,
) -> Labelled | None:
    """UNIPEN's digits or letters, drawn: images and classes; None where a file is absent."""
    every: list[list[np.ndarray]] = []
    classes: list[np.ndarray] = []
    for name in names:
        paths = collections.pen_paths(data_dir, name, heldout=heldout)
        if paths is None:
            return None
        items, letters = paths
        every += items
        classes.append(classes_of(np.asarray(letters).astype(str)))
    labels = np.concatenate(classes).astype(np.uint8)
    images = np.concatenate([collections.draw_paths(every, rng) for _ in range(copies)])
    return images, np.tile(labels, copies)


def _none(data_dir: Path, rng: np.random.Generator) -> np.ndarray | None:
    """Doodles and signs: what is no character, and not drawn like one."""
    found = [collections.doodles(data_dir)]
    paths = collections.pen_paths(data_dir, "symbols")
    if paths is not None:
        drop = set(collections.LOOK_ALIKE_SIGNS)
        kept = [item for item, sign in zip(*paths, strict=True) if sign not in drop]
        found.append(collections.draw_paths(kept, rng))
    images = [each for each in found if each is not None]
    return np.concatenate(images) if images else None


def _split(
    images: np.ndarray, labels: np.ndarray, rng: np.random.Generator
) -> tuple[Labelled, Labelled, Labelled]:
    """What is learnt, what tests, what validates: the same shares of each class."""
    part = np.zeros(len(labels), int)
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        first, second = round(KEPT_OUT * len(rows)), round((KEPT_OUT + VALIDATING) * len(rows))
        part[rows[:first]], part[rows[first:second]] = 1, 2
    learnt, test, validation = ((images[part == i], labels[part == i].astype(np.uint8)) for i in range(3))
    return learnt, test, validation


def _part(name: str, images: np.ndarray, labels: np.ndarray) -> Part:
    """A part of the mixture in which rare classes are drawn more often than they come."""
    counts = np.bincount(labels)
    weights = counts[labels] ** (EVENNESS - 1.0)
    return Part(name, images, labels.astype(np.uint8), SHARES[name], odds=np.cumsum(weights / weights.sum()))
