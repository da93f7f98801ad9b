"""What is taken for a digit is counted on what nothing was trained on, look-alikes apart."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.commands.evaluate import main
from digitcam.errors import UserError
from digitcam.evaluation.acceptance import PROMISED, measure_acceptance
from digitcam.evaluation.contestants import Contestant
from digitcam.evaluation.negatives import Signs, gather_signs, other_split
from digitcam.training import collections, material
from tests.evaluation_fakes import Coded, Scripted, coded, folder_fixture
from tests.test_collections import HELD_WRITER, write_unipen
from tests.training_samples import digits, use_tiny_mnist

__all__ = ["folder_fixture"]  # a fixture

# Ten digits: one not accepted at 0.7, one accepted and read wrongly.
DIGITS = coded([0, 1, 2, 3, 4, 5, 6, 7, 8, 0], [99, 98, 97, 96, 95, 94, 93, 92, 60, 91])


def signs(name: str, confidences: list[int], promised: bool, written: str = "A") -> Signs:
    count = len(confidences)
    return Signs(name, coded([4] * count, confidences), np.array([written] * count), promised)


def groups() -> list[Signs]:
    return [
        signs("letters", [80, 20, 10, 10], True),
        signs("doodles", [10] * 6, True, ""),
        signs("look-alikes", [95, 95, 10], False, "O"),
    ]


def write_collections(data_dir: Path) -> None:
    """Letters by a held-out writer and another, a hundred of EMNIST's, signs with a test part, alphabets."""
    write_unipen(data_dir, "lower", ["a", "o", "e"], [HELD_WRITER, HELD_WRITER, 1])
    write_unipen(data_dir, "symbols", ["/", "+"], [HELD_WRITER, HELD_WRITER])
    for name in ("emnist", "negatives"):
        (data_dir / name).mkdir()
    images = np.zeros((100, 28, 28), np.uint8)
    # In the last row, for Coded has its answers in the first.
    images[:, 27, 0] = np.arange(100)
    np.savez(data_dir / "emnist" / "emnist_byclass_test_letters.npz", x=images, y=np.array(["a"] * 100))
    ink = digits(4)[0]
    np.savez(
        data_dir / "negatives" / "mdas_symbols.npz",
        x=ink,
        y=np.array(["addition_plus", "addition_plus", "division_slash", "division_slash"]),
        split=np.array(["train", "test", "test", "val"]),
    )
    alphabets = np.array(["Latin", "Korean", "Early_Aramaic"])
    np.savez(data_dir / "negatives" / "omniglot_small.npz", x=ink[:3], y=alphabets)


def test_digits_and_what_is_none_are_counted_apart(folder: Path) -> None:
    """Accepted digits, those read rightly, each group, and the promised ones together without look-alikes."""
    truth = np.arange(10)
    way = Contestant("digitcam", Coded(), Scripted([]), 0.7)
    section = measure_acceptance([way], DIGITS, truth, groups(), 0.7, folder)
    figures = section.figures["digitcam"]
    assert isinstance(figures, dict)
    counts = {name: (row["accepted"], row["images"]) for name, row in figures["accepted"].items()}
    assert counts == {
        "MNIST test digits": (9, 10),
        "and read rightly": (8, 10),
        "letters": (1, 4),
        "doodles": (0, 6),
        PROMISED: (1, 10),
        "look-alikes": (2, 3),
    }
    assert figures["conf_for_99.5_percent_of_digits"] == pytest.approx(0.6)
    assert figures["letters_and_doodles_accepted_there"] == pytest.approx(0.1)
    table = section.tables[0].as_text()
    assert "90.00 %" in table and table.index(PROMISED) < table.index("look-alikes  ")
    by_sign = section.details[0].rows
    assert by_sign == (("O", "3", "66.7 %", "4"), ("A", "4", "25.0 %", "4"))
    assert [name for name, _ in section.pictures] == ["acceptance-wrong.png"]
    assert cv2.imread(str(folder / "acceptance-wrong.png")) is not None


def test_other_confidences_stand_beside_the_asked_one() -> None:
    """The asked confidence is put among them, and the one at which 99.5 % of the digits are accepted."""
    ways = [Contestant(name, Coded(), Scripted([]), 0.85) for name in ("digitcam", "classic")]
    trade_off = measure_acceptance(ways, DIGITS, np.arange(10), groups(), 0.85).tables[1]
    rows = {row[0]: row[1:] for row in trade_off.rows}
    assert rows["0.85"] == ("90.00 %", "80.00 %", "0.00 %") * 2
    assert rows["0.70"] == ("90.00 %", "80.00 %", "10.00 %") * 2
    assert rows["0.600 (99.5 %, digitcam)"] == ("100.00 %", "90.00 %", "10.00 %", "", "", "")


