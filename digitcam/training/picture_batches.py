"""Batches of pictures from files, read when they are needed: a folder may be larger than the memory."""

from __future__ import annotations

import cv2
import keras
import numpy as np

from digitcam.sources.decoding import UnreadablePicture
from digitcam.sources.pictures import read_picture
from digitcam.training.pictures import Pictures

# Augmentation, half-widths of symmetric ranges: degrees, and shares of size, side and levels.
ROTATION, ZOOM, SHIFT, LIGHT = 10.0, 0.12, 0.06, 0.2


class PictureBatches(keras.utils.PyDataset):
    """Pictures as a network of whole frames takes them: N×side×side×3 float32, RGB, 0 to 255, and N labels.

    Args:
        side: pixels.
        batch_size: pictures in a batch.
        seed: of what is drawn and how it is changed; None gives every picture once, as it is.
        first_epoch: to go on from.
        steps: batches in an epoch; by default as many as hold every picture once.

    With a seed every class is drawn equally often. The same seed, epoch and place give the same batch.
    """

    def __init__(
        self,
        pictures: Pictures,
        side: int,
        *,
        batch_size: int,
        seed: int | None = None,
        first_epoch: int = 0,
        steps: int | None = None,
    ) -> None:
        super().__init__(workers=2, use_multiprocessing=False, max_queue_size=4)
        self.pictures = pictures
        self.side = side
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = first_epoch
        self.steps = steps or -(-len(pictures) // batch_size)
        self._of_class = [np.flatnonzero(pictures.labels == label) for label in np.unique(pictures.labels)]

    def __len__(self) -> int:
        return self.steps

    def on_epoch_end(self) -> None:
        self.epoch += 1

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        if self.seed is None:
            rows = np.arange(len(self.pictures))[index * self.batch_size : (index + 1) * self.batch_size]
            images = [self._read(row) for row in rows.tolist()]
        else:
            rng = np.random.default_rng((self.seed, self.epoch, index))
            kinds = rng.integers(len(self._of_class), size=self.batch_size)
            rows = np.array([rng.choice(self._of_class[kind]) for kind in kinds])
            images = [augment(self._read(row), rng) for row in rows.tolist()]
        return np.stack(images).astype(np.float32), self.pictures.labels[rows].astype(np.int32)

    def _read(self, row: int) -> np.ndarray:
        """A picture at the network's size; grey where its content turns out to be damaged after all."""
        try:
            image = read_picture(self.pictures.paths[row])
        except UnreadablePicture:
            return np.full((self.side, self.side, 3), 128, np.uint8)
        how = cv2.INTER_AREA if max(image.shape[:2]) > self.side else cv2.INTER_LINEAR
        small = cv2.resize(image, (self.side, self.side), interpolation=how)
        return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB))


def augment(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same thing held a little otherwise, in another light: S×S×3 uint8. A mirrored 3 is none."""
    side = image.shape[0]
    matrix = cv2.getRotationMatrix2D(
        (side / 2, side / 2), rng.uniform(-ROTATION, ROTATION), float(np.exp(rng.uniform(-ZOOM, ZOOM)))
    )
    matrix[:, 2] += rng.uniform(-SHIFT, SHIFT, 2) * side
    turned = cv2.warpAffine(image, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
    gain, lift = 1 + rng.uniform(-LIGHT, LIGHT), 127.5 * rng.uniform(-LIGHT, LIGHT)
    return np.clip(turned * np.float32(gain) + np.float32(lift), 0, 255).astype(np.uint8)
