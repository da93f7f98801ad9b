"""``cam.py``: options, what is printed where, exit status."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.commands import cam
from digitcam.commands.cam_options import parse
from digitcam.errors import UserError
from tests.samples import (
    ScriptedReader,
    draw_page,
    save_picture,
    save_video,
)
from tests.shell import ROOT, start_cam, wait_until


@pytest.fixture(autouse=True)
def scripted_reader(monkeypatch: pytest.MonkeyPatch) -> ScriptedReader:
    """The network is left out, and so is any display that happens to be there."""
    reader = ScriptedReader()
    monkeypatch.setattr(cam, "make_reader", lambda options: reader)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("digitcam.display.missing_display", lambda gui: "there is no display")
    return reader


# The command


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = cam.main(words)
    out, err = capsys.readouterr()
    return status, out, err


def test_picture_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One picture gives a table on standard output and the summary as the last line of standard error."""
    page = save_picture(tmp_path / "page.png")
    status, out, err = run(capsys, str(page), "--no-show")
    assert status == 0 and out.startswith(f"{page}  320x240  2 digits\nnumbers  42\n")
    assert err.startswith("digitcam: 1 frame, ") and err.count("\n") == 1


def test_many_pictures_have_a_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a folder each picture has one line."""
    for name in ("1.png", "2.png"):
        save_picture(tmp_path / name)
    _, out, _ = run(capsys, str(tmp_path), "--no-show")
    assert out.splitlines() == [f"{tmp_path / '1.png'}: 42", f"{tmp_path / '2.png'}: 42"]


def test_json_on_standard_output_stands_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json - every line of standard output is JSON, also for the demo, whose score goes elsewhere."""
    page = save_picture(tmp_path / "page.png")
    _, out, _ = run(capsys, str(page), "--no-show", "--json", "-")
    assert json.loads(out)["source"] == str(page)
    _, out, err = run(capsys, "demo", "--json", "-", "--max-frames", "2", "--size", "320x240")
    assert [json.loads(line)["frame"] for line in out.splitlines()] == [0, 1]
    assert err.splitlines()[-1].startswith("read ")


def test_demo_ends_with_its_score(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a display the demo ends by itself, and its last line is the score; no display is said once."""
    monkeypatch.setattr(cam, "DEMO_FRAMES", 3)
    status, out, err = run(capsys, "demo", "--size", "320x240")
    assert status == 0
    assert out.splitlines()[-1].startswith("read ") and out.splitlines()[-1].endswith("(100.0 %), 0 false")
    assert err.count("no window, since there is no display") == 1
    assert err.splitlines()[-1].startswith("digitcam: 3 frames, ")


def test_no_show_says_nothing_of_displays(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Who wants no window is not told that there is none."""
    assert "window" not in run(capsys, str(save_picture(tmp_path / "a.png")), "--no-show")[2]


def test_folder_goes_on_after_a_bad_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A bad picture among good ones has its line in the file and on standard error; the status is 2."""
    for name in ("1.png", "3.png"):
        save_picture(tmp_path / name)
    (tmp_path / "2.png").write_bytes(b"")
    out = tmp_path / "out.jsonl"
    words = ("--json", str(out), "--save", str(tmp_path / "new"))
    status, _, err = run(capsys, str(tmp_path), "--no-show", *words)
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert status == 2
    assert [line.get("error") for line in lines] == [None, "it is empty (0 bytes)", None]
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["1.png", "3.png"]
    assert err.splitlines()[0] == f"digitcam: {tmp_path / '2.png'} cannot be read: it is empty (0 bytes)"
    assert err.splitlines()[-1].startswith("digitcam: 2 frames, 1 unreadable, ")


def test_video_to_json_and_video(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A video becomes JSON lines and an annotated video with as many frames."""
    clip = save_video(tmp_path / "clip.avi", 12)
    lines, film = tmp_path / "out.jsonl", tmp_path / "out.mp4"
    status, out, _ = run(capsys, str(clip), "--no-show", "--json", str(lines), "--save", str(film))
    assert (status, out) == (0, "")
    assert len(lines.read_text().splitlines()) == 12
    assert cv2.VideoCapture(str(film)).get(cv2.CAP_PROP_FRAME_COUNT) == 12


def test_rotation_comes_before_reading(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], scripted_reader: ScriptedReader
) -> None:
    """The reader gets the turned frame, and sizes are those of the turned frame."""
    page = save_picture(tmp_path / "page.png")
    _, out, _ = run(capsys, str(page), "--no-show", "--json", "-", "--rotate", "90")
    assert json.loads(out)["size"] == [240, 320]
    assert np.array_equal(scripted_reader.frames[0].image, cv2.rotate(draw_page(), cv2.ROTATE_90_CLOCKWISE))


