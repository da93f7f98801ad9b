"""MNIST (LeCun, Cortes, Burges 1998): found in the data folder or downloaded, and checked either way.

The data folder holds ``mnist/train-images-idx3-ubyte.gz`` and its three sisters, gzipped or not. What counts
is the decompressed content, known by its SHA-256: a file that differs is named and refused, never replaced.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitcam.errors import UserError, one_line
from digitcam.training.download import DownloadError, Progress, fetch, show_progress, write_atomically
from digitcam.user_folder import cache_dir

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
FOLDER = "mnist"
WRITERS = "qmnist_labels_for_mnist.npz"
WRITER_COLUMN = 2


@dataclass(frozen=True, slots=True)
class IdxFile:
    """One of the four files: its name, the SHA-256 of its decompressed bytes and its array's shape."""

    name: str
    sha256: str
    shape: tuple[int, ...]

    @property
    def header(self) -> bytes:
        """The IDX header: two zeros, 8 for unsigned bytes, the number of axes, each axis in 4 bytes."""
        axes = b"".join(axis.to_bytes(4, "big") for axis in self.shape)
        return bytes([0, 0, 8, len(self.shape)]) + axes

    @property
    def size(self) -> int:
        """Decompressed bytes."""
        return len(self.header) + int(np.prod(self.shape))


@dataclass(frozen=True, slots=True)
class Split:
    """The two files of one part of the collection."""

    images: IdxFile
    labels: IdxFile


FILES: Mapping[str, Split] = {
    "train": Split(
        IdxFile(
            "train-images-idx3-ubyte",
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            (60000, 28, 28),
        ),
        IdxFile(
            "train-labels-idx1-ubyte",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            (60000,),
        ),
    ),
    "test": Split(
        IdxFile(
            "t10k-images-idx3-ubyte",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            (10000, 28, 28),
        ),
        IdxFile(
            "t10k-labels-idx1-ubyte",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            (10000,),
        ),
    ),
}


def find_data_dir(argument: str | None = None) -> Path:
    """The data folder: ``argument`` (``--data-dir``), else ``$DIGITCAM_DATA``, else the user's cache folder.

    The folder need not exist. UserError where a file stands in its place.
    """
    chosen = argument or os.environ.get("DIGITCAM_DATA")
    folder = Path(chosen).expanduser() if chosen else cache_dir()
    if folder.exists() and not folder.is_dir():
        raise UserError(f"data folder {folder} is a file: name a folder with --data-dir or $DIGITCAM_DATA")
    return folder


def load_mnist(
    split: str,
    data_dir: Path,
    *,
    mirrors: Sequence[str] = MIRRORS,
    files: Mapping[str, Split] = FILES,
    progress: Progress = show_progress,
    timeout: float = 20.0,
) -> tuple[np.ndarray, np.ndarray]:
    """The images and labels of ``split``, ``"train"`` or ``"test"``, in the collection's own order.

    Files that are absent are downloaded into ``data_dir/mnist`` from the first of ``mirrors`` that delivers.

    Returns:
        N×28×28 uint8, white ink (255) on black, and N uint8 labels.

    Raises:
        UserError: a file is damaged, mistaken for another, unreadable, or absent and not to be had.
    """
    wanted = files[split]
    absent = [f for f in (wanted.images, wanted.labels) if _find(data_dir, f) is None]
    for position, file in enumerate(absent):
        _download(file, absent[position:], data_dir, mirrors, files, progress, timeout)
    images, labels = (_read(data_dir, file, files) for file in (wanted.images, wanted.labels))
    return images, labels


