"""The values that travel along the pipe: frozen, and checked when they are made.

Nothing here imports any other part of the package.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

LABELS = tuple("0123456789")
# Decimal point, decimal comma, colon, minus.
SIGNS = tuple(".,:-")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in whole pixels: ``x``, ``y`` of its top left corner, ``width``, ``height`` ≥ 1."""

    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(
                f"a box needs a width and a height of at least 1, received {self.width}×{self.height}"
            )

    @property
    def right(self) -> int:
        """The first column right of the box."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below the box."""
        return self.y + self.height

    @property
    def area(self) -> int:
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def as_list(self) -> list[int]:
        return [self.x, self.y, self.width, self.height]

    def moved(self, right: int, down: int) -> Box:
        """The same box so many pixels further."""
        return Box(self.x + right, self.y + down, self.width, self.height)

    def overlap(self, other: Box) -> int:
        """The area that both boxes cover."""
        width = min(self.right, other.right) - max(self.x, other.x)
        height = min(self.bottom, other.bottom) - max(self.y, other.y)
        return width * height if width > 0 and height > 0 else 0

    def iou(self, other: Box) -> float:
        """Intersection over union, 0 to 1."""
        shared = self.overlap(other)
        return shared / (self.area + other.area - shared)

    @staticmethod
    def around(boxes: Iterable[Box]) -> Box:
        """The smallest box that holds all ``boxes``; ValueError where there is none."""
        boxes = list(boxes)
        x, y = min(b.x for b in boxes), min(b.y for b in boxes)
        return Box(x, y, max(b.right for b in boxes) - x, max(b.bottom for b in boxes) - y)


@dataclass(frozen=True, slots=True)
class Truth:
    """A digit that is known to stand in a frame: where, and which one.

    Attributes:
        identity: the same over all frames of a film for the same digit, None where nobody keeps count.
    """

    box: Box
    label: str
    identity: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture from a source.

    Attributes:
        image: H×W×3, uint8, BGR, as delivered (after ``--rotate``).
        index: counts from 0 within one source.
        time: seconds since the first frame; 0.0 for stills.
        source: the file's path as found, or the source's name.
        still: whether the picture stands alone (a photograph, not a frame of a film).
        truth: the digits in the picture where the source knows them, else None.
    """

    image: np.ndarray
    index: int = 0
    time: float = 0.0
    source: str = ""
    still: bool = True
    truth: tuple[Truth, ...] | None = None

    def __post_init__(self) -> None:
        image = self.image
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
            shape = "×".join(map(str, image.shape)) or "a single value"
            raise ValueError(f"a frame's image must be H×W×3 uint8 (BGR), received {shape} {image.dtype}")

    @staticmethod
    def of(picture: Frame | np.ndarray) -> Frame:
        """A frame as it is, or a picture alone as a still; TypeError for anything else, such as a path."""
        if isinstance(picture, Frame):
            return picture
        if isinstance(picture, np.ndarray):
            return Frame(picture)
        raise TypeError(
            f"expected a Frame or an H×W×3 uint8 array (BGR), received {type(picture).__name__}: "
            "for a file there is digitcam.stream(path)"
        )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.shape[1], self.image.shape[0]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What a source gives in a frame's place when one of many pictures cannot be read."""

    source: str
    reason: str
    index: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a live source gives, some times a second, while it has no frame.

    Attributes:
        reason: a short sentence for the window; empty as long as the gap is a usual one.
        seconds: since the last frame was taken, or since the first was asked for.
        verdict: one line that says what happened, why, and what to try, for those who wait no longer.
    """

    reason: str
    seconds: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Digit:
    """A digit that was read.

    Attributes:
        box: tight around the ink, in the frame's own pixels.
        label: one of ``names``.
        confidence: the probability of ``label``, 0 to 1.
        probabilities: one for each of ``names``; they sum to 1 at most, the rest is "not a digit".
        track: the same number over frames for the same digit, None for stills.
        crop: 28×28 uint8, what the network was shown of it, white ink on black; None where that is not
            known. Two digits that differ in nothing else are equal.
        names: what is told apart, in order: the ten digits, unless the network knows others.
    """

    box: Box
    label: str
    confidence: float
    probabilities: tuple[float, ...]
    track: int | None = None
    crop: np.ndarray | None = field(default=None, compare=False, repr=False)
    names: tuple[str, ...] = field(default=LABELS, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.label not in self.names:
            names = " ".join(self.names)
            raise ValueError(f"a digit's label must be one of {names}, received {self.label!r}")
        if len(self.probabilities) != len(self.names):
            raise ValueError(
                f"a digit needs {len(self.names)} probabilities, received {len(self.probabilities)}"
            )

    def likeliest(self, most: int = len(LABELS)) -> tuple[tuple[str, float], ...]:
        """Names and probabilities to be shown: all in order, or of more than ``most`` the likeliest first."""
        pairs = tuple(zip(self.names, self.probabilities, strict=True))
        return pairs if len(pairs) <= most else tuple(sorted(pairs, key=lambda pair: -pair[1])[:most])


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign that stands in a number: ``text`` is one of ``SIGNS``, the box is tight around its ink."""

    box: Box
    text: str

    def __post_init__(self) -> None:
        if self.text not in SIGNS:
            raise ValueError(f"a sign must be one of {' '.join(SIGNS)}, received {self.text!r}")


