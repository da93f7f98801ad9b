"""Where models are: the shipped ones in the package, or beside it in a checkout; and the user's own."""

from __future__ import annotations

from pathlib import Path

from digitcam.errors import UserError
from digitcam.user_folder import user_folder

DEFAULT_MODEL = "digits.keras"
# What names the model that ``train.py --finetune`` has made of the user's corrections.
PERSONAL = "personal"


def find_weights() -> Path:
    """The folder that holds ``digits.keras`` and its company; UserError where there is none.

    An installation has it as ``digitcam/weights``, a checkout as ``weights`` beside ``digitcam``.
    """
    package = Path(__file__).resolve().parent
    inside, beside = package / "weights", package.parent / "weights"
    # A checkout that lies in a folder with other things named weights must not be fooled by them.
    for folder in (inside, beside):
        if (folder / "__init__.py").is_file():
            return folder
    raise UserError(f"the shipped models are not in {inside} nor in {beside}: install digitcam anew")


def personal_model() -> Path:
    """Where the user's own model is, or would be."""
    return user_folder() / PERSONAL / DEFAULT_MODEL


def find_model(model: str | Path | None = None) -> Path:
    """The file that is meant: the shipped model by default, or by its name, ``personal`` for the user's own.

    Raises:
        UserError: there is no such file.
    """
    if model is None:
        path = find_weights() / DEFAULT_MODEL
    elif model == PERSONAL:
        path = personal_model()
        if not path.is_file():
            raise UserError(
                "there is no personal model yet: correct some digits in a window, then train.py --finetune "
                "makes one"
            )
    else:
        path = Path(model)
        if path.name == str(model) and not path.suffix and not path.exists():
            shipped = find_weights() / f"{path.name}.keras"
            path = shipped if shipped.is_file() else path
    if not path.is_file():
        raise UserError(f"there is no model file {path}: give --model a .keras file")
    return path