def load_writers(
    split: str, data_dir: Path, *, files: Mapping[str, Split] = FILES
) -> np.ndarray | None:
    """Each image's writer (N int64), from QMNIST (Yadav, Bottou 2019); None where that file is absent.

    UserError where the file is there and is not what it should be.
    """
    path = data_dir / FOLDER / WRITERS
    if not path.exists():
        return None
    count = files[split].labels.shape[0]
    try:
        with np.load(path) as archive:
            records = archive[split]
    except (OSError, ValueError, KeyError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise UserError(f"{path} cannot be read ({one_line(error)}): replace or remove it") from error
    if records.ndim != 2 or records.shape[0] != count or records.shape[1] <= WRITER_COLUMN:
        raise UserError(
            f"{path} does not fit MNIST: expected {count} records of 8 columns for {split}, "
            f"received {records.shape}: replace or remove it"
        )
    return records[:, WRITER_COLUMN].astype(np.int64)


def _find(data_dir: Path, file: IdxFile) -> Path | None:
    for name in (f"{file.name}.gz", file.name):
        path = data_dir / FOLDER / name
        if path.exists():
            return path
    return None


def _read(data_dir: Path, file: IdxFile, files: Mapping[str, Split]) -> np.ndarray:
    path = _find(data_dir, file)
    if path is None:
        raise UserError(f"{data_dir / FOLDER / file.name}.gz went away while it was wanted")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {one_line(error)}") from error
    fault, data = _check(content, path.suffix == ".gz", file, files)
    if fault:
        raise UserError(f"{path} {fault}: move it away, and it will be downloaded anew")
    return np.frombuffer(data, np.uint8, offset=len(file.header)).reshape(file.shape).copy()


def _check(
    content: bytes, zipped: bool, file: IdxFile, files: Mapping[str, Split]
) -> tuple[str, bytes]:
    """What is wrong with ``content`` as ``file`` (empty where nothing is), and the decompressed bytes."""
    data = content
    if zipped:
        largest = max(f.size for split in files.values() for f in (split.images, split.labels))
        unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            # Never more than the largest of the files: a few kilobytes of gzip can hold gigabytes.
            data = unzip.decompress(content, largest + 1)
        except zlib.error as error:
            return f"is damaged ({one_line(error)})", b""
        if not unzip.eof and len(data) <= largest:
            return f"is truncated (the gzip stream breaks off after {len(data)} bytes)", data
    digest = hashlib.sha256(data).hexdigest()
    if digest == file.sha256:
        return "", data
    for split in files.values():
        for other in (split.images, split.labels):
            if digest == other.sha256:
                return f"is not {file.name} but holds the content of {other.name}", data
    if len(data) < file.size and data[: len(file.header)] == file.header[: len(data)]:
        return f"is truncated ({len(data)} of {file.size} bytes)", data
    return f"is damaged (SHA-256 {digest[:12]}…, expected {file.sha256[:12]}…)", data


def _download(
    file: IdxFile,
    absent: Sequence[IdxFile],
    data_dir: Path,
    mirrors: Sequence[str],
    files: Mapping[str, Split],
    progress: Progress,
    timeout: float,
) -> None:
    """Fetch ``file`` from the first mirror whose copy passes the check, and put it in place."""
    path = data_dir / FOLDER / f"{file.name}.gz"
    reasons = []
    for mirror in mirrors:
        url = f"{mirror.rstrip('/')}/{path.name}"
        try:
            # Stored blocks make gzip at most a little larger than its content.
            content = fetch(url, file.size + file.size // 100 + 1024, timeout=timeout, progress=progress)
        except DownloadError as error:
            reasons.append(f"{mirror}: {error}")
            continue
        fault, _ = _check(content, True, file, files)
        if fault:
            reasons.append(f"{mirror}: what it sent {fault}")
            continue
        try:
            write_atomically(path, content)
        except OSError as error:
            raise UserError(
                f"cannot write {path} ({one_line(error)}): name another folder with --data-dir"
            ) from error
        return
    names = ", ".join(f"{f.name}.gz" for f in absent)
    raise UserError(
        f"MNIST is not in {data_dir} and cannot be downloaded ({'; '.join(reasons)}): "
        f"put {names} into {data_dir / FOLDER}, from {' or '.join(mirrors)}"
    )
