"""While a live source gives no frame: that is shown, said once, and given up where nobody looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from digitcam.errors import UserError
from digitcam.types import Waiting

# Seconds without a frame after which a run without a window ends.
LONGEST = 30.0
# Seconds without a frame after which it is said: shorter ones a camera may have when the light changes.
SAID_AFTER = 2.0


class Holder(Protocol):
    """What goes on showing the last picture: the window."""

    def hold(self, reason: str) -> bool: ...


class Absence:
    """Follows a live source through the times in which it has no frame.

    Args:
        window: what shows the last picture meanwhile; None where nobody looks.
        say: takes a line for the user.
    """

    def __init__(self, window: Holder | None, say: Callable[[str], None] | None = None) -> None:
        self._window = window
        self._say = say
        self._told = False
        self._seconds = 0.0

    def lasts(self, waiting: Waiting) -> bool:
        """There is no frame yet; False once the user has had enough.

        Raises:
            UserError: there is no window, and it has lasted too long.
        """
        self._seconds = waiting.seconds
        if self._window is None and waiting.seconds >= LONGEST:
            raise UserError(waiting.verdict)
        if not self._told and waiting.reason and waiting.seconds >= SAID_AFTER:
            self._told = True
            self._tell(waiting.reason)
        return self._window is None or self._window.hold(waiting.reason)

    def ends(self) -> None:
        """There is a frame."""
        if self._told:
            self._told = False
            self._tell(f"frames again, after {self._seconds:.0f} s")

    def _tell(self, line: str) -> None:
        if self._say:
            self._say(line)
