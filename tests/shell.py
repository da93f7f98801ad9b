"""``cam.py`` as the shell sees it: exit status and what is printed, with or without a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

import pytest

from digitcam.commands import cam
from digitcam.commands.run import run as run_command
from tests.samples import ScriptedReader

Run = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).resolve().parent.parent
# ``cam.py`` as it is, except that it needs no network to find the same two digits everywhere.
CAM = """
import sys
import digitcam.commands.cam as cam
from tests.samples import ScriptedReader
cam.make_reader = lambda options: ScriptedReader()
sys.exit(cam.entry())
"""
# A camera that gives five frames and is gone for good; the file ``away`` is there once that was noticed.
LOST_CAMERA = """
import sys, time
from pathlib import Path
import digitcam.commands.cam as cam
import digitcam.sources.camera as camera
from tests.samples import ScriptedCapture, ScriptedReader, draw_page

class Slow(ScriptedCapture):
    def read(self):
        time.sleep(0.05)
        return super().read()

opened = []
def factory(index, backend):
    opened.append(index)
    if len(opened) == 2:
        Path("away").touch()
    return Slow([draw_page()] * 5, opened=len(opened) == 1)

real = camera.open_camera
camera.open_camera = lambda index, size, fps: real(index, size, fps, factory=factory)
camera.HICCUP = 0.1
cam.make_reader = lambda options: ScriptedReader()
sys.exit(cam.entry())
"""


def make_shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``cam.py --no-show`` and gives its exit status, standard output and standard error.

    A scripted reader stands for the network.
    """
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    monkeypatch.setattr(cam, "make_reader", lambda options: ScriptedReader())

    def call(*words: object) -> tuple[int, str, str]:
        status = run_command(cam.main, [*map(str, words), "--no-show"])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return status, out, err

    return call


def refused(result: tuple[int, str, str]) -> str:
    """The one line with which something was refused."""
    status, out, err = result
    assert status == 2 and out == ""
    assert err.startswith("digitcam: ") and err.count("\n") == 1 and err.endswith("\n")
    return err.removeprefix("digitcam: ").rstrip("\n")


def start_cam(
    folder: Path,
    *words: str,
    environ: Mapping[str, str] = os.environ,
    stdout: int | IO[str] = subprocess.PIPE,
    script: str = CAM,
) -> subprocess.Popen[str]:
    """``cam.py`` as a process in ``folder``, by default with the scripted reader."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *words],
        cwd=folder,
        env={**environ, "PYTHONPATH": str(ROOT)},
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until(holds, seconds: float = 5.0) -> None:  # type: ignore[no-untyped-def]
    """Wait for another thread or process; an assertion fails when it takes too long."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)
