"""What the server answers: readings in DESIGN's form, corrections, and a sentence for whatever is wrong."""

from __future__ import annotations

import base64
import io
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("flask", reason="flask is not installed: pip install '.[web]'")

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from digitcam.bench.malformed import make_bomb
from digitcam.corrections.corrector import open_corrections
from digitcam.corrections.store import CorrectionFile
from digitcam.models import find
from digitcam.opening import open_model
from digitcam.reader import Reader
from digitcam.web.app import make_app
from digitcam.web.guard import POLICY, host_name, own_names
from digitcam.web.limits import MOST_BYTES
from digitcam.web.service import Service
from tests.handwriting import draw_text

LOCAL = "http://localhost:8000"


def png(picture: np.ndarray) -> bytes:
    return cv2.imencode(".png", picture)[1].tobytes()


@pytest.fixture(scope="module")
def page() -> bytes:
    """A PNG file with two numbers."""
    return png(draw_text("473 1"))


@pytest.fixture
def service() -> Iterator[Service]:
    """The shipped networks, with corrections of a user who has made none yet."""
    hand, corrector = open_corrections(None, print)
    service = Service(open_model(find(), hand), None, corrector.correct)
    yield service
    service.close()


@pytest.fixture
def client(service: Service) -> FlaskClient:
    return make_app(service, own_names("127.0.0.1")).test_client()


def post(client: FlaskClient, data: object, query: str = "", **options: object) -> TestResponse:
    return client.post(f"/api/read{query}", base_url=LOCAL, data=data, **options)  # type: ignore[arg-type]


def sentence(answer: TestResponse, status: int) -> str:
    """The sentence of an error, which is JSON and nothing else."""
    assert answer.status_code == status, answer.data
    assert list(answer.json) == ["error"] and "Traceback" not in answer.json["error"]
    assert answer.json["error"].endswith((".", "?")), answer.json
    return answer.json["error"]


def test_a_picture_is_read_as_cam_py_reads_it(client: FlaskClient, page: bytes) -> None:
    """Body or form: the answer is the JSON line's object, and says how long it waited and was decoded."""
    picture = draw_text("473 1")
    expected = Reader().read(picture).to_json()
    body = post(client, page).json
    form = post(client, {"image": (io.BytesIO(page), "my page.png")}).json
    assert list(body) == ["source", "frame", "time", "size", "digits", "numbers", "ms"]
    for answer in (body, form):
        assert answer["digits"] == expected["digits"] and answer["numbers"] == expected["numbers"]
        assert answer["size"] == [640, 480] and answer["frame"] == 0 and answer["time"] == 0
    assert [number["text"] for number in body["numbers"]] == ["473", "1"]
    assert set(body["ms"]) == {*expected["ms"], "wait", "decode"} and body["ms"]["decode"] > 0
    assert (body["source"], form["source"]) == ("upload", "my page.png")


KINDS = ("image/png", "application/octet-stream", "application/x-www-form-urlencoded")


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_body_says_of_itself_does_not_matter(client: FlaskClient, page: bytes, kind: str) -> None:
    """A picture is known by its content, as curl --data-binary sends it."""
    assert post(client, page, content_type=kind).json["numbers"][0]["text"] == "473"


def test_the_name_of_a_file_is_told_without_its_folders(client: FlaskClient, page: bytes) -> None:
    """A client's path is not told back, and nothing of that name is opened."""
    names = [("../../etc/passwd", "passwd"), ("/a/ p.png", " p.png"), (" ", " "), ("a" * 300, "a" * 100)]
    for sent, told in names:
        assert post(client, {"image": (io.BytesIO(page), sent)}).json["source"] == told


def test_crops_are_told_where_they_are_asked_for(client: FlaskClient, page: bytes) -> None:
    """With crops=1 each digit has the 28×28 that the network was shown."""
    digits = post(client, page, "?crops=1").json["digits"]
    shown = [digit.crop for digit in Reader().read(draw_text("473 1")).digits]
    for digit, crop in zip(digits, shown, strict=True):
        told = np.frombuffer(base64.b64decode(digit["crop"]), np.uint8).reshape(28, 28)
        assert np.array_equal(told, crop)
    assert "crop" not in post(client, page).json["digits"][0]


