"""Ctrl-C and SIGTERM, and the few places where they have to wait.

Python calls a signal's handler between any two steps of the main thread, so an exception that the handler
raises may strike while a file is about to take its place, and the file is lost. Inside ``unbroken`` the
signal is remembered, and raised at its end. A second signal is heeded at once: whoever asks twice does not
want to wait for a disk that hangs.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType, TracebackType


class Terminated(BaseException):
    """Raised in the main thread on SIGTERM, so that outputs are closed on the way out."""


class _State:
    """How many ``unbroken`` are entered, the signal that waits for their end, and the last one raised."""

    depth = 0
    waiting: type[BaseException] | None = None
    raised: type[BaseException] | None = None


KINDS = {signal.SIGINT: KeyboardInterrupt, signal.SIGTERM: Terminated}


def heed_signals() -> None:
    """From now on raise KeyboardInterrupt on Ctrl-C and Terminated on SIGTERM, in the main thread."""
    forget_signals()
    for number in KINDS:
        signal.signal(number, _on_signal)


def leave_signals() -> None:
    """From now on a signal ends the process at once, with nothing said: all that was open has been closed."""
    for number in KINDS:
        signal.signal(number, signal.SIG_DFL)


def hush_lost_signals() -> None:
    """No words about a signal's exception that strikes in a destructor, where Python only prints it."""
    sys.unraisablehook = _on_unraisable


def _on_unraisable(lost: sys.UnraisableHookArgs) -> None:
    if lost.exc_type not in KINDS.values():
        sys.__unraisablehook__(lost)


def raise_lost() -> None:
    """Raise anew what a signal raised before, if that has been lost on the way.

    Destructors forget an exception, and C libraries may drop it while they are being imported: one Ctrl-C in
    some hundred went unheard in that way. To be called where nothing would go on after a signal.
    """
    if _State.raised is not None:
        raise _State.raised


def forget_signals() -> None:
    """Signals of the past have been dealt with."""
    _State.depth, _State.waiting, _State.raised = 0, None, None


def raised() -> type[BaseException] | None:
    """What the last signal raised since ``heed_signals``, None where there was none.

    An exception that strikes inside an import or a C library may come out as another one.
    """
    return _State.raised


def _on_signal(number: int, frame: FrameType | None) -> None:
    kind = KINDS[signal.Signals(number)]
    if _State.depth and _State.waiting is None:
        _State.waiting = kind
        return
    _raise(kind)


def _raise(kind: type[BaseException]) -> None:
    _State.waiting, _State.raised = None, kind
    raise kind


class unbroken:
    """A context in which the first signal waits until it is left; contexts may lie in one another."""

    def __enter__(self) -> None:
        _State.depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _State.depth = max(0, _State.depth - 1)
        # An error on its way says more than the signal would.
        if not _State.depth and error is None and _State.waiting is not None:
            _raise(_State.waiting)


class breakable:
    """Inside ``unbroken``, a context in which signals are heeded at once again."""

    def __enter__(self) -> None:
        self._depth = _State.depth
        try:
            _State.depth = 0
            if _State.waiting is not None:
                _raise(_State.waiting)
        except BaseException:
            _State.depth = self._depth
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _State.depth = self._depth
