"""Decodes PNG files with other programs and compares them with their samples.

The folder given as first argument holds NAME.png, NAME.raw (samples, little-endian) and cases.json, a list of
{name, width, height, channels, wide}. Prints one line for each program: its name and version, how many files it decoded, how many of them
differ. Packages: Pillow, opencv-python-headless, numpy; programs: pngcheck, ImageMagick (convert).
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import PIL
from PIL import Image

FOLDER = Path(sys.argv[1])
CASES = json.loads((FOLDER / "cases.json").read_text())
CHUNK = 50


def samples_of(case):
    dtype = "<u2" if case["wide"] else "u1"
    data = np.fromfile(FOLDER / f"{case['name']}.raw", dtype)
    return data.reshape(case["height"], case["width"], case["channels"])


def report(program, version, decoded, different):
    print(json.dumps({"program": program, "version": version, "decoded": decoded, "different": different}))


def read_with_pillow():
    decoded, different = 0, []
    for case in CASES:
        # Pillow narrows 16-bit images of more than one channel to 8 bits.
        if case["wide"] and case["channels"] > 1:
            continue
        with Image.open(FOLDER / f"{case['name']}.png") as image:
            found = np.asarray(image).reshape(case["height"], case["width"], case["channels"])
        decoded += 1
        if not np.array_equal(found, samples_of(case)):
            different.append(case["name"])
    report("Pillow", PIL.__version__, decoded, different)


def read_with_opencv():
    decoded, different = 0, []
    for case in CASES:
        found = cv2.imread(str(FOLDER / f"{case['name']}.png"), cv2.IMREAD_UNCHANGED)
        expected = samples_of(case)
        if case["channels"] == 1:
            expected = expected[:, :, 0]
        elif case["channels"] == 2:
            # Gray and alpha become BGRA.
            expected = expected[:, :, [0, 0, 0, 1]]
        else:
            expected = expected[:, :, [2, 1, 0, 3][: case["channels"]]]
        decoded += 1
        if found is None or found.dtype != expected.dtype or not np.array_equal(found, expected):
            different.append(case["name"])
    report("OpenCV", cv2.__version__, decoded, different)


def check_with_pngcheck():
    if shutil.which("pngcheck") is None:
        return
    different = []
    for i in range(0, len(CASES), CHUNK):
        for case in CASES[i : i + CHUNK]:
            result = subprocess.run(["pngcheck", "-q", str(FOLDER / f"{case['name']}.png")], capture_output=True)
            if result.returncode != 0:
                different.append(case["name"])
    report("pngcheck", "", len(CASES), different)


def read_with_imagemagick():
    if shutil.which("convert") is None:
        return
    version = subprocess.run(["convert", "-version"], capture_output=True, text=True).stdout.split("\n")[0]
    different = []
    for i in range(0, len(CASES), CHUNK):
        part = CASES[i : i + CHUNK]
        names = [str(FOLDER / f"{case['name']}.png") for case in part]
        raw = subprocess.run(["convert", *names, "-depth", "16", "-endian", "LSB", "rgba:-"], capture_output=True).stdout
        offset = 0
        for case in part:
            expected = samples_of(case).astype("<u2")
            expected = expected if case["wide"] else expected * 257
            opaque = np.full(expected.shape[:2] + (1,), 65535, "<u2")
            channels = case["channels"]
            color = expected[:, :, :1].repeat(3, 2) if channels < 3 else expected[:, :, :3]
            expected = np.concatenate([color, expected[:, :, -1:] if channels % 2 == 0 else opaque], 2).tobytes()
            if raw[offset : offset + len(expected)] != expected:
                different.append(case["name"])
            offset += len(expected)
    report("ImageMagick", version, len(CASES), different)


read_with_pillow()
read_with_opencv()
check_with_pngcheck()
read_with_imagemagick()
