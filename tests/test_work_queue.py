"""The queue before the one thread that reads: in turn, bounded, and of a page only the newest waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future

import pytest

from digitcam.web.work_queue import Busy, Closed, Overtaken, WorkQueue

PATIENCE = 10.0


class Held:
    """A queue whose thread is held by a first piece of work until ``let_go``."""

    def __init__(self, most_waiting: int) -> None:
        self.queue = WorkQueue(most_waiting)
        self._go, begun = threading.Event(), threading.Event()

        def hold() -> str:
            begun.set()
            assert self._go.wait(PATIENCE)
            return "held"

        self.first: Future[str] = self.queue.ask(hold)
        assert begun.wait(PATIENCE)

    def let_go(self) -> None:
        self._go.set()


@pytest.fixture
def held() -> Iterator[Held]:
    """A busy queue in which three may wait."""
    held = Held(3)
    yield held
    held.let_go()
    held.queue.close()


def test_work_is_done_in_the_order_of_asking(held: Held) -> None:
    """What is asked first is done first, and each gets its own result."""
    done: list[int] = []
    futures = [held.queue.ask(lambda number=number: done.append(number) or number) for number in range(3)]
    held.let_go()
    assert [future.result(PATIENCE) for future in futures] == [0, 1, 2]
    assert done == [0, 1, 2] and held.first.result(PATIENCE) == "held"


def test_the_newest_of_a_page_takes_the_place_of_its_older_one(held: Held) -> None:
    """A page's newer picture is read when the older one would have been, and the older one is given up."""
    done: list[str] = []

    def work(name: str):  # type: ignore[no-untyped-def]
        return lambda: done.append(name) or name

    old = held.queue.ask(work("old"), page="a")
    other = held.queue.ask(work("other"), page="b")
    new = held.queue.ask(work("new"), page="a")
    with pytest.raises(Overtaken):
        old.result(PATIENCE)
    held.let_go()
    assert other.result(PATIENCE) == "other" and new.result(PATIENCE) == "new"
    assert done == ["new", "other"]


def test_pictures_of_nobody_are_all_read(held: Held) -> None:
    """Without a page's name nothing is given up."""
    futures = [held.queue.ask(lambda number=number: number) for number in range(2)]
    held.let_go()
    assert [future.result(PATIENCE) for future in futures] == [0, 1]


def test_who_comes_when_too_many_wait_is_sent_away(held: Held) -> None:
    """Beside the one that is worked on three may wait; a newer one of a page that waits still may."""
    held.queue.ask(lambda: None, page="a")
    for _ in range(2):
        held.queue.ask(lambda: None)
    with pytest.raises(Busy):
        held.queue.ask(lambda: None)
    assert held.queue.ask(lambda: "newer", page="a")


def test_what_work_raises_is_raised_where_it_was_asked_for() -> None:
    """A fault of one piece of work is told to who asked, and the next one is done."""
    queue = WorkQueue(3)

    def fail() -> None:
        raise ValueError("no such picture")

    with pytest.raises(ValueError, match="no such picture"):
        queue.ask(fail).result(PATIENCE)
    assert queue.ask(lambda: "next").result(PATIENCE) == "next"
    queue.close()


def test_who_has_gone_is_not_worked_for(held: Held) -> None:
    """Work that is cancelled while it waits is never done."""
    done: list[str] = []
    gone = held.queue.ask(lambda: done.append("gone"))
    assert gone.cancel()
    last = held.queue.ask(lambda: "last")
    held.let_go()
    assert last.result(PATIENCE) == "last" and done == []
    with pytest.raises(CancelledError):
        gone.result(PATIENCE)


def test_closing_gives_up_what_waits_and_finishes_what_is_done(held: Held) -> None:
    """At the end who waits is told so, and nothing more is taken."""
    waiting = held.queue.ask(lambda: None)
    closing = threading.Thread(target=held.queue.close)
    closing.start()
    with pytest.raises(Closed):
        waiting.result(PATIENCE)
    with pytest.raises(Closed):
        held.queue.ask(lambda: None)
    held.let_go()
    closing.join(PATIENCE)
    assert not closing.is_alive() and held.first.result(PATIENCE) == "held"
    held.queue.close()  # again: nothing happens
