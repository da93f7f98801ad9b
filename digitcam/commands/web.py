"""``cam.py web``: a page in the browser that reads the camera, a canvas and pictures."""

from __future__ import annotations

import argparse
import sys
import threading
import webbrowser
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from digitcam.commands.cam_options import Parser, confidence
from digitcam.commands.stops import Stops
from digitcam.display import has_desktop
from digitcam.errors import UserError

DESCRIPTION = """\
Open a page in the browser that reads digits: from the camera, from a canvas, from pictures.

It is for this machine alone unless --host says otherwise. Pictures are read in memory and not kept; what you
correct is kept, as in the windows. Ctrl-C ends it.
"""
EPILOG = """\
for a phone or another computer
  cam.py web --host 0.0.0.0 --allow-host 192.168.1.20
  Then whoever reaches this machine can have pictures read and digits corrected, and nothing is encrypted.
  192.168.1.20 stands for the name or address that is typed there. Browsers give a camera to localhost and to
  HTTPS alone; the tab Picture takes photographs without.

for programs
  curl --data-binary @page.jpg http://127.0.0.1:8000/api/read
  curl --form image=@page.jpg http://127.0.0.1:8000/api/read
"""
HOST, PORT = "127.0.0.1", 8000


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The options of ``cam.py web``; UserError where they make no sense."""
    parser = Parser(
        prog="cam.py web",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--host", default=HOST, help="address to listen on (%(default)s: this machine alone)")
    add("--port", type=_port, default=PORT, help="port to listen on; 0 is any free one (%(default)s)")
    add("--allow-host", action="append", default=[], type=_name, metavar="NAME", dest="allowed",
        help="a name or address that others type to come here; may be repeated")  # fmt: skip
    add("--model", metavar="PATH", help="a saved model or a name, as cam.py takes it (default: digits)")
    add("--labels", type=Path, metavar="FILE", help="the names of a LiteRT model's classes, one on each line")
    add("--conf", type=confidence, metavar="X", help="least confidence for a label, 0 to 1")
    add("--no-corrections", action="store_true", help="read as if nothing had been corrected, and take none")
    add("--no-open", action="store_true", help="print the address, and open no browser")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> int:
    """Run ``cam.py web`` with what follows these words, until it is stopped."""
    options = parse(argv)
    with Stops() as stops, ExitStack() as stack:
        stops.put_off()
        address = serve(options, stack)
        stack.callback(stops.put_off)  # on the way out first of all
        stops.let_through()
        print(f"digitcam: {address} (Ctrl-C ends it)", flush=True)
        if not options.no_open and has_desktop():
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        forever = threading.Event()
        while not forever.wait(0.5):  # a wait without end would hold up Ctrl-C on Windows
            stops.check()
    return 0


def serve(options: argparse.Namespace, stack: ExitStack) -> str:
    """Open everything, listen, and close it with ``stack``; the address. UserError where that fails."""
    try:
        from digitcam.web.app import make_app
        from digitcam.web.server import Server
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] not in ("flask", "werkzeug", "waitress"):
            raise
        raise UserError(
            f"the page in the browser needs {error.name}, which is not installed: "
            "pip install 'digitcam[web]', or pip install flask waitress"
        ) from None
    from digitcam.corrections.corrector import open_corrections
    from digitcam.inside.opening import opener_of
    from digitcam.models import find
    from digitcam.opening import open_model
    from digitcam.web.guard import is_loopback, own_names
    from digitcam.web.service import Service

    model = find(options.model, options.labels)
    hand, correct = None, None
    if model.takes_corrections and not options.no_corrections:
        hand, corrector = open_corrections(options.model, _say)
        correct = corrector.correct
    service = Service(open_model(model, hand), options.conf, correct, opener_of(model))
    stack.callback(service.close)
    names = own_names(options.host, options.allowed)
    server = Server(make_app(service, names), options.host, options.port)
    stack.callback(server.close)
    server.start()
    if not is_loopback(options.host):
        _say(
            f"whoever reaches this machine on port {server.port} can have pictures read and digits "
            f"corrected, and nothing is encrypted; it answers to {', '.join(sorted(names))}; "
            "--allow-host adds a name"
        )
    return f"http://{_shown(options.host)}:{server.port}/"


def _shown(host: str) -> str:
    """The host as an address has it; of those that stand for all of them the one for this machine."""
    if host in ("0.0.0.0", "::", ""):
        return HOST
    return f"[{host}]" if ":" in host else host


def _say(message: str) -> None:
    print(f"digitcam: {message}", file=sys.stderr)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, received {text!r}")
    return int(text)


def _name(text: str) -> str:
    from ipaddress import ip_address

    bare = text.strip("[]")
    try:
        ip_address(bare)
    except ValueError:
        words = bare.replace("-", "").replace(".", "").replace("_", "")
        if not words or not words.isalnum():
            raise argparse.ArgumentTypeError(
                f"expected a name or address alone, such as desk.local or 192.168.1.20, received {text!r}"
            ) from None
    return bare
