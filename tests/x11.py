"""A virtual display for tests, and what a user does there: keys, and the close button of a window.

``xdotool windowclose`` destroys a window from outside, which no user does. The close button sends the message
WM_DELETE_WINDOW (ICCCM 4.2.8.1), and there is no window manager here to do it: so libX11 is asked directly.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np

CLIENT_MESSAGE = 33


class ClientMessage(ctypes.Structure):
    """XClientMessageEvent, padded to the size of XEvent."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("pad", ctypes.c_long * 24),
    )


class Image(ctypes.Structure):
    """What is needed of XImage: four bytes a pixel, blue first, as servers have it at a depth of 24."""

    _fields_ = (
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("xoffset", ctypes.c_int),
        ("format", ctypes.c_int),
        ("data", ctypes.c_void_p),
    )


@contextmanager
def virtual_display(size: str = "1400x900x24") -> Iterator[Mapping[str, str]]:
    """The environment of a fresh Xvfb."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp", "-noreset"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        number = os.fdopen(reading).readline().strip()
        assert number, "Xvfb did not start"
        environ = {k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "XAUTHORITY")}
        yield {**environ, "DISPLAY": f":{number}"}
    finally:
        server.terminate()
        server.wait(10)


def xdotool(environ: Mapping[str, str], *words: str) -> str:
    done = subprocess.run(["xdotool", *words], env=environ, capture_output=True, text=True, timeout=30)
    return done.stdout.strip()


def find_window(environ: Mapping[str, str], title: str, process: subprocess.Popen) -> str:
    """The number of the window with this title, once it is there, mapped and painted.

    On a busy machine Qt 5 misses now and then that its window was mapped, and never paints it; what a window
    manager does when it hides a window and shows it again helps.
    """
    end, again = time.monotonic() + 60, None
    while time.monotonic() < end:
        found = xdotool(environ, "search", "--onlyvisible", "--name", f"^{title}$").split()
        if found and screenshot(environ).any():
            return found[-1]
        if process.poll() is not None:
            raise AssertionError(f"no window, but {process.returncode} and {process.communicate()}")
        if found and again is None:
            again = time.monotonic() + 4
        if found and again is not None and time.monotonic() > again:
            xdotool(environ, "windowunmap", "--sync", found[-1], "windowmap", "--sync", found[-1])
            again = None
        time.sleep(0.1)
    raise AssertionError(f"no window {title}, or nothing in it")


def at_rest(environ: Mapping[str, str]) -> bool:
    """Whether nothing changes on the display for some time."""
    before = screenshot(environ)
    time.sleep(0.4)
    return np.array_equal(screenshot(environ), before)


def settled(environ: Mapping[str, str]) -> np.ndarray:
    """A screenshot, once nothing changes on the display any more."""
    end = time.monotonic() + 30
    while not at_rest(environ):
        assert time.monotonic() < end, "the display does not come to rest"
    return screenshot(environ)


def press(environ: Mapping[str, str], window: str, key: str) -> None:
    """A key pressed with the window in focus, through the server as from a keyboard.

    OpenCV's windows remember one key alone until they are asked for it; people type more slowly than that.
    """
    xdotool(environ, "windowfocus", "--sync", window, "key", key, "sleep", "0.15")


def press_until(
    environ: Mapping[str, str], window: str, key: str, holds: Callable[[], object], seconds: float = 40
) -> None:
    """Press a key until something holds: now and then a window of a busy machine loses one."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        press(environ, window, key)
        again = time.monotonic() + 8
        while time.monotonic() < again:
            if holds():
                return
            time.sleep(0.02)
    raise AssertionError(f"{key} was pressed in vain")


def close_button(environ: Mapping[str, str], window: str) -> None:
    """What a window manager does when the close button of a window is clicked."""
    x11 = _libx11()
    display = ctypes.c_void_p(x11.XOpenDisplay(environ["DISPLAY"].encode()))
    atoms = [x11.XInternAtom(display, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW")]
    event = ClientMessage(type=CLIENT_MESSAGE, window=int(window), message_type=atoms[0], format=32)
    event.data[0] = atoms[1]
    x11.XSendEvent(display, ctypes.c_ulong(int(window)), 0, ctypes.c_long(0), ctypes.byref(event))
    x11.XCloseDisplay(display)


def screenshot(environ: Mapping[str, str], size: tuple[int, int] = (1400, 900)) -> np.ndarray:
    """What the display shows: H×W×3 uint8, BGR."""
    x11 = _libx11()
    display = ctypes.c_void_p(x11.XOpenDisplay(environ["DISPLAY"].encode()))
    assert display, "the display is gone"
    try:
        root = ctypes.c_ulong(x11.XDefaultRootWindow(display))
        everything, by_pixel = ctypes.c_ulong(0xFFFFFFFF), 2
        image = x11.XGetImage(display, root, 0, 0, *size, everything, by_pixel)
        pixels = ctypes.string_at(image.contents.data, 4 * size[0] * size[1])
        x11.XDestroyImage(image)
    finally:
        x11.XCloseDisplay(display)
    return np.frombuffer(pixels, np.uint8).reshape(size[1], size[0], 4)[..., :3]


def _libx11() -> ctypes.CDLL:
    x11 = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = x11.XDefaultRootWindow.restype = ctypes.c_ulong
    x11.XGetImage.restype = ctypes.POINTER(Image)
    return x11
