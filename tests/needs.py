"""What a test needs from outside: without it the test is skipped, saying so; under CI it fails.

On somebody's laptop a missing program is no fault. On the machine that is set up to run everything, a skip
would hide that nothing was tested.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from digitcam.training.mnist import FOLDER, find_data_dir


def under_ci() -> bool:
    """Whether this machine is meant to run every test."""
    return os.environ.get("CI", "").lower() in ("true", "1")


def need(condition: object, reason: str) -> None:
    """Skip the test for ``reason`` unless ``condition`` holds; fail it where ``CI=true``."""
    if condition:
        return
    if under_ci():
        pytest.fail(f"nothing may be skipped under CI: {reason}", pytrace=False)
    pytest.skip(reason)


def need_data(part: str = FOLDER) -> Path:
    """The data folder, where it holds ``part``: ``mnist``, ``photos/dev``, ``unipen``, ...

    No data set is needed to pass the tests, so even CI may go without when it was given no data folder.
    """
    folder = find_data_dir()
    there, reason = (folder / part).exists(), f"no {part} in the data folder {folder}: set DIGITCAM_DATA"
    if not there and not os.environ.get("DIGITCAM_DATA"):
        pytest.skip(reason)
    need(there, reason)
    return folder


def need_program(name: str) -> str:
    """The full path of a system program."""
    path = shutil.which(name)
    need(path, f"the program {name} is not installed")
    return path or ""


def need_virtual_display() -> str:
    """The full path of ``xvfb-run``; only Linux has one."""
    if not sys.platform.startswith("linux"):
        pytest.skip("a virtual display exists on Linux alone")
    return need_program("xvfb-run")
