"""What each step of the pipe brings: photographs and pages read without it, one step at a time."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from digitcam.evaluation.contestants import Contestant
from digitcam.evaluation.photos import load_frame
from digitcam.evaluation.picture_sets import generated_pages, labelled_photos, page_kinds
from digitcam.evaluation.picture_tables import WRITTEN
from digitcam.evaluation.pictures import Labelled, PictureReader, PictureScore, score_picture, summarise
from digitcam.evaluation.progress import ProgressLine
from digitcam.evaluation.report import Section
from digitcam.evaluation.tables import NOTHING, Table, decimal
from digitcam.evaluation.without import STEPS, reader_without, without
from digitcam.types import Frame

if TYPE_CHECKING:
    from digitcam.pages import GlyphSource

TITLE = "What each step brings"
WHOLE = "everything"

# Row → one score for each picture; all rows in the same order of pictures.
Scores = Mapping[str, Sequence[PictureScore]]
Figures = dict[str, float | int | None]


def measure_ablation(
    contestants: Sequence[Contestant],
    photos: Path | None = None,
    half: str | None = None,
    pages: int = 0,
    seed: int = 0,
    glyphs: GlyphSource | None = None,
) -> Section:
    """Read the photographs and the pages with all steps, and without each of them.

    Args:
        contestants: the first one's pipe is taken apart; the others stand below as they are.
        photos: a folder of labelled pictures, None for none; half: of its sources, as for the whole measure.
        pages: how many generated pages of each kind; seed, glyphs: as for the whole measure.

    Raises:
        UserError: labels or a picture cannot be read.
    """
    first, *others = contestants
    readers: dict[str, PictureReader] = {WHOLE: first.reader}
    readers |= {f"without {name}": reader_without(step, first) for name, step in STEPS.items()}
    readers |= {f"the {other.name} way": other.reader for other in others}
    figures: dict[str, Figures] = {row: {} for row in readers}
    parts = []
    if photos:
        labels, _ = labelled_photos(photos, half)
        pictures = ((load_frame(photos / labelled.name), labelled) for labelled in labels)
        _add(figures, _read_all(readers, pictures, len(labels)), _of_photos)
        parts.append(f"photos: {photos.name}" + (f", {half} half" if half else ""))
    if pages:
        made = generated_pages(pages, seed, glyphs=glyphs)
        _add(figures, _read_all(readers, made, pages * len(page_kinds(glyphs))), _of_pages)
        parts.append(f"{pages} generated pages of each kind, seed {seed}")
    table = _table(figures, "; ".join(parts))
    return Section("ablation", table.title, (table,), dict(figures))


def _read_all(
    readers: Mapping[str, PictureReader], pictures: Iterable[tuple[Frame, Labelled]], count: int
) -> Scores:
    """Every picture is opened once, and read by all."""
    scores: dict[str, list[PictureScore]] = {row: [] for row in readers}
    steps = {f"without {name}": step for name, step in STEPS.items()}
    progress = ProgressLine(TITLE.lower())
    for number, (frame, labelled) in enumerate(pictures, start=1):
        for row, reader in readers.items():
            with without(steps[row]) if row in steps else nullcontext():
                scores[row].append(score_picture(reader, frame, labelled)[0])
        progress(number, count)
    return scores


def _add(
    figures: dict[str, Figures], scores: Scores, summary: Callable[[Sequence[PictureScore]], Figures]
) -> None:
    for row, some in scores.items():
        figures[row] |= summary(some)


def _of_photos(scores: Sequence[PictureScore]) -> Figures:
    written = summarise([p for p in scores if p.labelled.kind in WRITTEN])
    empty = [p for p in scores if p.labelled.kind == "negative" and not p.labelled.lettered]
    return {
        "photos_f1": round(written.score.f1, 6),
        "photos_f1_mean_over_sources": written.mean_over_sources,
        "photos_proposed": written.proposed,
        "labels_without_digits": summarise(empty).labels if empty else None,
        "photos_ms": summarise(scores).ms,
    }


def _of_pages(scores: Sequence[PictureScore]) -> Figures:
    kinds: dict[str, list[PictureScore]] = {}
    for score in scores:
        kinds.setdefault(score.labelled.kind, []).append(score)
    f1 = {kind: summarise(some).score.f1 for kind, some in kinds.items()}
    whole = summarise(scores)
    return {
        "pages_f1": round(whole.score.f1, 6),
        "pages_f1_mean_over_kinds": round(statistics.fmean(f1.values()), 6),
        "pages_f1_least_of_kinds": round(min(f1.values()), 6),
        "pages_proposed": whole.proposed,
        "pages_ms": whole.ms,
    }


COLUMNS = {
    "photos_f1": "photos F1",
    "photos_f1_mean_over_sources": "over sources",
    "photos_proposed": "proposed",
    "labels_without_digits": "labels without digits",
    "photos_ms": "ms",
    "pages_f1": "pages F1",
    "pages_f1_mean_over_kinds": "over kinds",
    "pages_f1_least_of_kinds": "worst kind",
    "pages_proposed": "proposed",
    "pages_ms": "ms",
}


def _table(figures: Mapping[str, Figures], of: str) -> Table:
    """One row for each way, with the difference from everything where that is one of F1."""
    whole = figures[WHOLE]
    columns = [key for key in COLUMNS if key in whole]
    rows = [
        (row, *(_cell(key, values[key], whole[key]) for key in columns)) for row, values in figures.items()
    ]
    note = (
        "In brackets the difference from everything, in thousandths. Proposed: true boxes that some "
        "candidate overlaps by IoU ≥ 0.5. Labels without digits: on pictures without "
        "digits, print or letters."
    )
    return Table(f"{TITLE} ({of})", ("", *(COLUMNS[key] for key in columns)), tuple(rows), note)


def _cell(key: str, value: float | int | None, whole: float | int | None) -> str:
    if value is None:
        return NOTHING
    if key.endswith("_ms"):
        return decimal(value, 0)
    if key.endswith("_proposed"):
        return f"{100 * value:.1f} %"
    if isinstance(value, int):
        return str(value)
    change = round(1000 * (value - whole)) if whole is not None else 0
    return f"{value:.3f} ({change:+d})" if change else decimal(value)
