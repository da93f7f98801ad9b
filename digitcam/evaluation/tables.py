"""Tables of text: made once, shown on the terminal and in the report."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under a header; the first column is left-aligned, the others right-aligned."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def as_text(self) -> str:
        """Lines for a terminal."""
        lines = [self.header, *self.rows]
        widths = [max(len(row[column]) for row in lines) for column in range(len(self.header))]
        text = [self.title] + [
            "  ".join(
                cell.ljust(width) if column == 0 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in lines
        ]
        return "\n".join(text + ([self.note] if self.note else []))

    def as_html(self) -> str:
        def line(cells: tuple[str, ...], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        body = "\n".join(line(row, "td") for row in self.rows)
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        return f"<h3>{escape(self.title)}</h3>\n<table>\n{line(self.header, 'th')}\n{body}\n</table>\n{note}"


def percent(share: float | None, places: int = 2) -> str:
    """A share as ``99.80 %``, a dash for None."""
    return NOTHING if share is None else f"{100 * share:.{places}f} %"


def decimal(value: float | None, places: int = 3) -> str:
    """A number with so many places, a dash for None."""
    return NOTHING if value is None else f"{value:.{places}f}"
