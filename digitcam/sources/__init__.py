"""Where frames come from: ``open_source`` takes what the user typed and gives a ``Source``.

Nothing in this folder knows of the reader. OpenCV is imported by the modules behind ``open_source``, when
they are needed.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Sequence
from pathlib import Path

from digitcam.environment import prepare
from digitcam.errors import UserError, one_line
from digitcam.sources.base import Source

__all__ = ["Source", "open_source"]

# The synthetic camera, over pages of numbers or of words and numbers.
DEMOS = ("demo", "demo:words")

# What is shown in a place of its own, which is not opened here.
ELSEWHERE = {"draw": "a window to write in", "web": "a page in the browser"}
URL = re.compile(r"(https?|rtsps?|rtmp|udp|tcp|srt)://", re.IGNORECASE)
CAMERA = re.compile(r"(?:/dev/video)?(-?\d+)")
START = 64


def open_source(
    text: str, *, size: tuple[int, int] | None = None, fps: float | None = None, rotate: int = 0
) -> Source:
    """The source that ``text`` names.

    Args:
        text: a camera index, one of ``DEMOS``, a URL, or a picture, a video, a folder or a glob of pictures.
        size: width and height asked of a camera or the demo.
        fps: frames a second asked of a camera or the demo.
        rotate: 0, 90, 180 or 270 degrees clockwise.

    Raises:
        UserError: there is no such thing, or it cannot be opened.
    """
    prepare()
    source = _open(text, size, fps)
    if rotate:
        from digitcam.sources.turned import Turned

        return Turned(source, rotate)
    return source


def _open(text: str, size: tuple[int, int] | None, fps: float | None) -> Source:
    if match := CAMERA.fullmatch(text):
        from digitcam.sources.camera import open_camera

        return open_camera(int(match[1]), size, fps)
    if text in DEMOS:
        from digitcam.sources.demo import DemoSource

        return DemoSource(size=size, fps=fps, words=text != "demo")
    if URL.match(text):
        from digitcam.sources.stream import open_stream

        return open_stream(text)
    if text in ELSEWHERE:
        raise UserError(
            f"`{text}` is {ELSEWHERE[text]}: `cam.py {text}` opens it; ./{text} is a file of that name"
        )
    return _open_files(text)


def _open_files(text: str) -> Source:
    from digitcam.sources import pictures

    path = Path(text)
    try:
        if path.is_dir():
            return pictures.Pictures(text, _pictures_in(path, pictures.SUFFIXES))
        if path.exists():
            return _open_file(text)
    except OSError as error:  # such as a name that is too long, or a folder that may not be read
        raise UserError(f"{text} cannot be read: {one_line(error)}") from None
    if glob.has_magic(text):
        return pictures.Pictures(text, _pictures_named(text, pictures.SUFFIXES))
    raise UserError(
        f"{text} does not exist: name a picture, a video, a folder, a camera index or a URL, "
        "or try `cam.py demo`"
    )


def _open_file(text: str) -> Source:
    """A picture or a video: by what the file begins with, since suffixes lie, and then by suffix."""
    from digitcam.sources import decoding, pictures, video
    from digitcam.sources.headers import is_picture

    path = Path(text)
    if not path.is_file():
        raise UserError(f"{text} is neither a file nor a folder: name a picture, a video or a folder")
    with open(path, "rb") as file:
        start = file.read(START)
    suffix = path.suffix.lower()
    if is_picture(start) or suffix in pictures.SUFFIXES:
        return pictures.Pictures(text, [path])
    if not start:
        raise UserError(f"{text} cannot be read: it is empty (0 bytes)")
    words = decoding.what_is(start)
    if suffix in video.SUFFIXES or words == decoding.A_VIDEO:
        return video.Video(text)
    raise UserError(
        f"{text} cannot be read: {words}; videos are {', '.join(s[1:] for s in video.SUFFIXES)}"
    )


def _pictures_in(folder: Path, suffixes: Sequence[str]) -> list[Path]:
    """The pictures right in a folder; hidden files are left out."""
    found = _sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in suffixes and not path.name.startswith(".") and path.is_file()
    )
    if found:
        return found
    below = any(path.suffix.lower() in suffixes for path in folder.rglob("*"))
    hint = f"the folders below have some: try '{folder}{os.sep}**{os.sep}*'" if below else _kinds(suffixes)
    raise UserError(f"{folder} holds no pictures: {hint}")


def _pictures_named(pattern: str, suffixes: Sequence[str]) -> list[Path]:
    names = (Path(name) for name in glob.iglob(pattern, recursive=True))
    found = _sorted(path for path in names if path.suffix.lower() in suffixes and path.is_file())
    if not found:
        raise UserError(f"no picture matches {pattern}: {_kinds(suffixes)}")
    return found


def _kinds(suffixes: Sequence[str]) -> str:
    return f"names end in {', '.join(suffixes)}"


def _sorted(paths) -> list[Path]:  # type: ignore[no-untyped-def]
    from digitcam.sources.pictures import natural_key

    return sorted(set(paths), key=natural_key)
