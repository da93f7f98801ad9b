"""``train.py`` by its arguments: what it says, what it leaves behind, and its exit status."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import pytest

from digitcam.commands import train
from digitcam.commands.run import run
from digitcam.training import checkpoint, material
from tests.training_samples import save_folder, save_network, use_tiny_mnist

ROOT = Path(__file__).resolve().parent.parent
EPOCHS = 16  # of a training that is killed after the second
MLP = ["--arch", "mlp", "--epochs", "2", "--batch-size", "16"]


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own, where nothing is downloaded."""
    use_tiny_mnist(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIGITCAM_DATA", str(tmp_path / "data"))


def said(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """The one line with which ``train.py`` refuses."""
    capsys.readouterr()
    assert run(train.main, argv) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("digitcam: ") and err.count("\n") == 1, err
    return err.removeprefix("digitcam: ").strip()


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--epochs", "0"], "--epochs: expected a whole number of at least 1, received '0'"),
        (["--epochs", "many"], "--epochs: expected a whole number of at least 1, received 'many'"),
        (["--batch-size", "-3"], "--batch-size: expected a whole number of at least 1, received '-3'"),
        (["--samples", "0"], "--samples: expected a whole number of at least 1, received '0'"),
        (["--pages", "0"], "--pages: expected a whole number of at least 1, received '0'"),
        (["--learning-rate", "nan"], "--learning-rate: expected a number above 0, received 'nan'"),
        (["--learning-rate", "0"], "--learning-rate: expected a number above 0, received '0'"),
        (["--seed", "-1"], "--seed: expected a whole number from 0 to 4294967295, received '-1'"),
        (["--arch", "vgg"], "--arch vgg is unknown: expected one of cnn"),
        (["--export", "a.keras", "--export-data", "b"], "not allowed with argument --export"),
        (["--samples", "64"], "an epoch of 64 images holds no batch of 128: raise --samples or lower"),
        (["--arch", "mlp", "--page-crops", "c.npz"], "--page-crops is for the cnn and the data folder"),
        (["--data", "d", "--page-crops", "c.npz"], "--page-crops is for the cnn and the data folder"),
        (["--arch", "mlp", "--teacher", "t.keras"], "--teacher is for cnn and screen: leave it out, or"),
        (["--page-crops", "c.npz"], "there is no file c.npz: train.py --make-page-crops makes one"),
        (["--init", "none.keras"], "there is no model file none.keras: name a .keras file"),
        (["--data", "none"], "there is no folder none: --data takes one with pictures in DIR/<digit>/"),
        (["--data-dir", "file"], "data folder file is a file: name a folder with --data-dir"),
        (["--output", "file"], "cannot write to file: File exists; give another --output"),
        (["--output", "file/run"], "cannot write to file/run: Not a directory; give another --output"),
        (["--resume"], "nothing to resume in runs/cnn: no settings.json there; leave out --resume"),
    ],
)
def test_wrong_use_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], argv: list[str], message: str
) -> None:
    """Exit 2, the option named with what was expected and received, and nothing left behind."""
    (tmp_path / "file").write_text("mine")
    assert message in said(capsys, *argv)
    assert (tmp_path / "file").read_text() == "mine"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "file"]
    assert not (tmp_path / "runs" / "cnn").exists()


def test_weights_of_another_network_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--init`` names the weights that it expects and those that it received."""
    save_network(tmp_path / "other.keras")
    message = said(capsys, *MLP, "--init", "other.keras")
    assert message == (
        "cannot go on from other.keras: expected the 118,282 weights of mlp with 10 classes, "
        "received 7,850 of another network"
    )


def test_a_run_from_the_first_line_to_the_last(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Summary, a line for each epoch, the table, plots, record and model; then ``--init`` goes on from it."""
    assert run(train.main, [*MLP, "--output", "first"]) == 0
    out, err = capsys.readouterr()
    assert "118,282 weights, 0.1 M multiply-adds" in err and "epoch 2/2" in err
    assert re.search(r"^test accuracy +\d+\.\d\d% +\(95 % interval \d", out, re.MULTILINE)
    assert "written: first/model.keras, first/model.json, first/loss_accuracy.png" in out
    assert "next:    train.py --export first/model.keras" in out
    names = {path.name for path in (tmp_path / "first").iterdir()}
    assert names == {
        *("model.keras", "model.json", "loss_accuracy.png"),
        *("checkpoint.keras", "history.json", "settings.json"),
    }
    record = json.loads((tmp_path / "first" / "model.json").read_text(encoding="utf-8"))
    assert record["command"] == "train.py --arch mlp --epochs 2 --batch-size 16 --output first"
    assert "first holds a run already: give another --output, or --resume" in said(
        capsys, *MLP, "--output", "first"
    )
    assert run(train.main, [*MLP, "--output", "second", "--init", "first/model.keras"]) == 0
    losses = [json.loads(Path(run_, "history.json").read_text())[0]["loss"] for run_ in ("first", "second")]
    assert losses[1] < losses[0]


