"""Text on pictures: as high as asked, as wide as measured."""

from __future__ import annotations

import numpy as np
import pytest

from digitcam.text import LIGHT, put_text, text_width


@pytest.mark.parametrize("height", [8, 10, 20, 60])
def test_text_has_the_height_that_was_asked(height: int) -> None:
    """Digits are as high as asked on every OpenCV, and as wide as they were measured."""
    canvas = np.full((200, 600, 3), 128, np.uint8)
    put_text(canvas, "0", (50, 150), height)
    rows, columns = np.nonzero((canvas > 160).all(axis=2))
    assert np.ptp(rows) + 1 == pytest.approx(height, abs=max(2, 0.15 * height))
    assert np.ptp(columns) + 1 <= text_width("0", height) + 2
    assert abs(rows.max() - 150) <= max(2, 0.1 * height), "its foot is where it was asked"


def test_rim_is_for_backgrounds_unknown() -> None:
    """A rim makes white text readable on white; without one, only the letters themselves are drawn."""
    white = np.full((60, 60, 3), 255, np.uint8)
    put_text(white, "8", (20, 45), 30, rim=False)
    assert (white == LIGHT).all()
    put_text(white, "8", (20, 45), 30)
    assert white.min() < 40
