"""Ctrl-C and SIGTERM while a camera is away and while networks load, and two runs side by side."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import cv2
import pytest

from digitcam.commands.run import Terminated
from digitcam.commands.stops import Stops
from tests.shell import LOST_CAMERA, start_cam, wait_until

SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX are needed")

# Networks that load until the window is closed; the file ``shown`` is there once the first frame is.
LOADING = """
import sys, threading, time
from pathlib import Path
import digitcam.commands.cam as cam

class Window:
    def looks_into(self, frame):
        return False

    def show(self, frame, reading, status=(), wait=0.0):
        Path("shown").write_text(status[0])
        time.sleep(wait)
        return True

    def close(self):
        done.set()

done = threading.Event()
cam.open_window = lambda options, correct, say: Window()
cam.make_reader = lambda options: done.wait(60)
sys.exit(cam.entry())
"""


# A signal that comes in the middle of what drops exceptions, as importing from C does: while the networks are
# opened, or while the third frame is read.
DROPPED = """
import os, signal, sys
import digitcam.commands.cam as cam
from tests.samples import ScriptedReader

number, place = getattr(signal, sys.argv.pop(1)), sys.argv.pop(1)

def interrupt():
    try:
        os.kill(os.getpid(), number)
        sum(range(1000))
    except BaseException:
        pass

class Reader(ScriptedReader):
    def read(self, frame):
        if place == "frame" and frame.index == 2:
            interrupt()
        return super().read(frame)

def make_reader(options):
    if place == "networks":
        interrupt()
    return Reader()

cam.make_reader = make_reader
sys.exit(cam.entry())
"""


@posix
@pytest.mark.parametrize(("number", "status"), SIGNALS)
@pytest.mark.parametrize(("place", "frames"), [("networks", 0), ("frame", 3)])
def test_no_signal_is_lost(
    number: signal.Signals, status: int, place: str, frames: int, tmp_path: Path
) -> None:
    """A signal whose exception is dropped on the way ends the run all the same, with whole files or none."""
    words = ("demo", "--no-show", "--size", "320x240", "--max-frames", "50", "--json", "out.jsonl")
    process = start_cam(tmp_path, number.name, place, *words, "--save", "out.avi", script=DROPPED)
    _, err = process.communicate(timeout=60)
    assert process.returncode == status, err
    assert "Traceback" not in err
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names == (["out.avi", "out.jsonl"] if frames else [])
    if frames:
        assert (tmp_path / "out.jsonl").read_text().count("\n") == frames
        assert cv2.VideoCapture(str(tmp_path / "out.avi")).get(cv2.CAP_PROP_FRAME_COUNT) == frames


@posix
def test_signals_are_put_off_while_files_are_closed() -> None:
    """Ctrl-C pressed twice does not break off the closing of outputs: a signal is noted and raised later."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with Stops() as stops:
        stops.put_off()
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Terminated):
            stops.let_through()
        with pytest.raises(Terminated):
            stops.check()
        stops.put_off()
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            stops.let_through()
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


@posix
def test_second_signal_does_not_break_off_the_way_out() -> None:
    """A signal raises once; one that comes before anything is closed is noted, and later ones are ignored."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    closed = []
    try:
        with pytest.raises(Terminated), Stops() as stops:
            stops.put_off()
            stops.let_through()
            try:
                os.kill(os.getpid(), signal.SIGTERM)
            finally:
                os.kill(os.getpid(), signal.SIGINT)
                closed.append("closed")
        os.kill(os.getpid(), signal.SIGINT)
        assert closed == ["closed"]
    finally:
        signal.signal(signal.SIGINT, before[0])
        signal.signal(signal.SIGTERM, before[1])


@posix
@pytest.mark.parametrize(("number", "status"), SIGNALS)
def test_interrupted_while_the_camera_is_away(number: signal.Signals, status: int, tmp_path: Path) -> None:
    """While a camera is looked for, outputs hold what came before, are whole, and the status is right."""
    words = ("0", "--no-show", "--json", "out.jsonl", "--save", "out.avi")
    process = start_cam(tmp_path, *words, script=LOST_CAMERA)
    wait_until((tmp_path / "away").exists, 60)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == status, err
    assert "Traceback" not in err and "frames/s" in err
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert 3 <= len(lines) <= 5 and [line["frame"] for line in lines] == list(range(len(lines)))
    assert cv2.VideoCapture(str(tmp_path / "out.avi")).read()[0]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["away", "out.avi", "out.jsonl"]


@posix
@pytest.mark.parametrize(("number", "status"), SIGNALS)
def test_interrupted_while_networks_load(number: signal.Signals, status: int, tmp_path: Path) -> None:
    """While networks load the first frame is there; a signal ends the run and leaves nothing half-written."""
    words = ("demo", "--size", "320x240", "--json", "out.jsonl", "--save", "out.avi")
    process = start_cam(tmp_path, *words, script=LOADING)
    wait_until(lambda: (tmp_path / "shown").exists() and (tmp_path / "shown").read_text(), 60)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == status, err
    assert err.splitlines() == ["digitcam: demo: 320×240 at 30 fps, drawn as it runs"]
    assert [p.name for p in tmp_path.iterdir()] == ["shown"]
    assert (tmp_path / "shown").read_text() == "loading"


def test_two_runs_side_by_side(tmp_path: Path) -> None:
    """Two runs at once in one folder do not disturb each other: both end with 0 and write their own files."""
    common = ("demo", "--no-show", "--size", "320x240", "--max-frames", "12")
    runs = [start_cam(tmp_path, *common, "--json", f"{name}.jsonl", "--save", f"{name}.avi") for name in "ab"]
    for process in runs:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    for name in "ab":
        lines = (tmp_path / f"{name}.jsonl").read_text().splitlines()
        assert [json.loads(line)["frame"] for line in lines] == list(range(12))
        assert cv2.VideoCapture(str(tmp_path / f"{name}.avi")).get(cv2.CAP_PROP_FRAME_COUNT) == 12
    assert len(list(tmp_path.iterdir())) == 4
