"""What the pipe knows of the ink in one octave of a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digitcam.lines import Lines


@dataclass(frozen=True, slots=True, eq=False)
class InkLayer:
    """One octave of one polarity.

    Attributes:
        strength: h×w uint8, by how many grey levels a pixel differs from the paper around it.
        bound: h×w uint8, what the strength of ink exceeds there.
        mask: h×w uint8, 255 where that is ink, else 0; long straight lines are taken out.
        lines: which these were.
        outlines: the outer contours of the mask; None where it holds too much to be looked over.
        scale: frame pixels per pixel of the layer, 1, 2, 4, …
        dark: whether the ink is darker than the paper.
        whole: whether all of the frame was looked at; else there is nothing outside of a strip.
    """

    strength: np.ndarray
    bound: np.ndarray
    mask: np.ndarray
    lines: Lines
    outlines: Sequence[np.ndarray] | None
    scale: int
    dark: bool
    whole: bool = True
