"""The classic way to read digits in a picture: what the usual tutorial does, kept to be compared with.

Grey, Gaussian blur 5×5, Otsu's threshold (1979), outer contours, small boxes dropped, the rest padded to a
square, brought to MNIST's 20×20 in 28×28, and every box labelled by a convolutional network trained on MNIST.
The constants are pixels here, and dark ink on light paper is taken for granted, because that is how it is
done; nothing is made worse than the tutorials have it.
"""

from __future__ import annotations

import time
from typing import Protocol

import cv2
import imutils
import numpy as np

from digitcam.types import LABELS, Box, Digit, Evidence, Frame, Reading

BLUR = 5
LEAST_WIDTH, LEAST_HEIGHT = 5, 15
SIDE, INK_SIDE = 28, 20
# A textured picture has thousands of contours: bounded batches keep the memory bounded.
BATCH = 512


class Classifier(Protocol):
    """What is asked of the network: crops N×28×28 uint8 to N×K probabilities in the order of ``classes``."""

    @property
    def classes(self) -> tuple[str, ...]: ...

    def predict(self, crops: np.ndarray) -> np.ndarray: ...


class ClassicReader:
    """Otsu, contours and a network, behind the same door as the real reader."""

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier
        self._columns = [classifier.classes.index(label) for label in LABELS]

    def read(self, frame: Frame) -> Reading:
        """Label every contour that is large enough, whatever it is.

        Returns:
            The digits from left to right, without numbers; ``evidence`` holds the threshold's picture, and
            ``ms`` the steps ``ink``, ``segment``, ``classify`` and ``total``.
        """
        began = time.perf_counter()
        ink = binarise(frame.image)
        inked = time.perf_counter()
        boxes = find_boxes(ink)
        crops = np.zeros((len(boxes), SIDE, SIDE), dtype=np.uint8)
        for crop, box in zip(crops, boxes, strict=True):
            crop[:] = cut_out(ink, box)
        segmented = time.perf_counter()
        parts = [self.classifier.predict(crops[i : i + BATCH]) for i in range(0, max(1, len(crops)), BATCH)]
        probabilities = np.concatenate(parts)
        digits = tuple(map(self._digit, boxes, probabilities, crops))
        ended = time.perf_counter()
        return Reading(
            source=frame.source,
            frame=frame.index,
            time=frame.time,
            size=frame.size,
            digits=digits,
            ms={
                "ink": 1000 * (inked - began),
                "segment": 1000 * (segmented - inked),
                "classify": 1000 * (ended - segmented),
                "total": 1000 * (ended - began),
            },
            evidence=Evidence(ink, tuple(boxes), crops, probabilities),
        )

    def _digit(self, box: Box, probabilities: np.ndarray, crop: np.ndarray) -> Digit:
        ten = tuple(float(probabilities[column]) for column in self._columns)
        best = int(np.argmax(ten))
        return Digit(box, LABELS[best], ten[best], ten, crop=crop)


def binarise(image: np.ndarray) -> np.ndarray:
    """H×W×3 uint8 BGR to H×W uint8: 255 where the picture is darker than Otsu's threshold."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    blurred = cv2.GaussianBlur(grey, (BLUR, BLUR), 0)
    _, ink = cv2.threshold(blurred, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    return ink


def find_boxes(ink: np.ndarray) -> list[Box]:
    """Boxes of the outer contours at least 5 px wide and 15 px high, from left to right."""
    contours = imutils.grab_contours(cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE))
    boxes = (Box(*cv2.boundingRect(contour)) for contour in contours)
    large = [box for box in boxes if box.width >= LEAST_WIDTH and box.height >= LEAST_HEIGHT]
    return sorted(large, key=lambda box: (box.x, box.y))


def cut_out(ink: np.ndarray, box: Box) -> np.ndarray:
    """The box's part of ``ink`` padded to a square and scaled to 20×20 in the middle of 28×28 uint8."""
    longer = max(box.width, box.height)
    square = np.zeros((longer, longer), dtype=np.uint8)
    left, top = (longer - box.width) // 2, (longer - box.height) // 2
    square[top : top + box.height, left : left + box.width] = ink[box.y : box.bottom, box.x : box.right]
    small = cv2.resize(square, (INK_SIDE, INK_SIDE), interpolation=cv2.INTER_AREA)
    margin = (SIDE - INK_SIDE) // 2
    return np.pad(small, margin)
