"""From a picture file's bytes to its pixels: checked before they are decoded, so that memory is bounded."""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO

import cv2
import numpy as np

from digitcam.environment import quiet
from digitcam.errors import UserError
from digitcam.sources.headers import FORMATS, DamagedHeader, Header, is_whole, read_header

MOST_PIXELS = 100_000_000

A_VIDEO = "it is a video"

# What other files begin with, for a message that helps.
STRANGERS = (
    (b"%PDF", "it is a PDF; export the page as a picture"),
    (b"PK\x03\x04", "it is a ZIP archive or an office document"),
    (b"\x00\x00\x00\x0cjP", "it is a JPEG 2000 picture; save it as JPEG or PNG"),
    (b"\x1a\x45\xdf\xa3", A_VIDEO),  # Matroska and WebM
)


class UnreadablePicture(UserError):
    """A picture that cannot be read; ``reason`` is the message without the file's name."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} cannot be read: {reason}")
        self.reason = reason


class NotAPicture(UnreadablePicture):
    """Its first bytes are those of something else."""


class TooManyPixels(UnreadablePicture):
    """Its header names more pixels than are taken."""


def check_picture(name: str, stream: BinaryIO, most_pixels: int = MOST_PIXELS) -> Header:
    """The header of a picture that is worth decoding.

    Args:
        name: what messages call it.
        stream: at its beginning; little more than the header is read.
        most_pixels: that the header may name.

    Raises:
        UnreadablePicture: it is none, is damaged, or too large.
    """
    start = stream.read(64)
    if not start:
        raise UnreadablePicture(name, "it is empty (0 bytes)")
    stream.seek(0)
    try:
        header = read_header(stream)
    except DamagedHeader as error:
        raise UnreadablePicture(name, str(error)) from None
    if header is None:
        raise NotAPicture(name, what_is(start))
    if header.width * header.height > most_pixels:
        raise TooManyPixels(
            name,
            f"{header.width}×{header.height} pixels are more than {most_pixels // 10**6} megapixels; "
            "make it smaller first",
        )
    return header


def decode_picture(name: str, data: bytes, most_pixels: int = MOST_PIXELS) -> np.ndarray:
    """The picture in a file's bytes: H×W×3, uint8, BGR, turned as its EXIF orientation says.

    16-bit pictures are scaled to 8 bits, transparency is laid on white, grey and CMYK become BGR. Pixels
    stand where ``cv2.imread`` puts them. A picture that is cut off is refused: the numbers in the missing
    part would be missing without a word.

    Raises:
        UnreadablePicture: for whatever reason; memory and time are bounded before decoding.
    """
    header = check_picture(name, BytesIO(data), most_pixels)
    if not is_whole(data, header):
        raise UnreadablePicture(name, f"the {header.format} file is cut off; copy it again")
    image = _decode(np.frombuffer(data, np.uint8), header)
    if image is None:
        raise UnreadablePicture(name, f"the {header.format} file is damaged, or of a kind that OpenCV lacks")
    return image


def what_is(start: bytes) -> str:
    """In words, what a file that is no picture seems to be by its first bytes."""
    for magic, words in STRANGERS:
        if start.startswith(magic):
            return words
    if start[4:8] == b"ftyp":
        if start[8:12] in (b"heic", b"heix", b"mif1", b"avif"):
            return "it is an HEIC or AVIF picture; save it as JPEG or PNG"
        return A_VIDEO
    if start[:4] == b"RIFF" and start[8:12] == b"AVI ":
        return A_VIDEO
    text = all(byte >= 32 or byte in b"\t\n\r\f" for byte in start)
    seems = "it is text" if text else "its first bytes are those of no picture"
    return f"{seems}; pictures are {', '.join(FORMATS)}"


def _decode(data: np.ndarray, header: Header) -> np.ndarray | None:
    """H×W×3 uint8 BGR, or None where OpenCV gives up."""
    with quiet():
        try:
            image = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
            whole = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if header.alpha or image is None else None
        except (cv2.error, MemoryError):
            return None
    if image is None:  # such as a grey TIFF of floating-point numbers, which has no way to colour
        image = whole
    if image is None:
        return None
    image = _colour(_eight_bits(image))
    if whole is not None and whole.ndim == 3 and whole.shape[2] in (2, 4):
        whole = _eight_bits(whole)
        alpha = _turned_like(whole, image)[..., -1:].astype(np.uint16)
        image = ((image * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    return np.ascontiguousarray(image)


def _eight_bits(image: np.ndarray) -> np.ndarray:
    """Scaled to 0–255 by the range of the type; floating-point numbers from 0–1 unless they exceed 1."""
    if image.dtype == np.uint8:
        return image
    if np.issubdtype(image.dtype, np.floating):
        values = np.nan_to_num(image.astype(np.float32))
        values *= 255 if values.max(initial=0) <= 1 else 1
        return np.clip(np.rint(values), 0, 255).astype(np.uint8)
    greatest = np.iinfo(image.dtype).max
    return np.rint(np.clip(image, 0, None) * (255.0 / greatest)).astype(np.uint8)


def _colour(image: np.ndarray) -> np.ndarray:
    if image.ndim == 2 or image.shape[2] < 3:
        return cv2.cvtColor(image if image.ndim == 2 else image[..., 0], cv2.COLOR_GRAY2BGR)
    return image[..., :3]


def _turned_like(whole: np.ndarray, image: np.ndarray) -> np.ndarray:
    """``whole`` (as stored) turned as ``image`` (turned by EXIF) is.

    Which formats OpenCV turns differs between its versions, so the pixels are asked, not the metadata.
    """
    for turns in range(4):
        for flipped in (False, True):
            trial = np.rot90(whole[:, ::-1] if flipped else whole, turns)
            if trial.shape[:2] == image.shape[:2] and np.array_equal(_colour(trial), image):
                return trial
    return whole if whole.shape[:2] == image.shape[:2] else np.rot90(whole)
