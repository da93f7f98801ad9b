"""What every source of frames is: a context manager that gives frames once, in order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from digitcam.types import Frame, Unreadable


class Source(ABC):
    """Frames from one place. A source owns its device or file and lets go of it in ``close``.

    Attributes:
        name: what the user asked for, as it is written into ``Frame.source``.
        live: frames arrive by the clock, and one that is not taken in time is lost (camera, stream, demo).
        film: its frames follow one another in time, whether live or from a file; pictures do not.
        fps: frames a second where the source knows, else None; None for pictures.
        description: one line on what was granted, such as the size and the rate of a camera.
        paths: the files it reads, which nothing may be written over.
        warning: what went wrong on the way without ending it, known after the last frame; else empty.
    """

    name: str = ""
    live: bool = False
    film: bool = True
    fps: float | None = None
    description: str = ""
    paths: tuple[Path, ...] = ()
    warning: str = ""

    @abstractmethod
    def __iter__(self) -> Iterator[Frame | Unreadable]:
        """The frames in order; an ``Unreadable`` stands for a picture that could not be read.

        Raises:
            UserError: where the source as a whole cannot go on, such as a camera that gives no frame.
        """

    def close(self) -> None:  # noqa: B027 - a source of files may have nothing to let go of
        """Let go of the device or file; calling it again does nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
