"""Digits over frames: numbers and labels that stay."""

from collections.abc import Iterable

import numpy as np

from digitcam.bench.network import make_crops
from digitcam.tracks import Seen, Steady, Tracker

CROPS = make_crops()
FRAME = 1 / 30
Place = tuple[float, float]


def sure(label: int, probability: float = 0.98) -> np.ndarray:
    """Ten probabilities with this label."""
    row = np.full(10, (1 - probability) / 20)
    row[label] = probability
    return row


def seen(digits: Iterable[tuple[int, Place]], read: dict[int, np.ndarray] | None = None) -> Seen:
    """A frame with these digits: what is drawn, and where; ``read`` says what is read instead."""
    digits = list(digits)
    boxes = np.array([(x - 10, y - 20, 20, 40) for _, (x, y) in digits], float).reshape(-1, 4)
    rows = [(read or {}).get(label, sure(label)) for label, _ in digits]
    crops = np.array([CROPS[label] for label, _ in digits], np.uint8).reshape(-1, 28, 28)
    return Seen(boxes, np.array(rows).reshape(-1, 10), crops)


def page(dx: float = 0.0, dy: float = 0.0, angle: float = 0.0) -> list[tuple[int, Place]]:
    """The ten digits in two rows, moved and turned (radians) about the page's middle."""
    digits = []
    for label in range(10):
        place = complex(-80 + 40 * (label % 5), -40 + 80 * (label // 5)) * np.exp(1j * angle)
        digits.append((label, (320 + dx + place.real, 240 + dy + place.imag)))
    return digits


def labels(steady: Steady) -> dict[int, int]:
    """The label of each number."""
    return dict(zip(steady.numbers.tolist(), steady.labels.tolist(), strict=True))


def test_digits_keep_number_and_label_while_the_page_moves_and_turns() -> None:
    """Over a page that drifts, jumps by more than a digit and turns by twenty degrees nothing changes."""
    tracker = Tracker(0.5)
    first = labels(tracker.update(0.0, seen(page())))
    assert sorted(first.values()) == list(range(10))
    x = 0.0
    for n in range(1, 60):
        x += 45 if n == 20 else 6 * np.sin(n / 3)
        steady = tracker.update(n * FRAME, seen(page(x, 4 * np.sin(n / 5), 0.006 * n)))
        assert labels(steady) == first


def test_what_is_covered_for_half_a_second_comes_back_as_the_same() -> None:
    """A hand covers one row while the page moves on; the row has its old numbers when the hand is gone."""
    tracker = Tracker(0.5)
    first = labels(tracker.update(0.0, seen(page())))
    for n in range(1, 10):
        tracker.update(n * FRAME, seen(page(2 * n)))
    for n in range(10, 25):
        hidden = tracker.update(n * FRAME, seen(page(2 * n)[:5]))
    assert len(hidden.numbers) == 5  # nothing is shown on a hand
    for n in range(25, 28):
        back = tracker.update(n * FRAME, seen(page(2 * n)))
    assert labels(back) == first


def test_a_digit_missed_for_some_frames_stays_where_the_page_takes_it() -> None:
    """Blur hides a digit for a tenth of a second: it is shown on, at its place on the moving page."""
    tracker = Tracker(0.5)
    for n in range(10):
        tracker.update(n * FRAME, seen(page(3 * n)))
    for n in range(10, 13):
        steady = tracker.update(n * FRAME, seen(page(3 * n)[1:]))
        assert len(steady.labels) == 10
        row = steady.labels.tolist().index(0)
        assert steady.seen[row] == -1
        assert abs(steady.boxes[row, 0] + 10 - page(3 * n)[0][1][0]) < 1


def test_doubtful_looks_do_not_change_a_label() -> None:
    """A 4 that is taken for a 9 in two of five looks stays a 4, with a confidence that tells of the doubt."""
    tracker = Tracker(0.5)
    rng = np.random.default_rng(0)
    for n in range(5):
        tracker.update(n * FRAME, seen(page()))
    shown = set()
    for n in range(5, 200):
        read = {4: sure(9, 0.9) if rng.random() < 0.4 else sure(4, 0.9)}
        steady = tracker.update(n * FRAME, seen(page(), read))
        row = [label for label, number in zip(steady.labels, steady.numbers, strict=True) if number == 4]
        shown.update(row)
    assert shown == {4}
    assert steady.probabilities[4, 4] < 0.8


def test_a_blurred_look_counts_for_less_than_a_sharp_one() -> None:
    """Among as many sharp looks, blurred ones that say otherwise hardly move the mean."""
    import cv2

    means = {}
    for sigma in (0.0, 2.0):
        tracker = Tracker(0.5)
        for n in range(20):
            frame = seen(page(), {3: sure(3, 0.9) if n % 2 else sure(8, 0.9)})
            if sigma and not n % 2:
                frame.crops[3] = cv2.GaussianBlur(CROPS[3], (0, 0), sigma)
            steady = tracker.update(n * FRAME, frame)
        means[sigma] = steady.probabilities[3, 3]
    assert means[2.0] > means[0.0] + 0.2


def test_another_digit_in_the_same_place_is_told_within_three_tenths_of_a_second() -> None:
    """A digit is wiped out, another written in its place: a new number, the new label, at any frame rate."""
    for rate in (30, 10):
        tracker = Tracker(0.5)
        for n in range(3 * rate):
            tracker.update(n / rate, seen(page()))
        changed = [(7 if label == 3 else label, place) for label, place in page()]
        for n in range(3 * rate, 4 * rate):
            steady = tracker.update(n / rate, seen(changed))
            if sorted(steady.labels.tolist()) == [0, 1, 2, 4, 5, 6, 7, 7, 8, 9]:
                break
        assert (n + 1) / rate - 3.0 <= 0.3
        assert steady.numbers.max() == 10


def test_a_doubtful_look_at_the_new_digit_does_not_bring_the_old_one_back() -> None:
    """Of four looks at the new digit one is in doubt: it speaks neither for it nor for what stood there."""
    tracker = Tracker(0.5)
    for n in range(30):
        tracker.update(n * FRAME, seen(page()))
    changed = [(7 if label == 3 else label, place) for label, place in page()]
    for n, probability in enumerate((0.9, 0.9, 0.4, 0.9), start=30):
        steady = tracker.update(n * FRAME, seen(changed, {7: sure(7, probability)}))
    assert sorted(steady.labels.tolist()) == [0, 1, 2, 4, 5, 6, 7, 7, 8, 9]


def test_another_page_gets_other_numbers_at_once() -> None:
    """When the scene changes, no label of the old page is shown on the new one."""
    tracker = Tracker(0.5)
    for n in range(10):
        tracker.update(n * FRAME, seen(page()))
    other = [((label + 3) % 10, (x + 150, y + 90)) for label, (x, y) in page()]
    steady = tracker.update(10 * FRAME, seen(other))
    assert sorted(steady.labels.tolist()) == list(range(10))
    assert steady.numbers.min() == 10
    assert (steady.seen >= 0).all()


def test_what_is_doubtful_is_shown_only_once_it_has_been_seen_several_times() -> None:
    """A stroke that is a 1 with two in three is no digit at first sight, nor where it is seen but once."""
    tracker = Tracker(0.5)
    tracker.update(-FRAME, seen([]))
    stray = {1: sure(1, 0.66)}
    assert tracker.update(0.0, seen([(1, (50.0, 50.0))], stray)).labels.tolist() == []
    for n in range(1, 20):
        assert tracker.update(n * FRAME, seen([])).labels.tolist() == []
    for n in range(20, 23):
        steady = tracker.update(n * FRAME, seen([(1, (50.0, 50.0))], stray))
    assert steady.labels.tolist() == [1]


def test_the_first_frame_of_a_film_is_labelled_at_once() -> None:
    """Whoever takes one frame of a camera gets what a photograph of it would give."""
    steady = Tracker(0.5).update(0.0, seen(page(), {1: sure(1, 0.66)}))
    assert sorted(steady.labels.tolist()) == list(range(10))


def test_empty_frames_and_tracks_that_ended_leave_nothing_behind() -> None:
    """Long after the last digit nothing is kept: a day at the camera takes no more memory than a minute."""
    tracker = Tracker(0.5)
    for n in range(5):
        tracker.update(n * FRAME, seen(page()))
    for n in range(5, 60):
        steady = tracker.update(n * FRAME, seen([]))
    assert len(steady.numbers) == 0
    assert len(tracker.familiar().boxes) == 0
    assert len(tracker._tracks) == 0


def test_well_known_digits_need_not_be_recognised_but_every_few_frames() -> None:
    """After some looks all digits are familiar; each is due to be seen again once in eight frames."""
    tracker = Tracker(0.5)
    familiar = []
    for n in range(24):
        tracker.update(n * FRAME, seen(page()))
        familiar.append(tracker.familiar())
    assert len(familiar[0].boxes) == 0
    assert all(len(known.boxes) == 10 for known in familiar[4:])
    assert np.sum([known.due for known in familiar[8:16]], axis=0).tolist() == [1] * 10


def test_what_was_seen_once_does_not_unsettle_a_film_for_ever() -> None:
    """Something taken for a digit in a single frame of a steady page is waited for no longer than a doubt."""
    tracker = Tracker(0.5)
    for n in range(10):
        tracker.update(n * FRAME, seen(page()))
    assert tracker.is_settled()
    tracker.update(10 * FRAME, seen([*page(), (6, (500.0, 400.0))]))
    assert not tracker.is_settled()
    for n in range(11, 20):
        tracker.update(n * FRAME, seen(page()))
    assert tracker.is_settled()
