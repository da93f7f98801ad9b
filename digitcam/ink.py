"""Frame to ink: a pyramid of maps of thin things that are darker, or lighter, than what lies around them.

A digit 11 to 80 pixels high is found in the layer where it has that size, so that one set of
constants, in pixels of a layer, serves digits of every size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from digitcam.colour import strongest, to_grey
from digitcam.layer import InkLayer
from digitcam.lines import LEAST_LENGTH, NO_LINES, Lines, find_lines, finer_lines, without_lines
from digitcam.noise import evened, is_noisy, noise_level, smoothed
from digitcam.outlines import holds_ink, may_hold_lines, outlines_of
from digitcam.rungs import with_rungs

# Strokes up to this wide, in pixels of a layer, are ink: a thick pen in a digit 60 pixels high.
STROKE = 25
# The threshold is this share of the strongest ink nearby …
LOCAL_SHARE = 0.4
# … within this square, about half a digit of a middling kind in a layer …
NEARBY = 21
# … but not less than the paper's own texture and noise allow within some four digits' height:
# their median strength and so many standard deviations, nor this share of the paper's level, which in
# the dark comes to no more than two or three levels and on white paper to eight.
SURROUNDINGS = 248
TEXTURE_FACTOR = 3.0
LEAST_CONTRAST = 0.05
CONTRAST_RANGE = (2.5, 8.0)
# Ink as faint as this share of the threshold still counts beside ink above it, so that a faint stroke is
# not broken where the paper's grain thins it (hysteresis: Canny, 1986).
FAINT_SHARE = 0.8
# Where the ink is on average this much stronger than the threshold, there is no need to look for it.
BOLD = 1.85
# Ink differs from the paper by at least this share of its contrast: the paper inside a 0 does not.
LEAST_RISE = 0.2
# The level of the paper is the median over two digits' height.
PAPER = 128
# Ink of these heights in a layer is better seen in the next finer one.
SMALL = (5, 22)
# The coarsest layer is still this high or wide: a digit that fills the picture is 40 to 80 high in it.
LEAST_SIDE = 40


# Whether the layer of an octave (0 is the frame's own size) and polarity (dark) is worth looking at.
Wanted = Callable[[int, bool], bool]


def everything(octave: int, dark: bool) -> bool:
    """Every layer is wanted."""
    return True


def find_ink(picture: np.ndarray, wanted: Wanted = everything) -> tuple[InkLayer, ...]:
    """The layers of ink in a picture, finest first, dark before light.

    The finest layer of a polarity is the dearest, and is left out where the next one holds nothing
    so small that it would be needed.

    The strength is the black-hat (top-hat) transform (Meyer, 1979), which shadows, vignetting and
    edges of paper and desk do not pass.

    Args:
        picture: H×W uint8 grey, or H×W×3 uint8 to look at each channel (``colour.useful_channels``).
        wanted: which layers are looked at; a finest one brings the next with it.
    """
    octaves = _Octaves(picture)
    layers = [layer for dark in (True, False) for layer in _layers(octaves, dark, wanted)]
    return tuple(sorted(layers, key=lambda layer: layer.scale))


def _layers(octaves: _Octaves, dark: bool, wanted: Wanted) -> list[InkLayer]:
    """The layers of one polarity: the coarsest is made first, and says what to look for in the next one."""
    layers: list[InkLayer] = []
    finest_too = wanted(0, dark)
    for octave in reversed(range(len(octaves))):
        if not (wanted(octave, dark) or (octave == 1 and finest_too)):
            continue
        coarser = layers[-1] if layers else None
        if octave or coarser is None or holds_ink(coarser, *SMALL):
            layers.append(_layer(octaves, octave, dark, coarser))
    return layers


class _Octaves:
    """The picture, its half, its quarter, …, each rid of the noise that it shows; made when asked for."""

    def __init__(self, picture: np.ndarray) -> None:
        self._noise: dict[int, float] = {}
        self._sizes = [picture]
        while min(picture.shape[:2]) >= 2 * LEAST_SIDE:
            height, width = picture.shape[:2]
            picture = cv2.resize(picture, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
            self._sizes.append(picture)
        self._smoothed: dict[int, np.ndarray] = {}
        self._papers: dict[int, np.ndarray] = {}

    def __len__(self) -> int:
        return len(self._sizes)

    def picture(self, octave: int) -> np.ndarray:
        if octave not in self._smoothed:
            self._smoothed[octave] = smoothed(self._sizes[octave], self.noise(octave))
        return self._smoothed[octave]

    def noise(self, octave: int) -> float:
        """The deviation of an octave's noise, in levels.

        Halving takes little of it away where neighbours share it, as cameras' own smoothing makes them.
        What a coarse octave has more than the finer one is no noise but writing.
        """
        if octave not in self._noise:
            own = noise_level(to_grey(self._sizes[octave]))
            # Of little noise nothing follows.
            self._noise[octave] = min(own, self.noise(octave - 1)) if octave and is_noisy(own) else own
        return self._noise[octave]

    def paper(self, octave: int) -> np.ndarray:
        """The level of the paper, at an eighth of the octave's size."""
        if octave not in self._papers:
            self._papers[octave] = local_median(self.picture(octave)[::8, ::8], PAPER // 8)
        return self._papers[octave]


def _stroke_element() -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_RECT, (STROKE, STROKE))


