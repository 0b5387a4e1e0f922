"""Scenes: still lifes, landscapes, close-ups and jumbles, each from one number.

    python3 models/train/scenes.py --count 20 --seed 1 --size 1500x1000 --out outputs/scenes [--small]

writes PNG images, one mask per phrase and a manifest.json. The same seed gives the same scene at any size.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random

import numpy as np
from PIL import Image, ImageFilter

from canvas import Canvas, box, child, pigment, polygon
from things import ANY, DRAW, PALETTE, draw
from words import COLORS, FRUIT, THINGS, UNSEEN_WORDS, Query, absent, phrase, present, truth

# --- surfaces ---------------------------------------------------------------------------------------------------------

def fill(c: Canvas, thing, color, alpha, rgb, near) -> None:
    c.begin(thing, color, 0.0)
    c.paint(c.whole(), alpha, rgb, color, near)


def wall(c: Canvas, rng) -> None:
    names = ["white", "gray", None, None, None, "yellow", "green", "blue", "brown", "pink", "black", "red", "purple"]
    color = names[int(rng.integers(len(names)))] if rng.random() < 0.75 else None
    if color:
        base = pigment(rng, color)
        if color not in ("white", "gray", "black"):
            base = base * 0.85 + 30
    else:
        tints = [(216, 196, 172), (198, 178, 160), (188, 198, 182), (176, 190, 200), (226, 214, 196), (160, 150, 142), (205, 190, 200)]
        base = np.array(tints[int(rng.integers(len(tints)))], np.float32) + rng.uniform(-14, 14, 3).astype(np.float32)
    p, r2 = c.whole(), child(rng)
    kind = rng.random()
    u, v = p.x, p.y
    glow = 1 + 0.16 * (-(u / c.aspect - 0.5) * np.sign(c.light[0]) * -2 * -1) * rng.uniform(0, 1) - 0.14 * (v - 0.4) * rng.uniform(0, 1)
    tex = 1 + 0.008 * c.fractal(p, r2, 0.3, 0.3, 2) + 0.012 * c.fractal(p, r2, 0.02, 0.02, 2)
    rgb = base * (glow * tex)[..., None] * c.tint
    if kind < 0.22:  # bricks
        bh = rng.uniform(0.06, 0.12)
        bw = bh * rng.uniform(2, 2.6)
        row = np.floor(v / bh)
        fx = np.mod(u / bw + 0.5 * np.mod(row, 2), 1)
        mortar = np.maximum(np.clip(1 - np.minimum(fx, 1 - fx) * bw / 0.006, 0, 1), np.clip(1 - np.minimum(np.mod(v / bh, 1), 1 - np.mod(v / bh, 1)) * bh / 0.006, 0, 1) + 0 * u)
        shade = r2.uniform(-0.07, 0.07, (64, 64)).astype(np.float32)[np.mod(row, 64).astype(int), np.mod(np.floor(u / bw + 0.5 * np.mod(row, 2)), 64).astype(int)]
        rgb = rgb * (1 + shade - 0.16 * mortar)[..., None]
    elif kind < 0.36:  # striped paper
        width = rng.uniform(0.04, 0.14)
        band = (np.sin(u / width * np.pi) > 0) * rng.uniform(0.04, 0.12)
        rgb = rgb * (1 - band + 0 * v)[..., None]
    elif kind < 0.46:  # panels
        width = rng.uniform(0.1, 0.25)
        groove = np.exp(-(((np.mod(u / width, 1) - 0.5) * width / 0.004) ** 2)) * 0.25
        rgb = rgb * (1 - groove + 0 * v)[..., None]
    fill(c, "wall", color, np.ones((c.h, c.w), np.float32), rgb, 0.08)


def plane_near(v, horizon, far, close):
    """Nearness of a ground plane: from `far` at its horizon to `close` at the image's foot."""
    return far + (close - far) * np.clip((v - horizon) / (1 - horizon), 0, 1)


