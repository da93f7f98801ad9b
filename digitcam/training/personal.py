"""``train.py --finetune``: a personal model of a user's corrections, held against what it was before."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from digitcam.cascade import SCREEN
from digitcam.classifier import Classifier, load_classifier
from digitcam.corrected import later_counts
from digitcam.corrections.correction import NOT_A_DIGIT, WORDS, Correction
from digitcam.errors import UserError, one_line
from digitcam.keras_door import load_keras_model
from digitcam.training import finetune, mnist
from digitcam.training.checkpoint import save_model, write_text
from digitcam.training.export import export_twin
from digitcam.training.record import make_record
from digitcam.training.replay import BESIDES, Replay, gather, load_replay
from digitcam.training.top import Top
from digitcam.training.typical import make_typical
from digitcam.twin import twin_path
from digitcam.types import LABELS
from digitcam.typical import Typical, directions_by, load_typical, write_typical
from digitcam.weights_dir import DEFAULT_MODEL

# Corrections are held out by turns, in so many parts; with fewer corrections than that none is.
FOLDS = 3
# What MNIST may lose, as a share, unless more is allowed.
MOST_LOST = 0.001
# Without MNIST every so many-th stored look measures, and is not learnt from; of these few so many may be
# lost by chance.
MEASURING, CHANCE = 3, 3


@dataclass(frozen=True, slots=True)
class Measured:
    """Shares that are right: of corrections held out and of MNIST, before and after; how many there were.

    ``mnist`` says what MNIST's share was taken of; ``most_lost`` is what it may lose, as a share.
    """

    corrections: int
    corrections_before: float
    corrections_after: float
    mnist: str
    mnist_before: float
    mnist_after: float
    most_lost: float

    @property
    def lost(self) -> float:
        return self.mnist_before - self.mnist_after


class Personal:
    """The making of a personal model.

    Args:
        model: the Keras file to begin with.
        data_dir: where MNIST may be; it is not downloaded for this.
    """

    def __init__(self, model: Path, data_dir: Path, seed: int = 0) -> None:
        self.model = model
        self._seed = seed
        self.top = Top(load_keras_model(model), model)
        rng = np.random.default_rng(seed)
        stored = load_replay(model)
        self._has_mnist = (data_dir / mnist.FOLDER).is_dir()
        if stored is None and not self._has_mnist:
            raise UserError(
                f"{model} has no stored looks, and there is no MNIST in {data_dir}: run train.py once, which "
                "downloads it, or name a data folder with --data-dir"
            )
        if self._has_mnist:
            besides = gather(self.top, data_dir, BESIDES, rng)
            self.replay = besides if stored is None else stored.and_also(besides)
            images, labels = mnist.load_mnist("test", data_dir)
            self._test = Replay(self.top.seen(images), labels)
            self._called = f"MNIST's test set, {len(labels):,} images"
        else:
            assert stored is not None
            measuring = (np.arange(len(stored.labels)) % MEASURING == 0) & (stored.labels < NOT_A_DIGIT)
            self.replay, self._test = stored.only(~measuring), stored.only(measuring)
            self._called = f"{measuring.sum():,} stored looks at training images, for MNIST is not at hand"

    def learn(self, crops: np.ndarray, labels: np.ndarray) -> None:
        """Fit the top to corrections: N×28×28 uint8, and N labels, 10 for "not a digit"."""
        finetune.finetune(self.top, crops, labels, self.replay, self._seed)

    def classifier(self) -> Classifier:
        """The network as it is now."""

        def look(batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return self.top.answers(self.top.seen(batch[..., 0]))

        return Classifier(lambda batch: look(batch)[0], self.model, "Keras", self.top.classes, look)

    def typical(self) -> Typical:
        """Typical digits as the network sees them now."""
        digits = self.replay.labels < NOT_A_DIGIT
        _, hidden = self.top.answers(self.replay.seen[digits])
        return make_typical(hidden, self.replay.labels[digits], np.random.default_rng(self._seed))

    def mnist_share(self) -> float:
        """Which share of MNIST's test set, or of what stands for it, is read right now."""
        answers, _ = self.top.answers(self._test.seen)
        return float((answers[:, : len(LABELS)].argmax(1) == self._test.labels).mean())

    def measure_and_learn(self, crops: np.ndarray, labels: np.ndarray) -> Measured:
        """Fit the top to all corrections, having measured what that is worth on parts held out by turns."""
        self.top.reset()
        before = self._right(crops, labels)
        mnist_before = self.mnist_share()
        held = np.zeros(len(labels), bool)
        if len(labels) >= FOLDS:
            order = np.random.default_rng(self._seed).permutation(len(labels))
            for fold in range(FOLDS):
                out = order[fold::FOLDS]
                rest = np.setdiff1d(order, out)
                self.learn(crops[rest], labels[rest])
                held[out] = self._right(crops[out], labels[out])
        self.learn(crops, labels)
        return Measured(
            len(labels) if len(labels) >= FOLDS else 0,
            float(before.mean()),
            float(held.mean()),
            self._called,
            mnist_before,
            self.mnist_share(),
            MOST_LOST if self._has_mnist else max(MOST_LOST, CHANCE / len(self._test.labels)),
        )

    def _right(self, crops: np.ndarray, labels: np.ndarray) -> np.ndarray:
        answers, _ = self.top.answers(self.top.seen(crops))
        return np.asarray(answers.argmax(1) == labels)

    def write(self, folder: Path, about: dict[str, Any], command: str) -> Path:
        """Write the model, its twin, its record and what belongs to it; an older one gives way as a whole.

        Raises:
            UserError: the disk refuses; what was there is kept.
        """
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        except OSError as error:
            raise UserError(f"{folder} cannot be written: {one_line(error)}") from error
        try:
            path = part / DEFAULT_MODEL
            network = self.top.whole()
            save_model(network, path)
            record = make_record(
                network,
                path,
                architecture=network.name,
                classes=WORDS[: network.output_shape[-1]],
                settings={"finetuned_from": self.model.name, "seed": self._seed},
                data=[],
                measured=about,
                command=command,
            )
            write_text(path.with_suffix(".json"), json.dumps(record, indent=1, ensure_ascii=False))
            export_twin(path, eight_bits=True)
            write_typical(path, self.typical())
            screen = self.model.with_name(SCREEN)
            for file in (screen, twin_path(screen), screen.with_suffix(".json")):
                if file.is_file():
                    shutil.copy(file, part / file.name)
            _take_place(part, folder)
        except OSError as error:
            raise UserError(f"{folder} cannot be written: {one_line(error)}; the old one is kept") from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return folder / DEFAULT_MODEL


def usable(corrections: list[Correction], model: Path) -> tuple[np.ndarray, np.ndarray]:
    """Crops and labels to learn from: of corrections that contradict each other the later counts."""
    crops = np.stack([c.crop for c in corrections])
    labels = np.array([c.label for c in corrections])
    hidden = load_classifier(model).hidden(crops)
    kept = later_counts(directions_by(load_typical(model), hidden), labels)
    if not kept.all():
        print(f"{(~kept).sum()} corrections were contradicted by later ones, which count", file=sys.stderr)
    return crops[kept], labels[kept]


def _take_place(part: Path, folder: Path) -> None:
    """Rename a finished folder to its name; the older one goes when that is done."""
    old = part.with_name(f"{part.name}.old")
    there = folder.exists()
    if there:
        os.replace(folder, old)
    try:
        os.replace(part, folder)
    except OSError:
        if there:
            os.replace(old, folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
