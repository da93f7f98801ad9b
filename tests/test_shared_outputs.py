"""Outputs that others have a hand in: a second run, a name taken meanwhile, a named pipe."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from digitcam.errors import UserError
from digitcam.outputs.lines import LineFile, open_lines
from tests.samples import frames, make_reading

FRAME = frames(1)[0]
READING = make_reading(FRAME)


def test_two_runs_never_write_into_one_file(tmp_path: Path) -> None:
    """While one run writes a file, another is refused it even with overwrite; afterwards it is free."""
    path = tmp_path / "out.jsonl"
    first = open_lines(str(path), (), False)
    first.write(FRAME, READING, None)
    with pytest.raises(UserError, match=r"out.jsonl is being written by another run: choose another name"):
        open_lines(str(path), (), True)
    with pytest.raises(UserError, match=r"out.jsonl exists already"):
        open_lines(str(path), (), False)
    first.write(FRAME, READING, None)
    first.close()
    assert path.read_text().count("\n") == 2
    second = open_lines(str(path), (), True)
    second.write(FRAME, READING, None)
    second.close()
    assert path.read_text().count("\n") == 1


def test_name_taken_at_the_last_moment(tmp_path: Path) -> None:
    """A file that another program made since the name was checked is kept."""
    path = tmp_path / "out.csv"
    path.write_text("precious")
    with pytest.raises(UserError, match=r"out.csv exists already"):
        LineFile(path, False)
    assert path.read_text() == "precious"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_named_pipe(tmp_path: Path) -> None:
    """A named pipe is taken without overwrite, its reader sees each line at once and may go; it stays."""
    path = tmp_path / "out.jsonl"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    output = open_lines(str(path), (), False)
    output.write(FRAME, READING, None)
    assert json.loads(os.read(reader, 10_000))["source"] == "scripted"
    os.close(reader)
    with pytest.raises(BrokenPipeError):
        output.write(FRAME, READING, None)
    output.close()
    assert path.is_fifo()
