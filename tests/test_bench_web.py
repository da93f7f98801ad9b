"""The benchmark of the page in the browser: what it counts, and the requests that no browser sends."""

from __future__ import annotations

import socket
import threading

import pytest

pytest.importorskip("flask", reason="flask is not installed: pip install '.[web]'")

from digitcam.bench import browsing, layers, web
from digitcam.bench.malformed import KINDS, Malformed, make_bomb, make_malformed, send
from digitcam.bench.table import format_report
from digitcam.machine import describe_machine
from digitcam.sources.decoding import TooManyPixels, decode_picture
from tests.browser import need_browser


def test_pages_malformed_requests_and_a_browser_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every figure is there, and nothing goes wrong."""
    need_browser()
    monkeypatch.setattr(web, "FRAMES", 10)
    monkeypatch.setattr(web, "MALFORMED", 2 * len(KINDS))
    monkeypatch.setattr(browsing, "WARM", 1)
    monkeypatch.setattr(browsing, "COUNTED", 2)
    report = web.measure_web(2.0)
    assert report["errors"] == report["faults"] == 0 and report["requests"] >= 8
    assert 0 < report["median_ms"] <= report["p99_ms"] and report["memory_mb"] > 20
    assert report["browser"]["camera"] == [640, 480] and report["browser"]["readings_a_second"] > 1
    assert 20 < report["browser"]["page_kb"] < 200 and report["browser"]["load_ms"] > 0
    text = format_report({"machine": describe_machine(), "web": report})
    assert "4 pages that send frames of 640×480 for 2 s" in text and "0 errors" in text
    assert "a camera of 640×480 read" in text


def test_looks_into_the_network_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the window's view and on the page: each is open after a while, and then goes on."""
    need_browser()
    monkeypatch.setattr(browsing, "COUNTED", 1)
    report = layers.measure_layers(4)
    assert report["frames"] == 4 and report["updates_a_second"] > 1 and report["opened_s"] > 0
    assert report["read_ms"] > 0 and report["view_ms"] > 0 and report["p99_ms"] >= report["median_ms"] > 0
    assert report["page"]["looks_a_second"] > 1 and report["page"]["opened_s"] > 0
    text = format_report({"machine": describe_machine(), "layers": report})
    assert "4 frames of the demo of 1280×720" in text and "looks a second" in text
    without = format_report({"machine": describe_machine(), "layers": {**report, "page": None}})
    assert without.splitlines()[-1].startswith("no Chromium with Playwright here")


def test_without_a_browser_that_part_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no Chromium is found the table says so."""
    monkeypatch.setattr(browsing, "find_browser", lambda: None)
    assert browsing.measure_browser(None, []) is None  # type: ignore[arg-type]
    figures = ("clients", "seconds", "requests", "errors", "median_ms", "p99_ms", "memory_mb", "growth_mb")
    part = {**dict.fromkeys((*figures, "malformed", "faults"), 1), "browser": None}
    text = format_report({"machine": describe_machine(), "web": part})
    assert text.splitlines()[-1].startswith("no Chromium with Playwright here")


def test_malformed_requests_are_the_same_for_the_same_seed() -> None:
    """Every kind in turn, byte for byte again."""
    picture = bytes(range(256)) * 4
    requests = list(make_malformed(40, picture, seed=3))
    assert requests == list(make_malformed(40, picture, seed=3)) != list(make_malformed(40, picture, seed=4))
    assert len({request.name for request in requests}) == len(KINDS)


def test_a_bomb_is_small_and_names_many_pixels() -> None:
    """A PNG of under 30 KB with 30,000×30,000 pixels."""
    bomb = make_bomb()
    assert len(bomb) < 30_000
    with pytest.raises(TooManyPixels, match="30000×30000 pixels"):
        decode_picture("bomb", bomb)


@pytest.mark.parametrize(
    ("answer", "status"), [(b"HTTP/1.1 404 Not Found\r\n\r\n", 404), (b"", None), (b"nonsense\r\n", None)]
)
def test_the_status_of_an_answer_is_told(answer: bytes, status: int | None) -> None:
    """A number, or nothing where the connection is closed without one."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            connection.recv(9999)
            connection.sendall(answer)
            connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        assert send(server.getsockname(), Malformed("any", b"GET / HTTP/1.1\r\n\r\n")) == status
        thread.join()
