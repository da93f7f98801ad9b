"""Networks of whole frames: what they are shown, what they say, and how that stays steady over a film."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.models import WHOLE_FRAME, find
from digitcam.opening import open_model
from digitcam.types import Box, Frame
from digitcam.whole.convention import Convention, prepare
from digitcam.whole.network import WholeNetwork, as_probabilities, run_litert, usual_convention
from digitcam.whole.reader import WholeReader
from digitcam.whole.steadying import LONGEST_GAP, Steadying
from tests.needs import need_data

COLOURS = ("blue", "green", "red")


def colour_network(convention: Convention | None = None) -> WholeNetwork:
    """Three classes: how much blue, green and red a frame of 8×6 has."""
    convention = convention or Convention(8, 6, "BGR", (1 / 255,) * 3)

    def run(frame: np.ndarray) -> np.ndarray:
        assert frame.shape == (6, 8, 3) and frame.dtype == np.float32
        sums = frame.mean((0, 1))
        return sums / max(sums.sum(), 1e-6)

    return WholeNetwork(Path("colours.tflite"), run, (1, 6, 8, 3), False, 3, COLOURS, convention)


def flat(*level: int, size: tuple[int, int] = (64, 48)) -> np.ndarray:
    return np.full((size[1], size[0], 3), level, np.uint8)


def test_a_frame_is_prepared_as_the_convention_says() -> None:
    """Size, order of colours, scale and shift of each; the whole frame is squeezed into it."""
    image = np.zeros((40, 100, 3), np.uint8)
    image[:, :50] = (10, 20, 30)
    image[:, 50:] = (200, 100, 50)
    rgb = prepare(image, Convention(4, 2, "RGB", (1.0, 2.0, 0.5), (0.0, -1.0, 5.0)))
    assert rgb.shape == (2, 4, 3) and rgb.dtype == np.float32
    assert rgb[0, 0].tolist() == [30, 39, 10] and rgb[1, 3].tolist() == [50, 199, 105]
    bgr = prepare(image, Convention(4, 2, "BGR"))
    assert bgr[0, 0].tolist() == [10, 20, 30]


def test_a_record_keeps_a_convention() -> None:
    """What is written is read back; what says too little is refused with the record's name."""
    convention = Convention(299, 224, "BGR", (0.5, 1.0, 2.0), (-1.0, 0.0, 3.0))
    assert Convention.of(json.loads(json.dumps(convention.to_json())), "x.json") == convention
    for damaged in ({}, {**convention.to_json(), "colours": "RBG"}, {**convention.to_json(), "size": [1]}, 3):
        with pytest.raises(UserError, match="^x.json does not say how frames are prepared"):
            Convention.of(damaged, "x.json")


def test_the_likeliest_names_are_told_in_order() -> None:
    """At most five, with their probabilities; those below the asked confidence are left out."""
    reading = WholeReader(colour_network()).read(flat(60, 20, 120))
    assert [named.label for named in reading.classes or ()] == ["red", "blue", "green"]
    assert [round(named.confidence, 2) for named in reading.classes or ()] == [0.6, 0.3, 0.1]
    assert reading.digits == () and set(reading.ms) == {"classify", "total"}
    least = WholeReader(colour_network(), conf=0.5).read(flat(60, 20, 120))
    assert [named.label for named in least.classes or ()] == ["red"]
    assert reading.to_json()["classes"][0] == {"label": "red", "confidence": 0.6}  # type: ignore[index]


def test_a_part_of_the_frame_is_looked_at_where_it_is_asked_for() -> None:
    """Also where that reaches beyond the edge."""
    image = flat(255, 0, 0)
    image[24:, 32:] = (0, 0, 255)
    for roi in (Box(32, 24, 32, 24), Box(40, 30, 500, 500)):
        reading = WholeReader(colour_network(), roi=roi).read(image)
        assert (reading.classes or ())[0].label == "red"


