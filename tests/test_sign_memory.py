"""Signs that stay while frames come and go."""

import numpy as np

from digitcam.sign_memory import SETTLED, SignMemory
from digitcam.sign_network import CLASSES, NONE
from digitcam.types import SIGNS, Box, Sign

POINT, MINUS = SIGNS.index("."), SIGNS.index("-")


def answer(*classes: tuple[int, float]) -> np.ndarray:
    """The network's answer for each digit: this class with this probability, the rest shared."""
    rows = np.full((len(classes), CLASSES), 0.0)
    for row, (kind, probability) in zip(rows, classes, strict=True):
        row[:] = (1 - probability) / (CLASSES - 1)
        row[kind] = probability
    return rows


def test_a_single_look_does_not_change_a_sign() -> None:
    """A point that is missed in every third frame, and a speck that is one in every third, do not flicker."""
    memory, numbers = SignMemory(), np.array([4, 7])
    for n in range(30):
        looks = answer((NONE if n % 3 == 2 else POINT, 0.9), (POINT if n % 3 == 2 else NONE, 0.9))
        assert memory.steadied(numbers, looks).argmax(1).tolist() == [POINT, NONE]


def test_a_sign_that_is_written_later_is_taken_up() -> None:
    """A minus that is added to a number shows within a third of a second."""
    memory, numbers = SignMemory(), np.array([4])
    for _ in range(30):
        memory.steadied(numbers, answer((NONE, 0.99)))
    shown = [int(memory.steadied(numbers, answer((MINUS, 0.99))).argmax()) for _ in range(10)]
    assert shown[-1] == MINUS


def test_a_digit_out_of_sight_keeps_its_sign() -> None:
    """While a digit is covered its sign is where the digit is thought to be, and of its size."""
    memory, numbers = SignMemory(), np.array([4, 7])
    memory.steadied(numbers, answer((POINT, 0.9), (NONE, 0.9)))
    boxes = np.array([[100, 50, 20, 40], [130, 50, 20, 40]], float)
    memory.keep(numbers, boxes, (Sign(Box(90, 84, 6, 6), "."),), np.array([0]))
    sign = memory.recalled(4, np.array([200.0, 100, 40, 80]))
    assert sign == Sign(Box(180, 168, 12, 12), ".")
    assert memory.recalled(7, boxes[1]) is None
    memory.keep(np.array([7]), boxes[1:], (), np.zeros(0, int))
    assert memory.recalled(4, boxes[0]) is None


def test_a_sign_that_went_is_forgotten() -> None:
    """Once a digit has no sign any more none is recalled for it."""
    memory, numbers, boxes = SignMemory(), np.array([4]), np.array([[100.0, 50, 20, 40]])
    memory.steadied(numbers, answer((POINT, 0.9)))
    memory.keep(numbers, boxes, (Sign(Box(90, 84, 6, 6), "."),), np.array([0]))
    for _ in range(20):
        memory.steadied(numbers, answer((NONE, 0.95)))
    memory.keep(numbers, boxes, (), np.zeros(0, int))
    assert memory.recalled(4, boxes[0]) is None


def test_what_is_settled_is_looked_at_by_turns() -> None:
    """After some looks that agree a gap is looked at in one frame of four; in each, once a look differs."""
    memory, numbers = SignMemory(), np.array([4, 7])
    boxes = np.array([[100.0, 50, 20, 40], [130, 50, 20, 40]])

    def look(*classes: tuple[int, float]) -> list[bool]:
        due = memory.due(numbers)
        memory.steadied(numbers[due], answer(*classes)[due])
        memory.keep(numbers, boxes, (), np.zeros(0, int))
        return due.tolist()

    assert all(look((POINT, 0.9), (NONE, 0.9)) == [True, True] for _ in range(SETTLED))
    assert np.mean([look((POINT, 0.9), (NONE, 0.9)) for _ in range(40)], 0).tolist() == [0.25, 0.25]
    while not look((MINUS, 0.9), (NONE, 0.9))[0]:
        pass
    assert all(look((MINUS, 0.9), (NONE, 0.9))[0] for _ in range(SETTLED))
