"""Pages of words: letters in every hand, words and numbers with known truth, to show and to learn from."""

from __future__ import annotations

import string
from collections import Counter
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from digitcam.classes import merged
from digitcam.errors import UserError
from digitcam.evaluation.page_glyphs import glyph_source
from digitcam.evaluation.picture_sets import generated_pages, page_kinds
from digitcam.pages import WORD_KINDS, ImageGlyphs, PenGlyphs, StrokeGlyphs, make_page
from digitcam.pages.pen import make_style, write_letter
from digitcam.pages.word_texts import WORDS, any_text, proportions
from digitcam.sources import open_source
from digitcam.training.characters import CLASSES, OTHER_LABEL
from digitcam.training.page_crops import label_proposals
from digitcam.types import Box, Truth


@pytest.mark.parametrize("letter", string.ascii_letters)
def test_every_letter_is_written_in_strokes_of_unit_height(letter: str) -> None:
    """With the corner of its box at the origin, whoever writes."""
    rng = np.random.default_rng(1)
    for _ in range(3):
        points = np.concatenate(write_letter(letter, rng, make_style(rng)))
        assert points.min(0) == pytest.approx([0, 0], abs=1e-5)
        assert points[:, 1].max() == pytest.approx(1, abs=1e-5) and np.ptp(points[:, 0]) < 3


def test_words_and_numbers_are_written() -> None:
    """No longer than asked, in capitals and small letters, a quarter numbers; where one sign fits, one."""
    rng = np.random.default_rng(0)
    texts = [any_text(rng, 6) for _ in range(2000)]
    assert max(map(len, texts)) == 6
    numbers = sum(text.isdigit() for text in texts)
    assert 400 < numbers < 600 and all(text.isdigit() or text.isalpha() for text in texts)
    words = [text for text in texts if text.isalpha()]
    cases = Counter("all" if t.isupper() else "none" if t.islower() else "first" for t in words)
    assert min(cases.values()) > 200 and cases["all"] > cases["first"]
    assert {any_text(rng, 1) for _ in range(500)} >= {*string.ascii_uppercase, "7"}
    assert {letter for word in WORDS for letter in word} == {*string.ascii_lowercase}


def test_small_letters_stand_on_the_line_as_in_school() -> None:
    """An x is lower than a capital, a p reaches below the line, digits are as high as capitals."""
    assert proportions("X") == proportions("7") == (1.0, 0.0) == proportions("h")
    high, depth = proportions("p")
    assert depth > 0 and high - depth == proportions("x")[0] < 1


@pytest.mark.parametrize("kind", WORD_KINDS)
def test_each_kind_of_page_knows_its_letters(kind: str) -> None:
    """Names are those of the network's classes, boxes have ink in them, and texts are made of them."""
    rng = np.random.default_rng([4, WORD_KINDS.index(kind)])
    page = make_page(kind, rng, (960, 540), PenGlyphs(words=True))
    assert page.truth and page.numbers and not page.distractors
    assert {truth.label for truth in page.truth} <= {*CLASSES}
    assert Counter(t.label for t in page.truth) == Counter("".join(page.numbers))
    for truth in page.truth:
        x, y, width, height = truth.box.as_list()
        part = page.image[y : y + height, x : x + width].astype(int)
        assert part.size and np.ptp(part) > 15


def test_letters_that_look_alike_in_both_cases_have_one_name() -> None:
    """By the capital; a collection that has the capital alone writes both."""
    assert [merged(letter) for letter in "cCaAq1"] == ["C", "C", "a", "A", "q", "1"]
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 4:24, 6:20] = 255
    source = ImageGlyphs(image, np.array(["C"]), words=True)
    style = make_style(np.random.default_rng(0))
    assert source.glyph("c", np.random.default_rng(0), style).image.shape == (20, 14)
    with pytest.raises(KeyError):
        source.glyph("a", np.random.default_rng(0), style)
    paths = [[np.array([[0, 0], [5, 10.0]])], [np.array([[0, 0], [0, 20.0]])]]
    strokes = StrokeGlyphs(paths, np.array(["v", "l"]), words=True)
    drawn = strokes.glyph("l", np.random.default_rng(0), style).strokes
    assert drawn is not None and np.ptp(drawn[0], axis=0) == pytest.approx([0, 1])


def test_words_are_measured_on_pages_where_they_can_be_told() -> None:
    """Kinds in which letters touch or fill the frame are left out, and the texts are asked for."""
    glyphs = PenGlyphs(words=True)
    assert page_kinds(glyphs) == WORD_KINDS and {"huge", "touching", "boxed"}.isdisjoint(WORD_KINDS)
    assert len(page_kinds(None)) == len(WORD_KINDS) + 3
    _, labelled = next(iter(generated_pages(1, glyphs=glyphs)))
    assert labelled.texts and "".join(sorted("".join(labelled.texts))) == "".join(
        sorted(truth.label for truth in labelled.truth)
    )
    assert next(iter(generated_pages(1)))[1].texts == ()


def test_strangers_words_need_their_files(tmp_path: Path) -> None:
    """One line names the option and the folder."""
    with pytest.raises(UserError, match="--glyphs strangers-words needs UNIPEN's files in .*unipen"):
        glyph_source("strangers-words", tmp_path)


def test_the_demo_shows_words() -> None:
    """``demo:words`` is the demo with letters, the same each time; the demo itself has digits alone."""
    films = []
    for name in ("demo:words", "demo:words", "demo"):
        with open_source(name, size=(480, 360)) as source:
            films.append(list(islice(source, 3)))
    words, again, digits = films
    assert np.array_equal(words[2].image, again[2].image)
    names = {truth.label for truth in words[0].truth or ()}
    assert names - {*"0123456789"} and names <= {*CLASSES}
    assert {truth.label for truth in digits[0].truth or ()} <= {*"0123456789"}


def test_proposals_on_pages_of_words_are_labelled_by_their_names() -> None:
    """A letter has its place among the names, and what is none the place behind them."""
    truth = (Truth(Box(100, 100, 40, 60), "B"), Truth(Box(200, 100, 40, 60), "7"))
    boxes = np.array([[101, 100, 40, 60], [200, 99, 40, 60], [300, 100, 40, 60]], np.int32)
    labels = label_proposals(SimpleNamespace(boxes=boxes), truth, CLASSES)  # type: ignore[arg-type]
    assert labels.tolist() == [CLASSES.index("B"), 7, OTHER_LABEL]
