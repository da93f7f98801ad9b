"""An installation that is not editable: what travels, what does not, and that it works from any folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pytest

from digitcam import weights_dir
from digitcam.errors import UserError
from digitcam.weights_dir import find_weights
from tests.needs import need

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ("digitcam", "digitcam-evaluate", "digitcam-train")
MODELS = (".keras", ".tflite", ".json")


def setuptools_major() -> int:
    try:
        return int(version("setuptools").split(".")[0])
    except PackageNotFoundError:
        return 0


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip installed a copy of this checkout, without network and without dependencies."""
    need(setuptools_major() >= 71, "an installation without network needs setuptools 71 or later here")
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for folder in ("digitcam", "weights"):
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for pattern in ("*.py", "*.cfg", "*.toml", "README.md", "LICENSE"):
        for file in ROOT.glob(pattern):
            shutil.copy(file, source)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--no-index", "--no-build-isolation", "--no-compile", "--target", str(target)]
    done = subprocess.run([*command, str(source)], capture_output=True, text=True, cwd=source, timeout=300)
    assert done.returncode == 0, done.stderr
    return target


def call(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run python in ``folder`` with the installation as the only digitcam in reach."""
    inherited = os.environ.get("PYTHONPATH")  # the tests of another OpenCV put it there
    path = os.pathsep.join([str(installed), inherited] if inherited else [str(installed)])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, timeout=120)


def test_only_the_package_lands_at_the_top(installed: Path) -> None:
    """The installation adds ``digitcam`` and its scripts: no module named cam, train, weights or tests."""
    names = {path.name.split("-")[0] for path in installed.iterdir()}
    assert names == {"digitcam", "bin" if os.name != "nt" else "Scripts"}
    scripts = [path.name for folder in ("bin", "Scripts") for path in (installed / folder).glob("*")]
    assert sorted(name.removesuffix(".exe") for name in scripts) == sorted(SCRIPTS)


def test_every_module_travels(installed: Path) -> None:
    """No package of the checkout is forgotten in setup.cfg."""
    expected = sorted(path.relative_to(ROOT) for path in (ROOT / "digitcam").rglob("*.py"))
    found = sorted(path.relative_to(installed) for path in (installed / "digitcam").rglob("*.py"))
    weights = Path("digitcam", "weights", "__init__.py")
    assert found == sorted([*expected, weights])
    assert (installed / "digitcam" / "py.typed").is_file()


def test_the_weights_travel(installed: Path) -> None:
    """Every model, twin and record of the checkout is in the package, byte for byte."""
    shipped = sorted(p for p in (ROOT / "weights").iterdir() if p.suffix in MODELS)
    assert "digits.keras" in [p.name for p in shipped] and "digits.tflite" in [p.name for p in shipped]
    for path in shipped:
        assert (installed / "digitcam" / "weights" / path.name).read_bytes() == path.read_bytes()


def test_the_page_travels(installed: Path) -> None:
    """Every file of the page in the browser is in the package, and nothing besides."""
    here, there = (root / "digitcam" / "web" / "static" for root in (ROOT, installed))
    assert (here / "index.html").is_file()
    assert sorted(p.name for p in there.iterdir()) == sorted(p.name for p in here.iterdir())
    assert all((there / p.name).read_bytes() == p.read_bytes() for p in here.iterdir())


def test_the_weights_are_found_from_another_folder(installed: Path, tmp_path: Path) -> None:
    """From elsewhere the weights inside the package are found, and looking for them loads nothing heavy."""
    (tmp_path / "weights").mkdir()  # a folder of the user's, which is none of ours
    code = (
        "import sys; from digitcam.weights_dir import find_weights; print(find_weights()); "
        "print([m for m in ('numpy', 'cv2', 'keras', 'tensorflow') if m in sys.modules])"
    )
    done = call(installed, tmp_path, "-c", code)
    assert done.stdout.splitlines() == [str(installed.resolve() / "digitcam" / "weights"), "[]"], done.stderr


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_scripts_run_from_another_folder(installed: Path, tmp_path: Path, script: str) -> None:
    """Each console script answers ``--help`` from any folder."""
    if os.name == "nt":
        pytest.skip("scripts are programs of their own on Windows")
    done = call(installed, tmp_path, str(installed / "bin" / script), "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage:")


def test_the_installed_program_reads_a_picture(installed: Path, tmp_path: Path) -> None:
    """The main job works from another folder with the shipped weights: a written page becomes a JSON line."""
    import cv2

    from digitcam.bench.counted import make_counted_frame

    frame = make_counted_frame(10, (640, 480), np.random.default_rng(5))
    assert cv2.imwrite(str(tmp_path / "page.png"), frame.image)
    code = "import sys; from digitcam.commands.cam import entry; sys.exit(entry())"
    done = call(installed, tmp_path, "-c", code, "page.png", "--no-show", "--json", "-")
    assert done.returncode == 0, done.stderr
    line = json.loads(done.stdout)
    assert line["source"] == "page.png" and line["size"] == [640, 480]
    assert len(line["digits"]) >= 8
    assert [p.name for p in tmp_path.iterdir()] == ["page.png"]


def test_the_installed_library_reads(installed: Path, tmp_path: Path) -> None:
    """From another folder the library reads the demo with the shipped weights."""
    code = (
        "import digitcam\n"
        "for reading in digitcam.stream('demo', max_frames=2, size=(640, 360)):\n"
        "    print(reading.frame, len(reading.digits) > 2)\n"
    )
    done = call(installed, tmp_path, "-c", code)
    assert (done.stdout, done.stderr) == ("0 True\n1 True\n", "")


def test_a_checkout_has_its_weights_beside_the_package() -> None:
    """In a checkout the folder ``weights`` beside ``digitcam`` is found."""
    if (ROOT / "digitcam" / "weights").exists():
        pytest.skip("this is an installation, not a checkout")
    assert find_weights() == ROOT / "weights"


def test_missing_weights_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without weights, even beside a folder of that name, one line says where they should be."""
    (tmp_path / "digitcam").mkdir()
    (tmp_path / "weights").mkdir()
    monkeypatch.setattr(weights_dir, "__file__", str(tmp_path / "digitcam" / "weights_dir.py"))
    with pytest.raises(UserError, match="shipped models are not in .*: install digitcam anew"):
        find_weights()
