"""``digitcam.stream``: the readings of a camera, a file, a URL or the demo, for programs of one's own."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path

from digitcam.absence import Absence
from digitcam.errors import UserError
from digitcam.loop import FrameReader, Region
from digitcam.models import find
from digitcam.opening import open_model
from digitcam.sources import Source, open_source
from digitcam.types import Box, Reading, Unreadable, Waiting


def stream(
    source: int | str | os.PathLike[str] = 0,
    *,
    model: str | Path | None = None,
    conf: float | None = None,
    roi: Box | tuple[int, int, int, int] | None = None,
    size: tuple[int, int] | None = None,
    fps: float | None = None,
    rotate: int = 0,
    max_frames: int | None = None,
    corrections: bool = True,
) -> Generator[Reading, None, None]:
    """Readings of frame after frame, until the source ends.

    The source is opened with the first step of the loop and let go of with the last: when it ends, when the
    loop is left (``break``, an exception), or when ``close`` of what is returned is called. A camera gives
    its newest frame each time, so that a slow loop leaves frames out rather than falling behind; a file
    gives every frame. There are warnings (``warnings``) of a picture among several that cannot be read, which
    is left out, and of a camera that gives no frame for a while; after 30 s of that it is an error.

    Args:
        source: what ``cam.py`` takes: a camera's index, ``"demo"``, a URL, or the path of a picture, a video
            or a folder, or a pattern of pictures.
        model: as ``cam.py --model`` takes it; the shipped one by default.
        conf: the least probability for a label, 0 to 1; by default the measured one.
        roi: the part of the frame to look at, x, y, width, height in frame pixels; boxes stay in the frame's.
        size: width and height in pixels, asked of a camera or the demo.
        fps: frames a second, asked of a camera or the demo.
        rotate: 0, 90, 180 or 270 degrees clockwise.
        max_frames: stop after so many frames.
        corrections: heed what was corrected in a window, as ``cam.py`` does.

    Raises:
        ValueError: an argument makes no sense; raised by the call itself.
        UserError: there is no such source, it cannot be opened or gone on with, a model does not fit, or the
            corrections file cannot be used.
    """
    if conf is not None and not 0 <= conf <= 1:
        raise ValueError(f"conf must be from 0 to 1, received {conf!r}")
    if rotate not in (0, 90, 180, 270):
        raise ValueError(f"rotate must be 0, 90, 180 or 270, received {rotate!r}")
    if max_frames is not None and max_frames < 1:
        raise ValueError(f"max_frames must be at least 1, received {max_frames!r}")
    region = Box(*roi) if isinstance(roi, tuple) else roi
    name = str(int(source)) if isinstance(source, int) else os.fspath(source)
    return _readings(
        partial(open_source, name, size=size, fps=fps, rotate=rotate),
        partial(_open_reader, model, conf, region, corrections),
        region,
        max_frames,
    )


def _open_reader(
    model: str | Path | None, conf: float | None, roi: Box | None, corrections: bool
) -> FrameReader:
    hand, kind = None, find(model)
    if corrections and kind.takes_corrections:
        from digitcam.corrections.hand import Hand
        from digitcam.corrections.store import CorrectionFile

        hand = Hand(CorrectionFile().read())
    return open_model(kind, hand).reader(conf=conf, roi=roi)


def _readings(
    opened: Callable[[], Source],
    make_reader: Callable[[], FrameReader],
    roi: Box | None,
    max_frames: int | None,
) -> Generator[Reading, None, None]:
    with opened() as source:
        reader = make_reader()
        absence = Absence(None, _warn)
        region = None if roi is None else Region(roi, _warn, "roi")
        count = 0
        for item in source:
            if isinstance(item, Waiting):
                absence.lasts(item)
                continue
            absence.ends()
            count += 1
            if isinstance(item, Unreadable):
                message = f"{item.source} cannot be read: {item.reason}"
                if len(source.paths) == 1:
                    raise UserError(message)
                _warn(message)
            else:
                if region is not None:
                    region.check(item)
                yield reader.read(item)
            if count == max_frames:
                break
        if source.warning:
            _warn(source.warning)


def _warn(message: str) -> None:
    warnings.warn(message, stacklevel=3)
