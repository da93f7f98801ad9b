"""``evaluate.py``: measures a digit model, and the whole way from picture to digits."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from digitcam import __version__
from digitcam.commands.run import run
from digitcam.errors import UserError
from digitcam.evaluation.page_glyphs import GLYPHS

if TYPE_CHECKING:
    import numpy as np

    from digitcam.evaluation.contestants import Contestant
    from digitcam.evaluation.report import Section

SAMPLES = Path("samples.png")
MOST_SAMPLES = 1000
# What is measured beside each other; pictures in folders are measured alone.
OTHERS = (
    "mnist", "photos", "pages", "numbers", "strangers", "writers", "characters", "corruptions", "acceptance",
    "ablation", "samples", "baseline",
)  # fmt: skip


def _whole(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, received {value}")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"must lie between 0 and 1, received {text}")
    return value


def parser() -> argparse.ArgumentParser:
    """The command line."""
    p = argparse.ArgumentParser(
        prog="evaluate.py",
        description="Measure a digit model. Without a choice of what to measure: MNIST's test set.",
    )
    what = p.add_argument_group("what is measured")
    what.add_argument("--mnist", action="store_true", help="MNIST's test set, also beside the others")
    what.add_argument("--photos", metavar="DIR", help="whole pictures against DIR/labels.json")
    what.add_argument("--data", metavar="DIR", type=Path, help="pictures in DIR/<class>/, each as a whole")
    what.add_argument("--half", choices=("first", "second"), help="only this half of the pictures' sources")
    what.add_argument("--pages", metavar="N", type=_whole, help="N generated pages of each kind")
    what.add_argument("--numbers", metavar="N", type=_whole, help="N generated pages of numbers of each kind")
    what.add_argument("--glyphs", choices=GLYPHS, default="pen", help="whose digits the pages show")
    what.add_argument("--strangers", action="store_true", help="UNIPEN's writers that nothing was trained on")
    what.add_argument("--writers", action="store_true", help="those writers with 3 corrections of each digit")
    what.add_argument("--finetune", action="store_true", help="--writers after train.py --finetune, too")
    what.add_argument("--characters", action="store_true", help="EMNIST's letters and digits kept out")
    what.add_argument("--corruptions", action="store_true", help="the test set under 15 kinds of corruption")
    what.add_argument(
        "--acceptance", action="store_true", help="test digits, letters, doodles: what is accepted"
    )
    what.add_argument(
        "--ablation", action="store_true", help="--photos and --pages without each of the steps"
    )
    who = p.add_argument_group("who is measured")
    who.add_argument("--model", metavar="PATH", help="a model as cam.py takes it (default: digits)")
    who.add_argument("--labels", metavar="FILE", type=Path, help="names of a LiteRT model's classes")
    who.add_argument("--baseline", action="store_true", help="the classic way beside it in every table")
    who.add_argument("--conf", metavar="X", type=_share, help="least confidence of a label, 0 to 1")
    out = p.add_argument_group("what is written")
    out.add_argument("--json", metavar="PATH", help="all figures as JSON; - is standard output")
    out.add_argument("--report", metavar="DIR", help="page with tables, plots and every wrong answer")
    out.add_argument("--samples", metavar="N", type=_whole, help="sheet of N random test digits and answers")
    out.add_argument("--overwrite", action="store_true", help="replace outputs that exist")
    p.add_argument("--seed", type=int, default=0, help="of samples, pages and corruptions (default: 0)")
    p.add_argument("--data-dir", metavar="DIR", help="data folder (default: $DIGITCAM_DATA, else a cache)")
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; UserError for wrong use and unusable input."""
    args = parser().parse_args(argv)
    args.argv = argv
    _check(args)
    # TensorFlow's notices would stand between the figures.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from digitcam.evaluation.contestants import load_contestants
    from digitcam.evaluation.report import PAGE, ReportFolder, write_report
    from digitcam.models import WHOLE_FRAME, find

    model = find(args.model, args.labels)
    if model.input == WHOLE_FRAME and args.data is None:
        raise UserError(f"{model.path} is shown whole frames: name --data DIR with pictures in DIR/<class>/")
    contestants = [] if args.data else load_contestants(args.model, args.conf, args.baseline)
    tables = sys.stderr if args.json == "-" else sys.stdout
    target = ReportFolder(Path(args.report), args.overwrite) if args.report else nullcontext()
    with target as opened:
        folder = opened.path if opened else None
        if args.data:
            from digitcam.evaluation.frames import measure_frames

            sections = [measure_frames(model, args.data, folder)]
        else:
            sections = _measure(args, contestants, folder)
        figures = _figures(args, contestants, sections)
        for section in sections:
            for table in section.tables:
                print(table.as_text() + "\n", file=tables)
        if folder:
            write_report(folder, f"digitcam: {figures['command']}", sections, figures)
    if args.report:
        print(f"report: {Path(args.report) / PAGE}", file=tables)
    if args.json:
        _write_json(args.json, figures, args.overwrite)
    return 0


