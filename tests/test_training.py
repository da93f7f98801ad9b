"""A training ends the same with stops and without, loses an epoch at most, and tells what it did."""

from __future__ import annotations

import json
import signal
import sys
import weakref
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from digitcam.errors import UserError
from digitcam.training import checkpoint, fit
from digitcam.training.augment import Strength
from digitcam.training.recipes import RECIPES, Recipe, fast
from digitcam.training.run import train
from digitcam.training.settings import Run
from digitcam.twin import file_sha256
from tests.training_samples import COUNTS, PLAIN, digits, save_network, use_tiny_mnist

# On one machine with one number of threads the sums are taken in one order, so equal seeds give equal
# weights to the bit; the tolerance leaves room for a library that shares work out by the clock.
SAME = 1e-6

MIXED = Recipe(
    "mlp",
    epochs=2,
    samples=64,
    batch_size=16,
    learning_rate=2e-3,
    weight_decay=0.01,
    average=0.999,
    cosine=True,
    strength=Strength(),
    everything=True,
)


@pytest.fixture(autouse=True)
def tiny_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    use_tiny_mnist(monkeypatch)


def weights(folder: Path) -> list[np.ndarray]:
    return keras.saving.load_model(folder / "model.keras").get_weights()


def distance(first: list[np.ndarray], second: list[np.ndarray]) -> float:
    return max(float(np.abs(a - b).max()) for a, b in zip(first, second, strict=True))


def stop_after_first_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Break a training off when its first checkpoint has been written, as Ctrl-C would."""
    finish = checkpoint.Checkpoint.on_epoch_end

    def stop(self, epoch, logs=None):  # type: ignore[no-untyped-def]
        finish(self, epoch, logs)
        raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint.Checkpoint, "on_epoch_end", stop)


@pytest.mark.parametrize(
    "recipe",
    [replace(PLAIN, architecture="classic", batch_size=40), MIXED],
    ids=["plain with dropout", "mixture with average"],
)
def test_a_resumed_training_ends_where_a_straight_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recipe: Recipe
) -> None:
    """One epoch, a stop and one more give the weights of two: order, dropout, rate and average go on."""
    monkeypatch.setattr(fit, "AVERAGED_SHARE", 2)  # else so short a training would average nothing
    straight = Run(recipe, tmp_path / "straight", tmp_path, seed=3)
    record = train(straight)
    stopped = replace(straight, folder=tmp_path / "stopped")
    with monkeypatch.context() as patch:
        stop_after_first_epoch(patch)
        with pytest.raises(KeyboardInterrupt):
            train(stopped)
    assert not (stopped.folder / "model.keras").exists()
    resumed = train(replace(stopped, resume=True))
    assert distance(weights(straight.folder), weights(stopped.folder)) <= SAME
    assert resumed["measured"]["test_accuracy"] == record["measured"]["test_accuracy"]
    histories = [json.loads((run.folder / "history.json").read_text()) for run in (straight, stopped)]
    assert [[e["epoch"] for e in history] for history in histories] == [[1, 2], [1, 2]]
    assert histories[0][1]["loss"] == pytest.approx(histories[1][1]["loss"], abs=1e-5)


def test_what_a_teacher_believes_is_learnt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pupil of a teacher that calls all a 7 does so too, with a stop and without one alike."""
    path = save_network(tmp_path / "teacher.keras", classes=11)
    sevens = keras.saving.load_model(path)
    sevens.layers[-1].set_weights([np.zeros((784, 11)), 9.0 * np.eye(11)[7]])
    sevens.save(path)
    recipe = replace(MIXED, epochs=4, average=0.0, shares={"spoiled": 0.5})
    straight = Run(recipe, tmp_path / "straight", tmp_path, seed=3, teacher=path)
    record = train(straight)
    assert {part["name"]: part.get("share") for part in record["data"]}["spoiled"] == 0.5
    model = keras.saving.load_model(straight.folder / "model.keras")
    assert (fit.predict(model, digits(40)[0]).argmax(1) == 7).all()
    stopped = replace(straight, folder=tmp_path / "stopped")
    with monkeypatch.context() as patch:
        stop_after_first_epoch(patch)
        with pytest.raises(KeyboardInterrupt):
            train(stopped)
    train(replace(stopped, resume=True))
    assert distance(weights(straight.folder), weights(stopped.folder)) <= SAME


def test_a_teacher_of_other_classes_is_refused(tmp_path: Path) -> None:
    """A model that does not know "not a digit" cannot teach one that shall, and no folder is left."""
    run = Run(MIXED, tmp_path / "run", tmp_path, seed=3, teacher=save_network(tmp_path / "ten.keras"))
    with pytest.raises(
        UserError, match="ten.keras cannot teach mlp: expected a model of 11 classes, received 10"
    ):
        train(run)
    assert not run.folder.exists()


