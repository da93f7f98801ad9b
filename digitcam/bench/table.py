"""The figures for people to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def format_report(report: Mapping[str, Any]) -> str:
    """The report of ``digitcam.bench.__main__.measure`` as text, without the parts not measured."""
    machine = report["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    lines = [f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}"]
    lines.append(f"Python {machine['python']}, {versions}")
    for part, format_part in (
        ("frames", _format_frames),
        ("steady", _format_steady),
        ("replaced", _format_replaced),
        ("soak", _format_soak),
        ("drawing", _format_drawing),
        ("corrections", _format_corrections),
        ("web", _format_web),
        ("layers", _format_layers),
        ("kills", _format_kills),
        ("candidates", _format_candidates),
        ("network", _format_network),
        ("start", _format_start),
        ("memory", _format_memory),
        ("age", _format_age),
    ):
        if part in report:
            lines += ["", *format_part(report[part])]
    return "\n".join(lines)


def _format_frames(rows: list[dict[str, Any]]) -> list[str]:
    steps = list(dict.fromkeys(step for row in rows for step in row["steps_ms"]))
    head = ["frame", "digits", *steps, "median", "99 %", "alone", "99 %", "right", "false"]
    body = []
    for row in rows:
        cells = [row["name"], str(row["digits"])]
        cells += [f"{row['steps_ms'].get(step, 0):.2f}" for step in steps]
        cells += [f"{row[key]:.2f}" for key in ("median_ms", "p99_ms", "alone_median_ms", "alone_p99_ms")]
        body.append([*cells, f"{100 * row['recall']:.0f} %", str(row["false"])])
    if not rows:
        return ["no frames"]
    title = f"milliseconds for a frame of a handheld film (steps: median of {rows[0]['frames']} frames);"
    return [title, "alone: the same frames each by itself, nothing reused", *_align([head, *body])]


def _format_drawing(part: dict[str, Any]) -> list[str]:
    return [
        f"writing {part['digits']} digits at the speed of a hand (seed {part['seed']}), {part['read']} read:",
        f"from the pen's movement to the picture {part['to_picture_median_ms']} ms, 99 of 100 within "
        f"{part['to_picture_p99_ms']}; from its lifting to the reading {part['to_reading_median_ms']}, "
        f"{part['to_reading_p99_ms']}",
    ]


def _format_corrections(part: dict[str, Any]) -> list[str]:
    return [
        f"{part['corrections']} corrections, {part['frames']} frames of 1280×720 with 20 digits, each by "
        f"itself: {part['with_ms']} ms instead of {part['without_ms']},",
        f"{part['more_median_ms']} more (median), 99 of 100 at most {part['more_p99_ms']}",
    ]


def _format_web(part: dict[str, Any]) -> list[str]:
    lines = [
        f"cam.py web, {part['clients']} pages that send frames of 640×480 for {part['seconds']:g} s: "
        f"{part['requests']} requests, {part['errors']} errors,",
        f"answers after {part['median_ms']} ms (median), 99 of 100 within {part['p99_ms']}; memory "
        f"{part['memory_mb']:.0f} MB, {part['growth_mb']:+.1f} since the first quarter",
        f"{part['malformed']} malformed requests: {part['faults']} answered with a fault of the server",
    ]
    browser = part["browser"]
    if browser is None:
        return [*lines, "no Chromium with Playwright here: the page in the browser was not measured"]
    wide, high = browser["camera"]
    return [
        *lines,
        f"in Chromium: page of {browser['page_kb']} KB loaded in {browser['load_ms']:.0f} ms, a camera of "
        f"{wide}×{high} read {browser['readings_a_second']} times a second",
    ]


def _format_layers(part: dict[str, Any]) -> list[str]:
    wide, high = part["size"]
    lines = [
        f"view layers, {part['frames']} frames of the demo of {wide}×{high}: open after "
        f"{part['opened_s']:.1f} s, then {part['updates_a_second']:.0f} updates a second;",
        f"a frame is read in {part['read_ms']} ms, looked at and drawn in {part['view_ms']} ms (medians), "
        f"both in {part['median_ms']} ms, 99 of 100 within {part['p99_ms']}",
    ]
    page = part["page"]
    if page is None:
        return [*lines, "no Chromium with Playwright here: the tab of the page was not measured"]
    return [
        *lines,
        f"in Chromium, a camera of 640×480: open after {page['opened_s']:.1f} s, then "
        f"{page['looks_a_second']} looks a second",
    ]


def _format_kills(part: dict[str, Any]) -> list[str]:
    return [
        f"{part['kills']} programs killed while correcting (seed {part['seed']}), "
        f"{part['corrections']} corrections kept:",
        f"{part['files_lost']} files lost, {part['kept_lost']} corrections lost that were told to be kept, "
        f"{part['untold']} kept before that was told",
    ]


def _format_steady(part: dict[str, Any]) -> list[str]:
    rows = [["read", "labelled", "right", "ever labelled", "changes", "other numbers", "false a frame"]]
    for name, key in (("as a film", "film"), ("each frame by itself", "alone")):
        count = part[key]
        shares = (f"{100 * count[share]:.2f} %" for share in ("labelled", "right", "digits_labelled"))
        rows.append([name, *shares, str(count["changes"]), str(count["renumbered"])])
        rows[-1].append(f"{count['false_per_frame']:.2f}")
    count = part["film"]
    frames = f"{count['frames']} frames of the demo (seed {part['seed']})"
    title = f"labels over {frames}, {count['digits']} digits"
    return [title, *_align(rows)]


def _format_replaced(part: dict[str, Any]) -> list[str]:
    return [
        f"another digit in a digit's place, {part['films']} films: its label after {part['median_s']:.2f} s, "
        f"at worst {part['worst_s']:.2f} s"
    ]


def _format_soak(part: dict[str, Any]) -> list[str]:
    lines = [f"{part['frames']} frames in one run, those at the beginning and at the end"]
    if part["memory_first_mb"] is not None:
        lines.append(f"memory       {part['memory_first_mb']:.1f} MB  {part['memory_last_mb']:.1f} MB")
    lines.append(f"a frame      {part['first_ms']:.2f} ms  {part['last_ms']:.2f} ms")
    shares = f"{100 * part['labelled']:.2f} % labelled"
    return [*lines, f"{shares}, {part['changes']} labels changed, {part['renumbered']} tracks lost"]


def _format_candidates(rows: list[dict[str, Any]]) -> list[str]:
    body = [["picture", "pictures", "candidates each", "large network", "M multiply-adds each"]]
    for row in rows:
        count = row["candidates"]
        share = f"{100 * row['shown'] / count:.0f} %" if count else "–"
        cells = [row["name"], str(row["pictures"]), f"{count / row['pictures']:.0f}", share]
        body.append([*cells, f"{row['multiply_adds'] / 1e6:.1f}"])
    return ["candidates, the share shown to the large network, and what one costs on average", *_align(body)]


def _format_network(part: dict[str, Any]) -> list[str]:
    rows = [["way", "ms", "slower than ours"]]
    for way, key in (
        (f"one batch, {part['engine']}", "batch"),
        ("model.predict, one call each", "predict_each"),
        ("model.predict_on_batch, one call", "predict_on_batch"),
    ):
        ratio = part.get(f"{key}_ratio")
        rows.append([way, f"{part[f'{key}_ms']:.2f}", f"{ratio:.1f} times" if ratio else ""])
    title = f"{part['digits']} digits through the network (median of {part['rounds']} alternated runs)"
    return [title, *_align(rows), f"the same labels from all three: {''.join(part['labels'])}"]


def _format_start(part: dict[str, Any]) -> list[str]:
    return [
        f"start of cam.py (median and worst of {part['repeats']})",
        f"first labelled line  {part['first_label_s']:.2f} s  {part['first_label_worst_s']:.2f} s",
        f"--help               {part['help_s']:.2f} s  {part['help_worst_s']:.2f} s",
    ]


def _format_memory(part: dict[str, Any]) -> list[str]:
    if part["peak_mb"] is None:
        return ["peak memory of cam.py: this system does not tell"]
    return [f"peak memory of cam.py over {part['frames']} frames of the demo: {part['peak_mb']:.0f} MB"]


def _format_age(part: dict[str, Any]) -> list[str]:
    over = max(0.0, part["over_ms"])
    return [
        f"age of a shown frame, {part['fps']:g} frames a second, {part['work_ms']:.0f} ms of work on each "
        f"(of {part['frames']} frames)",
        f"median {part['median_ms']:.1f} ms, worst {part['worst_ms']:.1f} ms; one frame and the work on it "
        f"are {part['allowed_ms']:.1f} ms, exceeded by {over:.1f} ms at most",
    ]


def _align(rows: list[list[str]]) -> list[str]:
    """Columns with their widths made equal: the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