def table(c: Canvas, rng, horizon: float) -> None:
    names = ["brown"] * 6 + ["white", "gray", "black", None, None]
    color = names[int(rng.integers(len(names)))]
    base = pigment(rng, color) if color else np.array([196, 152, 104], np.float32) + rng.uniform(-20, 20, 3).astype(np.float32)
    if color == "brown":
        base = base * rng.uniform(0.9, 1.3)
    p, r2 = c.whole(), child(rng)
    depth = np.clip((p.y - horizon) / max(1 - horizon, 0.05), 0.02, 1)
    grain = c.noise(p, r2, 0.7, 0.012) * 0.5 + c.noise(p, r2, 0.35, 0.03) + 0.6 * c.noise(p, r2, 1.2, 0.09)
    strength = 0.075 if color in ("brown", None) else 0.03
    rgb = base * (1 + strength * grain)[..., None] * np.array([1, 0.98, 0.95], np.float32)
    if rng.random() < 0.7 and strength > 0.05:  # boards run away from the viewer or across
        if rng.random() < 0.5:
            fan = (p.x - c.aspect / 2) / (0.45 + depth)
            board = rng.uniform(0.16, 0.3)
            line = np.mod(fan / board + 0.3, 1)
            groove = np.exp(-((np.minimum(line, 1 - line) * board * (0.45 + depth) / 0.004) ** 2))
            tone = r2.uniform(-0.09, 0.09, 128).astype(np.float32)[np.mod(np.floor(fan / board + 0.3), 128).astype(int)]
        else:
            curve = depth**0.75
            count = rng.uniform(3, 6)
            line = np.mod(curve * count, 1) + 0 * p.x
            groove = np.exp(-((np.minimum(line, 1 - line) / count * (1 - horizon) / 0.003) ** 2))
            tone = r2.uniform(-0.09, 0.09, 16).astype(np.float32)[np.floor(curve * count).astype(int)] + 0 * p.x
        rgb = rgb * (1 + tone - 0.4 * groove)[..., None]
    sheen = np.exp(-(((p.x - c.aspect * rng.uniform(0.2, 0.8)) / 0.5) ** 2)) * np.exp(-(((p.y - horizon - 0.12) / 0.2) ** 2)) * rng.uniform(0, 0.25)
    rgb = rgb * c.tint * (0.82 + 0.2 * depth)[..., None] + 90 * sheen[..., None]
    d = horizon - p.y + 0 * p.x
    edge = 1 - 0.35 * np.exp(-(((p.y - horizon) / 0.006) ** 2))
    fill(c, "table", color, c.cover(d), rgb * edge[..., None], plane_near(p.y, horizon, 0.3, 0.9))
    if rng.random() < 0.18:  # the table's front edge with its face below
        foot = rng.uniform(0.88, 0.96)
        face = c.cover(foot - p.y + 0 * p.x)
        c.paint(p, face, base * 0.55 * (1 + 0.06 * grain)[..., None] * c.tint, color, plane_near(p.y, horizon, 0.3, 0.9))