def test_a_film_is_steady_and_a_picture_is_as_it_is() -> None:
    """One odd frame changes the mean a little; stills and readers that are told so take each by itself."""
    steady, alone = WholeReader(colour_network()), WholeReader(colour_network(), steady=False)
    said: dict[str, list[str]] = {"steady": [], "alone": [], "still": []}
    for number in range(12):
        image = flat(0, 0, 250) if number == 8 else flat(250, 0, 0)
        frame = Frame(image, number, number / 30, still=False)
        said["steady"].append((steady.read(frame).classes or ())[0].label)
        said["alone"].append((alone.read(frame).classes or ())[0].label)
        said["still"].append((steady.read(image).classes or ())[0].label)
    assert said["steady"] == ["blue"] * 12
    assert said["alone"] == said["still"] == ["blue"] * 8 + ["red"] + ["blue"] * 3


def test_the_mean_forgets_with_time_and_begins_anew() -> None:
    """What lasts longer weighs more; a gap, another size or an earlier time begin it anew."""
    fast, slow = Steadying(), Steadying()
    for number in range(5):
        quick = fast.add(np.array([float(number > 0)]), number / 100, (8, 6))
        late = slow.add(np.array([float(number > 0)]), number / 5, (8, 6))
    assert 0.05 < quick[0] < 0.2 < 0.8 < late[0]
    for time, size in ((1.0 + LONGEST_GAP, (8, 6)), (0.9, (9, 6)), (0.1, (9, 6))):
        assert slow.add(np.array([0.25]), time, size)[0] == 0.25
        slow.add(np.array([0.75]), time, size)


def test_logits_and_rounded_answers_become_probabilities() -> None:
    """What eight bits have rounded up or down stays what it is; anything else goes through a softmax."""
    assert as_probabilities(np.array([0.5, 0.55], np.float32)) == pytest.approx([0.476, 0.524], abs=1e-3)
    doubt = np.array([0.004] * 40 + [0.0] * 900, np.float32)
    assert as_probabilities(doubt).tolist() == doubt.tolist()
    assert as_probabilities(np.array([2.0, 0.0], np.float32)) == pytest.approx([0.881, 0.119], abs=1e-3)
    assert as_probabilities(np.array([-900.0, 900.0], np.float32)).tolist() == [0, 1]


