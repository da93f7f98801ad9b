"""``python -m digitcam.bench``: a table on standard output, or one JSON object with ``--json``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from digitcam.commands.run import run
from digitcam.machine import describe_machine

PARTS = ("frames", "candidates", "network", "start", "memory", "age")
REPEATS, FRAMES, PICTURES = 5, 200, 4


def measure(
    parts: Sequence[str], repeats: int = REPEATS, frames: int = FRAMES, model: str | None = None
) -> dict[str, object]:
    """Measure ``parts`` (of ``PARTS``), each only when nothing else of this program runs.

    Args:
        repeats: alternated runs of the network, and starts of ``cam.py``.
        frames: for each row of the frames' table, and of the demo whose memory is looked at.
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
    if "candidates" in parts:
        from digitcam.bench.candidates import measure_candidates

        report["candidates"] = [row.to_json() for row in measure_candidates(PICTURES, model=model)]
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
    parser.add_argument("--frames", type=_positive, default=FRAMES, help="frames for each row (%(default)s)")
    options = parser.parse_args(argv)
    report = measure(options.only or PARTS, options.repeats, options.frames, options.model)
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
