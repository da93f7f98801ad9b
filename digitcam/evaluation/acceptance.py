"""What is accepted as a digit: MNIST's test digits, which should be, and letters and doodles, which not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from digitcam.evaluation.classification import Classifier, predict_all
from digitcam.evaluation.contestants import Contestant
from digitcam.evaluation.negatives import Signs, other_split
from digitcam.evaluation.progress import ProgressLine
from digitcam.evaluation.report import Section
from digitcam.evaluation.tables import Table, decimal, percent
from digitcam.metrics import wilson_interval
from digitcam.types import LABELS

# The confidences of the second table; the one that is asked for is put among them.
CONFIDENCES = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
# The promise: so many digits are still accepted.
DIGITS_ACCEPTED = 0.995
TITLE = "Accepted as digits"
PROMISED = "letters and doodles together"
MOST_SHOWN = 240


@dataclass(frozen=True, eq=False)
class Accepted:
    """One network's greatest probability of a digit for everything it was shown.

    Attributes:
        digits: N float64, for MNIST's test digits; right: N bool, whether that digit is the true one.
        signs: for each group M float64; read: the digit, M int64.
        groups: the groups, in the same order.
    """

    digits: np.ndarray
    right: np.ndarray
    signs: tuple[np.ndarray, ...]
    read: tuple[np.ndarray, ...]
    groups: Sequence[Signs]

    @cached_property
    def promised(self) -> np.ndarray:
        """The probabilities of all that the promise is about, in one array."""
        found = [values for values, group in zip(self.signs, self.groups, strict=True) if group.promised]
        return np.concatenate(found) if found else np.zeros(0)

    def rows(self, conf: float) -> dict[str, tuple[int, int]]:
        """What was shown → how many were accepted at ``conf``, and how many there are."""
        accepted = self.digits >= conf
        rows = {
            "MNIST test digits": (int(accepted.sum()), len(accepted)),
            "and read rightly": (int((accepted & self.right).sum()), len(accepted)),
        }
        for promised in (True, False):
            for group, values in zip(self.groups, self.signs, strict=True):
                if group.promised is promised:
                    rows[group.name] = int((values >= conf).sum()), len(values)
            if promised:
                rows[PROMISED] = int((self.promised >= conf).sum()), len(self.promised)
        return rows

    @property
    def needed(self) -> float:
        """The greatest confidence at which ``DIGITS_ACCEPTED`` of the digits are accepted."""
        return float(np.sort(self.digits)[int((1 - DIGITS_ACCEPTED) * len(self.digits))])


def measure_acceptance(
    contestants: Sequence[Contestant],
    images: np.ndarray,
    truth: np.ndarray,
    groups: Sequence[Signs],
    conf: float,
    folder: Path | None = None,
) -> Section:
    """What each contestant's network takes for a digit, by itself, without the rest of the pipe.

    Args:
        contestants: whose networks; what the first one accepts wrongly is drawn.
        images: N×28×28 uint8, digits; truth: N, which ones.
        groups: what is no digit.
        conf: the least confidence of a digit.
        folder: where the sheets go, None for none.
    """
    networks = {}
    for c in contestants:
        networks[c.name] = c.classifier
        if c.screened is not None:
            networks["with screen"] = c.screened
    results = {name: _ask(name, network, images, truth, groups) for name, network in networks.items()}
    first = results[contestants[0].name]
    return Section(
        "acceptance",
        f"{TITLE} at conf {conf:g}",
        (_table(results, conf, _doubt(contestants, groups)), _trade_off(results, conf)),
        {name: _figures(result, conf) for name, result in results.items()},
        _sheets(first, conf, folder) if folder else (),
        (_by_sign(first, conf),),
    )


def _ask(
    name: str, classifier: Classifier, images: np.ndarray, truth: np.ndarray, groups: Sequence[Signs]
) -> Accepted:
    columns = [classifier.classes.index(label) for label in LABELS]
    shown = np.concatenate([images, *(group.images for group in groups)])
    progress = ProgressLine(f"{TITLE.lower()}, {name}")
    ten = predict_all(classifier, shown, progress)[0][:, columns]
    ends = np.cumsum([len(images), *(len(group.images) for group in groups)])[:-1]
    best, *signs = np.split(ten.max(axis=1), ends)
    read = np.split(ten.argmax(axis=1), ends)
    return Accepted(best, read[0] == truth, tuple(signs), tuple(read[1:]), groups)


def _doubt(contestants: Sequence[Contestant], groups: Sequence[Signs]) -> str:
    """What must be said of models that may have been trained on what they are measured with."""
    doubts = {c.name: ", ".join(other_split(c.model, groups)) for c in contestants}
    return "".join(f" Not so for {name}, by its record: {some}." for name, some in doubts.items() if some)


def _table(results: Mapping[str, Accepted], conf: float, doubt: str) -> Table:
    counted = {name: result.rows(conf) for name, result in results.items()}
    first = next(iter(counted.values()))
    header = ["", "images"]
    for name in counted:
        header += [name, "95 % interval"]
    rows = []
    for row, (_, total) in first.items():
        cells = [row, f"{total:,}"]
        for counts in counted.values():
            low, high = wilson_interval(*counts[row])
            share = counts[row][0] / total if total else None
            cells += [percent(share), f"{100 * low:.2f} to {100 * high:.2f} %"]
        rows.append(tuple(cells))
    note = (
        f"By the network alone. None of the letters, signs and doodles was trained on.{doubt} Rows below "
        f"“{PROMISED}” are no part of it: look-alikes cannot be told from digits by their shape."
    )
    return Table(f"{TITLE} at conf {conf:g}", tuple(header), tuple(rows), note)


def _trade_off(results: Mapping[str, Accepted], conf: float) -> Table:
    """What other confidences would give, with the one that the promise for digits needs."""
    header = ["conf"]
    for name in results:
        header += [f"{name}: digits", "rightly", "letters, doodles"]
    rows = []
    for level in sorted({*CONFIDENCES, conf}):
        rows.append((decimal(level, 2), *(cell for r in results.values() for cell in _shares(r, level))))
    for name, result in results.items():
        cells = (c for r in results.values() for c in (_shares(r, r.needed) if r is result else ("", "", "")))
        rows.append((f"{result.needed:.3f} ({percent(DIGITS_ACCEPTED, 1)}, {name})", *cells))
    note = f"In brackets: the confidence at which {percent(DIGITS_ACCEPTED, 1)} of the digits are accepted."
    return Table("At other confidences", tuple(header), tuple(rows), note)


def _shares(result: Accepted, conf: float) -> tuple[str, str, str]:
    rows = result.rows(conf)
    shares = [rows[name] for name in ("MNIST test digits", "and read rightly", PROMISED)]
    accepted, right, signs = (percent(count / total if total else None) for count, total in shares)
    return accepted, right, signs


def _figures(result: Accepted, conf: float) -> dict[str, object]:
    rows = result.rows(conf)
    needed = result.needed
    return {
        "conf": conf,
        "accepted": {
            name: {"images": total, "accepted": count, "share": round(count / total, 6) if total else None}
            for name, (count, total) in rows.items()
        },
        "conf_for_99.5_percent_of_digits": round(needed, 6),
        "letters_and_doodles_accepted_there": round(float((result.promised >= needed).mean()), 6)
        if len(result.promised)
        else None,
    }


def _by_sign(result: Accepted, conf: float) -> Table:
    """Each letter and sign whose name is known, the most accepted first, and what it is mostly read as."""
    rows = []
    for group, values, read in zip(result.groups, result.signs, result.read, strict=True):
        for name in sorted(set(group.written) - {""}):
            some = group.written == name
            accepted = some & (values >= conf)
            if accepted.any():
                usual = LABELS[np.bincount(read[accepted], minlength=len(LABELS)).argmax()]
                share = accepted.sum() / some.sum()
                rows.append((share, (name, str(some.sum()), percent(share, 1), usual)))
    ranked = tuple(cells for _, cells in sorted(rows, key=lambda row: -row[0]))
    return Table("Accepted letters and signs", ("written", "images", "accepted", "mostly as"), ranked)


def _sheets(result: Accepted, conf: float, folder: Path) -> tuple[tuple[str, str], ...]:
    """The letters and doodles accepted, the surest first."""
    from digitcam.evaluation.plots import FALSE, plot_cells

    found = []
    for group, values, read in zip(result.groups, result.signs, result.read, strict=True):
        if group.promised:
            for i in np.flatnonzero(values >= conf):
                caption = f"{group.written[i] or '·'} → {LABELS[read[i]]}  {values[i]:.3f}"
                found.append((float(values[i]), group.images[i], caption))
    if not found:
        return ()
    found.sort(key=lambda item: -item[0])
    shown = found[:MOST_SHOWN]
    title = f"Letters and doodles taken for digits at conf {conf:g}, the surest {len(shown)} of {len(found)}"
    path = folder / "acceptance-wrong.png"
    captions = [caption for _, _, caption in shown]
    images = np.stack([image for _, image, _ in shown])
    plot_cells(
        images, captions, [FALSE] * len(shown), f"{title}\nwritten → read, confidence", path, columns=16
    )
    return ((path.name, title),)
