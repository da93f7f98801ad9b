"""Measures of whole pictures: labelled photographs and generated pages. Each gives one section."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from digitcam.evaluation import picture_tables
from digitcam.evaluation.contestants import Contestant
from digitcam.evaluation.error_sheets import Mistake, find_mistakes, write_sheets
from digitcam.evaluation.photos import load_frame
from digitcam.evaluation.picture_sets import PAGE_SIZE, Size, generated_pages, labelled_photos, page_kinds
from digitcam.evaluation.pictures import Labelled, PictureScore, Verdict, score_picture, summarise
from digitcam.evaluation.progress import ProgressLine
from digitcam.evaluation.report import Section
from digitcam.types import Evidence, Frame

if TYPE_CHECKING:
    from digitcam.pages import GlyphSource

LEGEND = "green: right, red: false, orange: missed, violet: signs that are no digits, grey: left out"
JPEG_QUALITY = 88
Load = Callable[[Path], Frame]


def measure_photos(
    contestants: Sequence[Contestant],
    photos: Path,
    half: str | None = None,
    folder: Path | None = None,
    load: Load = load_frame,
) -> Section:
    """Score the labelled pictures of the folder ``photos``.

    Args:
        contestants: who reads; what the first one saw is drawn.
        photos: holds the pictures and ``labels.json``.
        half: only the pictures of this half of the sources, ``"first"`` or ``"second"``.
        folder: where the drawings go, None for none.
        load: how a picture is opened.

    Raises:
        UserError: labels or a picture cannot be read.
    """
    labels, halves = labelled_photos(photos, half)
    results: dict[str, list[PictureScore]] = {c.name: [] for c in contestants}
    progress = ProgressLine(f"pictures of {photos.name}")
    drawings: list[tuple[str, str]] = []
    mistakes: list[Mistake] = []
    for number, labelled in enumerate(labels, start=1):
        frame = load(photos / labelled.name)
        verdict, evidence = _read_by_all(contestants, frame, labelled, results)
        if folder:
            mistakes += find_mistakes(frame, labelled, verdict, evidence)
            file = f"photos/{number:03d}_{Path(labelled.name).stem}.jpg"
            _draw(frame, labelled, verdict, folder / file)
            drawings.append((file, _caption(results[contestants[0].name][-1])))
        progress(number, len(labels))
    if folder:
        drawings = write_sheets(mistakes, folder, "photos") + drawings
    totals = picture_tables.groups(results, halves)
    return Section(
        "photos",
        f"Labelled pictures: {photos.name}" + (f", {half} half of the sources" if half else ""),
        (
            picture_tables.picture_table(results),
            picture_tables.source_table(results, halves),
            picture_tables.totals_table(totals),
        ),
        {
            c.name: {
                "totals": {title: group[c.name].to_json() for title, group in totals.items()},
                "sources": _by(results[c.name], lambda p: f"{p.labelled.source} ({p.labelled.kind})"),
                "pictures": _by(results[c.name], lambda p: p.labelled.name),
            }
            for c in contestants
        },
        tuple(drawings),
    )


def measure_pages(
    contestants: Sequence[Contestant],
    count: int,
    seed: int = 0,
    size: Size = PAGE_SIZE,
    glyphs: GlyphSource | None = None,
    title: str = "Generated pages",
    folder: Path | None = None,
) -> Section:
    """Score ``count`` generated pages of each kind; the worst of each kind is drawn into ``folder``."""
    results: dict[str, list[PictureScore]] = {c.name: [] for c in contestants}
    progress = ProgressLine(title.lower())
    worst: dict[str, tuple[PictureScore, Frame, Verdict]] = {}
    mistakes: list[Mistake] = []
    pages = generated_pages(count, seed, size, glyphs)
    for number, (frame, labelled) in enumerate(pages, start=1):
        verdict, evidence = _read_by_all(contestants, frame, labelled, results)
        if folder:
            mistakes += find_mistakes(frame, labelled, verdict, evidence)
        score = results[contestants[0].name][-1]
        if labelled.kind not in worst or score.score.f1 < worst[labelled.kind][0].score.f1:
            worst[labelled.kind] = score, frame, verdict
        progress(number, count * len(page_kinds(glyphs)))
    drawings: list[tuple[str, str]] = []
    if folder:
        drawings = write_sheets(mistakes, folder, "pages")
        for kind, (score, frame, verdict) in worst.items():
            file = f"pages/{kind.replace(' ', '_')}.jpg"
            _draw(frame, score.labelled, verdict, folder / file)
            drawings.append((file, f"The worst of {kind}. {_caption(score)}"))
    return Section(
        "pages",
        f"{title}: {count} of each kind, {size[0]}×{size[1]}, seed {seed}",
        (picture_tables.kind_table(title, results),),
        {
            c.name: {
                "all": summarise(results[c.name]).to_json(),
                "kinds": _by(results[c.name], lambda p: p.labelled.kind),
            }
            for c in contestants
        },
        tuple(drawings),
    )


def _read_by_all(
    contestants: Sequence[Contestant],
    frame: Frame,
    labelled: Labelled,
    results: dict[str, list[PictureScore]],
) -> tuple[Verdict, Evidence | None]:
    """Let every contestant read, keep the scores, and give back the first one's verdict and evidence."""
    judged = [score_picture(contestant.reader, frame, labelled) for contestant in contestants]
    for contestant, (score, _, _) in zip(contestants, judged, strict=True):
        results[contestant.name].append(score)
    return judged[0][1:]


def _draw(frame: Frame, labelled: Labelled, verdict: Verdict, path: Path) -> None:
    import cv2

    from digitcam.evaluation.drawing import draw_verdict

    path.parent.mkdir(parents=True, exist_ok=True)
    picture = draw_verdict(frame.image, labelled, verdict)
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    path.write_bytes(data.tobytes())


def _caption(picture: PictureScore) -> str:
    return f"{picture.labelled.name}: {picture.score}. {LEGEND}"


def _by(pictures: Sequence[PictureScore], key: Callable[[PictureScore], str]) -> dict[str, object]:
    grouped: dict[str, list[PictureScore]] = {}
    for picture in pictures:
        grouped.setdefault(key(picture), []).append(picture)
    return {name: summarise(some).to_json() for name, some in grouped.items()}