def test_frames_of_a_page_are_a_film(client: FlaskClient, page: bytes) -> None:
    """With a page's name and a time digits keep their track, and other pages have films of their own."""

    def frame(name: str, number: int) -> dict:
        return post(client, page, f"?page={name}&frame={number}&time={number / 10}").json

    first = [frame("a", number) for number in range(4)][-1]
    again, other = frame("a", 4), frame("b", 4)
    assert first["frame"] == 3 and first["time"] == 0.3
    tracks = [digit["track"] for digit in again["digits"]]
    assert tracks == [digit["track"] for digit in first["digits"]] and None not in tracks
    assert sorted(digit["label"] for digit in again["digits"]) == [*"1347"]
    assert other["digits"] == [] or other["digits"][0]["track"] is not None


def test_a_newer_picture_of_a_page_takes_the_place_of_its_older_one(service: Service, page: bytes) -> None:
    """While another picture is read the older one of a page is answered with 204 and no content."""
    client = make_app(service, own_names("127.0.0.1")).test_client()
    go = threading.Event()
    service._queue.ask(lambda: go.wait(10))
    answers: dict[str, TestResponse] = {}

    def ask(name: str) -> threading.Thread:
        def work() -> None:
            answers[name] = post(client, page, "?page=mine")

        thread = threading.Thread(target=work)
        thread.start()
        return thread

    old = ask("old")
    while not service._queue._waiting:
        pass
    new = ask("new")
    old.join(10)
    go.set()
    new.join(10)
    assert answers["old"].status_code == 204 and answers["old"].data == b""
    assert answers["new"].json["numbers"][0]["text"] == "473"


def test_too_many_at_once_are_told_to_come_again(page: bytes) -> None:
    """Who finds the queue full gets 503 with Retry-After; so does who waits too long."""
    service = Service(open_model(find()), most_waiting=1, patience=0.2)
    client = make_app(service, own_names("127.0.0.1")).test_client()
    go, begun = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        go.wait(10)

    service._queue.ask(hold)
    assert begun.wait(10)
    late = post(client, page)
    assert "was not read within 0 seconds" in sentence(late, 503) and late.headers["Retry-After"] == "1"
    full = post(client, page)  # the one that went away still has its place
    assert "Too many pictures wait" in sentence(full, 503) and full.headers["Retry-After"] == "1"
    go.set()
    service.close()
    assert "is being closed" in sentence(post(client, page), 503)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        pytest.param(b"", 400, "There is no picture in this request", id="empty"),
        pytest.param(b"hello", 415, "it is text; pictures are PNG", id="text"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "it is text", id="SVG"),
        pytest.param(b"<!doctype html><p>7", 415, "it is text", id="HTML"),
        pytest.param(b"%PDF-1.7 ...", 415, "it is a PDF", id="PDF"),
        pytest.param(bytes(range(1, 200)), 415, "its first bytes are those of no picture", id="bytes"),
        pytest.param(make_bomb(), 413, "30000×30000 pixels are more than 50 megapixels", id="bomb"),
        pytest.param(b"\0" * (MOST_BYTES + 1), 413, "larger than 10 MB", id="large"),
        pytest.param(b"\0" * (2 * MOST_BYTES), 413, "may have up to 10 MB", id="larger"),
    ],
)
def test_what_is_no_picture_is_refused(client: FlaskClient, body: bytes, status: int, words: str) -> None:
    """Each in a plain sentence and with the status that fits, as a body and in a form."""
    assert words in sentence(post(client, body), status)
    form = sentence(post(client, {"image": (io.BytesIO(body), "x.png")}), status)
    assert words in form


