"""The layout of the corrections file: bytes of HDF5 to corrections and back. docs/corrections.md tells it.

Nothing here touches the disk: a file is whole in memory before anything is written. HDF5 may loop for ever
over damaged bytes, so a hash in the file's user block, which HDF5 leaves to programs, is asked before HDF5.
h5py is imported when there is something to read or to write: most starts of the program have neither.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from digitcam.corrections.correction import CROP, SURROUNDINGS, Correction
from digitcam.errors import one_line
from digitcam.types import Box

if TYPE_CHECKING:
    import h5py

FORMAT = "digitcam corrections"
VERSION = 1
# Bytes before HDF5's own, and what those begin with.
USER_BLOCK = 512
SIGNATURE = b"\x89HDF\r\n\x1a\n"

# Name, shape of a row and type of each dataset; all have one row for each correction.
COLUMNS: tuple[tuple[str, tuple[int, ...], str], ...] = (
    ("number", (), "u4"),
    ("crop", (CROP, CROP), "u1"),
    ("surroundings", (SURROUNDINGS, SURROUNDINGS, 3), "u1"),
    ("box", (4,), "i4"),
    ("label", (), "u1"),
    ("read_as", (), "u1"),
    ("time", (), "f8"),
    ("model", (), "S64"),
)
# Rows of scalars that are kept together in the file; pictures stand alone.
TOGETHER = 1024


class LayoutError(Exception):
    """The bytes are not a corrections file; the message says why, in a few words."""


class NewerVersion(LayoutError):
    """They are one of a later version."""


def empty_file() -> bytes:
    """A file without corrections."""
    import h5py

    memory = io.BytesIO()
    with h5py.File(memory, "w", userblock_size=USER_BLOCK) as file:
        file.attrs["format"] = FORMAT
        file.attrs["version"] = VERSION
        file.attrs["next_number"] = 1
        for name, shape, kind in COLUMNS:
            file.create_dataset(
                name,
                (0, *shape),
                kind,
                maxshape=(None, *shape),
                chunks=(1 if shape else TOGETHER, *shape),
                compression="gzip",
            )
    return _sealed(memory)


def appended(content: bytes, corrections: Sequence[Correction]) -> tuple[bytes, list[int]]:
    """A file with corrections added at its end, and the numbers that they have been given.

    Raises:
        LayoutError: ``content`` is no corrections file.
    """
    memory = io.BytesIO(content)
    with _opened(memory, "r+") as file:
        first, rows = int(file.attrs["next_number"]), len(file["number"])
        numbers = list(range(first, first + len(corrections)))
        values = {
            "number": numbers,
            "crop": [c.crop for c in corrections],
            "surroundings": [c.surroundings for c in corrections],
            "box": [c.box.as_list() for c in corrections],
            "label": [c.label for c in corrections],
            "read_as": [c.read_as for c in corrections],
            "time": [c.time for c in corrections],
            "model": [c.model.encode("ascii") for c in corrections],
        }
        for name, shape, kind in COLUMNS:
            file[name].resize(rows + len(corrections), axis=0)
            if corrections:
                file[name][rows:] = np.array(values[name], kind).reshape(-1, *shape)
        file.attrs["next_number"] = first + len(corrections)
    return _sealed(memory), numbers


def without(content: bytes, numbers: Sequence[int]) -> bytes:
    """A file with all corrections but those of these numbers; LayoutError as ``read``."""
    kept = [c for c in read(content) if c.number not in set(numbers)]
    with _opened(io.BytesIO(content), "r") as file:
        following = int(file.attrs["next_number"])
    smaller, _ = appended(empty_file(), kept)
    memory = io.BytesIO(smaller)
    with _opened(memory, "r+") as file:
        file["number"][:] = np.array([c.number for c in kept], "u4")
        file.attrs["next_number"] = following
    return _sealed(memory)


def read(content: bytes) -> list[Correction]:
    """All corrections in a file, the oldest first.

    Raises:
        LayoutError: it is none, from a later version, or damaged.
    """
    with _opened(io.BytesIO(content), "r") as file, _damage():
        table = {name: file[name][()] for name, _, _ in COLUMNS}
    return [_row(table, i) for i in range(len(table["number"]))]


def _row(table: dict[str, np.ndarray], i: int) -> Correction:
    with _damage():
        return Correction(
            table["crop"][i],
            table["surroundings"][i],
            Box(*table["box"][i].tolist()),
            int(table["label"][i]),
            int(table["read_as"][i]),
            float(table["time"][i]),
            table["model"][i].decode("ascii"),
            int(table["number"][i]),
        )


def _seal(content: bytes | memoryview) -> bytes:
    """The user block for a file: its name and the SHA-256 of all that follows, as lines of ASCII."""
    digest = hashlib.sha256(content[USER_BLOCK:]).hexdigest()
    return f"{FORMAT}\nsha256 {digest}\n".encode().ljust(USER_BLOCK, b"\0")


def _sealed(memory: io.BytesIO) -> bytes:
    content = memory.getbuffer()
    content[:USER_BLOCK] = _seal(content)
    return bytes(content)


class _opened:
    """An HDF5 file in memory, with its format, version and columns checked."""

    def __init__(self, memory: io.BytesIO, mode: str) -> None:
        import h5py

        content = memory.getbuffer()
        if SIGNATURE not in (bytes(content[:8]), bytes(content[USER_BLOCK : USER_BLOCK + 8])):
            raise LayoutError("it is not an HDF5 file")
        if not bytes(content[:USER_BLOCK]).startswith(FORMAT.encode()):
            raise LayoutError("it is an HDF5 file of something else")
        if bytes(content[:USER_BLOCK]) != _seal(content):
            raise LayoutError("it is damaged, or something else has written to it: its hash does not fit")
        with _damage():
            self._file = h5py.File(memory, mode)

    def __enter__(self) -> h5py.File:
        try:
            self._check()
        except BaseException:
            self._file.close()
            raise
        return self._file

    def _check(self) -> None:
        file = self._file
        with _damage():
            kind, version = file.attrs.get("format"), int(file.attrs.get("version", 0))
            if kind != FORMAT:
                raise LayoutError("it is an HDF5 file of something else")
            if version > VERSION:
                raise NewerVersion(f"it has version {version}, and this one knows {VERSION}")
            if version < 1 or int(file.attrs["next_number"]) < 1:
                raise LayoutError("it is damaged: its version or its count makes no sense")
            if len({file[name].shape[0] for name, _, _ in COLUMNS}) != 1:
                raise LayoutError("it is damaged: its columns differ in length")
            for name, shape, kind in COLUMNS:
                if file[name].shape[1:] != shape or file[name].dtype != np.dtype(kind):
                    raise LayoutError(f"it is damaged: {name} has another shape or type")

    def __exit__(self, *exception: object) -> None:
        self._file.close()


@contextmanager
def _damage() -> Iterator[None]:
    """What h5py makes of damaged bytes, which may be any error, as a ``LayoutError``."""
    try:
        yield
    except LayoutError:
        raise
    except Exception as error:  # noqa: BLE001 - KeyError, OverflowError, UnicodeDecodeError, ...
        raise LayoutError(f"it is damaged: {one_line(error)[:80]}") from None
