"""How a whole frame becomes a network's input: its size, the order of its colours, their range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from digitcam.errors import UserError

RGB, BGR = "RGB", "BGR"


@dataclass(frozen=True, slots=True)
class Convention:
    """What a network was trained to be shown.

    Attributes:
        width, height: pixels of its input.
        colours: the order of its channels, ``RGB`` or ``BGR``.
        scale, shift: of each channel in that order: a value v of 0 to 255 becomes ``v * scale + shift``.
    """

    width: int
    height: int
    colours: str = RGB
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    shift: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        if self.colours not in (RGB, BGR):
            raise ValueError(f"the colours' order must be {RGB} or {BGR}, received {self.colours!r}")
        if min(self.width, self.height) < 1 or len(self.scale) != 3 or len(self.shift) != 3:
            raise ValueError("an input needs a size, and a scale and a shift for each of three colours")

    def to_json(self) -> dict[str, Any]:
        """As a record has it."""
        return {
            "size": [self.width, self.height],
            "colours": self.colours,
            "scale": list(self.scale),
            "shift": list(self.shift),
        }

    @staticmethod
    def of(told: Any, name: str) -> Convention:
        """From a record; UserError, with the record's ``name``, where that does not tell it."""
        try:
            (width, height), scale, shift = told["size"], tuple(told["scale"]), tuple(told["shift"])
            return Convention(int(width), int(height), told["colours"], scale, shift)
        except (KeyError, TypeError, ValueError) as error:
            raise UserError(
                f"{name} does not say how frames are prepared for its model: expected `frame` with size, "
                "colours, scale and shift; make the model anew"
            ) from error


def prepare(image: np.ndarray, convention: Convention) -> np.ndarray:
    """A frame as a network takes it.

    The whole frame is reduced to the network's size, whatever its form: nothing at its edges is lost, and
    networks bear such a squeeze.

    Args:
        image: H×W×3 uint8, BGR.

    Returns:
        height×width×3 float32.
    """
    height, width = image.shape[:2]
    smaller = convention.width * convention.height < width * height
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    reduced = cv2.resize(image, (convention.width, convention.height), interpolation=how)
    if convention.colours == RGB:
        reduced = cv2.cvtColor(reduced, cv2.COLOR_BGR2RGB)
    scale, shift = (np.array(values, np.float32) for values in (convention.scale, convention.shift))
    return np.asarray(reduced * scale + shift, np.float32)