def test_the_bomb_is_never_unfolded(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture with too many pixels is refused by its header: nothing is decoded."""
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("decoded"))
    assert len(make_bomb()) < 30_000
    sentence(post(client, make_bomb()), 413)


def test_a_picture_that_is_cut_off_is_refused(client: FlaskClient, page: bytes) -> None:
    """What is missing might have held a number."""
    assert "the PNG file is cut off" in sentence(post(client, page[:-200]), 400)
    assert "it ends inside its header" in sentence(post(client, page[:20]), 400)


def test_wrong_forms_are_refused(client: FlaskClient, page: bytes) -> None:
    """Another field, no file, two files."""
    words = "There is no file `image` in this form"
    assert words in sentence(post(client, {"file": (io.BytesIO(page), "x.png")}), 400)
    assert words in sentence(post(client, {"image": "text"}, content_type="multipart/form-data"), 400)
    two = {"image": [(io.BytesIO(page), "x.png"), (io.BytesIO(page), "y.png")]}
    assert "more than one picture" in sentence(post(client, two), 400)
    no_boundary = post(client, page, content_type="multipart/form-data")
    assert words in sentence(no_boundary, 400)


@pytest.mark.parametrize(
    ("query", "word"),
    [
        *(("page=", "`page`"), ("page=a/b", "`page`"), ("page=" + "a" * 65, "`page`"), ("time=1", "`time`")),
        *(("page=a&time=nan", "`time`"), ("page=a&time=-1", "`time`"), ("page=a&time=1e400", "`time`")),
        *(("frame=x", "`frame`"), ("frame=-1", "`frame`"), ("crops=yes", "`crops`")),
    ],
)
def test_senseless_wishes_are_refused(client: FlaskClient, page: bytes, query: str, word: str) -> None:
    """The sentence names the value."""
    assert word in sentence(post(client, page, f"?{query}"), 400)


def test_wrong_methods_and_addresses_are_refused(client: FlaskClient) -> None:
    """405 says what the address takes, 404 where things are."""
    answer = client.get("/api/read", base_url=LOCAL)
    assert sentence(answer, 405) == "This address takes OPTIONS, POST."
    assert answer.headers["Allow"] == "OPTIONS, POST"
    assert "the page is at /" in sentence(client.get("/nothing", base_url=LOCAL), 404)
    assert "the page is at /" in sentence(client.get("/../web/app.py", base_url=LOCAL), 404)


def test_faults_of_the_program_are_told_without_a_traceback(
    client: FlaskClient,
    service: Service,
    page: bytes,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The client gets a sentence, the terminal one line with the place."""

    def fail(*_: object) -> None:
        raise RuntimeError("a fault\nof two lines")

    monkeypatch.setattr(service._readers, "read_still", fail)
    assert "Something went wrong inside digitcam" in sentence(post(client, page), 500)
    said = capsys.readouterr().err
    assert re.fullmatch(r"digitcam: POST /api/read failed in fail, line \d+: RuntimeError: a .*\n", said)


def correction(page: bytes, digit: dict, label: str, **changes: object) -> dict:
    said = {"box": digit["box"], "crop": digit["crop"], "label": label, "read_as": digit["label"], **changes}
    return {"image": (io.BytesIO(page), "page.png"), "correction": json.dumps(said)}


def test_a_correction_is_learnt_at_once(client: FlaskClient, page: bytes) -> None:
    """What was said of a digit holds from the next request on, in films too, and is in the user's file."""
    film = "?page=f&crops=1&time="
    for time in range(3):
        before = post(client, page, f"{film}{time / 10}").json
    digit = next(digit for digit in before["digits"] if digit["label"] == "4")
    answer = client.post("/api/corrections", base_url=LOCAL, data=correction(page, digit, "9"))
    assert answer.json == {"message": "learnt: this 4 is 9 (correction 1)"}
    assert [n["text"] for n in post(client, page).json["numbers"]] == ["973", "1"]
    assert [n["text"] for n in post(client, page, f"{film}0.4").json["numbers"]] == ["973", "1"]
    (kept,) = CorrectionFile().read()
    assert (kept.label, kept.read_as, kept.box.as_list()) == (9, 4, digit["box"])
    assert kept.crop.tobytes() == base64.b64decode(digit["crop"])
    none = client.post("/api/corrections", base_url=LOCAL, data=correction(page, digit, "not a digit"))
    assert none.json["message"] == "learnt: this 4 is no digit (correction 2)"
    assert [n["text"] for n in post(client, page).json["numbers"]] == ["73", "1"]


@pytest.mark.parametrize(
    "changes",
    [
        {"label": "10"}, {"label": 7}, {"crop": "AAAA"}, {"crop": 3}, {"crop": "é"},
        {"read_as": "not a digit"}, {"box": [1, 2, 3]}, {"box": [1, 2, 0, 4]},
        {"box": [1.5, 2, 3, 4]}, {"box": [0, 0, 10**20, 4]},
    ],
)  # fmt: skip
def test_senseless_corrections_are_refused(client: FlaskClient, page: bytes, changes: dict) -> None:
    """Nothing is learnt, and nothing is kept."""
    digit = post(client, page, "?crops=1").json["digits"][0]
    said = correction(page, digit, **{"label": "9", **changes})
    answer = client.post("/api/corrections", base_url=LOCAL, data=said)
    assert "The field `correction` must be a JSON object" in sentence(answer, 400)
    assert CorrectionFile().read() == []


def test_corrections_without_words_or_picture_are_refused(client: FlaskClient, page: bytes) -> None:
    """A form needs both."""
    digit = post(client, page, "?crops=1").json["digits"][0]
    bare = client.post("/api/corrections", base_url=LOCAL, data={"image": (io.BytesIO(page), "x.png")})
    assert "The field `correction`" in sentence(bare, 400)
    said = correction(page, digit, "9")
    del said["image"]
    answer = client.post("/api/corrections", base_url=LOCAL, data=said, content_type="multipart/form-data")
    assert "There is no file `image`" in sentence(answer, 400)


def test_corrections_that_cannot_be_kept_are_told(client: FlaskClient, page: bytes, user: Path) -> None:
    """A damaged file is left alone, and the page told why."""
    digit = post(client, page, "?crops=1").json["digits"][0]
    user.mkdir(parents=True)
    (user / "corrections.h5").write_bytes(b"something else")
    answer = client.post("/api/corrections", base_url=LOCAL, data=correction(page, digit, "9"))
    assert "it is left as it is" in sentence(answer, 409)
    assert (user / "corrections.h5").read_bytes() == b"something else"


def test_corrections_can_be_switched_off(page: bytes) -> None:
    """Then they are refused, and the page can know."""
    service = Service(open_model(find()))
    client = make_app(service, own_names("127.0.0.1")).test_client()
    digit = post(client, page, "?crops=1").json["digits"][0]
    answer = client.post("/api/corrections", base_url=LOCAL, data=correction(page, digit, "9"))
    assert "Corrections are switched off" in sentence(answer, 403)
    assert client.get("/api/models", base_url=LOCAL).json["models"][0]["corrections"] is False
    service.close()


def test_the_model_is_told(client: FlaskClient) -> None:
    """Its name, its classes in order and its input, and that corrections are taken."""
    (model,) = client.get("/api/models", base_url=LOCAL).json["models"]
    assert model["name"] == "digits" and model["corrections"] is True
    assert model["classes"] == [*"0123456789", "not a digit"] and model["input"] == "digit crops"
    assert client.get("/healthz", base_url=LOCAL).json["status"] == "ok"


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        *(("localhost", True), ("localhost:8000", True), ("LOCALHOST", True), ("127.0.0.1:1", True)),
        *(("[::1]:8000", True), ("desk.local", True), ("localhost.", True)),
        *(("evil.example", False), ("localhost.evil.example", False), ("evil.example:8000", False)),
        *(("localhost@evil.example", False), ("", False), ("[::1", False), ("localhost:0", False)),
        *(("localhost:x", False), ("localhost/x", False), ("192.168.1.20", False)),
    ],
)
def test_only_own_names_are_answered_to(service: Service, host: str, allowed: bool) -> None:
    """A name that somebody else points here (DNS rebinding) gets nothing, neither page nor reading."""
    client = make_app(service, own_names("127.0.0.1", ["desk.local"])).test_client()
    for path in ("/", "/api/models", "/nothing"):
        answer = client.get(path, headers={"Host": host})
        if allowed:
            assert answer.status_code in (200, 404)
        else:
            assert "not one that digitcam answers to" in sentence(answer, 403)


