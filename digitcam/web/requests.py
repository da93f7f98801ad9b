"""From what a client sent to what is wanted, every value checked; nothing here decodes a picture.

A name that a client gives to its file is told back, and used for nothing else.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

import flask
import numpy as np
from werkzeug.datastructures import FileStorage

from digitcam.corrections.correction import CROP, NOT_A_DIGIT, WORDS
from digitcam.inside.subject import Picked
from digitcam.sources.decoding import UnreadablePicture, check_picture
from digitcam.types import Box
from digitcam.web.errors import Refused, refusal_of
from digitcam.web.limits import MOST_BYTES, MOST_PIXELS

PAGE = re.compile(r"[A-Za-z0-9_-]{1,64}")
WHOLE = re.compile(r"-?[0-9]{1,9}")
LONGEST_NAME = 100
UNNAMED = "upload"
HOW = "send it as the body, or as the file `image` of a form"


class Request(flask.Request):
    """A request whose files stay in memory: they are small, and nobody else's business."""

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return BytesIO()


@dataclass(frozen=True, slots=True, eq=False)
class Upload:
    """A picture as it came: checked by its header, which names so many ``pixels``, not decoded."""

    name: str
    data: bytes
    pixels: int


@dataclass(frozen=True, slots=True)
class Wish:
    """How a picture is to be read.

    Attributes:
        page: whose it is, None for nobody's: of a page only the newest picture waits.
        time: seconds since the page's film began; None for a picture that stands alone.
        frame: its number; crops: whether the answer carries each digit's 28×28.
    """

    page: str | None = None
    time: float | None = None
    frame: int = 0
    crops: bool = False


@dataclass(frozen=True, slots=True)
class Pick:
    """What of a picture is to be looked at: the largest digit where nothing is said.

    Attributes:
        point: x and y in the picture's pixels, of what is pointed at.
        picked: what was picked before.
    """

    point: tuple[int, int] | None = None
    picked: Picked | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What a user says of a digit: ``box`` in the picture, ``crop`` 28×28 uint8, labels 0 to 10."""

    box: Box
    crop: np.ndarray
    label: int
    read_as: int


def upload_in(request: flask.Request) -> Upload:
    """The picture in a request: the body itself, or the file ``image`` of a form.

    Raises:
        Refused: there is none, or none that is worth decoding.
    """
    if request.mimetype == "multipart/form-data":
        file = _file_in(request)
        name, data = _last_part(file.filename or ""), file.stream.read(MOST_BYTES + 1)
    else:
        name, data = UNNAMED, request.get_data(cache=False)
    if len(data) > MOST_BYTES:
        raise Refused(413, f"This picture is larger than {MOST_BYTES // 10**6} MB: make it smaller first.")
    if not data:
        raise Refused(400, f"There is no picture in this request, it is empty: {HOW}.")
    try:
        header = check_picture(name, BytesIO(data), MOST_PIXELS)
    except UnreadablePicture as error:
        raise refusal_of(error) from None
    return Upload(name, data, header.width * header.height)


def _file_in(request: flask.Request) -> FileStorage:
    files = request.files.getlist("image")
    if len(files) > 1:
        raise Refused(400, "There is more than one picture in this form: send one at a time.")
    if not files:
        raise Refused(400, "There is no file `image` in this form: that is the field for the picture.")
    return files[0]


def _last_part(filename: str) -> str:
    """The last part of a file's name, short and printable."""
    name = "".join(letter for letter in re.split(r"[/\\]", filename)[-1] if letter.isprintable())
    return name[:LONGEST_NAME] or UNNAMED


def wish_in(values: Mapping[str, str]) -> Wish:
    """How the picture is to be read, from the words after the address's question mark.

    Raises:
        Refused: a value makes no sense.
    """
    page = values.get("page")
    if page is not None and not PAGE.fullmatch(page):
        raise Refused(400, "`page` must be 1 to 64 letters, digits, - and _.")
    time = _number(values, "time", 1e9)
    if time is not None and page is None:
        raise Refused(400, "`time` makes a frame of a film, which wants `page` to tell whose.")
    frame = _number(values, "frame", 2**53)
    return Wish(page, time, int(frame or 0), _flag(values, "crops"))


def pick_in(values: Mapping[str, str]) -> Pick:
    """What is to be looked at, from the words ``point``, ``box`` and ``refused`` after the question mark.

    Raises:
        Refused: a value makes no sense.
    """
    point, box = _numbers(values, "point", "x,y"), _numbers(values, "box", "x,y,width,height")
    refused = _flag(values, "refused")
    if box is not None and min(box[2:]) < 1:
        raise Refused(400, "`box` must have a width and a height of 1 at least.")
    picked = None if box is None else Picked(Box(*box), refused)
    return Pick(None if point is None else (point[0], point[1]), picked)


def _flag(values: Mapping[str, str], name: str) -> bool:
    text = values.get(name, "0")
    if text not in ("0", "1"):
        raise Refused(400, f"`{name}` must be 0 or 1.")
    return text == "1"


def _numbers(values: Mapping[str, str], name: str, form: str) -> list[int] | None:
    """Whole numbers with commas between them, as many as ``form`` has."""
    text = values.get(name)
    if text is None:
        return None
    parts = text.split(",")
    if len(parts) != form.count(",") + 1 or not all(WHOLE.fullmatch(part) for part in parts):
        raise Refused(400, f"`{name}` must be {form} in whole pixels.")
    return [int(part) for part in parts]


def _number(values: Mapping[str, str], name: str, most: float) -> float | None:
    text = values.get(name)
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= most:
        raise Refused(400, f"`{name}` must be a number from 0 on.")
    return number


def said_in(form: Mapping[str, str]) -> Said:
    """What is said of a digit, from the form's field ``correction``: a JSON object.

    ``{"box": [x, y, width, height], "crop": base64 of 28·28 bytes, "label": "7", "read_as": "1"}``, where a
    label is ``"0"`` to ``"9"`` or ``"not a digit"``.

    Raises:
        Refused: it is none.
    """
    try:
        said = json.loads(form["correction"])
        x, y, width, height = (_whole(value) for value in said["box"])
        crop = base64.b64decode(said["crop"], validate=True)
        label, read_as = (WORDS.index(said[name]) for name in ("label", "read_as"))
        pixels = np.frombuffer(crop, np.uint8).reshape(CROP, CROP)
        if read_as == NOT_A_DIGIT:
            raise ValueError("only digits are corrected")
        return Said(Box(x, y, width, height), pixels, label, read_as)
    except (KeyError, TypeError, ValueError, RecursionError, binascii.Error):
        raise Refused(
            400,
            "The field `correction` must be a JSON object with `box`, `crop`, `label` and `read_as`, "
            "as /api/read with crops=1 gives them.",
        ) from None


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MOST_PIXELS:
        raise ValueError("a box is of whole numbers")
    return value
