"""Requests as no browser sends them, to see what a server makes of them: the same ones for the same seed."""

from __future__ import annotations

import json
import random
import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

PATIENCE = 40.0  # seconds for an answer
BOUNDARY = "----line"


@dataclass(frozen=True, slots=True)
class Malformed:
    """A request byte by byte; ``whole`` tells whether there is an end to wait for an answer after."""

    name: str
    raw: bytes
    whole: bool = True


def make_malformed(count: int, picture: bytes, seed: int = 0) -> Iterator[Malformed]:
    """So many requests, each kind in turn.

    Args:
        picture: a JPEG or PNG file that is sound, to be damaged.
    """
    dice = random.Random(seed)
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        made = kind(dice, picture)
        raw, whole = made if isinstance(made, tuple) else (made, True)
        yield Malformed(kind.__name__.strip("_"), raw, whole)


def send(address: tuple[str, int], request: Malformed) -> int | None:
    """Send a request; the status of the answer, None where the connection is closed without one."""
    with socket.create_connection(address, timeout=PATIENCE) as connection:
        answer = b""
        try:
            connection.sendall(request.raw)
            while request.whole and b"\r\n" not in answer:
                received = connection.recv(65536)
                if not received:
                    break
                answer += received
        except ConnectionError:
            pass  # refused before all of it was sent
    words = answer.split(b" ", 2)
    return int(words[1]) if len(words) > 1 and words[0].startswith(b"HTTP/") else None


def post(body: bytes, *headers: str, path: str = "/api/read", host: str = "localhost") -> bytes:
    """A request that is well-formed itself."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


def form(*parts: tuple[str, bytes], end: str = f"--{BOUNDARY}--\r\n", path: str = "/api/read") -> bytes:
    """A form of parts, each the rest of its ``Content-Disposition`` and its content."""
    body = b"".join(
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
        for head, content in parts
    )
    kind = f"Content-Type: multipart/form-data; boundary={BOUNDARY}"
    return post(body + end.encode(), kind, path=path)


def make_bomb(side: int = 30_000) -> bytes:
    """A small PNG file whose header names side×side pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(side * 100), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _noise(dice: random.Random, picture: bytes) -> bytes:
    return dice.randbytes(dice.randint(1, 3000)).replace(b"\n", b"") + b"\r\n\r\n"


def _request_line(dice: random.Random, picture: bytes) -> bytes:
    line = dice.choice(
        ["GET", "GET /", "GET / HTTP/9.9", "  / HTTP/1.1", "GET /\x01 HTTP/1.0", "PRI * HTTP/2.0", "GET "]
    )
    return f"{line}\r\nHost: localhost\r\n\r\n".encode()


