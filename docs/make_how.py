"""Make the pictures and the notebook of ``how-it-works.md`` out of the program itself.

    python docs/make_how.py [FOLDER]

The page's own Python is run from top to bottom, and each ``figure`` of it becomes a picture in ``how/``. The
notebook has the same text and the same code.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2
import numpy as np

HERE = Path(__file__).resolve().parent
PICTURE = re.compile(r"^!\[.*?\]\(.*?\)\n", re.MULTILINE)
QUALITY = {".png": [cv2.IMWRITE_PNG_COMPRESSION, 9], ".jpg": [cv2.IMWRITE_JPEG_QUALITY, 88]}
PAGE, PICTURES, NOTEBOOK = "how-it-works.md", "how", "how-it-works.ipynb"


class Block(NamedTuple):
    """A part of the page: ``python`` that is run, or text."""

    python: bool
    text: str


def large(image: np.ndarray, height: int) -> np.ndarray:
    """An image of one channel or three, so high, its pixels as squares: H×W×3."""
    if image.ndim == 2:
        image = np.repeat(image[..., None], 3, 2)
    width = max(1, round(image.shape[1] * height / image.shape[0]))
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_NEAREST)


def row(images: Sequence[np.ndarray], gap: int = 8) -> np.ndarray:
    """Images of one height side by side."""
    space = np.full((images[0].shape[0], gap, 3), 255, np.uint8)
    parts = [part for image in images for part in (image, space)][:-1]
    return np.hstack(parts)


def column(images: Sequence[np.ndarray], gap: int = 8) -> np.ndarray:
    """Images below each other, the narrower ones filled up with white."""
    wide = max(image.shape[1] for image in images)
    white = (255, 255, 255)
    edges = [(0, gap, 0, wide - image.shape[1]) for image in images]
    parts = [
        cv2.copyMakeBorder(image, *edge, cv2.BORDER_CONSTANT, value=white)
        for image, edge in zip(images, edges, strict=True)
    ]
    return np.vstack(parts)[:-gap]


def beside(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Two images of any kind and size side by side, as high as the first."""
    return row([large(image, left.shape[0]) for image in (left, right)])


def bars(names: Sequence[str], values: Sequence[float]) -> np.ndarray:
    """Values from 0 to 1 as bars with their names."""
    image = np.full((30 * len(names) + 16, 520, 3), 255, np.uint8)
    for place, (name, value) in enumerate(zip(names, values, strict=True)):
        y = 8 + 30 * place
        cv2.putText(image, name, (10, y + 21), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (40, 40, 40), 1, cv2.LINE_AA)
        end = 40 + max(1, round(400 * value)), y + 24
        cv2.rectangle(image, (40, y + 4), end, (178, 114, 0), cv2.FILLED)
        text = f"{100 * value:.1f} %"
        cv2.putText(image, text, (448, y + 21), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (40, 40, 40), 1, cv2.LINE_AA)
    return image


HELPERS: tuple[Callable[..., Any], ...] = (large, row, column, beside, bars)

# In the notebook a figure is shown where it is made.
SHOWN = """
from IPython.display import Image, display


def figure(name, image):
    display(Image(cv2.imencode(".png", image)[1].tobytes()))
"""


def blocks_of(page: str) -> list[Block]:
    """The page in its parts, in order."""
    parts = re.split(r"^```python\n(.*?)^```\n", page, flags=re.MULTILINE | re.DOTALL)
    return [Block(place % 2 == 1, part) for place, part in enumerate(parts) if part.strip()]


def run(page: str, figure: Callable[[str, np.ndarray], None]) -> None:
    """Run the Python of the page; ``figure`` takes what it draws."""
    names: dict[str, Any] = {function.__name__: function for function in HELPERS}
    names["figure"] = figure
    for block in blocks_of(page):
        if block.python:
            exec(compile(block.text, PAGE, "exec"), names)


def notebook_of(page: str) -> dict[str, Any]:
    """The page as a notebook: the same text, the same code, and at the beginning what draws."""
    functions = "\n\n".join(inspect.getsource(function) for function in HELPERS)
    start = f"from collections.abc import Sequence\n\nimport cv2\nimport numpy as np\n{SHOWN}\n\n{functions}"
    cells = []
    for number, block in enumerate(blocks_of(page)):
        # A picture of the page is what the cell before it shows.
        text = block.text if block.python else PICTURE.sub("", block.text)
        cells.append(_cell(block.python, text, number + 1))
    cells.insert(1, _cell(True, start, 0))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _cell(python: bool, text: str, number: int) -> dict[str, Any]:
    source = text.strip().splitlines(keepends=True)
    cell: dict[str, Any] = {"id": f"part-{number}", "metadata": {}, "source": source}
    if python:
        return {"cell_type": "code", "execution_count": None, "outputs": [], **cell}
    return {"cell_type": "markdown", **cell}


def main(folder: Path) -> int:
    page = (HERE / PAGE).read_text(encoding="utf-8")
    pictures = folder / PICTURES
    pictures.mkdir(parents=True, exist_ok=True)

    def figure(name: str, image: np.ndarray) -> None:
        path = pictures / name
        cv2.imwrite(str(path), image, QUALITY[path.suffix])
        print(f"written: {path}")

    run(page, figure)
    path = folder / NOTEBOOK
    path.write_text(json.dumps(notebook_of(page), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"written: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE))
