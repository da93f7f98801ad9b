"""The tables of single digits: each takes answers by contestant name and gives text."""

from __future__ import annotations

from collections.abc import Mapping

from digitcam.evaluation.classification import BATCH, Answers
from digitcam.evaluation.tables import NOTHING, Table, decimal, percent
from digitcam.metrics import CALIBRATION_BINS

# Runs that are compared: contestant → answers.
ByName = Mapping[str, Answers]


def overview(title: str, answers: ByName) -> Table:
    """One column for each contestant, one row for each figure."""

    def interval(a: Answers) -> str:
        low, high = a.interval
        return f"{100 * low:.2f} to {100 * high:.2f} %"

    conf = next(iter(answers.values())).conf
    figures = (
        ("digits", lambda a: f"{a.total:,}"),
        ("accuracy", lambda a: percent(a.accuracy)),
        ("its 95 % interval", interval),
        ("wrong", lambda a: f"{a.total - int(a.right.sum()):,}"),
        (f"accepted at conf {conf:g}", lambda a: percent(a.accepted_share)),
        ("accuracy of the accepted", lambda a: percent(a.accepted_accuracy)),
        (f"calibration error, {CALIBRATION_BINS} bins", lambda a: percent(a.calibration.error)),
        ("the same among the ten digits", lambda a: percent(a.share_error)),
        (f"ms per digit, {BATCH} at once", lambda a: decimal(a.ms_per_digit)),
    )
    rows = tuple((name, *(figure(a) for a in answers.values())) for name, figure in figures)
    note = (
        "Accuracy is the greatest of the ten digits' probabilities; acceptance is asked apart. "
        "Every digit is shown to the network itself: the screen stands before it on whole pictures only."
    )
    return Table(title, ("", *answers), rows, note)


def per_digit(answers: ByName) -> Table:
    """Precision and recall of each digit."""
    header = ["digit", "count"]
    for name in answers:
        header += [f"{name} precision", "recall"]
    first = next(iter(answers.values()))
    rows = []
    for digit in range(10):
        row = [str(digit), str(first.digits[digit].count)]
        for a in answers.values():
            row += [percent(a.digits[digit].precision), percent(a.digits[digit].recall)]
        rows.append(tuple(row))
    return Table("Per digit", tuple(header), tuple(rows))


def confusion(answers: Answers) -> Table:
    """The confusion matrix, empty cells dotted so that the errors stand out."""
    rows = tuple(
        (str(digit), *(str(count) if count else "·" for count in row))
        for digit, row in enumerate(answers.matrix.tolist())
    )
    return Table("Confusion matrix", ("truth \\ answer", *"0123456789"), rows)


def by_kind(title: str, clean: ByName, results: Mapping[str, ByName]) -> Table:
    """Accuracy under each kind of corruption, and the mean over kinds.

    Args:
        title: the table's.
        clean: contestant → answers without corruption; stands first and is no part of the mean.
        results: kind → contestant → answers.
    """
    names, shares = list(clean), ("accuracy", "accepted_share")
    rows = [
        (kind, *(percent(getattr(a[name], share)) for name in names for share in shares))
        for kind, a in {"none": clean, **results}.items()
    ]
    means: list[str] = ["mean"]
    for name in names:
        for share in shares:
            values = [getattr(a[name], share) for a in results.values()]
            means.append(percent(sum(values) / len(values)))
    header = ("kind", *(cell for name in names for cell in (name, "accepted")))
    return Table(title, header, (*rows, tuple(means)))


def wrong_answers(answers: Answers) -> Table:
    """Every wrong answer, the surest first."""
    rows = tuple(
        (
            str(int(i)),
            str(int(answers.truth[i])),
            str(int(answers.answer[i])),
            decimal(float(answers.confidence[i])),
            "yes" if answers.accepted[i] else NOTHING,
        )
        for i in answers.wrong
    )
    return Table("Wrong answers", ("index", "truth", "answer", "confidence", "accepted"), rows)
