"""Overlaps of many boxes agree with those of one box and another."""

import numpy as np

from digitcam.geometry import corners, pairwise_iou, shared_areas
from digitcam.types import Box


def test_pairs_agree_with_single_boxes() -> None:
    """Areas shared and IoU of random boxes are those of ``Box.overlap`` and ``Box.iou``."""
    rng = np.random.default_rng(2)
    first, second = (
        np.column_stack([rng.integers(0, 40, (n, 2)), rng.integers(1, 30, (n, 2))]) for n in (12, 7)
    )
    shared = shared_areas(corners(first), corners(second))
    iou = pairwise_iou(corners(first), corners(second))
    for i, a in enumerate(first.tolist()):
        for j, b in enumerate(second.tolist()):
            assert shared[i, j] == Box(*a).overlap(Box(*b))
            assert np.isclose(iou[i, j], Box(*a).iou(Box(*b)))


def test_no_boxes_share_nothing() -> None:
    """Without boxes on one side the table is empty."""
    assert pairwise_iou(np.zeros((0, 4)), np.ones((3, 4))).shape == (0, 3)