def interrupt_first_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    finish = checkpoint.Checkpoint.on_epoch_end

    def stop(self, epoch, logs=None):  # type: ignore[no-untyped-def]
        finish(self, epoch, logs)
        raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint.Checkpoint, "on_epoch_end", stop)


def test_a_resumed_run_keeps_its_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After Ctrl-C (130, with the way on) nothing need be named again, and other settings are refused."""
    with monkeypatch.context() as patch:
        interrupt_first_epoch(patch)
        assert run(train.main, [*MLP, "--seed", "4", "--output", "mine"]) == 130
    assert capsys.readouterr().err.endswith(
        "digitcam: stopped after epoch 1 of 2: train.py --output mine --resume goes on from there\n"
    )
    assert said(capsys, "--output", "mine", "--resume", "--epochs", "5", "--arch", "deep") == (
        "mine was begun with other settings (architecture mlp, not deep; epochs 2, not 5): "
        "resume without naming them, or begin anew in another --output, from its weights with --init"
    )
    assert "(samples 0, not 30000)" in said(
        capsys, "--output", "mine", "--resume", "--samples", "30000", "--epochs", "2"
    )
    assert run(train.main, ["--output", "mine", "--resume", "--arch", "mlp"]) == 0
    out, err = capsys.readouterr()
    assert "epoch 1/2" not in err and "epoch 2/2" in err
    record = json.loads((tmp_path / "mine" / "model.json").read_text(encoding="utf-8"))
    assert record["settings"]["seed"] == 4 and record["settings"]["batch_size"] == 16


def test_a_stop_before_the_first_checkpoint_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is kept, it is said, and no empty folder stays."""

    def interrupted(data_dir: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(material, "mnist_alone", interrupted)
    assert run(train.main, [*MLP, "--output", "mine"]) == 130
    assert "stopped before the end of the first epoch: nothing is kept" in capsys.readouterr().err
    assert not Path("mine").exists()


@pytest.mark.parametrize("content", ["{", '{"architecture": "mlp"}', "[]"])
def test_damaged_settings_are_told(capsys: pytest.CaptureFixture[str], content: str) -> None:
    """A settings file that was cut off or lacks something is named."""
    Path("mine").mkdir()
    Path("mine", "settings.json").write_text(content)
    assert "mine/settings.json" in said(capsys, "--output", "mine", "--resume")


def test_a_folder_of_pictures_is_learnt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--data`` takes what ``--export-data`` wrote, and one's own pictures, and needs no MNIST for those."""
    assert run(train.main, ["--export-data", "mnist-pictures"]) == 0
    assert run(train.main, [*MLP, "--data", "mnist-pictures", "--output", "first"]) == 0
    out, err = capsys.readouterr()
    assert "pictures:     110 images" in err and "test accuracy" in out
    save_folder(tmp_path / "mine")
    (tmp_path / "mine" / "3" / "bad.png").write_bytes(b"")
    assert run(train.main, [*MLP, "--data", "mine", "--output", "second"]) == 0
    out, err = capsys.readouterr()
    assert "left out: mine/3/bad.png cannot be read: it is empty (0 bytes)" in err
    assert "validation accuracy" in out and "test accuracy" not in out
    assert keras.saving.load_model("second/model.keras").output_shape == (None, 10)
    assert "mine: " not in said(capsys, *MLP, "--data", "first", "--output", "third")


def environment(**settings: str) -> dict[str, str]:
    """The process's own, with the checkout in reach; the tests of another OpenCV have a path of their own."""
    path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), "CUDA_VISIBLE_DEVICES": "-1", **settings}


