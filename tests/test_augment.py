"""Augmentation changes hands, pens and cameras, never the convention of the input."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from digitcam.normalise import normalise
from digitcam.training.augment import Strength, augment, spoil
from tests.training_samples import digits

NONE = Strength(rotation=0, zoom=0, shear=0, shift=0, elastic=0, stroke=0, blur=0, disturb=0)


def bar(width: int = 3) -> np.ndarray:
    """An upright stroke."""
    ink = np.zeros((28, 28), np.uint8)
    ink[4:24, 14 - width // 2 : 14 - width // 2 + width] = 255
    return ink


def centre(image: np.ndarray) -> tuple[float, float]:
    moments = cv2.moments(image)
    return moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]


def lean(image: np.ndarray) -> float:
    """The angle of the principal axis against the vertical, in degrees."""
    moments = cv2.moments(image)
    angle = 0.5 * np.arctan2(2 * moments["mu11"], moments["mu20"] - moments["mu02"])
    return 90 - abs(float(np.degrees(angle)))


def cosine(first: np.ndarray, second: np.ndarray) -> float:
    """How alike two images are: 1 for the same picture at any brightness."""
    first, second = first.astype(float), second.astype(float)
    return float((first * second).sum() / (np.linalg.norm(first) * np.linalg.norm(second)))


def test_the_same_seed_gives_the_same_image() -> None:
    """Seed and image decide the result; another seed gives another one, and the input is left alone."""
    image = digits(10)[0][8]
    kept = image.copy()
    first, again, other = (augment(image, np.random.default_rng(seed), Strength()) for seed in (3, 3, 4))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    assert np.array_equal(image, kept)


def test_every_strength_keeps_size_and_range() -> None:
    """A hundred images at several times the usual strength stay 28×28 uint8 with something in them."""
    wild = Strength(30, 0.4, 0.5, 3.0, 2.5, 1.0, 1.0, 1.0)
    rng = np.random.default_rng(0)
    for image in digits(100)[0]:
        changed = augment(image, rng, wild)
        assert changed.shape == (28, 28) and changed.dtype == np.uint8 and changed.max() > 0


def test_without_strength_an_image_stays_what_it_was() -> None:
    """Enlarged, normalised again and nothing else: the same picture but for a pixel's rounding."""
    for image in digits(10)[0]:
        assert cosine(augment(image, np.random.default_rng(0), NONE), image) > 0.9


def test_rotation_stays_within_its_range() -> None:
    """A bar turned by at most 20° leans by at most 20°, and leans by more than 10° now and then."""
    strength = replace(NONE, rotation=20.0)
    leans = [lean(augment(bar(), np.random.default_rng(seed), strength)) for seed in range(60)]
    assert 10 < max(leans) < 21


def test_shift_moves_the_ink_by_no_more_than_asked() -> None:
    """The centre of mass leaves its place by the shift at most, and does so now and then."""
    strength = replace(NONE, shift=1.5)
    moved = []
    for seed in range(60):
        x, y = centre(augment(bar(), np.random.default_rng(seed), strength))
        still_x, still_y = centre(augment(bar(), np.random.default_rng(seed), NONE))
        moved.append(max(abs(x - still_x), abs(y - still_y)))
    assert 0.8 < max(moved) < 2.0


def test_strokes_become_thinner_and_thicker() -> None:
    """Over some seeds both more and less ink than before."""
    strength = replace(NONE, stroke=1.0)
    before = int(augment(bar(), np.random.default_rng(0), NONE).astype(int).sum())
    changed = (augment(bar(), np.random.default_rng(seed), strength) for seed in range(40))
    after = [int(image.astype(int).sum()) for image in changed]
    assert min(after) < 0.95 * before and max(after) > 1.3 * before


def test_elastic_bending_keeps_the_digit() -> None:
    """At the usual strength a bent digit still resembles itself more than any other digit."""
    images, labels = digits(10)
    right = 0
    for image, label in zip(images, labels, strict=True):
        bent = augment(image, np.random.default_rng(int(label)), replace(NONE, elastic=0.9))
        right += int(np.argmax([cosine(bent, other) for other in images]) == label)
    assert right >= 9


def test_a_blank_image_stays_blank_unless_disturbed() -> None:
    """Nothing is divided by an ink that is not there."""
    blank = np.zeros((28, 28), np.uint8)
    strength = replace(Strength(), disturb=0.0)
    assert not augment(blank, np.random.default_rng(0), strength).any()
    assert spoil(np.stack([blank, blank]), np.random.default_rng(0)).shape == (28, 28)


def test_spoiled_digits_are_normalised_and_are_neither_digit() -> None:
    """What is made out of two digits fits the box of 20 and differs from both."""
    images, _ = digits(20)
    for seed in range(40):
        rng = np.random.default_rng(seed)
        pair = images[rng.choice(20, 2, replace=False)]
        made = spoil(pair, rng)
        _, _, width, height = cv2.boundingRect(made)
        assert made.dtype == np.uint8 and max(width, height) <= 20
        assert max(cosine(made, image) for image in pair) < 0.97


def test_a_piece_that_could_be_a_one_is_never_made() -> None:
    """Of a bar beside a 0 only the two together are made: a piece of the bar alone would be a 1."""
    pair = np.stack([normalise(bar()), digits(10)[0][0]])
    for seed in range(60):
        _, _, width, _ = cv2.boundingRect((spoil(pair, np.random.default_rng(seed)) > 40).astype(np.uint8))
        assert width >= 6
