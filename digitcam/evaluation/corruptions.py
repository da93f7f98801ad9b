"""MNIST-C's fifteen corruptions (Mu & Gilmer 2019, arXiv:1906.02337), made here from a fixed seed.

The strengths are those of the published data set; the drawing is this module's own, with NumPy and OpenCV
alone, so single pixels differ from the published files while kind and strength agree. Every function takes
and gives N×28×28 float32, 0 (paper) to 1 (ink); the generator decides all chance.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from digitcam.errors import UserError

SIDE = 28
CENTRE = (SIDE - 1) / 2
Corruption = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def shot_noise(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Too few photons: Poisson counts, three for full ink."""
    photons = 3
    return rng.poisson(images * photons).astype(np.float32) / photons


def impulse_noise(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Salt and pepper on 17 % of the pixels, half of it white and half black."""
    amount = 0.17
    chance = rng.random(images.shape, dtype=np.float32)
    noisy = np.where(chance < amount / 2, np.float32(0), images)
    return np.where(chance > 1 - amount / 2, np.float32(1), noisy)


def glass_blur(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Frosted glass: blur (σ = 0.7), neighbours swapped at random in two passes, blur again."""
    sigma, passes = 0.7, 2
    shuffled = _gaussian(images, sigma)
    each = np.arange(len(images))
    for _ in range(passes):
        for row in range(SIDE - 1, 1, -1):
            for column in range(SIDE - 1, 1, -1):
                swapped = rng.random(len(images)) < 0.5
                # A pixel that is not swapped changes places with itself.
                rows = row - rng.integers(0, 2, len(images)) * swapped
                columns = column - rng.integers(0, 2, len(images)) * swapped
                here = shuffled[:, row, column].copy()
                shuffled[:, row, column] = shuffled[each, rows, columns]
                shuffled[each, rows, columns] = here
    return _gaussian(shuffled, sigma)


def motion_blur(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A smear to one side, fading as half a Gaussian (σ = 3 px, 20 px long), within 45° of level."""
    import cv2

    radius, sigma = 10, 3
    distance = np.arange(2 * radius + 1)
    weights = np.exp(-(distance**2) / (2 * sigma**2))
    blurred = np.empty_like(images)
    for i, angle in enumerate(rng.uniform(-np.pi / 4, np.pi / 4, len(images))):
        kernel = _smear_kernel(distance * np.cos(angle), distance * np.sin(angle), weights)
        blurred[i] = cv2.filter2D(images[i], -1, kernel, borderType=cv2.BORDER_REPLICATE)
    return blurred


def _smear_kernel(dx: np.ndarray, dy: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """A square kernel with ``weights`` laid at offsets (dx, dy), shared among the four nearest cells."""
    reach = len(dx)
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), dtype=np.float32)
    left, top = np.floor(dx).astype(int), np.floor(dy).astype(int)
    for step_x in (0, 1):
        for step_y in (0, 1):
            share = (1 - np.abs(dx - left - step_x)) * (1 - np.abs(dy - top - step_y))
            np.add.at(kernel, (top + step_y + reach, left + step_x + reach), weights * share)
    return kernel / kernel.sum()


def shear(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Slanted by 0.4 radians to the left or to the right."""
    slope = np.tan(0.4)
    signs = rng.choice([-1, 1], len(images))
    return _transform(images, [np.array([[1, sign * slope], [0, 1]]) for sign in signs])


def scale(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shrunk to 0.7 of its height and width, about the centre."""
    return _transform(images, [np.diag([1 / 0.7, 1 / 0.7])] * len(images))


def rotate(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turned by 0.4 radians (23°), either way."""
    matrices = []
    for angle in 0.4 * rng.choice([-1, 1], len(images)):
        cosine, sine = np.cos(angle), np.sin(angle)
        matrices.append(np.array([[cosine, -sine], [sine, cosine]]))
    return _transform(images, matrices)


def brightness(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Half of the full range added everywhere: grey paper, ink saturated."""
    return images + np.float32(0.5)


def translate(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Moved by 3 px along a diagonal, what leaves the image lost."""
    pixels = 3
    padded = np.pad(images, ((0, 0), (pixels, pixels), (pixels, pixels)))
    offsets = pixels + pixels * rng.choice([-1, 1], (len(images), 2))
    return np.stack([padded[i, y : y + SIDE, x : x + SIDE] for i, (y, x) in enumerate(offsets)])


def stripe(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Black and white exchanged in the left and in the right quarter."""
    quarter = SIDE // 4
    striped = images.copy()
    striped[:, :, :quarter] = 1 - striped[:, :, :quarter]
    striped[:, :, -quarter:] = 1 - striped[:, :, -quarter:]
    return striped


def fog(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Three parts of a plasma fractal laid over one part of the digit.

    The windows come from a stock of 256×256 fractals, several from each: a fractal per digit would cost a
    minute and look no different.
    """
    strength, side = np.float32(3), 256
    stock = [_plasma(side, 1.4**2, rng) for _ in range(1 + len(images) // 40)]
    foggy = np.empty_like(images)
    for i, (which, y, x) in enumerate(
        zip(
            rng.integers(0, len(stock), len(images)),
            *rng.integers(0, side - SIDE, (2, len(images))),
            strict=True,
        )
    ):
        top = max(float(images[i].max()), 1e-6)
        clouds = stock[which][y : y + SIDE, x : x + SIDE]
        foggy[i] = (images[i] + strength * clouds) * top / (top + strength)
    return foggy


def _plasma(side: int, decay: float, rng: np.random.Generator) -> np.ndarray:
    """Value noise over all octaves, each finer one weaker by ``decay``: side×side, 0 to 1."""
    import cv2

    clouds = np.zeros((side, side), dtype=np.float32)
    cells, amplitude = 2, 1.0
    while cells <= side:
        octave = rng.uniform(-amplitude, amplitude, (cells, cells)).astype(np.float32)
        clouds += cv2.resize(octave, (side, side), interpolation=cv2.INTER_LINEAR)
        cells, amplitude = 2 * cells, amplitude / decay
    clouds -= clouds.min()
    return clouds / clouds.max()


def spatter(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Splashes of grey mud that cover both ink and paper."""
    grey, level = np.float32(63 / 255), 0.65
    liquid = _gaussian(rng.normal(level, 0.3, images.shape).astype(np.float32), 1.0)
    mud = _gaussian((liquid > level).astype(np.float32), 1.5)
    mud[mud < 0.8] = 0
    return images * (1 - mud) + grey * mud


def dotted_line(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A straight dotted line from edge to edge, dots and gaps of 2 px."""
    first, last = rng.integers(0, SIDE - 1, (2, len(images), 1))
    columns = np.arange(SIDE)
    drawn = columns // 2 % 2 == 1
    return images + _soft_line(first + (last - first) * columns / (SIDE - 1)) * drawn


def zigzag(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A zigzag line across the digit, 4 px high, a tooth every 8 px."""
    left, right, height, period = 2, 25, 2, 8
    first = rng.integers(0, SIDE - 1, (len(images), 1))
    slope = rng.integers(-5, 5, (len(images), 1)) / (right - left)
    columns = np.arange(SIDE)
    phase = (columns - left) / period + 0.25
    teeth = height * (1 - 4 * np.abs(phase % 1 - 0.5))
    drawn = (columns >= left) & (columns <= right)
    return images + _soft_line(first + slope * (columns - left) + teeth) * drawn


def canny_edges(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Only the outlines, as Canny's detector (1986) gives them: blur σ = 1, thresholds 0.1 and 0.2."""
    import cv2

    smooth = (_gaussian(images, 1.0) * 255).round().astype(np.uint8)
    edges = [cv2.Canny(image, 0.1 * 255, 0.2 * 255, L2gradient=True) for image in smooth]
    return np.stack(edges).astype(np.float32) / 255


def _soft_line(rows: np.ndarray) -> np.ndarray:
    """Ink around the height ``rows`` (N×28) of a line at each column, fading to nothing 1.45 px away."""
    distance = np.abs(np.arange(SIDE)[None, :, None] - rows[:, None, :])
    return np.clip(1 + np.log(1 - np.minimum(distance, 2.29) / 2.3), 0, 1).astype(np.float32)


def _gaussian(images: np.ndarray, sigma: float) -> np.ndarray:
    import cv2

    size = 2 * int(4 * sigma + 0.5) + 1
    blurred = [cv2.GaussianBlur(i, (size, size), sigma, borderType=cv2.BORDER_REPLICATE) for i in images]
    return np.stack(blurred)


def _transform(images: np.ndarray, matrices: list[np.ndarray]) -> np.ndarray:
    """Each image through its 2×2 matrix (from the new image's points to the old one's), centre kept."""
    import cv2

    moved = np.empty_like(images)
    middle, flags = np.array([CENTRE, CENTRE]), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for i, matrix in enumerate(matrices):
        affine = np.column_stack([matrix, middle - matrix @ middle])
        moved[i] = cv2.warpAffine(images[i], affine, (SIDE, SIDE), flags=flags)
    return moved


CORRUPTIONS: dict[str, Corruption] = {
    function.__name__.replace("_", " "): function
    for function in (
        shot_noise,
        impulse_noise,
        glass_blur,
        motion_blur,
        shear,
        scale,
        rotate,
        brightness,
        translate,
        stripe,
        fog,
        spatter,
        dotted_line,
        zigzag,
        canny_edges,
    )
}


def corrupt(images: np.ndarray, kind: str, seed: int = 0) -> np.ndarray:
    """N×28×28 uint8 images under the corruption ``kind``: the same shape and type.

    For the same images, seed and kind fix the result, whatever other kinds are asked for.

    Raises:
        UserError: there is no such kind.
    """
    if kind not in CORRUPTIONS:
        raise UserError(f"there is no corruption {kind!r}; try one of: {', '.join(CORRUPTIONS)}")
    if not len(images):
        return images.copy()
    rng = np.random.default_rng([seed, list(CORRUPTIONS).index(kind)])
    corrupted = CORRUPTIONS[kind](images.astype(np.float32) / 255, rng)
    return (np.clip(corrupted, 0, 1) * 255).round().astype(np.uint8)
