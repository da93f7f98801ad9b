"""The options of ``cam.py``, and what it says of them. Only the standard library is imported here."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar

from digitcam.errors import UserError

T = TypeVar("T")
Region = tuple[int, int, int, int]

SOURCES = """\
SOURCE is one of
  0, 1, ...          a camera by its index (default 0)
  page.jpg           a picture
  folder, 'p*.png'   the pictures in a folder, or those that match a quoted pattern
  clip.mp4           a video
  http://, rtsp://   a network stream
  demo               a synthetic camera over a page of handwriting, with known truth
  demo:words         the same with words and numbers, for --model characters
  draw               a window to write in
commands of their own, see their --help
  cam.py web          a page in the browser: camera, canvas, pictures
  cam.py corrections  digits that were corrected: list, sheet, export, delete

a model is one of
  model.keras        a saved model, shown what its record says: digits one by one, or whole frames
  personal           the model that train.py --finetune has made of your corrections
  imagenet           a thousand everyday things; imagenet:InceptionV3 is another of keras.applications
  model.tflite       any LiteRT classifier of whole frames, with --labels

keys in the window
  q, Esc quit   space pause   s snapshot   v next view   h help   other keys: next picture
  click a digit, or t and the arrow keys, then 0 to 9, or n for no digit: it is learnt at once
  A picture stays until a key is pressed, unless an output waits for the result.

exit status
  0 done   2 wrong use or unusable input   130 after Ctrl-C   143 after SIGTERM
"""


class Parser(argparse.ArgumentParser):
    """Tells wrong use in one line."""

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message}: see {self.prog} --help")


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """The options of ``cam.py``; UserError where they make no sense."""
    parser = Parser(
        description="Point any camera at handwritten digits and read the right numbers.",
        epilog=SOURCES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("source", nargs="?", default="0", metavar="SOURCE", help="what to read from, see below")
    add("--model", metavar="PATH", help="a saved model or a name, see below (default: digits)")
    add("--labels", type=Path, metavar="FILE", help="the names of a LiteRT model's classes, one on each line")
    add("--baseline", action="store_true", help="read the classic way: Otsu, contours, a plain network")
    add("--conf", type=confidence, metavar="X", help="least confidence for a label, 0 to 1")
    add("--json", metavar="PATH", help="a JSON object per frame (.json, .jsonl), or rows (.csv); - prints")
    add("--save", metavar="PATH", help="annotated picture or video by suffix, or a folder for many")
    add("--save-crops", metavar="DIR", help="each digit as 28x28, by label, as train.py --data takes them")
    add("--plot", metavar="FILE", help="of one picture: it, each digit's 28x28 and its probabilities")
    add("--numbers", action="store_true", help="print the numbers alone, each time they change")
    add("--overwrite", action="store_true", help="replace output files that exist")
    add("--rotate", type=int, choices=(0, 90, 180, 270), default=0, help="turn frames clockwise")
    add("--roi", type=_region, metavar="X,Y,W,H", help="look at this part of the frame only, in pixels")
    add("--no-show", action="store_true", help="no window")
    add("--view", choices=("result", "ink", "crops", "layers"), default="result", help="first view")
    add("--mirror", action="store_true", help="left and right exchanged, in the window only")
    add("--no-corrections", action="store_true", help="read as if nothing had been corrected")
    add("--no-track", action="store_true", help="each frame on its own")
    add("--max-frames", type=_count, metavar="N", help="stop after N frames")
    add("--size", type=_size, metavar="WxH", help="size asked of a camera or the demo")
    add("--fps", type=_rate, metavar="N", help="frames a second asked of a camera or the demo")
    add("--list-cameras", action="store_true", help="list the cameras that open, and stop")
    options = parser.parse_args(argv)
    if options.labels is not None and options.model is None:
        parser.error("--labels names the classes of a --model, and none is given")
    if options.numbers and options.json == "-":
        parser.error("--numbers and --json - both want standard output: give --json a file")
    if options.numbers and options.baseline:
        parser.error("--baseline reads digits alone, which --numbers cannot print")
    return options


def confidence(text: str) -> float:
    return _checked(text, float, lambda value: 0 <= value <= 1, "a number from 0 to 1")


def _count(text: str) -> int:
    return _checked(text, int, lambda value: value >= 1, "a whole number of at least 1")


def _rate(text: str) -> float:
    return _checked(text, float, lambda value: 0 < value <= 1000, "a number above 0, at most 1000")


def _size(text: str) -> tuple[int, int]:
    def split(words: str) -> tuple[int, int]:
        width, height = words.lower().replace("×", "x").split("x")
        return int(width), int(height)

    return _checked(text, split, lambda size: 16 <= min(size) <= max(size) <= 10_000, "such as 1280x720")


def _region(text: str) -> Region:
    def split(words: str) -> Region:
        x, y, width, height = (int(word) for word in words.split(","))
        return x, y, width, height

    def holds(region: Region) -> bool:
        return min(region) >= 0 and min(region[2:]) >= 1

    return _checked(text, split, holds, "X,Y,W,H in pixels, such as 0,0,640,360")


def _checked(text: str, read: Callable[[str], T], holds: Callable[[T], bool], wanted: str) -> T:
    """``read(text)`` where that works and ``holds``; else an error that says what was wanted."""
    with contextlib.suppress(ValueError):
        value = read(text)
        if holds(value):
            return value
    raise argparse.ArgumentTypeError(f"expected {wanted}, received {text!r}")
