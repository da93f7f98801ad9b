"""Crops that the pipe itself cuts out of generated pages: its real artefacts, digits and no digits.

Negatives are mined: a proposal that the model at hand would take for a digit is kept, of the others
a few (Sung and Poggio, "Example-Based Learning for View-Based Human Face Detection", 1998).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitcam.classes import names_in
from digitcam.classifier import Classifier, load_classifier
from digitcam.colour import useful_channels
from digitcam.geometry import corners, pairwise_iou
from digitcam.ink import find_ink
from digitcam.pages import GlyphSource, ImageGlyphs, PenGlyphs, StrokeGlyphs, make_page, make_scene
from digitcam.pages.kinds import KINDS, WORD_KINDS
from digitcam.pages.page import Page
from digitcam.proposals import Candidates, propose
from digitcam.training import characters, collections, material, mnist
from digitcam.training.emnist import emnist_digits
from digitcam.training.pooled import made_of_pages, write_arrays
from digitcam.types import LABELS, Truth

SIZES = ((640, 480), (1280, 720), (1280, 720), (1600, 1200))
SCENE_SHARE = 0.3
# A proposal with at least this IoU shows the digit; one with less than the second shows none.
WHOLE = 0.65
NOT_WHOLE = 0.45
# A proposal that overlaps a digit and is as slim as this may be a 1 by itself: not a fair negative.
SLIM = 0.45
# The model at hand must see at least this much of the true digit in a positive: the inside of a 0, light on
# dark, has the box of a 0, and half of one nearly so. Of a stroke it need not be as sure, nor of an O.
LEAST_BELIEF = 0.5
LEAST_BELIEF_IN_DOUBTFUL = 0.2
DOUBTFUL = frozenset("1ILO")
HARD = 0.35
MOST_HARD = 60
MOST_EASY = 15
# Of strokes that stand alone and are no digit, such as cracks and edges, this share is kept: the crop of one
# is the crop of a 1, and the network is asked how likely it is, not to be sure.
SLIM_SHARE = 0.2
# So it is with all that the model at hand is this sure of: letters that are drawn as digits, rings, digits
# with a speck beside them that makes the box too large.
SURE = 0.94
SURE_SHARE = 0.15


@dataclass(frozen=True, eq=False)
class Crops:
    """``images`` N×28×28 uint8 and ``labels`` N uint8; what is none of the names comes after the last."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


def hands(data_dir: Path) -> list[GlyphSource]:
    """The pen model and, where they are at hand, the training writers of MNIST, EMNIST and UNIPEN."""
    sources: list[GlyphSource] = [PenGlyphs()]
    images, labels = mnist.load_mnist("train", data_dir)
    held = material.split_mnist(labels, mnist.load_writers("train", data_dir))
    sources.append(ImageGlyphs(images[~held], labels[~held]))
    paths = collections.pen_paths(data_dir, "digits")
    if paths is not None:
        sources.append(StrokeGlyphs(*paths))
    others = emnist_digits(data_dir)
    if others is not None:
        sources.append(ImageGlyphs(*others))
    return sources


def hands_for(names: tuple[str, ...], data_dir: Path) -> list[GlyphSource]:
    """Who writes the pages for a network: digits, or words where it tells letters, too."""
    return characters.hands(data_dir) if set(names) > set(LABELS) else hands(data_dir)


def make_crops(
    classifier: Classifier, sources: list[GlyphSource], index: int, seed: int, easy: int = MOST_EASY
) -> Crops:
    """The crops of one generated page (or scene without digits); the same for the same index and seed.

    Args:
        classifier: the network at hand.
        sources: whose digits the page may show.
        index: of the page.
        seed: of all pages.
        easy: at most so many negatives that the network refuses anyway.
    """
    rng = np.random.default_rng((seed, index))
    page = page_or_scene(sources, index, rng, SCENE_SHARE)
    candidates = propose(find_ink(useful_channels(page.image)))
    names = names_in(classifier.classes)
    labels = label_proposals(candidates, page.truth, names)
    named = classifier.predict(candidates.crops)[:, : len(names)]
    upright = candidates.boxes[:, 2] < SLIM * candidates.boxes[:, 3]
    return _mine(candidates.crops, labels, upright, named, names, rng, easy)


