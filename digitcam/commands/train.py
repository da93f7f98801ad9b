"""Train a digit network.

train.py --fast                        99 % in two minutes
train.py                               the shipped model's recipe
train.py --arch classic                the tutorial network
train.py --output runs/mine --resume   go on after a stop, with the settings of then
train.py --data DIR                    pictures of your own in DIR/0 to DIR/9
train.py --dataset characters          digits and letters
train.py --show-data --data DIR        a look at the data before any training
train.py --export runs/cnn/model.keras its LiteRT twin, which cam.py runs
train.py --finetune                    a model of your own hand, from the digits you corrected
"""

from __future__ import annotations

import argparse
import math
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from digitcam.commands import train_tasks as tasks
from digitcam.commands.cam_options import Parser
from digitcam.commands.run import Terminated, run
from digitcam.commands.train_runs import ARCHITECTURES, DATASETS, learns_frames, make_run, trainer

if TYPE_CHECKING:
    from digitcam.training.settings import Run

T = TypeVar("T")

def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = Parser(
        prog="train.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--arch", metavar="NAME", help=f"the network: {', '.join(ARCHITECTURES)} (default: cnn); see --data")
    add("--epochs", type=_count, metavar="N", help="passes (default: the recipe's)")
    add("--samples", type=_count, metavar="N", help="images drawn in one epoch (default: the recipe's)")
    add("--batch-size", type=_count, metavar="N", help="images per step (default: the recipe's)")
    add("--learning-rate", type=_rate, metavar="X", help="the highest (default: the recipe's)")
    add("--seed", type=_seed, metavar="N", help="default: 0")
    add("--output", type=Path, metavar="DIR", help="where the run goes (default: runs/ARCH)")
    add("--fast", action="store_true", help="a few minutes' form of the recipe")
    add("--resume", action="store_true", help="go on from the last finished epoch in --output")
    add("--watch", action="store_true", help="show the training as it goes on; training.gif in --output")
    add("--init", type=Path, metavar="MODEL", help="begin with the weights of a saved model")
    add("--data", type=Path, metavar="DIR", help="learn from the pictures in DIR/<class>/ alone: digits, or "
        "others upon a body of --arch imagenet:NAME, or --arch small from scratch; or FILE.csv")  # fmt: skip
    add("--dataset", choices=DATASETS, help="what is told apart: digits (default), or letters as well")
    add("--data-dir", metavar="DIR", help="the data folder (default: $DIGITCAM_DATA, else the cache)")
    add("--teacher", type=Path, metavar="MODEL", help="learn a saved model's answers, not the labels")
    add("--page-crops", type=Path, metavar="FILE", help="crops to learn from beside the collections")
    group = parser.add_argument_group("other tasks, one at a time")
    task = group.add_mutually_exclusive_group().add_argument
    task("--export", type=Path, metavar="MODEL", help="write the LiteRT twin beside a saved model")
    task("--show-data", action="store_true", help="look at what would be learnt: counts, values, samples")
    task("--export-data", type=Path, metavar="DIR", help="write MNIST as folders of PNGs by class")
    task("--make-page-crops", type=Path, metavar="FILE.npz", help="mine crops on generated pages")
    task("--make-cases", type=Path, metavar="FILE.npz", help="mine what the judge learns from")
    task("--fit-judge", type=Path, metavar="FILE.npz", help="fit the judge to such cases")
    task("--make-sign-looks", type=Path, metavar="FILE.npz", help="mine what the sign network learns from")
    task("--fit-signs", type=Path, metavar="FILE.npz", help="fit the sign network to such looks")
    task("--fit-screen", type=Path, metavar="MODEL", help="set the threshold of a screen beside --model")
    task("--finetune", action="store_true", help="make the personal model of your corrections")
    task("--make-replay", type=Path, metavar="MODEL", help="store looks at training images, for --finetune")
    task("--fit-typical", type=Path, metavar="MODEL", help="measure typical digits, for corrections")
    group.add_argument("--eight-bits", action="store_true", help="export weights of eight bits: faster")
    group.add_argument("--pages", type=_count, default=1000, help="pages to mine on (default: %(default)s)")
    group.add_argument(
        "--easy", type=_count, default=15, metavar="N", help="most easy negatives of a page (%(default)s)"
    )
    group.add_argument("--model", type=Path, help="who mines, is screened or fine-tuned (default: shipped)")
    group.add_argument("--allow-loss", action="store_true", help="fine-tune though MNIST is read worse")
    return parser.parse_args(argv)


def _count(text: str) -> int:
    return _checked(text, int, lambda value: value >= 1, "a whole number of at least 1")


