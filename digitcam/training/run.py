"""One training run from settings to a model with its record."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from digitcam.errors import UserError, one_line
from digitcam.evaluation.metrics import wilson_interval
from digitcam.training import fit, material, mnist
from digitcam.training.architectures import ARCHITECTURES, multiply_adds
from digitcam.training.dataset import NOT_A_DIGIT, Mixture, Plain
from digitcam.training.recipes import Recipe
from digitcam.training.record import make_record

MODEL = "model.keras"
RECORD = "model.json"
SETTINGS = "settings.json"
ACCEPTED_AT = (0.5, 0.8, 0.9, 0.95)


@dataclass(frozen=True)
class Run:
    """
    Attributes:
        recipe: what to do.
        folder: where everything goes; made if absent.
        data_dir: the data folder.
        seed: of weights, batches and dropout.
        init: a saved model of the same architecture to go on from.
        page_crops: a file of crops that the pipe cut out of generated pages.
        resume: go on from the folder's checkpoint.
    """

    recipe: Recipe
    folder: Path
    data_dir: Path
    seed: int
    init: Path | None = None
    page_crops: Path | None = None
    resume: bool = False

    def settings(self) -> dict[str, Any]:
        return {
            **asdict(self.recipe),
            "seed": self.seed,
            "init": str(self.init) if self.init else None,
            "page_crops": str(self.page_crops) if self.page_crops else None,
        }


def train(run: Run) -> dict[str, Any]:
    """Train, calibrate, measure and save; returns the record.

    The same seed on the same machine with the same versions and backend gives the same weights on
    the CPU. It cannot hold across machines or on a GPU, where sums are taken in another order.
    """
    begin = time.monotonic()
    keras.utils.set_random_seed(run.seed)
    stuff = (
        material.everything(run.data_dir, run.page_crops)
        if run.recipe.everything
        else material.mnist_alone(run.data_dir)
    )
    for sentence in stuff.missing:
        print(f"left out: {sentence}", file=sys.stderr)
    _prepare_folder(run)
    history, model = _start_or_resume(run, stuff)
    describe(model, stuff)
    fit.fit(
        model,
        _batches(run, stuff, len(history)),
        stuff.validation,
        run.folder,
        epochs=run.recipe.epochs,
        history=history,
    )
    temperature = fit.calibrate(model, *_calibration_set(stuff, model))
    path = run.folder / MODEL
    fit.save_model(model, path)
    measured = measure(model, run.data_dir, stuff)
    measured |= {"temperature": temperature, "minutes": round((time.monotonic() - begin) / 60, 1)}
    record = make_record(
        model,
        path,
        architecture=run.recipe.architecture,
        settings=run.settings(),
        data=stuff.describe(),
        measured=measured,
    )
    fit.replace_text(run.folder / RECORD, json.dumps(record, indent=1, ensure_ascii=False))
    return record


def _prepare_folder(run: Run) -> None:
    try:
        run.folder.mkdir(parents=True, exist_ok=True)
        settings = run.folder / SETTINGS
        if run.resume:
            if not settings.exists():
                raise UserError(f"nothing to resume in {run.folder}: no {SETTINGS} there; leave out --resume")
            if json.loads(settings.read_text(encoding="utf-8")) != json.loads(json.dumps(run.settings())):
                raise UserError(f"{run.folder} was begun with other settings than these: see {settings}")
        elif (run.folder / MODEL).exists() or (run.folder / fit.CHECKPOINT).exists():
            raise UserError(f"{run.folder} holds a run already: give another --output, or --resume")
        else:
            fit.replace_text(settings, json.dumps(run.settings(), indent=1))
    except OSError as error:
        raise UserError(f"cannot write to {run.folder}: {one_line(error)}; give another --output") from error


def _start_or_resume(run: Run, stuff: material.Material) -> tuple[list[dict[str, float]], keras.Model]:
    checkpoint = run.folder / fit.CHECKPOINT
    if run.resume and checkpoint.exists():
        history = json.loads((run.folder / fit.HISTORY).read_text(encoding="utf-8"))
        return history, keras.saving.load_model(checkpoint)
    model = ARCHITECTURES[run.recipe.architecture](11 if run.recipe.everything else 10)
    if run.init is not None:
        _take_weights(model, run.init)
    fit.compile_model(model, run.recipe, len(_batches(run, stuff, 0)) * run.recipe.epochs)
    return [], model


def _take_weights(model: keras.Model, path: Path) -> None:
    try:
        model.set_weights(keras.saving.load_model(path, compile=False).get_weights())
    except (OSError, ValueError) as error:
        raise UserError(f"cannot go on from {path}: {one_line(error)[:200]}") from error


def _batches(run: Run, stuff: material.Material, first_epoch: int) -> Mixture | Plain:
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
        first_epoch=first_epoch,
    )


def describe(model: keras.Model, stuff: material.Material) -> None:
    """Say what is about to be trained, on what."""
    model.summary(print_fn=lambda text, **_: print(text, file=sys.stderr), line_length=90)
    print(f"{model.count_params():,} weights, {multiply_adds(model) / 1e6:.1f} M multiply-adds", file=sys.stderr)
    for part in stuff.parts:
        print(f"{part.name:>16}: {len(part.images):7,} images, share {part.share:.2f}", file=sys.stderr)
    print(f"{'validation':>16}: {len(stuff.validation[0]):7,} images", file=sys.stderr)


def _calibration_set(stuff: material.Material, model: keras.Model) -> tuple[np.ndarray, np.ndarray]:
    images, labels = stuff.validation
    if model.output_shape[-1] == NOT_A_DIGIT or not len(stuff.negatives):
        return images, labels
    return (
        np.concatenate([images, stuff.negatives]),
        np.concatenate([labels, np.full(len(stuff.negatives), NOT_A_DIGIT, labels.dtype)]),
    )


def measure(model: keras.Model, data_dir: Path, stuff: material.Material) -> dict[str, Any]:
    """Accuracy on validation and, once, on the test set; what is accepted at several confidences."""
    predict = lambda images: model.predict(images[..., None].astype(np.float32), batch_size=500, verbose=0)  # noqa: E731
    digits = predict(stuff.validation[0])[:, :10]
    test_images, test_labels = mnist.load_mnist("test", data_dir)
    tested = predict(test_images)[:, :10]
    right = int((tested.argmax(1) == test_labels).sum())
    low, high = wilson_interval(right, len(test_labels))
    result: dict[str, Any] = {
        "validation_accuracy": float((digits.argmax(1) == stuff.validation[1]).mean()),
        "test_accuracy": right / len(test_labels),
        "test_interval_95": [round(low, 5), round(high, 5)],
        "validation_digits_accepted": {str(c): float((digits.max(1) >= c).mean()) for c in ACCEPTED_AT},
    }
    if len(stuff.negatives):
        refused = predict(stuff.negatives)[:, :10].max(1)
        result["validation_negatives_accepted"] = {str(c): float((refused >= c).mean()) for c in ACCEPTED_AT}
    return result
