"""What is no digit and was never trained on: letters, signs and doodles, those like digits apart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitcam.errors import UserError
from digitcam.training import collections, material
from digitcam.training.collections import LOOK_ALIKE_ALPHABETS, LOOK_ALIKE_LETTERS, LOOK_ALIKE_SIGNS

# The pens that UNIPEN's paths are drawn with here are the same in every run.
PEN_SEED = 2003


@dataclass(frozen=True, eq=False)
class Signs:
    """One group of things that are no digits.

    Attributes:
        name: for the table.
        images: N×28×28 uint8 in MNIST's convention.
        written: N str, what each one is; empty where that is not known.
        promised: whether the promise for letters and doodles is about them; not about what looks like a
            digit, nor about signs of punctuation.
        part: the part of the training material that these were kept out of: its name, and its images.
    """

    name: str
    images: np.ndarray
    written: np.ndarray
    promised: bool
    part: tuple[str, int] | None = None


def gather_signs(data_dir: Path) -> list[Signs]:
    """All groups that the data folder has.

    Raises:
        UserError: there is none.
    """
    groups = [*_kept_out(data_dir), *_by_held_out_writers(data_dir), *_from_negatives(data_dir)]
    groups = sorted((group for group in groups if len(group.images)), key=lambda group: not group.promised)
    if not groups:
        raise UserError(
            f"--acceptance found no letters or doodles (emnist, unipen, negatives) in {data_dir}: "
            "name the data folder with --data-dir"
        )
    return groups


def _kept_out(data_dir: Path) -> list[Signs]:
    """The letters and doodles that training keeps out of all its parts, drawn by lot."""
    return [
        Signs(f"{name} kept out of training", images, np.full(len(images), ""), True, (name, rest))
        for name, (images, rest) in material.held_negatives(data_dir).items()
    ]


def other_split(model: Path | None, groups: Sequence[Signs]) -> list[str]:
    """The groups that a model may have been trained on: its record tells of another split of the collections.

    Two splits by lot hardly ever leave the same number; hashes would tell of a pixel's rounding as well.
    A model without a record is given credit.
    """
    try:
        record = json.loads(model.with_suffix(".json").read_text(encoding="utf-8")) if model else {}
        trained = {part["name"]: part["images"] for part in record.get("data", ())}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []
    parts = [(group.name, *group.part) for group in groups if group.part]
    return [name for name, part, count in parts if trained.get(part, count) != count]


def _by_held_out_writers(data_dir: Path) -> list[Signs]:
    """UNIPEN's letters and signs by the writers that nothing is trained on, each drawn once."""
    rng = np.random.default_rng(PEN_SEED)
    images, written = [], []
    for name in ("upper", "lower", "symbols"):
        paths = collections.pen_paths(data_dir, name, heldout=True)
        if paths is not None and len(paths[0]):
            images.append(collections.draw_paths(paths[0], rng))
            written.append(paths[1].astype(str))
    if not images:
        return []
    drawn, names = np.concatenate(images), np.concatenate(written)
    letter = np.char.isalpha(names)
    like = np.isin(names, list(LOOK_ALIKE_LETTERS | LOOK_ALIKE_SIGNS))
    groups = {
        "letters by held-out writers": letter & ~like,
        "other signs by held-out writers": ~letter & ~like,
        f"look-alikes: {' '.join(sorted(LOOK_ALIKE_LETTERS))}": letter & like,
        f"look-alikes: {' '.join(sorted(LOOK_ALIKE_SIGNS))}": ~letter & like,
    }
    promised = "letters by held-out writers"
    return [Signs(name, drawn[some], names[some], name == promised) for name, some in groups.items()]


def _from_negatives(data_dir: Path) -> list[Signs]:
    """What training leaves out of the folder ``negatives``: others' test part, and what looks like digits."""
    groups = []
    signs = collections.read_arrays(data_dir / "negatives" / "mdas_symbols.npz", "x", "y", "split")
    if signs is not None:
        slash, test = signs["y"] == "division_slash", signs["split"] == "test"
        for name, some in (
            ("signs of arithmetic, test part", test & ~slash),
            ("look-alikes: slashes", slash),
        ):
            groups.append(_normalised(name, signs["x"][some], signs["y"][some], not name.startswith("look")))
    alphabets = collections.read_arrays(data_dir / "negatives" / "omniglot_small.npz", "x", "y")
    if alphabets is not None:
        like = np.isin(alphabets["y"], list(LOOK_ALIKE_ALPHABETS))
        name = f"look-alikes: alphabets ({', '.join(sorted(LOOK_ALIKE_ALPHABETS))})".replace("_", " ")
        groups.append(_normalised(name, alphabets["x"][like], alphabets["y"][like], False))
    return groups


def _normalised(name: str, images: np.ndarray, written: np.ndarray, promised: bool) -> Signs:
    ready = [collections.normalise(image) for image in images]
    return Signs(name, np.array(ready, np.uint8).reshape(-1, 28, 28), written.astype(str), promised)