def start(folder: Path, *argv: str) -> subprocess.Popen[str]:
    """``train.py`` in a process of its own, with the pictures in ``folder/pictures``."""
    code = "import sys; from digitcam.commands.train import entry; sys.exit(entry())"
    command = [sys.executable, "-c", code, *MLP, "--epochs", str(EPOCHS), "--data", "pictures", *argv]
    return subprocess.Popen(
        command, cwd=folder, env=environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def wait_for_epochs(process: subprocess.Popen[str], output: Path, count: int) -> None:
    """Wait until so many epochs have been saved."""
    end = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < end:
        history = output / "history.json"
        if (output / "checkpoint.keras").exists() and history.read_text().count('"epoch"') >= count:
            return
        time.sleep(0.01)
    process.kill()
    pytest.fail(f"no {count} epochs were saved: {process.communicate()}")


@pytest.mark.skipif(os.name == "nt", reason="signals are another matter on Windows")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["kill", "ctrl-c"])
def test_a_killed_training_loses_at_most_one_epoch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    """Killed between checkpoints, every epoch that was told is kept, and the run goes on to its end."""
    save_folder(tmp_path / "pictures")
    process = start(tmp_path, "--output", "mine")
    wait_for_epochs(process, tmp_path / "mine", 2)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    told = [int(epoch) for epoch in re.findall(r"^epoch (\d+)/", err, re.MULTILINE)]
    lines = err.splitlines()
    if number == signal.SIGINT:
        assert process.returncode == 130 and "Traceback" not in err
        assert re.fullmatch(
            r"digitcam: stopped after epoch \d+ of \d+: train.py --output mine --resume goes on from there",
            lines[-1],
        )
    assert not [line for line in lines if re.match(r"[IWE]0000|WARNING|INFO", line)], err
    capsys.readouterr()
    assert run(train.main, ["--output", "mine", "--resume"]) == 0
    again = [int(epoch) for epoch in re.findall(r"^epoch (\d+)/", capsys.readouterr().err, re.MULTILINE)]
    assert again == list(range(again[0], EPOCHS + 1))
    assert told[-1] < again[0] <= told[-1] + 2
    history = json.loads(Path("mine", "history.json").read_text())
    assert [entry["epoch"] for entry in history] == list(range(1, EPOCHS + 1))


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_train_what_tensorflow_loads(tmp_path: Path, backend: str) -> None:
    """With ``KERAS_BACKEND`` set, the same command trains, and this process loads the result."""
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    save_folder(tmp_path / "pictures")
    chosen = environment(KERAS_BACKEND=backend)
    code = "import sys; from digitcam.commands.train import entry; sys.exit(entry())"
    command = [sys.executable, "-c", code, *MLP, "--data", "pictures", "--output", "mine"]
    done = subprocess.run(command, cwd=tmp_path, env=chosen, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "mine" / "model.json").read_text(encoding="utf-8"))
    assert record["versions"]["backend"].startswith(backend)
    assert keras.saving.load_model(tmp_path / "mine" / "model.keras").count_params() == record["weights"]


def test_nothing_but_the_export_and_the_look_inside_import_tensorflow() -> None:
    """Models, data and training keep to Keras' own interface, so that every backend trains them; LiteRT's
    converter is a part of TensorFlow, and gradients are every backend's own."""
    pattern = re.compile(r"^\s*(import|from)\s+tensorflow\b", re.MULTILINE)
    files = [*(ROOT / "digitcam").rglob("*.py"), ROOT / "train.py", ROOT / "cam.py", ROOT / "evaluate.py"]
    assert len(files) > 50
    found = sorted(path.name for path in files if pattern.search(path.read_text(encoding="utf-8")))
    assert found == ["export.py", "graphs.py"]


def test_help_is_there_without_keras() -> None:
    """``train.py --help`` imports nothing heavy and names every option."""
    code = (
        "import sys; from digitcam.commands.train import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as end: print(end.code, {'numpy', 'cv2', 'keras'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "0 set()", done.stderr
    for option in ("arch", "epochs", "batch-size", "seed", "output", "fast", "resume", "data", "export"):
        assert f"--{option}" in done.stdout


def test_a_full_disk_ends_the_run_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A checkpoint that does not fit is told with the way on, exit 2, and no remains of it are left."""
    resource = pytest.importorskip("resource", reason="no limit on file sizes here")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, limits[1]))
    try:
        assert run(train.main, [*MLP, "--output", "mine"]) == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    err = capsys.readouterr().err
    last = "digitcam: cannot write mine/checkpoint.keras: File too large; what was there is kept: make room, "
    assert err.splitlines()[-1] == f"{last}and --resume goes on" and "Traceback" not in err
    assert sorted(path.name for path in Path("mine").iterdir()) == ["history.json", "settings.json"]
    assert run(train.main, ["--output", "mine", "--resume"]) == 0
    assert "epoch 1/2" in capsys.readouterr().err