def cloth(c: Canvas, rng, horizon: float, whole: bool) -> None:
    """A cloth over the whole table or a part of it, with folds, stripes or checks."""
    color = ANY[int(rng.integers(len(ANY)))]
    base = pigment(rng, color)
    other = pigment(rng, "white") if color not in ("white", "gray") else base * 0.72
    p, r2 = c.whole(), child(rng)
    depth = np.clip((p.y - horizon) / max(1 - horizon, 0.05), 0, 1.2)
    drift = c.noise(p, r2, 0.5, 0.4) * 0.05
    if whole:
        d = horizon - p.y + 0.004 * np.sin(p.x * 17) + 0 * p.x
    else:
        x0, x1 = sorted(rng.uniform(-0.1, 1.1, 2) * c.aspect)
        if x1 - x0 < 0.45 * c.aspect:
            x1 = x0 + 0.5 * c.aspect
        y0, y1 = horizon + (1 - horizon) * rng.uniform(0.05, 0.4), horizon + (1 - horizon) * rng.uniform(0.65, 1.3)
        lean = rng.uniform(-0.15, 0.15)
        quad = [(x0 + 0.1, y0), (x1 - 0.1, y0 + lean * 0.2), (x1 + 0.08, y1 + lean), (x0 - 0.08, y1)]
        d = polygon(p.x + drift, p.y + drift * 0.5, quad) + 0.012 * np.sin(p.x * rng.uniform(14, 30) + rng.uniform(0, 6)) * np.clip(depth, 0.1, 1)
        shade = np.exp(-(np.clip(d, 0, 1) / 0.02) ** 2) * 0.35
        c.rgb *= (1 - shade * (d > 0))[..., None]
    angle = rng.uniform(-0.9, 0.9)
    flow = p.x * np.cos(angle) + (p.y * 2) * np.sin(angle) + drift * 2.5
    fold = 0.0
    for _ in range(3):
        f = rng.uniform(5, 16)
        fold = fold + np.sin(flow * f + rng.uniform(0, 6.3) + 1.5 * c.noise(p, r2, 0.5, 0.3)) * 5 / f
    fold = fold + 0.5 * c.noise(p, r2, 0.28, 0.1)
    dark = 1 - 0.11 * rng.uniform(0.4, 1.2) * (1 - fold)
    pattern = rng.random()
    rgb = np.broadcast_to(base, (c.h, c.w, 3))
    u, v = (p.x - c.aspect / 2) / (0.5 + depth) + drift, (depth + 0.35) ** 0.7 * 1.6 + drift
    size = rng.uniform(0.06, 0.14)
    if pattern < 0.22:
        stripe = (np.mod(u / size, 1) < rng.uniform(0.15, 0.4)).astype(np.float32) * 0.8
        rgb = rgb * (1 - stripe[..., None]) + other * stripe[..., None]
    elif pattern < 0.38:
        check = ((np.mod(u / size, 1) < 0.3).astype(np.float32) + (np.mod(v / size, 1) < 0.3)) * 0.36
        rgb = rgb * (1 - check[..., None]) + other * check[..., None]
    weave = 1 + 0.02 * c.noise(p, r2, 0.008, 0.008)
    name = color if pattern >= 0.38 else None  # a pattern has no plain color, pixel by pixel
    fill(c, "cloth", color, c.cover(d), rgb * (dark * weave)[..., None] * c.tint, plane_near(p.y, horizon, 0.3, 0.9) + 0.005)
    if name is None:
        c.color[c.instance == c.current] = 0


def sky(c: Canvas, rng) -> str:
    p, r2 = c.whole(), child(rng)
    kind = rng.random()
    t = np.clip(p.y * rng.uniform(0.9, 1.6), 0, 1)[..., None]
    if kind < 0.58:
        mood, color = "day", "blue"
        top, low = pigment(rng, "blue") * 0.7 + np.array([40, 60, 75], np.float32), np.array([205, 224, 240], np.float32)
        t = t * 0.75
    elif kind < 0.72:
        mood, color = "overcast", "gray" if rng.random() < 0.5 else None
        top = np.array([150, 154, 160], np.float32) if color else np.array([190, 198, 208], np.float32)
        low = top * 1.1
    elif kind < 0.86:
        mood, color = "evening", None
        top, low = np.array([110, 110, 165], np.float32) + rng.uniform(-30, 30, 3).astype(np.float32), np.array([250, 175, 120], np.float32) + rng.uniform(-25, 5, 3).astype(np.float32)
    else:
        mood, color = "night", None
        top, low = np.array([14, 18, 44], np.float32), np.array([48, 58, 100], np.float32) + rng.uniform(-20, 20, 3).astype(np.float32)
    haze = c.fractal(p, r2, 0.5, 0.12, 3) * 3.5
    rgb = top * (1 - t) + low * t + haze[..., None]
    fill(c, "sky", color, np.ones((c.h, c.w), np.float32), rgb, 0.0)
    if mood == "night":
        stars = r2.random((40, 3))
        for x, y, b in stars:
            q = c.patch(x * c.aspect - 0.004, y * 0.7 - 0.004, x * c.aspect + 0.004, y * 0.7 + 0.004)
            if q:
                c.tone(q, c.cover(np.sqrt((q.x - x * c.aspect) ** 2 + (q.y - y * 0.7) ** 2) - 0.0012) * b, np.array([255, 250, 235], np.float32))
    return mood


