"""A stroke is a 1 by its company."""

import numpy as np
import pytest

from digitcam.company import weigh_strokes
from digitcam.proposals import Candidates

Row = tuple[tuple[int, int, int, int], int, float]


def weighed(*rows: Row, contrast: tuple[float, ...] = (), dark: tuple[bool, ...] = ()) -> np.ndarray:
    """The weighed probabilities of candidates given as (box, label, probability)."""
    count = len(rows)
    boxes = np.array([row[0] for row in rows], np.int32).reshape(-1, 4)
    probabilities = np.zeros((count, 11), np.float32)
    for i, (_, label, probability) in enumerate(rows):
        probabilities[i, label] = probability
        probabilities[i, 10] = 1 - probability
    grey = np.array(contrast or (100.0,) * count, np.float32)
    ones = np.ones(count, np.int32)
    kinds = np.array(dark or (True,) * count)
    candidates = Candidates(boxes, np.zeros((count, 28, 28), np.uint8), grey, grey, ones, kinds)
    return weigh_strokes(candidates, probabilities, np.arange(count))


STROKE: Row = ((40, 10, 6, 30), 1, 0.6)
BESIDE: Row = ((60, 10, 20, 30), 7, 0.99)


def test_a_stroke_among_digits_is_likelier_a_one() -> None:
    """Beside a confident digit of its height the 1 gains."""
    assert weighed(STROKE, BESIDE)[0, 1] > 0.85


def test_a_stroke_by_itself_is_less_likely_a_one() -> None:
    """With nothing beside it the 1 loses, and a sure one stays above the default bound."""
    assert weighed(STROKE)[0, 1] < 0.5
    assert weighed(((40, 10, 6, 30), 1, 0.97))[0, 1] > 0.9


@pytest.mark.parametrize(
    "other",
    [
        ((60, 10, 60, 90), 7, 0.99),  # three times as high
        ((200, 10, 20, 30), 7, 0.99),  # far away
        ((60, 60, 20, 30), 7, 0.99),  # in another row
        ((60, 10, 20, 30), 7, 0.5),  # doubtful itself
        ((60, 10, 6, 30), 1, 0.99),  # another stroke
    ],
)
def test_what_is_no_company(other: Row) -> None:
    """Digits of another size, place or row, doubtful ones and other strokes do not vouch for a stroke."""
    assert weighed(STROKE, other)[0, 1] < 0.5


def test_company_is_of_the_same_pen() -> None:
    """A digit of other contrast, or lighter than the paper where the stroke is darker, does not vouch."""
    assert weighed(STROKE, BESIDE, contrast=(20, 160))[0, 1] < 0.5
    assert weighed(STROKE, BESIDE, dark=(True, False))[0, 1] < 0.5


def test_other_digits_are_left_alone() -> None:
    """Only what is read as a 1 is weighed."""
    assert weighed(STROKE, BESIDE)[1, 7] == pytest.approx(0.99)


def test_rows_still_sum_to_one_at_most() -> None:
    """What the 1 gains the others lose."""
    assert (weighed(STROKE, BESIDE).sum(1) <= 1 + 1e-9).all()


def test_nothing_gives_nothing() -> None:
    """No candidates, no rows."""
    assert weighed().shape == (0, 10)
