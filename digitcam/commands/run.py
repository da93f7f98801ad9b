"""The frame around every command: one line for a user's fault, the right exit status, no traceback."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence

from digitcam.errors import UserError

INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM


class Terminated(BaseException):
    """Raised in the main thread on SIGTERM, so that outputs are closed on the way out."""


def _raise_terminated(signum: int, frame: object) -> None:
    raise Terminated


def run(main: Callable[[Sequence[str] | None], int], argv: Sequence[str] | None = None) -> int:
    """Call ``main`` and turn what can go wrong into an exit status.

    Returns:
        What ``main`` returns; 2 after a UserError, told in one line on standard error;
        130 after Ctrl-C; 143 after SIGTERM; 0 when the reader of standard output went away.
    """
    signal.signal(signal.SIGTERM, _raise_terminated)
    try:
        status = main(argv)
        sys.stdout.flush()
        return status
    except UserError as error:
        print(f"digitcam: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Python flushes standard output once more at exit: give it a place to write to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except Terminated:
        return TERMINATED
