"""A synthetic handheld camera over written pages: no camera, no files, and the truth about every frame."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitcam.errors import UserError
from digitcam.pages.camera import Lens, boxes_of, expose, project, view
from digitcam.pages.glyphs import PenGlyphs
from digitcam.pages.kinds import make_recipe
from digitcam.pages.light import ONE, apply_gain, gain_map, shadow_mask
from digitcam.pages.page import Subject, make_subject
from digitcam.pages.recipes import Recipe
from digitcam.sources.base import Source
from digitcam.types import Frame, Truth

SIZE, FPS = (1280, 720), 30.0
SMALLEST, LARGEST = 160, 4096  # pixels a side
SECONDS = 5.0  # that a page stays
FEWEST, MOST_DIGITS = 6, 1000  # digits on a page
# What people hold a camera over, the awkward ones included.
KINDS = ("plain", "shadow", "ruled", "squared", "note", "pencil", "chalkboard", "plain", "ruled", "shadow")

# The hand that holds the camera: for each motion pairs of (amplitude, hertz). Drift is slow, tremor is quick.
MOTIONS: dict[str, tuple[tuple[float, float], ...]] = {
    "x": ((0.022, 0.11), (0.012, 0.29), (0.0012, 4.1), (0.0006, 8.7)),  # frame heights
    "y": ((0.022, 0.13), (0.010, 0.33), (0.0012, 3.7), (0.0006, 9.3)),
    "angle": ((0.085, 0.07), (0.035, 0.21), (0.002, 2.9)),  # radians
    "tip": ((0.06, 0.09), (0.02, 0.31)),
    "pan": ((0.05, 0.08), (0.02, 0.27)),
    "zoom": ((0.03, 0.06), (0.012, 0.23)),
    "exposure": ((0.10, 0.12), (0.05, 0.43)),
}


@dataclass(frozen=True, eq=False)
class _Scene:
    """A page on its desk and the light over it, ready to be filmed."""

    number: int
    subject: Subject
    middle: tuple[float, float]
    gain: np.ndarray  # H/2×W/2×3 uint8
    shadow: np.ndarray  # H/2 × several W/2, uint8, ``ONE`` where the light is not kept off
    lens: Lens
    phases: dict[str, np.ndarray]

    def motion(self, name: str, time: float) -> float:
        return sum(
            amplitude * float(np.sin(2 * np.pi * hertz * time + phase))
            for (amplitude, hertz), phase in zip(MOTIONS[name], self.phases[name], strict=True)
        )


class DemoSource(Source):
    """Frames of a handheld camera over handwriting; endless, and the same for the same ``seed``.

    Every few seconds another page by another writer lies on the desk. Frames are made as fast as they are
    asked for; ``Frame.time`` runs at ``fps``. The next page is drawn on a thread of its own.

    Args:
        size: width and height, by default 1280×720; UserError outside 160 to 4096 pixels a side.
        fps: frames a second of ``Frame.time``, by default 30.
        seed: another seed shows other pages.
        words: whether words stand on the pages beside the numbers.
    """

    name = "demo"
    live = True

    def __init__(
        self,
        size: tuple[int, int] | None = None,
        fps: float | None = None,
        seed: int = 0,
        words: bool = False,
    ) -> None:
        self.size = size or SIZE
        self.words = words
        self.fps: float = fps or FPS
        self.seed = seed
        if not all(SMALLEST <= side <= LARGEST for side in self.size):
            raise UserError(
                f"the demo cannot be {self.size[0]}×{self.size[1]}: try a --size between "
                f"{SMALLEST}×{SMALLEST} and {LARGEST}×{LARGEST}"
            )
        self.description = (
            f"demo: {self.size[0]}×{self.size[1]} at {self.fps:g} fps, drawn as it runs"
        )
        self._worker: ThreadPoolExecutor | None = None

    def close(self) -> None:
        if self._worker is not None:
            self._worker.shutdown(wait=False, cancel_futures=True)
            self._worker = None

    def __iter__(self) -> Iterator[Frame]:
        self.close()
        self._worker = ThreadPoolExecutor(1, "demo")
        scene, following = _make_scene(self.seed, 0, self.size, self.words), self._prepare(1)
        shown, began, index = 0, 0.0, 0
        while True:
            time = index / self.fps
            if time - began >= SECONDS:
                shown, began = shown + 1, time
                scene, following = following.result(), self._prepare(shown + 1)
            yield self._frame(scene, index, time, time - began)
            index += 1

    def _prepare(self, number: int) -> Future[_Scene]:
        assert self._worker is not None
        return self._worker.submit(_make_scene, self.seed, number, self.size, self.words)

    def _frame(self, scene: _Scene, index: int, time: float, age: float) -> Frame:
        matrix = _camera(scene, time, self.size)
        rng = np.random.default_rng([self.seed, 2, index])
        image = cv2.warpPerspective(scene.subject.image, matrix, self.size, borderMode=cv2.BORDER_REFLECT_101)
        image = apply_gain(image, _light(scene, time, age, self.size))
        image = expose(image, replace(scene.lens, defocus=_focus(scene, age, self.size)), rng)
        boxes = boxes_of(matrix, scene.subject.hulls, self.size)
        truth = tuple(
            Truth(box, label, MOST_DIGITS * scene.number + i)
            for i, (box, label) in enumerate(zip(boxes, scene.subject.labels, strict=True))
            if box is not None
        )
        return Frame(image, index, time, self.name, still=False, truth=truth)


def _make_scene(seed: int, number: int, size: tuple[int, int], words: bool) -> _Scene:
    """Draw page ``number``; on a machine with nothing else to do it takes a tenth of a second."""
    rng = np.random.default_rng([seed, 1, number])
    width, height = size
    # The camera swings: the desk is larger than the frame, and what is written stays in sight.
    world = round(1.2 * width), round(1.35 * height)
    extremes = [_pose(world, size, turn, lean, lean) for turn in (-0.14, 0.14) for lean in (-0.07, 0.07)]
    margin = 0.055 * height

    def seen(points: np.ndarray) -> bool:
        views = np.concatenate([project(matrix, points) for matrix in extremes])
        return bool(((views >= margin) & (views <= np.array(size) - margin)).all())

    while True:
        recipe = _handheld(make_recipe(str(rng.choice(KINDS)), rng, size), rng)
        subject = make_subject(recipe, world, rng, seen, PenGlyphs(words))
        if len(subject.labels) >= FEWEST:
            break
    half = max(8, width // 2), max(8, height // 2)
    return _Scene(
        number=number,
        subject=subject,
        middle=(world[0] / 2, world[1] / 2),
        gain=gain_map(half, replace(recipe.light, exposure=recipe.light.exposure * 0.95), rng),
        shadow=_passing_shadow(half, rng),
        lens=recipe.lens,
        phases={name: rng.uniform(0, 2 * np.pi, len(terms)) for name, terms in MOTIONS.items()},
    )


def _handheld(recipe: Recipe, rng: np.random.Generator) -> Recipe:
    """The page as it lies on the desk: the camera's own part of the recipe comes frame by frame."""
    lens = replace(recipe.lens, noise=float(rng.uniform(1.5, 5.0)), jpeg=0)
    light = replace(recipe.light, shadow=0.0)  # shadows pass, see _passing_shadow
    return replace(recipe, light=light, lens=lens, tip=0.0, pan=0.0, most=30)


