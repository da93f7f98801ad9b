"""What was written: strokes on a paper of fixed size, with undo. No pixels here, see ``raster``.

Lengths are in units of the paper, of which a frame shows one as one pixel, however large the window is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

PAPER = 480, 480
# The pen's width: at first, the range, and the ratio of one step.
WIDTH, THINNEST, THICKEST, STEP = 7.5, 2.0, 32.0, 1.2
# The eraser is so many times as wide as the pen.
ERASER = 4.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line of the pen, or of the eraser: where it went, and how wide it is."""

    points: tuple[tuple[float, float], ...]
    width: float
    erases: bool = False


@dataclass
class Strokes:
    """Everything on the paper.

    Attributes:
        finished: the strokes, the oldest first.
        current: the one that is being written.
        width: of the pen; erasing: whether it is an eraser now.
        version: goes up with every change of what is on the paper, or of what may be read of it.
    """

    finished: tuple[Stroke, ...] = ()
    current: Stroke | None = None
    width: float = WIDTH
    erasing: bool = False
    version: int = 0
    _before: list[tuple[Stroke, ...]] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing was written, or all of it cleared."""
        return not self.finished and self.current is None

    @property
    def tip(self) -> float:
        """The width of what is in the hand, pen or eraser."""
        return ERASER * self.width if self.erasing else self.width

    def begin(self, x: float, y: float) -> None:
        """The pen comes down."""
        self.end()
        self.current = Stroke(((x, y),), self.tip, self.erasing)
        self.version += 1

    def go_on(self, x: float, y: float) -> None:
        """The pen moves on the paper; nothing where it is not down, or did not move."""
        if self.current is not None and self.current.points[-1] != (x, y):
            points = (*self.current.points, (x, y))
            self.current = Stroke(points, self.current.width, self.current.erases)
            self.version += 1

    def end(self) -> None:
        """The pen is lifted."""
        if self.current is not None:
            self._change((*self.finished, self.current))
            self.current = None

    def undo(self) -> bool:
        """Take back the last stroke, or the last clearing; whether there was one."""
        self.end()
        if not self._before:
            return False
        self.finished = self._before.pop()
        self.version += 1
        return True

    def clear(self) -> None:
        """An empty paper."""
        self.current = None
        if self.finished:
            self._change(())
        self.version += 1

    def read_again(self) -> None:
        """Count as changed, though nothing on the paper did: what is read of it may."""
        self.version += 1

    def widen(self, steps: int) -> None:
        """A thicker pen, or with fewer than 0 steps a thinner one."""
        self.width = min(THICKEST, max(THINNEST, self.width * STEP**steps))

    def _change(self, strokes: tuple[Stroke, ...]) -> None:
        self._before.append(self.finished)
        self.finished = strokes
        self.version += 1
