"""Fetch one file over HTTP: bounded in size and in patience, and put in place whole or not at all."""

from __future__ import annotations

import http.client
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

CHUNK = 1 << 16
SLOW_WINDOW = 30.0  # seconds over which a server must have sent at least ...
SLOW_BYTES = 30_000  # ... this many bytes: a trickle would otherwise never run into the timeout

Progress = Callable[[str, int, int | None], None]
"""Called with a file's name, the bytes so far and the bytes in all (None while unknown)."""


class DownloadError(Exception):
    """A server did not deliver: why, without a full stop."""


def show_progress(name: str, done: int, total: int | None) -> None:
    """Draw a bar on standard error where that is a terminal, else print one line per finished file."""
    if not sys.stderr.isatty():
        if total == done:
            print(f"downloaded {name} ({done / 1e6:.1f} MB)", file=sys.stderr)
        return
    if total:
        filled = 30 * done // total
        bar = f"[{'=' * filled}{' ' * (30 - filled)}] {100 * done // total:3d} %"
    else:
        bar = ""
    end = "\n" if total == done else ""
    print(f"\r{name} {bar} {done / 1e6:.1f} MB", end=end, file=sys.stderr, flush=True)


def fetch(
    url: str,
    limit: int,
    *,
    timeout: float = 20.0,
    progress: Progress = show_progress,
    clock: Callable[[], float] = time.monotonic,
) -> bytes:
    """The bytes at ``url``.

    Args:
        limit: the most bytes to take.
        timeout: seconds that the server may keep silent.
        progress: told of each piece.
        clock: seconds, for judging a server that sends too slowly.

    Raises:
        DownloadError: no answer, an error status, silence, a trickle, too many or too few bytes.
    """
    name = url.rsplit("/", 1)[-1]
    try:
        with urllib.request.urlopen(url, timeout=timeout) as response:
            length = response.headers.get("Content-Length")
            total = int(length) if length and length.isdigit() else None
            if total is not None and total > limit:
                raise DownloadError(f"{total} bytes offered where at most {limit} belong")
            data = bytearray()
            window_start, window_bytes = clock(), 0
            progress(name, 0, total)
            while piece := response.read1(CHUNK):
                data += piece
                if len(data) > limit:
                    raise DownloadError(f"more than the {limit} bytes that belong there")
                progress(name, len(data), total if total != len(data) else None)
                if clock() - window_start > SLOW_WINDOW:
                    if len(data) - window_bytes < SLOW_BYTES:
                        raise DownloadError(f"fewer than {SLOW_BYTES} bytes in {SLOW_WINDOW:g} s")
                    window_start, window_bytes = clock(), len(data)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise DownloadError(_reason(error, timeout)) from error
    if total is not None and len(data) < total:
        raise DownloadError(f"broke off after {len(data)} of {total} bytes")
    progress(name, len(data), len(data))
    return bytes(data)


def _reason(error: BaseException, timeout: float) -> str:
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError):
        return f"no answer for {timeout:g} s"
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP status {error.code}"
    if isinstance(cause, OSError) and cause.strerror:
        cause = cause.strerror
    return " ".join(str(cause).split()).rstrip(".") or type(error).__name__


def write_atomically(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path`` whole or not at all; OSError where that cannot be done."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
