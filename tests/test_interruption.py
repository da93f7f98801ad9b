"""Ctrl-C and SIGTERM while a camera is away and while networks load, and two runs side by side."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import cv2
import pytest

from tests.shell import LOST_CAMERA, start_cam, wait_until

SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX are needed")

# Networks that load until the window is closed; the file ``shown`` is there once the first frame is.
LOADING = """
import sys, threading, time
from pathlib import Path
import digitcam.commands.cam as cam

class Window:
    def show(self, frame, reading, status=(), wait=0.0):
        Path("shown").write_text(status[0])
        time.sleep(wait)
        return True

    def close(self):
        done.set()

done = threading.Event()
cam._open_window = lambda options: Window()
cam.make_reader = lambda options: done.wait(60)
sys.exit(cam.entry())
"""


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
    wait_until((tmp_path / "shown").exists, 60)
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
