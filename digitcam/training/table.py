"""Digits in a table as Kaggle's Digit Recognizer has them: ``label,pixel0,…,pixel783``, a row for each."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path

import numpy as np

from digitcam.errors import UserError, one_line
from digitcam.normalise import SIDE
from digitcam.training.folder import held_out
from digitcam.training.material import Material, Part
from digitcam.types import LABELS

SUFFIX = ".csv"
COLUMNS = ("label", *(f"pixel{i}" for i in range(SIDE * SIDE)))


def read_table(path: Path) -> Material:
    """The digits of a table, a part of each kept for validation.

    Raises:
        UserError: it cannot be read, has other columns or values, or holds too little.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header = tuple(name.strip() for name in next(csv.reader(file), []))
            if header != COLUMNS:
                raise UserError(
                    f"{path} is no table of labelled digits: expected the columns label, pixel0 to pixel783, "
                    f"received {_in_words(header)}"
                )
            with warnings.catch_warnings(action="ignore"):  # an empty table is told of below
                values = np.loadtxt(file, dtype=np.int64, delimiter=",", ndmin=2)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {one_line(error)}") from None
    except ValueError as error:
        raise UserError(f"{path} cannot be read as a table of numbers: {one_line(error)[:120]}") from None
    if len(values) and values.shape[1] != len(COLUMNS):
        raise UserError(f"{path} has rows of {values.shape[1]} numbers: expected {len(COLUMNS)}")
    if not len(values) or values.min() < 0 or values[:, 0].max() >= len(LABELS) or values.max() > 255:
        raise UserError(f"{path} holds no digits: expected labels from 0 to 9 and pixels from 0 to 255")
    labels = values[:, 0].astype(np.uint8)
    images = values[:, 1:].reshape(-1, SIDE, SIDE).astype(np.uint8)
    held = held_out(labels)
    if len(set(labels[~held].tolist())) < 2 or not held.any():
        raise UserError(f"{path} holds too little to learn from: {len(labels)} digits")
    missing = ["the digits' writers are not known: the validation split is random"]
    part = Part("table", images[~held], labels[~held], 1.0)
    return Material([part], (images[held], labels[held]), np.zeros((0, SIDE, SIDE), np.uint8), None, missing)


def _in_words(header: tuple[str, ...]) -> str:
    shown = ", ".join(name[:20] for name in header[:3])
    return f"{len(header)} columns: {shown}{', ...' if len(header) > 3 else ''}"