def ridge(c: Canvas, rng, horizon: float, height: float, rough: float) -> np.ndarray:
    """Signed distance below a broken line of hills."""
    p, r2 = c.whole(), child(rng)
    line = 0.0
    cell = rng.uniform(0.25, 0.6)
    for o in range(5):
        line = line + np.abs(c.noise(p, r2, cell / 2**o, 50.0)[0]) * rough**o
    line = line / line.max()
    return (horizon - height * line)[None] - p.y


def mountain(c: Canvas, rng, horizon: float, dim: float) -> None:
    color = PALETTE["mountain"][int(rng.integers(3))]
    base = pigment(rng, color) * 0.7 + np.array([35, 42, 55], np.float32)
    height = rng.uniform(0.12, 0.4)
    d = ridge(c, rng, horizon + 0.02, height, 0.5)
    p, r2 = c.whole(), child(rng)
    rough = c.fractal(p, r2, 0.12, 0.16, 4)
    face = np.clip(0.5 + 0.35 * c.noise(p, r2, 0.09, 0.3) - 0.2 * np.sign(c.light[0]), 0, 1)
    rgb = base * (0.78 + 0.3 * face + 0.08 * rough)[..., None] * dim
    name = color
    fill(c, "mountain", name, c.cover(d), rgb, 0.05)
    if rng.random() < 0.5:
        peak = horizon - height * rng.uniform(0.55, 0.8)
        snow = c.cover(np.maximum(d, p.y - peak + rough * 0.02), 0.008)
        c.paint(p, snow, np.array([240, 243, 248], np.float32) * (0.8 + 0.2 * face)[..., None] * dim, "white", 0.05)


def grass(c: Canvas, rng, horizon: float, dim: float) -> None:
    p, r2 = c.whole(), child(rng)
    base = pigment(rng, "green") * 0.9 + np.array([22, 18, 0], np.float32)
    hills = c.noise(p, r2, rng.uniform(0.4, 1.0), 50.0)[0] * rng.uniform(0, 0.035)
    d = (horizon + hills)[None] - p.y
    depth = np.clip(-d / (1 - horizon), 0.0, 1)
    far, close = c.noise(p, r2, 0.02, 0.012), c.noise(p, r2, 0.012, 0.05) + 0.7 * c.noise(p, r2, 0.006, 0.03)
    broad = c.fractal(p, r2, 0.5, 0.12, 3)
    blades = far * (1 - depth) * 0.07 + close * depth * 0.17
    warm = np.clip(0.5 + 0.25 * broad, 0, 1)[..., None]
    rgb = base * (0.92 + 0.14 * (1 - depth) + blades + 0.05 * broad)[..., None] * (1 - warm * np.array([0, 0.02, 0.1], np.float32) + warm * np.array([0.12, 0.05, 0], np.float32))
    fill(c, "grass", "green", c.cover(d, 0.004), rgb * c.tint * dim, plane_near(p.y, horizon, 0.12, 0.95))


def sea(c: Canvas, rng, horizon: float, dim: float) -> None:
    p, r2 = c.whole(), child(rng)
    base = pigment(rng, "blue") * 0.75 + np.array([0, 25, 22], np.float32)
    depth = np.clip((p.y - horizon) / (1 - horizon), 0, 1)
    wave = c.noise(p, r2, 0.09, 0.006) * (1 - depth) + c.noise(p, r2, 0.22, 0.022) * depth + 0.4 * c.noise(p, r2, 0.05, 0.008)
    rgb = base * (1 + 0.11 * wave + 0.3 * (1 - depth) ** 3)[..., None] + 42 * np.clip(wave - 1.3, 0, 1)[..., None]
    fill(c, "sea", "blue", c.cover(horizon - p.y + 0 * p.x), rgb * c.tint * dim, plane_near(p.y, horizon, 0.1, 0.9))


def sand(c: Canvas, rng, horizon: float, dim: float) -> None:
    p, r2 = c.whole(), child(rng)
    base = np.array([226, 202, 150], np.float32) + rng.uniform(-14, 14, 3).astype(np.float32)
    line = c.noise(p, r2, 0.5, 50.0)[0] * 0.02
    d = (horizon + line)[None] - p.y
    ripple = c.noise(p, r2, 0.16, 0.02) * 0.02 + c.noise(p, r2, 0.006, 0.006) * 0.045 + c.fractal(p, r2, 0.4, 0.12, 2) * 0.02
    fill(c, "sand", None, c.cover(d, 0.004), base * (1 + ripple)[..., None] * c.tint * dim, plane_near(p.y, horizon, 0.12, 0.95))


