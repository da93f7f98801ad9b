"""digitcam: point any camera at handwritten digits and read the right numbers, live.

As a library: ``from digitcam import Reader, stream``. Importing the package itself loads neither OpenCV nor
NumPy; what is behind a name is loaded when the name is first asked for (PEP 562).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digitcam.errors import UserError
    from digitcam.library import stream
    from digitcam.reader import Reader
    from digitcam.types import Box, Digit, Frame, Number, Reading

__version__ = "0.1.0"
__all__ = ["Box", "Digit", "Frame", "Number", "Reader", "Reading", "UserError", "__version__", "stream"]

_HOMES = {
    "Reader": "digitcam.reader",
    "UserError": "digitcam.errors",
    "stream": "digitcam.library",
    **dict.fromkeys(("Box", "Digit", "Frame", "Number", "Reading"), "digitcam.types"),
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from digitcam.environment import prepare

    prepare()  # OpenCV reads its settings when it is imported
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
