"""What a training run is asked to do: the options of ``train.py`` as a run."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitcam.commands.train_tasks import with_asked
from digitcam.errors import UserError

if TYPE_CHECKING:
    from digitcam.training.recipes import Recipe
    from digitcam.training.settings import Run

# Where networks of pictures go.
PICTURES = "pictures"
DATASETS = ("digits", "characters")
ARCHITECTURES = ("cnn", "screen", "classic", "deep", "mlp")
# The settings that options stand for; of a resumed run they are taken from its folder.
SETTINGS = {
    "arch": "architecture",
    "epochs": "epochs",
    "samples": "samples",
    "batch_size": "batch_size",
    "learning_rate": "learning_rate",
    "seed": "seed",
    "dataset": "dataset",
    "init": "init",
    "page_crops": "page_crops",
    "data": "pictures",
    "teacher": "teacher",
}


def of_frames(arguments: argparse.Namespace) -> bool:
    """Whether a network of whole frames is to be trained: it is asked for, or the classes are no digits."""
    if arguments.resume:
        from digitcam.training.settings import stored_architecture

        stored = stored_architecture(arguments.output or Path("runs") / PICTURES)
        if stored is not None:
            return stored not in ARCHITECTURES
    if arguments.data is None:
        return False
    if arguments.arch is not None:
        return arguments.arch not in ARCHITECTURES
    if not of_other_names(arguments.data):
        return False
    from digitcam.training.glyphs import are_glyphs

    return not are_glyphs(arguments.data)


def of_other_names(data: Path) -> bool:
    """Whether a folder has other classes than digits."""
    from digitcam.training.folder import NONE_FOLDER
    from digitcam.training.pictures import names_of_classes
    from digitcam.types import LABELS

    return bool(set(names_of_classes(data)) - {*LABELS, NONE_FOLDER})


def make_run(arguments: argparse.Namespace, argv: Sequence[str]) -> Run:
    """The run that the options ask for; UserError where they contradict each other or the run's folder."""
    from digitcam.training.mnist import find_data_dir
    from digitcam.training.settings import Run, resumed

    if arguments.data is not None and arguments.dataset is not None:
        raise UserError("--data and --dataset both say what is learnt: leave one of them out")
    frames = of_frames(arguments)
    recipe, name = _frames_recipe(arguments) if frames else _crops_recipe(arguments)
    job = Run(
        recipe,
        folder=arguments.output or Path("runs") / name,
        data_dir=find_data_dir(arguments.data_dir),
        seed=arguments.seed or 0,
        init=arguments.init,
        page_crops=arguments.page_crops,
        pictures=arguments.data,
        teacher=arguments.teacher,
        resume=arguments.resume,
        watch=arguments.watch,
        command=shlex.join(["train.py", *argv]),
    )
    if job.resume:
        asked = [setting for option, setting in SETTINGS.items() if getattr(arguments, option) is not None]
        job = resumed(job, [*asked, *(("epochs", "samples") if arguments.fast and not frames else ())])
    return _checked(job, frames)


def _frames_recipe(arguments: argparse.Namespace) -> tuple[Recipe, str]:
    """How a network of whole frames is trained, and the name of its folder."""
    from digitcam.training import recipes

    recipe = recipes.for_pictures(arguments.arch)
    recipe = recipes.fast(recipe) if arguments.fast else recipe
    return with_asked(recipe, arguments, ("epochs", "batch_size", "learning_rate")), PICTURES


def _crops_recipe(arguments: argparse.Namespace) -> tuple[Recipe, str]:
    """How a network of crops is trained, and the name of its folder."""
    from digitcam.training import recipes

    architecture = arguments.arch or ARCHITECTURES[0]
    if architecture not in ARCHITECTURES:
        raise UserError(f"--arch {architecture} is unknown: expected one of {', '.join(ARCHITECTURES)}")
    recipe = recipes.recipe_for(architecture, arguments.dataset or DATASETS[0])
    if arguments.data is not None:
        recipe = replace(recipe, everything=False)
        if of_other_names(arguments.data):
            from digitcam.training.pictures import find_pictures

            recipe = recipes.for_glyphs(recipe, len(find_pictures(arguments.data).train))
    recipe = recipes.fast(recipe) if arguments.fast else recipe
    recipe = with_asked(recipe, arguments, ("epochs", "samples", "batch_size", "learning_rate"))
    return recipe, architecture if recipe.dataset == DATASETS[0] else recipe.dataset


def _checked(job: Run, frames: bool) -> Run:
    """The run; UserError where its settings do not go together."""
    if frames:
        others = {"--init": job.init, "--page-crops": job.page_crops, "--teacher": job.teacher}
        given = [option for option, value in others.items() if value is not None]
        if given:
            raise UserError(f"{given[0]} is for networks of digits and letters: leave it out")
        return job
    if 0 < job.recipe.samples < job.recipe.batch_size:
        raise UserError(
            f"an epoch of {job.recipe.samples} images holds no batch of {job.recipe.batch_size}: "
            "raise --samples or lower --batch-size"
        )
    if job.teacher is not None and not job.recipe.samples:
        raise UserError("--teacher is for cnn and screen: leave it out, or --arch")
    if job.page_crops is not None and (not job.recipe.everything or job.pictures is not None):
        raise UserError("--page-crops is for the cnn and the data folder: leave out --data, or --arch")
    return job


def learns_frames(job: Run) -> bool:
    """Whether a run is of a network of whole frames."""
    return job.pictures is not None and job.recipe.architecture not in ARCHITECTURES


def trainer(job: Run) -> Callable[[Run], dict[str, Any]]:
    """What does the training that is asked for."""
    if learns_frames(job):
        from digitcam.training.transfer import train

        return train
    from digitcam.training.recipes import GLYPHS

    if job.recipe.dataset == GLYPHS:
        from digitcam.training.glyphs import train

        return train
    from digitcam.training.run import train as train_crops

    return train_crops
