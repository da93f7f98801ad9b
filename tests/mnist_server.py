"""A made-up MNIST of a few pictures, and a web server on this machine that serves it well or badly."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from digitcam.training.mnist import IdxFile, Split

COUNTS = {"train": 7, "test": 3}
STEMS = {"train": "train", "test": "t10k"}


def make_files() -> tuple[dict[str, Split], dict[str, bytes], dict[str, np.ndarray]]:
    """The description of the made-up files, their decompressed bytes and their arrays, by name."""
    rng = np.random.default_rng(7)
    splits, contents, arrays = {}, {}, {}
    for split, count in COUNTS.items():
        described = []
        for kind, shape in (("images-idx3", (count, 28, 28)), ("labels-idx1", (count,))):
            name = f"{STEMS[split]}-{kind}-ubyte"
            array = rng.integers(0, 10 if len(shape) == 1 else 256, shape).astype(np.uint8)
            blank = IdxFile(name, "", shape)
            content = blank.header + array.tobytes()
            described.append(IdxFile(name, hashlib.sha256(content).hexdigest(), shape))
            contents[name], arrays[name] = content, array
        splits[split] = Split(*described)
    return splits, contents, arrays


def zipped(contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """What a mirror serves: each file gzipped, under its name and ``.gz``."""
    return {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in contents.items()}


class Mirror(ThreadingHTTPServer):
    """A mirror that notes what it was asked for.

    ``manner`` is ``good``, ``hang`` (the promise of bytes that never come), ``short`` (half of the promised
    bytes) or ``endless`` (no length, and bytes until the client leaves).
    """

    daemon_threads = True

    def __init__(self, served: Mapping[str, bytes], manner: str = "good") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.served, self.manner = dict(served), manner
        self.asked: list[str] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/mnist/"


class _Handler(BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        mirror, name = self.server, self.path.rsplit("/", 1)[-1]
        mirror.asked.append(name)
        if name not in mirror.served:
            self.send_error(404)
            return
        content = mirror.served[name]
        self.send_response(200)
        if mirror.manner != "endless":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if mirror.manner == "hang":
            mirror.released.wait(30)
        elif mirror.manner == "short":
            self.wfile.write(content[: len(content) // 2])
        elif mirror.manner == "endless":
            try:
                while not mirror.released.is_set():
                    self.wfile.write(bytes(4096))
            except OSError:
                pass  # the client has left, as it should
        else:
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing on standard error."""


@contextmanager
def mirror(served: Mapping[str, bytes], manner: str = "good") -> Iterator[Mirror]:
    """A running mirror, stopped on the way out."""
    server = Mirror(served, manner)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
