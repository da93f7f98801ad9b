"""One training run from settings to a model with its record."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np

from digitcam.classifier import NOT_A_DIGIT, load_classifier
from digitcam.errors import UserError
from digitcam.keras_door import load_keras_model
from digitcam.metrics import wilson_interval
from digitcam.training import characters, fit, glyphs, material
from digitcam.training.architectures import ARCHITECTURES, multiply_adds
from digitcam.training.checkpoint import History, load_checkpoint, save_model, write_text
from digitcam.training.dataset import Mixture, Plain, Teacher
from digitcam.training.folder import read_folder
from digitcam.training.material import Material
from digitcam.training.recipes import GLYPHS
from digitcam.training.record import make_record
from digitcam.training.settings import MODEL, RECORD, SETTINGS, Run, check_folder, forget_folder
from digitcam.training.table import SUFFIX, read_table
from digitcam.types import LABELS

ACCEPTED_AT = (0.5, 0.8, 0.9, 0.95)


def train(run: Run) -> dict[str, Any]:
    """Train, calibrate, measure and save; returns the record.

    The same seed on the same machine with the same versions and backend gives the same weights on
    the CPU, with stops and without. It cannot hold across machines or on a GPU, where sums are taken
    in another order.

    Raises:
        UserError: the settings, the material or the disk do not allow it.
    """
    check_folder(run)
    keras.utils.set_random_seed(run.seed)
    try:
        classes, other = classes_of(run)
        model = _new_model(run, len(classes) + (other is not None))
        stuff = gather(run)
        _teacher(run, model.output_shape[-1])
    except BaseException:
        forget_folder(run)
        raise
    for sentence in stuff.missing:
        print(f"left out: {sentence}", file=sys.stderr)
    write_text(run.folder / SETTINGS, json.dumps(run.settings(), indent=1))
    history, model = _begin(run, stuff, model)
    describe(model, stuff)
    fit.fit(
        model,
        _batches(run, stuff, len(history)),
        stuff.validation,
        run.folder,
        epochs=run.recipe.epochs,
        history=history,
        watching=_watching(run, stuff, history),
    )
    temperature = fit.calibrate(model, *_calibration_set(stuff, model), _share_of_others(stuff))
    save_model(model, run.folder / MODEL)
    minutes = sum(epoch["seconds"] for epoch in history) / 60
    record = make_record(
        model,
        run.folder / MODEL,
        architecture=run.recipe.architecture,
        classes=[*stuff.classes, *([stuff.other] if stuff.other else [])],
        settings=run.settings(),
        data=stuff.describe(),
        measured=measure(model, stuff) | {"temperature": temperature, "minutes": round(minutes, 1)},
        command=run.command,
    )
    write_text(run.folder / RECORD, json.dumps(record, indent=1, ensure_ascii=False))
    return record


def classes_of(run: Run) -> tuple[tuple[str, ...], str | None]:
    """What the run tells apart, and the name of what is none of it: known before anything is gathered."""
    if run.recipe.dataset == characters.NAME:
        return characters.CLASSES, characters.OTHER
    if run.recipe.dataset == GLYPHS:
        assert run.pictures is not None
        return glyphs.classes_in(run.pictures), glyphs.OTHER if run.recipe.everything else None
    return LABELS, NOT_A_DIGIT if run.recipe.everything else None


def gather(run: Run) -> Material:
    """What the run learns from and is judged by."""
    if run.recipe.dataset == GLYPHS:
        assert run.pictures is not None
        return glyphs.gather(run.pictures, other=run.recipe.everything).shared(run.recipe.shares)
    if run.pictures is not None and run.pictures.suffix.lower() == SUFFIX:
        return read_table(run.pictures)
    if run.pictures is not None:
        return read_folder(run.pictures)
    if run.recipe.dataset == characters.NAME:
        return characters.gather(run.data_dir, run.page_crops).shared(run.recipe.shares)
    if run.recipe.everything:
        stuff = material.everything(run.data_dir, run.page_crops, emnist=run.recipe.emnist)
        return stuff.shared(run.recipe.shares)
    return material.mnist_alone(run.data_dir)


def _new_model(run: Run, outputs: int) -> keras.Model:
    model = ARCHITECTURES[run.recipe.architecture](outputs)
    if run.init is not None:
        _take_weights(model, run.init, run.recipe.architecture)
    return model


def _take_weights(model: keras.Model, path: Path, architecture: str) -> None:
    weights = load_keras_model(path).get_weights()
    if [w.shape for w in weights] != [w.shape for w in model.get_weights()]:
        raise UserError(
            f"cannot go on from {path}: expected the {model.count_params():,} weights of {architecture} with "
            f"{model.output_shape[-1]} classes, received {sum(w.size for w in weights):,} of another network"
        )
    model.set_weights(weights)


def _begin(run: Run, stuff: Material, model: keras.Model) -> tuple[History, keras.Model]:
    """The checkpoint to go on from, or the new model, compiled."""
    steps = len(_batches(run, stuff, 0))
    saved = load_checkpoint(run.folder, steps) if run.resume else None
    if saved is not None:
        return saved
    every = steps * run.recipe.epochs
    taught, other = run.teacher is not None, stuff.other is not None
    fit.compile_model(model, run.recipe, every, taught=taught, other=other)
    return [], model


def _batches(run: Run, stuff: Material, first_epoch: int) -> Mixture | Plain:
    recipe = run.recipe
    if not recipe.samples:
        part = stuff.parts[0]
        return Plain(
            part.images, part.labels, batch_size=recipe.batch_size, seed=run.seed, first_epoch=first_epoch
        )
    return Mixture(
        stuff.parts,
        batch_size=recipe.batch_size,
        batches=recipe.samples // recipe.batch_size,
        seed=run.seed,
        strength=recipe.strength,
        teacher=_teacher(run, len(stuff.classes) + (stuff.other is not None)),
        first_epoch=first_epoch,
    )


def _teacher(run: Run, classes: int) -> Teacher | None:
    """Who gives the probabilities that are learnt; UserError where it knows other classes."""
    if run.teacher is None:
        return None
    classifier = load_classifier(run.teacher)
    if len(classifier.classes) != classes:
        raise UserError(
            f"{run.teacher} cannot teach {run.recipe.architecture}: expected a model of "
            f"{classes} classes, received {len(classifier.classes)}"
        )
    return classifier.predict


def _watching(run: Run, stuff: Material, history: History) -> list[keras.callbacks.Callback]:
    """What shows the training."""
    if not run.watch:
        return []
    from digitcam.training.watch import watching
    from digitcam.training.watched import WatchedCrops

    watched = WatchedCrops.some_of(*stuff.validation)
    return watching(run.folder, watched, stuff.classes, history, run.recipe.epochs)


def describe(model: keras.Model, stuff: Material) -> None:
    """Say what is about to be trained, on what."""
    model.summary(print_fn=lambda text, **_: print(text, file=sys.stderr), line_length=78)
    millions = multiply_adds(model) / 1e6
    print(f"{model.count_params():,} weights, {millions:.1f} M multiply-adds", file=sys.stderr)
    for part in stuff.parts:
        print(f"{part.name:>16}: {len(part.images):7,} images, share {part.share:.2f}", file=sys.stderr)
    print(f"{'validation':>16}: {len(stuff.validation[0]):7,} images", file=sys.stderr)


def _calibration_set(stuff: Material, model: keras.Model) -> tuple[np.ndarray, np.ndarray]:
    images, labels = stuff.validation
    if stuff.other is None or not len(stuff.negatives):
        return images, labels
    none = np.full(len(stuff.negatives), len(stuff.classes), labels.dtype)
    return np.concatenate([images, stuff.negatives]), np.concatenate([labels, none])


def _share_of_others(stuff: Material) -> float:
    """Which share of the samples is none of the classes."""
    others = [bool((part.labels == len(stuff.classes)).all()) for part in stuff.parts]
    shares = np.array([part.share for part in stuff.parts])
    return float(shares[np.array(others)].sum() / shares.sum())


def measure(model: keras.Model, stuff: Material) -> dict[str, Any]:
    """Accuracy on validation and, once, on the test set; what is accepted at several confidences."""
    named = slice(len(stuff.classes))
    images, labels = stuff.validation
    digits = fit.predict(model, images)[:, named]
    result: dict[str, Any] = {
        "validation_accuracy": float((digits.argmax(1) == labels).mean()),
        "validation_digits_accepted": _accepted(digits),
    }
    if len(stuff.negatives):
        result["validation_negatives_accepted"] = _accepted(fit.predict(model, stuff.negatives)[:, named])
    if stuff.test is not None:
        images, labels = stuff.test
        right = int((fit.predict(model, images)[:, named].argmax(1) == labels).sum())
        low, high = wilson_interval(right, len(labels))
        result["test_accuracy"] = right / len(labels)
        result["test_interval_95"] = [round(low, 5), round(high, 5)]
    return result


def _accepted(digits: np.ndarray) -> dict[str, float]:
    """The share of answers (N×K) whose greatest probability reaches each confidence."""
    return {str(confidence): float((digits.max(1) >= confidence).mean()) for confidence in ACCEPTED_AT}
