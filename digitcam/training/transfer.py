"""A network of one's own pictures: trained, resumed after a stop, measured on what was kept out, saved.

First the head alone learns, upon a body that stays as it is; then, slowly, all of it. Without a body there is
one stage.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from digitcam.keras_door import load_keras_model
from digitcam.metrics import wilson_interval
from digitcam.models import WHOLE_FRAME
from digitcam.training import fit
from digitcam.training.bodies import body_of, build
from digitcam.training.checkpoint import History, load_checkpoint, load_history, save_model, write_text
from digitcam.training.mistakes import write_mistakes
from digitcam.training.picture_batches import PictureBatches
from digitcam.training.pictures import PictureFolder, Pictures, find_pictures
from digitcam.training.record import make_record
from digitcam.training.settings import MODEL, RECORD, SETTINGS, Run, check_folder, forget_folder
from digitcam.whole.convention import Convention

# The folder of the head's training within the run's.
HEAD = "head"
# Steps of an epoch: small folders are gone through several times, large ones in parts.
LEAST_STEPS, MOST_STEPS = 40, 500
# Of the fine-tuning, against the head's.
SLOWLY = 0.02


@dataclass(frozen=True)
class Stage:
    """Part of a training: where its checkpoints go, its epochs, its rate, and whether the body learns."""

    folder: Path
    epochs: int
    learning_rate: float
    whole: bool


def train(run: Run) -> dict[str, Any]:
    """Train, measure and save; returns the record.

    Raises:
        UserError: the settings, the pictures or the disk do not allow it.
    """
    check_folder(run)
    keras.utils.set_random_seed(run.seed)
    assert run.pictures is not None
    try:
        pictures = find_pictures(run.pictures)
        told = list(pictures.table()) + [f"warning: {line}" for line in pictures.warnings]
        print("\n".join(told), file=sys.stderr)
        model, name = _model(run, len(pictures.classes))
    except BaseException:
        forget_folder(run)
        raise
    run = replace(run, recipe=replace(run.recipe, architecture=name))
    write_text(run.folder / SETTINGS, json.dumps(run.settings(), indent=1))
    side = int(model.input_shape[1])
    before: History = []
    for stage in _stages(run, model):
        model, learnt = _learn(run, stage, model, pictures, side, before)
        before = before + learnt
    save_model(model, run.folder / MODEL)
    measured = measure(model, pictures, side)
    record = make_record(
        model,
        run.folder / MODEL,
        architecture=name,
        classes=pictures.classes,
        settings=run.settings(),
        data=[{"name": "pictures", "images": sum(map(len, pictures.splits)), "sha256": pictures.sha256}],
        measured=measured,
        command=run.command,
    )
    record |= {"input": WHOLE_FRAME, "frame": Convention(side, side).to_json()}
    record.pop("convention")
    write_text(run.folder / RECORD, json.dumps(record, indent=1, ensure_ascii=False))
    kept_out = pictures.test if len(pictures.test) else pictures.validation
    write_mistakes(run.folder, pictures.classes, kept_out, predict(model, kept_out, side))
    return record


def _model(run: Run, classes: int) -> tuple[keras.Model, str]:
    """A new network, or the one that a run was begun with."""
    asked = run.recipe.architecture or None
    head = run.folder / HEAD / MODEL
    if run.resume and head.is_file():  # the head has been learnt: its body is in the file
        return load_keras_model(head), str(asked)
    return build(asked, classes)


def _stages(run: Run, model: keras.Model) -> list[Stage]:
    recipe = run.recipe
    if body_of(model) is None:
        return [Stage(run.folder, recipe.epochs, recipe.learning_rate, whole=False)]
    head = max(1, recipe.epochs // 2)
    return [
        Stage(run.folder / HEAD, head, recipe.learning_rate, whole=False),
        Stage(run.folder, max(1, recipe.epochs - head), SLOWLY * recipe.learning_rate, whole=True),
    ]


def _learn(
    run: Run, stage: Stage, model: keras.Model, pictures: PictureFolder, side: int, before: History
) -> tuple[keras.Model, History]:
    """One stage of the training, from where it was left; the model as it is then, and the stage's history."""
    if stage.folder != run.folder:
        if (stage.folder / MODEL).is_file():
            return model, load_history(stage.folder)
        stage.folder.mkdir(exist_ok=True)
    recipe = run.recipe
    steps = min(MOST_STEPS, max(LEAST_STEPS, -(-len(pictures.train) // recipe.batch_size)))
    saved = load_checkpoint(stage.folder, steps) if run.resume else None
    if saved is None:
        body = body_of(model)
        if body is not None:
            body.trainable = stage.whole
        rate = replace(recipe, learning_rate=stage.learning_rate)
        fit.compile_model(model, rate, steps * stage.epochs)
        saved = [], model
    history, model = saved
    size = recipe.batch_size
    print(f"{model.count_params():,} weights, {steps} steps of {size} pictures an epoch", file=sys.stderr)
    learnt = PictureBatches(
        pictures.train, side, batch_size=size, seed=run.seed, first_epoch=len(history), steps=steps
    )
    judged = PictureBatches(pictures.validation, side, batch_size=recipe.batch_size)
    fit.run(
        model,
        learnt,
        judged,
        stage.folder,
        epochs=stage.epochs,
        history=history,
        watching=_watching(run, pictures, side, history, before) if run.watch else (),
    )
    if stage.folder != run.folder:
        save_model(model, stage.folder / MODEL)
    return model, history


def _watching(
    run: Run, pictures: PictureFolder, side: int, history: History, before: History
) -> list[keras.callbacks.Callback]:
    """What shows the training, both of its stages as one."""
    from digitcam.training.watch import watching
    from digitcam.training.watched import WatchedPictures

    watched = WatchedPictures.some_of(pictures.validation, side)
    return watching(run.folder, watched, pictures.classes, history, run.recipe.epochs, before)


def predict(model: keras.Model, pictures: Pictures, side: int) -> np.ndarray:
    """Probabilities of N pictures: N×K float32."""
    if not len(pictures):
        return np.zeros((0, int(model.output_shape[-1])), np.float32)
    return np.asarray(model.predict(PictureBatches(pictures, side, batch_size=32), verbose=0), np.float32)


def measure(model: keras.Model, pictures: PictureFolder, side: int) -> dict[str, Any]:
    """Accuracy on validation and, once, on what tests, with its 95 % interval."""
    measured: dict[str, Any] = {}
    for name, part in (("validation", pictures.validation), ("test", pictures.test)):
        if not len(part):
            continue
        right = int((predict(model, part, side).argmax(1) == part.labels).sum())
        low, high = wilson_interval(right, len(part))
        measured[f"{name}_accuracy"] = right / len(part)
        measured[f"{name}_interval_95"] = [round(low, 5), round(high, 5)]
    return measured
