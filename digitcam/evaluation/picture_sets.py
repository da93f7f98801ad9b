"""The whole pictures that are measured: a folder of labelled ones, and generated pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from digitcam.errors import UserError
from digitcam.evaluation.photos import read_labels, split_halves
from digitcam.evaluation.pictures import Labelled
from digitcam.types import Frame

if TYPE_CHECKING:
    from digitcam.pages import GlyphSource

Size = tuple[int, int]
PAGE_SIZE: Size = (1280, 720)


def labelled_photos(photos: Path, half: str | None = None) -> tuple[list[Labelled], dict[str, str]]:
    """The labelled pictures of a folder, and the half that each source belongs to.

    Args:
        photos: holds the pictures and ``labels.json``.
        half: only the pictures of this half of the sources, ``"first"`` or ``"second"``.

    Raises:
        UserError: the labels cannot be read, or there is no picture in that half.
    """
    labels = read_labels(photos)
    halves = split_halves(labels)
    if half:
        labels = [labelled for labelled in labels if halves[labelled.source] == half]
        if not labels:
            raise UserError(f"there is no picture in the {half} half of the sources of {photos}")
    return labels, halves


def generated_pages(
    count: int, seed: int = 0, size: Size = PAGE_SIZE, glyphs: GlyphSource | None = None
) -> Iterator[tuple[Frame, Labelled]]:
    """``count`` generated pages of each kind, one kind after the other; of words where letters are written.

    Kind, number and seed fix a page, however many are made and whoever reads them.
    """
    from digitcam.pages import make_page

    for place, kind in enumerate(page_kinds(glyphs)):
        for number in range(count):
            page = make_page(kind, np.random.default_rng([seed, place, number]), size, glyphs)
            frame = Frame(page.image, index=number, source=f"{kind} {number}")
            texts = page.numbers if glyphs is not None and glyphs.words else ()
            signs = tuple(page.distractors)
            yield frame, Labelled(frame.source, kind, kind, tuple(page.truth), distractors=signs, texts=texts)


def page_kinds(glyphs: GlyphSource | None) -> tuple[str, ...]:
    """The kinds of page that ``generated_pages`` makes."""
    from digitcam.pages import KINDS, WORD_KINDS

    return WORD_KINDS if glyphs is not None and glyphs.words else KINDS
