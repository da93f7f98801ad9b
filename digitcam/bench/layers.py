"""How often the view of the layers is drawn anew: for a window, and on the page in a real Chromium."""

from __future__ import annotations

import time
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from digitcam.bench.browsing import measure_looks
from digitcam.bench.served import Served
from digitcam.bench.web import demo_film
from digitcam.inside.look import Inside
from digitcam.inside.view import LayersView
from digitcam.networks import load_networks
from digitcam.reader import Reader
from digitcam.sources.demo import DemoSource
from digitcam.weights_dir import find_model

SIZE = (1280, 720)
# Frames after which the times count: the first look compiles the network.
WARM_UP = 5


def measure_layers(frames: int, model: str | None = None) -> dict[str, Any]:
    """Read frames of the demo, look into the network and draw the view; what a display takes is left out.

    Returns:
        ``opened_s``, seconds until the network was open; for a frame, all in milliseconds, ``read``, ``view``
        and the whole: ``median`` and ``p99``; ``updates`` a second of a film without a pause; ``page``, as
        ``measure_looks`` has it.
    """
    path = find_model(model)
    with Served(*(("--model", model) if model else ())) as served:
        page = measure_looks(served, demo_film(0))
    start = time.perf_counter()
    view = LayersView(partial(Inside, path))
    reader = Reader(load_networks(path), evidence=view.wants)
    film = list(islice(DemoSource(size=SIZE), frames + WARM_UP))
    view.picture(film[0].image, reader.read(film[0]))
    view.close()
    opened = time.perf_counter() - start
    reads, views = [], []
    for frame in film:
        begin = time.perf_counter()
        reading = reader.read(frame)
        read = time.perf_counter()
        view.picture(frame.image, reading)
        reads.append(1e3 * (read - begin))
        views.append(1e3 * (time.perf_counter() - read))
    whole = np.add(reads, views)[WARM_UP:]
    return {
        "size": list(SIZE),
        "frames": frames,
        "opened_s": round(opened, 2),
        "read_ms": round(float(np.median(reads[WARM_UP:])), 2),
        "view_ms": round(float(np.median(views[WARM_UP:])), 2),
        "median_ms": round(float(np.median(whole)), 2),
        "p99_ms": round(float(np.percentile(whole, 99)), 2),
        "updates_a_second": round(1e3 / float(whole.mean()), 1),
        "page": page,
    }