def _pose(
    world: tuple[int, int], size: tuple[int, int], angle: float, tip: float, pan: float, zoom: float = 1.0
) -> np.ndarray:
    centre = size[0] / 2, size[1] / 2
    matrix = view(angle, tip, pan, zoom, centre, float(size[1]))
    return matrix @ np.array([[1, 0, -world[0] / 2], [0, 1, -world[1] / 2], [0, 0, 1.0]])


def _camera(scene: _Scene, time: float, size: tuple[int, int]) -> np.ndarray:
    height = size[1]
    centre = (
        size[0] / 2 + height * scene.motion("x", time),
        size[1] / 2 + height * scene.motion("y", time),
    )
    matrix = view(
        scene.motion("angle", time),
        scene.motion("tip", time),
        scene.motion("pan", time),
        1.0 + scene.motion("zoom", time),
        centre,
        float(height),
    )
    return matrix @ np.array([[1, 0, -scene.middle[0]], [0, 1, -scene.middle[1]], [0, 0, 1.0]])


def _passing_shadow(half: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """A strip three frames wide with a shadow in its middle: the frame moves along it."""
    penumbra = float(np.exp(rng.uniform(np.log(0.003), np.log(0.12))))
    mask = shadow_mask(half, penumbra, bool(rng.random() < 0.6), rng)
    strip = cv2.copyMakeBorder(mask, 0, 0, half[0], half[0], cv2.BORDER_REPLICATE)
    depth = float(rng.uniform(0.25, 0.6)) if rng.random() < 0.75 else 0.0
    # Towards the strip's ends the shadow is gone.
    fade = np.clip(1.5 - np.abs(np.linspace(-1.5, 1.5, strip.shape[1])), 0, 0.5) * 2
    return np.clip(ONE * (1 - depth * strip * fade[None, :]), 0, 255).astype(np.uint8)


def _light(scene: _Scene, time: float, age: float, size: tuple[int, int]) -> np.ndarray:
    """The gain map of a moment: the lamp, the shadow on its way, and the automatic exposure."""
    width = scene.gain.shape[1]
    left = round(np.clip(age / SECONDS, 0, 1) * 2 * width)
    shadow = np.ascontiguousarray(scene.shadow[:, left : left + width])
    settling = 1 + 0.25 * float(np.exp(-age / 0.15))
    level = settling * (1 + scene.motion("exposure", time))
    gain = cv2.multiply(scene.gain, cv2.merge([shadow] * 3), scale=level / ONE)
    return cv2.resize(gain, size, interpolation=cv2.INTER_LINEAR)


def _focus(scene: _Scene, age: float, size: tuple[int, int]) -> float:
    """Standard deviation of the blur, pixels: a new page is hunted for, half-way the lens hunts once more."""
    hunt = 1.3 * np.exp(-age / 0.12) + 0.9 * np.exp(-(((age - 0.55 * SECONDS) / 0.18) ** 2))
    return scene.lens.defocus + float(hunt) * size[1] / 720
