"""Where a map of a network looks: the patch of the input behind one of its places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Field(NamedTuple):
    """The receptive field of a map, the same for height and width.

    Follows Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks" (2019).

    Attributes:
        size: pixels of the input that one place sees.
        step: pixels from one place to the next.
        start: of the first place's patch, pixels from the input's first; below 0 where that is padded.
    """

    size: int
    step: int
    start: int

    def through(self, kernel: int, stride: int, padded_before: int) -> Field:
        """The field after a window of so many places, moved by ``stride``."""
        return Field(
            self.size + (kernel - 1) * self.step, self.step * stride, self.start - padded_before * self.step
        )

    def patch(self, row: int, column: int, side: int) -> tuple[int, int, int, int]:
        """x, y, width and height of what a place sees of an input of ``side`` pixels."""
        x0, y0 = (self.start + self.step * place for place in (column, row))
        x1, y1 = min(x0 + self.size, side), min(y0 + self.size, side)
        x0, y0 = max(x0, 0), max(y0, 0)
        return x0, y0, max(1, x1 - x0), max(1, y1 - y0)


WHOLE = Field(1, 1, 0)


def together(fields: Sequence[Field]) -> Field:
    """What a place sees that is made of the places of several maps, such as behind a shortcut."""
    start = min(field.start for field in fields)
    end = max(field.start + field.size for field in fields)
    return Field(end - start, max(field.step for field in fields), start)


def padding_before(length: int, kernel: int, stride: int, padding: str) -> int:
    """How many places of padding stand before an input of ``length`` places, as TensorFlow puts them."""
    if padding != "same":
        return 0
    given = -(-length // stride)
    return max(0, (given - 1) * stride + kernel - length) // 2
