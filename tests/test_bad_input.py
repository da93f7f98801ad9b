"""Bad input: each is read where it can be read, or told in one line with status 2; nothing is lost."""

from __future__ import annotations

import json
import signal
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.commands import cam
from digitcam.commands.run import run as run_command
from digitcam.errors import UserError
from digitcam.sources import open_source
from digitcam.sources.camera import open_camera
from tests.samples import ScriptedCapture, make_png, save_picture
from tests.shell import Run, make_shell, refused, start_cam, wait_until


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return make_shell(monkeypatch, capsys)


# Cameras


def test_no_camera(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A camera that does not open is told with its index, what was tried, and the way out."""
    closed = ScriptedCapture(opened=False)
    monkeypatch.setattr("digitcam.sources.camera.backends", lambda: (("V4L2", 200),))
    monkeypatch.setattr(
        "digitcam.sources.camera.open_camera",
        lambda index, size, fps: open_camera(index, size, fps, factory=lambda i, backend: closed),
    )
    line = refused(run("7"))
    assert line.startswith("camera 7 cannot be opened (tried V4L2; ")
    assert line.endswith("try `cam.py --list-cameras`, another index, or `cam.py demo`")
    assert closed.released.is_set()


@pytest.mark.parametrize("blocks", [False, True])
def test_silent_camera(run: Run, monkeypatch: pytest.MonkeyPatch, blocks: bool) -> None:
    """A camera that opens and gives no frame is given up, whether its driver says no or hangs."""
    capture = ScriptedCapture(blocks=blocks)
    monkeypatch.setattr(
        "digitcam.sources.camera.open_camera",
        lambda index, size, fps: open_camera(index, factory=lambda i, backend: capture),
    )
    monkeypatch.setattr("digitcam.absence.LONGEST", 0.6)
    status, _, err = run("0")
    assert status == 2
    assert err.splitlines()[-1] == (
        "digitcam: camera 0 has given no frame for 1 s: check the cable, and whether another program "
        "uses it, or try `cam.py demo`"
    )
    capture.released.set()


def test_camera_index_below_zero(run: Run) -> None:
    """An index below zero is told."""
    assert refused(run("-1")).startswith("there is no camera -1: indices begin at 0")


def test_stream_that_does_not_answer(run: Run) -> None:
    """An address where nothing answers is told, without its password."""
    line = refused(run("http://me:secret@127.0.0.1:9/stream"))
    assert line.startswith("http://127.0.0.1:9/stream cannot be opened (tried FFmpeg")
    assert line.endswith("or try `cam.py demo`") and "secret" not in line


@pytest.mark.parametrize("word", ["draw", "web"])
def test_what_has_a_place_of_its_own_is_no_source_of_frames(word: str) -> None:
    """For the library ``draw`` and ``web`` are told where they are opened."""
    with pytest.raises(UserError, match=f"`cam.py {word}` opens it; ./{word} is a file of that name"):
        open_source(word)


@pytest.mark.parametrize("word", ["draw", "web", "corrections"])
def test_words_are_names_of_files_too(
    run: Run, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``./draw`` is a file of that name, whatever ``draw`` alone means."""
    monkeypatch.chdir(tmp_path)
    save_picture(tmp_path / "page.png").rename(tmp_path / word)
    assert run(f"./{word}")[0] == 0


def test_writing_needs_a_window(run: Run) -> None:
    """``draw`` without a window is refused with what to try instead."""
    line = refused(run("draw"))
    assert line == "draw is a window to write in, and --no-show was given: try `cam.py demo`"
    assert "draw has no --rotate, --mirror, --size or --fps" in refused(run("draw", "--rotate", "90"))


# Files


def test_missing_file(run: Run, tmp_path: Path) -> None:
    """A file that is not there is named."""
    line = refused(run(tmp_path / "nix.png"))
    assert line.startswith(f"{tmp_path / 'nix.png'} does not exist: ") and line.endswith("`cam.py demo`")


def test_folder_without_pictures(run: Run, tmp_path: Path) -> None:
    """A folder without pictures is named, with what would be one; or where there are some below."""
    (tmp_path / "notes.txt").write_text("none")
    assert refused(run(tmp_path)).startswith(f"{tmp_path} holds no pictures: names end in .png, .jpg")
    (tmp_path / "sub").mkdir()
    save_picture(tmp_path / "sub" / "page.png")
    assert "the folders below have some: try '" in refused(run(tmp_path))


def test_pattern_without_pictures(run: Run, tmp_path: Path) -> None:
    """A pattern that no picture matches is named."""
    assert refused(run(tmp_path / "*.png")).startswith(f"no picture matches {tmp_path / '*.png'}: names end")


BAD_FILES = {
    "unknown.xyz": (b"\x00\x01\x02\x03 who knows", "its first bytes are those of no picture"),
    "letter.txt": (b"Dear reader,\nhow are you?", "it is text; pictures are PNG, JPEG"),
    "text.jpg": (b"this is no photograph at all\n", "it is text; pictures are PNG, JPEG"),
    "document.png": (b"%PDF-1.7 ...", "it is a PDF; export the page as a picture"),
    "phone.heic": (b"\x00\x00\x00\x18ftypheic....", "it is an HEIC or AVIF picture; save it as JPEG or PNG"),
    "empty.png": (b"", "it is empty (0 bytes)"),
    "empty.mp4": (b"", "it is empty (0 bytes)"),
    "film.jpg": (b"\x00\x00\x00\x18ftypisom....", "it is a video"),
    "stub.png": (b"\x89PNG\r\n\x1a\n\x00\x00", "it ends inside its header"),
    "stub.jpg": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "it ends inside its header"),
    "stub.tif": (b"II*\x00\xff\xff\x00\x00", "it ends inside its header"),
    "zero.bmp": (b"BM" + bytes(60), "its header names a picture without pixels"),
    "damaged.png": (make_png(9, 9)[:45] + b"?????" + make_png(9, 9)[50:], "the PNG file is damaged"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file(run: Run, tmp_path: Path, name: str) -> None:
    """A file that is no picture is named with what it seems to be."""
    content, reason = BAD_FILES[name]
    (tmp_path / name).write_bytes(content)
    assert refused(run(tmp_path / name)).startswith(f"{tmp_path / name} cannot be read: {reason}")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".webp", ".tif", ".gif", ".ppm"])
