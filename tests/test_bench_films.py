"""The benchmark's films: what moves in them is known, and what becomes of labels is counted right."""

import numpy as np

from digitcam.bench.counted import make_counted_frame
from digitcam.bench.handheld import film_of
from digitcam.bench.soak import measure_soak
from digitcam.bench.steady import Steadiness, _with_another, measure_replacing, measure_steadiness
from digitcam.types import Box, Digit, Truth

PAGE = make_counted_frame(12, (640, 480), np.random.default_rng(2))


def digit(label: str, x: int, track: int) -> Digit:
    return Digit(Box(x, 100, 20, 40), label, 0.9, (0.09,) * 10, track)


def test_boxes_follow_the_hand() -> None:
    """In every frame of a film the true boxes lie on the ink, however the page sways."""
    places = []
    for frame in film_of(PAGE, 60, np.random.default_rng(0)):
        assert frame.truth is not None and not frame.still
        grey = frame.image.mean(axis=2)
        for true in frame.truth:
            box = true.box
            inside = grey[box.y : box.bottom, box.x : box.right]
            around = grey[box.y - 6 : box.bottom + 6, box.x - 6 : box.right + 6]
            dark = 0.7 * np.median(around)
            assert (inside < dark).sum() > 0.9 * (around < dark).sum()
        places.append(frame.truth[0].box.centre)
    assert np.ptp(np.array(places), axis=0).min() > 2
    assert [t.identity for t in frame.truth] == list(range(12))


def test_changes_are_counted_for_each_digit() -> None:
    """A label that goes away and comes back as another is a change; a digit that moved is the same."""
    count = Steadiness()
    for n, (label, track) in enumerate([("3", 0), ("3", 0), (None, None), ("8", 0), ("8", 1)]):
        truth = [Truth(Box(10 * n, 100, 20, 40), "3", 7)]
        count.add(truth, [] if label is None else [digit(label, 10 * n, track), digit("1", 500, 9)])
    assert count.to_json() == {
        "frames": 5,
        "digits": 1,
        "labelled": 0.8,
        "right": 0.4,
        "digits_labelled": 1.0,
        "changes": 1,
        "renumbered": 1,
        "false_per_frame": 0.8,
    }


def test_a_replaced_digit_is_another_one_in_the_same_light() -> None:
    """The copy lies where the old digit lay, with its own label, and leaves no seam."""
    page = make_counted_frame(20, (1280, 720), np.random.default_rng(5))
    changed = _with_another(page, 2, 9)
    assert page.truth is not None and changed.truth is not None
    old, new = page.truth[2], changed.truth[2]
    assert new.label == page.truth[9].label != old.label
    assert new.identity not in [t.identity for t in page.truth]
    assert abs(new.box.centre[0] - old.box.centre[0]) < 6
    part = np.s_[old.box.y - 5 : old.box.y - 2, old.box.x : old.box.right]
    assert abs(changed.image[part].mean() - page.image[part].mean()) < 8


def test_labels_of_a_film_change_less_than_those_of_single_frames() -> None:
    """Over two seconds of the demo no label changes; another digit gets its label within 0.3 s."""
    steady = measure_steadiness(60)
    film = steady["film"]
    assert isinstance(film, dict)
    assert film["frames"] == 60 and film["changes"] == 0
    assert measure_replacing(2)["worst_s"] <= 0.3  # type: ignore[operator]


def test_a_fiftieth_of_a_soak() -> None:
    """Over two thousand frames memory stays flat, no label changes and no track is lost."""
    soak = measure_soak(2000)
    assert soak["labelled"] == 1.0
    assert (soak["changes"], soak["renumbered"]) == (0, 0)
    first, last = soak["memory_first_mb"], soak["memory_last_mb"]
    if first is not None:  # the system tells
        assert last <= first + 5  # type: ignore[operator]