def test_names_that_a_server_has() -> None:
    """This machine's own, where it listens, and what was allowed; none that stands for every address."""
    assert own_names("127.0.0.1") == {"localhost", "127.0.0.1", "::1"}
    assert own_names("0.0.0.0", ["Desk.local."]) == {"localhost", "127.0.0.1", "::1", "desk.local"}
    assert "192.168.1.20" in own_names("192.168.1.20") and "::" not in own_names("::")
    assert host_name("[fe80::1]:80") == "fe80::1" and host_name("a:b:c") == ""


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        pytest.param({"Origin": "http://localhost:8000"}, True, id="own page"),
        pytest.param({"Origin": "https://localhost:8000"}, True, id="behind a proxy with HTTPS"),
        pytest.param({"Sec-Fetch-Site": "same-origin"}, True, id="own page in words"),
        pytest.param({"Sec-Fetch-Site": "none"}, True, id="typed"),
        pytest.param({}, True, id="no browser"),
        pytest.param({"Origin": "http://localhost:3000"}, False, id="another port"),
        pytest.param({"Origin": "http://evil.example"}, False, id="another site"),
        pytest.param({"Origin": "null"}, False, id="a sandbox"),
        pytest.param({"Origin": ""}, False, id="nothing"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, False, id="another site in words"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, False, id="another port in words"),
    ],
)
def test_other_sites_get_nothing(client: FlaskClient, page: bytes, headers: dict, allowed: bool) -> None:
    """A page elsewhere can make the browser send a form here; it is refused."""
    answer = post(client, {"image": (io.BytesIO(page), "x.png")}, headers=headers)
    if allowed:
        assert answer.status_code == 200
    else:
        assert "Requests from other sites are refused" in sentence(answer, 403)