def test_files_without_a_record_are_shown_what_is_usual() -> None:
    """Whole numbers as they are, floating-point ones from -1 to 1."""
    image = flat(255, 127, 0)
    assert prepare(image, usual_convention(4, 4, True))[0, 0].tolist() == [0, 127, 255]
    assert prepare(image, usual_convention(4, 4, False))[0, 0] == pytest.approx([-1, -0.004, 1], abs=1e-3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"taken": (1, 28, 28, 1)}, "does not take whole frames: .* received 1×28×28×1"),
        ({"taken": (1, 0, 0, 3)}, "does not take whole frames: expected an input of 1×H×W×3, received 1×N"),
        ({"outputs": 4}, "has 4 outputs, and 3 classes are named for it"),
        ({"convention": Convention(9, 9)}, "takes frames of 8×6, its record says 9×9"),
    ],
)
def test_networks_that_do_not_fit_are_refused(change: dict, message: str) -> None:
    """The line names the file, what is expected and what is there."""
    options = {"taken": (1, 6, 8, 3), "outputs": 3, "convention": None, **change}
    with pytest.raises(UserError, match=f"^m.tflite {message}"):
        WholeNetwork(Path("m.tflite"), lambda frame: frame, whole=True, classes=COLOURS, **options)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Keras model of whole frames with its record and without a twin: which colour a frame has most of."""
    import keras

    inputs = keras.Input((6, 8, 3))
    means = keras.layers.GlobalAveragePooling2D()(inputs)
    outputs = keras.layers.Softmax()(means)
    path = tmp_path_factory.mktemp("whole") / "model.keras"
    keras.Model(inputs, outputs).save(path)
    frame = Convention(8, 6, "RGB", (1 / 16,) * 3).to_json()
    record = {"input": WHOLE_FRAME, "classes": ["red", "green", "blue"], "frame": frame}
    path.with_suffix(".json").write_text(json.dumps(record))
    return path


def test_a_keras_model_runs_without_a_twin_and_its_twin_says_the_same(saved: Path, tmp_path: Path) -> None:
    """Both behind the same door; a twin of another model is refused."""
    from digitcam.keras_door import load_keras_model
    from digitcam.whole.applications import write

    image = flat(20, 120, 60)
    keras_says = open_model(find(saved)).reader().read(image).classes
    twin = tmp_path / "alone.tflite"
    write(load_keras_model(saved), Convention(8, 6, "RGB", (1 / 16,) * 3), ["red", "green", "blue"], twin)
    litert_says = open_model(find(twin)).reader().read(image).classes
    assert keras_says is not None and litert_says is not None
    assert [named.label for named in keras_says] == ["green", "red", "blue"]
    assert [named.label for named in litert_says] == ["green", "red", "blue"]
    for one, other in zip(keras_says, litert_says, strict=True):
        assert one.confidence == pytest.approx(other.confidence, abs=1e-5)
    saved.with_suffix(".tflite").write_bytes(twin.read_bytes())
    with pytest.raises(UserError, match="was not made from .* makes it anew$"):
        open_model(find(saved))
    saved.with_suffix(".tflite").unlink()


def write_labels(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


FAULTS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "empty": (lambda folder: write_labels(folder / "l.txt", ""), "is no list of labels"),
    "a gap": (lambda folder: write_labels(folder / "l.txt", "a\n\nb"), "is no list of labels"),
    "no text": (lambda folder: write_labels(folder / "l.txt", b"\xff\xfe"), "cannot be read as a list of"),
    "missing": (lambda folder: folder / "none.txt", "cannot be read as a list of labels"),
    "too few": (lambda folder: write_labels(folder / "l.txt", "a\nb\n"), "2 classes are named for it"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_labels_that_do_not_fit_are_refused(saved: Path, tmp_path: Path, fault: str) -> None:
    """One line that names the file."""
    make, message = FAULTS[fault]
    with pytest.raises(UserError, match=message):
        open_model(find(saved, make(tmp_path)))


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (b"{", "model.json, the record of .*model.keras, cannot be read"),
        (b"[]", "model.json is no record of"),
        (b'{"classes": "abc"}', "model.json names no classes of"),
        (b'{"classes": ["a", "a"]}', "model.json names no classes of"),
        (b'{"input": "whole frame"}', "model.keras does not say what it tells apart: give --labels"),
        (b'{"input": "whole frame", "classes": ["a", "b", "c"], "frame": {}}', "does not say how frames"),
        (b'{"input": "whole frame", "classes": ["a", "b"]}', "has 3 outputs, and 2 classes are named"),
    ],
)
def test_records_that_do_not_fit_are_told(saved: Path, tmp_path: Path, record: bytes, message: str) -> None:
    """One line that names the record, or the model."""
    path = tmp_path / "model.keras"
    path.write_bytes(saved.read_bytes())
    path.with_suffix(".json").write_bytes(record)
    with pytest.raises(UserError, match=message):
        open_model(find(path))


def test_what_is_no_litert_file_is_refused(tmp_path: Path) -> None:
    """With labels or without; nor is a network of several inputs a classifier."""
    (tmp_path / "bad.tflite").write_bytes(b"something else")
    labels = write_labels(tmp_path / "l.txt", "a\n")
    with pytest.raises(UserError, match="bad.tflite is not a LiteRT model"):
        open_model(find(tmp_path / "bad.tflite", labels))
    with pytest.raises(UserError, match="bad.tflite does not say what it tells apart"):
        open_model(find(tmp_path / "bad.tflite"))


# Photographs, and a word of the name that must be among the five likeliest.
PHOTOGRAPHS = {
    "cat.bmp": "cat",
    "bird.bmp": "chickadee",
    "parrot.jpg": "macaw",
    "dragonfly.bmp": "dragonfly",
    "hot_dog.jpg": "hotdog",
    "grace_hopper.bmp": "military uniform",
}


def test_a_real_network_names_real_photographs() -> None:
    """A quantised MobileNetV2 has the right name among the likeliest five of each of six photographs."""
    folder = need_data("imagenet") / "imagenet"
    path = folder / "mobilenet_v2_1.0_224_quant.tflite"
    reader = open_model(find(path, folder / "imagenet_labels.txt")).reader()
    for name, word in PHOTOGRAPHS.items():
        classes = reader.read(cv2.imread(str(folder / name))).classes
        assert classes is not None and len(classes) == 5
        assert any(word in named.label for named in classes), (name, classes)
        assert classes[0].confidence > 0.5
    _, taken, whole, outputs = run_litert(path)
    assert (taken, whole, outputs) == ((1, 224, 224, 3), True, 1001)
