"""Print: lines of type without figures, and figures where they are wanted.

Letters that look like figures stand inside words alone: what they are is seen by what stands around them.
"""

from __future__ import annotations

import cv2
import numpy as np

LETTERS = np.array(list("abcdefhkmnprtuvwxyACEFHKLMNPRTUVWXY"))
LOOK_ALIKES = np.array(list("ooossslliiizgqbSO"))
# As often as in English.
LOOK_ALIKE_SHARE = 0.3
FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_PLAIN,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
)
CAPITAL = 21  # units: the height of Hershey's capitals


def any_font(rng: np.random.Generator) -> int:
    """One of ``FONTS``, upright or italic."""
    return FONTS[int(rng.integers(len(FONTS)))] | (cv2.FONT_ITALIC if rng.random() < 0.2 else 0)


def any_words(count: int, rng: np.random.Generator, longest: int = 9) -> str:
    """``count`` words of letters at random; one in four is in capitals."""
    words = (_word(int(rng.integers(2, longest)), rng) for _ in range(count))
    return " ".join(word.upper().replace("B", "R").replace("D", "R") if rng.random() < 0.25 else word
                    for word in words)  # fmt: skip


def _word(length: int, rng: np.random.Generator) -> str:
    """The first and the last letter look like no figure, nor do any in a word of two."""
    letters = rng.choice(LETTERS, length)
    like = rng.random(length) < LOOK_ALIKE_SHARE
    like[0] = like[-1] = False
    letters[like] = rng.choice(LOOK_ALIKES, int(like.sum()))
    return "".join(letters)


def any_figures(count: int, rng: np.random.Generator) -> str:
    """``count`` numbers at random, most of them with a decimal point."""
    numbers = (rng.uniform(0, 10.0 ** rng.integers(1, 5)) for _ in range(count))
    return " ".join(f"{number:.{int(rng.integers(0, 3))}f}" for number in numbers)


def set_type(
    image: np.ndarray,
    text: str,
    place: tuple[float, float],
    height: float,
    font: int,
    colour: float | tuple[float, ...],
    weight: float = 1.0,
) -> None:
    """Print ``text`` into ``image`` (H×W or H×W×3 uint8): left end of the baseline at ``place``, capitals
    ``height`` pixels high, ``weight`` 1 for a regular stroke."""
    scale = height / CAPITAL
    thick = max(1, round(scale * 1.6 * weight))
    at = round(place[0]), round(place[1])
    cv2.putText(image, text, at, font, scale, colour, thick, cv2.LINE_AA)
