"""The collections of handwriting beside MNIST: digits by other hands, and things that are no digit.

Each loader gives N×28×28 uint8 in MNIST's convention. A collection whose files are absent gives
None; the caller says what is left out.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from digitcam.errors import UserError, one_line
from digitcam.normalise import normalise

# Letters and signs that are drawn like a digit: neither digit nor negative.
LOOK_ALIKE_LETTERS = frozenset("OoIilZzSsgqb")
LOOK_ALIKE_SIGNS = frozenset("|/!()[]{}'`,;")
LOOK_ALIKE_ALPHABETS = frozenset(("Latin", "Greek", "Early_Aramaic"))

# The width of the pen for drawn paths, as a share of the glyph's longer side.
PEN_WIDTHS = (0.04, 0.20)
DRAWN_SIDE = 96


def read_arrays(path: Path, *names: str, optional: Iterable[str] = ()) -> dict[str, np.ndarray] | None:
    """The named arrays of an ``.npz`` file; None where there is no such file.

    Raises:
        UserError: the file is damaged, or lacks an array that is not ``optional``.
    """
    if not path.exists():
        return None
    try:
        with np.load(path) as archive:
            present = [name for name in optional if name in archive]
            return {name: archive[name] for name in (*names, *present)}
    except (OSError, ValueError, KeyError, EOFError, TypeError, zlib.error, zipfile.BadZipFile) as error:
        raise UserError(f"{path} cannot be read ({one_line(error)[:160]}): replace or remove it") from error


def heldout_writers(data_dir: Path) -> frozenset[int]:
    """UNIPEN's writers that are never trained on."""
    path = data_dir / "unipen" / "heldout_writers.json"
    try:
        return frozenset(int(writer) for writer in json.loads(path.read_text(encoding="utf-8"))["writers"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{path} cannot be read ({one_line(error)}): without it the writers that measure would be "
            "trained on; put it there, or move the folder away"
        ) from error


def pen_paths(
    data_dir: Path, name: str, *, heldout: bool = False
) -> tuple[list[list[np.ndarray]], np.ndarray] | None:
    """UNIPEN's pen paths (train_r01_v07).

    Args:
        name: ``digits``, ``upper``, ``lower`` or ``symbols``.
        heldout: the held-out writers in place of all others.

    Returns:
        For each item its strokes (n×2 float32, y downwards), and the items' labels; None where
        the file is absent.
    """
    path = data_dir / "unipen" / f"unipen_{name}.npz"
    data = read_arrays(path, "writer", "pts", "stroke_off", "item_off", "y")
    if data is None:
        return None
    is_heldout = np.isin(data["writer"], list(heldout_writers(data_dir)))
    points = data["pts"] * np.array((1, -1), np.float32)
    stroke_start, item_start = data["stroke_off"], data["item_off"]
    chosen = np.flatnonzero(is_heldout == heldout)
    items = [
        [points[stroke_start[s] : stroke_start[s + 1]] for s in range(item_start[i], item_start[i + 1])]
        for i in chosen
    ]
    return items, data["y"][chosen]


def draw_path(strokes: list[np.ndarray], pen: float, rng: np.random.Generator) -> np.ndarray:
    """Draw strokes with a round pen and normalise.

    Args:
        strokes: each n×2, y downwards, any unit.
        pen: the pen's width as a share of the glyph's longer side.

    Returns:
        28×28 uint8.
    """
    points = np.concatenate(strokes)
    low, high = points.min(0), points.max(0)
    side = max(float((high - low).max()), 1e-6)
    margin = DRAWN_SIDE * pen + 4
    scale = DRAWN_SIDE / side
    width, height = np.ceil((high - low) * scale + 2 * margin).astype(int)
    canvas = np.zeros((height, width), np.uint8)
    thickness = max(1, round(DRAWN_SIDE * pen * rng.uniform(0.9, 1.1)))
    # A stroke of one point is a dot, for which cv2 wants a line from the point to itself.
    dotted = [np.repeat(s, 2, axis=0) if len(s) == 1 else s for s in strokes]
    # cv2 takes fixed-point coordinates: four fractional bits.
    lines = [np.round(((s - low) * scale + margin) * 16).astype(np.int32) for s in dotted]
    cv2.polylines(canvas, lines, False, 255, thickness, cv2.LINE_AA, 4)
    return normalise(canvas)


def draw_paths(items: list[list[np.ndarray]], rng: np.random.Generator) -> np.ndarray:
    """Draw each item once with a pen of random width: N×28×28 uint8."""
    low, high = np.log(PEN_WIDTHS)
    pens = np.exp(rng.uniform(low, high, len(items)))
    drawn = [draw_path(strokes, pen, rng) for strokes, pen in zip(items, pens, strict=True)]
    return np.array(drawn, np.uint8).reshape(-1, 28, 28)


def unipen_digits(
    data_dir: Path, rng: np.random.Generator, copies: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """UNIPEN's digits, each drawn ``copies`` times: images and labels."""
    paths = pen_paths(data_dir, "digits")
    if paths is None:
        return None
    items, labels = paths
    images = np.concatenate([draw_paths(items, rng) for _ in range(copies)])
    return images, np.tile(labels, copies).astype(np.uint8)


def letters(data_dir: Path, rng: np.random.Generator) -> np.ndarray | None:
    """Letters and signs without the look-alikes, from EMNIST and UNIPEN."""
    parts = []
    for name in ("emnist_byclass_test_letters", "emnist_extra_letters"):
        data = read_arrays(data_dir / "emnist" / f"{name}.npz", "x", "y", optional=("src",))
        if data is not None:
            drop = set(LOOK_ALIKE_LETTERS)
            # Where a collection merges the two cases, a letter is left out if either case is.
            if "src" in data:
                drop |= {letter.upper() for letter in drop}
            parts.append(data["x"][~np.isin(data["y"], list(drop))])
    for name in ("upper", "lower", "symbols"):
        paths = pen_paths(data_dir, name)
        if paths is not None:
            items, labels = paths
            drop = set(LOOK_ALIKE_LETTERS | LOOK_ALIKE_SIGNS)
            kept = [item for item, label in zip(items, labels, strict=True) if label not in drop]
            parts.append(draw_paths(kept, rng))
    return np.concatenate(parts) if parts else None


def doodles(data_dir: Path) -> np.ndarray | None:
    """Doodles, signs of arithmetic and strange alphabets."""
    folder = data_dir / "negatives"
    images: list[np.ndarray] = []
    sketches = read_arrays(folder / "quickdraw3.npz", "x")
    if sketches is not None:
        images.extend(sketches["x"])
    signs = read_arrays(folder / "mdas_symbols.npz", "x", "y", "split")
    if signs is not None:
        images.extend(signs["x"][(signs["y"] != "division_slash") & (signs["split"] != "test")])
    alphabets = read_arrays(folder / "omniglot_small.npz", "x", "y")
    if alphabets is not None:
        images.extend(alphabets["x"][~np.isin(alphabets["y"], list(LOOK_ALIKE_ALPHABETS))])
    return np.stack([normalise(image) for image in images]) if images else None
