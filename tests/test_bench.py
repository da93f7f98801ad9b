"""The benchmark measures what it says it measures; how fast that is, no test asks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from digitcam.bench import __main__ as bench
from digitcam.bench.age import PacedCamera, measure_age
from digitcam.bench.candidates import measure_candidates
from digitcam.bench.corrections import measure_corrections
from digitcam.bench.counted import make_counted_frame
from digitcam.bench.drawing import measure_drawing
from digitcam.bench.kills import measure_kills
from digitcam.bench.network import make_crops, read_labels
from digitcam.bench.process import _Demo, measure_memory, measure_start
from digitcam.bench.table import format_report
from digitcam.errors import UserError
from digitcam.machine import describe_machine
from digitcam.sources.base import Source
from digitcam.types import LABELS, Frame
from digitcam.weights_dir import find_weights
from tests.training_samples import save_network


@pytest.mark.parametrize("ruled", [False, True])
@pytest.mark.parametrize(("count", "size"), [(1, (640, 480)), (20, (480, 640)), (100, (1920, 1080))])
def test_a_counted_frame_has_its_digits_where_it_says(
    count: int, size: tuple[int, int], ruled: bool
) -> None:
    """The page has exactly the digits asked for, apart from each other, and each box is tight around ink."""
    frame = make_counted_frame(count, size, np.random.default_rng(count), ruled)
    assert frame.size == size and frame.truth is not None
    assert [t.label for t in frame.truth] == [LABELS[i % 10] for i in range(count)]
    boxes = [t.box for t in frame.truth]
    assert not any(a.overlap(b) for i, a in enumerate(boxes) for b in boxes[:i])
    grey = frame.image.mean(axis=2)
    for box in boxes:
        assert box.x >= 0 and box.y >= 0 and box.right <= size[0] and box.bottom <= size[1]
        inside = grey[box.y : box.bottom, box.x : box.right]
        paper, dark = np.percentile(inside, 95), inside < 0.6 * np.percentile(inside, 95)
        assert paper > 100
        for edge in (dark[:2], dark[-2:], dark[:, :2], dark[:, -2:]):
            assert edge.any(), (box, ruled)


def test_the_same_seed_gives_the_same_page() -> None:
    """Two runs of the benchmark read the same pixels."""
    first, second = (make_counted_frame(5, (320, 240), np.random.default_rng(1)) for _ in range(2))
    assert np.array_equal(first.image, second.image) and first.truth == second.truth


def test_the_machine_is_named() -> None:
    """A report says which processor, how many cores and which versions."""
    machine = describe_machine()
    assert machine["cpu"] and isinstance(machine["cores"], int) and machine["cores"] >= 1
    versions = machine["versions"]
    assert isinstance(versions, dict) and versions["numpy"] == np.__version__


def test_the_crops_are_ten_different_digits() -> None:
    """The network's part classifies ten crops of the network's own size, none of them empty."""
    crops = make_crops()
    assert crops.shape == (10, 28, 28) and crops.dtype == np.uint8
    assert (crops.max(axis=(1, 2)) == 255).all()
    assert read_labels(np.eye(10, 11)) == "0123456789"


def test_frames_are_timed_step_by_step_and_read() -> None:
    """Each size and count gives a row with its steps, and what was timed did read the digits."""
    from digitcam.bench.frames import measure_frames

    rows = measure_frames(6, sizes=[(640, 480), (800, 600)], counts=[1, 20], noise=(160, 120))
    assert rows.pop().name == "160×120 noise"
    assert [(row.size, row.digits) for row in rows] == [
        ((640, 480), 1),
        ((640, 480), 20),
        ((800, 600), 1),
        ((800, 600), 20),
    ]
    for row in rows:
        assert {"ink", "segment", "classify"} <= row.steps.keys() and "total" not in row.steps
        assert 0 < row.median <= row.p99 and 0 < row.alone <= row.alone_p99
        assert row.frames == 6
    assert rows[3].recall >= 0.8


def test_candidates_are_counted_with_what_they_cost() -> None:
    """Each sort of picture has a row; the mean cost is that of the screen and its share of the large one."""
    rows = [row.to_json() for row in measure_candidates(1)]
    assert [rows[0]["name"], rows[-2]["name"], rows[-1]["name"]] == ["20 digits", "no digit", "all"]
    records = [json.loads((find_weights() / f"{n}.json").read_text()) for n in ("screen", "digits", "judge")]
    small, large, judge = (record["multiply_adds"] for record in records)
    for row in rows:
        assert 0 <= row["judged"] <= row["shown"] <= row["candidates"]  # type: ignore[operator]
        after = large * row["shown"] + judge * row["judged"]  # type: ignore[operator]
        assert row["multiply_adds"] == pytest.approx(
            small + after / max(1, row["candidates"]),  # type: ignore[call-overload]
            abs=1,
        )
    assert rows[0]["shown"] >= 15  # type: ignore[operator]
    for name in ("pictures", "candidates", "shown", "judged"):
        assert rows[-1][name] == sum(row[name] for row in rows[:-1])  # type: ignore[misc]
    assert f"{rows[-1]['multiply_adds'] / 1e6:.1f}" in format_report(  # type: ignore[operator]
        {"machine": describe_machine(), "candidates": rows}
    )


def test_a_model_without_record_has_no_known_cost(tmp_path: Path) -> None:
    """What a network costs is read from its record; where there is none, that is told in one line."""
    path = save_network(tmp_path / "mine.keras", classes=11)
    with pytest.raises(UserError, match="mine.json does not say what .*mine.keras costs"):
        measure_candidates(1, str(path))


def test_the_network_is_compared_on_the_same_labels() -> None:
    """The three ways agree on the labels, and each has a time and a ratio."""
    from digitcam.bench.network import measure_network

    report = measure_network(1)
    assert report["digits"] == 10 and report["rounds"] == 1 and len(report["labels"]) == 10  # type: ignore[arg-type]
    for key in ("batch_ms", "predict_each_ms", "predict_on_batch_ms"):
        assert report[key] > 0  # type: ignore[operator]
    assert {"predict_each_ratio", "predict_on_batch_ratio"} <= report.keys()


def test_start_and_memory_are_those_of_cam_py() -> None:
    """The parts that start ``cam.py`` see its first label and its memory."""
    start = measure_start(1)
    assert start["first_label_s"] > 0 and start["help_s"] > 0  # type: ignore[operator]
    memory = measure_memory(2)
    assert memory["frames"] == 2
    if Path("/proc/self/status").exists():
        assert memory["peak_mb"] > 10  # type: ignore[operator]
    else:
        assert memory["peak_mb"] is None


def test_age_is_that_of_the_newest_frame() -> None:
    """Frames are shown soon after they came, though each is worked on for longer than until the next one."""
    ages = measure_age(12, fps=50, work=0.05)
    assert ages.frames == 12 and ages.work >= 50
    assert ages.work <= ages.median < 300
    assert ages.over <= ages.worst - 50 - 20, "less the work of the same frame, and less one frame"


def test_age_shows_a_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were frames read one after another, those that waited would be seen to be old."""

    class Queue(Source):
        def __init__(self, name: str, title: str, camera: PacedCamera, *_: object, check: str) -> None:
            self._camera = camera

        def __iter__(self) -> Iterator[Frame]:
            while True:
                yield Frame(self._camera.read()[1])

    monkeypatch.setattr("digitcam.bench.age.Live", Queue)
    ages = measure_age(12, fps=50, work=0.05)
    # The twelfth is there after 0.22 s and shown after 0.6 s, on however fast a machine.
    assert ages.worst >= 380


