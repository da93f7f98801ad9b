"""A generated page: paper, a writer, light and a camera put together, with the truth about every digit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitcam.pages.camera import box_of, covering, expose, offset, project, view
from digitcam.pages.desk import make_desk
from digitcam.pages.glyphs import GlyphSource, PenGlyphs
from digitcam.pages.layout import Sheet, write_page
from digitcam.pages.light import apply_gain, gain_map
from digitcam.pages.paper import Paper
from digitcam.pages.recipes import KINDS, Recipe, make_recipe
from digitcam.pages.texture import Size, blend
from digitcam.types import Box, Truth

__all__ = ["KINDS", "Page", "Subject", "make_page", "make_subject"]


@dataclass(frozen=True, eq=False)
class Page:
    """A picture of handwriting and all that is known about it.

    Attributes:
        image: H×W×3 uint8, BGR.
        truth: every digit in the picture, boxes tight around the ink.
        distractors: handwritten signs that are no digits.
        numbers: the texts in reading order (rows from top to bottom, each from left to right).
        kind: one of ``KINDS``.
    """

    image: np.ndarray
    truth: tuple[Truth, ...]
    distractors: tuple[Box, ...]
    numbers: tuple[str, ...]
    kind: str


@dataclass(frozen=True, eq=False)
class Subject:
    """A written sheet before any light or camera: ``image`` H×W×3 uint8 and what stands on it."""

    image: np.ndarray
    sheet: Sheet


def make_page(
    kind: str,
    rng: np.random.Generator,
    size: Size = (1280, 720),
    glyphs: GlyphSource | None = None,
) -> Page:
    """Generate a page; the same ``rng`` state gives the same page.

    Args:
        kind: one of ``KINDS``; ValueError otherwise.
        size: width and height of the picture, pixels.
        glyphs: where the digits come from, by default the project's own pen model.
    """
    recipe = make_recipe(kind, rng, size)
    matrix, extent = _placed(recipe, size, rng)
    subject = make_subject(recipe, extent, rng, glyphs or PenGlyphs(), _sight(matrix, size, recipe.height))
    image = _laid(subject.image, matrix, size, recipe, rng)
    image = apply_gain(image, gain_map(size, recipe.light, rng))
    image = expose(image, recipe.lens, rng)
    sheet = subject.sheet
    digits = [(label, box_of(matrix, hull, size)) for label, hull in sheet.digits]
    others = [box_of(matrix, hull, size) for hull in sheet.distractors]
    return Page(
        image=image,
        truth=tuple(Truth(box, label) for label, box in digits if box is not None),
        distractors=tuple(box for box in others if box is not None),
        numbers=tuple(sheet.numbers),
        kind=kind,
    )


def make_subject(
    recipe: Recipe,
    extent: Size,
    rng: np.random.Generator,
    glyphs: GlyphSource,
    visible=lambda points: True,  # noqa: ANN001
) -> Subject:
    """Write a sheet of ``extent`` pixels, flat and evenly lit."""
    hand = replace(recipe.hand, glyphs=glyphs)
    paper: Paper = recipe.paper(extent, rng)
    start = None
    if paper.pitch is not None and recipe.on_lines:
        step = max(1, round(recipe.hand.leading / paper.pitch))
        hand = replace(hand, leading=step * paper.pitch)
        start = paper.first + paper.pitch * np.ceil((1.3 * hand.height - paper.first) / paper.pitch)
        start -= 0.04 * hand.height
    sheet = write_page(hand, extent, recipe.arrangement, rng, start, recipe.most, visible)
    blend(paper.image, sheet.alpha, paper.ink)
    return Subject(paper.image, sheet)


def _placed(recipe: Recipe, size: Size, rng: np.random.Generator) -> tuple[np.ndarray, Size]:
    """The homography from the sheet to the frame, and the sheet's size."""
    width, height = size
    centre = width * (0.5 + recipe.shift[0]), height * (0.5 + recipe.shift[1])
    matrix = view(recipe.angle, recipe.tip, recipe.pan, 1.0, centre, float(height))
    if recipe.cover is None:
        return covering(matrix, size)
    extent = max(16, round(width * recipe.cover[0])), max(16, round(height * recipe.cover[1]))
    return offset(matrix, -extent[0] / 2, -extent[1] / 2), extent


def _sight(matrix: np.ndarray, size: Size, height: float):  # noqa: ANN202
    margin = max(2.0, 0.1 * height)

    def visible(points: np.ndarray) -> bool:
        seen = project(matrix, points)
        inside = (seen >= margin) & (seen <= np.array(size) - margin)
        return bool(inside.all())

    return visible


def _laid(sheet: np.ndarray, matrix: np.ndarray, size: Size, recipe: Recipe, rng: np.random.Generator) -> np.ndarray:
    """The sheet as the frame shows it, on a desk where it does not fill the frame."""
    if recipe.cover is None:
        return cv2.warpPerspective(sheet, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    image = make_desk(size, rng, recipe.things)
    height, width = sheet.shape[:2]
    corners = project(matrix, np.array([[0, 0], [width, 0], [width, height], [0, height]], float) - 0.5)
    outline = np.round(corners * 16).astype(np.int32)
    mask = np.zeros(size[::-1], np.uint8)
    cast = max(1.0, size[1] * float(rng.uniform(0.002, 0.012)))
    side = round(float(rng.choice([-1, 1])) * cast * 16)
    cv2.fillPoly(mask, [outline + np.array([side, round(cast * 16)])], int(rng.uniform(60, 150)), cv2.LINE_AA, 4)
    blend(image, cv2.blur(mask, (2 * int(cast) + 1,) * 2), (0, 0, 0))
    cv2.warpPerspective(
        sheet, matrix, size, dst=image, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )
    return image
