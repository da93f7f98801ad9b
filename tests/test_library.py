"""digitcam as a library: light to import, plain about what it takes, and quick to let go of a camera."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

import digitcam
from digitcam import library
from digitcam.sources import open_source
from digitcam.types import Box, Frame, Waiting
from tests.samples import ScriptedReader, ScriptedSource, frames, save_picture
from tests.shell import ROOT


@pytest.fixture
def scripted_reader(monkeypatch: pytest.MonkeyPatch) -> ScriptedReader:
    """The network is left out."""
    reader = ScriptedReader()
    opened = SimpleNamespace(reader=lambda **settings: reader)
    monkeypatch.setattr(library, "open_model", lambda model, hand: opened)
    return reader


class Camera(ScriptedSource):
    """A source that tells whether it has been let go of."""

    def __init__(self, count: int = 1000) -> None:
        super().__init__(frames(count))
        self.opened = True

    def __iter__(self) -> Iterator[Frame]:
        yield from super().__iter__()  # type: ignore[misc]

    def close(self) -> None:
        self.opened = False


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> Camera:
    source = Camera()
    monkeypatch.setattr(library, "open_source", lambda name, **asked: source)
    return source


def test_importing_the_package_is_light() -> None:
    """``import digitcam`` loads neither OpenCV nor NumPy, and a wrong name is told as of any module."""
    code = (
        "import sys, digitcam\n"
        "assert {'Reader', 'stream'} <= set(dir(digitcam))\n"
        "assert not {'cv2', 'numpy'} & set(sys.modules), 'heavy'\n"
        "assert not hasattr(digitcam, 'nonsense')\n"
        "from digitcam import *\n"
        "assert Reader.__module__ == 'digitcam.reader' and stream is digitcam.stream\n"
        "assert 'tensorflow' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_public_name_is_there() -> None:
    """What ``__all__`` promises can be had."""
    for name in digitcam.__all__:
        assert getattr(digitcam, name) is not None


def test_example_of_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The example runs as it stands in README, with the demo in the camera's place, in ten lines at most."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("## As a library")[2]
    found = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert found is not None
    code = found[1]
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    page = next(iter(open_source("demo", size=(640, 360)))).image
    cv2.imwrite(str(tmp_path / "page.jpg"), page)
    monkeypatch.chdir(tmp_path)
    assert code.count("stream(0)") == 1
    exec(compile(code.replace("stream(0)", "stream('demo', max_frames=2)"), "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"\['\d+'.*\]", lines[0])
    assert sum(re.match(r"\d \d\.\d+ ", line) is not None for line in lines[1:]) > 2


def test_reader_says_what_it_takes() -> None:
    """A picture of another shape or type, and what is no picture at all, is refused with both told."""
    reader = digitcam.Reader()
    for picture, words in [
        (np.zeros((4, 6), np.uint8), r"must be H×W×3 uint8 \(BGR\), received 4×6 uint8"),
        (np.zeros((4, 6, 3), np.float32), r"received 4×6×3 float32"),
        (np.zeros((0, 6, 3), np.uint8), r"received 0×6×3 uint8"),
    ]:
        with pytest.raises(ValueError, match=words):
            reader.read(picture)
    with pytest.raises(TypeError, match=r"received NoneType: for a file there is digitcam.stream\(path\)"):
        reader.read(cv2.imread("nix.png"))  # type: ignore[arg-type]
    turned = np.full((40, 60, 3), 255, np.uint8)[::-1, :, ::-1]
    assert reader.read(turned).digits == ()


def test_leaving_the_loop_lets_go(camera: Camera, scripted_reader: ScriptedReader) -> None:
    """``break`` closes the camera at once, and not one frame more is read."""
    for reading in library.stream(0):
        assert camera.opened
        if reading.frame == 2:
            break
    assert not camera.opened and len(scripted_reader.frames) == 3


def test_closing_lets_go(camera: Camera, scripted_reader: ScriptedReader) -> None:
    """``close`` does the same, an exception in the loop does, and nothing is opened before the first step."""
    readings = library.stream(0)
    readings.close()
    assert camera.opened and scripted_reader.frames == []
    readings = library.stream(0)
    next(readings)
    readings.close()
    assert not camera.opened
    camera.opened = True
    with pytest.raises(ZeroDivisionError):
        [1 / reading.frame for reading in library.stream(0)]
    assert not camera.opened


def test_no_thread_is_left(scripted_reader: ScriptedReader) -> None:
    """A demo that was left in the middle leaves no thread running."""
    before = threading.active_count()
    for _ in library.stream("demo", size=(320, 240)):
        break
    for thread in threading.enumerate()[before:]:
        thread.join(20)
    assert threading.active_count() <= before


def test_source_is_named_as_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scripted_reader: ScriptedReader
) -> None:
    """A number is a camera, a path a file; what is asked of the source reaches it."""
    asked: list[tuple[object, ...]] = []

    def opened(name: str, **wanted: object) -> ScriptedSource:
        asked.append((name, *wanted.values()))
        return ScriptedSource(frames(5))

    monkeypatch.setattr(library, "open_source", opened)
    got = [*library.stream(max_frames=2), *library.stream(Path("a.png"), size=(640, 480), fps=5, rotate=90)]
    assert [reading.frame for reading in got] == [0, 1, 0, 1, 2, 3, 4]
    assert asked == [("0", None, None, 0), ("a.png", (640, 480), 5, 90)]


def test_bad_picture_alone_and_among_others(tmp_path: Path, scripted_reader: ScriptedReader) -> None:
    """A bad picture among others is left out with a warning; alone it is an error."""
    save_picture(tmp_path / "1.png")
    (tmp_path / "2.png").write_bytes(b"")
    save_picture(tmp_path / "3.png")
    with pytest.warns(UserWarning, match=r"2.png cannot be read: it is empty") as told:
        found = [Path(reading.source).name for reading in library.stream(tmp_path)]
    assert found == ["1.png", "3.png"]
    assert told[0].filename == __file__
    with pytest.raises(digitcam.UserError, match=r"2.png cannot be read: it is empty"):
        list(library.stream(tmp_path / "2.png"))


def test_camera_that_goes_away(monkeypatch: pytest.MonkeyPatch, scripted_reader: ScriptedReader) -> None:
    """A camera without frames is waited for with a warning, and given up after half a minute."""
    items = [*frames(1), Waiting("reopening", 3.0, "camera 0 stopped"), *frames(2)]
    items.append(Waiting("reopening", 31.0, "camera 0 stopped: check the cable"))
    source = ScriptedSource(items)  # type: ignore[arg-type]
    monkeypatch.setattr(library, "open_source", lambda name, **asked: source)
    with (
        pytest.warns(UserWarning, match=r"reopening|frames again, after 3 s"),
        pytest.raises(digitcam.UserError, match="camera 0 stopped: check the cable"),
    ):
        list(library.stream(0, max_frames=9))
    assert [frame.index for frame in scripted_reader.frames] == [0, 0, 1]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rotate": 45}, "rotate must be 0, 90, 180 or 270, received 45"),
        ({"conf": 2.0}, "conf must be from 0 to 1, received 2.0"),
        ({"max_frames": 0}, "max_frames must be at least 1, received 0"),
        ({"roi": (0, 0, 0, 5)}, "a box needs a width and a height of at least 1, received 0×5"),
    ],
)
def test_senseless_arguments_are_told_by_the_call(wrong: dict[str, object], words: str) -> None:
    """A wrong value is told where it was written, before anything is opened."""
    with pytest.raises(ValueError, match=re.escape(words)):
        library.stream("demo", **wrong)  # type: ignore[arg-type]


def test_region_outside_the_frame(camera: Camera, scripted_reader: ScriptedReader) -> None:
    """A region that the frame does not have is refused, and the camera is let go of."""
    with pytest.raises(digitcam.UserError, match=r"^roi 900,0,5,5 lies outside the frame of 160×120 pixels"):
        next(library.stream(0, roi=Box(900, 0, 5, 5)))
    assert not camera.opened
