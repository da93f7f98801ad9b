"""Pictures: whatever a camera, a scanner or an accident may leave in a file is read right or refused."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitcam.sources.decoding import UnreadablePicture, decode_picture
from digitcam.sources.headers import DamagedHeader, Header, is_whole, read_header
from digitcam.sources.pictures import read_picture
from tests.samples import draw_page, make_png, save_picture


def test_one_pixel(tmp_path: Path) -> None:
    """A picture of one pixel is a picture."""
    (tmp_path / "dot.png").write_bytes(make_png(1, 1))
    assert read_picture(tmp_path / "dot.png").shape == (1, 1, 3)


def test_sixteen_bits(tmp_path: Path) -> None:
    """16 bits are scaled to 8: neither clipped nor wrapped."""
    values = np.array([[0, 257, 32896, 65535]], np.uint16)
    for suffix in (".png", ".tif"):
        path = save_picture(tmp_path / f"deep{suffix}", values)
        assert read_picture(path)[0, :, 0].tolist() == [0, 1, 128, 255]


def test_floating_point(tmp_path: Path) -> None:
    """Grey levels as floating-point numbers from 0 to 1 are scaled to 255."""
    path = save_picture(tmp_path / "float.tif", np.array([[0, 0.5, 1]], np.float32))
    assert read_picture(path)[0, :, 1].tolist() == [0, 128, 255]


@pytest.mark.parametrize("suffix", [".png", ".webp", ".tif"])
def test_transparency_is_laid_on_white(tmp_path: Path, suffix: str) -> None:
    """Black ink on nothing, as drawing programs save it, is black ink on white."""
    ink = np.zeros((8, 8, 4), np.uint8)
    ink[2:6, 2:6, 3] = 255
    ink[0, 0, 3] = 51
    done, data = cv2.imencode(suffix, ink, [cv2.IMWRITE_WEBP_QUALITY, 101] if suffix == ".webp" else [])
    (tmp_path / f"ink{suffix}").write_bytes(data.tobytes())
    picture = read_picture(tmp_path / f"ink{suffix}")
    assert (picture[3, 3] == 0).all() and (picture[7, 7] == 255).all() and (picture[0, 0] == 204).all()


def test_grey_and_one_bit(tmp_path: Path) -> None:
    """Grey and one-bit pictures become H×W×3."""
    grey = save_picture(tmp_path / "grey.jpg", np.full((6, 9), 77, np.uint8))
    assert read_picture(grey).shape == (6, 9, 3) and (read_picture(grey) == 77).all()
    (tmp_path / "bit.png").write_bytes(make_png(9, 6, depth=1))
    assert read_picture(tmp_path / "bit.png").shape == (6, 9, 3)


def test_cmyk(tmp_path: Path) -> None:
    """CMYK, as scans for print have it, shows dark writing on light paper."""
    images = pytest.importorskip("PIL.Image", reason="Pillow is needed to write CMYK")
    images.fromarray(draw_page()[..., ::-1]).convert("CMYK").save(tmp_path / "page.jpg", quality=95)
    assert np.abs(read_picture(tmp_path / "page.jpg").astype(int) - draw_page()).mean() < 6


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(tmp_path: Path, suffix: str, orientation: int) -> None:
    """All eight ways to hold a camera come out upright, transparency included."""
    images = pytest.importorskip("PIL.Image", reason="Pillow is needed to write EXIF")
    ops = pytest.importorskip("PIL.ImageOps", reason="Pillow is needed to write EXIF")
    blocks = np.kron(np.arange(6).reshape(2, 3) * 45, np.ones((16, 16))).astype(np.uint8)
    layers = [blocks] * 3 + ([255 - blocks] if suffix == ".png" else [])
    stored = images.fromarray(np.dstack(layers))
    exif = images.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / f"held{suffix}", exif=exif)
    upright = np.asarray(ops.exif_transpose(images.open(tmp_path / f"held{suffix}"))).astype(float)
    if suffix == ".png":
        alpha = upright[..., 3:] / 255
        upright = upright[..., :3] * alpha + 255 * (1 - alpha)
    picture = read_picture(tmp_path / f"held{suffix}")
    assert picture.shape == upright[..., :3].shape and np.abs(picture - upright).mean() < 3


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".webp", ".tif", ".gif", ".ppm", ".pgm"])
@pytest.mark.parametrize("size", [(7, 300), (2000, 3)])
def test_header_tells_the_size(tmp_path: Path, suffix: str, size: tuple[int, int]) -> None:
    """For each format the header's size is the decoder's, and a whole file is known to be whole."""
    if suffix == ".gif" and not cv2.haveImageWriter("x.gif"):
        pytest.skip("this OpenCV writes no GIF")
    shape = (size[1], size[0]) if suffix == ".pgm" else (size[1], size[0], 3)
    data = save_picture(tmp_path / f"page{suffix}", np.full(shape, 90, np.uint8)).read_bytes()
    header = read_header(io.BytesIO(data))
    assert header is not None and (header.width, header.height) == size and is_whole(data, header)


def test_headers_survive_any_damage(tmp_path: Path) -> None:
    """Random damage to any header ends in an answer or a complaint, never in a loop or another error."""
    rng = np.random.default_rng(0)
    for suffix in (".png", ".jpg", ".bmp", ".webp", ".tif", ".ppm"):
        data = save_picture(tmp_path / f"page{suffix}", draw_page((40, 30))).read_bytes()
        for _ in range(150):
            broken = bytearray(data[: rng.integers(1, len(data))])
            for place in rng.integers(0, min(200, len(broken)), 4):
                broken[place] = rng.integers(0, 256)
            try:
                header = read_header(io.BytesIO(bytes(broken)))
            except DamagedHeader:
                continue
            if header is not None:
                assert is_whole(bytes(broken), header) in (True, False)


def test_random_damage_never_escapes(tmp_path: Path) -> None:
    """Whatever the decoder makes of damage inside a picture: a picture or one plain reason."""
    rng = np.random.default_rng(1)
    for suffix in (".png", ".jpg", ".bmp", ".webp", ".tif"):
        data = save_picture(tmp_path / f"page{suffix}", draw_page((40, 30))).read_bytes()
        for _ in range(40):
            broken = bytearray(data)
            for place in rng.integers(0, len(broken), 6):
                broken[place] = rng.integers(0, 256)
            path = tmp_path / f"broken{suffix}"
            path.write_bytes(bytes(broken))
            try:
                assert read_picture(path).ndim == 3
            except UnreadablePicture as error:
                assert "\n" not in str(error) and str(path) in str(error)


def test_jpeg_with_a_thumbnail_that_is_cut_off() -> None:
    """The end of an embedded thumbnail is not the end of the photograph."""
    done, data = cv2.imencode(".jpg", draw_page())
    body = data.tobytes()
    exif = b"Exif\0\0" + b"\xff\xd8 a thumbnail \xff\xd9"
    photo = body[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + body[2:]
    header = Header("JPEG", 320, 240)
    assert is_whole(photo, header) and not is_whole(photo[:-2], header)


def test_a_picture_in_memory_is_the_picture_in_the_file(tmp_path: Path) -> None:
    """What came by another way than a file is decoded the same, and may be allowed fewer pixels."""
    path = tmp_path / "page.png"
    cv2.imwrite(str(path), draw_page())
    data = path.read_bytes()
    assert np.array_equal(decode_picture("upload", data), read_picture(path))
    with pytest.raises(UnreadablePicture, match="^upload cannot be read: .* more than 0 megapixels"):
        decode_picture("upload", data, most_pixels=1000)