def test_size_is_no_matter_of_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who asks a file for a size is told that it keeps its own."""
    _, _, err = run(capsys, str(save_picture(tmp_path / "a.png")), "--no-show", "--size", "640x480")
    assert "files keep their own" in err


def test_no_camera_is_listed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any camera the list says so and names the demo."""
    monkeypatch.setattr("digitcam.sources.camera.list_cameras", lambda: iter(()))
    assert run(capsys, "--list-cameras")[:2] == (
        0,
        "no camera was found: plug one in, or try `cam.py demo`\n",
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--conf", "2"], "--conf: expected a number from 0 to 1, received '2'"),
        (["--conf", "x"], "--conf: expected a number from 0 to 1, received 'x'"),
        (["--roi", "1,2,3"], "--roi: expected X,Y,W,H in pixels, such as 0,0,640,360, received '1,2,3'"),
        (["--roi", "0,0,0,5"], "--roi: expected X,Y,W,H"),
        (["--size", "640"], "--size: expected such as 1280x720, received '640'"),
        (["--fps", "0"], "--fps: expected a number above 0"),
        (["--max-frames", "0"], "--max-frames: expected a whole number of at least 1, received '0'"),
        (["--rotate", "45"], "--rotate: invalid choice"),
        (["--view", "nothing"], "--view: invalid choice"),
        (["a", "b"], "unrecognized arguments: b"),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
    ],
)
def test_wrong_use_is_told_in_one_line(words: list[str], message: str) -> None:
    """Options without sense are refused with what was expected and where to look."""
    with pytest.raises(UserError) as caught:
        parse(words)
    assert message in str(caught.value) and str(caught.value).endswith("--help")
    assert "\n" not in str(caught.value)


def test_options_are_understood() -> None:
    """Every option of the table is taken, with its type."""
    words = "clip.mp4 --model m.keras --conf 0.5 --json - --save out --overwrite --rotate 270 --roi 1,2,3,4"
    words += " --no-show --view ink --no-track --max-frames 9 --size 640X480 --fps 12.5 --mirror --baseline"
    options = parse(words.split())
    assert (options.source, options.model, options.conf, options.json) == ("clip.mp4", "m.keras", 0.5, "-")
    assert (options.roi, options.size, options.fps, options.max_frames) == ((1, 2, 3, 4), (640, 480), 12.5, 9)
    assert options.overwrite and options.no_show and options.no_track and options.mirror and options.baseline
    assert parse([]).source == "0"


# As processes