def test_every_answer_carries_the_policy(client: FlaskClient, page: bytes) -> None:
    """Page, reading and error: no foreign script, no frame, no guessing of types; readings are not kept."""
    for answer in (client.get("/", base_url=LOCAL), post(client, page), post(client, b"")):
        assert answer.headers["Content-Security-Policy"] == POLICY and "unsafe" not in POLICY
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert post(client, page).headers["Cache-Control"] == "no-store"


def test_the_page_is_small_and_loads_nothing_from_elsewhere(client: FlaskClient) -> None:
    """All files of the page are under 200 KB together, name no other host, and have nothing inline."""
    total, seen, todo = 0, set(), ["/"]
    while todo:
        path = todo.pop()
        seen.add(path)
        answer = client.get(path, base_url=LOCAL)
        assert answer.status_code == 200, path
        total += len(answer.data)
        text = answer.text
        assert not re.findall(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[\w.-]+\.\w", text), path
        names = re.findall(r"""(?:src|href|from)[= ]["'](?:\./)?([\w.-]+\.(?:js|css|svg))["']""", text)
        todo += [f"/{name}" for name in names if f"/{name}" not in seen and f"/{name}" not in todo]
    assert len(seen) >= 12 and total < 200_000
    html = client.get("/", base_url=LOCAL).text
    assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=|<style", html)


def test_the_page_is_not_sent_again_while_it_is_the_same(client: FlaskClient) -> None:
    """A browser that has it is told so by its tag."""
    first = client.get("/style.css", base_url=LOCAL)
    again = client.get("/style.css", base_url=LOCAL, headers={"If-None-Match": first.headers["ETag"]})
    assert first.headers["Cache-Control"] == "no-cache" and again.status_code == 304 and again.data == b""


def test_films_of_many_pages_do_not_pile_up(page: bytes) -> None:
    """Of more pages than are remembered the one unused for longest begins anew."""
    from digitcam.types import Frame
    from digitcam.web.readers import Readers

    readers = Readers(open_model(find()), most_films=2)
    picture = draw_text("473 1")

    def read(name: str, time: float) -> int:
        return len(readers.read_frame(name, Frame(picture, 0, time, still=False)).digits)

    for number in range(4):
        read("a", number / 10)
    assert read("a", 0.5) == 4 and len(readers._films) == 1
    read("b", 0.0)
    assert read("a", 0.6) == 4
    read("c", 0.0)  # b goes
    assert set(readers._films) == {"a", "c"} and read("a", 0.7) == 4
