"""The assignment between the digits of two frames."""

import numpy as np

from digitcam.pairing import pair


def boxes(*places: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(places, float).reshape(-1, 4)


def test_the_whole_assignment_is_cheapest_and_not_each_pair() -> None:
    """Two digits that both lie nearest to the same place are given one place each."""
    before = boxes((100, 100, 20, 40), (120, 100, 20, 40))
    after = boxes((110, 100, 20, 40), (130, 100, 20, 40))
    first, second = pair(before, after, np.full((2, 2), 0.9))
    assert first.tolist() == [0, 1]
    assert second.tolist() == [0, 1]


def test_looks_decide_between_places_equally_near() -> None:
    """A digit half-way between two of the last frame is the one that it looks like."""
    before = boxes((100, 100, 20, 40), (120, 100, 20, 40))
    after = boxes((110, 100, 20, 40))
    for alike, expected in (([[0.95], [0.3]], 0), ([[0.3], [0.95]], 1)):
        first, second = pair(before, after, np.array(alike))
        assert first.tolist() == [expected]
        assert second.tolist() == [0]


def test_what_is_far_or_of_another_size_is_no_pair() -> None:
    """A digit a height away, one twice as high, and frames without digits give no pairs."""
    before = boxes((100, 100, 20, 40))
    for other in (boxes((140, 100, 20, 40)), boxes((95, 80, 40, 80)), boxes()):
        first, second = pair(before, other, np.ones((1, len(other))))
        assert len(first) == len(second) == 0
    assert len(pair(boxes(), before, np.ones((0, 1)))[0]) == 0
