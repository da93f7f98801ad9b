"""The course of a training run as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from digitcam.errors import UserError, one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito (2008): told apart with any kind of colour vision.
TRAINING, VALIDATION, RATE = "#E69F00", "#0072B2", "#9A9A9A"
FLOOR = 1e-5  # a loss or an error of nothing has no place on a logarithmic scale


def plot_history(history: Sequence[Mapping[str, float]], path: Path, title: str = "") -> Path:
    """Draw loss, error and learning rate over epochs and write the picture to ``path``.

    The error (100 % less the accuracy) is drawn on a logarithmic scale: of an accuracy that ends at 99.6 %
    a plain scale shows nothing.

    Args:
        history: one entry for each epoch, with ``epoch``, ``loss``, ``accuracy`` (0 to 1) and, where they
            are known, ``val_loss``, ``val_accuracy``, ``learning_rate`` and ``seconds``.
        path: a ``.png``; the train command calls it ``loss_accuracy.png``.
        title: above both plots.

    Returns:
        ``path``.

    Raises:
        UserError: the picture cannot be written.
        ValueError: the history is empty.
    """
    if not history:
        raise ValueError("no epoch to plot")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.6), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    loss, error = figure.subplots(1, 2)
    if title:
        figure.suptitle(title, fontsize=13, fontweight="bold")
    _draw_loss(loss, history)
    _draw_error(error, history)
    for axes in (loss, error):
        _tidy(axes, history)
    part = path.with_name(f".{path.stem}.part.png")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(part, format="png")
        part.replace(path)
    except OSError as fault:
        raise UserError(f"cannot write the plot {path}: {one_line(fault)}") from fault
    finally:
        with suppress(OSError):
            part.unlink()
    return path


def _series(history: Sequence[Mapping[str, float]], key: str) -> tuple[list[float], list[float]]:
    """Epochs and values of ``key``, for the epochs that have it."""
    known = [entry for entry in history if entry.get(key) is not None]
    return [entry["epoch"] for entry in known], [float(entry[key]) for entry in known]


def _draw_loss(axes: Axes, history: Sequence[Mapping[str, float]]) -> None:
    for key, name, colour in (("loss", "training", TRAINING), ("val_loss", "validation", VALIDATION)):
        epochs, values = _series(history, key)
        if values:
            values = [max(value, FLOOR) for value in values]
            axes.plot(epochs, values, color=colour, label=name, linewidth=2, marker=_marker(history))
    axes.set(title="Loss", xlabel="epoch", yscale="log")
    epochs, rates = _series(history, "learning_rate")
    if rates:
        right = axes.twinx()
        right.plot(epochs, rates, color=RATE, linewidth=1, linestyle="--")
        right.set_ylabel("learning rate (dashed)", color="#6A6A6A")
        right.tick_params(axis="y", colors="#6A6A6A")
        right.set_ylim(bottom=0)
        right.spines["top"].set_visible(False)


def _draw_error(axes: Axes, history: Sequence[Mapping[str, float]]) -> None:
    for key, name, colour in (("accuracy", "training", TRAINING), ("val_accuracy", "validation", VALIDATION)):
        epochs, accuracies = _series(history, key)
        if accuracies:
            errors = [100 * max(1 - accuracy, FLOOR) for accuracy in accuracies]
            name = f"{name}: {100 * accuracies[-1]:.2f} % right in the end"
            axes.plot(epochs, errors, color=colour, label=name, linewidth=2, marker=_marker(history))
    axes.set(title="Errors", xlabel="epoch", ylabel="wrong answers, %", yscale="log")


def _marker(history: Sequence[Mapping[str, float]]) -> str:
    # A line through one epoch has no length, and dots of a hundred epochs hide the line.
    return "o" if len(history) <= 20 else ""


def _tidy(axes: Axes, history: Sequence[Mapping[str, float]]) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(True, which="major", color="#DDDDDD", linewidth=0.8)
    axes.grid(True, which="minor", color="#EEEEEE", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    if len(history) == 1:
        axes.set_xlim(history[0]["epoch"] - 1, history[0]["epoch"] + 1)
    axes.legend(frameon=False, loc="best")
