"""A folder of glyphs of any names: small pictures of signs, learnt as the pipe would crop them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from digitcam.sources.decoding import UnreadablePicture
from digitcam.sources.pictures import natural_key, read_picture
from digitcam.training.folder import NONE_FOLDER, Ink, measure_ink, mostly_on_light, to_crop
from digitcam.training.material import Labelled, Material, Part, spoiled_part
from digitcam.training.mistakes import write_mistakes
from digitcam.training.page_crops import scene_crops
from digitcam.training.pictures import PictureFolder, Pictures, find_pictures, names_of_classes
from digitcam.training.settings import MODEL, Run

OTHER = "not a glyph"
# So many pictures tell what a folder holds.
LOOKED_AT = 60
# Pixels of the longer side: what is larger is a picture of things.
LARGEST = 256
# A glyph is two tones: this share of the variance is between them (Otsu, 1979), and at most so much is ink …
TWO_TONES, MOST_INK = 0.75, 0.5
# … and all are in one colour: the spread of the ink's a* and b* (CIELAB, 8 bits).
ONE_COLOUR = 10.0
# Most of the pictures are so.
MOST = 0.8
# What is no glyph: pieces of glyphs, and what the pipe cuts out of so many pictures without handwriting.
SCENES, SCENE_SEED = 24, 1998
SHARES = {"pictures": 0.70, "scenes": 0.18, "spoiled": 0.12}
# Of the scenes' crops this share validates.
SCENES_VALIDATING = 0.1


def are_glyphs(folder: Path) -> bool:
    """Whether most pictures of a folder are small, two tones, and all in ink of one colour."""
    pictures = find_pictures(folder, to_learn=False)
    every = [path for part in pictures.splits for path in part.paths]
    rng = np.random.default_rng(0)
    looked_at = [every[i] for i in rng.permutation(len(every))[:LOOKED_AT].tolist()]
    inks = [ink for path in looked_at if (ink := _ink_colour(path)) is not None]
    if len(inks) < MOST * len(looked_at):
        return False
    return bool(np.std(np.array(inks), axis=0).max() <= ONE_COLOUR)


def _ink_colour(path: Path) -> tuple[float, float] | None:
    """The ink's a* and b* in a picture of a glyph; None for any other picture."""
    try:
        image = read_picture(path)
        if max(image.shape[:2]) > LARGEST:
            return None
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        ink = measure_ink(path, grey)
    except UnreadablePicture:
        return None
    on_light = ink.light >= 0.5
    dark = grey <= ink.threshold
    mask = dark if on_light else ~dark
    share = float(mask.mean())
    between = (float(grey[dark].mean()) - float(grey[~dark].mean())) ** 2 * share * (1 - share)
    if share > MOST_INK or between < TWO_TONES * float(grey.var()):
        return None
    lab = cv2.cvtColor(image, cv2.COLOR_BGR2LAB)[mask]
    return float(lab[:, 1].mean()), float(lab[:, 2].mean())


def classes_in(folder: Path) -> tuple[str, ...]:
    """The names that are told apart, in the order of a network's outputs."""
    return _told_apart(sorted(names_of_classes(folder), key=lambda name: natural_key(Path(name))))


def _told_apart(classes: Iterable[str]) -> tuple[str, ...]:
    """All folders but the one of what is none of them."""
    return tuple(name for name in classes if name != NONE_FOLDER)


def gather(folder: Path, *, other: bool) -> Material:
    """The glyphs of a folder, split, and what is none of them.

    Args:
        folder: as ``pictures.find_pictures`` takes it; what is in ``none`` is no glyph.
        other: whether a class for what is none of them is wanted.

    Raises:
        UserError: the folder cannot be used.
    """
    found = find_pictures(folder)
    names = _told_apart(found.classes)
    train, validation, test = (_labelled(part, found, names) for part in found.splits)
    named = train[1] < len(names)
    counts = np.bincount(train[1][named], minlength=len(names))
    weights = 1.0 / counts[train[1][named]]
    odds = np.cumsum(weights / weights.sum())
    parts = [Part("pictures", train[0][named], train[1][named], SHARES["pictures"], odds=odds)]
    judging = np.zeros((0, 28, 28), np.uint8)
    if other:
        scenes = scene_crops(SCENES, SCENE_SEED)
        held = np.random.default_rng(SCENE_SEED).random(len(scenes)) < SCENES_VALIDATING
        judging = scenes[held]
        none = np.concatenate([scenes[~held], train[0][~named]])
        parts.append(Part("scenes", none, np.full(len(none), len(names), train[1].dtype), SHARES["scenes"]))
        spoiled = spoiled_part(parts[0].images, len(names))
        parts.append(Part("spoiled", spoiled.images, spoiled.labels, SHARES["spoiled"], spoiled=True))
    missing = [*found.warnings, "the pictures' writers are not known: the validation split is random"]
    judges = [_only_named(part, len(names)) for part in (validation, test)]
    tested = judges[1] if len(judges[1][0]) else None
    return Material(parts, judges[0], judging, tested, missing, names, OTHER if other else None)


def _only_named(part: Labelled, names: int) -> Labelled:
    named = part[1] < names
    return part[0][named], part[1][named]


def _labelled(pictures: Pictures, found: PictureFolder, names: tuple[str, ...]) -> Labelled:
    """Crops of pictures, and the places of their classes among ``names``; behind them what is no glyph."""
    places = [names.index(name) if name in names else len(names) for name in found.classes]
    labels = np.array(places, np.min_scalar_type(len(names)))[pictures.labels]
    return crops_of(pictures), labels


def crops_of(pictures: Pictures) -> np.ndarray:
    """N pictures as the pipe would crop them: N×28×28 uint8; empty where one cannot be read."""
    crops = np.zeros((len(pictures), 28, 28), np.uint8)
    inks: list[Ink | None] = []
    for path in pictures.paths:
        try:
            inks.append(measure_ink(path, cv2.cvtColor(read_picture(path), cv2.COLOR_BGR2GRAY)))
        except UnreadablePicture:
            inks.append(None)
    on_light = mostly_on_light([ink.light for ink in inks if ink is not None])
    for place, (path, ink) in enumerate(zip(pictures.paths, inks, strict=True)):
        if ink is not None:
            grey = cv2.cvtColor(read_picture(path), cv2.COLOR_BGR2GRAY)
            crops[place] = to_crop(grey, ink.threshold, ink.is_on_light(on_light))
    return crops


def train(run: Run) -> dict[str, Any]:
    """Train a network of crops, and show what it confuses; returns the record."""
    from digitcam.keras_door import load_keras_model
    from digitcam.training import fit
    from digitcam.training.run import train as train_crops

    record = train_crops(run)
    assert run.pictures is not None
    found = find_pictures(run.pictures)
    names = _told_apart(found.classes)
    kept_out = found.test if len(found.test) else found.validation
    images, labels = _labelled(kept_out, found, names)
    rows = np.flatnonzero(labels < len(names))
    shown = Pictures(tuple(kept_out.paths[i] for i in rows), labels[rows].astype(int), kept_out.sides[rows])
    answers = fit.predict(load_keras_model(run.folder / MODEL), images[rows])[:, : len(names)]
    write_mistakes(run.folder, names, shown, answers)
    return record
