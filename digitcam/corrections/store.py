"""The corrections file on the disk: appended to and taken from so that nothing is ever lost.

Each change is a new file, whole before it takes the old one's place in one step (``write_whole``): a kill at
any moment leaves either. Two programs take turns at a lock.

The lock is imported when there is something to write, for most starts of the program have nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from digitcam.corrections import layout
from digitcam.corrections.correction import Correction
from digitcam.errors import UserError
from digitcam.outputs.base import cannot_write, part_files, write_whole
from digitcam.user_folder import user_folder

NAME = "corrections.h5"
T = TypeVar("T")

# Seconds to wait while another program writes.
PATIENCE = 10.0


class CorrectionFile:
    """The corrections in one file.

    Args:
        path: it need not exist; by default the user's own.
        patience: seconds to wait for another program that writes.
    """

    def __init__(self, path: Path | None = None, patience: float = PATIENCE) -> None:
        self.path = path or user_folder() / NAME
        self._patience = patience

    def read(self) -> list[Correction]:
        """All corrections, the oldest first; none where there is no file.

        Raises:
            UserError: the file cannot be read, is damaged, or is of a later version.
        """
        if not self.path.exists():
            return []
        return self._understood(layout.read, self._content())

    def append(self, corrections: Sequence[Correction]) -> list[int]:
        """Add corrections at the end; the numbers that they have been given.

        Raises:
            UserError: as ``read``, or it cannot be written; the file is as it was.
        """
        with self._locked():
            content, numbers = self._understood(
                lambda content: layout.appended(content, corrections), self._content()
            )
            write_whole(self.path, content, overwrite=True)
        return numbers

    def delete(self, numbers: Sequence[int]) -> None:
        """Take out the corrections of these numbers.

        Raises:
            UserError: there is no correction of one of these numbers, or as ``append``.
        """
        if not self.path.exists():
            raise UserError(f"there are no corrections: {self.path} does not exist")
        with self._locked():
            content = self._content()
            present = {c.number for c in self._understood(layout.read, content)}
            absent = [number for number in numbers if number not in present]
            if absent:
                raise UserError(
                    f"there is no correction {absent[0]} in {self.path}: `cam.py corrections` lists them"
                )
            smaller = self._understood(lambda content: layout.without(content, numbers), content)
            write_whole(self.path, smaller, overwrite=True)

    def delete_all(self) -> int:
        """Remove the file; how many corrections it held. UserError as ``append``."""
        if not self.path.exists():
            return 0
        with self._locked():
            count = len(self._understood(layout.read, self._content()))
            try:
                self.path.unlink(missing_ok=True)
            except OSError as error:
                raise cannot_write(self.path, error) from None
        return count

    def _content(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return layout.empty_file()
        except OSError as error:
            raise UserError(f"{self.path} cannot be read: {error.strerror or error}") from None

    def _understood(self, step: Callable[[bytes], T], content: bytes) -> T:
        try:
            return step(content)
        except layout.NewerVersion as error:
            raise UserError(
                f"{self.path} was written by a later digitcam ({error}): update this one, or move the file"
            ) from None
        except layout.LayoutError as error:
            raise UserError(
                f"{self.path} cannot be used: {error}; it is left as it is: move it away to begin anew"
            ) from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone with the file; what earlier kills have left half-written is removed."""
        from filelock import FileLock, Timeout

        lock = self.path.with_name(self.path.name + ".lock")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(lock, timeout=self._patience):
                for part in part_files(self.path):
                    part.unlink(missing_ok=True)
                yield
        except Timeout:
            raise UserError(
                f"{self.path} is in use by another program that does not let go: close it, or remove {lock}"
            ) from None
        except OSError as error:
            raise cannot_write(self.path, error) from None
