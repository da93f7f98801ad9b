"""Whether a window, or a browser, can be shown: to be asked first, for OpenCV aborts where it cannot."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import socket
import sys
from collections.abc import Mapping
from typing import Any


def missing_display(gui: Any, environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str:
    """Why no window can be shown, or an empty string. To be asked first: OpenCV aborts the process.

    Args:
        gui: the module ``cv2``.
        environ: where ``DISPLAY`` and ``WAYLAND_DISPLAY`` are looked up.
        platform: as ``sys.platform`` has it.
    """
    framework = ui_framework(gui)
    if not framework:
        return "this OpenCV was built without windows"
    if not platform.startswith(("linux", "freebsd")):
        return ""
    display = environ.get("DISPLAY", "")
    if display and _x_answers(display):
        return ""
    if environ.get("WAYLAND_DISPLAY") and framework.startswith("GTK"):
        return ""  # the Qt inside OpenCV's wheels speaks X alone
    return f"the display {display} does not answer" if display else "there is no display"


def has_desktop(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a browser can be opened that somebody sits before; in a terminal alone a browser takes it over.

    Args:
        environ, platform: as for ``missing_display``.
    """
    if environ.get("SSH_CONNECTION"):
        return False
    if platform.startswith(("win", "darwin")):
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def ui_framework(gui: Any) -> str:
    """What draws OpenCV's windows, such as ``QT5``; an empty string where nothing does."""
    if hasattr(gui, "currentUIFramework"):
        return gui.currentUIFramework()
    match = re.search(r"^\s*GUI:\s*(\w+)", gui.getBuildInformation(), re.MULTILINE)  # before OpenCV 4.11
    return match[1] if match and match[1] != "NONE" else ""


def _x_answers(display: str) -> bool:
    """Whether an X server lets us in: asked of libxcb, which knows of permissions too, or of its socket."""
    with contextlib.suppress(OSError, AttributeError):
        xcb = ctypes.CDLL("libxcb.so.1")
        xcb.xcb_connect.restype = ctypes.c_void_p
        connection = ctypes.c_void_p(xcb.xcb_connect(display.encode(), None))
        # Left open until the process ends: a server such as Xvfb starts anew when its last client goes, and
        # would refuse the window that comes a moment later.
        return not xcb.xcb_connection_has_error(connection)
    match = re.fullmatch(r"(.*):(\d+)(?:\.\d+)?", display)
    if match is None:
        return False
    host, number = match[1], int(match[2])
    with contextlib.suppress(OSError):
        if host in ("", "unix"):
            with socket.socket(socket.AF_UNIX) as unix:
                unix.settimeout(1.0)
                unix.connect(f"/tmp/.X11-unix/X{number}")
            return True
        with socket.create_connection((host, 6000 + number), timeout=1.0):
            return True
    return False
