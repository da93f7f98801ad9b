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
        mask: h×w uint8, 255 where that is ink, else 0; long straight lines are taken out.
        lines: which these were.
        outlines: the outer contours of the mask; None where it holds too much to be looked over.
        picture: h×w uint8 grey, or h×w×3 uint8 where ink differs in colour alone, in this octave.
        paper: h/8×w/8 (×3) uint8, the median level of the surroundings.
        scale: frame pixels per pixel of the layer, 1, 2, 4, …
        dark: whether the ink is darker than the paper.
    """

    strength: np.ndarray
    mask: np.ndarray
    lines: Lines
    outlines: Sequence[np.ndarray] | None
    picture: np.ndarray
    paper: np.ndarray
    scale: int
    dark: bool