def entry() -> int:
    """For the console script."""
    return run(main)


def _check(args: argparse.Namespace) -> None:
    """Refuse what cannot work before anything is computed."""
    from digitcam.evaluation.photos import read_labels
    from digitcam.outputs.base import check_target

    asked = [name for name in OTHERS if getattr(args, name)]
    if args.data and asked:
        raise UserError(f"--data is measured by itself: leave --{asked[0]} out, or --data")
    if args.finetune and not args.writers:
        raise UserError("--finetune is asked of the writers that are corrected: add --writers")
    if args.half and not args.photos:
        raise UserError("--half chooses among the pictures of --photos DIR: name that folder too")
    if args.ablation and not (args.photos or args.pages):
        raise UserError(
            "--ablation takes steps out of the reading of pictures: add --photos DIR or --pages N"
        )
    if args.photos:
        read_labels(Path(args.photos))
        if args.report and Path(args.report).resolve() == Path(args.photos).resolve():
            raise UserError(f"--report {args.report} is the folder of the pictures: name another one")
    if args.json and args.json != "-":
        path = Path(args.json)
        if path.suffix.lower() != ".json":
            raise UserError(f"--json {path} is no name for JSON: use - or a name ending in .json")
        inputs = [Path(args.photos) / "labels.json"] if args.photos else []
        check_target(path, inputs, args.overwrite)
    if args.samples and args.samples > MOST_SAMPLES:
        raise UserError(
            f"--samples {args.samples} is more than a sheet holds: ask for {MOST_SAMPLES} at most"
        )
    if args.samples and not args.report:
        check_target(SAMPLES, [], args.overwrite)


def _measure(
    args: argparse.Namespace, contestants: Sequence[Contestant], folder: Path | None
) -> list[Section]:
    """Everything that was asked for, in a fixed order."""
    from digitcam.training.mnist import find_data_dir

    data_dir = find_data_dir(args.data_dir)
    return [
        *_measure_digits(args, contestants, data_dir, folder),
        *_measure_pictures(args, contestants, data_dir, folder),
    ]


def _measure_digits(
    args: argparse.Namespace, contestants: Sequence[Contestant], data_dir: Path, folder: Path | None
) -> list[Section]:
    """What is asked of the networks alone."""
    from digitcam.evaluation import digit_suites
    from digitcam.training.mnist import load_mnist

    conf = contestants[0].conf
    others = args.photos or args.pages or args.numbers or args.strangers or args.corruptions
    others = others or args.acceptance or args.writers or args.characters
    mnist = args.mnist or not others
    sections = []
    if mnist or args.corruptions or args.samples or args.acceptance:
        images, truth = load_mnist("test", data_dir)
    if mnist:
        title = "MNIST test set"
        sections.append(digit_suites.measure_set("mnist", title, contestants, images, truth, conf, folder))
    if args.samples:
        sections.append(_samples(args, contestants[0], images, truth, folder))
    if args.strangers:
        drawn, labels, _ = digit_suites.load_strangers(data_dir)
        title = "Strangers: UNIPEN's held-out writers"
        sections.append(
            digit_suites.measure_set("strangers", title, contestants, drawn, labels, conf, folder)
        )
    if args.writers:
        from digitcam.commands.evaluate_writers import measure

        sections.append(measure(args.model, data_dir, args.seed, args.finetune))
    if args.characters:
        from digitcam.evaluation.characters import measure_characters

        sections.append(measure_characters(args.model or "characters", data_dir))
    if args.acceptance:
        from digitcam.evaluation.acceptance import measure_acceptance
        from digitcam.evaluation.negatives import gather_signs

        groups = gather_signs(data_dir)
        sections.append(measure_acceptance(contestants, images, truth, groups, conf, folder))
    if args.corruptions:
        sections.append(digit_suites.measure_corruptions(contestants, images, truth, conf, args.seed, folder))
    return sections


