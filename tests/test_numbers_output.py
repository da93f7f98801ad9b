"""``--numbers``: a line each time the numbers change, and nothing else on standard output."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from digitcam.commands import cam
from digitcam.commands.cam_options import parse
from digitcam.errors import UserError
from digitcam.outputs.lines import StandardOutput
from digitcam.outputs.numbers import STEADY, ChangedNumbers
from digitcam.sources.base import Source
from digitcam.types import Box, Frame, Number, Reading
from tests.samples import ScriptedSource, frames, make_reading, save_picture
from tests.shell import Run, make_shell


class Lines:
    """Takes lines, and can be asked for them."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, text: str) -> None:
        assert text.endswith("\n")
        self.lines.append(text.removesuffix("\n"))


def read(frame: Frame, words: str) -> Reading:
    numbers = tuple(Number(word, Box(0, 0, 9, 9), ()) for word in words.split())
    return Reading(frame.source, frame.index, frame.time, frame.size, (), numbers)


def printed(script: list[tuple[float, str]], closed: bool = True) -> list[str]:
    """What is printed of a film at 25 fps: for so many seconds these numbers, then those."""
    shown = [words for seconds, words in script for _ in range(round(25 * seconds))]
    lines = Lines()
    output = ChangedNumbers(lines)
    for frame, words in zip(frames(len(shown)), shown, strict=True):
        output.write(frame, read(frame, words), None)
    if closed:
        output.close()
        output.close()
    return lines.lines


def test_a_line_for_each_change() -> None:
    """Numbers are printed when they appear and when they change, never again while they stay."""
    assert printed([(1, "12 7"), (2, "12 8"), (1, "12 8 9"), (1, "8 12 9")]) == [
        "12 7",
        "12 8",
        "12 8 9",
        "8 12 9",
    ]


def test_numbers_that_go_leave_an_empty_line() -> None:
    """When all numbers have gone an empty line says so, once; before the first there is none."""
    assert printed([(1, ""), (1, "42"), (2, ""), (1, "42")]) == ["42", "", "42"]
    assert printed([(3, "")]) == []


@pytest.mark.parametrize("between", ["", "4", "42 1"])
def test_what_stands_for_a_moment_is_not_printed(between: str) -> None:
    """A hand that passes for less than the steady time changes nothing, whatever is read meanwhile."""
    assert printed([(1, "42"), (STEADY - 0.04, between), (1, "42")]) == ["42"]
    assert printed([(1, "42"), (STEADY + 0.08, between), (1, "42")]) == ["42", between, "42"]


def test_what_flickers_is_not_printed() -> None:
    """Readings that take turns with every frame are none that could be printed."""
    assert printed([(1, "42"), *[(0.04, "41"), (0.04, "43")] * 25], closed=False) == ["42"]


def test_new_numbers_wait_for_the_steady_time() -> None:
    """They are printed by the first frame that finds them unchanged after it; a slow camera's next."""
    lines = Lines()
    output = ChangedNumbers(lines)
    told = []
    for frame in frames(4, fps=2):
        output.write(frame, read(frame, "1" if frame.index < 2 else "2"), None)
        told.append(len(lines.lines))
    assert told == [0, 1, 1, 2]


def test_the_last_line_is_what_the_film_ends_with() -> None:
    """A film of one frame has its line, and a change just before the end is told."""
    assert printed([(0.04, "42")]) == ["42"]
    assert printed([(1, "42"), (0.04, "43")]) == ["42", "43"]


# The command


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return make_shell(monkeypatch, capsys)


def test_one_picture_is_one_line(run: Run, tmp_path: Path) -> None:
    """Of one picture the numbers alone are printed, without the words for people."""
    assert run(save_picture(tmp_path / "a.png"), "--numbers")[:2] == (0, "42\n")


def test_several_pictures_have_their_paths(run: Run, tmp_path: Path) -> None:
    """Of several each line has the path, a tab and the numbers; one that cannot be read is told elsewhere."""
    for name in ("1.png", "3.png"):
        save_picture(tmp_path / name)
    (tmp_path / "2.png").write_bytes(b"")
    status, out, err = run(tmp_path, "--numbers")
    assert (status, out) == (2, f"{tmp_path / '1.png'}\t42\n{tmp_path / '3.png'}\t42\n")
    assert "2.png cannot be read" in err


def test_the_score_of_the_demo_goes_elsewhere(run: Run) -> None:
    """Standard output has numbers alone, also for the demo; the score is on standard error."""
    status, out, err = run("demo", "--numbers", "--max-frames", "3", "--size", "320x240")
    assert status == 0 and err.splitlines()[-1].startswith("read ")
    assert all(word.isdigit() for word in out.split())


def test_numbers_beside_json_in_a_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A film's changes are printed while every frame goes into the file."""

    class Changing:
        def read(self, frame: Frame) -> Reading:
            reading = make_reading(frame)
            number = replace(reading.numbers[0], text="42" if frame.index < 20 else "43")
            return replace(reading, numbers=(number,))

    def opened(*name: str, **asked: object) -> Source:
        return ScriptedSource(frames(40))

    monkeypatch.setattr(cam, "make_reader", lambda options: Changing())
    monkeypatch.setattr("digitcam.sources.open_source", opened)
    assert run("film", "--numbers", "--json", tmp_path / "o.jsonl")[:2] == (0, "42\n43\n")
    assert (tmp_path / "o.jsonl").read_text().count("\n") == 40


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--numbers", "--json", "-"],
            "--numbers and --json - both want standard output: give --json a file",
        ),
        (["--numbers", "--baseline"], "--baseline reads digits alone"),
    ],
)
def test_what_does_not_go_with_it(words: list[str], message: str) -> None:
    """Two outputs that both want standard output are refused in one line, and so is the classic way."""
    with pytest.raises(UserError) as caught:
        parse(words)
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_reader_of_the_pipe_goes_away() -> None:
    """A broken pipe is passed on for the command to end quietly, and closing does not meet it again."""
    reading, writing = os.pipe()
    os.close(reading)
    output = ChangedNumbers(StandardOutput(os.fdopen(writing, "w")))
    first, *_, last = frames(20)
    output.write(first, read(first, "42"), None)
    with pytest.raises(BrokenPipeError):
        output.write(last, read(last, "42"), None)
    output.close()
