"""Who is measured: the shipped way, and beside it the classic one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from digitcam.evaluation.classification import Classifier
from digitcam.evaluation.pictures import PictureReader
from digitcam.judge import Judge

MAIN, CLASSIC = "digitcam", "classic"
CLASSIC_MODEL = "classic.keras"


@dataclass(frozen=True, slots=True)
class Contestant:
    """A network, and a way to read whole pictures with it.

    Attributes:
        name: what its column is called.
        classifier: what single digits are shown to, without a screen before it.
        conf: the least confidence of an accepted digit.
        model: the file that is run.
        engine: what runs it.
        screened: the same network behind its screen, as the reader has it; None where there is no screen.
        judge: what weighs its answers in whole pictures.
    """

    name: str
    classifier: Classifier
    reader: PictureReader
    conf: float
    model: Path | None = None
    engine: str = ""
    screened: Classifier | None = None
    judge: Judge | None = None


def load_contestants(model: str | None, conf: float | None, baseline: bool) -> list[Contestant]:
    """The model to measure (the shipped one for None), and the classic way after it where asked for.

    Raises:
        UserError: a model is absent or does not fit.
    """
    from digitcam.baseline import ClassicReader
    from digitcam.cascade import Cascade
    from digitcam.classifier import load_classifier
    from digitcam.networks import load_networks
    from digitcam.reader import Reader
    from digitcam.selection import DEFAULT_CONFIDENCE
    from digitcam.weights_dir import find_weights

    network = load_classifier(model)
    least = DEFAULT_CONFIDENCE if conf is None else conf
    networks = load_networks(model)
    screened = networks.classifier if isinstance(networks.classifier, Cascade) else None
    judge = networks.judge
    reader = Reader(networks, conf=least, evidence=True)
    found = [Contestant(MAIN, network, reader, least, network.path, network.engine, screened, judge)]
    if baseline:
        network = load_classifier(find_weights() / CLASSIC_MODEL)
        classic = ClassicReader(network)
        found.append(Contestant(CLASSIC, network, classic, least, network.path, network.engine))
    return found
