"""What fine-tuning must not forget: looks at training images, as a network's trunk sees them.

The shipped file lets people without MNIST fine-tune. Rehearsal against catastrophic forgetting (Robins,
1995), of activations instead of images, as in Pellegrini et al., "Latent Replay for Real-Time Continual
Learning" (2020).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from digitcam.companion import load_companion, write_companion
from digitcam.training import collections, material
from digitcam.training.material import NOT_A_DIGIT_LABEL
from digitcam.training.top import Top

SUFFIX = ".replay.npz"
# Images of the shipped file, and of those that are taken besides where they are at hand.
STORED = {"mnist": 900, "unipen": 500, "letters": 400, "doodles": 200}
BESIDES = {"mnist": 4000, "unipen": 2500}
LEVELS = 255


class Replay(NamedTuple):
    """N looks: ``seen`` of the trunk, float32; ``labels``, 10 for "not a digit"."""

    seen: np.ndarray
    labels: np.ndarray

    def only(self, rows: np.ndarray) -> Replay:
        return Replay(self.seen[rows], self.labels[rows])

    def and_also(self, other: Replay) -> Replay:
        return Replay(*(np.concatenate(parts) for parts in zip(self, other, strict=True)))


def replay_path(model: Path) -> Path:
    """Where the stored looks lie: beside the Keras model."""
    return model.with_name(model.stem + SUFFIX)


def gather(top: Top, data_dir: Path, counts: dict[str, int], rng: np.random.Generator) -> Replay:
    """Looks at so many images of each collection; what is not in the data folder is left out.

    Raises:
        UserError: MNIST is not to be had.
    """
    mnist = material.mnist_alone(data_dir).parts[0]
    found: dict[str, tuple[np.ndarray, np.ndarray] | None] = {"mnist": (mnist.images, mnist.labels)}
    found["unipen"] = collections.unipen_digits(data_dir, rng, 1)
    if "letters" in counts:
        found["letters"] = _no_digits(collections.letters(data_dir, rng))
    if "doodles" in counts:
        found["doodles"] = _no_digits(collections.doodles(data_dir))
    images, labels = [], []
    for name, count in counts.items():
        some = found[name]
        if some is not None:
            rows = rng.permutation(len(some[0]))[:count]
            images.append(some[0][rows])
            labels.append(some[1][rows])
    return Replay(top.seen(np.concatenate(images)), np.concatenate(labels))


def _no_digits(images: np.ndarray | None) -> tuple[np.ndarray, np.ndarray] | None:
    return None if images is None else (images, np.full(len(images), NOT_A_DIGIT_LABEL, np.uint8))


def write_replay(model: Path, replay: Replay) -> Path:
    """Write the stored looks beside a model, in 256 levels; UserError where that fails."""
    largest = float(replay.seen.max())
    arrays: dict[str, np.ndarray] = {
        "seen": np.rint(replay.seen * (LEVELS / largest)).astype(np.uint8),
        "largest": np.array(largest, np.float32),
        "labels": replay.labels.astype(np.uint8),
    }
    write_companion(replay_path(model), model, arrays)
    return replay_path(model)


def load_replay(model: Path) -> Replay | None:
    """The stored looks of a model; None where there are none.

    Raises:
        UserError: the file is damaged, or of another model.
    """
    names = ("seen", "largest", "labels")
    arrays = load_companion(replay_path(model), model, names, "made", "--make-replay")
    if arrays is None:
        return None
    seen, largest, labels = arrays
    return Replay(seen.astype(np.float32) * (float(largest) / LEVELS), labels)
