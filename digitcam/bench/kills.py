"""Programs that are killed while they correct: what was told to be kept must be there, and the file whole."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from digitcam.corrections.correction import CROP, SURROUNDINGS, Correction
from digitcam.corrections.store import CorrectionFile
from digitcam.errors import UserError
from digitcam.types import LABELS, Box

# A program is killed when it has told of fewer corrections than this, and so many seconds later at the most:
# a machine that is busy must still have corrected something.
MOST_TOLD = 4
LONGEST = 0.03
# A new file is begun after so many kills.
KILLS_OF_A_FILE = 25
# The program: it corrects until it is killed, and tells of each correction once it is kept.
PROGRAM = """
import sys
from pathlib import Path
from digitcam.bench.kills import make_correction
from digitcam.corrections.store import CorrectionFile
file, serial = CorrectionFile(Path(sys.argv[1])), int(sys.argv[2])
print("ready", flush=True)
while True:
    file.append([make_correction(serial)])
    print(serial, flush=True)
    serial += 1
"""


def make_correction(serial: int) -> Correction:
    """A correction that can be told from every other: all of it follows from its serial number."""
    rng = np.random.default_rng(serial)
    crop = rng.integers(0, 256, (CROP, CROP), np.uint8)
    around = rng.integers(0, 256, (SURROUNDINGS, SURROUNDINGS, 3), np.uint8)
    label = serial % len(LABELS)
    return Correction(crop, around, Box(serial, 0, 10, 20), label, label, float(serial), "0" * 64)


def measure_kills(kills: int, seed: int = 0) -> dict[str, object]:
    """Kill so many programs at random moments while they correct.

    Returns:
        ``kills``; ``files_lost`` that could not be read after one; ``kept_lost`` corrections that had been
        told to be kept and were not there, or not as they were; ``untold`` that were kept but not told,
        for the kill came in between; ``corrections`` in all.
    """
    rng = np.random.default_rng(seed)
    counts = dict.fromkeys(("files_lost", "kept_lost", "untold", "corrections"), 0)
    with tempfile.TemporaryDirectory() as folder:
        serial = 0
        told: list[int] = []
        for kill in range(kills):
            path = Path(folder) / f"{kill // KILLS_OF_A_FILE}.h5"
            if kill % KILLS_OF_A_FILE == 0:
                told = []
            told += _killed(path, serial, int(rng.integers(MOST_TOLD)), float(rng.uniform(0, LONGEST)))
            serial = max(told, default=serial - 1) + 1
            try:
                found = CorrectionFile(path).read()
            except UserError:
                counts["files_lost"] += 1
                path.unlink(missing_ok=True)
                told = []
                continue
            present = [int(c.time) for c in found if _is_whole(c)]
            counts["kept_lost"] += len(set(told) - set(present))
            extra = sorted(set(present) - set(told))
            counts["untold"] += len(extra)
            told += extra
            serial = max([serial - 1, *extra]) + 1
            if kill % KILLS_OF_A_FILE == KILLS_OF_A_FILE - 1 or kill == kills - 1:
                counts["corrections"] += len(found)
    return {"kills": kills, "seed": seed, **counts}


def _killed(path: Path, serial: int, awaited: int, seconds: float) -> list[int]:
    """Run the program until it has told so often, and so much longer; kill it, and give what it has told."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path), str(serial)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process:
        # That it is ready is its first line.
        told = [process.stdout.readline() for _ in range(1 + awaited)][1:]
        time.sleep(seconds)
        process.kill()
        lines = "".join([*told, process.stdout.read()]).split("\n")
    # A line that the kill has cut off tells nothing.
    return [int(line) for line in lines[:-1]]


def _is_whole(correction: Correction) -> bool:
    wanted = make_correction(int(correction.time))
    return (
        np.array_equal(correction.crop, wanted.crop)
        and np.array_equal(correction.surroundings, wanted.surroundings)
        and (correction.box, correction.label) == (wanted.box, wanted.label)
    )
