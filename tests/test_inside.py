"""A look inside a network: its maps are Keras' own, patches are where maps look, pixels speak for answers."""

from __future__ import annotations

from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.inside.field import WHOLE, Field, padding_before
from digitcam.inside.layout import Place, lay_out
from digitcam.inside.look import Inside, Look
from digitcam.inside.paint import AGAINST, FOR, as_heat, as_signed, mosaic
from digitcam.inside.picture import Around, draw_look, strongest
from digitcam.inside.stages import CONVOLUTION, POOLING, stages_of
from digitcam.inside.view import LayersView
from digitcam.training import bodies
from digitcam.training.architectures import ARCHITECTURES
from digitcam.types import Named, Reading
from digitcam.weights_dir import find_weights
from digitcam.whole.convention import Convention, prepare
from tests.drawings import paper, ring

NAMES = (*"0123456789", "not a digit")


def a_nought() -> np.ndarray:
    image = paper(28, 28, 0)
    ring(image, 14, 14, 7, 3, 255)
    return image[..., 0]


@pytest.fixture(scope="module")
def inside() -> Inside:
    return Inside(find_weights() / "digits.keras")


@pytest.fixture(scope="module")
def look(inside: Inside) -> Look:
    return inside.look(a_nought())


@pytest.mark.parametrize("name", ["digits.keras", "classic.keras"])
def test_what_is_shown_is_what_keras_computes(name: str) -> None:
    """Every map, the features and the answer, to 1e-4, against each layer asked for by itself."""
    path = find_weights() / name
    model = keras.saving.load_model(path, compile=False)
    inside = Inside(path)
    crop = a_nought()
    look = inside.look(crop)
    batch = crop[None, ..., None].astype(np.float32)
    assert len(look.maps) == len(inside.stages) >= 3
    for stage, maps in zip(inside.stages, look.maps, strict=True):
        alone = keras.Model(model.inputs, model.get_layer(stage.shown).output)
        expected = alone.predict_on_batch(batch)[0]
        assert maps.shape == stage.shape and np.abs(maps - expected).max() < 1e-4
        if stage.kernel is not None:
            assert np.array_equal(stage.kernel, np.asarray(model.get_layer(stage.name).kernel))
    assert np.abs(look.probabilities - model.predict_on_batch(batch)[0]).max() < 1e-4
    assert NAMES[look.answer] == "0" and look.second != look.answer
    features = keras.Model(model.inputs, model.layers[-1].input).predict_on_batch(batch)[0]
    assert np.abs(look.features - features).max() < 1e-4


@pytest.mark.parametrize("name", sorted(ARCHITECTURES))
def test_every_network_that_is_trained_can_be_walked(name: str) -> None:
    """By its layers, whatever they are called; one without convolutions has no stages."""
    model = ARCHITECTURES[name](11)
    stages = stages_of(model)
    kinds = [stage.kind for stage in stages]
    found = [type(layer).__name__ for layer in model.layers]
    assert kinds.count(CONVOLUTION) == found.count("Conv2D")
    assert kinds.count(POOLING) == found.count("MaxPooling2D")
    assert (name == "mlp") == (not stages)
    for stage in stages:
        assert tuple(model.get_layer(stage.shown).output.shape[1:]) == stage.shape


def test_a_pooling_stands_beside_the_maps_before_it() -> None:
    """The maps of the convolution are those before pooling; what follows a stage belongs to it."""
    stages = stages_of(ARCHITECTURES["classic"](10))
    assert [stage.shape for stage in stages] == [(26, 26, 32), (24, 24, 64), (12, 12, 64)]
    assert stages[1].kernel is not None and stages[2].kernel is None


def test_a_map_looks_where_its_weights_reach() -> None:
    """A pixel changes the places of a map whose patch it lies in, and no others."""
    rng = np.random.default_rng(0)
    inputs = keras.Input((28, 28, 1))
    x = keras.layers.Conv2D(2, 3, strides=2, padding="same")(inputs)
    x = keras.layers.MaxPooling2D(2)(x)
    x = keras.layers.Conv2D(3, 3, padding="same", dilation_rate=2)(x)
    outputs = keras.layers.Conv2D(2, 2)(x)
    model = keras.Model(inputs, outputs)
    (stage,) = stages_of(model)[-1:]
    before = rng.normal(size=(1, 28, 28, 1)).astype(np.float32)
    for row, column in ((0, 0), (2, 3), (5, 5), (4, 1)):
        x0, y0, wide, high = stage.field.patch(row, column, 28)
        outside = before.copy()
        outside[0] += 5
        outside[0, y0 : y0 + high, x0 : x0 + wide] = before[0, y0 : y0 + high, x0 : x0 + wide]
        first, second = (model.predict_on_batch(each)[0, row, column] for each in (before, outside))
        assert np.allclose(first, second, atol=1e-4), "nothing outside of the patch counts"
    assert WHOLE.through(3, 2, 0) == Field(3, 2, 0) and padding_before(28, 3, 2, "same") == 0
    assert padding_before(14, 3, 1, "same") == 1 and padding_before(14, 3, 1, "valid") == 0