def path(c: Canvas, rng, horizon: float, dim: float) -> None:
    """Unnamed company: a path that comes towards the viewer."""
    p, r2 = c.whole(), child(rng)
    depth = np.clip((p.y - horizon - 0.02) / (1 - horizon), 0, 1)
    middle = c.aspect * (rng.uniform(0.3, 0.7) + rng.uniform(-0.3, 0.3) * depth) + 0.1 * np.sin(depth * 5) * depth
    d = np.abs(p.x - middle) - (0.012 + rng.uniform(0.12, 0.3) * depth) + c.noise(p, r2, 0.04, 0.03) * 0.008
    d = np.maximum(d, horizon + 0.025 - p.y)
    rgb = np.array([196, 172, 132], np.float32) * (1 + 0.05 * c.fractal(p, r2, 0.012, 0.007, 2) + 0.04 * c.fractal(p, r2, 0.2, 0.06, 2))[..., None]
    fill(c, "other", None, c.cover(d, 0.006), rgb * c.tint * dim, plane_near(p.y, horizon, 0.12, 0.95))


# --- scenes -----------------------------------------------------------------------------------------------------------

TABLEWARE = FRUIT + FRUIT + ["leaf", "bowl", "bottle", "cup", "book", "bottle", "cup", "flower"]
COMPANY = ["candle", "spoon", "box"]
OUTDOOR_THINGS = ["tree", "tree", "house", "house", "flower", "flower"]


def set_light(c: Canvas, rng) -> None:
    a = rng.uniform(-1.1, 1.1)
    light = np.array([np.sin(a), -0.75, rng.uniform(0.5, 0.9)])
    c.light = (light / np.linalg.norm(light)).astype(np.float32)
    c.ambient = float(rng.uniform(0.38, 0.62))
    c.tint = np.array([1 + rng.normal(0, 0.025), 1, 1 + rng.normal(0, 0.03)], np.float32)


def heap(rng, small: bool):
    """A function that fills a bowl with fruit."""
    kinds = [FRUIT[int(rng.integers(len(FRUIT)))] for _ in range(int(rng.integers(1, 4)))]
    own = child(rng)

    def contents(c, x, y, s, near):
        for k in range(int(own.integers(2, 6))):
            name = kinds[k % len(kinds)]
            r = s * own.uniform(0.28, 0.46)
            fx = x + own.uniform(-0.55, 0.55) * s
            draw(c, own, name, fx, y - r * own.uniform(0.1, 0.5), r, near + 0.005 * k, free=True)

    return contents


def place(rng, c, horizon, count, sizes, spread=0.9):
    """Feet and sizes of things on a ground plane, far ones first, not too much one over the other."""
    spots = []
    for _ in range(count * 4):
        if len(spots) == count:
            break
        depth = rng.uniform(0.03, 0.97)
        s = float(np.exp(rng.uniform(np.log(sizes[0]), np.log(sizes[1])))) * (0.65 + 0.5 * depth)
        x = c.aspect * (0.5 + rng.uniform(-0.5, 0.5) * spread)
        y = horizon + (1 - horizon) * (0.08 + 0.9 * depth)
        if all((x - a) ** 2 + ((y - b) * 1.6) ** 2 > (0.62 * (s + t)) ** 2 for a, b, t in spots):
            spots.append((x, y, s))
    return sorted(spots, key=lambda q: q[1])


