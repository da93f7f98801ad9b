"""What the sign network learns from, and how it is fitted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from digitcam.cascade import load_cascade
from digitcam.commands import train
from digitcam.errors import UserError
from digitcam.gaps import CHANNELS, HEIGHT, WIDTH
from digitcam.judge import load_judge
from digitcam.networks import Networks
from digitcam.pages import NumberPage, PenGlyphs
from digitcam.sign_network import CLASSES, NONE
from digitcam.training import sign_looks as making
from digitcam.training.sign_looks import SignLooks, load_looks, make_looks
from digitcam.types import SIGNS, Box, Sign, Truth

keras = pytest.importorskip("keras")

from digitcam.training import recipes, sign_fitting  # noqa: E402


def toy(count: int = 1200, pages: int = 60) -> SignLooks:
    """Looks that tell: each class is a bar of its own."""
    rng = np.random.default_rng(0)
    classes = rng.integers(0, CLASSES, count).astype(np.uint8)
    looks = rng.integers(0, 30, (count, HEIGHT, WIDTH, CHANNELS)).astype(np.uint8)
    for k in range(CLASSES):
        looks[classes == k, 4 + 7 * k : 8 + 7 * k, 10:30] = 150
    page = (np.arange(count) * pages // count).astype(np.int32)
    return SignLooks(looks, classes, np.ones(count, np.float32), page)


def test_a_page_gives_the_same_looks_again() -> None:
    """Gaps with signs and without, the same for the same seed; both looks at a sign, one at a bare gap."""
    cascade = load_cascade()
    networks = Networks(cascade, load_judge(cascade))
    first, again = (make_looks(networks, [PenGlyphs()], 3, seed=5) for _ in range(2))
    assert len(first) == len(again) > 0 and np.array_equal(first.looks, again.looks)
    assert np.array_equal(first.classes, again.classes) and (first.page == 3).all()
    assert first.looks.shape[1:] == (HEIGHT, WIDTH, CHANNELS)
    assert (first.weight == np.where(first.classes == NONE, 2, 1)).all()
    assert (np.bincount(first.classes, minlength=CLASSES)[:NONE] % 2 == 0).all()


def test_before_a_digit_stands_what_the_page_says() -> None:
    """The sign of the true digit at a box; nothing before what is no digit, and of a sign nothing is said."""
    page = NumberPage(
        np.zeros((9, 9, 3), np.uint8),
        (Truth(Box(100, 100, 20, 30), "1"), Truth(Box(140, 100, 20, 30), "5")),
        ("", ","),
        (Sign(Box(125, 122, 6, 14), ","),),
        (),
        (),
        "plain",
    )
    boxes = np.array([(100, 100, 20, 30), (141, 99, 20, 31), (300, 100, 20, 30), (125, 121, 6, 15)])
    classes, fair = making._told(boxes, page)
    assert classes.tolist() == [NONE, SIGNS.index(","), NONE, NONE]
    assert fair.tolist() == [True, True, True, False]


def test_the_network_learns_what_looks_tell(tmp_path: Path) -> None:
    """On looks that can be told apart it does so, and writes model and record."""
    recipe = replace(recipes.SIGNS, epochs=5, batch_size=32)
    record = sign_fitting.fit_signs(toy(720), tmp_path / "run", recipe, seed=1, init=None, command="x")
    assert record["measured"]["accuracy"] > 0.97
    assert np.sum(record["measured"]["confusion"]) == record["looks"]["validation"]
    assert json.loads((tmp_path / "run" / "signs.json").read_text())["classes"] == [*SIGNS, "none"]
    model = keras.models.load_model(tmp_path / "run" / "signs.keras")
    assert model.input.shape == (None, HEIGHT, WIDTH, CHANNELS) and model.output.shape == (None, CLASSES)
    again = sign_fitting.fit_signs(
        toy(240, 24),
        tmp_path / "more",
        replace(recipe, epochs=1, learning_rate=1e-6),
        seed=2,
        init=tmp_path / "run" / "signs.keras",
        command="x",
    )
    assert again["measured"]["accuracy"] > 0.97


def test_looks_and_network_by_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """train.py makes looks of pages, fits a network to them and writes its twin."""
    monkeypatch.setattr(making, "hands", lambda data_dir: [PenGlyphs()])
    monkeypatch.setattr(making, "SIZES", ((640, 480),))
    monkeypatch.setattr(train.os, "cpu_count", lambda: 1)
    path = tmp_path / "looks.npz"
    asked = ["--make-sign-looks", str(path), "--pages", "14", "--seed", "3", "--data-dir", str(tmp_path)]
    assert train.main(asked) == 0
    assert len(load_looks(path)) > 100
    asked = ["--fit-signs", str(path), "--epochs", "1", "--batch-size", "32"]
    assert train.main([*asked, "--output", str(tmp_path / "signs")]) == 0
    assert train.main(["--export", str(tmp_path / "signs" / "signs.keras")]) == 0
    assert (tmp_path / "signs" / "signs.tflite").is_file()


def test_too_few_looks_and_other_files_are_refused(tmp_path: Path) -> None:
    """A handful of looks, a missing file and one with other arrays are told in one line."""
    with pytest.raises(UserError, match="40 looks are too few: raise --pages for --make-sign-looks"):
        sign_fitting.fit_signs(toy(40, 4), tmp_path, recipes.SIGNS, seed=0, init=None, command="x")
    with pytest.raises(UserError, match="there is no file .*none.npz: train.py --make-sign-looks makes one"):
        load_looks(tmp_path / "none.npz")
    np.savez(tmp_path / "other.npz", **{**vars(toy(20, 2)), "looks": np.zeros((20, 4), np.uint8)})
    with pytest.raises(UserError, match="holds no looks for a sign network"):
        load_looks(tmp_path / "other.npz")
