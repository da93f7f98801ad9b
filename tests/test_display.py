"""Whether a window can be shown, and why not."""

from __future__ import annotations

import pytest

from digitcam.display import missing_display, ui_framework


class Framework:
    """An OpenCV built with these windows."""

    def __init__(self, name: str) -> None:
        self._name = name

    def currentUIFramework(self) -> str:
        return self._name


@pytest.mark.parametrize(
    ("framework", "environ", "platform", "reason"),
    [
        ("", {"DISPLAY": ":0"}, "linux", "this OpenCV was built without windows"),
        ("QT", {}, "linux", "there is no display"),
        ("QT", {"DISPLAY": ":987"}, "linux", "the display :987 does not answer"),
        ("QT", {"DISPLAY": "nonsense"}, "linux", "the display nonsense does not answer"),
        ("QT", {"WAYLAND_DISPLAY": "wayland-0"}, "linux", "there is no display"),
        ("GTK3", {"WAYLAND_DISPLAY": "wayland-0"}, "linux", ""),
        ("COCOA", {}, "darwin", ""),
        ("WIN32", {}, "win32", ""),
    ],
)
def test_display_is_looked_for(framework: str, environ: dict, platform: str, reason: str) -> None:
    """Each reason for which OpenCV would abort the process is found beforehand."""
    assert missing_display(Framework(framework), environ, platform) == reason


@pytest.mark.parametrize(("line", "framework"), [("QT5", "QT5"), ("WIN32UI", "WIN32UI"), ("NONE", "")])
def test_framework_of_old_opencv(line: str, framework: str) -> None:
    """An OpenCV that cannot be asked for its framework is known by how it was built."""

    class Old:
        def getBuildInformation(self) -> str:
            return f"General:\n\n  GUI:                           {line}\n    OpenGL: NO\n"

    assert ui_framework(Old()) == framework


def test_display_without_libxcb(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libxcb the server's socket is asked."""

    def missing(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr("ctypes.CDLL", missing)
    for display in (":987", "127.0.0.1:987", "nonsense"):
        reason = missing_display(Framework("QT"), {"DISPLAY": display}, "linux")
        assert reason == f"the display {display} does not answer"