def still_life(c: Canvas, rng, small: bool) -> None:
    wall(c, rng)
    horizon = rng.uniform(0.22, 0.62)
    if rng.random() < 0.3:
        draw(c, rng, "frame", c.aspect * rng.uniform(0.1, 0.9), horizon * rng.uniform(0.3, 0.6), rng.uniform(0.07, 0.2), 0.09)
    draped = rng.random()
    if draped < 0.2:
        cloth(c, rng, horizon, True)
    else:
        table(c, rng, horizon)
        if draped < 0.5:
            cloth(c, rng, horizon, False)
    count = int(rng.integers(9, 16)) if small else int(rng.integers(1, 8))
    sizes = (0.022, 0.06) if small else ((0.1, 0.2) if count > 3 else (0.12, 0.42))
    repeats = TABLEWARE[int(rng.integers(len(TABLEWARE)))] if rng.random() < 0.3 else None
    for x, y, s in place(rng, c, horizon, count, sizes):
        name = repeats if repeats and rng.random() < 0.5 else TABLEWARE[int(rng.integers(len(TABLEWARE)))]
        if rng.random() < 0.12:
            name = COMPANY[int(rng.integers(len(COMPANY)))]
        near = float(plane_near(y, horizon, 0.3, 0.9)) + 0.02
        extra = {}
        if name == "bowl":
            s *= 1.25
            if rng.random() < 0.6:
                extra = dict(contents=heap(rng, small))
        if name in ("lemon", "grapes", "apple", "pear", "orange"):
            s *= 0.85
        draw(c, rng, name, x, y, s * (0.5 if name == "flower" else 1), near, **extra)


def landscape(c: Canvas, rng, small: bool) -> None:
    mood = sky(c, rng)
    dim = {"day": 1.0, "overcast": 0.9, "evening": 0.8, "night": 0.42}[mood]
    c.tint = c.tint * np.array({"evening": (1.06, 0.95, 0.86), "night": (0.6, 0.66, 0.9)}.get(mood, (1, 1, 1)), np.float32)
    horizon = rng.uniform(0.4, 0.75)
    orb = None
    if mood == "night" or (mood == "evening" and rng.random() < 0.25):
        orb = "moon" if rng.random() < 0.85 else None
    elif mood != "overcast" and rng.random() < 0.65:
        orb = "sun"
    s = rng.uniform(0.02, 0.045) if small else float(np.exp(rng.uniform(np.log(0.045), np.log(0.16))))
    if orb:
        draw(c, rng, orb, c.aspect * rng.uniform(0.08, 0.92), horizon * rng.uniform(0.12, 0.8), s, 0.01)
    for _ in range(int(rng.integers(0, 4)) if mood != "night" else 0):
        draw(c, rng, "cloud", c.aspect * rng.uniform(0, 1), horizon * rng.uniform(0.08, 0.7), rng.uniform(0.06, 0.12) if small else rng.uniform(0.12, 0.34), 0.02)
    if rng.random() < 0.4:
        mountain(c, rng, horizon, dim)
    kind = rng.random()
    if kind < 0.62:
        grass(c, rng, horizon, dim)
        if rng.random() < 0.3:
            path(c, rng, horizon, dim)
        low = horizon
    elif kind < 0.85:
        sea(c, rng, horizon, dim)
        low = None
        if rng.random() < 0.75:
            low = horizon + (1 - horizon) * rng.uniform(0.35, 0.7)
            (sand if rng.random() < 0.65 else grass)(c, rng, low, dim)
    else:
        sand(c, rng, horizon, dim)
        low = horizon
    if low is None:
        return
    count = int(rng.integers(8, 15)) if small else int(rng.integers(0, 5))
    for x, y, s in place(rng, c, low, count, (0.02, 0.055) if small else (0.12, 0.34), 1.0):
        name = OUTDOOR_THINGS[int(rng.integers(len(OUTDOOR_THINGS)))]
        if rng.random() < 0.15:
            name = ["rock", "post"][int(rng.integers(2))]
        factor = {"flower": 0.55, "rock": 0.5, "post": 0.5}.get(name, 0.85)
        draw(c, rng, name, x, y, s * factor, float(plane_near(y, low, 0.12, 0.95)) + 0.02)


def backdrop(c: Canvas, rng) -> None:
    """One or two surfaces and nothing on them."""
    if rng.random() < 0.55:
        wall(c, rng)
        if rng.random() < 0.75:
            horizon = rng.uniform(0.15, 0.8)
            kind = rng.random()
            if kind < 0.6:
                table(c, rng, horizon)
            elif kind < 0.85:
                cloth(c, rng, horizon, True)
            else:
                grass(c, rng, horizon, 1.0)
    else:
        sky(c, rng)
        horizon = rng.uniform(0.15, 0.85)
        kind = int(rng.integers(4))
        if kind == 3:
            table(c, rng, horizon)
        else:
            (grass, sea, sand)[kind](c, rng, horizon, 1.0)


