"""The classifiers of ``keras.applications``, trained on ImageNet: made into LiteRT once, and kept.

Keras fetches weights and names of classes (Deng et al., "ImageNet", 2009) and checks their hashes.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from digitcam.errors import UserError, one_line
from digitcam.keras_door import save_as_litert
from digitcam.models import LITERT, WHOLE_FRAME, Model, describe
from digitcam.user_folder import cache_dir
from digitcam.whole.convention import BGR, RGB, Convention

# For live pictures on a laptop.
DEFAULT = "MobileNetV3Large"
FOLDER = "models"
INSTEAD = "give --model a LiteRT file and --labels its names"
# Pixels a side of what most of them were trained with.
USUAL = 224
# The levels by which a preprocessing shows itself: black, and each colour by itself.
PROBED = 200.0


def keep(model: Model, name: str) -> Model:
    """The LiteRT file of an application, made if it was never asked for before.

    Args:
        model: as it was asked for; labels that were given count more than Keras' own.
        name: as ``keras.applications`` has it; empty for the one that is quick enough for live pictures.

    Raises:
        UserError: there is no such application, or its weights cannot be had.
    """
    name = name or DEFAULT
    path = cache_dir() / FOLDER / f"imagenet-{name}{LITERT}"
    if not path.is_file() or not path.with_suffix(".json").is_file():
        network, convention = build(name, "imagenet")
        write(network, convention, class_names(name), path)
    kept = describe(path)
    return Model(path, WHOLE_FRAME, model.classes or kept.classes, kept.record)


def find_application(name: str) -> tuple[Any, Any]:
    """The function that builds an application, and the module that prepares its input.

    Raises:
        UserError: there is none of this name.
    """
    from digitcam.keras_door import import_keras

    makers = {
        key: (value, sys.modules[value.__module__])
        for key, value in vars(import_keras().applications).items()
        if callable(value) and key[0].isupper()
    }
    known = {key: found for key, found in makers.items() if hasattr(found[1], "preprocess_input")}
    if name not in known:
        raise UserError(
            f"keras.applications has no {name}: as in imagenet:{DEFAULT} there are {', '.join(sorted(known))}"
        )
    return known[name]


def build(name: str, weights: str | None) -> tuple[Any, Convention]:
    """An application and how its frames are prepared.

    Args:
        weights: ``imagenet``, or None for random ones.

    Raises:
        UserError: there is no such application, or the weights cannot be fetched.
    """
    maker, module = find_application(name)
    if weights:
        print(f"digitcam: {name} is fetched and converted, this once", file=sys.stderr)
    with told_to_errors():
        try:
            network = maker(weights=weights)
            if None in network.input_shape[1:3]:  # it takes any size, and was trained with the usual one
                network = maker(weights=weights, input_shape=(USUAL, USUAL, 3))
        except Exception as error:  # Keras raises whatever its downloads raise
            raise NoWeights(name, error, INSTEAD) from error
    height, width = network.input_shape[1:3]
    return network, probe(module.preprocess_input, width, height)


def class_names(name: str) -> list[str]:
    """The names of the thousand classes, the everyday ones, each once."""
    _, module = find_application(name)
    with told_to_errors():
        try:
            told = module.decode_predictions(np.eye(1000, dtype=np.float32), top=1)
        except Exception as error:
            raise NoWeights(name, error, INSTEAD) from error
    names: list[str] = []
    for ((number, word, _),) in told:
        word = word.replace("_", " ")
        names.append(word if word not in names else f"{word} ({number})")  # two are called crane, two maillot
    return names


def probe(preprocess: Any, width: int, height: int) -> Convention:
    """A preprocessing as a scale and a shift for each colour, found by what it makes of four pixels.

    All of ``keras.applications`` are of that kind: as it is, -1 to 1, by mean and deviation, BGR less a mean.
    """
    pixels = np.zeros((1, 1, 4, 3), np.float32)
    pixels[0, 0, 1:] = PROBED * np.eye(3)
    black, *single = np.asarray(preprocess(pixels.copy()), np.float64)[0, 0]
    change = (np.array(single) - black) / PROBED  # what a colour adds to each channel
    from_colour = np.abs(change).argmax(0)
    colours = RGB if from_colour.tolist() == [0, 1, 2] else BGR
    scale = tuple(float(change[from_colour[channel], channel]) for channel in range(3))
    return Convention(width, height, colours, scale, tuple(float(value) for value in black))  # type: ignore[arg-type]


def write(network: Any, convention: Convention, classes: list[str], path: Path) -> None:
    """Write a network as LiteRT with its record beside it, in one step each.

    Raises:
        UserError: it cannot be converted, or the disk refuses.
    """
    record = {"input": WHOLE_FRAME, "classes": classes, "frame": convention.to_json()}

    def add_record(part: Path) -> None:
        note = part.with_suffix(".json")
        note.write_text(json.dumps(record, indent=1, ensure_ascii=False), encoding="utf-8")
        note.replace(path.with_suffix(".json"))

    save_as_litert(network, path, add_record, f"{path.stem} cannot be converted")


@contextlib.contextmanager
def told_to_errors() -> Iterator[None]:
    """Keras' progress goes to standard error: standard output may be somebody's JSON."""
    with contextlib.redirect_stdout(sys.stderr):
        yield


class NoWeights(UserError):
    """The weights of an application are not here and cannot be fetched.

    Args:
        name: of the application; error: what Keras raised; instead: what else can be done.

    Attributes:
        why: the first half of the sentence.
    """

    def __init__(self, name: str, error: Exception, instead: str) -> None:
        words = one_line(error)[:120]
        self.why = f"the weights of {name} are not on this machine and cannot be fetched ({words})"
        super().__init__(f"{self.why}: connect to the network once, or {instead}")
