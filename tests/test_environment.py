"""What libraries print on standard error by themselves is silenced, and standard error comes back."""

from __future__ import annotations

import os
import threading

import pytest

from digitcam.environment import quiet


def say(words: str) -> None:
    """Write as a C library does."""
    os.write(2, f"{words}\n".encode())


def test_what_is_printed_in_silence_is_lost(capfd: pytest.CaptureFixture[str]) -> None:
    """Before and after it is heard, also where silences lie in one another."""
    say("before")
    with quiet():
        say("in silence")
        with quiet():
            say("deeper")
        say("still in silence")
    say("after")
    assert capfd.readouterr().err.split() == ["before", "after"]


def test_silence_ends_after_a_fault(capfd: pytest.CaptureFixture[str]) -> None:
    """An exception restores standard error."""
    with pytest.raises(ValueError, match="a fault"), quiet():
        raise ValueError("a fault")
    say("after")
    assert capfd.readouterr().err == "after\n"


def test_threads_do_not_restore_each_others_silence(capfd: pytest.CaptureFixture[str]) -> None:
    """Two threads whose silences overlap: standard error is back once both have left, in whatever order."""
    inside, leave = threading.Event(), threading.Event()

    def first() -> None:
        with quiet():
            inside.set()
            assert leave.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(10)
    with quiet():
        leave.set()
        thread.join()
        say("in silence")
    say("after")
    assert capfd.readouterr().err == "after\n"