NAMED = [n for n in DRAW if n in THINGS]


def jumble(c: Canvas, rng, small: bool) -> None:
    """Anything anywhere, so that words do not hang on the company a thing keeps."""
    backdrop(c, rng)
    count = int(rng.integers(8, 15)) if small else int(rng.integers(1, 6))
    sizes = (0.02, 0.06) if small else ((0.1, 0.24) if count > 2 else (0.14, 0.46))
    spots = []
    for _ in range(count * 4):
        s = float(np.exp(rng.uniform(*np.log(sizes))))
        x, y = c.aspect * rng.uniform(0.05, 0.95), rng.uniform(0.05, 0.95)
        if len(spots) < count and all((x - a) ** 2 + (y - b) ** 2 > (0.7 * (s + t)) ** 2 for a, b, t in spots):
            spots.append((x, y, s))
    for x, y, s in sorted(spots, key=lambda q: q[1] + q[2]):  # what reaches lower is nearer
        name = NAMED[int(rng.integers(len(NAMED)))] if rng.random() < 0.9 else ["candle", "box", "rock", "post", "frame"][int(rng.integers(5))]
        lift = {"tree": 1.0, "house": 0.8, "candle": 0.9, "box": 0.5, "rock": 0.4, "post": 0.5}.get(name)
        s *= {"tree": 0.75, "sun": 0.6, "moon": 0.8, "bottle": 0.85, "bowl": 1.1}.get(name, 0.9)
        near = 0.3 + 0.55 * float(np.clip(y + s, 0, 1))
        if lift:
            draw(c, rng, name, x, y + s * lift, s, near)
        else:
            draw(c, rng, name, x, y, s, near, free=True)


def close_up(c: Canvas, rng, small: bool) -> None:
    """One thing that fills much of the image, perhaps with something small beside it."""
    backdrop(c, rng)
    name = NAMED[int(rng.integers(len(NAMED)))]
    s = rng.uniform(0.3, 0.52) * {"tree": 0.75, "house": 0.85, "bottle": 0.95}.get(name, 1)
    x, y = c.aspect * rng.uniform(0.3, 0.7), rng.uniform(0.4, 0.62)
    if rng.random() < 0.5:
        other = NAMED[int(rng.integers(len(NAMED)))]
        r = rng.uniform(0.1, 0.17)
        draw(c, rng, other, c.aspect * float(rng.choice([0.1, 0.9])), rng.uniform(0.25, 0.8), r, 0.4, free=True)
    lift = {"tree": 1.0, "house": 0.8}.get(name)
    if lift:
        draw(c, rng, name, x, y + s * lift, s, 0.7)
    else:
        draw(c, rng, name, x, y, s, 0.7, free=True)


def compose(seed: int, width: int, height: int, aspect: float | None = None, small: bool = False) -> Canvas:
    """Draw the scene of a seed. `aspect` other than width / height draws it stretched; None takes one from the seed."""
    rng = np.random.default_rng([seed, 20240])
    c = Canvas(width, height, aspect if aspect is not None else random_aspect(seed))
    set_light(c, rng)
    kind = rng.random()
    if kind < 0.42:
        still_life(c, rng, small)
    elif kind < 0.68:
        landscape(c, rng, small)
    elif kind < 0.88 or small:
        jumble(c, rng, small)
    else:
        close_up(c, rng, small)
    np.clip(c.rgb, 0, 255, out=c.rgb)
    return c


def random_aspect(seed: int) -> float:
    """Width / height of a scene: common image formats, more wide than tall."""
    choices = [1, 1, 4 / 3, 4 / 3, 1.5, 1.5, 16 / 9, 0.75, 2 / 3, 1.25]
    return choices[int(np.random.default_rng([seed, 7]).integers(len(choices)))]