def test_the_pixels_together_speak_for_the_whole_score(inside: Inside, look: Look) -> None:
    """What speaks for a class adds up to its score less that of an empty crop; no ink says nothing."""
    model = keras.saving.load_model(find_weights() / "digits.keras", compile=False)
    before = keras.Model(model.inputs, model.layers[-1].input)
    kernel, bias = (np.asarray(weights) for weights in model.layers[-1].get_weights())
    crops = np.stack([a_nought(), np.zeros((28, 28), np.uint8)])[..., None].astype(np.float32)
    scores = before.predict_on_batch(crops) @ kernel + bias
    for place, spoke in zip((look.answer, look.second), look.spoke, strict=True):
        assert spoke.shape == (28, 28) and not spoke[look.shown == 0].any()
        difference = float(scores[0, place] - scores[1, place])
        assert abs(float(spoke.sum()) - difference) < 0.15 * max(1.0, np.abs(spoke).sum())
    assert look.spoke[0].sum() > look.spoke[1].sum()


def test_a_network_of_whole_frames_is_refused(tmp_path: Path) -> None:
    """In one line that says what was expected."""
    inputs = keras.Input((32, 32, 3))
    path = tmp_path / "frames.keras"
    keras.Model(inputs, keras.layers.Flatten()(inputs)).save(path)
    with pytest.raises(UserError, match="frames.keras is no network of crops: expected an input of 28×28×1"):
        Inside(path)


def test_a_place_behind_a_shortcut_looks_where_both_ways_lead() -> None:
    """A shortcut with a stride and weights of its own does not count twice."""
    inputs = keras.Input((28, 28, 1))
    x = keras.layers.Conv2D(4, 3, padding="same")(inputs)
    y = keras.layers.Conv2D(4, 3, strides=2, padding="same")(x)
    y = keras.layers.Conv2D(4, 3, padding="same")(y)
    shortcut = keras.layers.Conv2D(4, 1, strides=2, padding="same")(x)
    outputs = keras.layers.Conv2D(2, 1)(keras.layers.add([y, shortcut]))
    stages = stages_of(keras.Model(inputs, outputs))
    assert stages[-1].field.step == 2
    # Two windows of 3 behind each other at a stride of 1, the second at one of 2, and one of 3 before them.
    assert stages[-1].field.size == 3 + 2 + 4


def save_frames_network(path: Path, model: keras.Model) -> Convention:
    model.save(path)
    return Convention(model.input_shape[2], model.input_shape[1])


@pytest.fixture(scope="module")
def frame() -> np.ndarray:
    """A photograph's worth of colours, H×W×3 uint8, BGR."""
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (9, 16, 3), np.uint8)
    return cv2.resize(small, (640, 360), interpolation=cv2.INTER_CUBIC)


def test_a_network_of_whole_frames_is_looked_into(tmp_path: Path, frame: np.ndarray) -> None:
    """The one that train.py makes from scratch: Keras' own values; what its last maps say adds up."""
    model = bodies.small(3)
    convention = save_frames_network(tmp_path / "frames.keras", model)
    inside = Inside(tmp_path / "frames.keras", convention)
    look = inside.look(frame)
    assert look.shown.shape == (96, 96, 3) and len(inside.stages) == 8
    assert np.abs(look.shown.mean((0, 1)) - frame.mean((0, 1))).max() < 2, "blue first, as frames are"
    batch = prepare(frame, convention)[None]
    for stage, maps in zip(inside.stages, look.maps, strict=True):
        alone = keras.Model(model.inputs, model.get_layer(stage.shown).output)
        assert np.abs(maps - alone.predict_on_batch(batch)[0]).max() < 1e-4
    assert np.abs(look.probabilities - model.predict_on_batch(batch)[0]).max() < 1e-4
    # Behind the last maps stand their means and one dense layer, so that Grad-CAM is known.
    weights = model.layers[-1].get_weights()[0]
    last = look.maps[-1]
    for place, spoke in zip((look.answer, look.second), look.spoke, strict=True):
        cam = (last * weights[:, place]).sum(-1) / (last.shape[0] * last.shape[1])
        assert spoke.shape == (96, 96)
        assert np.abs(spoke - cv2.resize(cam, (96, 96), interpolation=cv2.INTER_LINEAR)).max() < 1e-4


