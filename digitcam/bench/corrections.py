"""What corrections cost a frame: the same frames with none, and with as many as are ever heeded."""

from __future__ import annotations

import time

import numpy as np

from digitcam.bench.counted import make_counted_frame
from digitcam.corrections.correction import SURROUNDINGS, Correction
from digitcam.corrections.hand import MOST_OF_A_LABEL, Hand
from digitcam.networks import load_networks
from digitcam.reader import Reader
from digitcam.types import LABELS, Box, Frame

SIZE, DIGITS = (1280, 720), 20


def measure_corrections(frames: int, model: str | None = None) -> dict[str, object]:
    """Milliseconds of a frame with 20 digits, each read by itself, by turns without and with corrections.

    The corrections are crops of such frames, said to be what they were read as.
    """
    plain = Reader(load_networks(model), track=False)
    hand = Hand()
    while len(hand.corrections) < MOST_OF_A_LABEL * len(LABELS):
        seed = 1000 + len(hand.corrections)
        hand.add(*_confirmed(plain, make_counted_frame(DIGITS, SIZE, np.random.default_rng(seed))))
    heeding = Reader(load_networks(model, hand), track=False)
    times: dict[str, list[float]] = {"without": [], "with": []}
    for number in range(frames):
        frame = make_counted_frame(DIGITS, SIZE, np.random.default_rng(number))
        for name, reader in (("without", plain), ("with", heeding)):
            start = time.perf_counter()
            reader.read(frame)
            if number:  # the first one looks at the corrected crops
                times[name].append(1e3 * (time.perf_counter() - start))
    medians = {f"{name}_ms": round(float(np.median(values)), 2) for name, values in times.items()}
    more = np.subtract(times["with"], times["without"])
    return {
        "frames": frames,
        "corrections": len(hand.corrections),
        **medians,
        "more_median_ms": round(float(np.median(more)), 2),
        "more_p99_ms": round(float(np.percentile(more, 99)), 2),
    }


def _confirmed(reader: Reader, frame: Frame) -> list[Correction]:
    nothing = np.zeros((SURROUNDINGS, SURROUNDINGS, 3), np.uint8)
    return [
        Correction(d.crop, nothing, Box(0, 0, 1, 1), int(d.label), int(d.label), 0.0, "")
        for d in reader.read(frame).digits
        if d.crop is not None
    ]
