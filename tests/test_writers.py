"""What corrections are worth, measured: which digits are corrected, and what is counted."""

from __future__ import annotations

import numpy as np
import pytest

from digitcam.classifier import load_classifier
from digitcam.commands import evaluate
from digitcam.commands.run import run as run_command
from digitcam.evaluation.writers import AT_ONCE, BEFORE, EACH, TUNED, Tuned, Writer, measure_writers
from digitcam.typical import load_typical
from tests.test_corrected import MEANT, strange, usual


@pytest.fixture(scope="module")
def writer() -> Writer:
    """Usual digits, and ten of one that the network does not know."""
    crops, labels = usual(6)
    odd = np.stack([strange(seed) for seed in range(10)])
    return Writer(7, np.concatenate([crops, odd]), np.concatenate([labels, np.full(10, MEANT)]))


def test_three_of_each_digit_are_corrected(writer: Writer) -> None:
    """Three of each digit are corrected, by chance and the same for the same seed; the others are read."""
    corrected, rest = writer.split(0)
    assert np.bincount(writer.labels[corrected], minlength=10).tolist() == [EACH] * 10
    assert sorted([*corrected, *rest]) == list(range(len(writer.labels)))
    assert np.array_equal(corrected, writer.split(0)[0])
    assert not np.array_equal(corrected, writer.split(1)[0])


def test_what_was_misread_comes_first(writer: Writer) -> None:
    """Where it is said what was misread, that is corrected first, and others only to make up three."""
    misread = np.zeros(len(writer.labels), bool)
    misread[[0, 10, 60, 61, 62, 63]] = True
    corrected, _ = writer.split(0, misread)
    assert {0, 10} <= set(corrected) and len({60, 61, 62, 63} & set(corrected)) == EACH
    assert len(corrected) == 10 * EACH


def test_errors_are_counted(writer: Writer) -> None:
    """Before, the odd digits are all misread; with three of them corrected none of the others is."""
    network = load_classifier()
    section = measure_writers(network, [writer], 0)
    first = section.figures["misread_first"]["7"]  # type: ignore[index]
    assert len(first) == 5, "five choices"
    assert first[0]["read"] == len(writer.labels) - 30
    assert first[0]["errors"][BEFORE] == 7 and first[0]["errors"][AT_ONCE] == 0
    text = section.tables[0].as_text()
    assert "what was misread first" in text and "100 %" in text and "at random" in section.tables[1].as_text()


def test_tuned_networks_are_counted(writer: Writer) -> None:
    """With a tuner its network counts, alone and with the corrections at hand, and what MNIST has lost."""
    network = load_classifier()
    typical = load_typical(network.path)
    assert typical is not None
    taught: list[int] = []

    def tune(crops: np.ndarray, labels: np.ndarray) -> Tuned:
        taught.append(len(crops))
        return Tuned(network, typical, 0.0004)

    section = measure_writers(network, [writer], 0, tune)
    assert taught == [30, 30], "one choice of each kind"
    (counts,) = section.figures["random"]["7"]  # type: ignore[index]
    assert counts["errors"][TUNED] == counts["errors"][AT_ONCE] and counts["lost"] == 0.0004
    assert "MNIST loses 0.040 points a writer, 0.04 at most" in section.tables[1].as_text()


def test_finetune_belongs_to_writers(capsys: pytest.CaptureFixture[str]) -> None:
    """--finetune without --writers is refused, with what to add."""
    assert run_command(evaluate.main, ["--finetune"]) == 2
    assert "add --writers" in capsys.readouterr().err