def test_help_imports_nothing_heavy() -> None:
    """--help is printed without OpenCV, NumPy or any network library: that is what keeps it quick."""
    code = (
        "import sys\n"
        "from digitcam.commands.cam import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "heavy = {'cv2', 'numpy', 'tensorflow', 'keras', 'ai_edge_litert', 'matplotlib'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--list-cameras" in done.stdout and "demo" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX are needed")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interruption_closes_outputs(number: signal.Signals, status: int, tmp_path: Path) -> None:
    """After Ctrl-C and SIGTERM outputs are whole, the summary is there, and the status tells which it was."""
    lines, film = tmp_path / "out.jsonl", tmp_path / "out.avi"
    words = ("demo", "--no-show", "--size", "320x240", "--max-frames", "100000")
    process = start_cam(tmp_path, *words, "--json", lines.name, "--save", film.name)
    wait_until(lambda: lines.exists() and lines.read_text().count("\n") > 5, 60)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == status, err
    assert "Traceback" not in err and "frames/s" in err
    indices = [json.loads(line)["frame"] for line in lines.read_text().splitlines()]
    assert indices == list(range(len(indices)))
    assert abs(cv2.VideoCapture(str(film)).get(cv2.CAP_PROP_FRAME_COUNT) - len(indices)) <= 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.avi", "out.jsonl"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX are needed")
@pytest.mark.parametrize("delay", [0.0, 0.011, 0.023])
def test_two_signals_at_once(delay: float, tmp_path: Path) -> None:
    """An impatient second Ctrl-C while all is being closed leaves whole lines, a film that plays or none."""
    lines, film = tmp_path / "out.jsonl", tmp_path / "out.mkv"
    words = ("demo", "--no-show", "--size", "320x240", "--max-frames", "100000")
    process = start_cam(tmp_path, *words, "--json", lines.name, "--save", film.name)
    wait_until(lambda: lines.exists() and lines.read_text().count("\n") > 5, 60)
    process.send_signal(signal.SIGINT)
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode in (130, -signal.SIGINT) and "Traceback" not in err
    count = len([json.loads(line) for line in lines.read_text().splitlines()])
    assert not film.exists() or len(read_shades(film)) >= count - 1
    assert {p.name for p in tmp_path.iterdir()} <= {"out.mkv", "out.jsonl"}


def read_shades(film: Path) -> list[float]:
    capture = cv2.VideoCapture(str(film))
    shades = []
    while (read := capture.read())[0]:
        shades.append(float(read[1].mean()))
    return shades


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_reader_of_a_named_pipe_goes_away(tmp_path: Path) -> None:
    """Who stops reading a named pipe ends the run without an error, and the film beside it is whole."""
    os.mkfifo(tmp_path / "out.jsonl")
    words = ("demo", "--no-show", "--size", "320x240", "--max-frames", "100000")
    process = start_cam(tmp_path, *words, "--json", "out.jsonl", "--save", "out.avi")
    with open(tmp_path / "out.jsonl") as pipe:
        assert [json.loads(pipe.readline())["frame"] for _ in range(3)] == [0, 1, 2]
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0 and "Traceback" not in err
    assert len(read_shades(tmp_path / "out.avi")) >= 3


def test_broken_pipe_is_no_error(tmp_path: Path) -> None:
    """Who reads the first line only, as ``head`` does, gets no error for it."""
    process = start_cam(tmp_path, "demo", "--no-show", "--size", "320x240", "--json", "-")
    assert process.stdout is not None and process.stderr is not None
    assert json.loads(process.stdout.readline())["frame"] == 0
    process.stdout.close()
    assert process.wait(60) == 0
    assert "Traceback" not in process.stderr.read() and process.stderr.close() is None


def test_full_standard_output(tmp_path: Path) -> None:
    """A standard output that takes nothing is told in one line."""
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    save_picture(tmp_path / "page.png")
    with open("/dev/full", "w") as full:
        process = start_cam(tmp_path, "page.png", "--no-show", "--json", "-", stdout=full)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err.splitlines() == [
        "digitcam: standard output cannot be written: No space left on device; "
        "free some room, or choose another place"
    ]


def test_runs_from_any_folder(tmp_path: Path) -> None:
    """The script itself runs from another folder."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "cam.py"), "nix.png"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
    )
    assert done.returncode == 2 and done.stderr.startswith("digitcam: nix.png does not exist")
