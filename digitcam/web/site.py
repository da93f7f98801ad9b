"""The page's own files, read once when the server starts: no name that a client sends touches the disk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class SiteFile:
    """A file as it is sent: ``kind`` is its MIME type, ``tag`` changes with its content."""

    body: bytes
    kind: str
    tag: str


def load_site() -> dict[str, SiteFile]:
    """All files of the page by name."""
    site = {}
    for file in files("digitcam.web").joinpath("static").iterdir():
        suffix = "." + file.name.rpartition(".")[2]
        if suffix in KINDS:
            body = file.read_bytes()
            site[file.name] = SiteFile(body, KINDS[suffix], hashlib.sha256(body).hexdigest()[:16])
    return site