def _rate(text: str) -> float:
    return _checked(text, float, lambda value: 0 < value < math.inf, "a number above 0")


def _seed(text: str) -> int:
    return _checked(text, int, lambda value: 0 <= value < 2**32, f"a whole number from 0 to {2**32 - 1}")


def _checked(text: str, read: Callable[[str], T], holds: Callable[[T], bool], wanted: str) -> T:
    """``read(text)`` where that works and ``holds``; else an error that says what was wanted."""
    with suppress(ValueError):
        value = read(text)
        if holds(value):
            return value
    raise argparse.ArgumentTypeError(f"expected {wanted}, received {text!r}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``train.py`` with ``argv`` and give its exit status; UserError for what the user can mend."""
    arguments = parse_arguments(argv)
    words = sys.argv[1:] if argv is None else argv
    if arguments.export is not None:
        return tasks.export(arguments.export, arguments.eight_bits)
    if arguments.show_data:
        job = make_run(arguments, words)
        return tasks.show_data(job, learns_frames(job))
    if arguments.export_data is not None:
        return tasks.export_data(arguments)
    if arguments.make_page_crops is not None:
        return tasks.make_page_crops(arguments)
    if arguments.make_cases is not None:
        return tasks.make_cases(arguments)
    if arguments.fit_judge is not None:
        return tasks.fit_judge(arguments, words)
    if arguments.make_sign_looks is not None:
        return tasks.make_sign_looks(arguments)
    if arguments.fit_signs is not None:
        return tasks.fit_signs(arguments, words)
    if arguments.fit_screen is not None:
        return tasks.fit_screen(arguments)
    if arguments.fit_typical is not None:
        return tasks.fit_typical(arguments)
    if arguments.make_replay is not None:
        return tasks.make_replay(arguments)
    if arguments.finetune:
        return tasks.finetune(arguments, words)
    return train(arguments, words)


def train(arguments: argparse.Namespace, argv: Sequence[str]) -> int:
    job = make_run(arguments, argv)
    try:
        # First, so that the backend's chatter is kept out.
        from digitcam.keras_door import import_keras

        import_keras()
        record = trainer(job)(job)
    except (KeyboardInterrupt, Terminated):
        print(f"{os.linesep if sys.stderr.isatty() else ''}digitcam: {stopped(job)}", file=sys.stderr)
        raise
    show(record, job.folder)
    return 0


def stopped(job: Run) -> str:
    """What to say of a run that was broken off."""
    from digitcam.training.settings import finished_epochs

    done = finished_epochs(job.folder)
    if not done:
        return "stopped before the end of the first epoch: nothing is kept"
    return (
        f"stopped after epoch {done} of {job.recipe.epochs}: "
        f"train.py --output {shlex.quote(str(job.folder))} --resume goes on from there"
    )


def show(record: dict[str, Any], folder: Path) -> None:
    """The final table and the plot."""
    import json

    from digitcam.training.mistakes import CONFUSION
    from digitcam.training.plots import plot_history
    from digitcam.training.watch import GIF

    history = json.loads((folder / "history.json").read_text(encoding="utf-8"))
    measured = record["measured"]
    print(f"validation accuracy  {measured['validation_accuracy']:.3%}")
    if "test_accuracy" in measured:
        accuracy, (low, high) = measured["test_accuracy"], measured["test_interval_95"]
        print(f"test accuracy        {accuracy:.2%}  (95 % interval {low:.2%} to {high:.2%})")
    for name in ("validation_digits_accepted", "validation_negatives_accepted"):
        for confidence, share in measured.get(name, {}).items():
            print(f"{name.replace('_', ' ')} at confidence {confidence}: {share:.2%}")
    if "test_accuracy" not in measured and "validation_interval_95" in measured:
        print("nothing was kept out to test: the folder has train and val alone, or too few pictures")
    plot = plot_history(history, folder / "loss_accuracy.png")
    print(f"written: {folder / 'model.keras'}, {folder / 'model.json'}, {plot}")
    if (folder / GIF).is_file():
        print(f"film:    {folder / GIF}")
    model = shlex.quote(str(folder / "model.keras"))
    if record["settings"]["pictures"] and (folder / CONFUSION).is_file():
        print(f"see:     {folder / CONFUSION}, and beside it the commonest mistakes")
    print(f"next:    train.py --export {model}, then cam.py --model {model}")


def entry() -> int:
    """The console script's way in."""
    status = run(main)
    if status and "tensorflow" in sys.modules:
        # Of a training that was broken off threads still make batches, on which Python's end would abort.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    return status
