"""Written signs before they are inked.

They come from the project's own pen model, or from collections given as arrays: 28×28 images (MNIST)
or pen paths (UNIPEN).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from digitcam.classes import merged
from digitcam.pages.pen import Strokes, WriterStyle, write_digit, write_letter


@dataclass(frozen=True, eq=False)
class Glyph:
    """A sign before it is inked: either ``strokes`` (unit height) or an ``image`` (H×W uint8, ink 255)."""

    strokes: Strokes | None = None
    image: np.ndarray | None = None

    def __post_init__(self) -> None:
        if (self.strokes is None) == (self.image is None):
            raise ValueError("a glyph needs either strokes or an image")


class GlyphSource(Protocol):
    """Where a page gets its digits and letters from.

    Attributes:
        words: whether words are written with it as well as numbers.
    """

    words: bool

    def glyph(self, sign: str, rng: np.random.Generator, style: WriterStyle) -> Glyph:
        """One example of a digit or a letter in the hand of ``style``, as far as the source can follow it."""


class PenGlyphs:
    """The project's own pen model."""

    def __init__(self, words: bool = False) -> None:
        self.words = words

    def glyph(self, sign: str, rng: np.random.Generator, style: WriterStyle) -> Glyph:
        write = write_digit if sign.isdigit() else write_letter
        return Glyph(strokes=write(sign, rng, style))


def _by_label(labels: Sequence[int | str] | np.ndarray) -> dict[str, np.ndarray]:
    values = np.asarray(labels)
    return {str(label): np.flatnonzero(values == label) for label in np.unique(values)}


class ImageGlyphs:
    """Digits or letters from ``images`` (N×28×28 uint8, ink 255) with ``labels`` (N, 0 to 9 or names).

    A small letter that is not among them is written as its capital, where both look alike.
    """

    def __init__(
        self, images: np.ndarray, labels: Sequence[int | str] | np.ndarray, words: bool = False
    ) -> None:
        self.words = words
        self.images = images
        self._of = _by_label(labels)

    def glyph(self, sign: str, rng: np.random.Generator, style: WriterStyle) -> Glyph:
        name = sign if sign in self._of else merged(sign)
        image = self.images[int(rng.choice(self._of[name]))]
        rows, columns = np.flatnonzero(image.max(axis=1) > 40), np.flatnonzero(image.max(axis=0) > 40)
        return Glyph(image=image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


class StrokeGlyphs:
    """Digits or letters from pen paths: strokes (n×2, y downwards, any scale) for each of ``labels``."""

    def __init__(
        self,
        paths: Sequence[Sequence[np.ndarray]],
        labels: Sequence[int | str] | np.ndarray,
        words: bool = False,
    ) -> None:
        self.words = words
        self.paths = paths
        self._of = _by_label(labels)

    def glyph(self, sign: str, rng: np.random.Generator, style: WriterStyle) -> Glyph:
        strokes = [np.asarray(s, np.float32) for s in self.paths[int(rng.choice(self._of[sign]))]]
        points = np.concatenate(strokes)
        low, extent = points.min(axis=0), np.ptp(points, axis=0)
        # A dash has no height of its own: it is measured by its length then.
        scale = max(float(extent[1]), float(extent[0]) / 3, 1e-6)
        return Glyph(strokes=tuple((stroke - low) / scale for stroke in strokes))
