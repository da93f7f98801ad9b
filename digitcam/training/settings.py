"""What one training run is asked to do, and the same as the run's folder keeps it for ``--resume``."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from digitcam.errors import UserError, one_line
from digitcam.training.augment import Strength
from digitcam.training.recipes import Recipe

SETTINGS = "settings.json"
CHECKPOINT = "checkpoint.keras"
HISTORY = "history.json"
MODEL = "model.keras"
RECORD = "model.json"
PATHS = ("init", "page_crops", "pictures", "teacher")


@dataclass(frozen=True)
class Run:
    """
    Attributes:
        recipe: what to do.
        folder: where everything goes; made if absent.
        data_dir: the data folder.
        seed: of weights, batches and dropout.
        init: a saved model of the same architecture to go on from.
        page_crops: a file of crops that the pipe cut out of generated pages.
        pictures: a folder of labelled pictures to learn from in place of the data folder.
        teacher: a saved model whose answers are learnt in place of the labels.
        resume: go on from the folder's checkpoint.
        command: as it was typed, for the record.
        watch: show it while it goes on, and keep a film of it.
    """

    recipe: Recipe
    folder: Path
    data_dir: Path
    seed: int
    init: Path | None = None
    page_crops: Path | None = None
    pictures: Path | None = None
    teacher: Path | None = None
    resume: bool = False
    command: str = ""
    watch: bool = False

    def settings(self) -> dict[str, Any]:
        """All that decides the result, in JSON's types."""
        paths = {name: getattr(self, name) for name in PATHS}
        given = {name: str(path) if path else None for name, path in paths.items()}
        return {**asdict(self.recipe), "seed": self.seed, **given}


def resumed(run: Run, asked: Collection[str]) -> Run:
    """``run`` with the settings that its folder was begun with.

    A run that is resumed ends where it would have ended without the stop, so its settings stay: with more
    epochs the learning rate would fall along another curve from the start.

    Args:
        asked: the settings that the user named; they must be those of the folder.

    Raises:
        UserError: there is nothing to resume, or other settings are asked for.
    """
    path = run.folder / SETTINGS
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(
            f"nothing to resume in {run.folder}: no {SETTINGS} there; leave out --resume"
        ) from None
    except (OSError, ValueError) as error:
        raise UserError(
            f"{path} cannot be read ({one_line(error)}): begin anew in another --output"
        ) from error
    wanted = run.settings()
    differing = [name for name in asked if stored.get(name) != wanted[name]]
    other = [f"{name} {stored.get(name)}, not {wanted[name]}" for name in differing]
    if other:
        raise UserError(
            f"{run.folder} was begun with other settings ({'; '.join(other)}): resume without naming them, "
            "or begin anew in another --output, from its weights with --init"
        )
    try:
        names = [field.name for field in fields(Recipe) if field.name in stored]
        recipe = Recipe(**{name: stored[name] for name in names})
        if stored["strength"] is not None:
            recipe = replace(recipe, strength=Strength(**stored["strength"]))
        paths: dict[str, Any] = {name: Path(stored[name]) if stored.get(name) else None for name in PATHS}
        return replace(run, recipe=recipe, seed=stored["seed"], **paths)
    except (KeyError, TypeError) as error:
        raise UserError(f"{path} is damaged ({one_line(error)}): begin anew in another --output") from error


def stored_architecture(folder: Path) -> str | None:
    """The network that a run's folder was begun with; None where that is not told."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads((folder / SETTINGS).read_text(encoding="utf-8"))["architecture"])
    return None


def check_folder(run: Run) -> None:
    """Refuse a folder that holds another run or cannot be written to; an absent one is made."""
    held = [name for name in (MODEL, CHECKPOINT) if (run.folder / name).exists()]
    if held and not run.resume:
        raise UserError(f"{run.folder} holds a run already: give another --output, or --resume")
    try:
        run.folder.mkdir(parents=True, exist_ok=True)
        reason = "" if os.access(run.folder, os.W_OK) else "Permission denied"
    except OSError as error:
        reason = one_line(error)
    if reason:
        raise UserError(f"cannot write to {run.folder}: {reason}; give another --output")


def finished_epochs(folder: Path) -> int:
    """How many epochs ``--resume`` would not have to do again; 0 where that cannot be told."""
    try:
        history = json.loads((folder / HISTORY).read_text(encoding="utf-8"))
        return len(history) if (folder / CHECKPOINT).exists() else 0
    except (OSError, ValueError):
        return 0


def forget_folder(run: Run) -> None:
    """Take away the folder where nothing has been written into it."""
    with suppress(OSError):
        run.folder.rmdir()
