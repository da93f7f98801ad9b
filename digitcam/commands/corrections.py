"""``cam.py corrections``: what was corrected, to look at, to take along, to take back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from digitcam.commands.cam_options import Parser
from digitcam.errors import UserError

DESCRIPTION = """\
Digits that you corrected in a window: list them, look at them, take them along, take them back.

cam.py corrections                  list them
cam.py corrections sheet            look at them in a window
cam.py corrections sheet FILE.png   the same as a picture
cam.py corrections export DIR       each 28x28 crop as DIR/<digit>/*.png, as train.py --data takes them
cam.py corrections delete 3 4       take some back, by their numbers
cam.py corrections delete --all     take all back
"""


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The options of ``cam.py corrections``; UserError where they make no sense."""
    parser = Parser(
        prog="cam.py corrections",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--file", type=Path, metavar="PATH", help="another corrections file than your own")
    tasks = parser.add_subparsers(dest="task", metavar="TASK")
    tasks.add_parser("list", help="a line each (the default)")
    sheet = tasks.add_parser("sheet", help="all on one picture")
    sheet.add_argument("target", nargs="?", type=Path, metavar="FILE", help="a picture; else a window")
    sheet.add_argument("--overwrite", action="store_true", help="replace the picture if it exists")
    export = tasks.add_parser("export", help="as folders of PNGs")
    export.add_argument("folder", type=Path, metavar="DIR")
    delete = tasks.add_parser("delete", help="take some back, or all")
    delete.add_argument("numbers", nargs="*", type=int, metavar="N", help="as the list has them")
    delete.add_argument("--all", action="store_true", help="the whole file")
    options = parser.parse_args(argv)
    if options.task == "delete" and bool(options.numbers) == options.all:
        parser.error("delete wants the numbers of corrections, or --all")
    return options


def main(argv: Sequence[str]) -> int:
    """Run ``cam.py corrections`` with what follows these words, and give its exit status."""
    options = parse(argv)
    from digitcam.corrections.store import CorrectionFile

    file = CorrectionFile(options.file)
    if options.task == "delete":
        return delete(file, options)
    corrections = file.read()
    if not corrections:
        print(f"there are no corrections in {file.path}: click a digit in a window, and press what it is")
        return 0
    from digitcam.corrections import listing

    if options.task == "sheet":
        return show_sheet(listing.draw_sheet(corrections), options)
    if options.task == "export":
        listing.export(corrections, options.folder)
        print(f"{len(corrections)} crops written below {options.folder}")
        return 0
    print("\n".join(listing.describe(corrections)))
    print(f"digitcam: kept in {file.path}", file=sys.stderr)
    return 0


def delete(file, options: argparse.Namespace) -> int:  # type: ignore[no-untyped-def]
    """Take corrections back, and say how many."""
    if options.all:
        count = file.delete_all()
    else:
        file.delete(options.numbers)
        count = len(set(options.numbers))
    print(f"{count} correction{'s' if count != 1 else ''} deleted")
    return 0


def show_sheet(sheet, options: argparse.Namespace) -> int:  # type: ignore[no-untyped-def]
    """The sheet as a picture, or in a window until a key is pressed."""
    if options.target is not None:
        from digitcam.outputs.base import check_target
        from digitcam.outputs.pictures import SUFFIXES, write_picture

        if options.target.suffix.lower() not in SUFFIXES:
            raise UserError(f"{options.target} is no name for a picture: end it in {', '.join(SUFFIXES)}")
        check_target(options.target, [], options.overwrite)
        write_picture(options.target, sheet, options.overwrite)
        print(f"written: {options.target}")
        return 0
    import cv2

    from digitcam.display import missing_display
    from digitcam.pane import Pane

    missing = missing_display(cv2)
    if missing:
        raise UserError(f"no window, since {missing}: name a picture: `cam.py corrections sheet all.png`")
    pane = Pane(cv2, mouse=False)
    pane.put(sheet)
    while not pane.closed and not pane.key(30):
        pass
    pane.close()
    return 0
