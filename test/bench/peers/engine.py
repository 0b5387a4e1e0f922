"""The engine's operations in OpenCV on one thread:  python engine.py FOLDER WIDTH HEIGHT"""

import sys

import cv2
import numpy as np
from serve import serve

folder, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
cv2.setNumThreads(1)
binary = np.fromfile(f"{folder}/binary.raw", np.uint8).reshape(height, width)
soft = np.fromfile(f"{folder}/soft.raw", np.uint8).reshape(height, width)
y, x = np.ogrid[-16:17, -16:17]
disc = (x * x + y * y <= 256).astype(np.uint8)


def distance():
    return cv2.distanceTransform(255 - binary, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


def feather():
    return cv2.max(binary, cv2.convertScaleAbs(np.clip(33 - distance(), 0, 33), alpha=255 / 33))


def fill_holes():
    padded = cv2.copyMakeBorder(binary, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.floodFill(padded, None, (0, 0), 255)
    return binary | ~padded[1:-1, 1:-1]


serve(
    {
        "dilate by a disc, r 16": lambda: cv2.dilate(binary, disc),
        "dilate a soft mask, r 16": lambda: cv2.dilate(soft, disc),
        "exact distance": distance,
        "feather outward, r 32": feather,
        "feather both ways: Gaussian, sigma 8": lambda: cv2.GaussianBlur(soft, (0, 0), 8),
        "the same, sigma 4": lambda: cv2.GaussianBlur(soft, (0, 0), 4),
        "the same, sigma 2": lambda: cv2.GaussianBlur(soft, (0, 0), 2),
        "the same, sigma 2, of a binary mask": lambda: cv2.GaussianBlur(binary, (0, 0), 2),
        "components with areas and bounds": lambda: cv2.connectedComponentsWithStats(binary, connectivity=8),
        "fill holes": fill_holes,
    }
)
