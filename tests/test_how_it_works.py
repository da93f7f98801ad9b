"""The page for learners: its Python makes its pictures, its commands run, its links lead somewhere."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

from tests.needs import need, need_data
from tests.shell import ROOT

DOCS = ROOT / "docs"
PAGE = (DOCS / "how-it-works.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"`(python [^`]*)`", PAGE)
PICTURES = re.findall(r"^!\[.*?\]\((.*?)\)$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_how", DOCS / "make_how.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_picture_is_made_by_the_page(script: ModuleType, tmp_path: Path) -> None:
    """Of the size of the committed one and much like it, each at least once seen in the text."""
    assert script.main(tmp_path) == 0
    made = sorted(path.name for path in (tmp_path / "how").iterdir())
    assert made == sorted(Path(name).name for name in PICTURES) and len(made) >= 12
    for name in made:
        new, kept = (cv2.imread(str(folder / "how" / name)) for folder in (tmp_path, DOCS))
        assert new.shape == kept.shape
        # Fonts and what doubtful maps are differ a little from machine to machine.
        assert np.abs(new.astype(int) - kept.astype(int)).mean() < 25


def test_the_notebook_is_the_page(script: ModuleType) -> None:
    """The committed one is what the page makes, and all of its code runs."""
    for name in ("nbclient", "ipykernel"):
        need(importlib.util.find_spec(name), f"{name} is not installed")
    import nbclient
    import nbformat

    kept = (DOCS / "how-it-works.ipynb").read_text(encoding="utf-8")
    assert json.loads(kept) == script.notebook_of(PAGE)
    notebook = nbformat.reads(kept, as_version=4)
    nbformat.validate(notebook)
    place = {"metadata": {"path": str(ROOT)}}
    done = nbclient.NotebookClient(notebook, timeout=120, resources=place).execute()
    shown = [o for cell in done.cells for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
    assert len(shown) == len(PICTURES)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_runs(command: str, tmp_path: Path) -> None:
    """As it stands there, in an empty folder; those that learn need MNIST."""
    words = shlex.split(command)[1:]
    chosen = dict(os.environ)
    if words[0] == "train.py" and "--help" not in words:
        chosen["DIGITCAM_DATA"] = str(need_data("mnist"))
    start = words[:2] if words[0] == "-m" else [str(ROOT / words[0])]
    done = subprocess.run(
        [sys.executable, *start, *words[len(start) :]],
        cwd=tmp_path,
        env={**chosen, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout or done.stderr


def test_each_step_has_a_picture_an_exercise_and_a_place() -> None:
    """Twelve steps, and no link that leads nowhere."""
    steps = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    assert len(steps) >= 12
    for step in steps:
        assert "**Try it:** `python " in step and "**Where:** " in step and "](how/" in step, step[:40]
    for link in re.findall(r"\]\((?!http)([^)#]+)", PAGE):
        assert (DOCS / link).exists(), link


def test_the_words_are_spelled() -> None:
    """By codespell's list of common mistakes, the other documents as well."""
    need(importlib.util.find_spec("codespell_lib"), "codespell is not installed")
    files = [*sorted(DOCS.glob("*.md")), ROOT / "README.md", ROOT / "CHANGELOG.md"]
    done = subprocess.run(
        [sys.executable, "-m", "codespell_lib", *map(str, files)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout
