"""Whose hand the generated pages are written in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from digitcam.errors import UserError

if TYPE_CHECKING:
    from digitcam.pages import GlyphSource

GLYPHS = {
    "pen": "the project's own pen model",
    "validation": "MNIST's training images by the writers that validate",
    "mnist": "MNIST's test images",
    "strangers": "the pen paths of UNIPEN's held-out writers",
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
    if name == "strangers":
        from digitcam.training.collections import pen_paths

        paths = pen_paths(data_dir, "digits", heldout=True)
        if paths is None:
            raise UserError(
                f"--glyphs strangers needs unipen_digits.npz in {data_dir / 'unipen'}: "
                "name the data folder with --data-dir"
            )
        return StrokeGlyphs(*paths)
    return PenGlyphs()
