"""How often a network names the pictures of a folder rightly: whole frames, or one glyph in each."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from digitcam.classes import names_in
from digitcam.classifier import load_classifier
from digitcam.errors import UserError
from digitcam.evaluation.report import Section
from digitcam.evaluation.tables import Table, percent
from digitcam.metrics import wilson_interval
from digitcam.models import WHOLE_FRAME, Model
from digitcam.sources.decoding import UnreadablePicture
from digitcam.sources.pictures import read_picture
from digitcam.training.glyphs import crops_of
from digitcam.training.mistakes import CONFUSION, PAIRS, write_mistakes
from digitcam.training.pictures import PictureFolder, Pictures, find_pictures
from digitcam.whole.opening import open_network

# A name counts as among the first where it is one of so many.
FIRST = 5


def measure_frames(model: Model, folder: Path, report: Path | None = None) -> Section:
    """Accuracy, its interval, and recall and precision of each class.

    Args:
        model: of whole frames, or of crops: then each picture is one glyph.
        folder: as ``train.py --data`` takes it; where it has a part to test, that alone is measured.
        report: where pictures go; None for none.

    Raises:
        UserError: the folder cannot be used, or has a class that the model does not know.
    """
    found = find_pictures(folder, to_learn=False)
    pictures, part = _measured(found)
    classes, probabilities = _answers(model, pictures)
    places = _places(classes, found, model.path)
    answers = probabilities.argmax(1)
    truth = places[pictures.labels]
    right = int((answers == truth).sum())
    rank = (probabilities > probabilities[np.arange(len(truth)), truth][:, None]).sum(1)
    among = int((rank < FIRST).sum())
    low, high = wilson_interval(right, len(truth))
    title = f"{model.path.name} on {len(pictures)} pictures of {folder} ({part})"
    whole = Table(
        title,
        ("", "pictures", "right", "95 % interval", f"among the first {FIRST}"),
        (("all", f"{len(truth):,}", percent(right / len(truth)), f"{percent(low)} to {percent(high)}",
          percent(among / len(truth))),),
        "; ".join(found.warnings),
    )  # fmt: skip
    known = zip(found.classes, places.tolist(), strict=True)
    rows = tuple(_row(name, place, truth, answers) for name, place in known)
    each = Table("each class", ("class", "pictures", "recall", "precision"), rows)
    figures = {
        "pictures": len(truth),
        "accuracy": right / len(truth),
        "interval_95": [low, high],
        f"among_first_{FIRST}": among / len(truth),
        "sha256": found.sha256,
        "classes": {row[0]: {"pictures": row[1], "recall": row[2], "precision": row[3]} for row in rows},
    }
    shown = _pictures(report, classes, pictures, places, probabilities)
    return Section("frames", title, (whole, each), figures, shown)


def _measured(found: PictureFolder) -> tuple[Pictures, str]:
    """What is measured: what was split off by the user, or everything."""
    given = found.test if len(found.test) and found.test.paths[0].parts[-3] in ("test", "testing") else None
    if given is not None:
        return given, "its part to test"
    parts = [part for part in found.splits if len(part)]
    paths = tuple(path for part in parts for path in part.paths)
    labels, sides = (np.concatenate([getattr(part, name) for part in parts]) for name in ("labels", "sides"))
    return Pictures(paths, labels, sides), "all of it, whatever was learnt of it"


def _places(classes: tuple[str, ...], found: PictureFolder, path: Path) -> np.ndarray:
    """Where the folder's classes stand among the model's."""
    index = {name: i for i, name in enumerate(classes)}
    unknown = [name for name in found.classes if name not in index]
    if unknown:
        some = ", ".join(classes[:5]) + (", ..." if len(classes) > 5 else "")
        raise UserError(f"{path} does not know the class {unknown[0]}: it tells apart {some}")
    return np.array([index[name] for name in found.classes])


def _answers(model: Model, pictures: Pictures) -> tuple[tuple[str, ...], np.ndarray]:
    """The names that a model tells apart, and their probabilities for N pictures: N×K."""
    if model.input != WHOLE_FRAME:
        classifier = load_classifier(model.path)
        names = names_in(classifier.classes)
        return names, classifier.predict(crops_of(pictures))[:, : len(names)]
    network = open_network(model)
    answers = []
    for path in pictures.paths:
        try:
            answers.append(network.predict(read_picture(path)))
        except UnreadablePicture:
            answers.append(np.zeros(len(network.classes), np.float32))
    return network.classes, np.stack(answers)


def _row(name: str, place: int, truth: np.ndarray, answers: np.ndarray) -> tuple[str, str, str, str]:
    true, said = truth == place, answers == place
    both = int((true & said).sum())
    precision = both / said.sum() if said.any() else None
    return name, str(int(true.sum())), percent(both / true.sum() if true.any() else None), percent(precision)


def _pictures(
    report: Path | None,
    classes: tuple[str, ...],
    pictures: Pictures,
    places: np.ndarray,
    probabilities: np.ndarray,
) -> tuple[tuple[str, str], ...]:
    """The confusion matrix and a sheet of mistakes in the report, where classes are few enough to be seen."""
    if report is None or len(classes) > 100:
        return ()
    placed = Pictures(pictures.paths, places[pictures.labels], pictures.sides)
    captions = {CONFUSION: "confusion matrix", PAIRS: "the commonest mistakes"}
    written = write_mistakes(report, classes, placed, probabilities)
    return tuple((path.name, captions[path.name]) for path in written)
