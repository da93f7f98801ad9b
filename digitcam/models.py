"""Which model is meant, and what the record beside it says: its classes in order, how its input is made."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digitcam.classes import are_digits
from digitcam.errors import UserError, one_line
from digitcam.weights_dir import find_model

# How a model's input is made: glyphs that the pipe has cut out and normalised, or the frame as it is.
DIGIT_CROPS, WHOLE_FRAME = "digit crops", "whole frame"
INPUTS = (DIGIT_CROPS, WHOLE_FRAME)
LITERT = ".tflite"
# Names of families whose members are made when they are first asked for: the module that keeps them.
MAKERS = {"imagenet": "digitcam.whole.applications"}


@dataclass(frozen=True, slots=True)
class Model:
    """
    Attributes:
        path: the ``.keras`` or ``.tflite`` file.
        input: one of ``INPUTS``.
        classes: names of its outputs in order; None where nothing tells them.
        record: all that stands in the record; empty where there is none.
        made_by: the module that makes it when it is opened, and what of it is meant; None for a file.
    """

    path: Path
    input: str
    classes: tuple[str, ...] | None = None
    record: dict[str, Any] = field(default_factory=dict)
    made_by: tuple[str, str] | None = None

    @property
    def takes_corrections(self) -> bool:
        """Whether somebody may say that what it read is another digit."""
        return self.input == DIGIT_CROPS and (self.classes is None or are_digits(self.classes))


def find(text: str | Path | None = None, labels: Path | None = None) -> Model:
    """The model that a name or a path means, as its record describes it.

    Args:
        text: a ``.keras`` or ``.tflite`` file, the name of a shipped model, ``personal``, or the name of a
            family with a member of it, such as ``imagenet:InceptionV3``; by default the shipped model.
        labels: a file with the name of a class on each line, in place of what the record says.

    Raises:
        UserError: there is no such model, or its record or its labels do not fit.
    """
    family, _, member = str(text).partition(":")
    if isinstance(text, str) and family in MAKERS:
        return Model(Path(text), WHOLE_FRAME, read_labels(labels), made_by=(MAKERS[family], member))
    path = find_model(text)
    model = describe(path)
    if path.suffix == LITERT:
        if path.with_suffix(".keras").is_file():
            raise UserError(f"{path} is a LiteRT file: give --model the .keras file beside it")
        model = Model(path, WHOLE_FRAME, model.classes, model.record)
    return model if labels is None else Model(path, model.input, read_labels(labels), model.record)


def describe(path: Path) -> Model:
    """The model at ``path`` by its record. One that does not say how the input is made is of digit crops.

    Raises:
        UserError: the record cannot be read, or says what no model is.
    """
    place = path.with_suffix(".json")
    try:
        record = json.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Model(path, DIGIT_CROPS)
    except (OSError, ValueError) as error:
        raise UserError(f"{place}, the record of {path}, cannot be read: {one_line(error)[:120]}") from error
    if not isinstance(record, dict):
        raise UserError(f"{place} is no record of {path}: expected a JSON object")
    kind = record.get("input")
    classes = record.get("classes")
    if classes is not None:
        named = isinstance(classes, list) and all(isinstance(name, str) for name in classes)
        if not named or len(set(classes)) != len(classes) or not classes:
            raise UserError(f"{place} names no classes of {path}: expected a list of different names")
        classes = tuple(classes)
    return Model(path, kind if kind in INPUTS else DIGIT_CROPS, classes, record)


def read_labels(path: Path | None) -> tuple[str, ...] | None:
    """The names in a file, one on each line; None for no file.

    Raises:
        UserError: it cannot be read, or holds none.
    """
    if path is None:
        return None
    try:
        names = tuple(line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read as a list of labels: {one_line(error)[:120]}") from error
    while names and not names[-1]:
        names = names[:-1]
    if not names or not all(names):
        raise UserError(f"{path} is no list of labels: expected a name on each line, none of them empty")
    return names
