"""The threshold of a screen is measured on digits that validate, and written into its record."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from digitcam.cascade import read_threshold
from digitcam.commands import train
from digitcam.commands.run import run
from digitcam.training.screening import strictest
from tests.training_samples import digits, save_network, use_tiny_mnist


@pytest.fixture(name="data", autouse=True)
def data_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own, with a drawn MNIST."""
    use_tiny_mnist(monkeypatch)
    monkeypatch.setenv("DIGITCAM_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def save_crops(path: Path) -> Path:
    """Twenty digits and five blots, as ``train.py --make-page-crops`` would leave them."""
    images, labels = digits(20)
    blots = np.full((5, 28, 28), 255, np.uint8)
    np.savez(
        path, images=np.concatenate([images, blots]), labels=np.append(labels, [10] * 5).astype(np.uint8)
    )
    return path


@pytest.mark.parametrize(
    ("share", "expected"), [(1.0, 0.0), (0.999, 0.001), (0.9, 0.1), (0.9985, 0.001), (0.5, 0.5)]
)
def test_the_strictest_threshold_lets_the_share_pass(share: float, expected: float) -> None:
    """Of a thousand values the threshold is the one that just enough of them reach, and no lower."""
    values = np.random.default_rng(0).permutation(1000) / 1000
    threshold = strictest(values, share)
    assert threshold == pytest.approx(expected) and (values >= threshold).mean() >= share


def test_the_command_writes_the_threshold_into_the_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was known of the screen stays; each collection is told with the share that passes."""
    screen = save_network(tmp_path / "screen.keras", classes=11)
    record = screen.with_suffix(".json")
    record.write_text(json.dumps({"architecture": "screen"}))
    crops = save_crops(tmp_path / "crops.npz")
    assert run(train.main, ["--fit-screen", str(screen), "--page-crops", str(crops)]) == 0
    out = capsys.readouterr().out
    assert "MNIST validation believed in: 100.00% of" in out and "page negatives" in out
    known = json.loads(record.read_text())
    assert known["architecture"] == "screen"
    assert known["screen"]["passed"]["page negatives"]["images"] == 5
    assert 0 < read_threshold(screen) <= 1


def test_what_is_no_screen_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A network of ten digits, and one without a record: exit 2 and one line."""
    ten = save_network(tmp_path / "ten.keras")
    bare = save_network(tmp_path / "bare.keras", classes=11)
    for path, message in (
        (ten, f'{ten} does not know "not a digit": a screen needs two that do'),
        (bare, f"{tmp_path / 'bare.json'} is not the record of a training run"),
    ):
        capsys.readouterr()
        assert run(train.main, ["--fit-screen", str(path)]) == 2
        said = [line for line in capsys.readouterr().err.splitlines() if "no LiteRT twin" not in line]
        assert len(said) == 1 and said[0].startswith(f"digitcam: {message}")
