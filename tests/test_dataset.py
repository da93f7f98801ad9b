"""Batches are decided by seed, epoch and place, so that a resumed training meets the same ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from digitcam.training.augment import Strength
from digitcam.training.dataset import Mixture, Plain
from digitcam.training.material import NOT_A_DIGIT_LABEL, Part, spoiled_part
from tests.training_samples import digits


def test_batches_depend_on_seed_epoch_and_place_alone() -> None:
    """Read in any order, in a later process, a batch is the same; the next epoch has others."""
    images, labels = digits(40)
    parts = [Part("a", images, labels, 0.7), Part("b", images[::-1], labels[::-1], 0.3, spoiled=True)]

    def mixture(first_epoch: int = 0, seed: int = 1) -> Mixture:
        return Mixture(
            parts, batch_size=20, batches=3, seed=seed, strength=Strength(), first_epoch=first_epoch
        )

    one, two = mixture(), mixture()
    backwards = [two[index] for index in (2, 1, 0)][::-1]
    for index, (x, y) in enumerate(backwards):
        assert np.array_equal(one[index][0], x) and np.array_equal(one[index][1], y)
        assert x.shape == (20, 28, 28, 1) and x.dtype == np.float32
    one.on_epoch_end()
    assert np.array_equal(one[0][0], mixture(first_epoch=1)[0][0])
    assert not np.array_equal(one[0][0], backwards[0][0])
    assert not np.array_equal(mixture(seed=2)[0][0], backwards[0][0])


def test_a_teacher_answers_in_place_of_the_labels() -> None:
    """Its probabilities for the very images of the batch, as they are after augmentation, are given."""
    images, labels = digits(40)

    def teacher(crops: np.ndarray) -> np.ndarray:
        assert crops.dtype == np.uint8
        return np.repeat(crops.mean((1, 2), keepdims=True)[..., 0], 11, axis=1).astype(np.float32)

    parts = [Part("a", images, labels, 1.0)]
    x, y = Mixture(parts, batch_size=8, batches=1, seed=1, strength=Strength(), teacher=teacher)[0]
    assert y.shape == (8, 11) and np.allclose(y[:, 0], x.mean((1, 2, 3)))


def test_shares_decide_how_often_a_part_is_drawn() -> None:
    """Relative shares, whatever their sum; spoiled digits are labelled "not a digit"."""
    images, labels = digits(40)
    fives = labels == 5
    parts = [Part("5", images[fives], labels[fives], 3.0), spoiled_part(images, NOT_A_DIGIT_LABEL)]
    parts[1] = replace(parts[1], share=1.0)
    drawn = Mixture(parts, batch_size=800, batches=1, seed=0, strength=None)[0][1]
    assert set(drawn.tolist()) == {5, NOT_A_DIGIT_LABEL}
    assert (drawn == 5).mean() == pytest.approx(0.75, abs=0.05)


def test_plain_gives_every_image_once_an_epoch() -> None:
    """All images, the rest in a smaller last batch, in another order in each epoch."""
    images, labels = digits(50)
    plain = Plain(images, labels, batch_size=16, seed=0)
    assert len(plain) == 4
    orders = []
    for _ in range(2):
        batches = [plain[index] for index in range(len(plain))]
        assert [len(y) for _, y in batches] == [16, 16, 16, 2]
        together = np.concatenate([x for x, _ in batches])[..., 0]
        assert sorted(map(bytes, together.astype(np.uint8))) == sorted(map(bytes, images))
        orders.append(together)
        plain.on_epoch_end()
    assert not np.array_equal(*orders)
