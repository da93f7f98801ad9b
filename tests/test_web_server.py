"""``cam.py web`` as a process: its address, its end, its options, and clients that behave badly."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import pytest

pytest.importorskip("flask", reason="flask is not installed: pip install '.[web]'")
pytest.importorskip("waitress", reason="waitress is not installed: pip install '.[web]'")

from digitcam.bench.malformed import make_malformed, send
from digitcam.bench.served import Served
from digitcam.commands import web
from digitcam.commands.run import run as run_command
from digitcam.display import has_desktop
from digitcam.web.server import Server
from tests.handwriting import draw_text
from tests.shell import ROOT, refused, wait_until


@pytest.fixture(scope="module")
def page() -> bytes:
    """A JPEG file with two numbers."""
    return cv2.imencode(".jpg", draw_text("473 1"))[1].tobytes()


@pytest.fixture(scope="module")
def process() -> Iterator[Served]:
    with Served() as process:
        yield process


def numbers(process: Served, page: bytes) -> list[str]:
    status, body, _ = process.ask("/api/read", page)
    assert status == 200, body
    return [number["text"] for number in json.loads(body)["numbers"]]


def test_it_prints_its_address_and_reads(process: Served, page: bytes) -> None:
    """The first line is the address; the page is there, and pictures are read."""
    assert process.url == f"http://127.0.0.1:{process.port}/"
    status, body, headers = process.ask("/")
    assert status == 200 and b"<title>digitcam</title>" in body
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert numbers(process, page) == ["473", "1"]
    assert "Server" not in headers  # nobody's business


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_ends_at_a_signal(number: int, status: int) -> None:
    """Ctrl-C and SIGTERM end it with their status and without a word, also while a client is connected."""
    with Served() as process, socket.create_connection(("127.0.0.1", process.port)) as idle:
        idle.sendall(b"GET / HT")
        assert process.stop(number) == (status, "")


def test_a_keras_free_start() -> None:
    """Reading in the browser loads neither TensorFlow nor Keras."""
    code = (
        "import sys, argparse, contextlib\n"
        "from digitcam.commands import web\n"
        "with contextlib.ExitStack() as stack:\n"
        "    web.serve(web.parse(['--port', '0']), stack)\n"
        "print([m for m in ('tensorflow', 'keras') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def run(*words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The one line with which ``cam.py web`` refuses these words."""
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    status = run_command(web.main, list(words))
    return refused((status, *capsys.readouterr()))


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--port", "70000"), "argument --port: expected a port from 0 to 65535, received '70000'"),
        (("--port", "http"), "argument --port: expected a port from 0 to 65535, received 'http'"),
        (("--allow-host", "http://desk"), "argument --allow-host: expected a name or address alone"),
        (("--allow-host", "desk:8000"), "argument --allow-host: expected a name or address alone"),
        (("--allow-host", "*"), "argument --allow-host: expected a name or address alone"),
        (("--conf", "2"), "argument --conf: expected a number from 0 to 1, received '2'"),
        (("--host", "no.such.host.invalid"), "there is no address no.such.host.invalid to listen on: "),
        (("--host", "192.0.2.1", "--port", "0"), "cannot listen on port 0 of 192.0.2.1: "),
        (("--model", "nothing.keras"), "there is no model file nothing.keras: "),
        (("page.jpg",), "unrecognized arguments: page.jpg: see cam.py web --help"),
    ],
)
def test_wrong_use_is_told_in_one_line(
    words: tuple[str, ...], line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each names the thing and says what to try."""
    assert run(*words, capsys=capsys, monkeypatch=monkeypatch).startswith(line)


def test_a_port_in_use_is_told(
    process: Served, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With another port to try."""
    line = run("--port", str(process.port), capsys=capsys, monkeypatch=monkeypatch)
    assert line == (
        f"port {process.port} of 127.0.0.1 is in use: close what uses it, or take another: "
        f"--port {process.port + 1}"
    )


def test_what_has_to_be_installed_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Flask one line says how to get it."""
    monkeypatch.setitem(sys.modules, "digitcam.web.app", None)
    missing = ModuleNotFoundError("No module named 'flask'", name="flask")

    def find_spec(name: str, *_: object) -> None:
        if name == "digitcam.web.app":
            raise missing

    monkeypatch.delitem(sys.modules, "digitcam.web.app")
    monkeypatch.setattr(sys, "meta_path", [type("Finder", (), {"find_spec": staticmethod(find_spec)})])
    line = run(capsys=capsys, monkeypatch=monkeypatch)
    assert line == (
        "the page in the browser needs flask, which is not installed: "
        "pip install 'digitcam[web]', or pip install flask waitress"
    )


def test_opening_it_to_others_is_told_and_wants_names(page: bytes) -> None:
    """--host 0.0.0.0 says what that means; others are answered under the names that were allowed alone."""
    with Served("--host", "0.0.0.0", "--allow-host", "desk.local") as process:
        assert process.url == f"http://127.0.0.1:{process.port}/"
        for host, status in (("desk.local", 200), (f"desk.local:{process.port}", 200), ("192.0.2.7", 403)):
            assert process.ask("/", headers={"Host": host})[0] == status
        _, err = process.stop()
    assert err.count("\n") == 1 and err.startswith("digitcam: whoever reaches this machine on port")
    assert "nothing is encrypted; it answers to 127.0.0.1, ::1, desk.local, localhost; " in err


def test_where_a_browser_can_be_opened() -> None:
    """On a desktop, not in a terminal from afar."""
    assert has_desktop({"DISPLAY": ":0"}, "linux") and has_desktop({"WAYLAND_DISPLAY": "w"}, "linux")
    assert not has_desktop({}, "linux") and not has_desktop({"DISPLAY": ":0", "SSH_CONNECTION": "a"}, "linux")
    assert has_desktop({}, "darwin") and has_desktop({}, "win32")


def test_a_client_that_hangs_is_sent_away(page: bytes) -> None:
    """A request that does not arrive in time is answered with 408; others are answered meanwhile."""

    def app(environ: dict, start_response) -> list[bytes]:  # type: ignore[no-untyped-def, type-arg]
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    server = Server(app, "127.0.0.1", 0, arriving=0.5)
    server.start()
    address = "127.0.0.1", server.port
    for part in (b"POST / HTTP/1.1\r\nHo", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab"):
        with socket.create_connection(address, timeout=20) as hanging:
            hanging.sendall(part)
            with socket.create_connection(address, timeout=20) as other:
                other.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                assert other.recv(9999).startswith(b"HTTP/1.1 200 OK")
            answer = b""
            while received := hanging.recv(9999):
                answer += received
        head, body = answer.split(b"\r\n\r\n")
        assert head.startswith((b"HTTP/1.0 408 Request Timeout", b"HTTP/1.1 408 Request Timeout"))
        assert json.loads(body) == {"error": "This request took too long to arrive."}
    server.close()
    with pytest.raises(OSError):
        socket.create_connection(address, timeout=1)


def test_a_hundred_at_once(process: Served, page: bytes) -> None:
    """Each gets its reading, or 503 and when to come again; then all is as before."""

    def ask(number: int) -> tuple[int, bytes, str | None]:
        status, body, headers = process.ask("/api/read", page)
        return status, body, headers.get("Retry-After")

    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(ask, range(100)))
    statuses = Counter(status for status, *_ in answers)
    assert set(statuses) == {200, 503} and statuses[200] >= 17, statuses
    for status, body, retry in answers:
        told = json.loads(body)
        assert retry == ("1" if status == 503 else None)
        assert "Too many pictures wait" in told["error"] if status == 503 else len(told["digits"]) == 4
    assert numbers(process, page) == ["473", "1"]


def test_five_hundred_malformed_requests(process: Served, page: bytes) -> None:
    """None is answered with a fault of the server, none ends it, and it reads as before."""
    before = process.memory()
    faults = []
    for request in make_malformed(500, page):
        status = send(("127.0.0.1", process.port), request)
        if status is not None and status >= 500 and status != 503:
            faults.append((request.name, status, request.raw[:200]))
        if status is None and request.whole:
            faults.append((request.name, None, request.raw[:200]))
    assert faults == []
    assert process.process.poll() is None and numbers(process, page) == ["473", "1"]
    assert process.memory() - before < 100e6


def test_the_files_of_users_are_out_of_reach(process: Served) -> None:
    """No path leads out of the page's own files."""
    for path in ("/../app.py", "/%2e%2e/app.py", "/static/index.html", "//etc/passwd", "/app.py"):
        status, body, _ = process.ask(path)
        assert status == 404 and list(json.loads(body)) == ["error"], path


def test_two_pages_at_once_have_films_of_their_own(process: Served, page: bytes) -> None:
    """Frames of two pages that come by turns are read as two films."""
    other = cv2.imencode(".jpg", draw_text("25 860"))[1].tobytes()
    read: dict[str, list[str]] = {}

    def film(name: str, picture: bytes) -> None:
        for number in range(6):
            status, body, _ = process.ask(f"/api/read?page={name}&frame={number}&time={number / 10}", picture)
            assert status == 200
        read[name] = [n["text"] for n in json.loads(body)["numbers"]]

    threads = [threading.Thread(target=film, args=words) for words in (("one", page), ("two", other))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == {"one": ["473", "1"], "two": ["25", "860"]}


def test_a_damaged_corrections_file_is_told_and_left(tmp_path: Path) -> None:
    """Digits can be read without it."""
    (tmp_path / "corrections.h5").write_bytes(b"something else")
    with Served(environ={**os.environ, "DIGITCAM_USER": str(tmp_path)}) as process:
        _, err = process.stop()
    assert "it is left as it is" in err and err.endswith("going on without corrections\n")


@pytest.mark.skipif(os.name == "nt", reason="the scripted browser is a shell script")
def test_a_browser_is_opened_on_a_desktop(tmp_path: Path) -> None:
    """Where there is a display the page is opened in the user's browser."""
    browser, seen = tmp_path / "browser", tmp_path / "seen"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{seen}.part" && mv "{seen}.part" "{seen}"\n')
    browser.chmod(0o755)
    environ = {**os.environ, "BROWSER": str(browser), "DISPLAY": ":7"}
    environ.pop("SSH_CONNECTION", None)
    command = [sys.executable, str(ROOT / "cam.py"), "web", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        wait_until(seen.exists, 20)
        assert seen.read_text().strip() == line.split()[1]
    finally:
        process.kill()
        process.communicate()
