"""The colours of sure, fair and doubtful, wherever confidence is shown."""

from __future__ import annotations

from digitcam.text import Colour

# Sure, fair, doubtful: from the palette of Okabe and Ito (2008), told apart with every kind of colour vision.
# BGR, with the least confidence each begins at.
COLOURS: tuple[tuple[float, Colour], ...] = (
    (0.95, (233, 180, 86)),  # sky blue
    (0.8, (66, 228, 240)),  # yellow
    (0.0, (0, 94, 213)),  # vermilion
)


def colour_of(confidence: float) -> Colour:
    """The colour (BGR) of a digit of this confidence."""
    return next(colour for least, colour in COLOURS if confidence >= least or least == 0.0)
