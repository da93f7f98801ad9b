"""How a page has moved, from the digits on it."""

import numpy as np

from digitcam.motion import REST, find_motion


def row_of(count: int, height: float = 40.0) -> np.ndarray:
    """Digits side by side, 0.8 heights apart, as boxes."""
    x = 100 + 0.8 * height * np.arange(count)
    return np.column_stack([x, np.full(count, 200.0), np.full(count, 0.5 * height), np.full(count, height)])


def moved(boxes: np.ndarray, dx: float, dy: float) -> np.ndarray:
    return boxes + np.array([dx, dy, 0, 0])


def test_a_row_that_moved_by_a_digit_is_told_from_its_neighbours() -> None:
    """A row that moved by just one place is recognised by what its digits look like."""
    boxes = row_of(8)
    after = moved(boxes, 0.8 * 40, 3)
    motion = find_motion(boxes, after, np.eye(8))
    assert np.allclose(motion.move(boxes), after, atol=1e-6)
    # If all look the same, the shortest way is the likelier one.
    alike = find_motion(boxes, moved(boxes, 2, 3), np.ones((8, 8)))
    assert np.allclose(alike.move(boxes), moved(boxes, 2, 3), atol=1e-6)


def test_turns_and_changes_of_size_are_found() -> None:
    """A page that turns by three degrees and comes nearer takes its digits along."""
    rng = np.random.default_rng(1)
    places = rng.uniform(0, 900, 20), rng.uniform(0, 600, 20)
    boxes = np.column_stack([*places, np.full(20, 20), np.full(20, 40)])
    centres = (boxes[:, 0] + 10) + 1j * (boxes[:, 1] + 20)
    turn = 1.05 * np.exp(1j * np.radians(3))
    there = turn * (centres - 450 - 300j) + 460 + 305j
    after = np.column_stack([there.real - 10.5, there.imag - 21, np.full(20, 21), np.full(20, 42)])
    alike = np.where(np.eye(20) > 0, 0.95, 0.3)
    motion = find_motion(boxes, after, alike)
    assert abs(motion.a - turn) < 0.01
    assert abs(motion.move(boxes) - after).max() < 2


def test_digits_that_come_and_go_do_not_mislead() -> None:
    """Half of the digits are covered and others appear: the page has moved by what the rest say."""
    boxes = row_of(10)
    after = np.concatenate([moved(boxes[:5], -11, 6), moved(boxes[:3], 300, 250)])
    alike = np.zeros((10, 8))
    alike[range(5), range(5)] = 0.9
    alike[5:, 5:] = 0.4
    assert np.allclose(find_motion(boxes, after, alike).move(boxes[:5]), after[:5], atol=0.5)


def test_without_digits_nothing_moves() -> None:
    """Empty frames, and digits without any likeness, leave everything where it was."""
    boxes = row_of(3)
    assert find_motion(boxes, boxes[:0], np.zeros((3, 0))) == REST
    assert find_motion(boxes[:0], boxes, np.zeros((0, 3))) == REST
    assert find_motion(boxes, moved(boxes, 5, 5), np.zeros((3, 3))) == REST
    assert find_motion(boxes, moved(boxes, 5000, 5), np.ones((3, 3))) == REST
