"""Train a digit network.

    train.py --fast                        99 % in two minutes
    train.py                               the shipped model's recipe
    train.py --arch classic                the tutorial network
    train.py --export runs/cnn/model.keras its LiteRT twin, which cam.py runs
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from digitcam.commands.run import run
from digitcam.errors import UserError

ARCHITECTURES = ("cnn", "classic", "deep", "mlp")


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="train.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--arch", choices=ARCHITECTURES, default="cnn", help="the network (default: %(default)s)")
    parser.add_argument("--epochs", type=int, help="passes (default: the recipe's)")
    parser.add_argument("--samples", type=int, help="images drawn in one epoch (default: the recipe's)")
    parser.add_argument("--batch-size", type=int, help="images per step (default: the recipe's)")
    parser.add_argument("--learning-rate", type=float, help="the highest (default: the recipe's)")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument("--output", type=Path, metavar="DIR", help="where the run goes (default: runs/ARCH)")
    parser.add_argument("--fast", action="store_true", help="a few minutes' form of the recipe")
    parser.add_argument("--resume", action="store_true", help="go on from the last finished epoch in --output")
    parser.add_argument("--init", type=Path, metavar="MODEL", help="go on from the weights of a saved model")
    parser.add_argument("--data-dir", metavar="DIR", help="the data folder (default: $DIGITCAM_DATA, else the cache)")
    parser.add_argument("--page-crops", type=Path, metavar="FILE", help="crops to learn from beside the collections")
    task = parser.add_argument_group("other tasks")
    task.add_argument("--export", type=Path, metavar="MODEL", help="write the LiteRT twin beside a saved model")
    task.add_argument("--export-data", type=Path, metavar="DIR", help="write MNIST as folders of PNGs by class")
    task.add_argument("--make-page-crops", type=Path, metavar="FILE.npz", help="mine crops on generated pages")
    task.add_argument("--pages", type=int, default=1000, help="so many pages (default: %(default)s)")
    task.add_argument("--model", type=Path, help="the model that mines (default: the shipped one)")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parse_arguments(argv)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if arguments.export is not None:
        from digitcam.training.export import export_twin

        print(f"written: {export_twin(arguments.export)}", file=sys.stderr)
        return 0
    if arguments.export_data is not None:
        return export_data(arguments)
    if arguments.make_page_crops is not None:
        from digitcam.classifier import load_classifier
        from digitcam.training.mnist import find_data_dir
        from digitcam.training.page_crops import write_crops

        data_dir = find_data_dir(arguments.data_dir)
        write_crops(
            arguments.make_page_crops, load_classifier(arguments.model), data_dir, arguments.pages, arguments.seed
        )
        return 0
    return train(arguments)


def export_data(arguments: argparse.Namespace) -> int:
    from digitcam.training.export_data import export_folders
    from digitcam.training.mnist import find_data_dir, load_mnist

    for split in ("train", "test"):
        images, labels = load_mnist(split, find_data_dir(arguments.data_dir))
        export_folders(images, labels, arguments.export_data / split)
    return 0


def train(arguments: argparse.Namespace) -> int:
    from digitcam.training import recipes
    from digitcam.training.mnist import find_data_dir

    recipe = recipes.RECIPES[arguments.arch]
    if arguments.fast:
        recipe = recipes.fast(recipe)
    chosen = {
        "epochs": arguments.epochs,
        "samples": arguments.samples,
        "batch_size": arguments.batch_size,
        "learning_rate": arguments.learning_rate,
    }
    for name, value in chosen.items():
        if value is not None and value <= 0:
            raise UserError(f"--{name.replace('_', '-')} must be above 0, received {value}")
    recipe = replace(recipe, **{name: value for name, value in chosen.items() if value is not None})
    from digitcam.training.run import Run
    from digitcam.training.run import train as train_run

    job = Run(
        recipe,
        folder=arguments.output or Path("runs") / arguments.arch,
        data_dir=find_data_dir(arguments.data_dir),
        seed=arguments.seed,
        init=arguments.init,
        page_crops=arguments.page_crops,
        resume=arguments.resume,
    )
    record = train_run(job)
    show(record, job.folder)
    return 0


def show(record: dict, folder: Path) -> None:
    """The final table and the plot."""
    import json

    from digitcam.training.plots import plot_history

    history = json.loads((folder / "history.json").read_text(encoding="utf-8"))
    measured = record["measured"]
    low, high = measured["test_interval_95"]
    print(f"validation accuracy  {measured['validation_accuracy']:.3%}")
    print(f"test accuracy        {measured['test_accuracy']:.2%}  (95 % interval {low:.2%} to {high:.2%})")
    for name in ("validation_digits_accepted", "validation_negatives_accepted"):
        for confidence, share in measured.get(name, {}).items():
            print(f"{name.replace('_', ' ')} at confidence {confidence}: {share:.2%}")
    plot = plot_history(history, folder / 'loss_accuracy.png')
    print(f"written: {folder / 'model.keras'}, {folder / 'model.json'}, {plot}")
    print(f"next:    train.py --export {folder / 'model.keras'}")


def entry() -> int:
    """The console script's way in."""
    return run(main)
