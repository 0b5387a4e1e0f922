"""Draw the example images and their true masks: python3 models/train/draw_examples.py

Writes examples/*.png and test/fixtures/examples/<example>.<word>.png. Composed by hand, with the drawer of `things.py`.
"""

from __future__ import annotations

import os
import sys

import numpy as np
from PIL import Image

from canvas import Canvas
from scenes import cloth, grass, mountain, path, plane_near, sky, table, wall
from things import draw
from words import COLORS, THINGS

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
WIDTH, HEIGHT = 1536, 1024


def canvas(light, ambient: float) -> Canvas:
    c = Canvas(WIDTH, HEIGHT, WIDTH / HEIGHT)
    vector = np.array(light, np.float32)
    c.light = vector / np.linalg.norm(vector)
    c.ambient = ambient
    return c


def seeded(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def put(c: Canvas, seed: int, name: str, x: float, y: float, s: float, horizon: float, color=None, **extra) -> None:
    """A thing standing on the ground at (x, y), y as a share of the height."""
    draw(c, seeded(seed), name, x, y, s, float(plane_near(y, horizon, 0.3, 0.9)) + 0.02, color, **extra)


def fruit_bowl(c: Canvas, x, y, s, near) -> None:
    """What lies in the bowl of the still life."""
    for seed, name, dx, dy, r, color in [
        (31, "pear", -0.52, -0.22, 0.42, "green"), (32, "apple", 0.5, -0.2, 0.36, "red"), (33, "lemon", 0.02, -0.26, 0.36, "yellow"),
        (34, "apple", -0.2, 0.0, 0.34, "green"), (36, "lemon", 0.34, 0.04, 0.33, "yellow"),
    ]:
        draw(c, seeded(seed), name, x + dx * s, y + dy * s, r * s, near, color, free=True)


def still_life() -> Canvas:
    c = canvas((-0.62, -0.68, 0.62), 0.46)
    horizon = 0.4
    wall(c, seeded(3))
    table(c, seeded(11), horizon)
    put(c, 11, "bottle", 0.3, 0.56, 0.235, horizon, "green")
    put(c, 12, "bowl", 0.83, 0.68, 0.27, horizon, "blue", contents=fruit_bowl)
    put(c, 13, "cup", 1.26, 0.6, 0.12, horizon, "white")
    put(c, 14, "orange", 0.4, 0.84, 0.115, horizon)
    put(c, 15, "banana", 1.13, 0.92, 0.19, horizon)
    put(c, 17, "leaf", 0.64, 0.93, 0.075, horizon, "green")
    return c


def landscape() -> Canvas:
    c = canvas((0.6, -0.7, 0.6), 0.5)
    horizon = 0.58
    sky(c, seeded(9))
    draw(c, seeded(21), "sun", 1.22, 0.17, 0.062, 0.01, "yellow")
    draw(c, seeded(22), "cloud", 0.34, 0.16, 0.24, 0.02, "white")
    draw(c, seeded(23), "cloud", 0.86, 0.29, 0.15, 0.02, "white")
    mountain(c, seeded(9), horizon, 1.0)
    grass(c, seeded(22), horizon, 1.0)
    path(c, seeded(20), horizon, 1.0)
    put(c, 27, "house", 0.48, 0.74, 0.19, horizon, "white")
    put(c, 28, "tree", 1.16, 0.8, 0.22, horizon)
    put(c, 29, "tree", 0.14, 0.7, 0.14, horizon)
    put(c, 30, "flower", 0.9, 0.95, 0.05, horizon, "red")
    put(c, 41, "flower", 1.36, 0.93, 0.045, horizon, "yellow")
    return c


def kitchen_table() -> Canvas:
    c = canvas((0.55, -0.7, 0.6), 0.48)
    horizon = 0.36
    wall(c, seeded(27))
    draw(c, seeded(51), "frame", 0.34, 0.17, 0.1, 0.09, "brown")
    table(c, seeded(29), horizon)
    cloth(c, seeded(27), horizon, False)
    put(c, 53, "book", 0.38, 0.56, 0.17, horizon, "green")
    put(c, 54, "bottle", 1.14, 0.55, 0.21, horizon, "brown")
    put(c, 55, "bowl", 0.98, 0.8, 0.19, horizon, "white")
    put(c, 56, "cup", 0.5, 0.86, 0.13, horizon, "blue")
    put(c, 57, "apple", 1.34, 0.78, 0.085, horizon, "green")
    return c


EXAMPLES = {
    "still-life": (still_life, ["orange", "lemon", "apple", "banana", "pear", "bowl", "bottle", "cup", "leaf", "table", "wall", "red apple"]),
    "landscape": (landscape, ["house", "tree", "sun", "sky", "grass", "cloud", "mountain", "flower", "red flower"]),
    "kitchen": (kitchen_table, ["bottle", "cup", "bowl", "cloth", "book", "apple", "table", "wall", "blue cup", "red cloth"]),
}


def mask_of(c: Canvas, words: str) -> np.ndarray:
    *color, thing = words.split()
    table = np.array(c.table)
    chosen = table[:, 0] == THINGS.index(thing)
    if color:
        chosen &= table[:, 1] == COLORS.index(color[0])
    return chosen[c.instance]


def main() -> None:
    only = sys.argv[1:]
    images, masks = os.path.join(ROOT, "examples"), os.path.join(ROOT, "test", "fixtures", "examples")
    os.makedirs(images, exist_ok=True)
    os.makedirs(masks, exist_ok=True)
    for name, (compose, words) in EXAMPLES.items():
        if only and name not in only:
            continue
        c = compose()
        Image.fromarray(np.clip(c.rgb + 0.5, 0, 255).astype(np.uint8)).save(f"{images}/{name}.png", optimize=True)
        for text in words:
            mask = mask_of(c, text)
            assert mask.any(), f"{name}: no {text}"
            Image.fromarray(mask).save(f"{masks}/{name}.{text.replace(' ', '-')}.png", optimize=True)


if __name__ == "__main__":
    main()
