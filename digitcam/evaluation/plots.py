"""The report's plots, each written to a PNG file; matplotlib's Agg canvas, no display, no global state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from digitcam.evaluation.classification import Answers
from digitcam.metrics import CALIBRATION_BINS

# One sheet of the gallery: more would make letters too small to read.
COLUMNS, ROWS = 10, 12
RIGHT, FALSE = "#147a3c", "#c22018"


def _save(figure: Figure, path: Path) -> None:
    FigureCanvasAgg(figure).print_figure(str(path), dpi=110, facecolor="white", bbox_inches="tight")


def plot_confusion(matrix: np.ndarray, title: str, path: Path) -> None:
    """A 10×10 confusion matrix with every count; the colour shows errors as a part of their row."""
    figure = Figure(figsize=(7, 6.4), layout="constrained")
    axes = figure.add_subplot()
    totals = np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    # Coloured by error alone: beside a diagonal of 99 % no error would show.
    errors = 100 * matrix / totals
    np.fill_diagonal(errors, 0)
    most = max(1.0, float(errors.max()))
    image = axes.imshow(errors, cmap="Reds", vmin=0, vmax=most)
    for row, column in np.ndindex(matrix.shape):
        count = int(matrix[row, column])
        diagonal = row == column
        if count or diagonal:
            dark = errors[row, column] > 0.6 * most
            colour = RIGHT if diagonal else "white" if dark else "black"
            weight = "bold" if diagonal else "normal"
            axes.text(column, row, str(count), ha="center", va="center", color=colour, weight=weight, size=9)
    digits = range(len(matrix))
    axes.set(xticks=digits, yticks=digits, xlabel="answer", ylabel="truth", title=title)
    figure.colorbar(image, ax=axes, label="errors, % of the true digit", shrink=0.8)
    _save(figure, path)


def plot_named_confusion(matrix: np.ndarray, names: list[str], title: str, path: Path) -> None:
    """The same of any K×K; counts and names as far as they can be read."""
    count = len(names)
    side = min(24.0, max(6.0, 0.42 * count + 3))
    figure = Figure(figsize=(side + 1, side), layout="constrained")
    axes = figure.add_subplot()
    shares = 100 * matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=100)
    if count <= 30:
        for row, column in np.argwhere(matrix).tolist():
            colour = "white" if shares[row, column] > 60 else "black"
            axes.text(column, row, str(matrix[row, column]), ha="center", va="center", color=colour, size=8)
    short = [name if len(name) <= 24 else name[:23] + "…" for name in names]
    if count <= 60:
        axes.set_xticks(range(count), short, rotation=90, size=8)
        axes.set_yticks(range(count), short, size=8)
    axes.set(xlabel="answer", ylabel="truth", title=title)
    figure.colorbar(image, ax=axes, label="% of the true class", shrink=0.8)
    _save(figure, path)


def plot_reliability(answers: Mapping[str, Answers], path: Path) -> None:
    """The reliability diagram (Niculescu-Mizil & Caruana 2005): accuracy against confidence, and counts."""
    figure = Figure(figsize=(5.6 * len(answers), 6.2), layout="constrained")
    grid = figure.subplots(2, len(answers), squeeze=False, sharex=True, height_ratios=(3, 1))
    centres = (np.arange(CALIBRATION_BINS) + 0.5) / CALIBRATION_BINS
    for (name, a), (upper, lower) in zip(answers.items(), grid.T, strict=True):
        bins = a.calibration
        filled = [i for i, n in enumerate(bins.counts) if n]
        accuracy = [bins.accuracy[i] for i in filled]
        upper.bar(centres[filled], accuracy, width=0.9 / CALIBRATION_BINS, color="#5b8fc7", label="accuracy")
        confidence = [bins.confidence[i] for i in filled]
        upper.plot(confidence, accuracy, "o", color="#1d3f66", ms=4, label="at its mean confidence")
        upper.plot([0, 1], [0, 1], "--", color="grey", label="as it should be")
        title = f"{name}: calibration error {100 * bins.error:.2f} %, {CALIBRATION_BINS} bins"
        upper.set(xlim=(0, 1), ylim=(0, 1.02), ylabel="part that is right", title=title)
        # Below the axis: bars may stand anywhere inside it.
        upper.legend(loc="upper center", bbox_to_anchor=(0.5, -0.02), ncols=3, fontsize=8, frameon=False)
        lower.bar(centres, bins.counts, width=0.9 / CALIBRATION_BINS, color="#5b8fc7")
        highest = max(10, 2 * max(bins.counts))
        lower.set(yscale="log", ylim=(0.5, highest), xlabel="confidence", ylabel="answers")
    _save(figure, path)


def plot_gallery(
    images: np.ndarray, answers: Answers, chosen: Sequence[int], title: str, folder: Path, stem: str
) -> list[Path]:
    """Sheets of single digits with truth, answer and confidence; as many sheets as it takes for all.

    Args:
        images: N×28×28 uint8, ink white.
        answers: to the same N.
        chosen: indices to show, in this order.
        title: over each sheet.
        folder: where the sheets go.
        stem: their name before ``.png``, or before ``-2.png`` and so on.

    Returns:
        The files written; none where nothing was chosen.
    """
    sheet = COLUMNS * ROWS
    pages = -(-len(chosen) // sheet)
    paths = []
    for page in range(pages):
        path = folder / (f"{stem}.png" if page == 0 else f"{stem}-{page + 1}.png")
        heading = title if pages == 1 else f"{title} ({page + 1} of {pages})"
        plot_sheet(images, answers, chosen[page * sheet : (page + 1) * sheet], heading, path)
        paths.append(path)
    return paths


def plot_sheet(
    images: np.ndarray,
    answers: Answers,
    chosen: Sequence[int],
    title: str,
    path: Path,
    columns: int = COLUMNS,
    names: Sequence[int] | np.ndarray | None = None,
) -> None:
    """One sheet of the ``chosen`` digits; ``names`` are shown in place of their indices."""
    captions = []
    for i in chosen:
        name = i if names is None else names[i]
        captions.append(f"{answers.truth[i]} → {answers.answer[i]}  {answers.confidence[i]:.3f}\n#{name}")
    colours = [RIGHT if answers.right[i] else FALSE for i in chosen]
    heading = f"{title}\ntruth → answer, confidence, index"
    plot_cells(images[list(chosen)], captions, colours, heading, path, columns)


def plot_cells(
    images: np.ndarray,
    captions: Sequence[str],
    colours: Sequence[str],
    title: str,
    path: Path,
    columns: int = COLUMNS,
) -> None:
    """A sheet of N×28×28 uint8 ``images``, ink white, each with one or two lines of caption below it."""
    # A short row is not stretched; the heading needs some width, too.
    columns = min(columns, max(5, len(images)))
    rows = -(-len(images) // columns)
    # One mosaic on one pair of axes: a pair for each digit would take seconds.
    side, below, between = images.shape[1], 12, 6
    mosaic = np.full((rows * (side + below), columns * (side + between)), 255, dtype=np.uint8)
    figure = Figure(figsize=(0.2 + 1.15 * columns, 0.5 + 1.35 * rows), layout="constrained")
    axes = figure.add_subplot()
    for place, (image, caption, colour) in enumerate(zip(images, captions, colours, strict=True)):
        row, column = divmod(place, columns)
        top, left = row * (side + below), column * (side + between)
        mosaic[top : top + side, left : left + side] = 255 - image
        corner = (left - 0.5, top - 0.5)
        axes.add_patch(Rectangle(corner, side, side, fill=False, edgecolor="#bbbbbb", linewidth=0.6))
        axes.text(left, top + side + 0.5, caption, va="top", size=8, color=colour, linespacing=1.05)
    axes.imshow(mosaic, cmap="gray", vmin=0, vmax=255)
    axes.set_axis_off()
    axes.set_title(title, size=10, loc="left")
    _save(figure, path)


def plot_corruptions(rows: Mapping[str, np.ndarray], path: Path) -> None:
    """A sheet with one line of images (N×28×28 uint8) for each kind."""
    count = len(next(iter(rows.values())))
    figure = Figure(figsize=(1.6 + 0.6 * count, 0.62 * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    framed = [np.pad(images, ((0, 0), (1, 1), (1, 1)), constant_values=128) for images in rows.values()]
    mosaic = np.vstack([np.hstack(list(images)) for images in framed])
    axes.imshow(mosaic, cmap="gray", vmin=0, vmax=255)
    side = framed[0].shape[1]
    axes.set_xticks([])
    axes.set_yticks([side * (i + 0.5) for i in range(len(rows))], list(rows))
    _save(figure, path)
