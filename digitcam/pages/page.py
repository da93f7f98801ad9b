"""A generated page: paper, a writer, light and a camera put together, with the truth about every digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitcam.pages.camera import boxes_of, covering, expose, offset, project, view
from digitcam.pages.desk import make_desk
from digitcam.pages.glyphs import GlyphSource, PenGlyphs
from digitcam.pages.kinds import make_recipe
from digitcam.pages.layout import Sight, for_words, write_cells, write_page
from digitcam.pages.light import apply_gain, gain_map
from digitcam.pages.paper import Area
from digitcam.pages.recipes import Recipe
from digitcam.pages.texture import Size, blend
from digitcam.types import Box, Truth


@dataclass(frozen=True, eq=False)
class Page:
    """A picture of handwriting and all that is known about it.

    Attributes:
        image: H×W×3 uint8, BGR.
        truth: every digit (and letter) in the picture, boxes tight around the ink.
        distractors: handwritten signs that are no digits. Nothing else in the picture is handwriting.
        numbers: the texts, words too, in reading order (rows from top to bottom, each from left to right).
        kind: one of ``kinds.KINDS``.
    """

    image: np.ndarray
    truth: tuple[Truth, ...]
    distractors: tuple[Box, ...]
    numbers: tuple[str, ...]
    kind: str


@dataclass(frozen=True, eq=False)
class Subject:
    """A written sheet on its desk, evenly lit and in focus: what a camera can be pointed at.

    Attributes:
        image: H×W×3 uint8, BGR.
        labels: of the digits; hulls: convex hulls of their ink, n×2, pixels of ``image`` (edges count).
        others: hulls of the signs that are no digits; numbers: texts in reading order.
    """

    image: np.ndarray
    labels: tuple[str, ...]
    hulls: tuple[np.ndarray, ...]
    others: tuple[np.ndarray, ...]
    numbers: tuple[str, ...]


def make_page(
    kind: str,
    rng: np.random.Generator,
    size: Size = (1280, 720),
    glyphs: GlyphSource | None = None,
) -> Page:
    """Generate a page; the same ``rng`` state gives the same page.

    Args:
        kind: one of ``kinds.KINDS``; ValueError otherwise.
        size: width and height of the picture, pixels.
        glyphs: where digits and letters come from, by default the digits of the project's own pen model.
    """
    recipe = make_recipe(kind, rng, size)
    margin = max(2.0, 0.1 * recipe.height)

    def seen(points: np.ndarray) -> bool:
        return bool(((points >= margin) & (points <= np.array(size) - margin)).all())

    subject = make_subject(recipe, size, rng, seen, glyphs)
    image = apply_gain(subject.image, gain_map(size, recipe.light, rng))
    image = expose(image, recipe.lens, rng)
    still = np.eye(3)
    digits = zip(boxes_of(still, subject.hulls, size), subject.labels, strict=True)
    return Page(
        image=image,
        truth=tuple(Truth(box, label) for box, label in digits if box is not None),
        distractors=tuple(box for box in boxes_of(still, subject.others, size) if box is not None),
        numbers=subject.numbers,
        kind=kind,
    )


def make_subject(
    recipe: Recipe,
    size: Size,
    rng: np.random.Generator,
    seen: Sight,
    glyphs: GlyphSource | None = None,
) -> Subject:
    """Write a sheet and lay it out for a picture of ``size``.

    Args:
        seen: says of points of the picture (n×2) whether all of them are to be seen; nothing is
            written where it says no.
    """
    matrix, extent = placed(recipe, size)
    hand = replace(recipe.hand, glyphs=glyphs or PenGlyphs())
    if hand.glyphs.words:
        hand = for_words(hand)
    paper = recipe.paper(extent, rng)
    start = None
    if paper.pitch is not None and recipe.on_lines:
        step = max(1, round(hand.leading / paper.pitch))
        hand = replace(hand, leading=step * paper.pitch)
        start = paper.first - 0.04 * hand.height

    def free(points: np.ndarray) -> bool:
        return seen(project(matrix, points)) and clear(points, paper.taken)

    if paper.cells:
        hand = replace(hand, longest=paper.longest)
        sheet = write_cells(hand, extent, paper.cells, paper.fill, rng, recipe.most, free)
    else:
        sheet = write_page(hand, extent, recipe.arrangement, rng, start, recipe.most, free)
    blend(paper.image, sheet.alpha, paper.ink)
    return Subject(
        image=laid(paper.image, matrix, size, recipe, rng),
        labels=tuple(label for label, _ in sheet.digits),
        # Hulls count pixel edges, warps count pixel centres: half a pixel lies between them.
        hulls=tuple(project(matrix, hull - 0.5) + 0.5 for _, hull in sheet.digits),
        others=tuple(project(matrix, hull - 0.5) + 0.5 for hull in sheet.distractors),
        numbers=tuple(sheet.numbers),
    )


def clear(points: np.ndarray, taken: Sequence[Area]) -> bool:
    """Whether the box of ``points`` (n×2) lies clear of every area of ``taken``."""
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return not any(x0 < x + w and x1 > x and y0 < y + h and y1 > y for x, y, w, h in taken)


def placed(recipe: Recipe, size: Size) -> tuple[np.ndarray, Size]:
    """The homography from the sheet to the picture, and the sheet's size."""
    width, height = size
    centre = width * (0.5 + recipe.shift[0]), height * (0.5 + recipe.shift[1])
    matrix = view(recipe.angle, recipe.tip, recipe.pan, 1.0, centre, float(height))
    if recipe.cover is None:
        return covering(matrix, size)
    extent = max(16, round(width * recipe.cover[0])), max(16, round(height * recipe.cover[1]))
    return offset(matrix, -extent[0] / 2, -extent[1] / 2), extent


def laid(
    sheet: np.ndarray, matrix: np.ndarray, size: Size, recipe: Recipe, rng: np.random.Generator
) -> np.ndarray:
    """The sheet as the picture shows it, on a desk where it does not fill the picture."""
    if recipe.cover is None:
        return cv2.warpPerspective(sheet, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    image = make_desk(size, rng, recipe.things)
    height, width = sheet.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float) - 0.5
    outline = np.round(project(matrix, corners) * 16).astype(np.int32)
    mask = np.zeros(size[::-1], np.uint8)
    depth = max(1.0, size[1] * float(rng.uniform(0.002, 0.012)))
    side = np.array([float(rng.choice([-1, 1])), 1.0]) * depth * 16
    cv2.fillPoly(mask, [outline + np.round(side).astype(np.int32)], int(rng.uniform(60, 150)), cv2.LINE_AA, 4)
    blend(image, cv2.blur(mask, (2 * int(depth) + 1,) * 2), (0, 0, 0))
    cv2.warpPerspective(sheet, matrix, size, dst=image, borderMode=cv2.BORDER_TRANSPARENT)
    return image
