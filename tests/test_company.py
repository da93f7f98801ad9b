"""What a candidate has in common with the rest of the picture."""

import cv2
import numpy as np
import pytest

from digitcam.company import COLUMNS, MOST_RATIO, Company, company, plainness
from digitcam.proposals import Candidates

Row = tuple[tuple[int, int, int, int], int, float]

# A plain upright stroke, and a 1 with a flag and a foot.
PLAIN, FOOTED = np.zeros((2, 28, 28), np.uint8)
PLAIN[4:24, 13:16] = FOOTED[4:24, 13:16] = 255
FOOTED[21:24, 7:22] = FOOTED[4:9, 9:14] = 255
THICK = cv2.dilate(FOOTED, np.ones((5, 5), np.uint8))

SEVEN: Row = ((100, 100, 30, 40), 7, 0.999)
BESIDE: Row = ((140, 100, 30, 40), 3, 0.999)


def met(
    *rows: Row,
    contrast: tuple[float, ...] = (),
    dark: tuple[bool, ...] = (),
    crops: tuple[np.ndarray, ...] = (),
    crowd: int = 0,
) -> Company:
    """The company of candidates given as (box, label, probability), ``crowd`` others in the picture."""
    count = len(rows)
    boxes = np.array([*(row[0] for row in rows), *[(600, 500, 30, 40)] * crowd], np.int32).reshape(-1, 4)
    probabilities = np.zeros((count + crowd, 11), np.float32)
    probabilities[:, 10] = 1
    for i, (_, label, probability) in enumerate(rows):
        probabilities[i, label] = probability
        probabilities[i, 10] = 1 - probability
    pixels = np.full(count + crowd, 400, np.float32)
    grey = np.array([*(contrast or [100.0] * count), *[100.0] * crowd], np.float32)
    polarity = np.array([*(dark or [True] * count), *[True] * crowd], bool)
    shown = np.array([*(crops or [FOOTED] * count), *[FOOTED] * crowd], np.uint8)
    candidates = Candidates(
        boxes, shown, pixels, grey, np.ones(count + crowd, np.int32), polarity, np.zeros(count + crowd, bool)
    )
    found = company(candidates, probabilities, np.arange(count), (1280, 720))
    assert found.shape == (count, COLUMNS) and found.dtype == np.float32
    return Company(*found.T)


def test_digits_side_by_side_are_fellows() -> None:
    """Two digits of one height and one pen in a row each have the other; one by itself has none."""
    both, alone = met(SEVEN, BESIDE), met(SEVEN)
    assert both.fellow == pytest.approx([1, 1]) and both.in_row == pytest.approx([1, 1])
    assert alone.fellow[0] == alone.in_row[0] == alone.digits[0] == 0


@pytest.mark.parametrize(
    "other",
    [
        ((140, 100, 90, 120), 3, 0.999),
        ((900, 100, 30, 40), 3, 0.999),
        ((140, 100, 30, 40), 3, 0.5),
        ((110, 110, 30, 40), 3, 0.999),
    ],
    ids=["three times as high", "far away", "doubted", "over it"],
)
def test_what_is_no_fellow(other: Row) -> None:
    """Size, distance, doubt and overlap rule fellows out."""
    assert met(SEVEN, other).fellow[0] < 0.1


@pytest.mark.parametrize(
    "change",
    [{"contrast": (100.0, 15.0)}, {"dark": (True, False)}, {"crops": (FOOTED, THICK)}],
    ids=["paler", "of the other polarity", "thicker"],
)
def test_fellows_are_of_the_same_pen(change: dict) -> None:
    """Contrast, polarity and stroke tell pens apart."""
    assert met(SEVEN, BESIDE, **change).fellow[0] < 0.5


def test_what_is_paler_than_the_writing_stands_out() -> None:
    """A pale digit is compared with the bold ones, and no ratio is without bounds."""
    found = met(SEVEN, BESIDE, ((200, 100, 30, 40), 0, 0.95), contrast=(100.0, 100.0, 1.0))
    assert found.contrast[2] == pytest.approx(-MOST_RATIO)
    assert abs(found.contrast[:2]).max() < 1


def test_digits_elsewhere_are_counted_by_their_places() -> None:
    """Three candidates for one place are one digit."""
    again = [((140 + i, 100, 30, 40), 3, 0.999) for i in range(3)]
    assert met(SEVEN, *again).digits[0] == pytest.approx(np.log(2), abs=0.05)


def test_a_crowd_is_what_is_as_bold_and_no_digit() -> None:
    """Other things count for a crowd, sure digits do not."""
    assert met(SEVEN, BESIDE).crowd[0] == 0
    assert met(SEVEN, crowd=50).crowd[0] == pytest.approx(np.log(51) / 2, abs=0.01)


def test_only_a_plain_stroke_taken_for_a_one_is_plain() -> None:
    """Flag and foot make a 1 of it, and so does another label."""
    one = ((100, 100, 8, 40), 1, 0.9)
    assert met(one, crops=(PLAIN,)).plain[0] > 0.95
    assert met(one, crops=(FOOTED,)).plain[0] == 0
    assert met(SEVEN, crops=(PLAIN,)).plain[0] == 0


def test_a_stroke_is_plain_at_any_angle() -> None:
    """Turned by 30° it still is."""
    turned = cv2.warpAffine(PLAIN, cv2.getRotationMatrix2D((14, 14), 30, 1), (28, 28))
    assert plainness(np.array([PLAIN, turned, FOOTED])) == pytest.approx([1, 1, 0], abs=0.15)


def test_an_empty_picture_has_no_company() -> None:
    """Nothing chosen gives no rows."""
    assert len(met(crowd=3).digits) == 0
