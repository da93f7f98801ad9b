"""The report: a folder with a page to look at, the same figures as JSON, and the pictures."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from digitcam.errors import UserError, one_line
from digitcam.evaluation.tables import Table

PAGE, FIGURES = "index.html", "report.json"

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 1200px; padding: 0 1em; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5em 0; }
th, td { padding: .15em .7em; text-align: right; border-bottom: 1px solid #ddd; }
th:first-child, td:first-child { text-align: left; }
img { max-width: 100%; height: auto; border: 1px solid #ccc; }
figure { margin: 1em 0; } figcaption { color: #444; }
"""


@dataclass(frozen=True, slots=True)
class Section:
    """One measure: its tables, its figures as plain values, its pictures (file in the folder, caption)."""

    name: str
    title: str
    tables: tuple[Table, ...]
    figures: dict[str, object]
    pictures: tuple[tuple[str, str], ...] = ()
    # What is too long for a terminal stands in the report alone.
    details: tuple[Table, ...] = field(default=())


class ReportFolder:
    """A folder that is written beside its place and moved there when all is done.

    As a context manager: files go to ``.path``; they take their places when the block ends well, and go away
    when it does not.

    Raises:
        UserError: the folder holds something and ``overwrite`` is not set, or cannot be written.
    """

    def __init__(self, target: Path, overwrite: bool = False) -> None:
        self.target = target
        if target.exists() and not target.is_dir():
            raise UserError(f"--report {target} is a file: name a folder")
        try:
            if not overwrite and target.is_dir() and any(target.iterdir()):
                raise UserError(f"--report {target} is not empty: name another folder, or add --overwrite")
            parent = target.absolute().parent
            parent.mkdir(parents=True, exist_ok=True)
            self.path = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=parent))
        except OSError as error:
            raise UserError(f"--report {target} cannot be written: {one_line(error)}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._move()
        finally:
            shutil.rmtree(self.path, ignore_errors=True)
        if isinstance(error, OSError):
            raise UserError(f"--report {self.target} cannot be written: {one_line(error)}") from error

    def _move(self) -> None:
        try:
            for file in sorted(self.path.rglob("*")):
                if file.is_file():
                    place = self.target / file.relative_to(self.path)
                    place.parent.mkdir(parents=True, exist_ok=True)
                    os.replace(file, place)
        except OSError as error:
            raise UserError(f"--report {self.target} cannot be written: {one_line(error)}") from error


def write_report(folder: Path, heading: str, sections: Sequence[Section], figures: dict[str, object]) -> None:
    """Write ``index.html`` and ``report.json`` into ``folder``; the pictures named are there already."""
    parts = [f"<h1>{escape(heading)}</h1>"]
    for section in sections:
        parts.append(f"<h2>{escape(section.title)}</h2>")
        parts += [table.as_html() for table in section.tables]
        for file, caption in section.pictures:
            link = quote(file)
            parts.append(
                f'<figure><a href="{link}"><img src="{link}" loading="lazy" alt="{escape(caption)}"></a>'
                f"<figcaption>{escape(caption)}</figcaption></figure>"
            )
        parts += [table.as_html() for table in section.details]
    page = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(heading)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )
    (folder / PAGE).write_text(page, encoding="utf-8")
    (folder / FIGURES).write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