def test_a_program_that_fails_is_told_with_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """When ``cam.py`` fails, the benchmark fails with its status and its last line, and measures nothing."""
    code = "import sys; print('no camera here', file=sys.stderr); sys.exit(2)"
    monkeypatch.setattr("digitcam.bench.process.cam_command", lambda: [sys.executable, "-c", code])
    with pytest.raises(UserError, match="status 2 and said: no camera here"):
        measure_memory(1)


def test_the_demo_is_ended_on_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process whose first lines are all that is wanted does not live on."""
    code = "import time; print('{\"digits\": []}', flush=True); time.sleep(600)"
    monkeypatch.setattr("digitcam.bench.process.cam_command", lambda: [sys.executable, "-c", code])
    with _Demo(1) as demo:
        assert next(demo) == {"digits": []}
    assert demo.process.returncode not in (None, 0)


REPORT = {
    "machine": {
        "cpu": "a processor",
        "cores": 2,
        "system": "Linux 6",
        "python": "3.11",
        "versions": {"numpy": "2"},
    },
    "frames": [
        {
            "name": "1280×720",
            "size": [1280, 720],
            "digits": 20,
            "frames": 200,
            "steps_ms": {"ink": 1.25, "classify": 2.5},
            "median_ms": 4.0,
            "p99_ms": 6.5,
            "alone_median_ms": 9.5,
            "alone_p99_ms": 12.25,
            "recall": 0.95,
            "false": 1,
        }
    ],
    "steady": {
        "seed": 0,
        "film": {
            "frames": 300,
            "digits": 47,
            "labelled": 0.9712,
            "right": 0.9613,
            "digits_labelled": 1.0,
            "changes": 0,
            "renumbered": 2,
            "false_per_frame": 0.25,
        },
        "alone": {
            "frames": 300,
            "digits": 47,
            "labelled": 0.9512,
            "right": 0.9413,
            "digits_labelled": 1.0,
            "changes": 77,
            "renumbered": 0,
            "false_per_frame": 0.33,
        },
    },
    "replaced": {"films": 20, "median_s": 0.1, "worst_s": 0.233},
    "soak": {
        "frames": 100000,
        "memory_first_mb": 150.5,
        "memory_last_mb": 151.5,
        "first_ms": 5.25,
        "last_ms": 5.75,
        "labelled": 1.0,
        "changes": 3,
        "renumbered": 4,
    },
    "network": {
        "digits": 10,
        "rounds": 5,
        "engine": "LiteRT",
        "labels": list("0123456789"),
        "batch_ms": 2.0,
        "predict_each_ms": 500.0,
        "predict_each_ratio": 250.0,
        "predict_on_batch_ms": 5.0,
        "predict_on_batch_ratio": 2.5,
    },
    "start": {
        "repeats": 5,
        "first_label_s": 0.5,
        "first_label_worst_s": 0.6,
        "help_s": 0.1,
        "help_worst_s": 0.2,
    },
    "memory": {"frames": 200, "peak_mb": 123.4},
    "age": {
        "fps": 30.0,
        "frames": 50,
        "work_ms": 100.2,
        "median_ms": 117.1,
        "worst_ms": 133.9,
        "allowed_ms": 133.5,
        "over_ms": 0.4,
    },
}


def test_the_table_shows_every_figure() -> None:
    """Sizes, steps, medians, ratios, start and memory stand in the text, in their rows."""
    text = format_report(REPORT)
    row = next(line for line in text.splitlines() if line.startswith("1280×720"))
    assert row.split() == ["1280×720", "20", "1.25", "2.50", "4.00", "6.50", "9.50", "12.25", "95", "%", "1"]
    assert "a processor, 2 cores" in text and "250.0 times" in text and "2.5 times" in text
    film = next(line for line in text.splitlines() if line.startswith("as a film"))
    assert film.split() == ["as", "a", "film", "97.12", "%", "96.13", "%", "100.00", "%", "0", "2", "0.25"]
    assert "its label after 0.10 s, at worst 0.23 s" in text
    assert "150.5 MB  151.5 MB" in text and "3 labels changed, 4 tracks lost" in text
    assert "first labelled line  0.50 s  0.60 s" in text and "123 MB" in text
    assert "median 117.1 ms, worst 133.9 ms" in text and "are 133.5 ms, exceeded by 0.4 ms at most" in text


def test_the_table_leaves_out_what_was_not_measured() -> None:
    """A report of one part is that part and the machine."""
    text = format_report({"machine": REPORT["machine"], "memory": {"frames": 9, "peak_mb": None}})
    assert text.splitlines()[-1] == "peak memory of cam.py: this system does not tell"
    assert "milliseconds" not in text and "network" not in text


def test_only_what_is_asked_for_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--only`` measures that part with the counts given, and ``--json`` prints one object."""
    asked = []

    def measure_memory(frames: int) -> dict[str, object]:
        asked.append(frames)
        return {"frames": frames, "peak_mb": 1.0}

    monkeypatch.setattr("digitcam.bench.process.measure_memory", measure_memory)
    assert bench.main(["--only", "memory", "--frames", "7", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert asked == [7] and sorted(report) == ["machine", "memory"]


def test_a_missing_model_is_one_line(tmp_path: Path) -> None:
    """A model that is not there ends the benchmark with status 2 and no traceback."""
    options = ["--only", "frames", "--model", str(tmp_path / "no.keras")]
    command = [sys.executable, "-m", "digitcam.bench", *options]
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=root)
    assert done.returncode == 2 and done.stdout == ""
    assert "there is no model file" in done.stderr and "Traceback" not in done.stderr


def test_kills_lose_nothing() -> None:
    """Of 20 programs killed while they correct none loses the file, or what was told to be kept."""
    report = measure_kills(20, seed=1)
    assert report["files_lost"] == report["kept_lost"] == 0
    assert isinstance(report["corrections"], int) and report["corrections"] > 0
    assert "20 programs killed" in format_report({"machine": describe_machine(), "kills": report})


def test_writing_is_timed() -> None:
    """Every stroke of twenty digits that a scripted hand writes is shown and read, and both are timed."""
    report = measure_drawing()
    assert report["read"] >= 18 and report["moves"] > 400  # type: ignore[operator]
    assert 0 < report["to_picture_median_ms"] <= report["to_picture_p99_ms"]  # type: ignore[operator]
    assert 0 < report["to_reading_median_ms"] <= report["to_reading_p99_ms"]  # type: ignore[operator]
    assert "writing 20 digits" in format_report({"machine": describe_machine(), "drawing": report})


def test_corrections_are_timed() -> None:
    """The same frames are read with as many corrections as are ever heeded, and with none."""
    report = measure_corrections(3)
    assert report["corrections"] == 400 and report["with_ms"] > 0  # type: ignore[operator]
    assert "400 corrections" in format_report({"machine": describe_machine(), "corrections": report})
