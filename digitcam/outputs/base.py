"""What every output is, and how a file takes its place only when it is whole."""

from __future__ import annotations

import os
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from digitcam.errors import UserError, one_line
from digitcam.types import Frame, Reading, Unreadable


class Output(ABC):
    """A place that readings go to.

    Attributes:
        wants_picture: whether ``write`` needs the annotated picture, which costs time to draw.
    """

    wants_picture = False

    @abstractmethod
    def write(self, frame: Frame, reading: Reading, picture: np.ndarray | None) -> None:
        """Take one frame's reading, and the annotated picture where ``wants_picture`` asks for it.

        Raises:
            UserError: it cannot be written; what is half-written has been removed.
        """

    def write_unreadable(self, item: Unreadable) -> None:  # noqa: B027 - pictures have nothing to say
        """Take note of a picture that could not be read."""

    def close(self) -> None:  # noqa: B027 - not every output holds something open
        """Finish what was written; calling it again does nothing.

        Raises:
            UserError: it cannot be finished; what is half-written has been removed.
        """


def check_target(path: Path, inputs: Iterable[Path], overwrite: bool) -> None:
    """Refuse a path that is an input, is there already, or cannot be there.

    Raises:
        UserError: with what to try instead.
    """
    if is_among(path, inputs):
        raise UserError(f"{path} is the input, which is never written over: choose another name")
    if path.is_dir():
        raise UserError(f"{path} is a folder: name a file in it")
    if os.path.lexists(path) and not overwrite:
        raise exists_already(path)
    if not path.parent.is_dir():
        raise UserError(f"{path} cannot be written: there is no folder {path.parent}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise UserError(f"{path} cannot be written: no permission for the folder {path.parent}")


def is_among(path: Path, inputs: Iterable[Path]) -> bool:
    """Whether ``path`` is one of ``inputs`` under whatever name (links, `..`)."""
    try:
        there = path.stat()
    except OSError:
        return False
    for other in inputs:
        try:
            if os.path.samestat(there, other.stat()):
                return True
        except OSError:
            continue
    return False


def beside(path: Path) -> Path:
    """A new, empty file in the folder of ``path``, to be written and renamed; its suffix is the same."""
    prefix, suffix = _part_name(path)
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=suffix, dir=path.parent)
    os.close(handle)
    umask = os.umask(0)
    os.umask(umask)
    os.chmod(name, 0o666 & ~umask)  # mkstemp keeps a file to its owner
    return Path(name)


def part_files(path: Path) -> list[Path]:
    """What lies there from attempts to write ``path`` that were killed, or go on at this moment."""
    prefix, suffix = _part_name(path)
    return [p for p in path.parent.iterdir() if p.name.startswith(prefix) and p.name.endswith(suffix)]


def _part_name(path: Path) -> tuple[str, str]:
    return f".{path.stem[:100]}-", f".part{path.suffix}"


def write_whole(path: Path, data: bytes, overwrite: bool) -> None:
    """Write a file that is either all there or not at all.

    Raises:
        UserError: it cannot be written, or exists and ``overwrite`` is False.
    """
    part = None
    try:
        part = beside(path)
        with open(part, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        take_place(part, path, overwrite)
    except FileExistsError:
        raise exists_already(path) from None
    except OSError as error:
        raise cannot_write(path, error) from None
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def take_place(part: Path, path: Path, overwrite: bool) -> None:
    """Rename a finished file to its name.

    Raises:
        FileExistsError: there is one of that name, perhaps since a moment ago, and ``overwrite`` is False.
        OSError: the file system is in the way.
    """
    if overwrite:
        os.replace(part, path)
        return
    if os.name == "nt":
        os.rename(part, path)  # refuses a name that is taken, on Windows alone
        return
    try:
        os.link(part, path)  # refuses a name that is taken; asking first would leave a moment between
    except FileExistsError:
        raise
    except OSError:  # a file system without links, such as FAT
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        os.replace(part, path)
    part.unlink(missing_ok=True)


def exists_already(path: Path) -> UserError:
    return UserError(f"{path} exists already: choose another name, or add --overwrite")


def cannot_write(path: Path | str, error: BaseException) -> UserError:
    return UserError(f"{path} cannot be written: {one_line(error)}; free some room, or choose another place")
