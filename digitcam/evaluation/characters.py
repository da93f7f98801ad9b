"""How a network of characters does on EMNIST's letters and digits that nothing was trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from digitcam.classes import names_in
from digitcam.classifier import load_classifier
from digitcam.errors import UserError
from digitcam.evaluation.report import Section
from digitcam.evaluation.tables import Table, percent
from digitcam.metrics import wilson_interval
from digitcam.training import characters
from digitcam.types import LABELS

# Crops at a time, and the mistakes that are told.
BATCH, MOST_TOLD = 2000, 12
DIGITS = len(LABELS)


def measure_characters(model: str | Path, data_dir: Path) -> Section:
    """Accuracy over all, of letters and of digits, each also where it is known which of both it is.

    Raises:
        UserError: the model tells apart something else, or EMNIST is not there.
    """
    classifier = load_classifier(model)
    if names_in(classifier.classes) != characters.CLASSES:
        raise UserError(
            f"{classifier.path} is no model of characters: train.py --dataset characters makes one"
        )
    parts = characters.kept_out(data_dir)
    answers = {name: _predict(classifier, images) for name, (images, _) in parts.items()}
    truth = np.concatenate([labels for _, labels in parts.values()]).astype(int)
    every = np.concatenate([answers[name] for name in parts])
    said = every.argmax(1)
    rows = [_row("letters and digits", said == truth)]
    for name, (_, labels) in parts.items():
        rows.append(_row(name, answers[name].argmax(1) == labels))
    letters, digits = answers["letters"][:, DIGITS:], answers["digits"][:, :DIGITS]
    rows.append(_row("letters, known to be letters", letters.argmax(1) + DIGITS == parts["letters"][1]))
    rows.append(_row("digits, known to be digits", digits.argmax(1) == parts["digits"][1]))
    recalls = [float((said[truth == label] == label).mean()) for label in np.unique(truth)]
    note = f"mean over the {len(recalls)} classes: {percent(float(np.mean(recalls)))}"
    title = "EMNIST's letters and digits that were kept out"
    whole = Table(title, ("", "images", "right", "95 % interval"), tuple(row for row, _ in rows), note)
    figures = {row[0]: share for row, share in rows} | {"mean_over_classes": float(np.mean(recalls))}
    return Section("characters", title, (whole, _mistakes(truth, said)), dict(figures))


def _predict(classifier, images: np.ndarray) -> np.ndarray:  # type: ignore[no-untyped-def]
    """N×47, without what is none."""
    parts = [classifier.predict(images[i : i + BATCH]) for i in range(0, len(images), BATCH)]
    return np.concatenate(parts)[:, : len(characters.CLASSES)]


def _row(name: str, right: np.ndarray) -> tuple[tuple[str, str, str, str], float]:
    low, high = wilson_interval(int(right.sum()), len(right))
    cells = name, f"{len(right):,}", percent(float(right.mean())), f"{percent(low)} to {percent(high)}"
    return cells, float(right.mean())


def _mistakes(truth: np.ndarray, said: np.ndarray) -> Table:
    """The commonest confusions."""
    size = len(characters.CLASSES)
    counts = np.bincount(size * truth + said, minlength=size * size).reshape(size, size)
    np.fill_diagonal(counts, 0)
    order = np.argsort(-counts, axis=None, kind="stable")[:MOST_TOLD]
    names = characters.CLASSES
    rows = tuple(
        (f"{names[true]} taken for {names[answer]}", str(counts[true, answer]))
        for true, answer in (divmod(int(place), size) for place in order)
    )
    return Table("the commonest mistakes", ("", "images"), rows)
