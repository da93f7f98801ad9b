"""The finest layer of a film, looked at strip by strip, shows what it shows when looked at whole."""

import cv2
import numpy as np
import pytest

from digitcam.attention import GROUPS, STRIPS, Group
from digitcam.gaps import layer_for
from digitcam.ink import find_ink
from digitcam.proposals import propose
from digitcam.strips import find_some_ink
from tests.drawings import paper, ring

RADIUS = 7


def small_rings(shape: tuple[int, int]) -> tuple[np.ndarray, list[tuple[int, int, int, int]]]:
    """A page full of rings as high as the smallest digits, one of them across every border of strips."""
    height, width = shape
    image = paper(width, height)
    rows = [*range(20, height - 20, 37), *(height * n // STRIPS for n in range(1, STRIPS))]
    return image, [ring(image, 40 + 60 * k, y, RADIUS, 2) for k, y in enumerate(rows)]


def proposed(image: np.ndarray, groups: set[Group]) -> set[tuple[int, ...]]:
    """The boxes that these groups propose."""
    return {tuple(box) for box in propose(find_some_ink(image, groups)).boxes.tolist()}


@pytest.mark.parametrize("shape", [(480, 1280), (241, 640)])
def test_each_small_thing_is_wholly_in_some_strip(shape: tuple[int, int]) -> None:
    """What all strips propose is what the whole layer proposes, and nothing that a border has cut."""
    image, rings = small_rings(shape)
    whole = proposed(image, {group for group in GROUPS if group[:2] == (0, True)})
    found = np.array(sorted(whole))
    assert all((abs(found - np.array(box)).max(1) <= 2).any() for box in rings)
    assert set.union(*(proposed(image, {Group(0, True, strip)}) for strip in range(STRIPS))) == whole


def test_a_strip_costs_only_itself() -> None:
    """In a strip's turn nothing is seen in the others, and no other layer is made."""
    image, _ = small_rings((480, 1280))
    (layer,) = find_some_ink(image, {Group(0, True, 1)})
    assert (layer.scale, layer.dark) == (1, True)
    assert layer.mask.shape == layer.strength.shape == layer.bound.shape == image.shape[:2]
    inked = np.flatnonzero(layer.mask.any(1))
    assert inked.min() >= 480 // STRIPS - 32 - 8
    assert inked.max() < 480 * 2 // STRIPS + 32
    assert layer.outlines is not None
    drawn = cv2.drawContours(np.zeros_like(layer.mask), layer.outlines, -1, 255, cv2.FILLED)
    assert (drawn[layer.mask > 0] == 255).all()


def test_all_groups_are_all_layers() -> None:
    """Where everything is wanted, the layers are those of a picture that stands alone."""
    image, _ = small_rings((480, 1280))
    some, every = find_some_ink(image, set(GROUPS)), find_ink(image)
    assert [(layer.scale, layer.dark) for layer in some] == [(layer.scale, layer.dark) for layer in every]
    assert all((a.mask == b.mask).all() for a, b in zip(some, every, strict=True))


def test_what_stands_between_digits_is_not_looked_for_in_a_strip() -> None:
    """A strip is empty outside of itself: signs are looked for in a layer that is whole."""
    image, _ = small_rings((480, 1280))
    layers = find_some_ink(image, {Group(0, True, 1), Group(1, True)})
    assert [layer.scale for layer in layers] == [1, 2]
    chosen = layer_for(layers, True, 30.0)
    assert chosen is not None and chosen.scale == 2
