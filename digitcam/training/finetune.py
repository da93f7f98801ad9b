"""Fitting the top of a digit network to corrections, with looks at its training images between them."""

from __future__ import annotations

import keras
import numpy as np

from digitcam.training.augment import Strength, augment
from digitcam.training.replay import Replay
from digitcam.training.top import Top

# Chosen on writers whom networks for that purpose had not seen (docs/corrections.md).
STEPS, BATCH_SIZE, LEARNING_RATE = 300, 128, 3e-3
# Of a batch this share is corrections; each is seen in so many forms, fewer where there are many.
SHARE, FORMS, MOST_LOOKS = 0.4, 20, 6000
# So far the weights go from the network's to those that were fitted.
WAY = 0.7
STRENGTH = Strength(
    rotation=10, zoom=0.12, shear=0.15, shift=1.0, elastic=0.9, stroke=0.3, blur=0.1, disturb=0.1
)


class Mixed(keras.utils.PyDataset):
    """Batches of which a share is corrections and the rest is replayed."""

    def __init__(
        self,
        mine: tuple[np.ndarray, np.ndarray],
        replayed: tuple[np.ndarray, np.ndarray],
        rng: np.random.Generator,
    ) -> None:
        super().__init__()
        self._mine, self._replayed, self._rng = mine, replayed, rng

    def __len__(self) -> int:
        return STEPS

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        count = round(SHARE * BATCH_SIZE)
        first = self._rng.integers(0, len(self._mine[0]), count)
        second = self._rng.integers(0, len(self._replayed[0]), BATCH_SIZE - count)
        looks, answers = (
            np.concatenate([own[first], other[second]])
            for own, other in zip(self._mine, self._replayed, strict=True)
        )
        return looks, answers


def finetune(top: Top, crops: np.ndarray, labels: np.ndarray, replay: Replay, seed: int = 0) -> None:
    """Fit the top, beginning with the weights of its network.

    Replayed images are to be answered as the network answers them (Li and Hoiem, "Learning without
    Forgetting", 2016), so that what it is unsure of stays unsure. In the end the weights are taken between
    those of the network and those that were fitted, which loses less of what was known (Wortsman et al.,
    "Robust Fine-Tuning of Zero-Shot Models", 2022).

    Args:
        top: changed in place.
        crops: N×28×28 uint8; labels: N, 10 for "not a digit".
    """
    top.reset()
    before = top.model.get_weights()
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    classes = top.model.output_shape[-1]
    forms = max(1, min(FORMS, MOST_LOOKS // len(crops)))
    changed = [np.stack([augment(crop, rng, STRENGTH) for crop in crops]) for _ in range(forms)]
    mine = top.seen(np.concatenate([crops, *changed]))
    truth = np.tile(np.eye(classes, dtype=np.float32)[labels], (1 + forms, 1))
    taught, _ = top.answers(replay.seen)
    rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, STEPS)
    top.model.compile(keras.optimizers.Adam(rate), "categorical_crossentropy")
    top.model.fit(Mixed((mine, truth), (replay.seen, taught), rng), epochs=1, verbose=0, shuffle=False)
    after = top.model.get_weights()
    top.model.set_weights([old + WAY * (new - old) for old, new in zip(before, after, strict=True)])
