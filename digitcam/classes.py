"""The classes of a network of glyphs: names, and for many a last one for what is none of them."""

from __future__ import annotations

from collections.abc import Sequence

from digitcam.types import LABELS

# How the name of the last class begins where it is for what is none of the others, as in "not a digit".
NONE = "not a "
# Small letters that are written as their capitals are: for both there is one class, by the capital's name
# (Cohen, Afshar, Tapson and van Schaik, "EMNIST: an extension of MNIST to handwritten letters", 2017).
MERGED = frozenset("cijklmopsuvwxyz")


def merged(letter: str) -> str:
    """The name under which a letter is told."""
    return letter.upper() if letter in MERGED else letter


def names_in(classes: Sequence[str]) -> tuple[str, ...]:
    """The classes that are told, in order: all but one for what is none of them."""
    return tuple(classes[:-1] if classes and classes[-1].startswith(NONE) else classes)


def are_digits(classes: Sequence[str]) -> bool:
    """Whether they are the ten digits, in order, with or without a class for what is none."""
    return names_in(classes) == LABELS
