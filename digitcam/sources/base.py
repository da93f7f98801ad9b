"""What every source of frames is: a context manager that gives frames once, in order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from digitcam.types import Frame, Unreadable, Waiting


class Source(ABC):
    """Frames from one place. A source owns its device or file and lets go of it in ``close``.

    Attributes:
        name: what the user asked for, as it is written into ``Frame.source``.
        live: it shows a scene as it goes on, without an end (camera, stream, demo).
        drops: a frame that is not taken before the next one comes is lost, so that none is ever old.
        film: its frames follow one another in time, whether live or from a file; pictures do not.
        fps: frames a second where the source knows, else None; None for pictures.
        description: one line on what was granted, such as the size and the rate of a camera.
        paths: the files it reads, which nothing may be written over.
        warning: what went wrong on the way without ending it, known after the last frame; else empty.
    """

    name: str = ""
    live: bool = False
    drops: bool = False
    film: bool = True
    fps: float | None = None
    description: str = ""
    paths: tuple[Path, ...] = ()
    warning: str = ""

    @abstractmethod
    def __iter__(self) -> Iterator[Frame | Unreadable | Waiting]:
        """The frames in order; an ``Unreadable`` stands for a picture that could not be read.

        A live source without a frame gives a ``Waiting`` some times a second, so that whoever iterates can
        see to a window, or give up.

        Raises:
            UserError: where the source as a whole cannot go on, such as a video without any frame.
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
