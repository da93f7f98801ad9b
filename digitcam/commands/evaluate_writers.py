"""``evaluate.py --writers``: strangers whose digits are corrected, with ``--finetune`` learnt for good."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from digitcam.classifier import load_classifier
from digitcam.evaluation.report import Section
from digitcam.evaluation.writers import Tuned, Tuner, load_writers, measure_writers
from digitcam.weights_dir import find_model


def measure(model: str | None, data_dir: Path, seed: int, finetuned: bool) -> Section:
    """The table of writers; UserError where their digits, or MNIST, are not at hand."""
    writers = load_writers(data_dir)
    tuner = make_tuner(find_model(model), data_dir, seed) if finetuned else None
    return measure_writers(load_classifier(model), writers, seed, tuner)


def make_tuner(model: Path, data_dir: Path, seed: int) -> Tuner:
    """What makes of a writer's corrections what ``train.py --finetune`` would."""
    from digitcam.keras_door import import_keras

    import_keras()
    from digitcam.training.personal import Personal

    making = Personal(model, data_dir, seed)
    before = making.mnist_share()

    def tune(crops: np.ndarray, labels: np.ndarray) -> Tuned:
        making.learn(crops, labels)
        return Tuned(making.classifier(), making.typical(), before - making.mnist_share())

    return tune