def _measure_pictures(
    args: argparse.Namespace, contestants: Sequence[Contestant], data_dir: Path, folder: Path | None
) -> list[Section]:
    """What is asked of the whole way from picture to digits."""
    from digitcam.evaluation import picture_suites
    from digitcam.evaluation.page_glyphs import glyph_source

    photos = Path(args.photos) if args.photos else None
    glyphs = glyph_source(args.glyphs, data_dir) if args.pages or args.numbers else None
    if args.ablation:
        from digitcam.evaluation.ablation import measure_ablation

        return [measure_ablation(contestants, photos, args.half, args.pages or 0, args.seed, glyphs)]
    sections = []
    if photos:
        sections.append(picture_suites.measure_photos(contestants, photos, args.half, folder))
    if args.pages:
        title = f"Generated pages, digits from {GLYPHS[args.glyphs]}"
        sections.append(
            picture_suites.measure_pages(
                contestants, args.pages, args.seed, glyphs=glyphs, title=title, folder=folder
            )
        )
    if args.numbers:
        from digitcam.evaluation.number_suite import measure_numbers

        title = f"Generated pages of numbers, digits from {GLYPHS[args.glyphs]}"
        sections.append(
            measure_numbers(contestants, args.numbers, args.seed, glyphs=glyphs, title=title, folder=folder)
        )
    return sections


def _samples(
    args: argparse.Namespace,
    contestant: Contestant,
    images: np.ndarray,
    truth: np.ndarray,
    folder: Path | None,
) -> Section:
    """The sheet of samples: in the report, or else in the working folder, whole or not at all."""
    from digitcam.evaluation.digit_suites import draw_samples
    from digitcam.outputs.base import write_whole

    if folder:
        return draw_samples(contestant, images, truth, args.samples, args.seed, folder / SAMPLES)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / SAMPLES
        section = draw_samples(contestant, images, truth, args.samples, args.seed, path)
        write_whole(SAMPLES, path.read_bytes(), args.overwrite)
    print(f"{section.title}: {SAMPLES}", file=sys.stderr)
    return section


def _figures(
    args: argparse.Namespace, contestants: Sequence[Contestant], sections: Sequence[Section]
) -> dict[str, object]:
    """What ``--json`` and the report hold: what was run, where, on what, and every section's figures."""
    from digitcam.machine import describe_machine

    words = sys.argv[1:] if args.argv is None else args.argv
    return {
        "command": shlex.join(["evaluate.py", *words]),
        "version": __version__,
        "date": time.strftime("%Y-%m-%d %H:%M:%S%z"),
        "machine": describe_machine(),
        "models": {
            c.name: {
                "file": c.model.name,
                "engine": c.engine,
                "sha256": hashlib.sha256(c.model.read_bytes()).hexdigest(),
            }
            for c in contestants
            if c.model
        },
        **{section.name: section.figures for section in sections},
    }


def _write_json(target: str, figures: dict[str, object], overwrite: bool) -> None:
    text = json.dumps(figures, indent=1, ensure_ascii=False) + "\n"
    if target == "-":
        sys.stdout.write(text)
    else:
        from digitcam.outputs.base import write_whole

        write_whole(Path(target), text.encode(), overwrite)
