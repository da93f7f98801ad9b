"""Whose hand the generated pages are written in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from digitcam.errors import UserError

if TYPE_CHECKING:
    from digitcam.pages import GlyphSource

T = TypeVar("T")

GLYPHS = {
    "pen": "the project's own pen model",
    "validation": "MNIST's training images by the writers that validate",
    "mnist": "MNIST's test images",
    "strangers": "the pen paths of UNIPEN's held-out writers",
    "words": "words and numbers in the project's own pen model",
    "strangers-words": "words and numbers by UNIPEN's held-out writers",
}


def glyph_source(name: str, data_dir: Path) -> GlyphSource:
    """The source of digits called ``name``, one of ``GLYPHS``; UserError where its data is absent."""
    from digitcam.pages import ImageGlyphs, PenGlyphs, StrokeGlyphs
    from digitcam.training.mnist import load_mnist, load_writers

    if name == "mnist":
        return ImageGlyphs(*load_mnist("test", data_dir))
    if name == "validation":
        from digitcam.training.material import split_mnist

        images, labels = load_mnist("train", data_dir)
        held = split_mnist(labels, load_writers("train", data_dir))
        return ImageGlyphs(images[held], labels[held])
    if name == "words":
        return PenGlyphs(words=True)
    if name == "strangers-words":
        from digitcam.training.characters import pen_source

        return _present(pen_source(data_dir, heldout=True), name, data_dir)
    if name == "strangers":
        from digitcam.training.collections import pen_paths

        return StrokeGlyphs(*_present(pen_paths(data_dir, "digits", heldout=True), name, data_dir))
    return PenGlyphs()


def _present(found: T | None, name: str, data_dir: Path) -> T:
    if found is None:
        raise UserError(
            f"--glyphs {name} needs UNIPEN's files in {data_dir / 'unipen'}: "
            "name the data folder with --data-dir"
        )
    return found