@pytest.mark.parametrize("part", [0.99, 0.5, 0.1])
def test_picture_that_is_cut_off(run: Run, tmp_path: Path, suffix: str, part: float) -> None:
    """A picture whose end is missing is refused, and never half of its numbers given for all."""
    noise = np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)
    if suffix == ".gif" and not cv2.haveImageWriter("x.gif"):
        pytest.skip("this OpenCV writes no GIF")
    path = save_picture(tmp_path / f"page{suffix}", noise)
    data = path.read_bytes()
    path.write_bytes(data[: int(part * len(data))])
    line = refused(run(path))
    assert line.startswith(f"{path} cannot be read: ")
    assert "cut off" in line or "damaged" in line or "ends inside" in line


def test_bad_pictures_in_a_folder(run: Run, tmp_path: Path) -> None:
    """In a folder every bad picture has its line, the good ones are read, and the status is 2."""
    for name, (content, _) in BAD_FILES.items():
        (tmp_path / name).write_bytes(content)
    save_picture(tmp_path / "good.png")
    status, out, err = run(tmp_path, "--json", "-")
    lines = [json.loads(line) for line in out.splitlines()]
    bad = [name for name in BAD_FILES if Path(name).suffix in (".png", ".jpg", ".tif", ".bmp")]
    assert status == 2 and err.count("cannot be read: ") == len(bad)
    assert sorted(Path(line["source"]).name for line in lines if "error" in line) == sorted(bad)
    assert [line["numbers"][0]["text"] for line in lines if "error" not in line] == ["42"]


