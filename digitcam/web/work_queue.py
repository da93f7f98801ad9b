"""One thread works, the others wait their turn: the networks are not for two threads at once.

Who waits is bounded, and of a page that sends frame after frame only the newest one waits.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


class Busy(Exception):
    """As many wait as may."""


class Overtaken(Exception):
    """A newer piece of work of the same page has taken the place of this one."""


class Closed(Exception):
    """Nothing more is worked on."""


@dataclass(slots=True)
class _Entry:
    work: Callable[[], Any]
    page: str | None
    future: Future[Any]


class WorkQueue:
    """Does one piece of work after another on a thread of its own.

    Args:
        most_waiting: pieces of work that may wait beside the one that is being done.
    """

    def __init__(self, most_waiting: int) -> None:
        self._most_waiting = most_waiting
        self._waiting: deque[_Entry] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="reading", daemon=True)
        self._thread.start()

    def ask(self, work: Callable[[], T], page: str | None = None) -> Future[T]:
        """Have a piece of work done.

        Args:
            work: is called on the thread.
            page: whose work it is. What waits of the same page is given up for this, which takes its place.

        Returns:
            What ``work`` will return or raise; ``Overtaken`` where it is given up, ``Closed`` at the end.

        Raises:
            Busy: too many wait; Closed: the queue is.
        """
        future: Future[T] = Future()
        with self._changed:
            if self._closed:
                raise Closed
            older = next((entry for entry in self._waiting if page is not None and entry.page == page), None)
            if older is not None:
                overtaken, older.work, older.future = older.future, work, future
            elif len(self._waiting) >= self._most_waiting:
                raise Busy
            else:
                overtaken = None
                self._waiting.append(_Entry(work, page, future))
                self._changed.notify()
        if overtaken is not None and overtaken.set_running_or_notify_cancel():
            overtaken.set_exception(Overtaken())
        return future

    def close(self) -> None:
        """Give up what waits, and wait for what is being done; calling it again does nothing."""
        with self._changed:
            self._closed = True
            given_up = list(self._waiting)
            self._waiting.clear()
            self._changed.notify()
        for entry in given_up:
            if entry.future.set_running_or_notify_cancel():
                entry.future.set_exception(Closed())
        self._thread.join()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                entry = self._waiting.popleft()
            if not entry.future.set_running_or_notify_cancel():
                continue  # who asked has gone
            try:
                result = entry.work()
            except BaseException as error:  # noqa: BLE001 - raised again where it was asked for
                entry.future.set_exception(error)
            else:
                entry.future.set_result(result)
            del entry  # a picture is not kept until the next one comes