def _method(dice: random.Random, picture: bytes) -> bytes:
    method = dice.choice(["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "BREW", "GET", "X" * 300])
    path = dice.choice(["/api/read", "/", "/api/models", "/healthz", "*"])
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()


def _path(dice: random.Random, picture: bytes) -> bytes:
    path = dice.choice(
        ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/%00", "/%ff%fe", "/" + "a" * 5000, "/..\\..\\x",
         "//evil.example/", "/api/read/../read", "/style.css/x", "http://evil.example/", "/\xff"]
    )  # fmt: skip
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode("latin-1")


def _host(dice: random.Random, picture: bytes) -> bytes:
    host = dice.choice(
        ["evil.example", "localhost.evil.example", "localhost:99999", "[::1", "", "localhost@evil", "\xff"]
    )
    return post(picture, host=host)


def _other_site(dice: random.Random, picture: bytes) -> bytes:
    headers = ["Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site", "Origin: \xff://"]
    path = dice.choice(["/api/read", "/api/corrections", "/api/inside"])
    return post(picture, dice.choice(headers), path=path)


def _length(dice: random.Random, picture: bytes) -> tuple[bytes, bool]:
    length = dice.choice(["-1", "ten", "1e9", "99999999999999999999", "0x10", "1, 2", str(10**9), "50"])
    return _head(f"Content-Length: {length}") + picture[:40], length != "50"


def _chunks(dice: random.Random, picture: bytes) -> tuple[bytes, bool]:
    body, whole = dice.choice(
        [(b"zz\r\nabc\r\n0\r\n\r\n", True), (b"5\r\nabc", False), (b"-5\r\nabcde\r\n0\r\n\r\n", True),
         (b"3\r\nabc\r\n0\r\n\r\n", True), (b"ffffffffffffffff\r\nabc\r\n", False)]
    )  # fmt: skip
    coding = dice.choice(["chunked", "chunked", "gzip", "chunked, chunked"])
    return _head(f"Transfer-Encoding: {coding}") + body, whole


def _head(header: str) -> bytes:
    lines = ["POST /api/read HTTP/1.1", "Host: localhost", "Connection: close", header, "", ""]
    return "\r\n".join(lines).encode()


def _headers(dice: random.Random, picture: bytes) -> bytes:
    lines = dice.choice(
        [["X: " + "a" * 100_000], ["no colon"], [" folded: x"], ["Content-Length: 3", "Content-Length: 4"],
         [f"X-{i}: 1" for i in range(3000)], ["X: \x00"], [": empty"], ["Host: other", "Host: another"]]
    )  # fmt: skip
    return "\r\n".join(["GET / HTTP/1.1", "Host: localhost", "Connection: close", *lines, "", ""]).encode()


def _break_off(dice: random.Random, picture: bytes) -> tuple[bytes, bool]:
    whole = post(picture)
    return whole[: dice.randint(1, len(whole) - 1)], False


def _cut_picture(dice: random.Random, picture: bytes) -> bytes:
    return post(picture[: dice.randint(1, len(picture) - 1)])


def _damaged_picture(dice: random.Random, picture: bytes) -> bytes:
    damaged = bytearray(picture)
    for _ in range(dice.randint(1, 60)):
        damaged[dice.randrange(len(damaged))] = dice.randrange(256)
    return post(bytes(damaged))


def _no_picture(dice: random.Random, picture: bytes) -> bytes:
    return post(
        dice.choice(
            [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<!doctype html><script>",
             b"%PDF-1.7", b"PK\x03\x04", b"GIF89a", b"\xff\xd8\xff", b"BM", dice.randbytes(5000), make_bomb()]
        ),
        dice.choice(["Content-Type: image/png", "Content-Type: application/x-www-form-urlencoded", "X: y"]),
    )  # fmt: skip


def _form(dice: random.Random, picture: bytes) -> bytes:
    image = 'name="image"; filename="a.jpg"'
    return dice.choice(
        [
            form(('name="file"; filename="a.jpg"', picture)),
            form(('name="image"', picture)),
            form((image, picture), (image, picture)),
            form((image, b"")),
            form(),
            form((image, picture), end=""),
            form(*[(f'name="x{i}"', b"y") for i in range(500)]),
            form(('name="image"; filename="../../etc/passwd"', b"hello")),
            form((f'name="image"; filename="{"a" * 5000}\x00"', picture)),
            post(picture, "Content-Type: multipart/form-data"),
            post(picture, "Content-Type: multipart/form-data; boundary=" + "b" * 300),
        ]
    )


def _words(dice: random.Random, picture: bytes) -> bytes:
    words = dice.choice(
        ["page=" + "a" * 500, "page=%00", "page=../x", "page=", "time=1", "page=a&time=nan", "page=a&time=-1",
         "page=a&time=1e999", "frame=x", "frame=1e400", "crops=yes", "page=a&time=1&frame=-3", "%ff",
         "point=1", "point=1e9,x", "box=0,0,0,0", "box=1,2,3", "box=-9,9,99999999999,1", "refused=%00"]
    )  # fmt: skip
    return post(picture, path=f"{dice.choice(['/api/read', '/api/inside'])}?{words}")


def _correction(dice: random.Random, picture: bytes) -> bytes:
    sound = {"box": [0, 0, 9, 9], "crop": "AAAA" * 261 + "AA==", "label": "7", "read_as": "1"}
    changes: list[dict[str, object]] = [
        {"box": [0, 0, 0, 9]}, {"box": "0,0,9,9"}, {"box": [1e400, 0, 9, 9]}, {"box": [0, 0, 10**30, 9]},
        {"crop": "AAAA"}, {"crop": "é"}, {"crop": None}, {"label": "11"}, {"label": 7}, {"read_as": []},
        {"read_as": "not a digit"},
    ]  # fmt: skip
    damaged = [json.dumps(sound | change).encode() for change in changes]
    words = dice.choice([b"", b"{", b"[]", b"null", b"[" * 50_000, b"\xff\xfe", *damaged])
    image = 'name="image"; filename="a.jpg"', picture
    return form(image, ('name="correction"', words), path="/api/corrections")


Kind = Callable[[random.Random, bytes], "bytes | tuple[bytes, bool]"]
KINDS: tuple[Kind, ...] = (
    *(_noise, _request_line, _method, _path, _host, _other_site, _length, _chunks, _headers, _break_off),
    *(_cut_picture, _damaged_picture, _no_picture, _form, _words, _correction),
)
