"""What is shown of a training's mistakes: crops, or pictures of a folder, and what a network says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import keras
import numpy as np

from digitcam.training import fit
from digitcam.training.picture_batches import PictureBatches
from digitcam.training.pictures import Pictures

# So many are judged after each epoch: a film is no test, and pictures are read from the disk each time.
MOST_CROPS, MOST_PICTURES = 4000, 300


class Watched(Protocol):
    """What a network is asked for after each epoch.

    Attributes:
        labels: N int.
    """

    @property
    def labels(self) -> np.ndarray: ...

    def predict(self, model: keras.Model) -> np.ndarray:
        """Probabilities, N×K float32."""

    def image(self, row: int) -> np.ndarray:
        """One of them, to be looked at: H×W×3 uint8, BGR."""


@dataclass(frozen=True, eq=False)
class WatchedCrops:
    """N×28×28 uint8 images, of which some are taken, and N labels."""

    images: np.ndarray
    labels: np.ndarray

    @classmethod
    def some_of(cls, images: np.ndarray, labels: np.ndarray) -> WatchedCrops:
        rows = _some(len(labels), MOST_CROPS)
        return cls(images[rows], labels[rows].astype(int))

    def predict(self, model: keras.Model) -> np.ndarray:
        return fit.predict(model, self.images)

    def image(self, row: int) -> np.ndarray:
        return np.repeat(self.images[row][..., None], 3, 2)


@dataclass(frozen=True, eq=False)
class WatchedPictures:
    """Pictures of a folder as a network of whole frames with an input of ``side`` pixels takes them."""

    batches: PictureBatches

    @classmethod
    def some_of(cls, pictures: Pictures, side: int) -> WatchedPictures:
        return cls(PictureBatches(pictures.only(_some(len(pictures), MOST_PICTURES)), side, batch_size=32))

    @property
    def labels(self) -> np.ndarray:
        return self.batches.pictures.labels.astype(int)

    def predict(self, model: keras.Model) -> np.ndarray:
        return np.asarray(model.predict(self.batches, verbose=0), np.float32)

    def image(self, row: int) -> np.ndarray:
        place, within = divmod(row, self.batches.batch_size)
        return self.batches[place][0][within][..., ::-1].astype(np.uint8)


def _some(count: int, most: int) -> np.ndarray:
    """Rows of up to so many, the same each time."""
    return np.sort(np.random.default_rng(0).permutation(count)[:most])
