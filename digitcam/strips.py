"""The ink that a film's frame is looked at for: whole layers, and of the finest ones a strip at a time.

Where no digit stands in the finest layer, it is looked at only for what may have appeared there. All of it in
one frame takes longer than the rest of the frame; a strip in each of some frames makes none of them late.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

import cv2
import numpy as np

from digitcam.attention import STRIPS, Group, layer_of
from digitcam.ink import find_ink
from digitcam.layer import InkLayer
from digitcam.lines import NO_LINES
from digitcam.outlines import outlines_of

# Strips overlap by this many pixels on either side: what is sought there lies wholly in one of them.
MARGIN = 32


def find_some_ink(picture: np.ndarray, groups: Set[Group]) -> tuple[InkLayer, ...]:
    """The layers of these groups as ``ink.find_ink`` gives them; a strip's has the size of the whole.

    Args:
        picture: H×W or H×W×3 uint8.
        groups: what to look at.
    """

    strips = {dark: [g.strip for g in groups if g[:2] == (0, dark)] for dark in (True, False)}

    def wanted(octave: int, dark: bool) -> bool:
        return Group(*layer_of(octave, dark)) in groups if octave else len(strips[dark]) == STRIPS

    layers = list(find_ink(picture, wanted))
    for dark, some in strips.items():
        if 0 < len(some) < STRIPS:
            layers += _find_in_strip(picture, dark, min(some), max(some))
    return tuple(sorted(layers, key=lambda layer: layer.scale))


def _find_in_strip(picture: np.ndarray, dark: bool, first: int, last: int) -> list[InkLayer]:
    """The finest layer from one strip to another; none where the next octave shows no need of it."""
    height = len(picture)
    # In steps of 8: the paper's level is taken from every eighth pixel.
    top = max(0, height * first // STRIPS - MARGIN) // 8 * 8
    bottom = min(height, height * (last + 1) // STRIPS + MARGIN)
    found = find_ink(picture[top:bottom], lambda octave, polarity: (octave, polarity) == (0, dark))
    return [_placed(layer, top, height) for layer in found if layer.scale == 1]


def _placed(strip: InkLayer, top: int, height: int) -> InkLayer:
    """A strip in the place where it was cut out of a layer of this height, without what its edges cut."""
    bottom = top + len(strip.mask)
    rest = height - bottom

    def placed(part: np.ndarray) -> np.ndarray:
        return cv2.copyMakeBorder(part, top, rest, 0, 0, cv2.BORDER_CONSTANT, value=0)

    mask, outlines = strip.mask, strip.outlines
    edges = [row for row, cut in ((0, top), (len(mask) - 1, rest)) if cut and mask[row].any()]
    if edges:
        mask = mask.copy()
        for row in edges:
            while (column := int(mask[row].argmax())) or mask[row, 0]:
                cv2.floodFill(mask, None, (column, row), 0, flags=8)
        outlines = None if outlines is None else outlines_of(mask)
    if outlines is not None:
        outlines = tuple(outline + np.array((0, top), np.int32) for outline in outlines)
    return replace(
        strip,
        strength=placed(strip.strength),
        bound=placed(strip.bound),
        mask=placed(mask),
        lines=NO_LINES,
        outlines=outlines,
        whole=False,
    )
