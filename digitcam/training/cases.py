"""What the judge learns from: candidates of generated pages, what is around them, whether they are right.

They come as often as they come in pages, for the judge is to say how likely it is that a reading is right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from digitcam.classes import names_in
from digitcam.classifier import Classifier, load_classifier
from digitcam.colour import useful_channels
from digitcam.company import COLUMNS, company
from digitcam.errors import UserError
from digitcam.geometry import corners, pairwise_iou
from digitcam.ink import find_ink
from digitcam.judge import of_kinds, worth_judging
from digitcam.kinds import kinds_of
from digitcam.pages import GlyphSource
from digitcam.pages.closer import Part, closer, whole
from digitcam.proposals import propose
from digitcam.surroundings import CHANNELS, SIDE, surroundings
from digitcam.training.collections import read_arrays
from digitcam.training.page_crops import hands_for, nearest_truth, page_or_scene
from digitcam.training.pooled import made_of_pages, write_arrays

# Without digits; and of pages with digits those that are looked at more closely.
SCENE_SHARE = 0.25
CLOSER_SHARE = 0.45
# A candidate with at least this IoU shows the digit; what has less than the second shows none. Between them
# it is not fair to say.
WHOLE = 0.6
NOT_WHOLE = 0.4
# So it is with what overlaps a digit that the picture's edge cuts.
BESIDE_CUT = 0.2
# Of one page at most so many are kept; each then stands for more.
MOST_KEPT = 120


@dataclass(frozen=True, eq=False)
class Cases:
    """
    Attributes:
        surroundings: N×32×32×4 uint8; company: N×9 float32.
        probabilities: N×(K+1) float32 of the network, those of names that look alike summed up.
        right: N bool, whether its likeliest digit is what stands there.
        weight: N float32, how many candidates each stands for; page: N int32.
    """

    surroundings: np.ndarray
    company: np.ndarray
    probabilities: np.ndarray
    right: np.ndarray
    weight: np.ndarray
    page: np.ndarray

    def __len__(self) -> int:
        return len(self.right)

    def part(self, rows: np.ndarray) -> Cases:
        return Cases(*(getattr(self, field.name)[rows] for field in fields(self)))


def make_cases(classifier: Classifier, sources: list[GlyphSource], index: int, seed: int) -> Cases:
    """The cases of one generated page or scene; the same for the same index and seed."""
    rng = np.random.default_rng((seed, index))
    part = _part(sources, index, rng)
    picture = useful_channels(part.image)
    candidates = propose(find_ink(picture))
    names = names_in(classifier.classes)
    probabilities = of_kinds(classifier.predict(candidates.crops), kinds_of(names))
    judged = worth_judging(probabilities)
    right, fair = _told(candidates.boxes[judged], probabilities[judged], part, names)
    kept = np.flatnonzero(fair)
    weight = max(1.0, len(kept) / MOST_KEPT)
    kept = np.sort(rng.permutation(kept)[:MOST_KEPT])
    height, width = picture.shape[:2]
    return Cases(
        surroundings(picture, candidates, judged[kept]),
        company(candidates, probabilities, judged, (width, height))[kept],
        probabilities[judged[kept]],
        right[kept],
        np.full(len(kept), weight, np.float32),
        np.full(len(kept), index, np.int32),
    )


def _part(sources: list[GlyphSource], index: int, rng: np.random.Generator) -> Part:
    page = page_or_scene(sources, index, rng, SCENE_SHARE)
    return closer(page, rng) if page.truth and rng.random() < CLOSER_SHARE else whole(page)


def _told(
    boxes: np.ndarray, probabilities: np.ndarray, part: Part, names: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Of each candidate whether it is read right, and whether it is fair to say so: twice N bool."""
    right, fair = np.zeros(len(boxes), bool), np.ones(len(boxes), bool)
    if part.cut and len(boxes):
        cut = np.array([box.as_list() for box in part.cut], float)
        fair &= pairwise_iou(corners(boxes.astype(float)), corners(cut)).max(1) <= BESIDE_CUT
    if part.truth and len(boxes):
        best, labels = nearest_truth(boxes, part.truth, names)
        right = (best >= WHOLE) & (probabilities[:, :-1].argmax(1) == kinds_of(names)[labels])
        fair = (fair | (best >= WHOLE)) & ((best >= WHOLE) | (best < NOT_WHOLE))
    return right, fair


def write_cases(
    path: Path, model: Path | None, data_dir: Path, pages: int, seed: int, workers: int = 1
) -> None:
    """Make the cases of ``pages`` pages and write them to ``path`` (.npz) in one step.

    Raises:
        UserError: ``path`` exists or cannot be written, or the network does not know "not a digit".
    """

    def arrays() -> dict[str, np.ndarray]:
        made = made_of_pages(_open_maker, (model, data_dir, seed), pages, workers)
        return {f.name: np.concatenate([getattr(cases, f.name) for cases in made]) for f in fields(Cases)}

    write_arrays(path, arrays)


def _open_maker(model: Path | None, data_dir: Path, seed: int) -> Callable[[int], Cases]:
    classifier = load_classifier(model)
    names = names_in(classifier.classes)
    if len(names) == len(classifier.classes):
        raise UserError(f'{classifier.path} does not know "not a digit": the judge needs a network that does')
    sources = hands_for(names, data_dir)
    return lambda index: make_cases(classifier, sources, index, seed)


def load_cases(path: Path) -> Cases:
    """Cases written by ``train.py --make-cases``; UserError where the file holds none."""
    names = [field.name for field in fields(Cases)]
    data = read_arrays(path, *names)
    if data is None:
        raise UserError(f"there is no file {path}: train.py --make-cases makes one")
    cases = Cases(*(data[name] for name in names))
    count = len(cases)
    outputs = data["probabilities"].shape[-1]
    shapes = ((count, SIDE, SIDE, CHANNELS), (count, COLUMNS), (count, outputs), (count,), (count,), (count,))
    if not count or any(data[name].shape != shape for name, shape in zip(names, shapes, strict=True)):
        raise UserError(f"{path} holds no cases for a judge: train.py --make-cases makes some")
    return cases
