"""What happens when a user says what a digit is: it is kept in the file, and heeded at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from digitcam.corrections.correction import NOT_A_DIGIT, Correction, surroundings_of
from digitcam.corrections.hand import Hand
from digitcam.corrections.noise import is_noise
from digitcam.corrections.store import CorrectionFile
from digitcam.errors import UserError
from digitcam.twin import file_sha256
from digitcam.types import LABELS, Digit, Frame
from digitcam.weights_dir import find_model


class Corrector:
    """Keeps corrections, and hands them to whoever reads.

    Args:
        file: where they are kept.
        model: the Keras file of the digit network.
        hand: what is added to.
        clock: seconds since 1970.
    """

    def __init__(
        self, file: CorrectionFile, model: Path, hand: Hand, clock: Callable[[], float] = time.time
    ) -> None:
        self._file = file
        self._model = model
        self._hand = hand
        self._clock = clock
        self._sha256 = ""

    def correct(self, frame: Frame, digit: Digit, label: int) -> str:
        """Take what the user says of a digit.

        Args:
            frame: where it was read; digit: as it was read.
            label: 0 to 9, or 10 for "not a digit".

        Returns:
            A line for the user, ASCII.

        Raises:
            UserError: its crop is not known or shows noise, or it cannot be kept; then it is not heeded.
        """
        if digit.crop is None:
            raise UserError("this digit's crop is not at hand: try with the next frame")
        if label != NOT_A_DIGIT and is_noise(digit.crop):
            raise UserError(f"there is no stroke to learn {label} from: press n if this is no digit")
        self._sha256 = self._sha256 or file_sha256(self._model)
        correction = Correction(
            digit.crop,
            surroundings_of(frame.image, digit.box),
            digit.box,
            label,
            int(digit.label),
            self._clock(),
            self._sha256,
        )
        (number,) = self._file.append([correction])
        self._hand.add(correction)
        said = "no digit" if label == NOT_A_DIGIT else LABELS[label]
        return f"learnt: this {digit.label} is {said} (correction {number})"


def open_corrections(
    model: str | Path | None, say: Callable[[str], None]
) -> tuple[Hand, Corrector]:
    """The user's corrections of before, for a reader to heed, and what takes further ones.

    A file that cannot be used is told of with ``say``, and left alone: digits can be read without it.

    Args:
        model: as ``find_model`` takes it; UserError where there is none.
    """
    file, hand = CorrectionFile(), Hand()
    try:
        hand.add(*file.read())
    except UserError as error:
        say(f"{error}; going on without corrections")
    return hand, Corrector(file, find_model(model), hand)
