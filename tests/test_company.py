"""A stroke is a 1 by its company."""

import cv2
import numpy as np
import pytest

from digitcam.company import weigh_by_company
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
    grey = np.array([*contrast, *[100.0] * (count + crowd)], np.float32)[: count + crowd]
    kinds = np.array([*(dark or [True] * count), *[True] * crowd], bool)
    crops = np.resize(crop, (count + crowd, 28, 28))
    candidates = Candidates(boxes, crops, grey, grey, np.ones(count + crowd, np.int32), kinds, ~kinds)
    return weigh_by_company(candidates, probabilities, np.arange(count))


STROKE: Row = ((40, 10, 6, 30), 1, 0.6)
BESIDE: Row = ((60, 10, 20, 30), 7, 0.99)
THICK = cv2.dilate(PLAIN, np.ones((1, 5), np.uint8))


def test_a_stroke_among_digits_is_likelier_a_one() -> None:
    """Beside a confident digit of its height the 1 gains."""
    assert weighed(STROKE, BESIDE)[0, 1] > 0.85


def test_a_stroke_by_itself_in_a_crowd_is_less_likely_a_one() -> None:
    """With no digit beside it and much else in the picture the 1 loses."""
    assert weighed(STROKE)[0, 1] < 0.2


def test_a_stroke_that_is_all_there_is_stays_a_one() -> None:
    """On an empty page nothing speaks against a single 1."""
    assert weighed(((40, 10, 6, 30), 1, 0.97), crowd=1)[0, 1] > 0.9


def test_a_one_with_flag_and_foot_needs_less_company() -> None:
    """What is no plain stroke loses no more than any other digit does."""
    sure: Row = ((40, 10, 16, 30), 1, 0.99)
    seven: Row = ((40, 10, 16, 30), 7, 0.99)
    footed, plain = weighed(sure, crop=FOOTED)[0, 1], weighed(sure, crop=PLAIN)[0, 1]
    assert footed == pytest.approx(weighed(seven, crop=FOOTED)[0, 7]) and footed > plain


def test_a_stroke_of_another_pen_has_no_company() -> None:
    """A line twice as thick as the strokes of the digit beside it gains less than one of the same pen."""
    same, thick = (weighed(STROKE, BESIDE, crop=np.stack([c, FOOTED]))[0, 1] for c in (PLAIN, THICK))
    assert thick < same - 0.2


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


SEVEN: Row = ((60, 10, 20, 30), 7, 0.8)


def test_a_digit_among_its_like_gains() -> None:
    """Two sure digits of its height and pen beside it make a doubtful one likelier."""
    fellows: list[Row] = [((90, 10, 20, 30), 3, 0.99), ((120, 12, 20, 30), 5, 0.99)]
    assert weighed(SEVEN, *fellows, crop=FOOTED)[0, 7] > 0.85


def test_a_digit_alone_in_a_crowd_loses() -> None:
    """In a picture full of things as bold a doubtful digit without fellows is refused, a sure one is not."""
    assert weighed(SEVEN, crop=FOOTED)[0, 7] < 0.3
    assert weighed(((60, 10, 20, 30), 7, 0.995), crop=FOOTED)[0, 7] > 0.7


def test_a_bold_digit_is_not_lost_among_specks() -> None:
    """What is much fainter than the digit makes no crowd."""
    specks = (100.0, *[20.0] * 60)
    assert weighed(SEVEN, crop=FOOTED, contrast=specks)[0, 7] == pytest.approx(0.8, abs=0.01)


def test_rows_still_sum_to_one_at_most() -> None:
    """What the 1 gains the others lose."""
    assert (weighed(STROKE, BESIDE).sum(1) <= 1 + 1e-9).all()


def test_nothing_gives_nothing() -> None:
    """No candidates, no rows."""
    assert weighed().shape == (0, 10)
