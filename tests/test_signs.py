"""Signs between digits: what is looked at, what is made of it, and where the ink of a sign is."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.gaps import BASE, CHANNELS, DIGIT, EDGE, HEIGHT, INK, WIDTH, Places, look_before
from digitcam.ink import find_ink
from digitcam.rows import find_rows
from digitcam.sign_network import CLASSES, NONE, SignNetwork, check_sign_shapes, load_sign_network
from digitcam.signs import find_signs, taken_for_digits
from digitcam.types import SIGNS, Box
from tests.drawings import paper, ring

PEN = 5
RADIUS = 20


def noughts(*columns: int, ink: int = 40, level: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """A sheet with rings in a row, and their boxes."""
    image = paper(level=level)
    boxes = np.array([ring(image, x, 200, RADIUS, PEN, ink) for x in columns])
    return image, boxes


def answering(*texts: str) -> SignNetwork:
    """A network that says of each digit in turn which sign stands before it."""
    classes = [SIGNS.index(text) if text else NONE for text in texts]

    def run(looks: np.ndarray) -> np.ndarray:
        assert looks.dtype == np.float32 and looks.shape[1:] == (HEIGHT, WIDTH, CHANNELS)
        return np.eye(CLASSES, dtype=np.float32)[classes[: len(looks)]]

    return SignNetwork(run, Path("signs.keras"))


def seen(image: np.ndarray, boxes: np.ndarray, dark: bool = True, contrast: float = 150.0) -> tuple:
    """What ``find_signs`` is given of a picture: layers, boxes, polarity and contrast."""
    count = len(boxes)
    return find_ink(image[..., 0]), boxes, np.full(count, dark), np.full(count, contrast, np.float32)


def look(image: np.ndarray, boxes: np.ndarray, **how: float) -> np.ndarray:
    layers, boxes, dark, contrast = seen(image, boxes, **how)
    return look_before(layers, Places(find_rows(boxes)), dark, contrast)


@pytest.mark.parametrize("scale", [1, 2, 3])
@pytest.mark.parametrize("angle", [0, 15])
def test_a_look_shows_the_gap_at_one_scale_and_level(scale: int, angle: int) -> None:
    """The digit's left edge and its baseline are at their places, however near and however turned."""
    image, boxes = noughts(200, 262, 324, 386)
    cv2.circle(image, (234, 221), 3, (40, 40, 40), -1)
    turn = np.vstack([cv2.getRotationMatrix2D((293, 200), -angle, 1.0), (0, 0, 1)])
    turn = np.diag([scale, scale, 1.0]) @ turn
    size = 640 * scale, 480 * scale
    image = cv2.warpAffine(image, turn[:2], size, flags=cv2.INTER_CUBIC, borderValue=(200, 200, 200))
    middles = (boxes[:, :2] + boxes[:, 2:] / 2) @ turn[:2, :2].T + turn[:2, 2]
    side = boxes[:, 2:] * scale
    boxes = np.round(np.hstack([middles - side / 2, side])).astype(int)
    strength = look(image, boxes)[1, ..., 0].astype(float)
    digit = strength[: round(BASE), round(EDGE) - 2 :]
    assert digit.max() > 0.5 * INK
    inked = np.flatnonzero(strength[round(BASE - DIGIT / 2)] > 0.3 * INK)
    assert min(abs(inked - EDGE)) <= 1.5
    # The dot lies on the baseline between the two rings, 6 of 45 pixels before the second.
    gap = strength[20:34, 28:35]
    rows, columns = np.nonzero(gap > 0.6 * gap.max())
    assert columns.mean() + 28.5 == pytest.approx(EDGE - 6 / 45 * DIGIT, abs=1.2)
    assert rows.mean() + 20.5 == pytest.approx(BASE - 1 / 45 * DIGIT, abs=1.2)


def test_ruled_lines_are_in_the_first_channel_alone() -> None:
    """What the layer has taken out as a line is no ink."""
    image, boxes = noughts(200, 260, 320)
    cv2.line(image, (0, 232), (640, 232), (90, 90, 90), 2)
    strength, ink = np.moveaxis(look(image, boxes)[1], -1, 0)
    below = slice(round(BASE) + 2, round(BASE) + 9)
    assert strength[below].max() > 30 and ink[below].max() < 10


def test_light_ink_on_dark_is_looked_at_as_dark_ink_is() -> None:
    """A blackboard's digits give the looks that a sheet's do."""
    dark = look(*noughts(200, 260))
    light = look(*noughts(200, 260, ink=190, level=30), dark=False)
    assert np.abs(dark.astype(int) - light).mean() < 3


