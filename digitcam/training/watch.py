"""A training that can be watched: a window while it goes on, and ``training.gif`` of all its epochs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from digitcam.errors import UserError, one_line
from digitcam.outputs.pictures import write_picture
from digitcam.pane import ESCAPE, Pane
from digitcam.training.checkpoint import History
from digitcam.training.watch_picture import MOST_WORST, draw_training
from digitcam.training.watched import Watched

GIF, PICTURES = "training.gif", "watch"
# Milliseconds that an epoch stays in the film, and the last one.
STAYS, LAST_STAYS = 350, 2500
# Batches between two looks at the window's keys.
EVERY = 5


class Watch(keras.callbacks.Callback):
    """After each epoch a picture of it: shown, kept in the run's folder, and made a film in the end.

    Args:
        folder: of the run.
        watched: of which the worst are shown.
        names: of the classes that are told; history: one entry for each epoch so far; epochs: in all.
        gui: the module ``cv2``, or its like in tests; None for no window.
        before: the epochs of an earlier stage, which are counted with these.
    """

    def __init__(
        self,
        folder: Path,
        watched: Watched,
        names: Sequence[str],
        history: History,
        epochs: int,
        gui: Any = None,
        before: History | None = None,
    ) -> None:
        super().__init__()
        self._folder = folder
        self._watched = watched
        self._names = tuple(names)
        self._history, self._before, self._epochs = history, before or [], epochs
        self._pane = None if gui is None else Pane(gui, mouse=False)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        if batch % EVERY == 0:
            self._attend()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        labels = self._watched.labels
        answers = self._watched.predict(self.model)[:, : len(self._names)]
        values = {name: float(value) for name, value in (logs or {}).items()}
        past = [entry for entry in self._history if entry["epoch"] <= epoch]
        picture = draw_training(
            [*self._before, *past, values],
            self._epochs,
            self._names,
            confusion(labels, answers, len(self._names)),
            worst_of(self._watched, answers, self._names),
            first_kernels(self.model),
        )
        place = self._folder / PICTURES
        place.mkdir(exist_ok=True)
        number = len(self._before) + epoch + 1
        write_picture(place / f"{number:04d}.png", picture, overwrite=True)
        if self._pane is not None and not self._pane.closed:
            self._pane.put(picture)
            self._attend()

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        write_film(self._folder)
        if self._pane is not None:
            self._pane.close()

    def _attend(self) -> None:
        """See to the window; closing it ends nothing but the window."""
        pane = self._pane
        if pane is not None and pane.opened and pane.key(1) in ("q", ESCAPE):
            pane.close()
            print("digitcam: the window is closed, the training goes on", file=sys.stderr)


def watching(
    folder: Path,
    watched: Watched,
    names: Sequence[str],
    history: History,
    epochs: int,
    before: History | None = None,
) -> list[keras.callbacks.Callback]:
    """What shows a training, as ``Watch`` takes it; in a window too, where there is a display."""
    import cv2

    from digitcam.display import missing_display

    missing = missing_display(cv2)
    if missing and not history and not before:
        print(f"digitcam: no window, since {missing}; {folder / GIF} is written", file=sys.stderr)
    return [Watch(folder, watched, names, history, epochs, None if missing else cv2, before)]


def confusion(labels: np.ndarray, answers: np.ndarray, classes: int) -> np.ndarray:
    """K×K counts of N labels and N×K probabilities: row = truth, column = answer."""
    places = labels * classes + answers.argmax(1)
    return np.bincount(places, minlength=classes * classes).reshape(classes, classes)


def worst_of(
    watched: Watched, answers: np.ndarray, names: Sequence[str]
) -> list[tuple[np.ndarray, str, str, float]]:
    """The images whose truth is the least likely: image, truth, answer, and how likely the truth is."""
    labels = watched.labels
    likely = answers[np.arange(len(labels)), labels]
    order = np.argsort(likely, kind="stable")[:MOST_WORST]
    said = answers.argmax(1)
    return [
        (watched.image(i), names[labels[i]], names[said[i]], float(likely[i])) for i in order.tolist()
    ]


def first_kernels(model: keras.Model) -> np.ndarray | None:
    """kh×kw×maps of the first convolution, its inputs averaged; None where there is none.

    Of a network that has another one for its body it is the body's.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            return np.asarray(keras.ops.convert_to_numpy(layer.kernel), np.float32).mean(2)
        if isinstance(layer, keras.Model):
            return first_kernels(layer)
    return None


def write_film(folder: Path) -> Path | None:
    """``training.gif`` of the pictures of all epochs; None where there is none."""
    from PIL import Image

    paths = sorted((folder / PICTURES).glob("*.png"))
    frames = [Image.open(path).convert("RGB") for path in paths]
    if not frames:
        return None
    # One palette for all, from the last, so that nothing flickers.
    palette = frames[-1].quantize(128)
    reduced = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    durations = [STAYS] * (len(reduced) - 1) + [LAST_STAYS]
    path = folder / GIF
    part = path.with_name(f".{path.stem}.part.gif")
    try:
        reduced[0].save(part, save_all=True, append_images=reduced[1:], duration=durations, loop=0)
        part.replace(path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {one_line(error)}") from error
    return path
