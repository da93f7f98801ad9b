"""Generated pages of handwriting with known truth: a pen model, paper, light and a camera.

They need no data set. Tests, the demo, training and evaluation draw on them.
"""

from digitcam.pages.glyphs import Glyph, GlyphSource, ImageGlyphs, PenGlyphs, StrokeGlyphs
from digitcam.pages.kinds import KINDS, WORD_KINDS
from digitcam.pages.number_page import NUMBER_KINDS, NumberPage, make_number_page
from digitcam.pages.page import Page, make_page
from digitcam.pages.scene import make_scene

__all__ = [
    "KINDS",
    "NUMBER_KINDS",
    "WORD_KINDS",
    "Glyph",
    "GlyphSource",
    "ImageGlyphs",
    "NumberPage",
    "Page",
    "PenGlyphs",
    "StrokeGlyphs",
    "make_number_page",
    "make_page",
    "make_scene",
]
