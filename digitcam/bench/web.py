"""What ``cam.py web`` bears: several pages at once, malformed requests, a camera in a real browser."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from itertools import islice
from typing import Any

import cv2
import numpy as np

from digitcam.bench.browsing import measure_browser
from digitcam.bench.malformed import make_malformed, send
from digitcam.bench.served import PATIENCE, Served
from digitcam.sources.demo import DemoSource

SIZE = (640, 480)
CLIENTS, FRAMES = 4, 90
JPEG_QUALITY = 90
MALFORMED = 500
# Of the measurement's time: after so much of it memory has reached what it needs.
SETTLED = 0.25


def measure_web(seconds: float, model: str | None = None) -> dict[str, Any]:
    """Several pages that send frame after frame for so long, malformed requests, and a browser.

    Returns:
        ``requests``, ``errors``, median and 99 % of their milliseconds, ``growth_mb`` of the server's memory;
        ``malformed`` requests and the ``faults`` among their answers (5xx but 503); ``browser`` as
        ``measure_browser`` has it.
    """
    with Served(*(("--model", model) if model else ())) as served:
        report = _load(served, seconds) | _malformed(served)
        return {**report, "browser": measure_browser(served, demo_film(0))}


def demo_film(seed: int) -> list[bytes]:
    """JPEG files of a film of the demo."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    frames = islice(DemoSource(size=SIZE, seed=seed), FRAMES)
    return [cv2.imencode(".jpg", frame.image, quality)[1].tobytes() for frame in frames]


def _load(served: Served, seconds: float) -> dict[str, Any]:
    films = [demo_film(seed) for seed in range(CLIENTS)]
    times: list[float] = []
    statuses: Counter[int] = Counter()
    start = time.perf_counter()
    clients = [
        threading.Thread(target=_send_film, args=(served, number, film, start + seconds, times, statuses))
        for number, film in enumerate(films)
    ]
    for client in clients:
        client.start()
    time.sleep(SETTLED * seconds)
    settled = served.memory()
    for client in clients:
        client.join()
    errors = sum(count for status, count in statuses.items() if status != 200)
    return {
        "clients": CLIENTS,
        "seconds": seconds,
        "requests": len(times),
        "errors": errors,
        "median_ms": round(1e3 * float(np.median(times)), 1),
        "p99_ms": round(1e3 * float(np.percentile(times, 99)), 1),
        "memory_mb": round(served.memory() / 1e6, 1),
        "growth_mb": round((served.memory() - settled) / 1e6, 1),
    }


def _send_film(
    served: Served, number: int, film: list[bytes], end: float, times: list[float], statuses: Counter[int]
) -> None:
    """Send a film's frames over and over, each once the one before is read."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
    count = number * len(film) // CLIENTS  # the films do not all begin anew at the same moment
    while (begin := time.perf_counter()) < end:
        picture = film[count % len(film)]
        connection.request("POST", f"/api/read?page=bench{number}&frame={count}&time={begin}", picture)
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - begin)
        statuses[answer.status] += 1
        count += 1
    connection.close()


def _malformed(served: Served) -> dict[str, int]:
    picture = demo_film(0)[0]
    address = "127.0.0.1", served.port
    statuses = Counter(send(address, request) for request in make_malformed(MALFORMED, picture))
    statuses[served.ask("/api/read", picture)[0]] += 1
    faults = sum(count for status, count in statuses.items() if status and status >= 500 and status != 503)
    return {"malformed": MALFORMED, "faults": faults}
