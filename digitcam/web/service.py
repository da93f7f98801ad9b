"""What the page can have done: pictures and films read, digits corrected, the model told of."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import TimeoutError as TookTooLong
from functools import partial
from typing import Any, TypeVar

import numpy as np

from digitcam.chooser import Correct
from digitcam.errors import UserError
from digitcam.inside.look import Inside
from digitcam.opening import Opened
from digitcam.sources.decoding import UnreadablePicture, decode_picture
from digitcam.types import LABELS, Digit, Frame, Reading
from digitcam.web.answers import answer_of
from digitcam.web.errors import Refused, refusal_of
from digitcam.web.limits import DECODED_WAITING, MOST_PIXELS, MOST_WAITING, READING
from digitcam.web.looks import Looks
from digitcam.web.readers import Readers
from digitcam.web.requests import Pick, Said, Upload, Wish
from digitcam.web.work_queue import Busy, Closed, Overtaken, WorkQueue

T = TypeVar("T")


class Service:
    """Reads and learns, one picture after the other. Its methods may be called on any thread.

    Args:
        opened: the model that reads.
        conf: the least probability for a label; by default the measured one.
        correct: takes corrections; None where they are switched off.
        open_inside: opens the network to look into, when a page asks for it; None where there is no such.
        most_waiting: requests that may wait; patience: seconds for each.
    """

    def __init__(
        self,
        opened: Opened,
        conf: float | None = None,
        correct: Correct | None = None,
        open_inside: Callable[[], Inside] | None = None,
        *,
        most_waiting: int = MOST_WAITING,
        patience: float = READING,
    ) -> None:
        self._readers = Readers(opened, conf)
        self._seeing = Readers(opened, conf, evidence=True)
        self._looks = Looks(open_inside, opened.classes)
        self._correct = correct
        self._patience = patience
        self._queue = WorkQueue(most_waiting)
        self._model = told_of(opened)

    def read(self, upload: Upload, wish: Wish) -> dict[str, Any] | None:
        """The answer to a picture; None where a newer one of the same page has taken its place.

        Raises:
            Refused: it cannot be read, or not now.
        """
        return self._read(self._readers, upload, wish, lambda image, reading: {})

    def network(self) -> dict[str, Any]:
        """The network that reads, for a page that looks into it. Refused where that cannot be done."""
        return self._looks.network()

    def look(self, upload: Upload, wish: Wish, pick: Pick) -> dict[str, Any] | None:
        """``read``, and a look into the network at what is picked."""
        return self._read(self._seeing, upload, wish, partial(self._looks.look, pick=pick))

    def _read(
        self,
        readers: Readers,
        upload: Upload,
        wish: Wish,
        more: Callable[[np.ndarray, Reading], dict[str, Any]],
    ) -> dict[str, Any] | None:
        """The answer to a picture, and what ``more`` tells of it and its reading."""
        picture = _Picture(upload)
        asked = time.perf_counter()

        def work() -> dict[str, Any]:
            waited = time.perf_counter() - asked
            image = picture.decoded()
            if wish.time is None or wish.page is None:
                reading = readers.read_still(image, upload.name)
            else:
                frame = Frame(image, wish.frame, wish.time, upload.name, still=False)
                reading = readers.read_frame(wish.page, frame)
            answer = answer_of(reading, 1e3 * waited, 1e3 * picture.seconds, wish.crops)
            told = more(image, reading)
            return {**answer, **told, "ms": {**answer["ms"], **told.get("ms", {})}}

        try:
            return self._done(work, wish.page)
        except Overtaken:
            return None

    def correct(self, upload: Upload, said: Said) -> str:
        """Take what the user says of a digit in a picture; a line that tells it. Refused where it is not."""
        correct = self._correct
        if correct is None:
            raise Refused(403, "Corrections are switched off here: start without --no-corrections.")

        picture = _Picture(upload)

        def work() -> str:
            frame = Frame(picture.decoded())
            sure = tuple(float(i == said.read_as) for i in range(len(LABELS)))
            digit = Digit(said.box, LABELS[said.read_as], 1.0, sure, crop=said.crop)
            return correct(frame, digit, said.label)

        try:
            return self._done(work)
        except UserError as error:
            raise Refused(409, f"{error}.") from None

    def models(self) -> list[dict[str, Any]]:
        """What is known of the model that reads."""
        return [{**self._model, "corrections": self._correct is not None}]

    def close(self) -> None:
        """Give up what waits."""
        self._queue.close()
        self._looks.close()

    def _done(self, work: Callable[[], T], page: str | None = None) -> T:
        """What a piece of work gives, once it has had its turn."""
        try:
            future = self._queue.ask(work, page)
        except Busy:
            raise Refused(503, "Too many pictures wait to be read: try again in a moment.") from None
        except Closed:
            raise Refused(503, "The program is being closed.") from None
        try:
            return future.result(self._patience)
        except TookTooLong:
            future.cancel()
            raise Refused(
                503, f"This picture was not read within {self._patience:.0f} seconds: try a smaller one."
            ) from None
        except Closed:
            raise Refused(503, "The program is being closed.") from None


class _Picture:
    """A picture that is decoded at once where it is small, and else when it is asked for.

    Attributes:
        seconds: that decoding took.

    Raises:
        Refused: it cannot be decoded.
    """

    def __init__(self, upload: Upload) -> None:
        self._upload = upload
        self._image: np.ndarray | None = None
        self.seconds = 0.0
        if upload.pixels <= DECODED_WAITING:
            self._image = self.decoded()

    def decoded(self) -> np.ndarray:
        """H×W×3 uint8, BGR."""
        if self._image is not None:
            return self._image
        start = time.perf_counter()
        try:
            return decode_picture(self._upload.name, self._upload.data, MOST_PIXELS)
        except UnreadablePicture as error:
            raise refusal_of(error) from None
        finally:
            self.seconds = time.perf_counter() - start


def told_of(opened: Opened) -> dict[str, Any]:
    """Name, classes in order, and input of a model, and what its record says besides."""
    model = opened.model
    told = {"name": model.path.stem, "classes": list(opened.classes), "input": model.input}
    return told | {key: model.record[key] for key in ("architecture", "weights") if key in model.record}
