"""Batches for training: a weighted mixture of collections, augmented anew in every epoch."""

from __future__ import annotations

import threading
from collections.abc import Callable

import keras
import numpy as np

from digitcam.training.augment import Strength, augment, spoil
from digitcam.training.material import Part

Teacher = Callable[[np.ndarray], np.ndarray]


class Mixture(keras.utils.PyDataset):
    """A deterministic stream: the same seed and epoch give the same batches, in any process.

    Args:
        parts: the collections and how often each is drawn.
        batch_size: images in a batch.
        batches: in an epoch.
        seed: of what is drawn and how it is changed.
        strength: of the augmentation; None for none.
        teacher: gives N×K probabilities for N×28×28 uint8, which are learnt in place of the labels
            (Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015).
        first_epoch: to go on from.
    """

    def __init__(
        self,
        parts: list[Part],
        *,
        batch_size: int,
        batches: int,
        seed: int,
        strength: Strength | None,
        teacher: Teacher | None = None,
        first_epoch: int = 0,
    ) -> None:
        super().__init__(workers=2, use_multiprocessing=False, max_queue_size=16)
        self.parts = parts
        self.batch_size = batch_size
        self.batches = batches
        self.seed = seed
        self.strength = strength
        self.teacher = teacher
        self.epoch = first_epoch
        # Batches are made by two threads, and a network runs in one at a time.
        self._asking = threading.Lock()
        shares = np.array([part.share for part in parts], float)
        self._shares = shares / shares.sum()

    def __len__(self) -> int:
        return self.batches

    def on_epoch_end(self) -> None:
        self.epoch += 1

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng((self.seed, self.epoch, index))
        chosen = rng.choice(len(self.parts), self.batch_size, p=self._shares)
        pairs = [self._sample(self.parts[part], rng) for part in chosen]
        images = np.stack([image for image, _ in pairs])
        inputs = images[..., None].astype(np.float32)
        if self.teacher is None:
            return inputs, np.array([label for _, label in pairs], np.int32)
        with self._asking:
            return inputs, self.teacher(images)

    def _sample(self, part: Part, rng: np.random.Generator) -> tuple[np.ndarray, int]:
        item = int(rng.integers(len(part.images))) if part.odds is None else part.pick(rng)
        label = int(part.labels[item])
        if part.spoiled:
            image = spoil(part.images[[item, int(rng.integers(len(part.images)))]], rng)
        else:
            image = part.images[item]
        return (augment(image, rng, self.strength) if self.strength else image), label


class Plain(keras.utils.PyDataset):
    """Every image once an epoch in a shuffled order, unchanged."""

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        *,
        batch_size: int,
        seed: int,
        first_epoch: int = 0,
    ) -> None:
        super().__init__()
        self.images, self.labels = images, labels
        self.batch_size, self.seed, self.epoch = batch_size, seed, first_epoch
        self._shuffle()

    def _shuffle(self) -> None:
        self._order = np.random.default_rng((self.seed, self.epoch)).permutation(len(self.images))

    def __len__(self) -> int:
        return -(-len(self.images) // self.batch_size)

    def on_epoch_end(self) -> None:
        self.epoch += 1
        self._shuffle()

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        return self.images[chosen][..., None].astype(np.float32), self.labels[chosen].astype(np.int32)
