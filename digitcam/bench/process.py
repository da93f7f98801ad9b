"""What a user waits for and pays for: start to the first label, ``--help``, and peak memory of ``cam.py``."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import digitcam
from digitcam.errors import UserError

PATIENCE = 60.0  # seconds for one process that neither labels nor ends
ENTRY = "import sys; from digitcam.commands.cam import entry; sys.exit(entry())"


def measure_start(repeats: int) -> dict[str, object]:
    """Seconds from starting ``cam.py`` to its first line with a digit, and for ``--help``."""
    first = [_first_label() for _ in range(repeats)]
    helped = [_help() for _ in range(repeats)]
    return {
        "repeats": repeats,
        "first_label_s": round(float(np.median(first)), 3),
        "first_label_worst_s": round(max(first), 3),
        "help_s": round(float(np.median(helped)), 3),
        "help_worst_s": round(max(helped), 3),
    }


def measure_memory(frames: int) -> dict[str, object]:
    """Peak resident memory in megabytes (10⁶ bytes) of ``cam.py`` over ``frames`` frames of the demo."""
    peak = 0
    with _Demo(frames) as demo:
        for _ in demo:
            peak = max(peak, _peak_bytes(demo.process.pid))
    return {"frames": frames, "peak_mb": round(peak / 1e6, 1) if peak else None}


def cam_command() -> list[str]:
    """How ``cam.py`` is started: the script of this checkout, or its likeness of an installation."""
    script = Path(digitcam.__file__).resolve().parent.parent / "cam.py"
    return [sys.executable, str(script)] if script.is_file() else [sys.executable, "-c", ENTRY]


class _Demo:
    """``cam.py demo --no-show --json -``: iterate over its lines; it is ended on the way out."""

    def __init__(self, frames: int) -> None:
        self.frames = frames

    def __enter__(self) -> _Demo:
        command = [*cam_command(), "demo", "--no-show", "--json", "-", "--max-frames", str(self.frames)]
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.errors, text=True
        )
        return self

    def __iter__(self) -> _Demo:
        return self

    def __next__(self) -> dict[str, object]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if line:
            parsed: dict[str, object] = json.loads(line)
            return parsed
        status = self.process.wait(PATIENCE)
        if status != 0:
            self.errors.seek(0)
            said = self.errors.read().decode(errors="replace").strip().splitlines() or ["nothing"]
            raise UserError(f"cam.py demo ended with status {status} and said: {said[-1]}")
        raise StopIteration

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()
        self.errors.close()


def _first_label() -> float:
    start = time.perf_counter()
    with _Demo(300) as demo:
        for reading in demo:
            if reading["digits"]:
                return time.perf_counter() - start
            if time.perf_counter() - start > PATIENCE:
                break
    raise UserError("cam.py demo ended without reading a digit: run `python cam.py demo` to see why")


def _help() -> float:
    start = time.perf_counter()
    subprocess.run([*cam_command(), "--help"], check=True, capture_output=True, timeout=PATIENCE)
    return time.perf_counter() - start


def _peak_bytes(pid: int) -> int:
    """The process's own high-water mark; 0 where the system does not tell.

    Not ``getrusage`` of the children: Linux counts there what this process held before the child's program
    was loaded.
    """
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])
    except OSError:
        pass  # not Linux, or the process has just ended
    return 0