def test_without_a_layer_of_that_polarity_nothing_is_seen() -> None:
    """A look at nothing is empty."""
    image, boxes = noughts(200)
    places = Places(find_rows(boxes))
    assert not look_before((), places, np.array([True]), np.array([100.0])).any()


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        (".", [(231, 219, 6, 6)]),
        (",", [(230, 214, 5, 20)]),
        (":", [(230, 190, 6, 6), (231, 212, 6, 6)]),
    ],
)
def test_the_box_of_a_sign_is_around_its_ink(text: str, drawn: list[tuple[int, int, int, int]]) -> None:
    """Dots, commas and both dots of a colon are found where the network says that a sign is."""
    image, boxes = noughts(200, 265)
    for x, y, width, height in drawn:
        cv2.rectangle(image, (x, y), (x + width - 1, y + height - 1), (40, 40, 40), -1)
    (sign,), owners = find_signs(answering("", text), *seen(image, boxes))
    assert sign.text == text and not taken_for_digits(boxes, (sign,), owners).any()
    assert sign.box.iou(Box.around(Box(*some) for some in drawn)) > 0.5


def test_a_minus_stands_before_the_first_digit() -> None:
    """Its box is around the bar, not around a speck that lies nearby."""
    image, boxes = noughts(200, 260)
    cv2.line(image, (140, 200), (165, 198), (40, 40, 40), 4)
    cv2.circle(image, (150, 230), 2, (40, 40, 40), -1)
    (sign,), _ = find_signs(answering("-", ""), *seen(image, boxes))
    assert sign.text == "-"
    assert sign.box.iou(Box(138, 196, 30, 6)) > 0.5


def test_no_sign_no_search() -> None:
    """Where the network sees none there is none, and without digits it is not asked."""
    image, boxes = noughts(200, 260)
    assert find_signs(answering("", ""), *seen(image, boxes))[0] == ()
    never = SignNetwork(lambda _: pytest.fail("was run"), Path("x"))
    signs, owners = find_signs(never, *seen(image, np.zeros((0, 4), int)))
    assert signs == () and owners.shape == (0,)
    assert find_signs(never, *seen(image, boxes), np.zeros(0, int))[0] == ()


def test_a_sign_whose_ink_is_lost_still_has_a_place() -> None:
    """Where the mask shows nothing the box is where such a sign stands."""
    image, boxes = noughts(200, 265)
    (sign,), _ = find_signs(answering("", "."), *seen(image, boxes))
    assert 221 <= sign.box.centre[0] <= 245 and 205 <= sign.box.centre[1] <= 230


def test_a_comma_that_was_read_as_a_digit_is_none() -> None:
    """Of the digits the one that is the sign before another is told; what stands before it is not read."""
    image, boxes = noughts(200, 265)
    cv2.rectangle(image, (230, 214), (234, 233), (40, 40, 40), -1)
    boxes = np.array([boxes[0], (230, 214, 5, 20), boxes[1]])
    signs, owners = find_signs(answering("", ".", ","), *seen(image, boxes))
    assert [sign.text for sign in signs] == [".", ","]
    assert taken_for_digits(boxes, signs, owners).tolist() == [False, True, False]


def test_signs_are_looked_for_before_some_digits_alone() -> None:
    """Of three digits the last is looked at; the answer is about it, the rows are those of all."""
    image, boxes = noughts(200, 265, 330)
    cv2.circle(image, (297, 221), 3, (40, 40, 40), -1)
    (sign,), owners = find_signs(answering("."), *seen(image, boxes), np.array([2]))
    assert owners.tolist() == [2]
    assert sign.box.iou(Box(294, 218, 7, 7)) > 0.5


def test_the_shipped_network_reads_drawn_signs() -> None:
    """A plain drawing of 0.0, 0,0, 0:0, -0 and 00, near and far."""
    network = load_sign_network()
    assert network.predict(np.zeros((0, HEIGHT, WIDTH, CHANNELS), np.uint8)).shape == (0, CLASSES)
    for scale in (0.6, 1.0, 2.0):
        for text in (".", ",", ":", "-", ""):
            image, boxes = noughts(200, 265 if text in (".", ",", ":") else 255)
            ink = (40, 40, 40)
            if text == ".":
                cv2.circle(image, (232, 220), 4, ink, -1, cv2.LINE_AA)
            elif text == ",":
                cv2.line(image, (233, 218), (229, 231), ink, PEN, cv2.LINE_AA)
            elif text == ":":
                cv2.circle(image, (232, 192), 4, ink, -1, cv2.LINE_AA)
                cv2.circle(image, (232, 213), 4, ink, -1, cv2.LINE_AA)
            elif text == "-":
                cv2.line(image, (145, 200), (163, 200), ink, PEN, cv2.LINE_AA)
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            found, _ = find_signs(network, *seen(image, np.round(boxes * scale).astype(int)))
            assert [sign.text for sign in found] == ([text] if text else []), (scale, text)


def test_what_is_no_sign_network_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another network under its name is told apart by its shapes, a missing twin by its name."""
    with pytest.raises(UserError, match="signs.keras is no sign network: expected an input of N×40×48×2"):
        check_sign_shapes(Path("signs.keras"), [(-1, 28, 28, 1)], [(-1, 11)])
    from digitcam import sign_network

    monkeypatch.setattr(sign_network, "find_weights", lambda: tmp_path)
    shutil.copy(Path("weights/signs.keras"), tmp_path)
    with pytest.raises(UserError, match="signs.keras has no LiteRT twin: train.py --export"):
        load_sign_network()
