"""Generated pages turned into training data by several processes, and written in one step."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sized
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from digitcam.errors import UserError, one_line

S = TypeVar("S", bound=Sized)

_make: Callable[[int], Any] | None = None


def made_of_pages(
    open_maker: Callable[..., Callable[[int], S]], how: tuple[Any, ...], pages: int, workers: int
) -> list[S]:
    """What is made of each page, in page order, so that the number of processes does not change it.

    Args:
        open_maker: a function of a module, called once in each process, that gives what makes one page's
            data from the page's number.
        how: its arguments, which can be pickled.
        pages: how many.
        workers: processes; with one the work is done in this process.
    """
    if workers < 2:
        return _gathered(map(open_maker(*how), range(pages)), pages)
    # Forked children of a process that runs threads of OpenCV or TensorFlow hang.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _prepare, (open_maker, how)) as pool:
        return _gathered(pool.map(_made, range(pages), chunksize=4), pages)


def _prepare(open_maker: Callable[..., Callable[[int], Any]], how: tuple[Any, ...]) -> None:
    global _make
    try:
        _make = open_maker(*how)
    except UserError as error:
        # Raised here it would break the pool, and the user would not be told why.
        _make = partial(_refuse, error)


def _refuse(error: UserError, _index: int) -> Any:
    raise error


def _made(index: int) -> Any:
    assert _make is not None
    return _make(index)


def _gathered(results: Iterator[S], pages: int) -> list[S]:
    made: list[S] = []
    for some in results:
        made.append(some)
        if len(made) % 50 == 0:
            total = sum(len(one) for one in made)
            print(f"{len(made)}/{pages} pages, {total:,} crops", file=sys.stderr, flush=True)
    return made


def write_arrays(path: Path, make: Callable[[], dict[str, np.ndarray]]) -> None:
    """Write what ``make`` gives to ``path`` (.npz).

    Raises:
        UserError: ``path`` exists or cannot be written.
    """
    if path.exists():
        raise UserError(f"{path} exists already: name another file, so that nothing is lost")
    partial = path.with_name(f".{path.stem}.partial.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Before an hour's work rather than after it.
        partial.touch()
        np.savez_compressed(partial, allow_pickle=False, **make())
        os.replace(partial, path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {one_line(error)}") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
