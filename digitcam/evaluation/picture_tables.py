"""The tables of whole pictures: each takes scores by contestant name and gives text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from digitcam.evaluation.photos import HALVES
from digitcam.evaluation.pictures import PictureScore, Summary, summarise
from digitcam.evaluation.tables import NOTHING, Table, decimal, percent
from digitcam.scoring import Score

# Runs that are compared: contestant → one score per picture, all in the same order.
ByName = Mapping[str, Sequence[PictureScore]]
Choice = Callable[[PictureScore], bool]

WRITTEN = ("photo", "scan")
RULE = "A reading counts when its box overlaps a true box by IoU ≥ 0.5, one to one, and the digit agrees."


def chosen(results: ByName, choice: Choice) -> ByName:
    """The pictures for which ``choice`` holds."""
    return {name: [p for p in pictures if choice(p)] for name, pictures in results.items()}


def groups(results: ByName, halves: Mapping[str, str]) -> dict[str, dict[str, Summary]]:
    """The totals that are reported: title → contestant → summary; groups without pictures are left out."""
    choices: dict[str, Choice] = {"photos and scans": lambda p: p.labelled.kind in WRITTEN}
    for half in HALVES:
        choices[f"{half} half of the sources"] = lambda p, half=half: (  # type: ignore[misc]
            p.labelled.kind in WRITTEN and halves[p.labelled.source] == half
        )
    choices["drawn on screen"] = lambda p: p.labelled.kind == "drawn"
    choices["without digits"] = lambda p: p.labelled.kind == "negative" and not p.labelled.lettered
    choices["all of these"] = lambda p: not (p.labelled.kind == "negative" and p.labelled.lettered)
    choices["without digits, with print or letters"] = lambda p: (
        p.labelled.kind == "negative" and p.labelled.lettered
    )
    totals = {}
    for title, choice in choices.items():
        some = chosen(results, choice)
        if next(iter(some.values())):
            totals[title] = {name: summarise(pictures) for name, pictures in some.items()}
    return totals


def totals_table(totals: Mapping[str, Mapping[str, Summary]]) -> Table:
    """F1 over all, its mean over sources, false labels; one row for each group and contestant."""
    header = ("", "way", "pictures", "digits", "F1", "over sources", "precision", "recall")
    header_of_counts = ("proposed", "false", "on signs", "calibration")
    rows = []
    for title, group in totals.items():
        for name, s in group.items():
            asked = s.score.asked > 0
            row = (
                title,
                name,
                str(s.pictures),
                str(s.score.asked),
                _f1(s.score),
                decimal(s.mean_over_sources),
                decimal(s.score.precision if asked else None),
                decimal(s.score.recall if asked else None),
                percent(s.proposed, 1),
                str(s.score.false_positive),
                _on_signs(s),
                percent(s.calibration_error, 1),
            )
            rows.append(row)
    note = (
        f"{RULE} Proposed: true boxes that some candidate overlaps by IoU ≥ 0.5. "
        "False: labels where no such digit is. On signs: handwritten signs read as digits. "
        "Calibration: expected error of the confidences of all labels given, right and false, 15 bins; "
        "what was not labelled has no part in it."
    )
    return Table("Over all", header + header_of_counts, tuple(rows), note)


def source_table(results: ByName, halves: Mapping[str, str]) -> Table:
    """One row for each source and kind, those with the most digits first."""
    keys: dict[tuple[str, str], int] = {}
    for picture in next(iter(results.values())):
        key = (picture.labelled.source, picture.labelled.kind)
        keys[key] = keys.get(key, 0) + picture.score.asked
    header = ["source", "kind", "half", "pictures", "digits"]
    for name in results:
        header += [f"{name} F1", "missed", "false"]
    rows = []
    for source, kind in sorted(keys, key=lambda key: (-keys[key], key)):
        summaries = [
            summarise([p for p in pictures if (p.labelled.source, p.labelled.kind) == (source, kind)])
            for pictures in results.values()
        ]
        row = [source, kind, halves[source], str(summaries[0].pictures), str(summaries[0].score.asked)]
        for s in summaries:
            row += [_f1(s.score), str(s.score.false_negative), str(s.score.false_positive)]
        rows.append(tuple(row))
    return Table("Per source", tuple(header), tuple(rows))


def picture_table(results: ByName) -> Table:
    """One row for each picture."""
    header = ["picture", "kind", "digits"]
    for name in results:
        header += [f"{name} F1", "right", "missed", "false", "ms"]
    rows = []
    for pictures in zip(*results.values(), strict=True):
        row = [pictures[0].labelled.name, pictures[0].labelled.kind, str(pictures[0].score.asked)]
        for p in pictures:
            row += [
                _f1(p.score),
                str(p.score.true_positive),
                str(p.score.false_negative),
                str(p.score.false_positive),
                decimal(p.ms, 0),
            ]
        rows.append(tuple(row))
    return Table("Per picture", tuple(header), tuple(rows))


def kind_table(title: str, results: ByName) -> Table:
    """One row for each kind of generated page, and all of them together."""
    kinds = list(dict.fromkeys(p.labelled.kind for p in next(iter(results.values()))))
    words = any(p.labelled.texts for p in next(iter(results.values())))
    header = ["kind", "pages", "glyphs" if words else "digits"]
    for name in results:
        header += [f"{name} F1", "precision", "recall", "proposed", "on signs", "ms"]
        header += ["texts read exactly"] if words else []
    rows = []
    for kind in [*kinds, None]:
        some = chosen(results, lambda p, kind=kind: kind in (None, p.labelled.kind))  # type: ignore[misc]
        summaries = [summarise(pictures) for pictures in some.values()]
        row = [kind or "all", str(summaries[0].pictures), str(summaries[0].score.asked)]
        for s in summaries:
            row += [
                decimal(s.score.f1),
                decimal(s.score.precision),
                decimal(s.score.recall),
                percent(s.proposed, 1),
                _on_signs(s),
                decimal(s.ms, 1),
            ]
            row += [f"{s.texts_right} of {s.texts}"] if words else []
        rows.append(tuple(row))
    note = f"{RULE} On signs: handwritten signs read as digits."
    note += " Texts: words and numbers, every glyph of them right, and none too many." if words else ""
    return Table(title, tuple(header), tuple(rows), note)


def _on_signs(summary: Summary) -> str:
    hit, signs = summary.distractors_hit, summary.distractors
    return f"{hit} of {signs}" if signs else NOTHING


def _f1(score: Score) -> str:
    """F1 where digits were asked for: elsewhere it could only be 0 or 1."""
    return decimal(score.f1 if score.asked else None)
