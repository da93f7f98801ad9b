"""Where the user's own things are kept: corrections, a personal model, and what can be made anew."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from digitcam.errors import UserError

# The environment variable that names another folder.
VARIABLE = "DIGITCAM_USER"


def user_folder() -> Path:
    """``$DIGITCAM_USER``, else the place for a program's data in the user's account; it need not exist.

    UserError where a file stands in its place.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen:
        folder = Path(chosen).expanduser()
    else:
        from platformdirs import user_data_path

        folder = user_data_path("digitcam", appauthor=False)
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder}, the folder for your corrections, is a file: name another in ${VARIABLE}")
    return folder


def cache_dir() -> Path:
    """The program's place in the user's cache folder; it need not exist."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "digitcam"
