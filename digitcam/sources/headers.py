"""Size and format of a picture from its first bytes, so that nothing huge is ever decoded.

A PNG of 30 KB can hold 30,000×30,000 pixels, which OpenCV would unfold to 5 GB. The formats are those that
every OpenCV wheel decodes: PNG (ISO 15948), JPEG (ITU T.81), BMP, GIF89a, TIFF 6.0, WebP (RFC 9649), PNM.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "WebP", "GIF", "PNM")


class DamagedHeader(ValueError):
    """The file begins like a picture and then breaks off or contradicts itself."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a picture says of itself: its format (of ``FORMATS``), its pixels, if it may have alpha."""

    format: str
    width: int
    height: int
    alpha: bool = False


def read_header(stream: BinaryIO) -> Header | None:
    """The header at the start of ``stream`` (seekable); None where it is no picture of a known format.

    Raises:
        DamagedHeader: the header is cut off or names no pixels.
    """
    parse = _parser(stream.read(16))
    if parse is None:
        return None
    stream.seek(0)
    try:
        header = parse(stream)
    except (struct.error, IndexError):
        raise DamagedHeader("it ends inside its header") from None
    if header.width < 1 or header.height < 1:
        raise DamagedHeader("its header names a picture without pixels")
    return header


def is_picture(start: bytes) -> bool:
    """Whether a file that begins with these bytes (16 are enough) is a picture of a known format."""
    return _parser(start) is not None


def _parser(start: bytes) -> Callable[[BinaryIO], Header] | None:
    for magic, parse in PARSERS:
        if start.startswith(magic) and (magic != b"RIFF" or start[8:12] == b"WEBP"):
            return parse
    return None


def is_whole(data: bytes, header: Header) -> bool:
    """Whether the file's end is there, as far as the format tells; decoders would fill up what is missing."""
    try:
        if header.format == "JPEG":
            scan = [position for marker, position, _ in _segments(BytesIO(data)) if marker == 0xDA]
            return bool(scan) and data.rfind(b"\xff\xd9") > scan[0]
        if header.format == "PNG":
            return any(
                kind == b"IEND" and at + size + 4 <= len(data) for kind, at, size in _chunks(BytesIO(data))
            )
        if header.format == "WebP":
            return 8 + struct.unpack_from("<I", data, 4)[0] <= len(data)
        if header.format == "BMP":
            return _bmp_end(data) <= len(data)
        if header.format == "GIF":
            return data.rstrip(b"\0").endswith(b";")
    except (struct.error, IndexError, DamagedHeader):
        return False
    return True  # TIFF and PNM: the decoder itself refuses what is cut off


def _take(stream: BinaryIO, layout: str) -> tuple[Any, ...]:
    return struct.unpack(layout, stream.read(struct.calcsize(layout)))


def _chunks(stream: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Kind, position and size of each PNG chunk's content."""
    at = 8
    while True:
        stream.seek(at)
        head = stream.read(8)
        if len(head) < 8:
            return
        size = int.from_bytes(head[:4], "big")
        yield head[4:], at + 8, size
        at += 12 + size


def _png(stream: BinaryIO) -> Header:
    stream.seek(8)
    size, kind, width, height, _, colour = _take(stream, ">I4sIIBB")
    if kind != b"IHDR" or size != 13:
        raise DamagedHeader("its PNG header is damaged")
    see_through = colour in (4, 6)
    for name, _, _ in _chunks(stream):
        if name in (b"IDAT", b"tRNS"):
            see_through |= name == b"tRNS"
            break
    return Header("PNG", width, height, see_through)


def _segments(stream: BinaryIO) -> Iterator[tuple[int, int, int]]:
    """Marker, position and size of each JPEG segment's content up to the first scan."""
    stream.seek(2)
    while True:
        byte = stream.read(1)[0]
        if byte != 0xFF:
            raise DamagedHeader("its JPEG header is damaged")
        while byte == 0xFF:
            byte = stream.read(1)[0]
        if byte == 0x01 or 0xD0 <= byte <= 0xD8:  # markers without content
            continue
        if byte == 0xD9:
            return
        size = _take(stream, ">H")[0] - 2
        position = stream.tell()
        yield byte, position, size
        if byte == 0xDA:
            return
        stream.seek(position + size)


def _jpeg(stream: BinaryIO) -> Header:
    for marker, position, _ in _segments(stream):
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            stream.seek(position)
            _, height, width = _take(stream, ">BHH")
            return Header("JPEG", width, height)
    raise DamagedHeader("its JPEG header names no size")


def _bmp(stream: BinaryIO) -> Header:
    stream.seek(14)
    if _take(stream, "<I")[0] == 12:
        width, height = _take(stream, "<HH")
    else:
        width, height = _take(stream, "<ii")
    return Header("BMP", width, abs(height))  # a negative height means that the top row comes first


def _bmp_end(data: bytes) -> int:
    """The file size that an uncompressed BMP needs."""
    offset, size = struct.unpack_from("<II", data, 10)
    if size == 12:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
    else:
        width, height, _, bits, compression = struct.unpack_from("<iiHHI", data, 18)
        if compression not in (0, 3):
            return offset
    return offset + (width * bits + 31) // 32 * 4 * abs(height)


def _gif(stream: BinaryIO) -> Header:
    stream.seek(6)
    width, height = _take(stream, "<HH")
    return Header("GIF", width, height, alpha=True)


def _webp(stream: BinaryIO) -> Header:
    stream.seek(12)
    kind, _ = _take(stream, "<4sI")
    (data,) = _take(stream, "10s")
    if kind == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (4, 7))
        return Header("WebP", width, height, alpha=bool(data[0] & 0x10))
    if kind == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        return Header("WebP", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, alpha=bool(bits >> 28 & 1))
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 6)
        return Header("WebP", width & 0x3FFF, height & 0x3FFF)
    raise DamagedHeader("its WebP header is damaged")


def _tiff(stream: BinaryIO) -> Header:
    order = "<" if stream.read(2) == b"II" else ">"
    _, first = _take(stream, order + "HI")
    stream.seek(first)
    tags: dict[int, int] = {}
    for _ in range(_take(stream, order + "H")[0]):
        tag, kind, _, raw = _take(stream, order + "HHI4s")
        (tags[tag],) = struct.unpack_from(order + ("H" if kind == 3 else "I"), raw)
    if 256 not in tags or 257 not in tags:
        raise DamagedHeader("its TIFF header names no size")
    see_through = tags.get(262, 1) <= 2 and tags.get(277, 1) in (2, 4)
    return Header("TIFF", tags[256], tags[257], see_through)


def _pnm(stream: BinaryIO) -> Header:
    words: list[bytes] = []
    for line in stream.read(4096)[2:].splitlines():
        words += line.split(b"#")[0].split()
        if len(words) >= 2:
            break
    if len(words) < 2 or not (words[0].isdigit() and words[1].isdigit()):
        raise DamagedHeader("its PNM header names no size")
    return Header("PNM", int(words[0]), int(words[1]))


PARSERS = (
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"\xff\xd8\xff", _jpeg),
    (b"BM", _bmp),
    (b"GIF87a", _gif),
    (b"GIF89a", _gif),
    (b"II*\0", _tiff),
    (b"MM\0*", _tiff),
    (b"RIFF", _webp),
    *((b"P%d%c" % (kind, space), _pnm) for kind in range(1, 7) for space in b"\n \t\r"),
)
