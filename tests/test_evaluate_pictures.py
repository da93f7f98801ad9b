"""The command on whole pictures: labelled photographs and generated pages."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from digitcam.commands.evaluate import main
from digitcam.errors import UserError
from digitcam.evaluation import picture_suites
from digitcam.evaluation.contestants import Contestant, load_contestants
from digitcam.evaluation.page_glyphs import glyph_source
from digitcam.pages import KINDS, ImageGlyphs, make_page
from digitcam.types import Evidence, Frame, Reading
from digitcam.weights_dir import find_weights
from tests.evaluation_fakes import Coded, folder_fixture, photos_fixture
from tests.needs import need

__all__ = ["folder_fixture", "photos_fixture"]  # fixtures


def test_photos_are_scored_per_picture_source_and_over_all(
    photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Photos, drawings and negatives apart; both halves; distractors; candidates; what was seen is drawn."""
    assert main(["--photos", "pictures", "--report", "out", "--json", "out.json"]) == 0
    out = capsys.readouterr().out
    assert "MNIST" not in out
    for line in ("Per picture", "Per source", "photos and scans", "first half", "drawn on screen"):
        assert line in out
    totals = json.loads(Path("out.json").read_text())["photos"]["digitcam"]["totals"]
    written = totals["photos and scans"]
    assert (written["true_positive"], written["false_positive"], written["false_negative"]) == (1, 1, 1)
    assert (written["distractors_hit"], written["distractors"], written["candidate_recall"]) == (1, 1, 0.5)
    assert totals["drawn on screen"]["digits"] == 1
    assert totals["without digits, with print or letters"]["labels"] == 2
    assert "without digits" not in totals
    drawn = sorted(path.name for path in Path("out/photos").iterdir())
    sheets = ["errors_false.jpg", "errors_missed.jpg", "errors_print.jpg"]
    assert drawn == ["001_photo.jpg", "002_drawn.jpg", "003_empty.jpg", *sheets]
    page = Path("out/index.html").read_text(encoding="utf-8")
    assert page.index("photos/errors_missed.jpg") < page.index("photos/001_photo.jpg")


def test_one_half_of_the_sources_can_be_looked_at_alone(photos: Path) -> None:
    """Only pictures of that half are read; with one source the other half is empty and said so."""
    assert main(["--photos", "pictures", "--half", "second", "--json", "out.json"]) == 0
    read = json.loads(Path("out.json").read_text())["photos"]["digitcam"]["pictures"]
    assert set(read) < {"photo.png", "drawn.png", "empty.png"} and "photo.png" not in read
    entries = json.loads((photos / "labels.json").read_text())[:1]
    (photos / "labels.json").write_text(json.dumps(entries))
    with pytest.raises(UserError, match="no picture in the second half of the sources of pictures"):
        main(["--photos", "pictures", "--half", "second"])


def test_a_picture_that_cannot_be_read_ends_the_measurement(photos: Path) -> None:
    """A score over fewer pictures than labelled would be another score: the file is named instead."""
    (photos / "drawn.png").write_bytes(b"no picture")
    with pytest.raises(UserError, match=r"drawn\.png"):
        main(["--photos", "pictures", "--report", "out"])
    assert sorted(path.name for path in photos.parent.iterdir()) == ["pictures"]


class Blind:
    """A reader that finds nothing, and notes the sizes it was shown."""

    def __init__(self) -> None:
        self.sizes: set[tuple[int, int]] = set()

    def read(self, frame: Frame) -> Reading:
        self.sizes.add(frame.size)
        ink = np.zeros((1, 1), np.uint8)
        return Reading(frame.source, 0, 0.0, frame.size, (), evidence=Evidence(ink, (), ink, ink))


def test_pages_are_scored_by_kind(folder: Path) -> None:
    """N pages of every kind, the same for each reader, with the worst of each kind drawn."""
    blind = Blind()
    way = Contestant("digitcam", Coded(), blind, 0.9)
    section = picture_suites.measure_pages([way], 1, size=(480, 270), folder=folder)
    figures = section.figures["digitcam"]
    assert isinstance(figures, dict) and set(figures["kinds"]) == set(KINDS)
    assert figures["all"]["pictures"] == len(KINDS) and figures["all"]["digits"] > len(KINDS)
    assert (figures["all"]["f1"], figures["all"]["candidate_recall"]) == (0.0, 0.0)
    assert blind.sizes == {(480, 270)}
    drawn = {path.stem for path in (folder / "pages").iterdir()}
    assert {kind.replace(" ", "_") for kind in KINDS} == {n for n in drawn if not n.startswith("errors_")}
    assert {n[:13] for n in drawn if n.startswith("errors_")} == {"errors_missed"}
    again = picture_suites.measure_pages([way], 1, size=(480, 270)).figures["digitcam"]
    assert isinstance(again, dict) and again["all"]["digits"] == figures["all"]["digits"]


def test_pages_can_be_written_in_a_collections_hand(folder: Path) -> None:
    """MNIST's digits in place of the pen model's."""
    assert isinstance(glyph_source("mnist", folder), ImageGlyphs)


def test_the_shipped_way_and_the_classic_one_stand_side_by_side() -> None:
    """Their own networks, the asked confidence for both, and readers that read a generated page."""
    weights = find_weights()
    need((weights / "digits.keras").is_file() and (weights / "classic.keras").is_file(), "no trained weights")
    ways = load_contestants(None, 0.6, baseline=True)
    assert [way.name for way in ways] == ["digitcam", "classic"]
    assert [way.model for way in ways] == [weights / "digits.keras", weights / "classic.keras"]
    assert [way.conf for way in ways] == [0.6, 0.6]
    page = make_page("huge", np.random.default_rng(0), (480, 270))
    for way in ways:
        reading = way.reader.read(Frame(page.image))
        assert reading.evidence is not None and reading.ms["total"] > 0
        assert all(digit.confidence >= 0.6 for digit in reading.digits) or way.name == "classic"