def test_single_bad_picture_has_its_line_in_json(run: Run, tmp_path: Path) -> None:
    """Also a picture that stands alone has its line with the error."""
    (tmp_path / "empty.png").touch()
    status, out, err = run(tmp_path / "empty.png", "--json", "-")
    assert status == 2 and json.loads(out)["error"] == "it is empty (0 bytes)" and err.count("\n") == 1




@pytest.mark.parametrize("side", [10_001, 20_000, 30_000])
def test_huge_picture_is_never_decoded(
    run: Run, tmp_path: Path, side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than 100 megapixels are refused by the header: the decoder is not even asked."""
    path = tmp_path / "huge.png"
    path.write_bytes(make_png(side, side, depth=1) if side == 30_000 else make_png(side, 1).replace(
        struct.pack(">II", side, 1), struct.pack(">II", side, side)
    ))
    monkeypatch.setattr(cv2, "imdecode", lambda data, flags: pytest.fail("it was decoded"))
    line = refused(run(path))
    assert line.startswith(f"{path} cannot be read: {side}×{side} pixels are more than 100 megapixels")


# Displays and keys


def test_no_display(tmp_path: Path) -> None:
    """Without a display that is said once, the picture is read, and nothing aborts."""
    save_picture(tmp_path / "page.png")
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    process = start_cam(tmp_path, "page.png", environ=environ)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0 and out.startswith("page.png  320x240  2 digits")
    if not err.startswith("digitcam: 1 frame"):
        assert err.count("digitcam: no window, since there is no display") == 1


def test_control_c(tmp_path: Path) -> None:
    """Ctrl-C ends with 130, and every line that was written can be read."""
    process = start_cam(tmp_path, "demo", "--no-show", "--size", "320x240", "--json", "out.jsonl")
    lines = tmp_path / "out.jsonl"
    wait_until(lambda: lines.exists() and lines.read_text().count("\n") > 2, 60)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in err
    assert all("digits" in json.loads(line) for line in lines.read_text().splitlines())


# Models


@pytest.fixture
def run_with_model(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Run:
    """``cam.py`` with its own reader on a picture, and ``--model``."""
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    page = save_picture(tmp_path / "page.png")

    def call(model: Path) -> tuple[int, str, str]:
        status = run_command(cam.main, [str(page), "--no-show", "--model", str(model)])
        out, err = capsys.readouterr()
        return status, out, err

    return call


def test_model_file_missing(run_with_model: Run, tmp_path: Path) -> None:
    """A model file that is not there is named."""
    line = refused(run_with_model(tmp_path / "nix.keras"))
    assert line.startswith(f"there is no model file {tmp_path / 'nix.keras'}: give --model")


def test_model_that_is_none(run_with_model: Run, tmp_path: Path) -> None:
    """A file that is no model is named."""
    (tmp_path / "text.keras").write_text("no model")
    status, out, err = run_with_model(tmp_path / "text.keras")
    assert (status, out) == (2, "")
    assert err.splitlines()[-1].startswith(f"digitcam: {tmp_path / 'text.keras'} is not a saved Keras model")


@pytest.mark.parametrize(
    ("shape", "outputs", "message"),
    [
        ((32, 32, 3), 10, "does not take digits: expected an input of N×28×28×1, received N×32×32×3"),
        ((28, 28, 1), 7, "does not answer with digits: expected 10 classes"),
    ],
)
def test_model_of_another_kind(
    run_with_model: Run, tmp_path: Path, shape: tuple[int, ...], outputs: int, message: str
) -> None:
    """A model of another shape is told with what was expected and what was received."""
    from digitcam.keras_door import import_keras

    keras = import_keras()
    layers = [keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(outputs)]
    keras.Sequential(layers).save(tmp_path / "other.keras")
    status, out, err = run_with_model(tmp_path / "other.keras")
    assert (status, out) == (2, "")
    assert message in err.splitlines()[-1] and str(tmp_path / "other.keras") in err.splitlines()[-1]