@dataclass(frozen=True, slots=True)
class Number:
    """Digits that stand together, with the signs among them.

    Attributes:
        text: the digits and signs from left to right, as ``-12.5`` or ``12:45``.
        box: around digits and signs.
        digits, signs: indices into the reading's digits and signs.
    """

    text: str
    box: Box
    digits: tuple[int, ...]
    signs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NumberTruth:
    """A number that is known to stand in a picture: the box is around its digits and signs."""

    box: Box
    text: str


@dataclass(frozen=True, slots=True)
class Named:
    """What a network of whole frames takes a frame for, and how sure it is of that, 0 to 1."""

    label: str
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the reading was made from, for the views ``ink``, ``crops`` and ``layers``.

    Attributes:
        ink: H×W, uint8, 255 = full ink, at the frame's size or smaller.
        boxes: the candidates that were looked at, in frame pixels.
        crops: N×28×28, uint8, the network's input, one for each box.
        probabilities: N×K, float32, the network's answer.
        names: what the first columns stand for.
        judged: N×K, that answer with what stands around each candidate weighed in; None without a judge.
        chosen: the candidates that were read.
        least: the least probability of a label.
    """

    ink: np.ndarray
    boxes: tuple[Box, ...]
    crops: np.ndarray
    probabilities: np.ndarray
    names: tuple[str, ...] = LABELS
    judged: np.ndarray | None = None
    chosen: tuple[int, ...] = ()
    least: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """All that was read in one frame; ``ms`` holds the milliseconds of each step and ``total``.

    ``signs`` stand before digits; a dash between two numbers is in neither of them. ``classes`` are what a
    network of whole frames says, the likeliest first; None where digits were looked for.
    """

    source: str
    frame: int
    time: float
    size: tuple[int, int]
    digits: tuple[Digit, ...]
    numbers: tuple[Number, ...] = ()
    ms: dict[str, float] = field(default_factory=dict)
    evidence: Evidence | None = None
    signs: tuple[Sign, ...] = ()
    classes: tuple[Named, ...] | None = None

    def in_order(self) -> tuple[Digit, ...]:
        """The digits as they are read: number by number, and then those that are in none."""
        first = [i for number in self.numbers for i in number.digits]
        return tuple(self.digits[i] for i in dict.fromkeys([*first, *range(len(self.digits))]))

    def to_json(self) -> dict[str, object]:
        """The object of one JSON line; ``classes`` are in it where a network of whole frames was asked."""
        named = [{"label": n.label, "confidence": round(n.confidence, 6)} for n in self.classes or ()]
        told: dict[str, object] = {} if self.classes is None else {"classes": named}
        return {
            "source": self.source,
            "frame": self.frame,
            "time": round(self.time, 6),
            "size": list(self.size),
            "digits": [
                {
                    "box": digit.box.as_list(),
                    "label": digit.label,
                    "confidence": round(digit.confidence, 6),
                    "track": digit.track,
                    "probabilities": [round(p, 6) for p in digit.probabilities],
                }
                for digit in self.digits
            ],
            "numbers": [
                {"text": n.text, "box": n.box.as_list(), "digits": list(n.digits)} for n in self.numbers
            ],
            **told,
            "ms": {step: round(value, 3) for step, value in self.ms.items()},
        }