def _layer(octaves: _Octaves, octave: int, dark: bool, coarser: InkLayer | None) -> InkLayer:
    picture, paper, scale = octaves.picture(octave), octaves.paper(octave), 2**octave
    strength = _strength(picture, octaves.noise(octave), dark)
    bound = _bound(strength, paper)
    mask = cv2.bitwise_and(_above(strength, bound), _differs_from_paper(picture, paper, strength, dark))
    mask = cv2.bitwise_and(mask, cv2.dilate(mask, _AROUND))
    outlines, lines = outlines_of(mask), NO_LINES
    if coarser is not None and scale == 1:
        # The finest layer is the dearest: lines that the next one has shown are taken from there.
        lines = finer_lines(coarser.lines, mask.shape)
        mask, outlines = _cleared(mask, outlines, lines)
    if may_hold_lines(mask, outlines, LEAST_LENGTH):
        lines = find_lines(mask)
        if scale > 1:
            # The sides of boxes, too, are handed down to the finest layer.
            lines = with_rungs(mask, lines)
        mask, outlines = _cleared(mask, outlines, lines)
    return InkLayer(strength, bound, mask, lines, outlines, scale, dark)


def _strength(picture: np.ndarray, noise: float, dark: bool) -> np.ndarray:
    """By how much each pixel is darker (lighter) than what lies around the strokes there: H×W uint8."""
    closing = cv2.MORPH_CLOSE if dark else cv2.MORPH_OPEN
    around = cv2.morphologyEx(evened(picture, noise), closing, _stroke_element())
    return strongest(cv2.subtract(around, picture) if dark else cv2.subtract(picture, around))


def _cleared(
    mask: np.ndarray, outlines: Sequence[np.ndarray] | None, lines: Lines
) -> tuple[np.ndarray, Sequence[np.ndarray] | None]:
    """The mask without these lines, and its outlines."""
    cleared = without_lines(mask, lines)
    return (mask, outlines) if cleared is mask else (cleared, outlines_of(cleared))


def _differs_from_paper(
    picture: np.ndarray, paper: np.ndarray, strength: np.ndarray, dark: bool
) -> np.ndarray:
    """255 where a pixel is darker (lighter) than the paper, which paper between strokes is not."""
    level = cv2.resize(paper, picture.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    rise = strongest(cv2.subtract(level, picture) if dark else cv2.subtract(picture, level))
    return cv2.compare(rise, cv2.convertScaleAbs(strength, alpha=LEAST_RISE), cv2.CMP_GE)


def _bound(strength: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """What ink must exceed: a share of the strongest nearby, and the paper's texture."""
    height, width = strength.shape
    if min(height, width) < 3:
        return np.full_like(strength, 255)
    # Both bounds vary slowly: a quarter and an eighth of the size in each direction will do.
    coarse = cv2.resize(
        cv2.dilate(strength, np.ones((4, 4), np.uint8)),
        (-(-width // 4), -(-height // 4)),
        interpolation=cv2.INTER_NEAREST,
    )
    side = NEARBY // 4 | 1
    nearby = cv2.convertScaleAbs(cv2.dilate(coarse, np.ones((side, side), np.uint8)), alpha=LOCAL_SHARE)
    texture = cv2.resize(texture_level(strength, paper), nearby.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return cv2.resize(cv2.max(nearby, texture), (width, height), interpolation=cv2.INTER_LINEAR)


def _above(strength: np.ndarray, bound: np.ndarray) -> np.ndarray:
    """255 where the strength exceeds the bound, and beside that where it almost does."""
    ink = cv2.compare(strength, bound, cv2.CMP_GT)
    # Bold strokes are not broken, and most pages have no others.
    if cv2.mean(strength, ink)[0] >= BOLD * cv2.mean(bound, ink)[0]:
        return ink
    faint = cv2.compare(strength, cv2.convertScaleAbs(bound, alpha=FAINT_SHARE), cv2.CMP_GT)
    return cv2.bitwise_or(ink, cv2.bitwise_and(faint, cv2.dilate(ink, _BESIDE)))


_BESIDE = np.ones((3, 3), np.uint8)
# A pixel without a neighbour is noise: nine specks in ten of a noisy picture are one pixel.
_AROUND = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8)


def texture_level(strength: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """What the paper's grain and the sensor's noise reach: h/8×w/8 uint8.

    Ink covers less than half of its surroundings, so that the median there is the paper's, and the
    median distance from it, times 1.4826, its standard deviation (Hampel, 1974).
    """
    sample = strength[::8, ::8]
    middle = local_median(sample, SURROUNDINGS // 8)
    spread = local_median(cv2.absdiff(sample, middle), SURROUNDINGS // 8)
    level = cv2.addWeighted(middle, 1.0, spread, 1.4826 * TEXTURE_FACTOR, 0)
    brightest = paper if paper.ndim == 2 else paper.max(2)
    return cv2.max(level, np.clip(LEAST_CONTRAST * brightest, *CONTRAST_RANGE).astype(np.uint8))


def local_median(image: np.ndarray, side: int) -> np.ndarray:
    """The median of a square around each pixel, no larger than the picture; any number of channels."""
    side = max(3, min(side, min(image.shape[:2]) - 1) | 1)
    # Mirrored, for of a strip of desk along the border medianBlur itself would see most.
    margin = side // 2
    wider = cv2.copyMakeBorder(image, margin, margin, margin, margin, cv2.BORDER_REFLECT)
    height, width = image.shape[:2]
    return cv2.medianBlur(wider, side)[margin : margin + height, margin : margin + width]


def merged_ink(layers: tuple[InkLayer, ...], shape: tuple[int, ...]) -> np.ndarray:
    """One map of all layers for people to look at: H×W uint8 of the given shape, 255 = full ink."""
    height, width = shape
    merged: np.ndarray = np.zeros((height, width), np.uint8)
    for layer in layers:
        ink = cv2.bitwise_and(layer.strength, layer.mask)
        if ink.any():
            ink = cv2.convertScaleAbs(ink, alpha=255 / int(ink.max()))
            merged = cv2.max(merged, cv2.resize(ink, (width, height), interpolation=cv2.INTER_LINEAR))
    return merged
