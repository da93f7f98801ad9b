"""Ctrl-C and SIGTERM during a training, heeded between two batches.

An exception that a signal's handler raises inside a weak reference's callback or a destructor is printed
and forgotten by Python, and TensorFlow has many of both: one Ctrl-C in twenty was lost in that way. So the
signal is remembered, and its handler called at the end of the batch; a second signal is heeded at once.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import keras

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts(keras.callbacks.Callback):
    """Calls the handler of a signal that has come, at the end of the batch or epoch."""

    def __init__(self) -> None:
        super().__init__()
        self._handle: Callable[[], object] | None = None

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._heed()

    def on_test_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._heed()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._heed()

    def _heed(self) -> None:
        if self._handle is not None:
            self._handle()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Remember signals from here on; on the main thread alone, which is where handlers run."""
        kept: dict[int, Any] = {}
        if threading.current_thread() is threading.main_thread():
            kept = {number: handler for number in SIGNALS if callable(handler := signal.getsignal(number))}
        for number, handler in kept.items():
            signal.signal(number, self._remembering(handler))
        try:
            yield
        finally:
            for number, handler in kept.items():
                signal.signal(number, handler)

    def _remembering(self, handler: Callable[[int, FrameType | None], Any]) -> Callable[..., None]:
        def remember(number: int, frame: FrameType | None) -> None:
            if self._handle is not None:
                handler(number, frame)
            self._handle = lambda: handler(number, None)

        return remember
