"""Pictures in folders by class: found, looked through, counted, and split. No picture is kept in memory."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from digitcam.errors import UserError, one_line
from digitcam.sources.decoding import UnreadablePicture, check_picture
from digitcam.sources.headers import is_whole
from digitcam.sources.pictures import SUFFIXES, natural_key

# Names that the folders of a split may have.
TRAIN, VALIDATION, TEST = ("train", "training"), ("val", "valid", "validation"), ("test", "testing")
# Of each class so much validates, and as much tests; at least one of each where there are three or more.
KEPT_OUT = 0.1
SPLIT_SEED = 1998
# Fewer pictures than this teach little, and a class with so many times the pictures of another is preferred.
FEW, UNEVEN = 20, 10
# Pixels a side below which little can be seen.
TINY = 32
# What is left out is named one by one up to this many.
MOST_NAMED = 5


@dataclass(frozen=True, eq=False)
class Pictures:
    """
    Attributes:
        paths: N files; labels: N int, indices of the classes.
        sides: N×2 int, width and height by their headers.
    """

    paths: tuple[Path, ...]
    labels: np.ndarray
    sides: np.ndarray

    def __len__(self) -> int:
        return len(self.paths)

    def only(self, rows: np.ndarray) -> Pictures:
        return Pictures(tuple(self.paths[i] for i in rows.tolist()), self.labels[rows], self.sides[rows])


@dataclass(frozen=True, eq=False)
class PictureFolder:
    """
    Attributes:
        classes: names, in natural order.
        train, validation, test: the pictures of each split.
        warnings: one sentence each.
        sha256: of all pictures' contents and classes.
    """

    classes: tuple[str, ...]
    train: Pictures
    validation: Pictures
    test: Pictures
    warnings: list[str]
    sha256: str

    def table(self) -> list[str]:
        """The counts, for people to read."""
        wide = max(5, *(len(name) for name in self.classes))
        lines = [f"{'class':<{wide}}  {'train':>7} {'validate':>9} {'test':>6}"]
        counts = [np.bincount(p.labels, minlength=len(self.classes)) for p in self.splits]
        for name, *row in zip(self.classes, *(c.tolist() for c in counts), strict=True):
            lines.append(f"{name:<{wide}}  {row[0]:>7} {row[1]:>9} {row[2]:>6}")
        totals = [len(p) for p in self.splits]
        return [*lines, f"{'all':<{wide}}  {totals[0]:>7} {totals[1]:>9} {totals[2]:>6}"]

    @property
    def splits(self) -> tuple[Pictures, Pictures, Pictures]:
        return self.train, self.validation, self.test


def find_pictures(folder: Path, *, to_learn: bool = True) -> PictureFolder:
    """All pictures of ``folder/<class>/``, or of ``folder/train/<class>/`` and its like, split.

    Every file is read once: what is no whole picture is left out, and so is what is there twice.

    Args:
        to_learn: whether somebody is to learn from them, who needs two classes, and some pictures of each.

    Raises:
        UserError: there is no such folder, or it holds too little.
    """
    if not folder.is_dir():
        raise UserError(f"there is no folder {folder}: --data takes one with pictures in DIR/<class>/")
    scan = _Scan(folder)
    given = {kind[0]: _inner(folder, kind) for kind in (TRAIN, VALIDATION, TEST)}
    whole = given[TRAIN[0]] is None
    # A picture that stands in several splits counts for the test, then for validation.
    names = [] if whole else [TEST[0], VALIDATION[0], TRAIN[0]]
    places = [folder] if whole else [given[name] for name in names]
    found = [scan.read(place) for place in places if place is not None]
    classes = scan.classes()
    every = [scan.pictures(rows, classes) for rows in found]
    if whole:
        train, validation, test = _split(every[0], 2)
    else:
        present = dict(zip([n for n, place in zip(names, places, strict=True) if place], every, strict=True))
        none = every[0].only(np.zeros(0, np.intp))
        train = present[TRAIN[0]]
        test = present.get(TEST[0], none)
        if VALIDATION[0] in present:
            validation = present[VALIDATION[0]]
        else:
            train, validation, _ = _split(train, 1)
    if to_learn:
        _check(folder, classes, train)
    told = scan.warnings() + (_warnings(classes, train) if to_learn else [])
    return PictureFolder(classes, train, validation, test, told, scan.digest.hexdigest())


def names_of_classes(folder: Path) -> list[str]:
    """The folders that may be classes, without a look into them; none where there is no such folder."""
    if not _is_folder(folder):
        return []
    inner = _inner(folder, TRAIN)
    return [path.name for path in _entries(inner or folder) if _is_folder(path)]


class _Scan:
    """Looks through folders of classes, and notes what it leaves out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.digest = hashlib.sha256()
        self._names: set[str] = set()
        self._seen: dict[bytes, tuple[str, Path]] = {}
        self._left_out: list[str] = []
        self._twice = 0
        self._contradicting: list[str] = []

    def read(self, folder: Path) -> list[tuple[str, Path, tuple[int, int]]]:
        """Class, path and size of each picture below a folder."""
        rows = []
        loose = 0
        for place in sorted(_entries(folder), key=natural_key):
            if not _is_folder(place):
                loose += place.suffix.lower() in SUFFIXES
                continue
            for path in sorted(_entries(place), key=natural_key):
                if path.suffix.lower() in SUFFIXES:
                    size = self._look_at(place.name, path)
                    if size is not None:
                        rows.append((place.name, path, size))
                        self._names.add(place.name)
        if not rows:
            hint = f"{loose} pictures lie in it, but" if loose else "it holds"
            raise UserError(
                f"{folder} holds no classes of pictures: {hint} no folder with pictures for each class, "
                f"such as {folder / 'cat' / 'mine.jpg'}"
            )
        return rows

    def _look_at(self, name: str, path: Path) -> tuple[int, int] | None:
        """The size of a picture that can be used; None of any other."""
        try:
            data = path.read_bytes()
            header = check_picture(str(path), BytesIO(data))
            if not is_whole(data, header):
                raise UnreadablePicture(str(path), f"the {header.format} file is cut off")
        except OSError as error:
            self._left_out.append(f"{path}: {one_line(error)}")
            return None
        except UnreadablePicture as error:
            self._left_out.append(f"{path}: {error.reason}")
            return None
        key = hashlib.sha256(data).digest()
        if key in self._seen:
            other, first = self._seen[key]
            if other == name:
                self._twice += 1
            else:
                self._contradicting.append(f"{path} is the same picture as {first}, of another class")
            return None
        self._seen[key] = name, path
        self.digest.update(key + name.encode(errors="surrogateescape"))
        return header.width, header.height

    def classes(self) -> tuple[str, ...]:
        return tuple(sorted(self._names, key=lambda name: natural_key(Path(name))))

    def pictures(
        self, rows: Sequence[tuple[str, Path, tuple[int, int]]], classes: tuple[str, ...]
    ) -> Pictures:
        index = {name: i for i, name in enumerate(classes)}
        labels = np.array([index[name] for name, *_ in rows], np.intp)
        return Pictures(tuple(path for _, path, _ in rows), labels, np.array([size for *_, size in rows]))

    def warnings(self) -> list[str]:
        lines = [f"left out: {line}" for line in self._left_out[:MOST_NAMED]]
        if len(self._left_out) > MOST_NAMED:
            lines.append(f"left out: {len(self._left_out) - MOST_NAMED} more that cannot be read")
        if self._twice:
            lines.append(f"left out: {self._twice} pictures that are there twice")
        lines += [f"left out: {line}" for line in self._contradicting[:MOST_NAMED]]
        if len(self._contradicting) > MOST_NAMED:
            lines.append(f"left out: {len(self._contradicting) - MOST_NAMED} more that are in two classes")
        return lines


