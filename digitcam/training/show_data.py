"""A look at the data before any training: shapes, counts, the range of values, samples with their labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from digitcam.outputs.pictures import write_picture
from digitcam.text import put_text
from digitcam.training.material import Material
from digitcam.training.mistakes import thumbnail
from digitcam.training.pictures import PictureFolder
from digitcam.verdict import shortened

SHEET = "samples.png"
# Samples of each class; pixels of a sample of glyphs and of pictures, of the label before a row, and between.
SAMPLES = 14
GLYPH, PICTURE, LABEL, GAP = 56, 96, 150, 6
GROUND, LETTERS = 245, 13.0
SEED = 0


def describe_material(stuff: Material) -> Iterator[str]:
    """What there is of glyphs: a line for each part, then the counts of each class over all parts."""
    names = [*stuff.classes, *([stuff.other] if stuff.other else [])]
    for part in stuff.parts:
        low, high = int(part.images.min()), int(part.images.max())
        shape = "×".join(map(str, part.images.shape))
        values = f"{part.images.dtype}, {low} to {high}, mean {part.images.mean():.1f}"
        yield f"{part.name:<16} {shape:<14} {values}"
    counts = sum(np.bincount(part.labels, minlength=len(names)) for part in stuff.parts)
    yield f"{'class':<16} {'to learn from':>13} {'to validate':>12}"
    held = np.bincount(stuff.validation[1], minlength=len(names))
    for name, learnt, validating in zip(names, np.asarray(counts).tolist(), held.tolist(), strict=True):
        yield f"{name:<16} {learnt:>13,} {validating:>12,}"
    yield from (f"left out: {sentence}" for sentence in stuff.missing)


def describe_pictures(found: PictureFolder) -> Iterator[str]:
    """What there is of pictures: counts of each class and split, the range of sizes, warnings."""
    yield from found.table()
    sides = np.concatenate([part.sides for part in found.splits if len(part)])
    (least_wide, least_high), (most_wide, most_high) = sides.min(0).tolist(), sides.max(0).tolist()
    yield f"pictures of {least_wide}×{least_high} to {most_wide}×{most_high} pixels, 3 colours, 0 to 255"
    yield from (f"warning: {line}" for line in found.warnings)


def draw_material(stuff: Material) -> np.ndarray:
    """A sheet with a row of samples for each class: H×W×3 uint8."""
    rng = np.random.default_rng(SEED)
    names = [*stuff.classes, *([stuff.other] if stuff.other else [])]
    rows = []
    for label, name in enumerate(names):
        having = [part.images[part.labels == label] for part in stuff.parts]
        every = [images for images in having if len(images)]
        chosen = [every[i % len(every)] for i in range(SAMPLES)] if every else []
        tiles = [_enlarged(images[rng.integers(len(images))]) for images in chosen]
        rows.append(_row(name, tiles, GLYPH))
    return np.vstack(rows)


def draw_pictures(found: PictureFolder) -> np.ndarray:
    """The same for pictures."""
    rng = np.random.default_rng(SEED)
    rows = []
    for label, name in enumerate(found.classes):
        places = np.flatnonzero(found.train.labels == label)
        chosen = rng.permutation(places)[:SAMPLES].tolist()
        rows.append(_row(name, [thumbnail(found.train.paths[i], PICTURE) for i in chosen], PICTURE))
    return np.vstack(rows)


def write_sheet(sheet: np.ndarray, folder: Path) -> Path:
    """Put a sheet into a folder, which is made; one of an earlier look is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    write_picture(folder / SHEET, sheet, overwrite=True)
    return folder / SHEET


def _enlarged(image: np.ndarray) -> np.ndarray:
    large = cv2.resize(image, (GLYPH, GLYPH), interpolation=cv2.INTER_NEAREST)
    return np.repeat(large[..., None], 3, 2)


def _row(name: str, tiles: Sequence[np.ndarray], side: int) -> np.ndarray:
    row = np.full((side + GAP, LABEL + SAMPLES * (side + GAP), 3), GROUND, np.uint8)
    foot = (side + GAP) / 2 + LETTERS / 2
    put_text(row, shortened(name, LETTERS, LABEL - 2 * GAP), (GAP, foot), LETTERS, (30, 30, 30), rim=False)
    for place, tile in enumerate(tiles):
        x = LABEL + place * (side + GAP)
        row[GAP // 2 : GAP // 2 + side, x : x + side] = tile
    return row