def test_a_network_is_also_measured_behind_its_screen() -> None:
    """What the screen keeps back is not accepted, and stands in a column of its own."""

    class Blind(Coded):
        def predict(self, crops: np.ndarray) -> np.ndarray:
            return super().predict(crops) * (crops[:, 0, 0] != 4)[:, None]

    way = Contestant("digitcam", Coded(), Scripted([]), 0.7, screened=Blind())
    section = measure_acceptance([way], DIGITS, np.arange(10), groups(), 0.7)
    alone, screened = (section.figures[name] for name in ("digitcam", "with screen"))
    assert isinstance(alone, dict) and isinstance(screened, dict)
    assert [f["accepted"][PROMISED]["accepted"] for f in (alone, screened)] == [1, 0]
    assert [f["accepted"]["MNIST test digits"]["accepted"] for f in (alone, screened)] == [9, 8]


def test_groups_hold_what_nothing_is_trained_on(tmp_path: Path) -> None:
    """Held-out writers, letters kept out by lot, others' test part; what looks like a digit apart."""
    write_collections(tmp_path)
    found = {group.name.split(" (")[0]: group for group in gather_signs(tmp_path)}
    letters, other = found["letters by held-out writers"], found["other signs by held-out writers"]
    assert letters.written.tolist() == ["a"] and other.written.tolist() == ["+"]
    assert found["signs of arithmetic, test part"].written.tolist() == ["addition_plus"]
    assert len(found["look-alikes: slashes"].images) == 2
    assert found["look-alikes: alphabets"].written.tolist() == ["Latin", "Early_Aramaic"]
    like = [group.written.tolist() for name, group in found.items() if name.startswith("look-alikes: ")]
    assert ["o"] in like and ["/"] in like
    assert all(group.images.shape[1:] == (28, 28) for group in found.values())
    promised = {name for name, group in found.items() if group.promised}
    assert promised == {
        "letters kept out of training",
        "letters by held-out writers",
        "signs of arithmetic, test part",
    } | ({"doodles kept out of training"} & set(found))


def test_what_is_kept_out_is_what_training_keeps_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same images as a training run's, and a record that names another split casts its doubt."""
    use_tiny_mnist(monkeypatch)
    monkeypatch.setattr(material.mnist, "cache_dir", lambda: tmp_path / "cache")
    write_unipen(tmp_path, "digits", [4, 9], [1, 2])
    write_collections(tmp_path)
    stuff = material.everything(tmp_path)
    groups = [group for group in gather_signs(tmp_path) if group.part]
    assert 0 < len(stuff.negatives) == sum(len(group.images) for group in groups)
    assert np.array_equal(stuff.negatives, np.concatenate([group.images for group in groups]))
    model = tmp_path / "model.keras"
    assert other_split(model, groups) == other_split(None, groups) == []
    record = {"data": stuff.describe()}
    model.with_suffix(".json").write_text(json.dumps(record))
    assert other_split(model, groups) == []
    next(part for part in record["data"] if part["name"] == "letters")["images"] -= 1
    model.with_suffix(".json").write_text(json.dumps(record))
    assert other_split(model, groups) == ["letters kept out of training"]
    way = Contestant("digitcam", Coded(), Scripted([]), 0.7, model)
    note = measure_acceptance([way], DIGITS, np.arange(10), groups, 0.7).tables[0].note
    assert "Not so for digitcam, by its record: letters kept out of training." in note


def test_the_command_measures_acceptance(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the collections their absence is told; with them digits and letters stand in one table."""
    with pytest.raises(UserError, match="--acceptance found no letters or doodles .*: name the data folder"):
        main(["--acceptance", "--data-dir", "."])
    write_collections(folder)
    assert main(["--acceptance", "--data-dir", ".", "--json", "out.json"]) == 0
    out = capsys.readouterr().out
    assert "Accepted as digits at conf 0.9" in out and PROMISED in out and "MNIST test set" not in out
    figures = json.loads((folder / "out.json").read_text())["acceptance"]["digitcam"]
    assert figures["accepted"]["MNIST test digits"]["accepted"] == 130


def test_letters_are_never_measured_with_the_look_alikes() -> None:
    """What the notes name as looking like a digit, and nothing else among the letters."""
    assert set("OoIliZzSsgqb") == collections.LOOK_ALIKE_LETTERS
    assert set("|/") <= collections.LOOK_ALIKE_SIGNS
