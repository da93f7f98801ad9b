"""MNIST from the data folder and from mirrors, whole or refused."""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from digitcam import user_folder
from digitcam.errors import UserError
from digitcam.training import download
from digitcam.training.mnist import FILES, find_data_dir, load_mnist, load_writers
from tests.mnist_server import make_files, mirror, zipped
from tests.needs import need_data

SPLITS, CONTENTS, ARRAYS = make_files()
SERVED = zipped(CONTENTS)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mirrors of these tests are on this machine, whatever proxy the machine has."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def fill(folder: Path, served: dict[str, bytes]) -> None:
    (folder / "mnist").mkdir(parents=True, exist_ok=True)
    for name, content in served.items():
        (folder / "mnist" / name).write_bytes(content)


def load(split: str, folder: Path, *mirrors: str, **options: object) -> tuple[np.ndarray, np.ndarray]:
    return load_mnist(split, folder, mirrors=mirrors, files=SPLITS, timeout=0.3, **options)  # type: ignore[arg-type]


def listing(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize("served", [SERVED, CONTENTS], ids=["gzipped", "plain"])
def test_reads_what_lies_in_the_data_folder(tmp_path: Path, served: dict[str, bytes]) -> None:
    """Gzipped and plain files give the same arrays, and no mirror is asked."""
    fill(tmp_path, served)
    for split, stem in (("train", "train"), ("test", "t10k")):
        images, labels = load(split, tmp_path)
        assert images.dtype == labels.dtype == np.uint8
        assert np.array_equal(images, ARRAYS[f"{stem}-images-idx3-ubyte"])
        assert np.array_equal(labels, ARRAYS[f"{stem}-labels-idx1-ubyte"])


def test_downloads_what_is_absent_and_nothing_else(tmp_path: Path) -> None:
    """Only the absent file is asked for, it lies in the folder afterwards, and no second download follows."""
    fill(tmp_path, {"t10k-labels-idx1-ubyte.gz": SERVED["t10k-labels-idx1-ubyte.gz"]})
    with mirror(SERVED) as first:
        load("test", tmp_path, first.url)
        images, _ = load("test", tmp_path, first.url)
    assert first.asked == ["t10k-images-idx3-ubyte.gz"]
    assert np.array_equal(images, ARRAYS["t10k-images-idx3-ubyte"])
    assert listing(tmp_path) == ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"]
    content = (tmp_path / "mnist" / "t10k-images-idx3-ubyte.gz").read_bytes()
    assert content == SERVED["t10k-images-idx3-ubyte.gz"]


@pytest.mark.parametrize("manner", ["hang", "short", "endless"])
def test_second_mirror_helps_when_the_first_fails(tmp_path: Path, manner: str) -> None:
    """A mirror that hangs, breaks off or never ends is left for the next one, and leaves nothing behind."""
    with mirror(SERVED, manner) as bad, mirror(SERVED) as good:
        images, _ = load("train", tmp_path, bad.url, good.url)
    assert np.array_equal(images, ARRAYS["train-images-idx3-ubyte"])
    assert bad.asked == good.asked == ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"]
    assert listing(tmp_path) == sorted(good.asked)


def test_a_mirror_with_other_content_is_not_believed(tmp_path: Path) -> None:
    """A mirror whose bytes have another SHA-256 is passed over, and its bytes never reach the folder."""
    wrong = {name: gzip.compress(b"<html>log in first</html>") for name in SERVED}
    with mirror(wrong) as bad, mirror(SERVED) as good:
        load("test", tmp_path, bad.url, good.url)
    for path in (tmp_path / "mnist").iterdir():
        assert path.read_bytes() == SERVED[path.name]


def test_offline_and_absent_says_what_where_and_where_from(tmp_path: Path) -> None:
    """Without files and without mirrors one line names the files, the folder, the mirrors and the reasons."""
    with mirror({}) as gone:
        closed = f"http://127.0.0.1:{gone.server_address[1]}/closed/"
        with pytest.raises(UserError) as caught:
            load("test", tmp_path, gone.url, closed)
    text = str(caught.value)
    assert "\n" not in text
    assert "put t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz into " in text
    assert str(tmp_path / "mnist") in text
    assert f"from {gone.url} or {closed}" in text
    assert "HTTP status 404" in text
    assert listing(tmp_path) == []


def test_hanging_and_endless_mirrors_are_named_with_their_fault(tmp_path: Path) -> None:
    """The reasons say which mirror kept silent, broke off or sent too much."""
    with (
        mirror(SERVED, "hang") as a,
        mirror(SERVED, "short") as b,
        mirror(SERVED, "endless") as c,
        pytest.raises(UserError) as caught,
    ):
        load("test", tmp_path, a.url, b.url, c.url)
    size = len(SERVED["t10k-images-idx3-ubyte.gz"])
    assert f"{a.url}: no answer for 0.3 s" in str(caught.value)
    assert f"{b.url}: broke off after {size // 2} of {size} bytes" in str(caught.value)
    assert f"{c.url}: more than the" in str(caught.value)
    assert listing(tmp_path) == []


def test_a_trickling_server_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that sends a little now and then, within every timeout, is given up all the same."""
    ticks = iter(range(0, 10_000, 20))
    monkeypatch.setattr(download, "CHUNK", 100)
    fault = pytest.raises(download.DownloadError, match="fewer than 30000 bytes in 30 s")
    with mirror(SERVED) as slow, fault:
        url = slow.url + "train-images-idx3-ubyte.gz"
        download.fetch(url, 10**6, progress=lambda *_: None, clock=lambda: float(next(ticks)))


FLIPPED = bytearray(CONTENTS["train-images-idx3-ubyte"])
FLIPPED[100] ^= 1


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("train-images-idx3-ubyte.gz", SERVED["train-images-idx3-ubyte.gz"][:-200], "is truncated"),
        ("train-images-idx3-ubyte.gz", b"", "is truncated"),
        ("train-images-idx3-ubyte.gz", b"not gzip at all", "is damaged"),
        ("train-images-idx3-ubyte.gz", gzip.compress(bytes(FLIPPED)), "is damaged"),
        ("train-images-idx3-ubyte.gz", gzip.compress(bytes(50_000_000)), "is damaged"),
        ("train-images-idx3-ubyte", CONTENTS["train-images-idx3-ubyte"][:1000], "is truncated"),
        ("train-images-idx3-ubyte", bytes(FLIPPED), "is damaged"),
        (
            "train-images-idx3-ubyte.gz",
            SERVED["train-labels-idx1-ubyte.gz"],
            "is not train-images-idx3-ubyte but holds the content of train-labels-idx1-ubyte",
        ),
        (
            "train-images-idx3-ubyte.gz",
            SERVED["t10k-images-idx3-ubyte.gz"],
            "is not train-images-idx3-ubyte but holds the content of t10k-images-idx3-ubyte",
        ),
    ],
    ids=["cut", "empty", "text", "flipped", "bomb", "cut-plain", "flipped-plain", "labels", "other-split"],
)
def test_a_bad_file_is_named_refused_and_kept(
    tmp_path: Path, name: str, content: bytes, fault: str
) -> None:
    """A truncated, corrupted or swapped file is named with its fault, and stays as it was."""
    good = {n: c for n, c in SERVED.items() if n.startswith("train-labels")}
    fill(tmp_path, {**good, name: content})
    with mirror(SERVED) as never_asked, pytest.raises(UserError) as caught:
        load("train", tmp_path, never_asked.url)
    path = tmp_path / "mnist" / name
    assert str(caught.value).startswith(f"{path} {fault}")
    assert path.read_bytes() == content
    assert never_asked.asked == []


def test_a_folder_in_a_files_place_is_told(tmp_path: Path) -> None:
    """A folder where a file should be gives one line, not a traceback."""
    (tmp_path / "mnist" / "t10k-images-idx3-ubyte.gz").mkdir(parents=True)
    fill(tmp_path, {"t10k-labels-idx1-ubyte.gz": SERVED["t10k-labels-idx1-ubyte.gz"]})
    with pytest.raises(UserError, match="t10k-images-idx3-ubyte.gz cannot be read"):
        load("test", tmp_path)


def test_an_unwritable_folder_is_told_and_left_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full at the last step, the fault is one line and no partial file stays."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with mirror(SERVED) as good, pytest.raises(UserError, match="cannot write .*No space left on device"):
        load("test", tmp_path, good.url)
    assert listing(tmp_path) == []


def test_progress_counts_up_to_the_whole_file(tmp_path: Path) -> None:
    """Progress is told from 0 to all bytes of each file, and ends exactly once per file."""
    calls: list[tuple[str, int, int | None]] = []
    with mirror(SERVED) as good:
        load("test", tmp_path, good.url, progress=lambda *call: calls.append(call))
    for name in ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"):
        done = [call[1] for call in calls if call[0] == name]
        assert done[0] == 0 and done == sorted(done)
        assert [call for call in calls if call[0] == name and call[1] == call[2]] == [
            (name, len(SERVED[name]), len(SERVED[name]))
        ]


def test_without_a_terminal_progress_is_a_line_per_file(capsys: pytest.CaptureFixture[str]) -> None:
    """Where standard error is no terminal, a finished file is one line and a partial one is silence."""
    download.show_progress("a.gz", 500_000, 1_000_000)
    download.show_progress("a.gz", 1_000_000, 1_000_000)
    assert capsys.readouterr().err == "downloaded a.gz (1.0 MB)\n"


def test_data_folder_by_option_then_environment_then_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option beats the environment variable, which beats the system's cache folder."""
    monkeypatch.setenv("DIGITCAM_DATA", str(tmp_path / "b"))
    assert find_data_dir(str(tmp_path / "a")) == tmp_path / "a"
    assert find_data_dir() == tmp_path / "b"
    monkeypatch.delenv("DIGITCAM_DATA")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    places = {
        "linux": ("XDG_CACHE_HOME", tmp_path / ".cache" / "digitcam"),
        "win32": ("LOCALAPPDATA", tmp_path / "AppData" / "Local" / "digitcam"),
        "darwin": ("", tmp_path / "Library" / "Caches" / "digitcam"),
    }
    for platform, (variable, expected) in places.items():
        monkeypatch.setattr(user_folder.sys, "platform", platform)
        if variable:
            monkeypatch.setenv(variable, str(tmp_path / "own"))
            assert find_data_dir() == tmp_path / "own" / "digitcam"
            monkeypatch.delenv(variable)
        assert find_data_dir() == expected


def test_a_file_as_data_folder_is_refused(tmp_path: Path) -> None:
    """A data folder that is a file is refused by name."""
    (tmp_path / "f").write_text("x")
    with pytest.raises(UserError, match="f is a file"):
        find_data_dir(str(tmp_path / "f"))


def save_writers(folder: Path, **arrays: np.ndarray) -> Path:
    path = folder / "mnist" / "qmnist_labels_for_mnist.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, allow_pickle=False, **arrays)
    return path


def test_writers_come_from_the_third_column(tmp_path: Path) -> None:
    """Each image's writer is read, and an absent file is no fault."""
    assert load_writers("train", tmp_path, files=SPLITS) is None
    records = np.arange(7 * 8).reshape(7, 8)
    save_writers(tmp_path, train=records)
    writers = load_writers("train", tmp_path, files=SPLITS)
    assert writers is not None and writers.tolist() == records[:, 2].tolist()


def test_a_writers_file_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    """Too few records, a missing part and a damaged file are each told in one line that names the file."""
    path = save_writers(tmp_path, train=np.zeros((6, 8)))
    with pytest.raises(UserError, match="does not fit MNIST: expected 7 records"):
        load_writers("train", tmp_path, files=SPLITS)
    with pytest.raises(UserError, match="cannot be read"):
        load_writers("test", tmp_path, files=SPLITS)
    for content in (b"", b"no archive", path.read_bytes()[:200]):
        path.write_bytes(content)
        with pytest.raises(UserError, match="qmnist_labels_for_mnist.npz cannot be read"):
            load_writers("train", tmp_path, files=SPLITS)


def test_the_real_collection_passes_its_own_check() -> None:
    """The four real files pass, the splits have their sizes, and no writer is in both."""
    folder = need_data("mnist")
    writers = []
    for split, count in (("train", 60_000), ("test", 10_000)):
        images, labels = load_mnist(split, folder, mirrors=())
        assert images.shape == (count, 28, 28) and labels.shape == (count,)
        header = FILES[split].images.header
        assert hashlib.sha256(header + images.tobytes()).hexdigest() == FILES[split].images.sha256
        writers.append(load_writers(split, folder))
    if writers[0] is not None and writers[1] is not None:
        assert not set(writers[0]) & set(writers[1])
