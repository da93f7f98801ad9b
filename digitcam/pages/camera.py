"""The camera: where the sheet lands in the frame, and what lens, sensor and file format do to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from digitcam.pages.texture import Size
from digitcam.types import Box


@dataclass(frozen=True)
class Lens:
    """What the picture suffers; 0 switches each part off.

    Attributes:
        defocus: standard deviation of the blur; motion: length of a straight smear; both in pixels.
        noise: standard deviation of the sensor's noise, grey levels; coarse: its grains are 2 px wide.
        sharpen: strength of the sharpening that leaves halos beside edges; jpeg: quality 1 to 100.
    """

    defocus: float = 0.0
    motion: float = 0.0
    noise: float = 0.0
    coarse: bool = False
    sharpen: float = 0.0
    jpeg: int = 0


def view(
    angle: float, tip: float, pan: float, scale: float, centre: tuple[float, float], extent: float
) -> np.ndarray:
    """The homography (3×3 float64) from a plane, origin in its middle, to the frame.

    Args:
        angle: rotation, radians, clockwise; tip, pan: how much nearer one side is than the other, relative,
            over ``extent`` pixels (downwards, across).
        scale: frame pixels per plane pixel in the middle.
        centre: where the plane's origin lands, frame pixels.
    """
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    turn = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1.0]])
    lean = np.array([[1, 0, 0], [0, 1, 0], [pan / extent, tip / extent, 1.0]])
    shift = np.array([[1, 0, centre[0]], [0, 1, centre[1]], [0, 0, 1.0]])
    return shift @ lean @ turn


def offset(matrix: np.ndarray, x: float, y: float) -> np.ndarray:
    """``matrix`` for points counted from (``x``, ``y``) of its plane."""
    return matrix @ np.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]])


def project(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Map ``points`` (n×2) through a homography: n×2 float64."""
    mapped = np.hstack([points, np.ones((len(points), 1))]) @ matrix.T
    return mapped[:, :2] / mapped[:, 2:]


def covering(matrix: np.ndarray, size: Size) -> tuple[np.ndarray, Size]:
    """The least sheet that fills the frame: ``matrix`` counted from its corner, and its size in pixels."""
    width, height = size
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    seen = project(np.linalg.inv(matrix), corners)
    low, high = np.floor(seen.min(axis=0)) - 1, np.ceil(seen.max(axis=0)) + 1
    extent = (high - low).astype(int)
    return offset(matrix, float(low[0]), float(low[1])), (int(extent[0]), int(extent[1]))


def boxes_of(matrix: np.ndarray, hulls: Sequence[np.ndarray], size: Size) -> list[Box | None]:
    """Boxes in a frame of ``size`` of the ink whose convex hulls (n×2, pixel edges count) ``matrix`` maps.

    A homography keeps convex hulls, so the box of the mapped hull is the box of the mapped ink.
    None stands for ink of which less than half is inside the frame.
    """
    if not hulls:
        return []
    # Hulls count pixel edges, warps count pixel centres: half a pixel lies between them.
    points = project(matrix, np.concatenate(hulls) - 0.5) + 0.5
    starts = np.cumsum([0] + [len(hull) for hull in hulls[:-1]])
    low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
    edges = np.round(np.hstack([np.maximum(low, 0), np.minimum(high, size)])).astype(int)
    boxes: list[Box | None] = []
    for (x0, y0, x1, y1), whole in zip(edges.tolist(), np.prod(high - low, axis=1), strict=True):
        inside = x1 > x0 and y1 > y0 and (x1 - x0) * (y1 - y0) >= 0.5 * whole
        boxes.append(Box(x0, y0, x1 - x0, y1 - y0) if inside else None)
    return boxes


@cache
def _grains(coarse: bool) -> np.ndarray:
    """512×512×3 uint8 noise, 128 ± 32: mostly luminance, some colour."""
    rng = np.random.default_rng(20240918)
    grey = rng.standard_normal((512, 512, 1), dtype=np.float32)
    field = 0.8 * grey + 0.6 * rng.standard_normal((512, 512, 3), dtype=np.float32)
    if coarse:
        soft = cv2.GaussianBlur(field, (0, 0), 1.0)
        field = soft / np.std(soft)
    return np.clip(field * 32 + 128, 0, 255).astype(np.uint8)


def sensor_noise(size: Size, sigma: float, coarse: bool, rng: np.random.Generator) -> np.ndarray:
    """H×W×3 int8 noise of ``sigma`` grey levels: a window of a stored field, somewhere in its repetition."""
    width, height = size
    levels = np.clip(np.round((np.arange(256) - 128) / 32 * sigma), -127, 127).astype(np.int8)
    field = cv2.LUT(_grains(coarse), levels)
    x, y = (int(v) for v in rng.integers(0, 512, 2))
    field = np.tile(field, (-(-(height + y) // 512), -(-(width + x) // 512), 1))
    return np.ascontiguousarray(field[y : y + height, x : x + width])


def expose(image: np.ndarray, lens: Lens, rng: np.random.Generator) -> np.ndarray:
    """Take the picture: blur, noise, sharpening, compression. ``image`` and what returns: H×W×3 uint8."""
    if lens.defocus:
        image = cv2.GaussianBlur(image, (0, 0), lens.defocus)
    if lens.motion >= 1.5:
        image = cv2.filter2D(image, -1, motion_kernel(lens.motion, float(rng.uniform(0, np.pi))))
    if lens.noise:
        size = image.shape[1], image.shape[0]
        image = cv2.add(image, sensor_noise(size, lens.noise, lens.coarse, rng), dtype=cv2.CV_8U)
    if lens.sharpen:
        soft = cv2.blur(image, (2 * max(1, image.shape[0] // 480) + 1,) * 2)
        image = cv2.addWeighted(image, 1 + lens.sharpen, soft, -lens.sharpen, 0)
    if lens.jpeg:
        _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, lens.jpeg])
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))
    return image


def motion_kernel(length: float, angle: float) -> np.ndarray:
    """A straight smear of ``length`` pixels as a normalised kernel, float32."""
    side = 2 * int(np.ceil(length / 2)) + 1
    kernel = np.zeros((side, side), np.uint8)
    reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    middle = (side - 1) / 2
    points = np.round(np.array([middle - reach, middle + reach]) * 16).astype(np.int32)
    cv2.polylines(kernel, [points], False, 255, 1, cv2.LINE_AA, 4)
    total = kernel.astype(np.float32)
    return total / total.sum()
