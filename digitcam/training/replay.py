"""What fine-tuning must not forget: looks at training images, as a network's trunk sees them.

The shipped file lets people without MNIST fine-tune. Rehearsal against catastrophic forgetting (Robins,
1995), of activations instead of images, as in Pellegrini et al., "Latent Replay for Real-Time Continual
Learning" (2020).
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from digitcam.errors import UserError, one_line
from digitcam.outputs.base import write_whole
from digitcam.training import collections, material
from digitcam.training.material import NOT_A_DIGIT_LABEL
from digitcam.training.top import Top
from digitcam.twin import file_sha256

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
    memory = io.BytesIO()
    np.savez_compressed(
        memory,
        seen=np.rint(replay.seen * (LEVELS / largest)).astype(np.uint8),
        largest=np.float32(largest),
        labels=replay.labels.astype(np.uint8),
        keras_sha256=np.array(file_sha256(model)),
    )
    path = replay_path(model)
    write_whole(path, memory.getvalue(), overwrite=True)
    return path


def load_replay(model: Path) -> Replay | None:
    """The stored looks of a model; None where there are none.

    Raises:
        UserError: the file is damaged, or of another model.
    """
    path = replay_path(model)
    if not path.is_file():
        return None
    again = f"train.py --make-replay {model} makes it anew"
    try:
        with np.load(path) as archive:
            seen, largest, labels = archive["seen"], float(archive["largest"]), archive["labels"]
            origin = str(archive["keras_sha256"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise UserError(f"{path} cannot be read ({one_line(error)[:80]}): {again}") from error
    if origin != file_sha256(model):
        raise UserError(f"{path} was not made of {model} (their hashes differ): {again}")
    return Replay(seen.astype(np.float32) * (largest / LEVELS), labels)
