"""What the page is told of the network that reads: its maps are Keras' own, of what was picked, and why."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from functools import partial

import cv2
import keras
import numpy as np
import pytest

pytest.importorskip("flask", reason="flask is not installed: pip install '.[web]'")

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from digitcam.errors import UserError
from digitcam.inside.look import Inside
from digitcam.models import find
from digitcam.opening import open_model
from digitcam.web.app import make_app
from digitcam.web.guard import own_names
from digitcam.web.service import Service
from digitcam.weights_dir import find_weights
from tests.drawings import hash_sign
from tests.handwriting import draw_text

LOCAL = "http://localhost:8000"
WEIGHTS = find_weights() / "digits.keras"


def png(picture: np.ndarray) -> bytes:
    return cv2.imencode(".png", picture)[1].tobytes()


@pytest.fixture(scope="module")
def page() -> bytes:
    """Two numbers, and a sign that is no digit."""
    picture = draw_text("473 1")
    hash_sign(picture, 200, 390, 60)
    return png(picture)


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    service = Service(open_model(find()), open_inside=partial(Inside, WEIGHTS))
    yield make_app(service, own_names("127.0.0.1")).test_client()
    service.close()


@pytest.fixture(scope="module")
def network(client: FlaskClient) -> dict:
    """What is told of the network, once it is open."""
    return opened(client)


def opened(client: FlaskClient) -> dict:
    for _ in range(600):
        told = client.get("/api/inside", base_url=LOCAL).json
        if told["state"] != "loading":
            return told
        time.sleep(0.1)
    raise AssertionError("it is never open")


def look(client: FlaskClient, page: bytes, query: str = "") -> TestResponse:
    return client.post(f"/api/inside{query}", base_url=LOCAL, data=page)


def floats(packed: str, *shape: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed), "<f4").reshape(shape)


def sentence(answer: TestResponse, status: int) -> str:
    assert answer.status_code == status, answer.data
    return answer.json["error"]


def test_a_network_is_opened_when_it_is_asked_for() -> None:
    """Until then it is being loaded, which is begun once, and a look is refused with what to do."""
    calls = []

    def slow() -> Inside:
        calls.append(1)
        time.sleep(0.2)
        return Inside(WEIGHTS)

    service = Service(open_model(find()), open_inside=slow)
    client = make_app(service, own_names("127.0.0.1")).test_client()
    assert "ask for /api/inside" in sentence(look(client, png(draw_text("4"))), 409) and not calls
    assert client.get("/api/inside", base_url=LOCAL).json == {"state": "loading"}
    assert opened(client)["state"] == "ready" and calls == [1]
    service.close()


def test_what_cannot_be_looked_into_is_told() -> None:
    """A model of whole pictures has no layers; a file that Keras cannot read is named."""

    def refuse() -> Inside:
        raise UserError("mine.keras is no network of crops")

    faults = ((None, "There is no Keras file"), (refuse, "mine.keras is no network of crops."))
    for open_inside, words in faults:
        service = Service(open_model(find()), open_inside=open_inside)
        client = make_app(service, own_names("127.0.0.1")).test_client()
        for _ in range(100):
            answer = client.get("/api/inside", base_url=LOCAL)
            if answer.status_code != 200:
                break
            time.sleep(0.05)
        assert words in sentence(answer, 404)
        service.close()


def test_the_network_is_told_as_keras_has_it(network: dict) -> None:
    """Names of the outputs, and of each stage its maps, its weights and where it looks."""
    model = keras.saving.load_model(WEIGHTS, compile=False)
    assert network["names"] == [*"0123456789", "not a digit"]
    assert len(network["stages"]) >= 3
    for stage in network["stages"]:
        kernel = np.asarray(model.get_layer(stage["name"]).kernel)
        assert stage["kernel"]["shape"] == list(kernel.shape)
        assert np.array_equal(floats(stage["kernel"]["values"], *kernel.shape), kernel)
        assert stage["shape"][2] == kernel.shape[3] and stage["field"]["size"] >= 3


def test_a_look_has_keras_own_values(client: FlaskClient, network: dict, page: bytes) -> None:
    """Every map and the answer for the crop that was read, to 1e-4; what spoke adds up; why is said."""
    inside = Inside(WEIGHTS)
    model = keras.saving.load_model(WEIGHTS, compile=False)
    answer = look(client, page, "?crops=1").json
    told = answer["look"]
    largest = max(answer["digits"], key=lambda digit: digit["box"][2] * digit["box"][3])
    assert told["box"] == largest["box"] and told["input"] == largest["crop"] and not told["refused"]
    crop = np.frombuffer(base64.b64decode(told["input"]), np.uint8).reshape(1, 28, 28, 1).astype(np.float32)
    for stage, known, maps in zip(network["stages"], inside.stages, told["maps"], strict=True):
        alone = keras.Model(model.inputs, model.get_layer(known.shown).output)
        expected = alone.predict_on_batch(crop)[0]
        assert np.abs(floats(maps, *stage["shape"]) - expected).max() < 1e-4
    expected = model.predict_on_batch(crop)[0]
    assert np.abs(told["probabilities"] - expected).max() < 1e-4
    assert network["names"][told["answer"]] == largest["label"] and told["second"] != told["answer"]
    spoke = [floats(values, 28, 28) for values in told["spoke"]]
    assert all(np.abs(values).max() > 0 for values in spoke)
    assert told["why"][-1] == f"read as {largest['label']}"
    x, y, width, height = told["part"]
    assert x <= largest["box"][0] and x + width >= largest["box"][0] + largest["box"][2]
    ink = told["ink"]
    levels = np.frombuffer(base64.b64decode(ink["levels"]), np.uint8).reshape(ink["size"][::-1])
    assert levels.max() > 200 and levels.min() < 50
    assert answer["ms"]["look"] > 0 and answer["ms"]["total"] > 0


@pytest.mark.parametrize("film", ["", "&page=p1&time=0"])
def test_what_is_pointed_at_is_looked_at(client: FlaskClient, network: dict, page: bytes, film: str) -> None:
    """A point picks the digit there, and its box finds it again in the next picture, where it has moved."""
    digits = look(client, page).json["digits"]
    three = next(digit for digit in digits if digit["label"] == "3")
    x, y, width, height = three["box"]
    point = f"?point={x + width // 2},{y + height // 2}{film}"
    assert look(client, page, point).json["look"]["box"] == three["box"]
    moved = png(np.roll(cv2.imdecode(np.frombuffer(page, np.uint8), 1), 9, axis=1))
    again = look(client, moved, f"?box={x},{y},{width},{height}").json["look"]
    assert abs(again["box"][0] - x - 9) <= 2 and again["why"][-1] == "read as 3"


def test_what_was_refused_is_told_and_looked_at(client: FlaskClient, network: dict, page: bytes) -> None:
    """The sign is read as nothing; it is named among what was refused, and looked at it says why."""
    answer = look(client, page).json
    assert "".join(sorted(digit["label"] for digit in answer["digits"])) == "1347"
    refused = answer["refused"]
    assert refused and all(abs(x + w / 2 - 200) < 80 and abs(y + h / 2 - 390) < 80 for x, y, w, h in refused)
    box = ",".join(map(str, refused[0]))
    told = look(client, page, f"?box={box}&refused=1").json["look"]
    assert told["refused"] and told["box"] == refused[0]
    assert told["why"] and not told["why"][-1].startswith("read as")


def test_empty_paper_has_nothing_to_look_at(client: FlaskClient, network: dict) -> None:
    """There is no look where no digit was read."""
    answer = look(client, png(np.full((200, 300, 3), 255, np.uint8))).json
    assert answer["look"] is None and answer["digits"] == [] and answer["refused"] == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?point=1", "`point` must be x,y in whole pixels."),
        ("?point=1,x", "`point` must be x,y in whole pixels."),
        ("?box=1,2,3", "`box` must be x,y,width,height in whole pixels."),
        ("?box=1,2,3,1e9", "`box` must be x,y,width,height in whole pixels."),
        ("?box=1,2,3,99999999999", "`box` must be x,y,width,height in whole pixels."),
        ("?box=0,0,0,0", "`box` must have a width and a height of 1 at least."),
        ("?box=5,5,9,-1", "`box` must have a width and a height of 1 at least."),
        ("?refused=yes", "`refused` must be 0 or 1."),
    ],
)
def test_what_makes_no_sense_is_refused(
    client: FlaskClient, network: dict, page: bytes, query: str, words: str
) -> None:
    """With 400 and a sentence that says what is expected."""
    assert sentence(look(client, page, query), 400) == words
