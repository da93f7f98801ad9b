"""``cam.py``: reads digits from a camera, a picture, a video or the demo.

Nothing heavy is imported before the options are understood: ``--help`` has to be there at once.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from digitcam.commands.cam_options import parse
from digitcam.commands.run import Terminated, run
from digitcam.commands.stops import NUMBERS, Stops
from digitcam.commands.windows import open_drawing, open_window
from digitcam.environment import prepare
from digitcam.errors import UserError

if TYPE_CHECKING:
    from digitcam.chooser import Correct
    from digitcam.drawing.window import DrawWindow
    from digitcam.loop import FrameReader, Tally
    from digitcam.models import Model
    from digitcam.sources import Source
    from digitcam.types import Frame, Reading, Unreadable
    from digitcam.window import Window

DRAW = "draw"
# First words that are commands of their own.
COMMANDS = ("corrections", "web")
DEMO_FRAMES = 300


def entry() -> int:
    """For scripts: the exit status of a run with the process's own arguments."""
    status = run(main)
    for number in NUMBERS:  # the end has begun: a further Ctrl-C must not end it in a traceback
        signal.signal(number, signal.SIG_IGN)
    return status


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``cam.py`` with ``argv`` and give its exit status; UserError for what the user can mend."""
    words = sys.argv[1:] if argv is None else argv
    prepare()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):  # names of files may hold what a console cannot show
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if words and words[0] in COMMANDS:
        command = import_module(f"digitcam.commands.{words[0]}")
        status: int = command.main(words[1:])
        return status
    options = parse(words)
    if options.list_cameras:
        return list_cameras()
    return watch(options)


def list_cameras() -> int:
    """Print the cameras that open."""
    from digitcam.sources import camera

    lines = list(camera.list_cameras())
    print("\n".join(lines) if lines else "no camera was found: plug one in, or try `cam.py demo`")
    return 0


def watch(options: argparse.Namespace) -> int:
    """Read the source to its end, with everything that was asked for around it."""
    with Stops() as stops:
        from digitcam.loop import Tally

        tally = Tally()
        try:
            _watch(options, tally, stops)
        except (KeyboardInterrupt, Terminated):
            _summarise(options, tally)
            raise
        _summarise(options, tally)
    return 2 if tally.unreadable else 0


def _watch(options: argparse.Namespace, tally: Tally, stops: Stops) -> None:
    from digitcam.loop import run_loop
    from digitcam.outputs import open_outputs
    from digitcam.sources import DEMOS

    limit = options.max_frames
    options.kind = None if options.baseline else _find_model(options)
    with contextlib.ExitStack() as stack:
        source, window = _open(options, stack)
        source, reader = _with_reader(options, source, window, stack)
        if options.source in DEMOS and window is None:
            limit = limit or DEMO_FRAMES
        stops.put_off()
        outputs = open_outputs(
            source,
            json=options.json,
            save=options.save,
            save_crops=options.save_crops,
            plot=options.plot,
            numbers=options.numbers,
            overwrite=options.overwrite,
            max_frames=limit,
        )
        for output in outputs:
            stack.callback(output.close)
        stack.callback(stops.put_off)  # on the way out first of all
        stops.let_through()
        run_loop(
            source,
            reader,
            outputs,
            window,
            max_frames=limit,
            watched=not outputs,
            roi=options.roi,
            on_reading=_describer(options, source),
            on_unreadable=_say_unreadable,
            say=_say,
            check=stops.check,
            tally=tally,
        )
        if source.warning:
            _say(source.warning)


def _find_model(options: argparse.Namespace) -> Model:
    """The model that is meant; UserError where there is none, or where it does not do what is asked for."""
    from digitcam.models import WHOLE_FRAME, find

    model = find(options.model, options.labels)
    if model.input == WHOLE_FRAME:
        for name in ("numbers", "save_crops", "plot"):
            if getattr(options, name):
                raise UserError(
                    f"--{name.replace('_', '-')} is of digits, and {model.path} is shown whole frames: "
                    "--json and --save tell what it says"
                )
    return model


def _open(
    options: argparse.Namespace, stack: contextlib.ExitStack
) -> tuple[Source, Window | DrawWindow | None]:
    """The source, and the window it is shown in, or written in; said what there is to say of both."""
    from digitcam.types import Box

    size, fps = options.size, options.fps
    options.roi = Box(*options.roi) if options.roi else None
    correct = _open_corrections(options)
    source: Source
    window: Window | DrawWindow | None
    if options.source == DRAW:
        source, window = open_drawing(options, correct)
    else:
        from digitcam.sources import open_source

        source, window = open_source(options.source, size=size, fps=fps, rotate=options.rotate), None
    stack.enter_context(source)
    if source.live:
        _say(source.description)
    elif size or fps:
        _say("--size and --fps are asked of cameras and the demo; files keep their own")
    return source, window or open_window(options, correct, _say)


def _open_corrections(options: argparse.Namespace) -> Correct | None:
    """What takes corrections; those of before are put into ``options.hand``, for the reader to heed."""
    options.hand = None
    if options.no_corrections or options.kind is None or not options.kind.takes_corrections:
        return None
    from digitcam.corrections.corrector import open_corrections

    options.hand, corrector = open_corrections(options.model, _say)
    return corrector.correct


def _with_reader(
    options: argparse.Namespace,
    source: Source,
    window: Window | DrawWindow | None,
    stack: contextlib.ExitStack,
) -> tuple[Source, FrameReader]:
    """The reader that is asked for, and the source as the window shows it while that is opened."""
    options.evidence = window.looks_into if window else False
    if window is None:
        return source, make_reader(options)
    from digitcam.loading import LoadingReader, Preview

    # The window shows frames while the networks are still opened.
    loading = LoadingReader(lambda: make_reader(options))
    stack.callback(loading.close)
    stack.callback(window.close)
    preview = Preview(source, loading, window)
    if options.source != DRAW:
        return preview, loading
    from digitcam.attentive import AttentiveReader
    from digitcam.drawing.window import DrawWindow

    assert isinstance(window, DrawWindow)
    attentive = AttentiveReader(loading, window.attend)
    stack.callback(attentive.close)
    return preview, attentive


def make_reader(options: argparse.Namespace) -> FrameReader:
    """The reader that the options ask for: ``--model``, ``--conf``, ``--roi``, ``--baseline``."""
    if options.baseline:
        from digitcam.baseline import ClassicReader
        from digitcam.classifier import load_classifier
        from digitcam.weights_dir import find_weights

        return ClassicReader(load_classifier(options.model or find_weights() / "classic.keras"))
    from digitcam.opening import open_model

    return open_model(options.kind, options.hand).reader(
        conf=options.conf,
        roi=options.roi,
        track=not options.no_track and options.source != DRAW,  # a digit that grows is another each moment
        evidence=options.evidence,
    )


def _describer(options: argparse.Namespace, source: Source):  # type: ignore[no-untyped-def]
    """What prints readings of pictures for people; None where nobody asked, or standard output is taken."""
    if source.film or options.json or options.numbers:
        return None
    from digitcam.outputs.lines import StandardOutput
    from digitcam.outputs.words import describe, describe_briefly, style_for

    output = StandardOutput()
    alone = partial(describe, style=style_for(sys.stdout))
    words = alone if len(source.paths) == 1 else describe_briefly

    def on_reading(frame: Frame, reading: Reading) -> None:
        output.write(words(reading))

    return on_reading


def _say(message: str) -> None:
    print(f"digitcam: {message}", file=sys.stderr)


def _say_unreadable(item: Unreadable) -> None:
    _say(f"{item.source} cannot be read: {item.reason}")


def _summarise(options: argparse.Namespace, tally: Tally) -> None:
    """The last lines: a summary on standard error and, for the demo, the score on standard output."""
    if tally.frames:
        _say(tally.summary())
    if tally.score is not None:
        stream = sys.stderr if options.json == "-" or options.numbers else sys.stdout
        sys.stderr.flush()
        print(tally.score, file=stream, flush=True)
