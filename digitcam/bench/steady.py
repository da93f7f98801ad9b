"""Whether labels stay: in the demo's shaking camera, and where one digit takes another's place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from digitcam.bench.counted import make_counted_frame
from digitcam.bench.handheld import RATE, film_of
from digitcam.networks import load_networks
from digitcam.reader import Reader
from digitcam.scoring import LEAST_IOU, match
from digitcam.sources.demo import DemoSource
from digitcam.types import Digit, Frame, Truth

# Films in which a digit is replaced: their size, digits, and the frames before and after.
SIZE, DIGITS, FRAMES = (1280, 720), 20, 45


@dataclass
class _History:
    """One digit over its frames: how often it was labelled, and what it was called last."""

    frames: int = 0
    labelled: int = 0
    right: int = 0
    label: str = ""
    track: int | None = None
    changes: int = 0
    renumbered: int = 0

    def add(self, truth: Truth, digit: Digit | None) -> None:
        self.frames += 1
        if digit is None:
            return
        self.changes += bool(self.label) and digit.label != self.label
        self.renumbered += self.track is not None and digit.track != self.track
        self.labelled += 1
        self.right += digit.label == truth.label
        self.label, self.track = digit.label, digit.track


@dataclass
class Steadiness:
    """What became of the labels of a film whose digits are known one by one."""

    frames: int = 0
    false: int = 0
    digits: dict[int, _History] = field(default_factory=dict)

    def add(self, truth: Sequence[Truth], digits: Sequence[Digit]) -> None:
        """Count one frame."""
        self.frames += 1
        matched = {j: digits[i] for i, j in match(digits, truth)}
        for j, true in enumerate(truth):
            assert true.identity is not None
            self.digits.setdefault(true.identity, _History()).add(true, matched.get(j))
        self.false += len(digits) - len(matched)

    def to_json(self) -> dict[str, object]:
        histories = self.digits.values()
        places = sum(history.frames for history in histories)
        return {
            "frames": self.frames,
            "digits": len(histories),
            "labelled": round(sum(history.labelled for history in histories) / max(1, places), 5),
            "right": round(sum(history.right for history in histories) / max(1, places), 5),
            "digits_labelled": round(sum(h.labelled > 0 for h in histories) / max(1, len(histories)), 5),
            "changes": sum(history.changes for history in histories),
            "renumbered": sum(history.renumbered for history in histories),
            "false_per_frame": round(self.false / max(1, self.frames), 3),
        }


def measure_steadiness(frames: int, seed: int = 0, model: str | None = None) -> dict[str, object]:
    """Label changes over so many frames of the demo: hand tremor, focus hunting and passing shadows.

    Beside it the same frames read each by itself.
    """
    networks = load_networks(model)
    readers = {"film": Reader(networks), "alone": Reader(networks, track=False)}
    counts = {name: Steadiness() for name in readers}
    with DemoSource(seed=seed) as source:
        for frame in source:
            if frame.index >= frames:
                break
            for name, reader in readers.items():
                counts[name].add(frame.truth or (), reader.read(frame).digits)
    return {"seed": seed, **{name: count.to_json() for name, count in counts.items()}}


def measure_replacing(films: int, model: str | None = None) -> dict[str, object]:
    """Seconds until the label is the new one after another digit stands in a digit's place."""
    reader = Reader(load_networks(model))
    seconds = [_seconds_to_relabel(reader, number) for number in range(films)]
    return {
        "films": films,
        "median_s": round(float(np.median(seconds)), 3),
        "worst_s": round(max(seconds), 3),
    }


def _seconds_to_relabel(reader: Reader, number: int) -> float:
    """Frames that are never right count as all that there are."""
    rng = np.random.default_rng([7, number])
    page = make_counted_frame(DIGITS, SIZE, rng, ruled=number % 2 == 1)
    place, other = rng.choice(DIGITS // 2, 2, replace=False).tolist()
    changed = _with_another(page, place, other)
    source = f"film {number}"
    for frame in film_of(page, FRAMES, np.random.default_rng(number), source=source):
        reader.read(frame)
    # The same hand: what differs between the last frame and the next one is the digit.
    after = film_of(changed, FRAMES, np.random.default_rng(number), FRAMES, source)
    for count, frame in enumerate(after, start=1):
        true = (frame.truth or ())[place]
        digits = reader.read(frame).digits
        if any(d.label == true.label and d.box.iou(true.box) >= LEAST_IOU for d in digits):
            return count / RATE
    return FRAMES / RATE


def _with_another(page: Frame, place: int, other: int) -> Frame:
    """The page with what stands at ``other`` copied over what stands at ``place``, in the light of that."""
    assert page.truth is not None
    old, new = page.truth[place].box, page.truth[other].box
    width, height = max(old.width, new.width) + 8, max(old.height, new.height) + 8
    image = page.image.copy()

    def around(box) -> tuple[slice, slice]:  # type: ignore[no-untyped-def]
        left = int(np.clip(box.x + box.width // 2 - width // 2, 0, page.size[0] - width))
        top = int(np.clip(box.y + box.height // 2 - height // 2, 0, page.size[1] - height))
        return slice(top, top + height), slice(left, left + width)

    there, here = around(old), around(new)
    light = np.median(page.image[there], (0, 1)) / np.median(page.image[here], (0, 1))
    image[there] = np.clip(page.image[here] * light, 0, 255).astype(np.uint8)
    box = replace(new, x=new.x - here[1].start + there[1].start, y=new.y - here[0].start + there[0].start)
    truth = list(page.truth)
    truth[place] = Truth(box, page.truth[other].label, DIGITS + place)
    return Frame(image, still=False, truth=tuple(truth))