def scene_crops(scenes: int, seed: int) -> np.ndarray:
    """All that the pipe cuts out of pictures without handwriting: N×28×28 uint8."""
    crops = []
    for index in range(scenes):
        rng = np.random.default_rng((seed, index))
        scene = make_scene(rng, SIZES[0])
        crops.append(propose(find_ink(useful_channels(scene))).crops)
    return np.concatenate(crops)


def page_or_scene(
    sources: list[GlyphSource], index: int, rng: np.random.Generator, scene_share: float
) -> Page:
    """One of the pictures to learn from: a page of the kind whose turn it is, or a scene without digits."""
    size = SIZES[int(rng.integers(len(SIZES)))]
    if rng.random() < scene_share:
        return Page(make_scene(rng, size), (), (), (), "scene")
    source = sources[int(rng.integers(len(sources)))]
    kinds = WORD_KINDS if source.words else KINDS
    return make_page(kinds[index % len(kinds)], rng, size, source)


def nearest_truth(
    boxes: np.ndarray, truth: tuple[Truth, ...], names: tuple[str, ...] = LABELS
) -> tuple[np.ndarray, np.ndarray]:
    """The IoU of each box, N×4, with the true glyph that it fits best, and which name it has: floats, int."""
    known = np.array([t.box.as_list() for t in truth], float)
    iou = pairwise_iou(corners(boxes.astype(float)), corners(known))
    return iou.max(1), np.array([names.index(t.label) for t in truth])[iou.argmax(1)]


def label_proposals(
    candidates: Candidates, truth: tuple[Truth, ...], names: tuple[str, ...] = LABELS
) -> np.ndarray:
    """What each proposal shows: N int, which of the names, or as many as there are for none of them.

    It is -1 where it is not fair to say.
    """
    labels = np.full(len(candidates.boxes), len(names), int)
    if not len(labels) or not truth:
        return labels
    boxes = candidates.boxes
    best, nearest = nearest_truth(boxes, truth, names)
    slim = np.minimum(boxes[:, 2], boxes[:, 3]) < SLIM * np.maximum(boxes[:, 2], boxes[:, 3])
    labels[(best >= NOT_WHOLE) | (slim & (best > 0))] = -1
    whole = best >= WHOLE
    labels[whole] = nearest[whole]
    return labels


def _mine(
    crops: np.ndarray,
    labels: np.ndarray,
    slim: np.ndarray,
    named: np.ndarray,
    names: tuple[str, ...],
    rng: np.random.Generator,
    most_easy: int,
) -> Crops:
    rows, none = np.arange(len(labels)), len(names)
    positive = (labels >= 0) & (labels != none)
    doubtful = [i for i, name in enumerate(names) if name in DOUBTFUL]
    least = np.where(np.isin(labels, doubtful), LEAST_BELIEF_IN_DOUBTFUL, LEAST_BELIEF)
    positive &= named[rows, np.where(positive, labels, 0)] >= least
    likeliest = named.max(1, initial=0)
    share = np.where(slim, SLIM_SHARE, np.where(likeliest >= SURE, SURE_SHARE, 1.0))
    negative = (labels == none) & (rng.random(len(labels)) < share)
    hard = np.flatnonzero(negative & (likeliest >= HARD))
    easy = np.flatnonzero(negative & (likeliest < HARD))
    chosen = [np.flatnonzero(positive)]
    for group, most in ((hard, MOST_HARD), (easy, most_easy)):
        chosen.append(rng.permutation(group)[:most])
    kept = np.concatenate(chosen)
    return Crops(crops[kept], labels[kept].astype(np.uint8))


def write_crops(
    path: Path,
    model: Path | None,
    data_dir: Path,
    pages: int,
    seed: int,
    workers: int = 1,
    easy: int = MOST_EASY,
) -> None:
    """Make the crops of ``pages`` pages and write them to ``path`` (.npz: images, labels) in one step.

    Raises:
        UserError: ``path`` exists or cannot be written.
    """

    def arrays() -> dict[str, np.ndarray]:
        made = made_of_pages(_open_maker, (model, data_dir, seed, easy), pages, workers)
        return {
            "images": np.concatenate([crops.images for crops in made]),
            "labels": np.concatenate([crops.labels for crops in made]),
        }

    write_arrays(path, arrays)


def _open_maker(model: Path | None, data_dir: Path, seed: int, easy: int) -> Callable[[int], Crops]:
    classifier = load_classifier(model)
    sources = hands_for(names_in(classifier.classes), data_dir)
    return lambda index: make_crops(classifier, sources, index, seed, easy)