def test_the_seed_decides_the_result(tmp_path: Path) -> None:
    """The same seed gives the same weights, another seed others; resuming what is done changes nothing."""
    runs = [Run(PLAIN, tmp_path / str(n), tmp_path, seed) for n, seed in enumerate((0, 0, 1))]
    for run in runs:
        train(run)
    first, again, other = (weights(run.folder) for run in runs)
    assert distance(first, again) <= SAME
    assert distance(first, other) > 0.01
    train(replace(runs[0], resume=True))
    assert distance(first, weights(runs[0].folder)) <= SAME


def test_a_history_ahead_of_its_checkpoint_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill between the two files of an epoch leaves a history that is one ahead: it is done again."""
    run = Run(PLAIN, tmp_path / "run", tmp_path, seed=3)
    with monkeypatch.context() as patch:
        stop_after_first_epoch(patch)
        with pytest.raises(KeyboardInterrupt):
            train(run)
    path = run.folder / "history.json"
    entries = json.loads(path.read_text())
    path.write_text(json.dumps([*entries, {**entries[0], "epoch": 2}]))
    found = checkpoint.load_checkpoint(run.folder, steps=-(-110 // PLAIN.batch_size))
    assert found is not None and [entry["epoch"] for entry in found[0]] == [1]
    (run.folder / "checkpoint.keras").write_bytes(b"damaged")
    with pytest.raises(UserError, match="the run in .* cannot be taken up .*: begin anew in another"):
        checkpoint.load_checkpoint(run.folder, steps=7)


def test_the_record_says_what_the_model_is(tmp_path: Path) -> None:
    """Classes, size, settings, data with hashes, versions, command, measured accuracy, the file's hash."""
    run = Run(MIXED, tmp_path / "run", tmp_path, seed=5, command="train.py --seed 5")
    record = train(run)
    assert json.loads((run.folder / "model.json").read_text(encoding="utf-8")) == record
    assert record["classes"] == [*"0123456789", "not a digit"]
    assert record["sha256"] == file_sha256(run.folder / "model.keras")
    assert record["command"] == "train.py --seed 5" and record["settings"]["seed"] == 5
    assert record["settings"] == json.loads((run.folder / "settings.json").read_text())
    assert {entry["name"] for entry in record["data"]} == {"mnist", "spoiled", "validation", "test"}
    assert all(len(entry["sha256"]) == 64 for entry in record["data"])
    assert record["versions"]["backend"].startswith(keras.backend.backend())
    low, high = record["measured"]["test_interval_95"]
    assert low <= record["measured"]["test_accuracy"] <= high
    model = keras.saving.load_model(run.folder / "model.keras")
    assert model.count_params() == record["weights"] and getattr(model, "optimizer", None) is None
    images, labels = digits(COUNTS["test"], seed=len("test"))
    right = (fit.predict(model, images)[:, :10].argmax(1) == labels).mean()
    assert right == record["measured"]["test_accuracy"]


def test_the_history_has_an_entry_for_each_epoch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Loss, accuracies, learning rate and seconds, and a line for each epoch with the time left."""
    run = Run(PLAIN, tmp_path / "run", tmp_path, seed=0)
    train(run)
    history = json.loads((run.folder / "history.json").read_text())
    assert [entry["epoch"] for entry in history] == [1, 2]
    for entry in history:
        assert {"loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds"} <= set(entry)
    assert history[0]["learning_rate"] > history[1]["learning_rate"]
    err = capsys.readouterr().err
    assert "epoch 2/2  loss" in err and "min left" in err and "118,282 weights" in err


def test_a_loss_that_is_no_number_stops_the_training(tmp_path: Path) -> None:
    """A learning rate beyond all bounds is told after the first epoch, and no checkpoint of it is kept."""
    run = Run(replace(PLAIN, learning_rate=1e30, cosine=False), tmp_path / "run", tmp_path, seed=0)
    with pytest.raises(UserError, match="loss of epoch 1 is no number any more, which a lower --learn"):
        train(run)
    assert not (run.folder / "checkpoint.keras").exists()


def test_no_interrupt_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python drops what a handler raises in a weak reference's callback: the training stops all the same."""

    class Referred:
        pass

    dropped = []
    monkeypatch.setattr(sys, "unraisablehook", lambda fault: dropped.append(fault.exc_type))
    begin = checkpoint.Checkpoint.on_epoch_begin

    def interrupted(self, epoch, logs=None):  # type: ignore[no-untyped-def]
        begin(self, epoch, logs)
        thing = Referred()
        reference = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
        del thing
        assert reference() is None

    monkeypatch.setattr(checkpoint.Checkpoint, "on_epoch_begin", interrupted)
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        train(Run(PLAIN, tmp_path / "run", tmp_path, seed=0))
    assert dropped == [] and signal.getsignal(signal.SIGINT) is handler
    assert not (tmp_path / "run" / "checkpoint.keras").exists()


