"""Readings as text: JSON lines and CSV, whole line by whole line."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import sys
from pathlib import Path
from typing import TextIO

import numpy as np

from digitcam.errors import UserError
from digitcam.outputs.base import Output, cannot_write, check_target, exists_already
from digitcam.types import Frame, Reading, Unreadable

COLUMNS = (
    *("source", "frame", "time", "x", "y", "width", "height"),
    *("label", "confidence", "track", "number", "error"),
)
LOCKED_BYTE = 2**31 - 2


class LineFile:
    """A text file that grows by whole lines and can be read at any moment.

    It is opened at once, so that a place that cannot be written is told before the work begins; what was in
    it (with ``overwrite``) is kept until the first line is there. When the disk is full, the line that does
    not fit is taken back. Two runs never write into one file. A named pipe is taken as it is.
    """

    def __init__(self, path: Path, overwrite: bool) -> None:
        self._path = path
        self._end: int | None = None
        self._open = False
        if path.is_fifo():
            return  # opened with the first line: it may take long until somebody reads from it
        try:
            self._open_file(os.O_WRONLY | os.O_CREAT | (0 if overwrite else os.O_EXCL))
        except FileExistsError:
            raise exists_already(path) from None
        except OSError as error:
            raise cannot_write(path, error) from None

    def _open_file(self, flags: int) -> None:
        self._created = not os.path.lexists(self._path)
        self._file = os.open(self._path, flags | getattr(os, "O_BINARY", 0), 0o666)
        self._open = True
        self._regular = stat.S_ISREG(os.fstat(self._file).st_mode)
        if self._regular and not lock(self._file):
            self._open = False
            os.close(self._file)
            raise UserError(f"{self._path} is being written by another run: choose another name")

    def write(self, text: str) -> None:
        data = text.encode(errors="surrogateescape")
        try:
            if not self._open:
                self._open_file(os.O_WRONLY)
            if self._end is None:
                if self._regular:
                    os.ftruncate(self._file, 0)
                self._end = 0
            done = 0
            while done < len(data):
                done += os.write(self._file, data[done:])
            self._end += done
        except BrokenPipeError:
            raise
        except OSError as error:
            self.close()
            raise cannot_write(self._path, error) from None

    def close(self) -> None:
        """Close the file at the end of its last whole line; a new one without any line is removed."""
        if not self._open:
            return
        self._open = False
        if self._regular and self._end is not None:
            os.ftruncate(self._file, self._end)
        os.close(self._file)
        if self._regular and self._created and not self._end:
            self._path.unlink(missing_ok=True)


def lock(file: int) -> bool:
    """Take an open file for this process alone, until it is closed; False where another one has it.

    Others may read it meanwhile. True as well where the file system knows no locks.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            # Locks bind readers too on Windows: one far byte of its own is locked, which nobody reads.
            os.lseek(file, LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            os.lseek(file, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True


class StandardOutput:
    """Lines on standard output, each flushed."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout

    def write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            # The interpreter would flush the rest once more at exit and fail with a traceback.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
            raise cannot_write("standard output", error) from None

    def close(self) -> None:
        """Standard output is not ours to close."""


class JsonLines(Output):
    """One JSON object per frame, each on a line of its own."""

    def __init__(self, target: LineFile | StandardOutput) -> None:
        self._target = target

    def write(self, frame: Frame, reading: Reading, picture: np.ndarray | None) -> None:
        self._line(reading.to_json())

    def write_unreadable(self, item: Unreadable) -> None:
        self._line({"source": item.source, "frame": item.index, "error": item.reason})

    def _line(self, content: dict[str, object]) -> None:
        # In ASCII: a console's own encoding, or a file name that is no text, must not stop the numbers.
        self._target.write(json.dumps(content) + "\n")

    def close(self) -> None:
        self._target.close()


class CsvRows(Output):
    """One row per digit, or per name of a whole frame; for what cannot be read a row with ``error``."""

    def __init__(self, target: LineFile | StandardOutput) -> None:
        self._target = target
        self._titled = False

    def write(self, frame: Frame, reading: Reading, picture: np.ndarray | None) -> None:
        number_of = {i: number.text for number in reading.numbers for i in number.digits}
        rows = (
            _row(
                (reading.source, reading.frame, round(reading.time, 6), *digit.box.as_list(), digit.label)
                + (round(digit.confidence, 6), digit.track, number_of.get(i, ""), "")
            )
            for i, digit in enumerate(reading.digits)
        )
        width, height = reading.size
        named = (
            _row(
                (reading.source, reading.frame, round(reading.time, 6), 0, 0, width, height, each.label)
                + (round(each.confidence, 6), None, "", "")
            )
            for each in reading.classes or ()
        )
        self._rows("".join((*rows, *named)))

    def write_unreadable(self, item: Unreadable) -> None:
        self._rows(_row((item.source, item.index, *[""] * 9, item.reason)))

    def _rows(self, text: str) -> None:
        """The rows, and before the first of all the titles: until then an old file is left as it is."""
        if not self._titled:
            text = _row(COLUMNS) + text
            self._titled = True
        if text:
            self._target.write(text)

    def close(self) -> None:
        self._target.close()


def _row(values: tuple[object, ...]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()


def open_lines(name: str, inputs: tuple[Path, ...], overwrite: bool) -> Output:
    """The output that ``--json`` names.

    Raises:
        UserError: another suffix, an input, a file that exists, a place that cannot be written.
    """
    if name == "-":
        return JsonLines(StandardOutput())
    path = Path(name)
    suffix = path.suffix.lower()
    if suffix not in (".json", ".jsonl", ".csv"):
        raise UserError(
            f"--json {name}: the name must be - or end in .json, .jsonl or .csv; for pictures take --save"
        )
    if not path.is_fifo():
        check_target(path, inputs, overwrite)
    target = LineFile(path, overwrite)
    return CsvRows(target) if suffix == ".csv" else JsonLines(target)
