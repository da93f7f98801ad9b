"""EMNIST's digits (Cohen et al., 2017) without copies of images in MNIST's test set.

python -m digitcam.training.emnist     how many are left out, and why
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitcam.commands.run import run
from digitcam.training import mnist, overlap
from digitcam.training.collections import read_arrays
from digitcam.training.download import write_atomically

FOLDER = "emnist"
FILES = ("emnist_byclass_test_digits", "emnist_extra_digits")
# Where somebody else has measured the resemblance, his bounds hold beside those measured here.
GIVEN = "emnist_mnist_overlap"
GIVEN_COSINE, GIVEN_COSINE_ONE = 0.95, 0.99


@dataclass(frozen=True, eq=False)
class Digits:
    """One file of digits and what is suspected of them.

    Attributes:
        name: the file's.
        images: N×28×28 uint8.
        labels: N, 0 to 9.
        cosines: N float32, the largest with an image of MNIST's test set, measured here.
        measured: N bool, which may be copies by those cosines.
        given: N bool, which may be copies by the file of resemblances; all False without it.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    cosines: np.ndarray
    measured: np.ndarray
    given: np.ndarray

    @property
    def kept(self) -> np.ndarray:
        """N bool, what may be trained on."""
        return ~(self.measured | self.given)


def emnist_digits(data_dir: Path) -> tuple[np.ndarray, np.ndarray] | None:
    """EMNIST's digits less all that resemble an image of MNIST's test set: images and labels.

    None where the collection is absent.
    """
    parts = [(part.images[part.kept], part.labels[part.kept]) for part in _read(data_dir)]
    if not parts:
        return None
    images, labels = zip(*parts, strict=True)
    return np.concatenate(images), np.concatenate(labels).astype(np.uint8)


def _read(data_dir: Path) -> Iterator[Digits]:
    """The files that are there, each judged."""
    folder = data_dir / FOLDER
    found = {name: read_arrays(folder / f"{name}.npz", "x", "y") for name in FILES}
    given = read_arrays(folder / f"{GIVEN}.npz", *(f"{name}_cos_test" for name in FILES))
    for name, data in found.items():
        if data is None:
            continue
        images, labels = data["x"], data["y"]
        cosines = _likeness(name, images, mnist.load_mnist("test", data_dir)[0])
        suspected = np.zeros(len(labels), bool)
        if given is not None:
            suspected = overlap.may_be_copies(
                given[f"{name}_cos_test"], labels, GIVEN_COSINE, GIVEN_COSINE_ONE
            )
        yield Digits(name, images, labels, cosines, overlap.may_be_copies(cosines, labels), suspected)


def _likeness(name: str, images: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Each image's likeness to the test set, kept in the user's cache: the data folder may be others' too."""
    source = Path(overlap.__file__).read_bytes()
    key = hashlib.sha256(b"".join((images.tobytes(), test.tobytes(), source))).hexdigest()
    path = mnist.cache_dir() / FOLDER / f"{name}_likeness.npz"
    kept = _kept(path, key)
    if kept is not None:
        return kept
    print(f"{name}: looking for copies of MNIST's test images, half a minute's work", file=sys.stderr)
    cosines = overlap.likeness(images, test)
    content = io.BytesIO()
    np.savez(content, cosines=cosines, key=np.array(key))
    # Where nothing can be kept, only the next run's half minute is lost.
    with suppress(OSError):
        write_atomically(path, content.getvalue())
    return cosines


def _kept(path: Path, key: str) -> np.ndarray | None:
    """What an earlier run left, if it was made of the same images in the same way."""
    try:
        with np.load(path) as archive:
            return archive["cosines"] if str(archive["key"]) == key else None
    except (OSError, ValueError, KeyError, EOFError, zlib.error, zipfile.BadZipFile):
        return None


def main(argv: Sequence[str] | None = None) -> int:
    """Print how many digits of each file are left out."""
    parser = argparse.ArgumentParser(prog="python -m digitcam.training.emnist", description=__doc__)
    parser.add_argument(
        "--data-dir", metavar="DIR", help="data folder (default: $DIGITCAM_DATA, else a cache)"
    )
    data_dir = mnist.find_data_dir(parser.parse_args(argv).data_dir)
    print(f"digits as like an image of MNIST's test set as copies are (cosine above {overlap.COPY_COSINE},")
    print(f"ones {overlap.COPY_COSINE_ONE}; in {GIVEN}.npz above {GIVEN_COSINE}, ones {GIVEN_COSINE_ONE})")
    found = False
    for part in _read(data_dir):
        found = True
        ones = part.labels == 1
        print(
            f"{part.name}: {len(part.labels):,} digits; {part.measured.sum():,} by the cosine measured here, "
            f"{(part.measured & ones).sum():,} of them ones; {part.given.sum():,} by the file; "
            f"{(part.measured & ~part.given).sum():,} by the first alone; {part.kept.sum():,} remain"
        )
    if not found:
        print(f"there are no EMNIST digits in {data_dir / FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
