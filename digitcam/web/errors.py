"""What a request is answered where it cannot be answered: a status and one plain sentence."""

from __future__ import annotations

from digitcam.sources.decoding import NotAPicture, TooManyPixels, UnreadablePicture


class Refused(Exception):
    """A request that is refused.

    Attributes:
        status: of HTTP.
        sentence: what is wrong and what to try, for a person.
    """

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def refusal_of(error: UnreadablePicture) -> Refused:
    """The answer to a picture that cannot be read: 415 for none, 413 for too large a one, else 400."""
    status = {NotAPicture: 415, TooManyPixels: 413}.get(type(error), 400)
    return Refused(status, f"This cannot be read as a picture: {error.reason}.")
