"""What ``cam.py`` opens to look at or to write in: a window, where there is a display."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from digitcam.errors import UserError

if TYPE_CHECKING:
    from digitcam.chooser import Correct
    from digitcam.drawing.window import DrawWindow
    from digitcam.inside.view import LayersView
    from digitcam.sources import Source
    from digitcam.window import Window


def open_window(
    options: argparse.Namespace, correct: Correct | None, say: Callable[[str], None]
) -> Window | None:
    """The window, or None where it is not wanted or cannot be: that is said once."""
    if options.no_show:
        return None
    import cv2

    from digitcam.display import missing_display
    from digitcam.window import Window

    missing = missing_display(cv2)
    if missing:
        say(f"no window, since {missing}; --json and --save write what is read")
        return None
    return Window(
        cv2,
        view=options.view,
        mirror=options.mirror,
        snapshots=_snapshots(options),
        correct=correct,
        layers=look_inside(options),
    )


def look_inside(options: argparse.Namespace) -> LayersView | None:
    """What looks into the network that reads; None where there is no Keras file of it."""
    from digitcam.inside.opening import opener_of
    from digitcam.models import find
    from digitcam.weights_dir import find_weights

    model = options.kind
    if options.baseline:
        model = find(options.model or find_weights() / "classic.keras")
    opener = None if model is None else opener_of(model)
    if opener is None:
        return None
    from digitcam.inside.view import LayersView

    return LayersView(opener, model.classes)


def open_drawing(options: argparse.Namespace, correct: Correct | None) -> tuple[Source, DrawWindow]:
    """The window to write in, and what is written there as a source.

    Raises:
        UserError: there is no display, no window is wanted, or what only other sources have is.
    """
    if options.rotate or options.mirror or options.size or options.fps:
        raise UserError("draw has no --rotate, --mirror, --size or --fps: leave them out, resize its window")
    import cv2

    from digitcam.display import missing_display
    from digitcam.drawing.strokes import Strokes
    from digitcam.drawing.window import DrawWindow
    from digitcam.sources.draw import DrawSource

    missing = "--no-show was given" if options.no_show else missing_display(cv2)
    if missing:
        raise UserError(f"draw is a window to write in, and {missing}: try `cam.py demo`")
    strokes = Strokes()
    window = DrawWindow(
        cv2, strokes, snapshots=_snapshots(options), correct=correct, layers=look_inside(options)
    )
    return DrawSource(strokes), window


def _snapshots(options: argparse.Namespace) -> Path:
    """Where ``s`` saves: the folder of ``--save`` where there is one, else the working folder."""
    saved = Path(options.save) if options.save else Path()
    return saved if options.save and saved.is_dir() else Path()
