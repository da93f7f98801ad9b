"""Measures of single digits: MNIST's test set, strangers' digits, corruptions. Each gives one section."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from digitcam.errors import UserError, one_line
from digitcam.evaluation import digit_tables
from digitcam.evaluation.classification import Answers, measure_digits
from digitcam.evaluation.contestants import Contestant
from digitcam.evaluation.corruptions import CORRUPTIONS, corrupt
from digitcam.evaluation.progress import ProgressLine
from digitcam.evaluation.report import Section

SHEET_COLUMNS = 14


def answer_all(
    contestants: Sequence[Contestant], images: np.ndarray, truth: np.ndarray, conf: float, title: str
) -> dict[str, Answers]:
    """Every contestant's answers to the same digits, by name."""
    return {
        c.name: measure_digits(c.classifier, images, truth, conf, ProgressLine(f"{title}, {c.name}"))
        for c in contestants
    }


def measure_set(
    name: str,
    title: str,
    contestants: Sequence[Contestant],
    images: np.ndarray,
    truth: np.ndarray,
    conf: float,
    folder: Path | None = None,
) -> Section:
    """All figures of one set of digits; plots are drawn into ``folder`` where there is one."""
    answers = answer_all(contestants, images, truth, conf, title)
    first = answers[contestants[0].name]
    return Section(
        name,
        title,
        (
            digit_tables.overview(title, answers),
            digit_tables.per_digit(answers),
            digit_tables.confusion(first),
        ),
        {who: a.to_json() for who, a in answers.items()},
        _plots(name, title, images, answers, folder) if folder else (),
        (digit_tables.wrong_answers(first),),
    )


def _plots(
    name: str, title: str, images: np.ndarray, answers: dict[str, Answers], folder: Path
) -> tuple[tuple[str, str], ...]:
    from digitcam.evaluation.plots import plot_confusion, plot_gallery, plot_reliability

    pictures = []
    for who, a in answers.items():
        file = f"{name}-confusion-{who}.png"
        plot_confusion(a.matrix, f"{title}: {who}, {100 * a.accuracy:.2f} %", folder / file)
        pictures.append((file, f"Confusion matrix of {who}: counts, coloured by errors"))
    file = f"{name}-reliability.png"
    plot_reliability(answers, folder / file)
    pictures.append((file, "Reliability diagram: is 90 % confidence right nine times in ten?"))
    who, a = next(iter(answers.items()))
    heading = f"{title}: every wrong answer of {who} ({len(a.wrong)} of {a.total:,}), the surest first"
    for path in plot_gallery(images, a, a.wrong.tolist(), heading, folder, f"{name}-wrong"):
        pictures.append((path.name, heading))
    return tuple(pictures)


def draw_samples(
    contestant: Contestant, images: np.ndarray, truth: np.ndarray, count: int, seed: int, path: Path
) -> Section:
    """A sheet of ``count`` random digits with their answers, right ones too, written to ``path``."""
    from digitcam.evaluation.plots import plot_sheet

    rng = np.random.default_rng(seed)
    drawn = rng.choice(len(images), min(count, len(images)), replace=False)
    answers = measure_digits(contestant.classifier, images[drawn], truth[drawn], contestant.conf)
    title = f"{len(drawn)} random test digits (seed {seed}), {int(answers.right.sum())} answered rightly"
    # A little broader than high, whatever the number.
    columns = max(10, round((1.4 * len(drawn)) ** 0.5))
    plot_sheet(images[drawn], answers, range(len(drawn)), title, path, columns, drawn)
    figures: dict[str, object] = {
        "seed": seed,
        "digits": [
            {"index": int(i), "truth": int(t), "answer": int(a), "confidence": round(float(c), 6)}
            for i, t, a, c in zip(drawn, answers.truth, answers.answer, answers.confidence, strict=True)
        ],
    }
    return Section("samples", title, (), figures, ((path.name, title),))


def measure_corruptions(
    contestants: Sequence[Contestant],
    images: np.ndarray,
    truth: np.ndarray,
    conf: float,
    seed: int = 0,
    folder: Path | None = None,
) -> Section:
    """Accuracy on the same digits under each corruption, and the mean over kinds."""
    clean = answer_all(contestants, images, truth, conf, "no corruption")
    results = {}
    sheet = {"none": images[:SHEET_COLUMNS]}
    for kind in CORRUPTIONS:
        corrupted = corrupt(images, kind, seed)
        results[kind] = answer_all(contestants, corrupted, truth, conf, kind)
        sheet[kind] = corrupted[:SHEET_COLUMNS]
    pictures: tuple[tuple[str, str], ...] = ()
    if folder:
        from digitcam.evaluation.plots import plot_corruptions

        plot_corruptions(sheet, folder / "corruptions.png")
        pictures = (("corruptions.png", "The first digits of the set under each corruption"),)
    title = "Corruptions (after MNIST-C, Mu & Gilmer 2019)"
    return Section(
        "corruptions",
        title,
        (digit_tables.by_kind(title, clean, results),),
        {
            c.name: {
                "mean_accuracy": round(float(np.mean([a[c.name].accuracy for a in results.values()])), 6),
                "seed": seed,
                "clean": clean[c.name].to_json(details=False),
                "kinds": {kind: a[c.name].to_json(details=False) for kind, a in results.items()},
            }
            for c in contestants
        },
        pictures,
    )


def load_strangers(data_dir: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """UNIPEN's digits by the writers that no part of the project trains on.

    Returns:
        N×28×28 uint8, ink white, N uint8 labels (some of them noise, as the collection has it), and the N
        writers' numbers.

    Raises:
        UserError: the collection is absent or damaged; it is not downloaded.
    """
    folder = data_dir / "unipen"
    try:
        writers = json.loads((folder / "heldout_writers.json").read_text(encoding="utf-8"))["writers"]
        with np.load(folder / "unipen_digits.npz") as archive:
            held = np.isin(archive["writer"], writers)
            return archive["x"][held], archive["y"][held].astype(np.uint8), archive["writer"][held]
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise UserError(
            f"--strangers needs unipen_digits.npz and heldout_writers.json in {folder} ({one_line(error)}): "
            "name the data folder with --data-dir"
        ) from error
