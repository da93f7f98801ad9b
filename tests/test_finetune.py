"""``train.py --finetune``: a personal model, measured, refused where it loses, written as a whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from digitcam.classifier import load_classifier
from digitcam.commands import train
from digitcam.commands.run import run as run_command
from digitcam.corrections.store import CorrectionFile
from digitcam.errors import UserError
from digitcam.keras_door import load_keras_model
from digitcam.networks import load_networks
from digitcam.training import finetune, personal, replay
from digitcam.training.architectures import classic, cnn
from digitcam.training.top import Top
from digitcam.twin import file_sha256
from digitcam.typical import load_typical
from digitcam.weights_dir import find_model, find_weights, personal_model
from tests.test_corrected import MEANT, correct, strange

SHIPPED = find_weights() / "digits.keras"


@pytest.fixture(scope="module")
def top() -> Top:
    return Top(load_keras_model(SHIPPED), SHIPPED)


def test_the_top_is_the_network(top: Top) -> None:
    """Trunk and top together answer as the network does, and put together again they are the network."""
    crops = np.stack([strange(seed) for seed in range(5)])
    answers, hidden = top.answers(top.seen(crops))
    whole = top.network.predict(crops[..., None].astype(np.float32), verbose=0)
    assert np.allclose(answers, whole, atol=1e-5) and hidden.shape == (5, 2048)
    again = top.whole().predict(crops[..., None].astype(np.float32), verbose=0)
    assert np.allclose(again, whole, atol=1e-5)


def test_networks_of_another_make_are_refused() -> None:
    """What does not end in a chain of convolutions and a dense layer is refused, with what is expected."""
    with pytest.raises(UserError, match="mine.keras cannot be fine-tuned: expected a chain of layers"):
        Top(classic(10), Path("mine.keras"))
    assert Top(cnn(11), Path("mine.keras")).classes == 11


def test_stored_looks_belong_to_their_model(tmp_path: Path, top: Top) -> None:
    """Looks come back to a 255th of the strongest; of another model, or damaged, they are refused."""
    model = tmp_path / "digits.keras"
    shutil.copy(SHIPPED, model)
    assert replay.load_replay(model) is None
    crops = np.stack([strange(seed) for seed in range(4)])
    seen = top.seen(crops)
    replay.write_replay(model, replay.Replay(seen, np.array([1, 2, 3, 10], np.uint8)))
    found = replay.load_replay(model)
    assert found is not None and found.labels.tolist() == [1, 2, 3, 10]
    assert abs(found.seen - seen).max() <= seen.max() / 255
    model.write_bytes(model.read_bytes() + b"x")
    with pytest.raises(UserError, match="was not made of .* train.py --make-replay .* makes it anew"):
        replay.load_replay(model)
    replay.replay_path(model).write_bytes(b"damaged")
    with pytest.raises(UserError, match="cannot be read .* --make-replay"):
        replay.load_replay(model)


def test_shipped_looks_are_those_of_the_shipped_model() -> None:
    """What ships beside the model fits it: people without MNIST can fine-tune."""
    looks, typical = replay.load_replay(SHIPPED), load_typical(SHIPPED)
    assert looks is not None and len(looks.labels) == 2000 and (looks.labels == 10).sum() == 600
    assert typical is not None and typical.directions.shape == (300, 2048)


def run(*words: object) -> int:
    return run_command(train.main, ["--finetune", *map(str, words)])


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Fewer steps, and an empty data folder."""
    monkeypatch.setattr(finetune, "STEPS", 60)
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("DIGITCAM_DATA", str(folder))
    return folder


def test_a_personal_model_without_mnist(
    short: Path, user: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of corrections comes a model that reads the hand; what it is worth is said; the shipped one stays."""
    before = {path.name: file_sha256(path) for path in find_weights().iterdir() if path.is_file()}
    CorrectionFile().append([correct(strange(seed), MEANT) for seed in range(12)])
    assert run() == 0
    out, _ = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0].startswith("corrections held out by turns (12): 0.0% right before, ")
    assert float(lines[0].rpartition(", ")[2].split("%")[0]) > 80
    assert "stored looks at training images, for MNIST is not at hand" in lines[1]
    assert lines[2] == f"written: {personal_model()}" and lines[3].endswith("cam.py --model personal")
    network = load_classifier("personal")
    others = np.stack([strange(seed) for seed in range(20, 40)])
    assert (network.predict(others)[:, :10].argmax(1) == MEANT).mean() > 0.8
    assert network.engine == "LiteRT" and network.sees_within and load_typical(network.path) is not None
    assert load_networks("personal").classifier.classes == network.classes
    record = json.loads(personal_model().with_suffix(".json").read_text(encoding="utf-8"))
    assert record["measured"]["learnt"] == 12 and record["sha256"] == file_sha256(personal_model())
    assert [path.name for path in user.iterdir() if path.is_dir()] == ["personal"], "nothing is left over"
    assert {path.name: file_sha256(path) for path in find_weights().iterdir() if path.is_file()} == before


def test_a_model_that_loses_is_refused(
    short: Path, user: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where MNIST is read worse by too much nothing is written, and the older model stays, unless allowed."""
    CorrectionFile().append([correct(strange(0), MEANT)])
    assert run() == 0
    old = file_sha256(personal_model())
    monkeypatch.setattr(personal, "MOST_LOST", -1.0)
    monkeypatch.setattr(personal, "CHANCE", -1000)
    CorrectionFile().append([correct(strange(1), MEANT)])
    capsys.readouterr()
    assert run() == 2
    err = capsys.readouterr().err
    assert "the model is not written, for it would lose " in err and "--allow-loss" in err
    assert file_sha256(personal_model()) == old
    assert run("--allow-loss") == 0
    assert file_sha256(personal_model()) != old


def test_nothing_to_learn_from(short: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without corrections that is said, and so is a personal model that is not there yet."""
    assert run() == 2
    assert "there are no corrections in " in capsys.readouterr().err
    with pytest.raises(UserError, match="there is no personal model yet: .* train.py --finetune"):
        find_model("personal")


def test_contradictions(capsys: pytest.CaptureFixture[str]) -> None:
    """Of two corrections of the same writing the later counts, and that is said."""
    both = [correct(strange(0), 3), correct(strange(0), MEANT)]
    crops, labels = personal.usable(both, SHIPPED)
    assert labels.tolist() == [MEANT] and len(crops) == 1
    assert "1 corrections were contradicted by later ones" in capsys.readouterr().err
