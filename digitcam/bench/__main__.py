"""``python -m digitcam.bench``: a table on standard output, or one JSON object with ``--json``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from digitcam.commands.run import run
from digitcam.machine import describe_machine

PARTS = (
    *("frames", "steady", "candidates", "network", "start", "memory"),
    *("age", "drawing", "corrections", "web", "layers"),
)
REPEATS, FRAMES, PICTURES = 5, 1200, 4
# Frames of the demo over which labels must stay, and films in which a digit is replaced.
STEADY_FRAMES, FILMS = 3000, 20
# Frames that are read with and without corrections.
CORRECTED = 100
# Frames of the demo at which the network is looked into.
LOOKS = 300
# Seconds that several pages send frames.
PAGES_SEND = 60.0


def measure(
    parts: Sequence[str],
    repeats: int = REPEATS,
    frames: int = FRAMES,
    soak: int | None = None,
    kills: int | None = None,
    model: str | None = None,
) -> dict[str, object]:
    """Measure ``parts`` (of ``PARTS``), each only when nothing else of this program runs.

    Args:
        repeats: alternated runs of the network, and starts of ``cam.py``.
        frames: for each row of the frames' table, and of the demo whose memory is looked at.
        soak: read so many frames in one run, and compare the last ones with the first.
        kills: kill so many programs while they correct, and see what is kept.
        model: as ``cam.py --model`` takes it.
    """
    report: dict[str, object] = {"machine": describe_machine()}
    # Keras stays in memory once it is imported, with its threads: the network comes last.
    if "start" in parts:
        from digitcam.bench.process import measure_start

        report["start"] = measure_start(repeats)
    if "memory" in parts:
        from digitcam.bench.process import measure_memory

        report["memory"] = measure_memory(frames)
    if "age" in parts:
        from digitcam.bench.age import measure_age

        report["age"] = measure_age().to_json()
    if "frames" in parts:
        from digitcam.bench.frames import measure_frames

        report["frames"] = [row.to_json() for row in measure_frames(frames, model=model)]
    if "steady" in parts:
        from digitcam.bench.steady import measure_replacing, measure_steadiness

        films = max(1, FILMS * frames // FRAMES)
        report["steady"] = measure_steadiness(STEADY_FRAMES * frames // FRAMES, model=model)
        report["replaced"] = measure_replacing(films, model=model)
    if soak:
        from digitcam.bench.soak import measure_soak

        report["soak"] = measure_soak(soak, model)
    if "drawing" in parts:
        from digitcam.bench.drawing import measure_drawing

        report["drawing"] = measure_drawing(model=model)
    if "corrections" in parts:
        from digitcam.bench.corrections import measure_corrections

        report["corrections"] = measure_corrections(max(3, CORRECTED * frames // FRAMES), model)
    if "web" in parts:
        from digitcam.bench.web import measure_web

        report["web"] = measure_web(PAGES_SEND * frames / FRAMES, model)
    if kills:
        from digitcam.bench.kills import measure_kills

        report["kills"] = measure_kills(kills)
    if "candidates" in parts:
        from digitcam.bench.candidates import measure_candidates

        pictures = max(1, PICTURES * frames // FRAMES)
        report["candidates"] = [row.to_json() for row in measure_candidates(pictures, model=model)]
    if "layers" in parts:
        from digitcam.bench.layers import measure_layers

        report["layers"] = measure_layers(max(10, LOOKS * frames // FRAMES), model)
    if "network" in parts:
        from digitcam.bench.network import measure_network

        report["network"] = measure_network(repeats, model=model)
    return report


def main(argv: Sequence[str] | None = None) -> int:
    """Parse, measure, print; 0 when done."""
    parser = argparse.ArgumentParser(
        prog="python -m digitcam.bench",
        description="Measure the reader on this machine. Let nothing else run meanwhile.",
    )
    parser.add_argument("--only", choices=PARTS, action="append", help="this part alone; may be repeated")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument("--model", help="saved Keras model (default: the shipped one)")
    parser.add_argument(
        "--repeats", type=_positive, default=REPEATS, help="runs of network and start (%(default)s)"
    )
    parser.add_argument("--frames", type=_positive, default=FRAMES, help="frames of each film (%(default)s)")
    parser.add_argument("--soak", type=_positive, metavar="N", help="one run over N frames, and nothing else")
    parser.add_argument("--kills", type=_positive, metavar="N", help="kill N programs while they correct")
    options = parser.parse_args(argv)
    parts = options.only or (() if options.soak or options.kills else PARTS)
    report = measure(
        parts, options.repeats, options.frames, options.soak, options.kills, options.model
    )
    if options.json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        from digitcam.bench.table import format_report

        print(format_report(report))
    return 0


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"at least 1, received {text}")
    return value


if __name__ == "__main__":
    sys.exit(run(main))