def photograph(rgb: np.ndarray, seed: int, strength: float = 1.0) -> np.ndarray:
    """What a camera adds: exposure, color cast, vignette, blur, noise, JPEG. 8-bit image."""
    rng = np.random.default_rng([seed, 99])
    h, w = rgb.shape[:2]
    y, x = np.linspace(-1, 1, h, dtype=np.float32)[:, None], np.linspace(-1, 1, w, dtype=np.float32)[None]
    out = rgb * (1 - rng.uniform(0, 0.2) * (x * x + y * y) / 2 * strength)[..., None]
    out = out * (1 + (x * rng.normal(0, 0.06) + y * rng.normal(0, 0.06)) * strength)[..., None]
    out = 128 + (out - 128) * (1 + rng.normal(0, 0.07) * strength) + rng.normal(0, 7) * strength
    out = out * (1 + rng.normal(0, 0.02, 3) * strength).astype(np.float32)
    blur, noise, jpeg = rng.random() < 0.3, rng.uniform(0, 6) if rng.random() < 0.6 else 0, rng.random() < 0.3
    if noise:
        out = out + rng.normal(0, noise * strength, (h, w, 1)).astype(np.float32) + rng.normal(0, noise * 0.4 * strength, (h, w, 3)).astype(np.float32)
    image = Image.fromarray(np.clip(out, 0, 255).astype(np.uint8))
    if blur:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.8) * strength * max(h, w) / 128))
    if jpeg and strength:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=int(rng.integers(45, 92)))
        image = Image.open(buffer)
    return np.asarray(image.convert("RGB"))


def shares(c: Canvas) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The instance table of a canvas, and the share of the image that each instance and each color takes."""
    table = np.array(c.table, np.int64)
    size = c.instance.size
    return table, np.bincount(c.instance.ravel(), minlength=len(table)) / size, np.bincount(c.color.ravel(), minlength=len(COLORS) + 1) / size


def queries_of(c: Canvas, seed: int, least: float, absent_count: int, unknown_words: list[str]) -> list[Query]:
    """Every present query of a scene and some absent ones."""
    table, area, color_area = shares(c)
    rnd = random.Random(seed)
    found = present(table, area, color_area, least)
    return found + [absent(table, area, color_area, rnd, unknown_words) for _ in range(absent_count)]


def export_scene(out: str, seed: int, width: int, height: int, small: bool = False, least: float = 0.01, strength: float = 0.4) -> dict:
    """Write one scene and a mask (white: selected) for each thing, color + thing and `fruit`; its entry for the manifest."""
    c = compose(seed, width, height, width / height, small)
    name = f"scene-{seed}"
    Image.fromarray(photograph(c.rgb, seed, strength)).save(f"{out}/{name}.png", optimize=True)
    rnd, phrases = random.Random(seed), {}
    table, _, _ = shares(c)
    for query in queries_of(c, seed, least, 4, UNSEEN_WORDS):
        text = phrase(query, rnd, plain=True)
        if text in phrases or query.kind == "color":
            continue
        mask, _ = truth(query, c.instance, c.color, table)
        phrases[text] = f"{name}.{text.replace(' ', '-')}.png" if mask.any() else None
        if phrases[text]:
            Image.fromarray(mask).save(f"{out}/{phrases[text]}", optimize=True)
    listed = [dict(text=text, mask=mask) for text, mask in phrases.items()]
    return dict(image=f"{name}.png", width=width, height=height, phrases=listed)


def write_manifest(out: str, entries: list[dict]) -> None:
    with open(f"{out}/manifest.json", "w", encoding="utf-8") as f:
        json.dump(entries, f, indent=2, ensure_ascii=False)
        f.write("\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw scenes with a mask for every phrase.")
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", default="1500x1000", help="WIDTHxHEIGHT in pixels")
    parser.add_argument("--out", required=True)
    parser.add_argument("--small", action="store_true", help="many small things (down to 0.3 %% of the image and less)")
    a = parser.parse_args()
    width, height = (int(v) for v in a.size.split("x"))
    os.makedirs(a.out, exist_ok=True)
    least = 0.0008 if a.small else 0.01
    write_manifest(a.out, [export_scene(a.out, a.seed + k, width, height, a.small, least) for k in range(a.count)])


if __name__ == "__main__":
    main()