def test_a_network_upon_a_body_is_looked_into(tmp_path: Path, frame: np.ndarray) -> None:
    """Of each size of the body's maps the last convolution, with Keras' values; the answer is the model's."""
    model = bodies.transferred("MobileNetV2", 4, weights=None)
    convention = save_frames_network(tmp_path / "frames.keras", model)
    inside = Inside(tmp_path / "frames.keras", convention)
    look = inside.look(frame)
    assert [stage.shape[:2] for stage in inside.stages] == [(side, side) for side in (112, 56, 28, 14, 7)]
    batch = prepare(frame, convention)[None]
    before, body = model.layers[1], bodies.body_of(model)
    for stage, maps in zip(inside.stages, look.maps, strict=True):
        alone = keras.Model(body.inputs, body.get_layer(stage.shown).output)
        assert np.abs(maps - np.asarray(alone(before(batch), training=False))[0]).max() < 1e-4
    assert np.abs(look.probabilities - model.predict_on_batch(batch)[0]).max() < 1e-4
    assert look.features.shape == (1280,) and look.spoke[0].shape == (224, 224)
    assert np.abs(look.spoke[0]).max() > 0


def test_a_network_of_frames_is_drawn(tmp_path: Path, frame: np.ndarray) -> None:
    """By the view: the whole frame is looked at as it was read, whatever size it is shown at."""
    convention = save_frames_network(tmp_path / "frames.keras", bodies.small(3))
    inside = Inside(tmp_path / "frames.keras", convention)
    view = LayersView(lambda: inside, ("red", "green", "blue"))
    named = Reading("", 0, 0.0, (1280, 720), (), classes=(Named("red", 0.9),))
    larger = cv2.resize(frame, (1280, 720))
    view.picture(larger, named, frame)
    view.close()
    shown = view.picture(larger, named, frame)
    assert shown.shape == (720, 1280, 3)
    assert view._look is not None and np.array_equal(view._look.shown, inside.look(frame).shown)


def test_numbers_become_colours() -> None:
    """The greatest is the brightest; above 0 one colour, below another, 0 the ground; maps in rows."""
    heat = as_heat(np.array([[0.0, 0.5, 1.0]], np.float32)).astype(int)
    assert heat[0, 0].sum() < heat[0, 1].sum() < heat[0, 2].sum()
    signed = as_signed(np.array([[1.0, -1.0, 0.0]], np.float32))
    assert np.abs(signed[0, :2] - np.stack([FOR, AGAINST])).max() <= 1 and (signed[0, 2] == 40).all()
    maps = np.arange(12, dtype=np.float32).reshape(1, 2, 6)
    cells = mosaic(maps, 4, gap=1, ground=-1)
    assert cells.shape == (4, 12)
    assert cells[0].tolist() == [0, 6, -1, 1, 7, -1, 2, 8, -1, 3, 9, -1]
    assert cells[2].tolist() == [4, 10, -1, 5, 11, *[-1] * 7] and (cells[1::2] == -1).all()


@pytest.mark.parametrize("size", [(1280, 720), (960, 720), (640, 640), (1600, 900), (720, 1280)])
def test_every_map_has_a_place_of_its_own(inside: Inside, size: tuple[int, int]) -> None:
    """That is found again from a point in it, inside of the picture."""
    layout = lay_out(inside.stages, *size)
    for number, stage in enumerate(inside.stages):
        for which in (0, 1, stage.shape[2] // 2, stage.shape[2] - 1):
            cell = layout.cell(Place(number, which))
            assert cell.right <= size[0] and cell.bottom <= size[1] and cell.width >= 2
            assert layout.at(cell.x + cell.width // 2, cell.y + cell.height // 2) == Place(number, which)
    assert layout.at(2, 2) is None and layout.at(size[0] - 1, 1) is None
    for box in (*layout.tiles, layout.large, layout.kernel, layout.seen, layout.features, layout.bars):
        assert box.x >= 0 and box.right <= size[0] and box.y >= 0 and box.bottom <= size[1]


def test_a_look_is_drawn(inside: Inside, look: Look) -> None:
    """Input, maps, bars; another map that is chosen is enlarged, and changes its own places alone."""
    size = (1280, 720)
    layout = lay_out(inside.stages, *size)
    around = Around(paper(640, 360), paper(60, 60), np.zeros((50, 50), np.uint8))
    first = draw_look(size, layout, inside.stages, look, NAMES, around, None)
    again = draw_look(size, layout, inside.stages, look, NAMES, around, strongest(look))
    other = draw_look(size, layout, inside.stages, look, NAMES, around, Place(0, 5))
    assert np.array_equal(first, again) and first.shape == (720, 1280, 3)
    tile = layout.tiles[2]
    shown = first[tile.y : tile.bottom, tile.x : tile.right]
    assert (shown[tile.height // 2, tile.width // 2] == 0).all() and shown.max() == 255
    changed = (first != other).any(2)
    assert changed[layout.large.y : layout.large.bottom, layout.large.x : layout.large.right].any()
    for box in (layout.bars, layout.features, *layout.tiles):
        assert not changed[box.y : box.bottom, box.x : box.right].any()
