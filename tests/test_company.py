"""A stroke is a 1 by its company."""

import cv2
import numpy as np
import pytest

from digitcam.company import weigh_strokes
from digitcam.proposals import Candidates

Row = tuple[tuple[int, int, int, int], int, float]


# A plain upright stroke, and a 1 with a flag and a foot.
PLAIN, FOOTED = np.zeros((2, 28, 28), np.uint8)
PLAIN[4:24, 13:16] = FOOTED[4:24, 13:16] = 255
FOOTED[21:24, 7:22] = FOOTED[4:9, 9:14] = 255


def weighed(
    *rows: Row,
    contrast: tuple[float, ...] = (),
    dark: tuple[bool, ...] = (),
    crop: np.ndarray = PLAIN,
    crowd: int = 60,
) -> np.ndarray:
    """The weighed probabilities of candidates given as (box, label, probability), ``crowd`` others beside."""
    count = len(rows)
    boxes = np.array([*(row[0] for row in rows), *[(500, 400, 20, 30)] * crowd], np.int32).reshape(-1, 4)
    probabilities = np.zeros((count + crowd, 11), np.float32)
    probabilities[:, 10] = 1
    for i, (_, label, probability) in enumerate(rows):
        probabilities[i, label] = probability
        probabilities[i, 10] = 1 - probability
    grey = np.array([*(contrast or [100.0] * count), *[100.0] * crowd], np.float32)
    kinds = np.array([*(dark or [True] * count), *[True] * crowd], bool)
    crops = np.resize(crop, (count + crowd, 28, 28))
    candidates = Candidates(boxes, crops, grey, grey, np.ones(count + crowd, np.int32), kinds)
    return weigh_strokes(candidates, probabilities, np.arange(count))


STROKE: Row = ((40, 10, 6, 30), 1, 0.6)
BESIDE: Row = ((60, 10, 20, 30), 7, 0.99)


def test_a_stroke_among_digits_is_likelier_a_one() -> None:
    """Beside a confident digit of its height the 1 gains."""
    assert weighed(STROKE, BESIDE)[0, 1] > 0.85


def test_a_stroke_by_itself_in_a_crowd_is_less_likely_a_one() -> None:
    """With no digit beside it and much else in the picture the 1 loses."""
    assert weighed(STROKE)[0, 1] < 0.2


def test_a_stroke_that_is_all_there_is_stays_a_one() -> None:
    """On an empty page nothing speaks against a single 1."""
    assert weighed(((40, 10, 6, 30), 1, 0.97), crowd=1)[0, 1] > 0.9


def test_a_one_with_flag_and_foot_needs_no_company() -> None:
    """What is no plain stroke keeps what the network gave it."""
    assert weighed(STROKE, crop=FOOTED)[0, 1] == pytest.approx(0.6, abs=0.01)


def test_a_stroke_of_another_pen_has_no_company() -> None:
    """A line three times as thick as the strokes of the digit beside it is not its 1."""
    assert weighed(((40, 10, 18, 90), 1, 0.6), ((90, 10, 60, 90), 7, 0.99))[0, 1] > 0.8
    thick = ((40, 10, 6, 30), 1, 0.6), ((60, 10, 20, 30), 7, 0.99)
    crops = np.stack([cv2.dilate(PLAIN, np.ones((1, 9), np.uint8)), PLAIN])
    assert weighed(*thick, crop=crops)[0, 1] < 0.65


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
