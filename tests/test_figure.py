"""``--plot``: a picture, and of each digit the network's input and its answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.cards import CROP, GROUND, HEIGHT, MARGIN, WIDTH, draw_card, draw_cards
from digitcam.errors import UserError
from digitcam.outputs import open_outputs
from digitcam.sources.pictures import Pictures
from digitcam.sureness import COLOURS
from digitcam.types import Box, Digit, Frame, Number
from tests.samples import ScriptedSource, frames, make_reading, save_picture

CROPPED = np.zeros((28, 28), np.uint8)
CROPPED[4:24, 12:16] = 255


def digit(label: str, confidence: float, rest: float = 0.0) -> Digit:
    """A digit of which the next one has the rest."""
    probabilities = [0.0] * 10
    probabilities[int(label)], probabilities[(int(label) + 1) % 10] = confidence, rest
    return Digit(Box(0, 0, 9, 9), label, confidence, tuple(probabilities), crop=CROPPED)


def bars(card: np.ndarray) -> list[int]:
    """How high the bar of each digit is, pixels of the card."""
    first = WIDTH - MARGIN - 160
    part = card[: HEIGHT - 2 * MARGIN - 10 - 2]
    return [
        int((part[:, x + 2 : x + 6] != GROUND).any((1, 2)).sum()) for x in range(first, first + 160, 16)
    ]


def test_a_card_shows_the_crop_and_a_bar_for_each_probability() -> None:
    """The crop is enlarged without smoothing, bars are as high as they are likely, in the label's colour."""
    card = draw_card(digit("3", 0.6, 0.3))
    top = (HEIGHT - CROP) // 2
    crop = card[top : top + CROP, MARGIN : MARGIN + CROP]
    assert (crop == cv2.resize(CROPPED, (CROP, CROP), interpolation=cv2.INTER_NEAREST)[..., None]).all()
    high = bars(card)
    assert high[3] == pytest.approx(2 * high[4], rel=0.1) and high[4] > 10
    assert [n for n in range(10) if high[n]] == [3, 4]
    assert (card == COLOURS[2][1]).all(2).any()  # vermilion, for it is doubtful


def test_cards_stand_in_rows() -> None:
    """As many as fit beside each other, and a sheet that is too narrow for one has one in each row."""
    cards = [digit(str(n), 0.99) for n in range(5)]
    sheet = draw_cards(cards, 2 * WIDTH + 40)
    assert sheet.shape == (3 * HEIGHT, 2 * WIDTH + 40, 3)
    assert (sheet[HEIGHT : 2 * HEIGHT, :WIDTH] == draw_card(cards[2])).all()
    assert draw_cards(cards, 10).shape == (5 * HEIGHT, WIDTH, 3)
    assert draw_cards([], 400).shape == (0, 400, 3)


def test_a_figure_is_the_picture_and_its_cards(tmp_path: Path) -> None:
    """Below the annotated picture a card for each digit, in reading order."""
    page = save_picture(tmp_path / "page.png")
    source = Pictures("page.png", [page])
    (output,) = open_outputs(source, plot=str(tmp_path / "figure.png"))
    frame = Frame(cv2.imread(str(page)), source=str(page))
    reading = make_reading(frame)
    swapped = replace(reading, digits=reading.digits[::-1], numbers=(Number("42", Box(0, 0, 9, 9), (1, 0)),))
    output.write(frame, swapped, None)
    figure = cv2.imread(str(tmp_path / "figure.png"))
    first, second = (figure[-HEIGHT:, n * WIDTH : (n + 1) * WIDTH] for n in (0, 1))
    assert (first == draw_card(swapped.digits[1])).all() and (second == draw_card(swapped.digits[0])).all()
    assert len(figure) > HEIGHT


def test_a_figure_is_of_one_picture_and_replaces_nothing(tmp_path: Path) -> None:
    """Films, folders, other suffixes, the input and files that exist are refused, and stay as they were."""
    page, other = save_picture(tmp_path / "page.png"), save_picture(tmp_path / "other.png")
    one, many = Pictures("page.png", [page]), Pictures("folder", [page, other])
    before = page.read_bytes(), other.read_bytes()
    for source, name, words in [
        (ScriptedSource(frames(2)), "x.png", "a figure shows one picture"),
        (many, "x.png", "a figure shows one picture"),
        (one, "x.pdf", r"the name must end in \.png"),
        (one, "page.png", "is the input"),
        (one, "other.png", "--overwrite"),
    ]:
        with pytest.raises(UserError, match=words):
            open_outputs(source, plot=str(tmp_path / name))
    assert (page.read_bytes(), other.read_bytes()) == before
    assert len(list(tmp_path.iterdir())) == 2