def test_a_full_disk_leaves_the_old_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the file does not fit, one line says so, the old one is intact and no remains lie beside it."""
    resource = pytest.importorskip("resource", reason="no limit on file sizes here")
    path = tmp_path / "checkpoint.keras"
    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(200)])
    path.write_bytes(b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(UserError, match="cannot write .*checkpoint.keras: .*; what was there is kept"):
            checkpoint.save_model(model, path)
        with pytest.raises(UserError, match="cannot write .*history.json"):
            checkpoint.write_text(tmp_path / "history.json", "x" * 200_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]
    checkpoint.save_model(model, path)
    assert keras.saving.load_model(path).count_params() == model.count_params()


def test_the_temperature_of_synthetic_logits_is_found() -> None:
    """Labels drawn from softmax(z) and shown as 2z or z/2 give back the factor."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (8000, 10))
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = (shares.cumsum(1) > rng.random((8000, 1))).argmax(1)
    for factor in (0.5, 1.0, 2.0):
        assert fit.best_temperature(logits * factor + 7, labels) == pytest.approx(factor, rel=0.05)


def test_calibration_is_folded_into_the_last_layer() -> None:
    """An overconfident model gives its labels' likelihood afterwards; its answers stay the same."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (1000, 28, 28)).astype(np.uint8)
    inputs = keras.Input((28, 28, 1))
    x = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255, offset=-0.5)(inputs))
    model = keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(x))
    last = model.layers[-1]
    last.set_weights([rng.normal(0, 0.2, (784, 10)), np.zeros(10)])
    before = fit.predict(model, images)
    labels = (before.cumsum(1) > rng.random((1000, 1))).argmax(1)
    last.set_weights([3 * weight for weight in last.get_weights()])
    temperature = fit.calibrate(model, images, labels)
    after = fit.predict(model, images)
    assert temperature == pytest.approx(3, rel=0.1)
    assert np.abs(after - before).max() < 0.1 and np.array_equal(after.argmax(1), before.argmax(1))
    assert fit.calibrate(model, images[:50], labels[:50]) == 1.0


def test_calibration_sets_the_prior_of_no_digit_straight() -> None:
    """A network that met "not a digit" in half of its training is told that one crop in twenty is none."""
    inputs = keras.Input((28, 28, 1))
    x = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(inputs))
    model = keras.Model(inputs, keras.layers.Dense(11, activation="softmax")(x))
    model.layers[-1].set_weights([np.zeros((784, 11)), np.log([0.05] * 10 + [0.5])])
    blank = np.zeros((1, 28, 28), np.uint8)
    assert fit.calibrate(model, blank, np.zeros(1), others=0.5) == 1.0
    assert fit.predict(model, blank)[0] == pytest.approx([0.095] * 10 + [0.05], abs=1e-4)
    assert fit.prior_shift(fit.EXPECTED_OTHERS) == pytest.approx(0)


def test_a_training_of_one_step_is_possible() -> None:
    """Warm-up, cosine and average are defined however short the training is."""
    for steps in (1, 2, 40):
        model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(11)])
        fit.compile_model(model, MIXED, steps)
        assert 0 <= model.optimizer.ema_momentum < 1


def test_the_fast_form_keeps_the_recipe() -> None:
    """Fewer epochs of fewer images; network, rate and augmentation stay."""
    for recipe in RECIPES.values():
        short = fast(recipe)
        assert short.epochs < recipe.epochs and bool(short.samples) == bool(recipe.samples)
        assert replace(short, epochs=recipe.epochs, samples=recipe.samples, emnist=True) == recipe


def test_accuracy_asks_among_the_ten_digits_alone() -> None:
    """An image whose likeliest class is "not a digit" counts by its likeliest digit."""
    probabilities = np.zeros((3, 11), np.float32)
    probabilities[:, 10] = 0.6
    probabilities[[0, 1, 2], [4, 4, 2]] = 0.4
    right = fit.accuracy_of_named(np.array([[4], [2], [10]]), probabilities)
    assert keras.ops.convert_to_numpy(right).tolist() == [1, 0, 0]