def _entries(folder: Path) -> list[Path]:
    """What lies right in a folder, hidden things aside; UserError where it may not be looked into."""
    try:
        return [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError as error:
        raise UserError(f"{folder} cannot be read: {one_line(error)}") from None


def _is_folder(path: Path) -> bool:
    """Also false for a link that leads in a circle."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _inner(folder: Path, names: tuple[str, ...]) -> Path | None:
    return next((folder / name for name in names if _is_folder(folder / name)), None)


def _split(pictures: Pictures, parts: int) -> tuple[Pictures, Pictures, Pictures]:
    """What is trained on, and one or two parts that are kept out, the same share of each class."""
    rng = np.random.default_rng(SPLIT_SEED)
    part = np.zeros(len(pictures), int)
    for label in np.unique(pictures.labels):
        rows = rng.permutation(np.flatnonzero(pictures.labels == label))
        count = max(1, round(KEPT_OUT * len(rows))) if len(rows) > parts else 0
        for i in range(parts):
            part[rows[i * count : (i + 1) * count]] = i + 1
    train, validation, test = (pictures.only(np.flatnonzero(part == i)) for i in range(3))
    return train, validation, test


def _check(folder: Path, classes: tuple[str, ...], train: Pictures) -> None:
    if len(classes) < 2:
        raise UserError(
            f"{folder} has one class, {classes[0]}: expected two or more, each in a folder with pictures"
        )
    counts = np.bincount(train.labels, minlength=len(classes))
    lacking = [name for name, count in zip(classes, counts.tolist(), strict=True) if count < 2]
    if lacking:
        raise UserError(
            f"the class {lacking[0]} of {folder} has too few pictures to learn from and be judged by: "
            "add some, or take its folder away"
        )


def _warnings(classes: tuple[str, ...], train: Pictures) -> list[str]:
    counts = Counter(train.labels.tolist())
    few = [classes[i] for i in range(len(classes)) if counts[i] < FEW]
    lines = []
    if few:
        named = ", ".join(few[:MOST_NAMED]) + (", ..." if len(few) > MOST_NAMED else "")
        lines.append(f"few pictures, fewer than {FEW} to learn from: {named}")
    most, least = max(counts.values()), min(counts.values())
    if most > UNEVEN * least:
        lines.append(f"uneven: {most} pictures of one class and {least} of another, drawn equally often")
    tiny = int((train.sides.min(1) < TINY).sum())
    if tiny:
        lines.append(f"tiny: {tiny} pictures have fewer than {TINY} pixels a side")
    return lines
