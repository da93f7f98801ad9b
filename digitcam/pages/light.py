"""Light over a picture: falling off, gradients, cast shadows, glare, colour."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitcam.pages.texture import Size, clouds

ONE = 128  # the gain map's value for "as it is"; twice as bright is the most it can say


@dataclass(frozen=True)
class Light:
    """How a picture is lit; 0 switches each part off.

    Attributes:
        gradient: relative fall from one side to the other; vignette: fall into the corners.
        uneven: spread of broad patches; glare: strength of a bright spot.
        shadow: depth of a cast shadow, 0 to 1; penumbra: width of its edge, frame heights; hand: hand-shaped.
        cast: how warm or cold the light may be; exposure: gain over all.
    """

    gradient: float = 0.0
    vignette: float = 0.0
    uneven: float = 0.0
    glare: float = 0.0
    shadow: float = 0.0
    penumbra: float = 0.01
    hand: bool = False
    cast: float = 0.0
    exposure: float = 1.0


def gain_map(size: Size, light: Light, rng: np.random.Generator) -> np.ndarray:
    """The gains as H×W×3 uint8, ``ONE`` meaning 1."""
    small = max(8, size[0] // 2), max(8, size[1] // 2)
    width, height = small
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    angle = rng.uniform(0, 2 * np.pi)
    gain: np.ndarray = 1 + np.float32(light.gradient / 2) * (
        np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y
    )
    centre = rng.normal(0, 0.25, 2)
    away = (x - np.float32(centre[0])) ** 2 + (y - np.float32(centre[1])) ** 2
    gain = gain * (1 - np.float32(light.vignette / 2.4) * away)
    if light.uneven:
        gain = gain * (1 + np.float32(light.uneven) * clouds(small, width / 3, rng))
    # Lamps differ between blue and red, and hardly in green.
    warm, tint = rng.normal(0, light.cast), rng.normal(0, light.cast / 5)
    colour = np.exp([-warm, tint, warm])
    planes = [np.maximum(gain, 0.3) * np.float32(light.exposure * c) for c in colour]
    if light.shadow:
        mask = shadow_mask(small, light.penumbra, light.hand, rng)
        # Where the sun does not come, the sky still does: shadows are a little blue.
        for plane, depth in zip(planes, (0.92, 0.98, 1.0), strict=True):
            plane *= 1 - np.float32(light.shadow * depth) * mask
    if light.glare:
        spot = _spot(x, y, rng)
        planes = [plane + np.float32(light.glare) * spot for plane in planes]
    field = cv2.merge([np.clip(plane * ONE, 0, 255).astype(np.uint8) for plane in planes])
    return cv2.resize(field, size, interpolation=cv2.INTER_LINEAR)


def apply_gain(image: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """Multiply ``image`` (H×W×3 uint8) by a gain map."""
    return cv2.multiply(image, gain, scale=1 / ONE)


def _spot(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    cx, cy = (np.float32(v) for v in rng.uniform(-0.8, 0.8, 2))
    sx, sy = (np.float32(v) for v in rng.uniform(0.15, 0.5, 2))
    return np.exp(-(((x - cx) / sx) ** 2) - ((y - cy) / sy) ** 2)


def shadow_mask(size: Size, penumbra: float, hand: bool, rng: np.random.Generator) -> np.ndarray:
    """H×W float32, 1 in the umbra: a straight-edged object's shadow, or that of an arm and a hand."""
    width, height = size
    mask = np.zeros((height, width), np.uint8)
    if hand:
        _hand(mask, rng)
    else:
        _edges(mask, rng)
    blurred = cv2.GaussianBlur(mask, (0, 0), max(0.5, penumbra * height))
    return blurred.astype(np.float32) * np.float32(1 / 255)


def _edges(mask: np.ndarray, rng: np.random.Generator) -> None:
    """A half plane, a bar or a wedge, at an angle, that covers 20 to 70 % of the picture's width."""
    height, width = mask.shape
    angle = rng.uniform(0, np.pi)
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    centre = np.array([width, height]) * rng.uniform(0.25, 0.75, 2)
    reach = 2.0 * max(width, height)
    breadth = reach if rng.random() < 0.6 else width * rng.uniform(0.1, 0.35)
    spread = rng.uniform(-0.12, 0.12) * reach
    corners = [
        centre - along * reach,
        centre + along * reach,
        centre + along * reach + across * (breadth + spread),
        centre - along * reach + across * breadth,
    ]
    cv2.fillPoly(mask, [np.round(np.array(corners) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)


def _hand(mask: np.ndarray, rng: np.random.Generator) -> None:
    """An arm from outside the picture, a palm, and fingers that hold a pen or a telephone."""
    height, width = mask.shape
    scale = height * rng.uniform(0.12, 0.22)
    palm = np.array([width, height]) * rng.uniform(0.3, 0.7, 2)
    angle = rng.uniform(0.1, 0.9) * np.pi  # the arm comes from below
    arm = np.array([np.cos(angle), np.sin(angle)])
    _thick(mask, palm, palm + arm * 2 * height, scale * 1.3)
    axes = (int(scale * 0.95), int(scale * 0.8))
    cv2.ellipse(mask, (int(palm[0]), int(palm[1])), axes, np.degrees(angle), 0, 360, 255, -1, cv2.LINE_AA)
    for spread in (-0.75, -0.35, 0.0, 0.35, 0.9):
        turn = angle + np.pi + spread + rng.normal(0, 0.07)
        length = scale * rng.uniform(1.3, 1.9) * (0.8 if spread > 0.6 else 1.0)
        _thick(mask, palm, palm + length * np.array([np.cos(turn), np.sin(turn)]), scale * 0.33)


def _thick(mask: np.ndarray, start: np.ndarray, end: np.ndarray, width: float) -> None:
    points = np.round(np.array([start, end]) * 16).astype(np.int32)
    cv2.polylines(mask, [points], False, 255, max(1, round(width)), cv2.LINE_AA, 4)
