"""What ``train.py`` does besides training a digit network: exports, mining, fitting the small networks."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitcam.errors import UserError

if TYPE_CHECKING:
    from digitcam.training.recipes import Recipe
    from digitcam.training.settings import Run


def export(model: Path, eight_bits: bool) -> int:
    from digitcam.training.export import export_twin

    print(f"written: {export_twin(model, eight_bits=eight_bits)}", file=sys.stderr)
    return 0


def export_data(arguments: argparse.Namespace) -> int:
    from digitcam.training.export_data import export_folders
    from digitcam.training.mnist import find_data_dir, load_mnist

    # Both are loaded before either is written.
    data_dir = find_data_dir(arguments.data_dir)
    collections = {split: load_mnist(split, data_dir) for split in ("train", "test")}
    for split, (images, labels) in collections.items():
        export_folders(images, labels, arguments.export_data / split)
    return 0


def show_data(job: Run, frames: bool) -> int:
    from digitcam.training import show_data as look

    if frames:
        from digitcam.training.pictures import find_pictures

        assert job.pictures is not None
        found = find_pictures(job.pictures)
        lines, sheet = look.describe_pictures(found), look.draw_pictures(found)
    else:
        from digitcam.keras_door import import_keras

        import_keras()
        from digitcam.training.run import gather

        stuff = gather(job)
        lines, sheet = look.describe_material(stuff), look.draw_material(stuff)
    for line in lines:
        print(line)
    print(f"written: {look.write_sheet(sheet, job.folder)}")
    return 0


def make_page_crops(arguments: argparse.Namespace) -> int:
    from digitcam.training.page_crops import write_crops

    write_crops(arguments.make_page_crops, *mined_on(arguments), arguments.easy)
    return 0


def make_cases(arguments: argparse.Namespace) -> int:
    from digitcam.training.cases import write_cases

    write_cases(arguments.make_cases, *mined_on(arguments))
    return 0


def make_sign_looks(arguments: argparse.Namespace) -> int:
    from digitcam.training.sign_looks import write_looks

    write_looks(arguments.make_sign_looks, *mined_on(arguments))
    return 0


def mined_on(arguments: argparse.Namespace) -> tuple[Path | None, Path, int, int, int]:
    """What every mining asks for: model, data folder, pages, seed, processes."""
    from digitcam.training.mnist import find_data_dir

    data_dir = find_data_dir(arguments.data_dir)
    return arguments.model, data_dir, arguments.pages, arguments.seed or 0, os.cpu_count() or 1


def fit_judge(arguments: argparse.Namespace, argv: Sequence[str]) -> int:
    from digitcam.keras_door import import_keras
    from digitcam.training.cases import load_cases

    import_keras()
    from digitcam.training import judging, recipes

    cases = load_cases(arguments.fit_judge)
    folder, recipe, how = fitted_how(arguments, argv, "judge", recipes.JUDGE)
    measured = judging.fit_judge(cases, folder, recipe, **how)["measured"]
    for name in ("log_loss", "errors"):
        before, after = measured[f"{name}_before"], measured[f"{name}_after"]
        print(f"{name.replace('_', ' '):>8}: {before:.4f} without the judge, {after:.4f} with it")
    return tell_of(folder / judging.JUDGE)


def fit_signs(arguments: argparse.Namespace, argv: Sequence[str]) -> int:
    from digitcam.keras_door import import_keras
    from digitcam.training.sign_looks import load_looks

    import_keras()
    from digitcam.training import recipes, sign_fitting

    looks = load_looks(arguments.fit_signs)
    folder, recipe, how = fitted_how(arguments, argv, "signs", recipes.SIGNS)
    measured = sign_fitting.fit_signs(looks, folder, recipe, **how)["measured"]
    print(f"accuracy on looks of other pages: {measured['accuracy']:.2%}")
    return tell_of(folder / sign_fitting.SIGN_NETWORK)


def fitted_how(
    arguments: argparse.Namespace, argv: Sequence[str], name: str, recipe: Recipe
) -> tuple[Path, Recipe, dict[str, Any]]:
    """Where a small network goes, the recipe as asked for, and its seed, beginning and command."""
    recipe = with_asked(recipe, arguments, ("epochs", "batch_size", "learning_rate"))
    command = shlex.join(["train.py", *argv])
    how = {"seed": arguments.seed or 0, "init": arguments.init, "command": command}
    return arguments.output or Path("runs") / name, recipe, how


def with_asked(recipe: Recipe, arguments: argparse.Namespace, options: Sequence[str]) -> Recipe:
    """The recipe with those of the options that were given in the place of its own settings."""
    asked = {option: getattr(arguments, option) for option in options}
    return replace(recipe, **{option: value for option, value in asked.items() if value is not None})


def tell_of(path: Path) -> int:
    """Say where a small network was written, and what comes next."""
    print(f"written: {path}, {path.with_suffix('.json')}")
    print(f"next:    train.py --export {shlex.quote(str(path))}")
    return 0


def make_replay(arguments: argparse.Namespace) -> int:
    from digitcam.keras_door import load_keras_model
    from digitcam.training.mnist import find_data_dir

    network = load_keras_model(arguments.make_replay)
    import numpy as np

    from digitcam.training import replay
    from digitcam.training.top import Top

    rng = np.random.default_rng(arguments.seed or 0)
    top = Top(network, arguments.make_replay)
    looks = replay.gather(top, find_data_dir(arguments.data_dir), replay.STORED, rng)
    print(f"written: {replay.write_replay(arguments.make_replay, looks)}, {len(looks.labels):,} looks")
    return 0


def finetune(arguments: argparse.Namespace, argv: Sequence[str]) -> int:
    from digitcam.corrections.store import CorrectionFile
    from digitcam.weights_dir import find_model, personal_model

    corrections = CorrectionFile().read()
    if not corrections:
        raise UserError(
            f"there are no corrections in {CorrectionFile().path} to learn from: correct some digits in a "
            "window first, as in `cam.py draw`"
        )
    from digitcam.keras_door import import_keras
    from digitcam.training.mnist import find_data_dir

    import_keras()
    from digitcam.training import personal

    model = find_model(arguments.model)
    crops, labels = personal.usable(corrections, model)
    making = personal.Personal(model, find_data_dir(arguments.data_dir), arguments.seed or 0)
    found = making.measure_and_learn(crops, labels)
    if found.corrections:
        print(
            f"corrections held out by turns ({found.corrections}): {found.corrections_before:.1%} right "
            f"before, {found.corrections_after:.1%} after"
        )
    print(f"{found.mnist}: {found.mnist_before:.2%} right before, {found.mnist_after:.2%} after")
    if found.lost > found.most_lost and not arguments.allow_loss:
        raise UserError(
            f"the model is not written, for it would lose {100 * found.lost:.2f} points on MNIST, more than "
            f"{100 * found.most_lost:.1f}: look through the corrections with `cam.py corrections sheet`, "
            "or add --allow-loss"
        )
    command = shlex.join(["train.py", *argv])
    written = making.write(personal_model().parent, asdict(found) | {"learnt": len(labels)}, command)
    print(f"written: {written}")
    print("next:    cam.py --model personal")
    return 0


def fit_typical(arguments: argparse.Namespace) -> int:
    from digitcam.training.mnist import find_data_dir
    from digitcam.training.typical import fit_typical

    written = fit_typical(arguments.fit_typical, find_data_dir(arguments.data_dir), arguments.seed or 0)
    print(f"written: {written}")
    return 0


def fit_screen(arguments: argparse.Namespace) -> int:
    from digitcam.training.mnist import find_data_dir
    from digitcam.training.screening import fit_screen

    data_dir = find_data_dir(arguments.data_dir)
    found = fit_screen(arguments.fit_screen, arguments.model, data_dir, arguments.page_crops)
    print(f"threshold {found['threshold']:.3g}; of these a screen lets pass:")
    for name, passed in found["passed"].items():
        print(f"{name:>32}: {passed['share']:.2%} of {passed['images']:,}")
    return 0
