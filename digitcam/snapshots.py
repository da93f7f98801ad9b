"""Pictures that a window saves: under a name that tells the time and is not taken."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import numpy as np


def save_snapshot(folder: Path, picture: np.ndarray) -> Path:
    """Write an H×W×3 picture as ``digitcam-<time>.png``; its path. UserError where that cannot be."""
    from digitcam.outputs.pictures import write_picture

    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    for count in range(1000):
        path = folder / f"digitcam-{stamp}{f'-{count}' if count else ''}.png"
        if not os.path.lexists(path):
            break
    write_picture(path, picture, overwrite=False)
    return path
