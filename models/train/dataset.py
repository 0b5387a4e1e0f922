"""Training scenes in files: python3 models/train/dataset.py --count 20000 --seed 1 --out DIR [--side 160] [--workers 2]

Squares of `side` x `side` (128 when not given) into which scenes of any format are stretched, half of them drawn with four samples a pixel.
Arrays: rgb, instance, color, near (0..255) and table (thing and main color of each instance, -1 where there is none).
"""

from __future__ import annotations

import argparse
import multiprocessing
import os

import numpy as np
from PIL import Image

from scenes import compose, photograph

SIDE = 128
MOST = 48  # instances a scene


def scene_square(seed: int, side: int = SIDE):
    """A scene stretched into a square."""
    fine = seed % 2
    c = compose(seed, side * (1 + fine), side * (1 + fine), small=seed % 20 == 0)
    image = photograph(c.rgb, seed)
    instance, color, near = c.instance, c.color, c.near
    if fine:
        image = np.asarray(Image.fromarray(image).resize((side, side), Image.BILINEAR))
        instance, color, near = instance[1::2, 1::2], color[1::2, 1::2], near[1::2, 1::2]
    table = np.full((MOST, 2), -1, np.int8)
    rows = np.array(c.table, np.int8)[:MOST]
    table[: len(rows)] = rows
    return image, np.minimum(instance, MOST - 1), color, (np.clip(near, 0, 1) * 255).astype(np.uint8), table


def shapes(side: int) -> dict[str, tuple[int, ...]]:
    return dict(rgb=(side, side, 3), instance=(side, side), color=(side, side), near=(side, side), table=(MOST, 2))


def fill(job) -> None:
    out, start, stop, seed, side = job
    names = shapes(side)
    arrays = {k: np.load(f"{out}/{k}.npy", mmap_mode="r+") for k in names}
    for i in range(start, stop):
        for key, value in zip(names, scene_square(seed + i, side)):
            arrays[key][i] = value


def load(folder: str) -> dict[str, np.ndarray]:
    """The arrays of a folder, mapped from disk and so shared between processes."""
    return {k: np.load(f"{folder}/{k}.npy", mmap_mode="r") for k in shapes(0)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", required=True)
    parser.add_argument("--side", type=int, default=SIDE)
    parser.add_argument("--workers", type=int, default=2)
    a = parser.parse_args()
    os.makedirs(a.out, exist_ok=True)
    for key, shape in shapes(a.side).items():
        np.lib.format.open_memmap(f"{a.out}/{key}.npy", "w+", np.int8 if key == "table" else np.uint8, (a.count, *shape)).flush()
    step = 200
    jobs = [(a.out, s, min(s + step, a.count), a.seed, a.side) for s in range(0, a.count, step)]
    with multiprocessing.Pool(a.workers) as pool:
        for done, _ in enumerate(pool.imap(fill, jobs), 1):
            print(f"{done * step}/{a.count}", flush=True)


if __name__ == "__main__":
    main()
