"""The right half of the writing window: what was read as numbers and cards, or a look into the network."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from digitcam.drawing.sheet import Layout, Sheet, lay_out
from digitcam.types import Box, Digit, Reading
from digitcam.verdict import draw_verdict
from digitcam.views import scaled
from digitcam.window import LooksInside

# At first; cards and letters are designed for it.
FIRST_SCALE = 1.5
# What a network of whole frames says stands above this part of the height.
VERDICT_FOOT = 0.84


class RightHalf:
    """What stands there, drawn where it changed.

    Args:
        layers: what looks into the network; None where there is none to look into.

    Attributes:
        inside: whether the network is looked into.
    """

    def __init__(self, layers: LooksInside | None) -> None:
        self._layers = layers
        self.inside = False
        self._layout = Layout((), (), 1.0, 1.0, 0)
        self._cards = Sheet()
        self._sheet: np.ndarray | None = None
        self._looked: np.ndarray | None = None

    @property
    def stale(self) -> bool:
        """Whether it is to be drawn anew, though nothing was read: the network has been loaded."""
        return self.inside and self._layers is not None and self._layers.stale

    def renew(self) -> None:
        """Draw it anew the next time."""
        self._sheet = None

    def draw(
        self,
        reading: Reading,
        size: tuple[int, int],
        scale: float,
        chosen: int | None,
        paper: Callable[[], np.ndarray],
        writing: bool,
    ) -> np.ndarray:
        """The half as a picture.

        Args:
            reading: what was read of the paper; size: width and height, pixels.
            scale: pixels of the screen per unit of the paper; chosen: the digit that is marked.
            paper: gives the paper alone, H×W×3 uint8 of that size.
            writing: a stroke is under way: layers, which take longer, wait until the pen is lifted.

        Returns:
            H×W×3 uint8.
        """
        if self.inside and self._layers is not None:
            waits = writing and self._looked is not None and self._looked.shape[:2] == size[::-1]
            if self._looked is None or (self._sheet is None and not waits):
                self._sheet = self._looked = self._layers.picture(paper(), scaled(reading, scale))
            return self._looked
        if self._sheet is None:
            self._layout = lay_out(reading, *size, scale / FIRST_SCALE)
        if self._sheet is None or chosen is not None:
            self._sheet = self._cards.draw(reading.digits, self._layout, size, chosen)
            if reading.classes is not None:
                draw_verdict(self._sheet[: round(VERDICT_FOOT * size[1])], reading.classes)
        return self._sheet

    def card_at(self, x: int, y: int) -> int | None:
        """The digit whose card is at a point; None where there is none."""
        if self.inside:
            return None
        return next((i for i, box in self._layout.cards if box.overlap(Box(x, y, 1, 1))), None)

    def point(self, x: int, y: int, pressed: bool) -> None:
        """The mouse is over a point of the layers, or was pressed there."""
        if self.inside and self._layers is not None:
            changes = self._layers.click if pressed else self._layers.hover
            if changes(x, y):
                self._sheet = None

    def press(self, key: str) -> None:
        """A key for the layers."""
        if self.inside and self._layers is not None and self._layers.press(key):
            self._sheet = None

    def turn(self, digit: Digit | None) -> bool:
        """From the cards to the layers of a digit, and back; False where there are none."""
        if self._layers is None:
            return False
        self.inside, self._sheet, self._looked = not self.inside, None, None
        if digit is not None:
            self._layers.pick(digit)
        return True

    def close(self) -> None:
        if self._layers is not None:
            self._layers.close()
