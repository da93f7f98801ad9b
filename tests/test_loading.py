"""The window and the first frame while the networks load."""

from __future__ import annotations

import threading

import pytest

from digitcam.errors import UserError
from digitcam.loading import WORDS, LoadingReader, Preview
from digitcam.loop import FrameReader, run_loop
from digitcam.types import Unreadable, Waiting
from tests.samples import ScriptedReader, ScriptedSource, frames
from tests.scripted_camera import Clock, Watcher


class Gate:
    """Makes a reader once it is opened, or fails."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.opened = threading.Event()
        self.error = error
        self.reader = ScriptedReader()

    def make(self) -> FrameReader:
        assert self.opened.wait(10)
        if self.error is not None:
            raise self.error
        return self.reader


def opens_after(gate: Gate, shows: int) -> Watcher:
    """A window in front of which the networks are there after some pictures."""

    def look(watcher: Watcher) -> bool:
        if len(watcher.frames) + len(watcher.holds) >= shows:
            gate.opened.set()
        return False

    return Watcher(Clock(), look)


def test_first_frame_stays_until_it_can_be_read() -> None:
    """The first frame is shown at once and stays; then it and all the others are read, each once."""
    gate = Gate()
    window = opens_after(gate, 5)
    reader = LoadingReader(gate.make)
    tally = run_loop(Preview(ScriptedSource(frames(3)), reader, window), reader, window=window)
    unread = [f.index for f, status in zip(window.frames, window.status, strict=True) if WORDS in status]
    assert len(unread) >= 5 and set(unread) == {0}
    assert [frame.index for frame in gate.reader.frames] == [0, 1, 2] and tally.frames == 3
    assert [frame.index for frame in window.frames[-3:]] == [0, 1, 2]
    assert WORDS not in window.status[-1]


def test_camera_is_live_while_networks_load() -> None:
    """A source of newest frames goes on meanwhile: none is shown twice, none read late."""
    gate = Gate()
    window = opens_after(gate, 5)
    reader = LoadingReader(gate.make)
    source = ScriptedSource(endless())
    source.drops = True
    tally = run_loop(Preview(source, reader, window), reader, window=window, max_frames=3)
    shown = [frame.index for frame in window.frames]
    assert shown == list(range(len(shown)))
    assert [frame.index for frame in gate.reader.frames] == shown[-3:] and tally.frames == 3
    assert shown[-3] >= 5


def endless():  # type: ignore[no-untyped-def]
    """Frames without end, slow enough for a thread to end among them."""
    index = 0
    while True:
        threading.Event().wait(0.001)
        frame = frames(1)[0]
        yield type(frame)(frame.image, index, index / 25, "scripted", still=False)
        index += 1


def test_networks_that_do_not_load_end_the_run() -> None:
    """What is wrong with a model is told once it is known, with frames and where none ever comes."""
    for items in (frames(3), iter(lambda: Waiting("", 0.1, "why"), None)):
        gate = Gate(UserError("nix.keras does not exist"))
        window = opens_after(gate, 3)
        reader = LoadingReader(gate.make)
        with pytest.raises(UserError, match="^nix.keras does not exist$"):
            run_loop(Preview(ScriptedSource(items), reader, window), reader, window=window)
        reader.close()


def test_window_closed_while_networks_load() -> None:
    """Who leaves while the networks load is not kept, and nothing is read."""
    gate = Gate()
    window = Watcher(Clock(), lambda watcher: len(watcher.frames) >= 3)
    reader = LoadingReader(gate.make)
    tally = run_loop(Preview(ScriptedSource(frames(3)), reader, window), reader, window=window)
    assert tally.frames == 0 and len(window.frames) == 3
    gate.opened.set()
    reader.close()


def test_preview_is_the_source_it_shows() -> None:
    """What is known of a source is known of its preview, and what cannot be read is passed on."""
    source = ScriptedSource([Unreadable("a", "why")], film=False)
    source.description, source.warning = "something", "cut off"
    reader = LoadingReader(ScriptedReader)
    preview = Preview(source, reader, Watcher(Clock()))
    assert list(preview) == [Unreadable("a", "why")]
    known = ("name", "paths", "fps", "live", "drops", "film", "description", "warning")
    assert [getattr(preview, name) for name in known] == [getattr(source, name) for name in known]
