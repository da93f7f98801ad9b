"""A folder of labelled pictures: its ``labels.json``, and its sources dealt into two halves."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from digitcam.errors import UserError, one_line
from digitcam.evaluation.pictures import Labelled
from digitcam.types import LABELS, Box, Frame, Truth, Unreadable

KINDS = ("photo", "scan", "drawn", "negative")
HALVES = ("first", "second")


def read_labels(folder: Path) -> list[Labelled]:
    """What ``folder/labels.json`` says of each picture.

    The format: a list of objects with ``file``, ``kind`` (photo, scan, drawn, negative) and ``boxes``
    ``[[x, y, width, height, "digit"], …]`` in the file's own pixels; on wish ``ignore`` and ``distractors``
    (boxes, the latter may name the sign), ``source``, ``printed_digits`` and ``handwriting``.

    Raises:
        UserError: the file is absent, is not that format, or names a picture that is not there.
    """
    path = folder / "labels.json"
    if not folder.is_dir():
        raise UserError(f"{folder} is not a folder: --photos takes a folder of pictures with a labels.json")
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(
            f"{path} cannot be read ({one_line(error)}): --photos takes pictures with a labels.json"
        ) from error
    except ValueError as error:
        raise UserError(f"{path} is not JSON ({one_line(error)}): write a list of labelled files") from error
    if not isinstance(entries, list) or not entries:
        raise UserError(f"{path} must hold a list of labelled files with at least one entry")
    return [_labelled(entry, number, folder, path) for number, entry in enumerate(entries)]


def _labelled(entry: Any, number: int, folder: Path, path: Path) -> Labelled:
    name = entry.get("file") if isinstance(entry, dict) else None
    where = f"entry {number} of {path}" + (f" ({name})" if isinstance(name, str) else "")
    if not isinstance(name, str) or not name:
        raise UserError(f'{where} has no "file": name the picture it labels')
    kind = entry.get("kind")
    if kind not in KINDS:
        raise UserError(f'"kind" in {where} must be one of {", ".join(KINDS)}, received {kind!r}')
    truth = []
    for box in _listed(entry, "boxes", where, required=True):
        if not isinstance(box, list) or len(box) != 5 or str(box[4]) not in LABELS:
            raise UserError(f'a box in {where} must be [x, y, width, height, "digit"], received {box!r}')
        truth.append(Truth(_box(box, where), str(box[4])))
    if not (folder / name).is_file():
        raise UserError(f"{folder / name} is not there, but {path} labels it")
    return Labelled(
        name,
        kind,
        str(entry.get("source") or "unnamed"),
        tuple(truth),
        tuple(_box(box, where) for box in _listed(entry, "ignore", where)),
        tuple(_box(box, where) for box in _listed(entry, "distractors", where)),
        bool(entry.get("printed_digits") or entry.get("handwriting")),
    )


def _listed(entry: dict[str, Any], key: str, where: str, required: bool = False) -> list[Any]:
    value = entry.get(key, None if required else [])
    if not isinstance(value, list):
        raise UserError(f'"{key}" in {where} must be a list of boxes, received {value!r}')
    return value


def _box(box: Any, where: str) -> Box:
    try:
        x, y, width, height = (int(side) for side in box[:4])
        return Box(x, y, width, height)
    except (TypeError, ValueError) as error:
        raise UserError(
            f"a box in {where} must be [x, y, width, height] in whole pixels, received {box!r}"
        ) from error


def split_halves(pictures: Sequence[Labelled]) -> dict[str, str]:
    """Each source's half, ``"first"`` or ``"second"``: one to work on, one to check with.

    Sources are ranked by their digits (those of photographs and scans; by pictures where they have none)
    and dealt 1, 2, 2, 1, 1, 2, 2, …, so that both halves hold as many sources and the great ones are shared
    out. All pictures of a source are in one half.
    """
    digits: dict[str, int] = defaultdict(int)
    count: dict[str, int] = defaultdict(int)
    for picture in pictures:
        digits[picture.source] += len(picture.truth) if picture.kind in ("photo", "scan") else 0
        count[picture.source] += 1
    halves = {}
    for group in ([s for s in digits if digits[s]], [s for s in digits if not digits[s]]):
        ranked = sorted(group, key=lambda source: (-digits[source], -count[source], source))
        halves.update({source: HALVES[(place + 1) // 2 % 2] for place, source in enumerate(ranked)})
    return halves


def load_frame(path: Path) -> Frame:
    """The picture at ``path`` as ``cam.py`` sees it; UserError where it cannot be read."""
    from digitcam.sources import open_source

    # Absolute: a picture named 0 or demo is no camera.
    with open_source(str(path.absolute())) as source:
        for frame in source:
            if isinstance(frame, Unreadable):
                raise UserError(f"{path} cannot be read: {frame.reason}")
            if isinstance(frame, Frame):
                return frame
    raise UserError(f"{path} cannot be read: there is no picture in it")
