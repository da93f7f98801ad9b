"""Ctrl-C and SIGTERM: raised at once, except where a file would be lost, and never as a traceback."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator

import pytest

from digitcam.commands.run import run
from digitcam.errors import UserError
from digitcam.interrupts import Terminated, breakable, forget_signals, heed_signals, raised, unbroken
from digitcam.loop import run_loop
from digitcam.types import Frame, Reading
from tests.samples import ScriptedReader, ScriptedSource, frames

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX are needed")


@pytest.fixture(autouse=True)
def heeded() -> Iterator[None]:
    """Signals are heeded during the test, and handled as before after it."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    heed_signals()
    yield
    forget_signals()
    for number, handler in before.items():
        signal.signal(number, handler)


def send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(
    ("number", "kind"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)]
)
def test_signal_is_raised_at_once(number: signal.Signals, kind: type[BaseException]) -> None:
    """Each signal has its exception, and which it was can be asked."""
    assert raised() is None
    with pytest.raises(kind):
        send(number)
    assert raised() is kind


def test_signal_waits_for_the_end_of_all_that_must_not_be_broken() -> None:
    """Inside, and between what lies inside, work goes on; the signal is raised at the outer end."""
    done = []
    with pytest.raises(Terminated), unbroken():
        with unbroken():
            send(signal.SIGTERM)
            done.append("inner")
        done.append("outer")
    assert done == ["inner", "outer"]


def test_second_signal_does_not_wait() -> None:
    """Whoever asks twice is heeded at once, and once."""
    done = []
    with pytest.raises(KeyboardInterrupt), unbroken():
        send(signal.SIGTERM)
        done.append("first")
        send(signal.SIGINT)
        done.append("second")
    assert done == ["first"]
    with unbroken():
        pass


def test_breakable_part_of_what_must_not_be_broken() -> None:
    """A part may be broken off while the rest around it may not."""
    done = []
    with pytest.raises(KeyboardInterrupt), unbroken():
        try:
            with breakable():
                send(signal.SIGINT)
                done.append("never")
        finally:
            send(signal.SIGTERM)
            done.append("closed")
    assert done == ["closed"]
    with pytest.raises(Terminated), unbroken():
        pass


def test_waiting_signal_is_raised_when_it_may_be() -> None:
    """A signal from before the breakable part is raised as that begins, and nothing stays behind."""
    done = []
    with pytest.raises(Terminated), unbroken():
        send(signal.SIGTERM)
        with breakable():
            done.append("never")
    assert done == []
    with pytest.raises(KeyboardInterrupt):
        send(signal.SIGINT)


def test_an_error_says_more_than_the_signal() -> None:
    """A disk that is full is told even when Ctrl-C came in the meantime."""
    with pytest.raises(UserError, match="full"), unbroken():
        send(signal.SIGINT)
        raise UserError("full")
    with pytest.raises(KeyboardInterrupt), unbroken():
        pass


def test_signal_that_was_lost_ends_the_loop() -> None:
    """An exception that somebody swallowed is raised again before the next frame is read."""

    class Reader(ScriptedReader):
        def read(self, frame: Frame) -> Reading:
            with contextlib.suppress(KeyboardInterrupt):
                send(signal.SIGINT)
            return super().read(frame)

    reader = Reader()
    with pytest.raises(KeyboardInterrupt):
        run_loop(ScriptedSource(frames(9)), reader)
    assert len(reader.frames) == 1


def test_import_that_is_broken_off() -> None:
    """An import in words of C turns Ctrl-C into an error of its own: the status tells of the signal."""

    def broken(argv: object) -> int:
        try:
            send(signal.SIGTERM)
        except Terminated:
            raise ImportError("could not import datetime") from None
        return 0

    def wrong(argv: object) -> int:
        raise ImportError("could not import datetime")

    assert run(broken) == 143
    with pytest.raises(ImportError):
        run(wrong)
