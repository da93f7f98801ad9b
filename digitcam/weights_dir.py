"""Where the shipped models are: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from digitcam.errors import UserError


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
