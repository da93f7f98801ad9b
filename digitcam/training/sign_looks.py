"""What the sign network learns from: looks at what stands before digits of generated pages, and what it is.

The digits are those that the pipe reads on these pages, with the boxes that it gives them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from digitcam.boxes import tight_boxes
from digitcam.cascade import load_cascade
from digitcam.colour import useful_channels
from digitcam.errors import UserError
from digitcam.gaps import CHANNELS, HEIGHT, WIDTH, Places, look_before
from digitcam.geometry import corners, pairwise_iou, shared_areas
from digitcam.ink import find_ink
from digitcam.judge import load_judge
from digitcam.layer import InkLayer
from digitcam.networks import Networks
from digitcam.pages import KINDS, NUMBER_KINDS, GlyphSource, make_number_page, make_page
from digitcam.pages.number_page import NumberPage
from digitcam.proposals import propose
from digitcam.rows import find_rows
from digitcam.scoring import LEAST_IOU
from digitcam.selection import DEFAULT_CONFIDENCE, select
from digitcam.sign_network import CLASSES, NONE
from digitcam.training.collections import read_arrays
from digitcam.training.page_crops import hands
from digitcam.training.pooled import made_of_pages, write_arrays
from digitcam.types import SIGNS

# Small pages take less time, but the finest pens are met on large ones.
SIZES = ((640, 480), (960, 720), (1280, 720), (1280, 720))
# Pages of all kinds, without a sign in a number.
OTHERS_SHARE = 0.2
# Each page is looked at again with its boxes scattered by this share of a digit's height. Of gaps without a
# sign, which are many, either look is kept, and stands for both.
SCATTER = 0.035


@dataclass(frozen=True, eq=False)
class SignLooks:
    """
    Attributes:
        looks: N×40×48×2 uint8; classes: N uint8, index into ``SIGNS``, ``NONE`` for none; page: N int32.
        weight: N float32, how many looks each stands for.
    """

    looks: np.ndarray
    classes: np.ndarray
    weight: np.ndarray
    page: np.ndarray

    def __len__(self) -> int:
        return len(self.classes)

    def part(self, rows: np.ndarray) -> SignLooks:
        return SignLooks(*(getattr(self, field.name)[rows] for field in fields(self)))


def make_looks(networks: Networks, sources: list[GlyphSource], index: int, seed: int) -> SignLooks:
    """The looks of one generated page; the same for the same index and seed."""
    rng = np.random.default_rng((seed, index))
    page = _page(sources, index, rng)
    picture = useful_channels(page.image)
    layers = find_ink(picture)
    boxes, dark, contrast = _read(networks, picture, layers)
    classes, fair = _told(boxes, page)
    scattered = boxes + rng.normal(0, SCATTER, boxes.shape) * boxes[:, 3:]
    scattered[:, 2:] = np.maximum(scattered[:, 2:], 1)
    looks = [look_before(layers, Places(find_rows(some)), dark, contrast) for some in (boxes, scattered)]
    bare, either = classes == NONE, rng.random(len(boxes)) < 0.5
    kept = np.flatnonzero(np.concatenate([fair & ~(bare & either), fair & ~(bare & ~either)]))
    classes = np.tile(classes, 2)[kept]
    return SignLooks(
        np.concatenate(looks)[kept],
        classes.astype(np.uint8),
        np.where(classes == NONE, 2, 1).astype(np.float32),
        np.full(len(kept), index, np.int32),
    )


def _page(sources: list[GlyphSource], index: int, rng: np.random.Generator) -> NumberPage:
    size = SIZES[int(rng.integers(len(SIZES)))]
    glyphs = sources[int(rng.integers(len(sources)))]
    if rng.random() >= OTHERS_SHARE:
        return make_number_page(NUMBER_KINDS[index % len(NUMBER_KINDS)], rng, size, glyphs)
    page = make_page(KINDS[index % len(KINDS)], rng, size, glyphs)
    return NumberPage(page.image, page.truth, ("",) * len(page.truth), (), (), page.distractors, page.kind)


def _read(
    networks: Networks, picture: np.ndarray, layers: tuple[InkLayer, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The digits that the pipe reads: boxes N×4, and of each whether it is dark, and its contrast."""
    candidates = propose(layers)
    probabilities = networks.classifier.predict(candidates.crops)
    if networks.judge is not None:
        probabilities = networks.judge.weigh(picture, candidates, probabilities)
    chosen = select(candidates, probabilities, DEFAULT_CONFIDENCE)
    boxes, dark = candidates.boxes[chosen], candidates.dark[chosen]
    return tight_boxes(picture, boxes, candidates.scale[chosen], dark), dark, candidates.contrast[chosen]


def _told(boxes: np.ndarray, page: NumberPage) -> tuple[np.ndarray, np.ndarray]:
    """Which sign stands before each box, and whether it is fair to say so: N int, N bool.

    Nothing stands before what is no digit; of a sign that was taken for one nothing is said.
    """
    classes, fair = np.full(len(boxes), NONE), np.ones(len(boxes), bool)
    if not len(boxes):
        return classes, fair
    read = corners(boxes.astype(float))
    if page.truth:
        iou = pairwise_iou(read, corners(np.array([t.box.as_list() for t in page.truth], float)))
        best = iou.argmax(1)
        sign = np.array([SIGNS.index(text) if text else NONE for text in page.before])
        classes = np.where(iou.max(1) >= LEAST_IOU, sign[best], NONE)
    if page.signs:
        signs = corners(np.array([s.box.as_list() for s in page.signs], float))
        unmatched = iou.max(1) < LEAST_IOU
        fair &= ~(unmatched & (shared_areas(read, signs) > 0).any(1))
    return classes, fair


def write_looks(
    path: Path, model: Path | None, data_dir: Path, pages: int, seed: int, workers: int = 1
) -> None:
    """Make the looks of ``pages`` pages and write them to ``path`` (.npz) in one step.

    Raises:
        UserError: ``path`` exists or cannot be written.
    """

    def arrays() -> dict[str, np.ndarray]:
        made = made_of_pages(_open_maker, (model, data_dir, seed), pages, workers)
        return {f.name: np.concatenate([getattr(some, f.name) for some in made]) for f in fields(SignLooks)}

    write_arrays(path, arrays)


def _open_maker(model: Path | None, data_dir: Path, seed: int) -> Callable[[int], SignLooks]:
    # Without the network that is to be fitted.
    classifier, sources = load_cascade(model), hands(data_dir)
    networks = Networks(classifier, load_judge(classifier))
    return lambda index: make_looks(networks, sources, index, seed)


def load_looks(path: Path) -> SignLooks:
    """Looks written by ``train.py --make-sign-looks``; UserError where the file holds none."""
    names = [field.name for field in fields(SignLooks)]
    data = read_arrays(path, *names)
    if data is None:
        raise UserError(f"there is no file {path}: train.py --make-sign-looks makes one")
    looks = SignLooks(*(data[name] for name in names))
    count = len(looks)
    shapes = ((count, HEIGHT, WIDTH, CHANNELS), (count,), (count,), (count,))
    fitting = all(data[name].shape == shape for name, shape in zip(names, shapes, strict=True))
    if not count or not fitting or looks.classes.max() >= CLASSES:
        raise UserError(f"{path} holds no looks for a sign network: train.py --make-sign-looks makes some")
    return looks
