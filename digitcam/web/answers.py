"""Readings as a page takes them: DESIGN's JSON object, and what else was asked for."""

from __future__ import annotations

import base64
from typing import Any

from digitcam.types import Reading


def answer_of(reading: Reading, waited: float, decoded: float, crops: bool = False) -> dict[str, Any]:
    """The answer to a picture.

    Args:
        waited, decoded: milliseconds for its turn, and for its decoding; ``ms`` has them besides the steps.
        crops: whether each digit carries its ``crop``: 28·28 bytes by rows in base64, null where unknown.
    """
    answer: dict[str, Any] = reading.to_json()
    answer["ms"] |= {"wait": round(waited, 3), "decode": round(decoded, 3)}
    if crops:
        for told, digit in zip(answer["digits"], reading.digits, strict=True):
            told["crop"] = None if digit.crop is None else base64.b64encode(digit.crop.tobytes()).decode()
    return answer
