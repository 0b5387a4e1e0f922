"""How each thing is drawn. Every function takes the canvas, a generator, a place, a size and a color.

Places are world coordinates: `x` is the middle, `y` the foot for things that stand and the middle for things that hang in
the air; `s` is about half the thing's larger extent. `near` is nearness at the foot (larger is nearer).
"""

from __future__ import annotations

import colorsys

import numpy as np

from canvas import Canvas, box, capsule, child, circle, ellipse, lens, pigment, polygon, rotate, smooth_min
from words import COLORS, OTHER, SURFACES, THINGS

ANY = ["red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white", "gray"]
# Colors a thing is drawn in (some twice: more often).
PALETTE = {
    "orange": ["orange"], "lemon": ["yellow"], "apple": ["red", "red", "green", "yellow"], "banana": ["yellow"],
    "pear": ["green", "green", "yellow"], "grapes": ["purple", "purple", "green"], "leaf": ["green", "green", "brown", "red"],
    "flower": ["red", "orange", "yellow", "blue", "purple", "pink", "white"], "bowl": ANY, "cup": ANY, "book": ANY,
    "bottle": ["green", "green", "brown", "blue", "red", "white", "black", "purple", "yellow", "orange", "pink", "gray"],
    "tree": ["green"], "house": ["white", "red", "yellow", "brown", "pink", "gray", "orange", "blue", "purple"],
    "sun": ["yellow", "yellow", "orange", "white"], "moon": ["white", "yellow"], "cloud": ["white", "white", "gray"],
    "mountain": ["gray", "gray", "brown"], "candle": ["white", "red", "yellow", "pink"], "box": ANY, "rock": ["gray", "gray", "brown"],
    "spoon": ["gray"], "frame": ANY, "post": ["brown", "white", "gray"],
}


def skin_of(rng: np.random.Generator, color: str) -> np.ndarray:
    """The color of a fruit's skin: green fruit is yellower than leaves."""
    if color == "green":
        h, v = rng.uniform(0.215, 0.3), rng.uniform(0.5, 0.78)
        return np.array(colorsys.hsv_to_rgb(h, rng.uniform(0.55, 0.8), v), np.float32) * 255
    return pigment(rng, color)


def bend(rng: np.random.Generator, amount: float) -> float:
    return float(rng.normal(0, amount))


def dimpled(c: Canvas, p, rng, s, world, n, depth):
    """Fine noise, and normals roughened by it as by the pores of a skin."""
    pores = c.noise(p, rng, s * 0.038, s * 0.038, world) + 0.5 * c.noise(p, rng, s * 0.023, s * 0.023, world)
    gx, gy = c.gradient(pores)
    k = depth * s * 0.03
    return pores, (n[0] + k * gx, n[1] + k * gy, n[2])


def drop_shadow(c: Canvas, p, distance, soft, strength):
    """A soft shadow in the shape of the thing: `distance` is its outline moved to where the shadow falls."""
    view = c.rgb[p.rows, p.cols]
    view *= (1 - strength * np.clip(0.5 - distance / (2 * soft), 0, 1) ** 1.5)[..., None]


def stem(c: Canvas, p, x, y, x0, y0, x1, y1, r, color=(70, 48, 28)) -> None:
    """A small stalk in local coordinates; its color has no name."""
    c.paint(p, c.cover(capsule(x, y, x0, y0, x1, y1, r)), np.array(color, np.float32) * c.tint, None, 0.01)


def leaflet(c: Canvas, p, x, y, rng, length, angle, base) -> None:
    """A leaf attached at the local origin, a part of the fruit it grows on."""
    u, v = rotate(x, y, angle)
    d = lens(u, v - length, length, length * 0.42)
    vein = np.exp(-((u / (length * 0.06)) ** 2)) * 0.35
    normal = (np.clip(u / length, -1, 1) * 0.9, v * 0, np.sqrt(np.clip(1 - (np.clip(u / length, -1, 1) * 0.9) ** 2, 0, 1)))
    c.paint(p, c.cover(d), c.lit(base, normal, 0.12, 12) * (1 + vein)[..., None], "green", 0.012)


def ground(c: Canvas, x, y, s, wide=1.0, flat=0.22) -> None:
    c.shadow(x, y, s * wide, s * flat)


def orange(c, rng, x, y, s, color, near, free=False):
    base = pigment(rng, "orange")
    sx, cy = s * (1 + bend(rng, 0.03)), y if free else y - s * 0.97
    if not free:
        ground(c, x, y - s * 0.05, s)
    c.begin("orange", "orange", near)
    r2, angle = child(rng), rng.uniform(-1, 1)
    p = c.patch(x - s * 1.2, cy - s * 1.3, x + s * 1.2, cy + s * 1.2)
    if not p:
        return
    u, v = p.x - x, p.y - cy
    d = ellipse(u, v, sx, s)
    n = c.inflate(d, s)
    world = (x - s * 1.2, cy - s * 1.3, x + s * 1.2, cy + s * 1.2)
    pores, n = dimpled(c, p, r2, s, world, n, 0.07)
    broad = c.fractal(p, r2, s * 0.6, s * 0.6, 2, world)
    skin = base * (1 + 0.02 * pores + 0.03 * broad)[..., None]
    c.paint(p, c.cover(d), c.lit(skin, n, rng.uniform(0.2, 0.45), 26), "orange", n[2] * 0.03)
    if rng.random() < 0.75:  # the star where the stalk was, towards the viewer
        px, py = s * 0.35 * np.sin(angle), -s * rng.uniform(0.35, 0.8)
        k = ellipse(u - px, v - py, s * 0.11, s * 0.075)
        c.tone(p, c.cover(k, s * 0.05) * 0.8, np.array([95, 110, 45], np.float32) * c.tint)
        if rng.random() < 0.3:
            leaflet(c, p, u - px, v - py, r2, s * 0.3, rng.uniform(1.8, 4.4), pigment(r2, "green"))


def lemon(c, rng, x, y, s, color, near, free=False):
    angle = rng.uniform(-0.6, 0.6)
    cy = y if free else y - s * 0.66
    base = pigment(rng, "yellow")
    if not free:
        ground(c, x, y - s * 0.04, s * 1.05)
    c.begin("lemon", "yellow", near)
    r2 = child(rng)
    p = c.patch(x - s * 1.25, cy - s * 1.25, x + s * 1.25, cy + s * 1.25)
    if not p:
        return
    u, v = rotate(p.x - x, p.y - cy, angle)
    d = smooth_min(ellipse(u, v, s * 0.88, s * 0.68), ellipse(u - s * 0.9, v, s * 0.2, s * 0.13), s * 0.22)
    d = smooth_min(d, ellipse(u + s * 0.87, v, s * 0.14, s * 0.14), s * 0.18)
    world = (x - s * 1.25, cy - s * 1.25, x + s * 1.25, cy + s * 1.25)
    pores, n = dimpled(c, p, r2, s, world, c.inflate(d, s * 0.68), 0.07)
    green = np.clip((np.abs(u) / s - 0.75) * 2, 0, 0.5)[..., None] * rng.uniform(0, 0.8)
    skin = base * (1 + 0.03 * pores)[..., None] * (1 - green) + green * np.array([150, 170, 40], np.float32)
    c.paint(p, c.cover(d), c.lit(skin, n, rng.uniform(0.2, 0.4), 22), "yellow", n[2] * 0.03)


def apple(c, rng, x, y, s, color, near, free=False):
    cy = y if free else y - s * 0.9
    base, other = skin_of(rng, color), pigment(rng, {"red": "yellow", "green": "yellow", "yellow": "red"}[color])
    if not free:
        ground(c, x, y - s * 0.04, s * 0.95)
    c.begin("apple", color, near)
    r2, tilt = child(rng), bend(rng, 0.15)
    p = c.patch(x - s * 1.2, cy - s * 1.65, x + s * 1.3, cy + s * 1.2)
    if not p:
        return
    u, v = rotate(p.x - x, p.y - cy, tilt)
    d = smooth_min(circle(u - s * 0.3, v + s * 0.18, s * 0.7), circle(u + s * 0.3, v + s * 0.18, s * 0.7), s * 0.3)
    d = smooth_min(d, ellipse(u, v - s * 0.22, s * 0.76, s * 0.72), s * 0.3)
    n = c.inflate(ellipse(u, v + s * 0.02, s * 1.02, s * 0.98), s)
    world = (x - s * 1.2, cy - s * 1.65, x + s * 1.3, cy + s * 1.2)
    streaks = c.noise(p, r2, s * 0.07, s * 0.9, world) + c.noise(p, r2, s * 0.3, s * 0.3, world)
    blush = np.clip(0.16 * streaks + (u * rng.uniform(-0.4, 0.4) + v * rng.uniform(-0.3, 0.3)) / s, 0, 0.35)[..., None]
    skin = base * (1 - blush) + other * blush
    dip = np.exp(-((u / (s * 0.34)) ** 2 + ((v + s * 0.68) / (s * 0.17)) ** 2))
    c.paint(p, c.cover(d), c.lit(skin, n, rng.uniform(0.3, 0.6), 34) * (1 - 0.6 * dip)[..., None], color, n[2] * 0.03)
    lean = bend(rng, 0.12) * s
    stem(c, p, u, v, 0, -s * 0.66, lean, -s * 1.05, s * 0.045)
    if rng.random() < 0.5:
        leaflet(c, p, u - lean * 0.6, v + s * 0.88, r2, s * 0.3, rng.uniform(3.6, 4.6), pigment(r2, "green"))


def pear(c, rng, x, y, s, color, near, free=False):
    cy = y if free else y - s * 0.38
    base = skin_of(rng, color)
    if not free:
        ground(c, x, y - s * 0.03, s * 0.75)
    c.begin("pear", color, near)
    r2, tilt = child(rng), bend(rng, 0.22)
    p = c.patch(x - s * 1.1, cy - s * 1.8, x + s * 1.1, cy + s * 0.8)
    if not p:
        return
    u, v = rotate(p.x - x, p.y - cy, tilt)
    d = smooth_min(ellipse(u, v + s * 0.05, s * 0.62, s * 0.56), ellipse(u, v + s * 0.82, s * 0.27, s * 0.36), s * 0.42)
    n = c.inflate(d, s * 0.6)
    world = (x - s * 1.1, cy - s * 1.8, x + s * 1.1, cy + s * 0.8)
    specks = c.noise(p, r2, s * 0.04, s * 0.04, world)
    patch = np.clip(c.fractal(p, r2, s * 0.5, s * 0.5, 2, world) * 0.2 - 0.05, 0, 0.3)[..., None]
    skin = base * (1 + 0.05 * specks)[..., None] * (1 - patch) + patch * np.array([190, 150, 60], np.float32)
    c.paint(p, c.cover(d), c.lit(skin, n, rng.uniform(0.15, 0.4), 24), color, n[2] * 0.03)
    stem(c, p, u, v, 0, -s * 1.13, bend(rng, 0.1) * s, -s * 1.45, s * 0.04)


def banana(c, rng, x, y, s, color, near, free=False):
    cy = y if free else y - s * 0.45
    base = pigment(rng, "yellow")
    c.begin("banana", "yellow", near)
    r2 = child(rng)
    up = rng.random() < 0.75  # ends up, like a smile, or down
    tilt = rng.uniform(-0.5, 0.5)
    count = int(rng.integers(1, 4)) if rng.random() < 0.5 else 1
    p = c.patch(x - s * 1.35, cy - s * 1.35, x + s * 1.35, cy + s * 1.35)
    if not p:
        return
    for k in range(count):
        u, v = rotate(p.x - x, p.y - cy + (count - 1 - k) * s * 0.17, tilt + k * 0.12)
        v = v if up else -v
        radius = s * 1.15
        rho = np.sqrt(u * u + (v + radius * 0.72) ** 2)
        theta = np.arctan2(u, v + radius * 0.72)
        span = rng.uniform(0.82, 0.95)
        t = np.clip(theta / span, -1.3, 1.3)
        thick = s * 0.25 * np.sqrt(np.clip(1 - np.abs(t) ** 3.2, 0.0, 1)) + s * 0.05
        d = np.maximum(np.abs(rho - radius) - thick, (np.abs(theta) - span * 1.08) * radius)
        if not free and k == 0:
            fall = max(1, int(s * 0.16 / c.step[1]))
            drop_shadow(c, p, np.concatenate([d[:1].repeat(fall, 0), d[:-fall]])[: d.shape[0]], s * 0.2, 0.6)
        n = c.inflate(d, s * 0.27)
        facet = 1 + 0.08 * np.tanh((rho - radius) / (s * 0.04))
        skin = base * facet[..., None]
        tip = np.clip((np.abs(t) - 0.88) * 6, 0, 1)[..., None]
        skin = skin * (1 - 0.75 * tip) + 0.75 * tip * np.array([85, 75, 30], np.float32)
        spots = c.noise(p, r2, s * 0.08, s * 0.08, (x - s * 1.35, cy - s * 1.35, x + s * 1.35, cy + s * 1.35))
        skin = skin * (1 - 0.35 * np.clip(spots - rng.uniform(1.2, 2.4), 0, 1))[..., None]
        c.paint(p, c.cover(d), c.lit(skin, n, 0.18, 16), "yellow", n[2] * 0.02)


def grapes(c, rng, x, y, s, color, near, free=False):
    cy = y if free else y - s * 0.8
    base = skin_of(rng, color)
    if not free:
        ground(c, x, y - s * 0.03, s * 0.8)
    c.begin("grapes", color, near)
    p = c.patch(x - s * 1.2, cy - s * 1.5, x + s * 1.2, cy + s * 1.2)
    r2 = child(rng)
    r = s * rng.uniform(0.19, 0.25)
    lying, tilt = rng.random() < 0.5, rng.uniform(-1.2, 1.2)
    balls = []
    rows = int(1.5 * s / r / 1.35)
    for row in range(rows):
        t = row / max(rows - 1, 1)
        half = s * (0.72 * (1 - t) ** 0.7 + 0.08)
        for k in range(-4, 5):
            bx = k * r * 1.6 + (row % 2) * r * 0.8 + r2.normal(0, r * 0.18)
            if abs(bx) < half:
                balls.append((bx, -s * 0.7 + row * r * 1.35 + r2.normal(0, r * 0.15), r2.uniform(0.88, 1.1), r2.uniform(0.75, 1.15)))
    order = r2.permutation(len(balls))
    if not p:
        return
    if lying:
        balls = [(*rotate(bx, by * 0.8, tilt), q, b) for bx, by, q, b in balls]
    lowest = max((by for _, by, _, _ in balls), default=0)
    shift = 0 if free else s * 0.8 - lowest - r
    stem(c, p, p.x - x, p.y - cy - shift, 0, -s * 0.6, s * 0.1, -s * 1.05, s * 0.035, (90, 80, 40))
    for k in order:
        bx, by, q, bright = balls[k]
        rr = r * q
        small = c.patch(x + bx - rr * 1.1, cy + shift + by - rr * 1.1, x + bx + rr * 1.1, cy + shift + by + rr * 1.1)
        if small:
            u, v = small.x - x - bx, small.y - cy - shift - by
            d = ellipse(u, v, rr, rr * 1.06)
            n = c.inflate(d, rr)
            rim = (0.62 + 0.38 * n[2])[..., None]
            c.paint(small, c.cover(d), c.lit(base * bright, n, 0.42, 30) * rim, color, n[2] * 0.02)


def leaf(c, rng, x, y, s, color, near, free=False):
    base = pigment(rng, color)
    angle = rng.uniform(0, 2 * np.pi)
    cy = y if free else y - s * 0.5
    wide = rng.uniform(0.38, 0.6)
    if not free:
        c.shadow(x + s * 0.05, cy + s * 0.08, s * 0.7, s * 0.6, 0.3)
    c.begin("leaf", color, near)
    r2 = child(rng)
    p = c.patch(x - s * 1.2, cy - s * 1.2, x + s * 1.2, cy + s * 1.2)
    if not p:
        return
    u, v = rotate(p.x - x, p.y - cy, angle)
    u = u + 0.12 * s * np.cos(v / s * 1.5)
    d = lens(u, v, s, s * wide)
    side = np.abs(u) / s
    ribs = np.exp(-((np.mod(v / s + side * 0.9, 0.22) - 0.11) ** 2) / 0.0006) * (side > 0.02)
    mid = np.exp(-((u / (s * 0.025)) ** 2))
    fold = np.clip(u / (s * wide), -1, 1) * 0.55
    n = (fold, 0.15 * np.sin(v / s * 3), np.sqrt(np.clip(1 - fold**2 - 0.03, 0, 1)))
    blot = c.fractal(p, r2, s * 0.3, s * 0.3, 2, (x - s * 1.2, cy - s * 1.2, x + s * 1.2, cy + s * 1.2))
    skin = base * (1 + 0.06 * blot + 0.18 * mid + 0.1 * ribs)[..., None]
    c.paint(p, c.cover(d), c.lit(skin, n, 0.12, 10), color, 0.004)
    c.paint(p, c.cover(capsule(u - 0.12 * s, v, 0, s * 0.93, -s * 0.04, s * 1.14, s * 0.025)), base * 0.7, color, 0.004)


def flower(c, rng, x, y, s, color, near, free=False):
    """A blossom on a stalk; `s` is the blossom's radius."""
    base = pigment(rng, color)
    heart = pigment(rng, "brown" if color in ("yellow", "orange") else "yellow")
    petals, turn, squash = int(rng.integers(5, 10)), rng.uniform(0, 6.28), rng.uniform(0.75, 1)
    tall = s * rng.uniform(1.4, 2.4)
    cy = y if free else y - tall - s * 0.3
    green = pigment(rng, "green")
    c.begin("flower", color, near)
    p = c.patch(x - s * 1.3, cy - s * 1.2, x + s * 1.3, max(y, cy + s * 1.2))
    if not p:
        return
    u, v = p.x - x, p.y - cy
    if not free:
        c.paint(p, c.cover(capsule(u, v, 0, 0, bend(rng, 0.1) * s, y - cy, s * 0.06)), green * 0.8, "green", 0)
        w, z = rotate(u - s * 0.05, v - (y - cy) * 0.75, 1.0)
        c.paint(p, c.cover(lens(w, z + s * 0.4, s * 0.45, s * 0.14)), green, "green", 0)
    v = v / squash
    rho, theta = np.sqrt(u * u + v * v), np.arctan2(v, u) + turn
    wave = np.abs(np.cos(theta * petals / 2))
    d = rho - s * (0.42 + 0.58 * wave**0.7)
    shade = (0.62 + 0.38 * np.clip(rho / s, 0, 1) ** 0.6) * (0.8 + 0.2 * wave)
    c.paint(p, c.cover(d * 0.8), base * shade[..., None] * c.tint * 1.05, color, 0.01)
    dd = circle(u, v, s * 0.24)
    c.paint(p, c.cover(dd), c.lit(heart, c.inflate(dd, s * 0.3)), "brown" if color in ("yellow", "orange") else "yellow", 0.015)


def turned(c: Canvas, p, u, v, top, bottom, ts, rs):
    """Distance and normals of a turned body (bottle, cup): radius `rs` at heights `ts` (0 top .. 1 bottom), v downwards."""
    dense = np.linspace(0, 1, 129)
    profile = np.interp(dense, ts, rs)
    kernel = np.ones(9) / 9
    for _ in range(2):
        profile = np.convolve(np.pad(profile, 4, mode="edge"), kernel, mode="valid")
    t = np.clip((v - top) / (bottom - top), 0, 1)
    r = np.interp(t[:, 0], dense, profile)[:, None].astype(np.float32)
    slope = np.interp(t[:, 0], dense, np.gradient(profile, dense))[:, None].astype(np.float32) / (bottom - top)
    k = u / np.maximum(r, 1e-6)
    side = (np.abs(u) - r) / np.sqrt(1 + slope * slope)
    d = np.maximum(side, np.maximum(top - v, v - bottom))
    kx = np.clip(k, -1, 1)
    nz = np.sqrt(np.clip(1 - kx * kx, 0, 1))
    length = np.sqrt(1 + slope * slope)
    return d, (kx / length, -slope / length + 0 * kx, nz / length), r


def bottle(c, rng, x, y, s, color, near, free=False):
    base = pigment(rng, color)
    tall, wide = s * 1.0, s * rng.uniform(0.3, 0.42)
    neck = wide * rng.uniform(0.3, 0.42)
    shoulder = rng.uniform(0.32, 0.45)
    if free:
        y += tall
    else:
        ground(c, x, y, wide * 1.5, 1.1, 0.3)
    c.begin("bottle", color, near)
    p = c.patch(x - wide * 1.3, y - 2 * tall * 1.02, x + wide * 1.3, y + wide * 0.4)
    if not p:
        return
    u, v = p.x - x, p.y - y + 0 * p.x
    curve = wide * 0.16 * np.sqrt(np.clip(1 - (u / wide) ** 2, 0, 1))  # the foot is a circle seen a little from above
    d, n, r = turned(c, p, u, v - curve, -2 * tall, 0, [0, 0.03, 0.05, shoulder * 0.62, shoulder, 0.97, 1], [neck * 1.15, neck * 1.15, neck, neck, wide, wide, wide * 0.95])
    glass = rng.random() < 0.7
    k = np.clip(u / np.maximum(r, 1e-6), -1, 1)
    body = c.lit(base, n, 0.25, 30)
    if glass:
        body = body * (0.72 + 0.5 * np.abs(k) ** 2 * 0.3)[..., None] + np.exp(-(((k + 0.55) / 0.1) ** 2))[..., None] * 70 + np.exp(-(((k - 0.72) / 0.07) ** 2))[..., None] * 35
    c.paint(p, c.cover(d), body, color, n[2] * 0.03)
    if rng.random() < 0.5:  # a paper label
        label = pigment(rng, "white") if color not in ("white", "gray") else pigment(rng, "yellow")
        high = rng.uniform(0.16, 0.26) * tall
        dl = np.maximum(np.abs(v - curve + tall * rng.uniform(0.5, 0.7)) - high, np.abs(u) - r * 0.99)
        c.paint(p, c.cover(dl), c.lit(label, n), None, n[2] * 0.03)
        line = np.maximum(np.abs(v - curve + tall * 0.6) - high * 0.12, np.abs(u) - r * 0.6)
        c.tone(p, c.cover(line) * 0.6, pigment(rng, "brown"))
    dc = box(u, v + 2 * tall, neck * 1.05, neck * 0.5, neck * 0.1)
    c.paint(p, c.cover(dc), c.lit(base * 0.45 + 20, n), None, 0.02)


def cup(c, rng, x, y, s, color, near, free=False):
    base = pigment(rng, color)
    tall, wide = s * rng.uniform(0.72, 0.9), s * rng.uniform(0.66, 0.8)
    foot = wide * rng.uniform(0.7, 0.95)
    flat = rng.uniform(0.14, 0.28)
    side = 1 if rng.random() < 0.5 else -1
    if free:
        y += tall
    else:
        ground(c, x, y, wide * 1.15, 1.1, 0.32)
    c.begin("cup", color, near)
    p = c.patch(x - s * 1.5, y - tall * 2.3, x + s * 1.5, y + s * 0.3)
    if not p:
        return
    u, v = p.x - x, p.y - y + 0 * p.x
    if rng.random() < 0.85:  # handle
        hx, hy = side * wide * 0.98, -tall * 1.0
        d = np.abs(ellipse(u - hx, v - hy, s * 0.36, tall * 0.55)) - s * 0.085
        c.paint(p, c.cover(d), c.lit(base, c.inflate(d, s * 0.085), 0.3), color, 0)
    curve = flat * foot * np.sqrt(np.clip(1 - (u / wide) ** 2, 0, 1))
    d, n, r = turned(c, p, u, v - curve, -2 * tall, 0, [0, 0.6, 0.94, 1], [wide, wide * 0.45 + foot * 0.55, foot, foot * 0.84])
    glaze = c.lit(base, n, 0.35, 40)
    stripe = None
    if rng.random() < 0.3:
        stripe = pigment(rng, "white" if color != "white" else "blue")
        t = (v - curve) / (2 * tall)
        band = (np.abs(t + rng.uniform(0.3, 0.7)) < rng.uniform(0.04, 0.09))[..., None]
        glaze = np.where(band, c.lit(stripe, n, 0.3, 40), glaze)
    c.paint(p, c.cover(d), glaze, color, n[2] * 0.03)
    rim = ellipse(u, v + 2 * tall, wide, wide * flat)
    c.paint(p, c.cover(rim), c.lit(base * 1.08, (0 * u + 0 * v, 0 * v + 0 * u - 0.5, 0 * u + 0 * v + 0.86)), color, 0)
    inner = ellipse(u, v + 2 * tall, wide * 0.9, wide * flat * 0.82)
    drink = rng.random() < 0.5
    inside = np.array([70, 42, 24], np.float32) if drink else base * 0.55
    c.paint(p, c.cover(inner), inside * (0.85 + 0.35 * np.clip(u / wide + 0.3, 0, 1))[..., None] + 0 * v[..., None], None if drink else color, -0.005)


def bowl_geometry(rng, s):
    return dict(wide=s, tall=s * rng.uniform(0.55, 0.75), flat=rng.uniform(0.2, 0.34), foot=rng.uniform(0.35, 0.55), power=rng.uniform(0.45, 0.65))


def bowl_back(c, rng, x, y, g, base, color):
    """The inside of a bowl, before what lies in it is drawn."""
    p = c.patch(x - g["wide"] * 1.1, y - g["tall"] - g["wide"] * g["flat"] * 1.2, x + g["wide"] * 1.1, y + g["wide"] * 0.2)
    if not p:
        return None
    u, v = p.x - x, p.y - y + g["tall"]
    rim = ellipse(u, v, g["wide"], g["wide"] * g["flat"])
    c.paint(p, c.cover(rim), c.lit(base * 1.1, (0 * (u + v), 0 * (u + v) - 0.5, 0 * (u + v) + 0.86)), color, -0.01)
    inner = ellipse(u, v, g["wide"] * 0.93, g["wide"] * g["flat"] * 0.88)
    shade = 0.5 + 0.4 * np.clip(u / g["wide"] * -np.sign(c.light[0]) * 0.5 + 0.4 + v / (g["wide"] * g["flat"]) * 0.35, 0, 1)
    c.paint(p, c.cover(inner), base * shade[..., None] * c.tint, color, -0.015)
    return p


def bowl_front(c, rng, x, y, g, base, color, p):
    """The outside of a bowl, over what lies in it."""
    u, v = p.x - x, p.y - y + 0 * p.x
    wide, tall = g["wide"], g["tall"]
    lip = -tall + wide * g["flat"] * np.sqrt(np.clip(1 - (u / wide) ** 2, 0, 1))  # the front of the rim
    sag = wide * g["flat"] * g["foot"] * np.sqrt(np.clip(1 - (u / (wide * g["foot"])) ** 2, 0, 1)) * 0.8
    ts = np.linspace(0, 1, 12)
    rs = wide * (g["foot"] + (1 - g["foot"]) * (1 - ts**2.2) ** g["power"])
    d, n, _ = turned(c, p, u, v - sag * 0, -tall, 0, ts, rs)
    base_d = ellipse(u, v, wide * g["foot"], wide * g["foot"] * g["flat"] * 0.8)
    d = np.maximum(np.minimum(d, base_d), lip - v)
    paint = c.lit(base, n, 0.3, 36)
    if g["stripe"] is not None:
        band = (np.abs((v - lip) / tall - 0.22) < 0.06)[..., None]
        paint = np.where(band, c.lit(g["stripe"], n, 0.3, 36), paint)
    c.paint(p, c.cover(d), paint, color, n[2] * 0.03)
    edge = np.exp(-(((v - lip) / (wide * 0.02)) ** 2)) * (np.abs(u) < wide) * 0.5
    c.tone(p, edge * c.cover(d), base * 0.6 + 100)


def bowl(c, rng, x, y, s, color, near, free=False, contents=None):
    """A bowl; `contents(c, x, y, s, near)` draws what lies in it between its back and its front."""
    g = bowl_geometry(rng, s)
    base = pigment(rng, color)
    g["stripe"] = pigment(rng, "white" if color != "white" else "blue") if rng.random() < 0.3 else None
    if free:
        y += g["tall"] * 0.6
    else:
        ground(c, x, y, s * 0.95, 1.0, 0.26)
    c.begin("bowl", color, near)
    own = c.current
    p = bowl_back(c, rng, x, y, g, base, color)
    if contents:
        contents(c, x, y - g["tall"], s, near)
    c.current, c.base = own, near
    if p:
        bowl_front(c, rng, x, y, g, base, color, p)


def book(c, rng, x, y, s, color, near, free=False):
    base = pigment(rng, color)
    paper = pigment(rng, "white") * np.array([1, 0.97, 0.9], np.float32)
    c.begin("book", color, near)
    if free:
        y += s * 0.8
    if rng.random() < 0.55:  # lying, seen from the front
        wide, thick, deep, skew = s, s * rng.uniform(0.16, 0.32), s * rng.uniform(0.35, 0.6), rng.uniform(-0.35, 0.35) * s
        ground(c, x, y, wide * 1.1, 1.0, 0.2)
        p = c.patch(x - s * 1.5, y - thick - deep - s * 0.1, x + s * 1.5, y + s * 0.1)
        if not p:
            return
        u, v = p.x - x, p.y - y
        top = [(-wide, -thick), (-wide * 0.9 + skew, -thick - deep), (wide * 0.9 + skew, -thick - deep), (wide, -thick)]
        c.paint(p, c.cover(polygon(u, v, top)), base * 1.05 * c.tint * (1 + 0.08 * v / s)[..., None] + 0 * u[..., None], color, 0.01)
        front = np.maximum(np.abs(u) - wide, np.abs(v + thick / 2) - thick / 2)
        c.paint(p, c.cover(front), base * 0.72 * c.tint, color, 0.02)
        if rng.random() < 0.6:
            pages = np.maximum(np.abs(u) - wide * 0.96, np.abs(v + thick / 2) - thick * 0.3)
            lines = 1 - 0.1 * (np.sin(v / thick * 40) > 0) + 0 * u
            c.paint(p, c.cover(pages), paper * 0.85 * lines[..., None] * c.tint, None, 0.018)
        inset = [(a * 0.6 + skew * 0.2, -thick - deep * 0.5 + (b + thick + deep * 0.5) * 0.25) for a, b in top]
        c.tone(p, c.cover(polygon(u, v, inset)) * 0.45, base * 0.45 + 60)
    else:  # standing, cover towards the viewer
        tall, wide, lean = s, s * rng.uniform(0.6, 0.75), bend(rng, 0.06)
        ground(c, x, y, wide * 1.1, 1.1, 0.2)
        p = c.patch(x - s * 1.2, y - 2.2 * tall, x + s * 1.2, y + s * 0.1)
        if not p:
            return
        u, v = rotate(p.x - x, p.y - y, lean)
        edge = np.maximum(np.abs(u - wide * 0.06) - wide, np.abs(v + tall * 0.98) - tall * 0.97)
        c.paint(p, c.cover(edge), paper * 0.8 * c.tint, None, 0)
        d = box(u, v + tall, wide, tall, s * 0.02)
        shade = 1 + 0.08 * u / s - 0.1 * v / s
        spine = 1 - 0.3 * np.exp(-(((u + wide * 0.84) / (wide * 0.03)) ** 2)) + 0 * v
        c.paint(p, c.cover(d), base * (shade * spine)[..., None] * c.tint, color, 0.01)
        mark = pigment(rng, "white") if color not in ("white", "yellow") else base * 0.4
        for k in range(int(rng.integers(1, 4))):
            c.tone(p, c.cover(box(u - wide * 0.08, v + tall * (1.55 - 0.2 * k), wide * rng.uniform(0.3, 0.62), tall * 0.045)) * 0.75, mark)


def candle(c, rng, x, y, s, color, near, free=False):
    """Unnamed company: a candle with a flame."""
    base = pigment(rng, color)
    wide = s * rng.uniform(0.12, 0.2)
    ground(c, x, y, wide * 2)
    c.begin("other", color, near)
    p = c.patch(x - s * 0.5, y - s * 2.5, x + s * 0.5, y + s * 0.1)
    if not p:
        return
    u, v = p.x - x, p.y - y + 0 * p.x
    d, n, _ = turned(c, p, u, v, -s * 1.6, 0, [0, 1], [wide, wide * 1.02])
    c.paint(p, c.cover(d), c.lit(base, n, 0.1), color, n[2] * 0.02)
    flame = ellipse(u, v + s * 1.82, s * 0.07, s * 0.2)
    c.paint(p, c.cover(flame, s * 0.05), np.array([255, 215, 120], np.float32), None, 0)


def spoon(c, rng, x, y, s, color, near, free=False):
    """Unnamed company: a spoon lying on the table."""
    angle = rng.uniform(-0.5, 0.5) + (np.pi if rng.random() < 0.5 else 0)
    c.shadow(x, y, s, s * 0.12, 0.3)
    c.begin("other", "gray", near)
    p = c.patch(x - s * 1.1, y - s * 0.6, x + s * 1.1, y + s * 0.6)
    if not p:
        return
    u, v = rotate(p.x - x, (p.y - y) * 2, angle)
    d = smooth_min(capsule(u, v, -s * 0.4, 0, s * 0.95, 0, s * 0.05), ellipse(u + s * 0.65, v, s * 0.3, s * 0.19), s * 0.06)
    base = np.array([165, 168, 172], np.float32)
    c.paint(p, c.cover(d), c.lit(base, c.inflate(d, s * 0.14), 0.6, 20), "gray", 0)


def parcel(c, rng, x, y, s, color, near, free=False):
    """Unnamed company: a box seen over one edge."""
    base = pigment(rng, color)
    wide, tall, turn = s * rng.uniform(0.6, 1), s * rng.uniform(0.7, 1.3), rng.uniform(0.25, 0.75)
    ground(c, x, y, wide * 1.2, 1.0, 0.25)
    c.begin("other", color, near)
    p = c.patch(x - wide * 1.3, y - tall - wide * 0.8, x + wide * 1.3, y + wide * 0.2)
    if not p:
        return
    u, v = p.x - x, p.y - y
    e, k = wide * (2 * turn - 1), wide * 0.25
    c.paint(p, c.cover(polygon(u, v, [(-wide, -tall - k * 0.6), (e, -tall), (e, 0), (-wide, -k * 0.6)][::1])), base * 0.95 * c.tint, color, 0)
    c.paint(p, c.cover(polygon(u, v, [(e, -tall), (wide, -tall - k), (wide, -k), (e, 0)])), base * 0.62 * c.tint, color, 0)
    c.paint(p, c.cover(polygon(u, v, [(-wide, -tall - k * 0.6), (-e, -tall - k * 1.6), (wide, -tall - k), (e, -tall)])), base * 1.12 * c.tint, color, -0.01)


def frame(c, rng, x, y, s, color, near, free=True):
    """Unnamed company: an empty picture frame on the wall."""
    base = pigment(rng, color)
    wide, tall = s * rng.uniform(0.7, 1.2), s
    c.shadow(x + s * 0.05, y + s * 0.08, wide * 1.05, tall * 1.05, 0.25)
    c.begin("other", color, near)
    p = c.patch(x - wide * 1.1, y - tall * 1.1, x + wide * 1.1, y + tall * 1.1)
    if not p:
        return
    d = box(p.x - x, p.y - y, wide, tall)
    c.paint(p, c.cover(d), c.lit(base, c.inflate(d, s * 0.12), 0.1), color, 0)
    inside = np.array([200, 198, 190], np.float32) + rng.uniform(-40, 20, 3)
    c.paint(p, c.cover(d + s * 0.14), inside * (1 - 0.1 * (p.y - y) / s)[..., None] * c.tint + 0 * p.x[..., None], None, 0)


def rock(c, rng, x, y, s, color, near, free=False):
    """Unnamed company: a stone."""
    base = pigment(rng, color)
    ground(c, x, y - s * 0.05, s)
    c.begin("other", color, near)
    r2 = child(rng)
    p = c.patch(x - s * 1.3, y - s * 1.2, x + s * 1.3, y + s * 0.3)
    if not p:
        return
    world = (x - s * 1.3, y - s * 1.2, x + s * 1.3, y + s * 0.3)
    u, v = p.x - x, p.y - y
    d = smooth_min(ellipse(u, v + s * 0.3, s, s * 0.4), ellipse(u - s * rng.uniform(-0.3, 0.3), v + s * 0.5, s * 0.6, s * 0.45), s * 0.2)
    bumps = c.fractal(p, r2, s * 0.35, s * 0.35, 3, world)
    d = d + bumps * s * 0.03
    n = c.inflate(d, s * 0.5)
    c.paint(p, c.cover(d), c.lit(base * (1 + 0.12 * bumps)[..., None], n, 0.05), color, n[2] * 0.02)


def post(c, rng, x, y, s, color, near, free=False):
    """Unnamed company: a few fence posts with rails."""
    base = pigment(rng, color)
    count, gap = int(rng.integers(2, 6)), s * 0.75
    c.begin("other", color, near)
    p = c.patch(x - gap * count, y - s * 1.3, x + gap * count, y + s * 0.1)
    if not p:
        return
    u, v = p.x - x, p.y - y
    d = np.minimum(*(np.maximum(np.abs(v + s * h) - s * 0.07, np.abs(u) - gap * count / 2) for h in (0.35, 0.8)))
    for k in range(count):
        d = np.minimum(d, box(u - (k - (count - 1) / 2) * gap, v + s * 0.55, s * 0.09, s * 0.55))
    c.paint(p, c.cover(d), base * c.tint * (1 - 0.15 * v / s)[..., None] * (1 + 0 * u[..., None]), color, 0)


def sun(c, rng, x, y, s, color, near, free=True):
    glow = {"yellow": (255, 236, 150), "orange": (255, 190, 110), "white": (255, 250, 225)}[color]
    core = {"yellow": (255, 222, 60), "orange": (255, 150, 30), "white": (255, 252, 236)}[color]
    p = c.patch(x - s * 4, y - s * 4, x + s * 4, y + s * 4)
    c.begin("sun", color, near)
    rays = rng.random() < 0.25
    count, turn = int(rng.integers(8, 15)), rng.uniform(0, 1)
    if not p:
        return
    u, v = p.x - x, p.y - y
    rho = np.sqrt(u * u + v * v)
    c.tone(p, np.exp(-((rho / (s * 1.9)) ** 2)) * 0.75, np.array(glow, np.float32))
    d = rho - s
    if rays:
        spikes = np.abs(np.mod((np.arctan2(v, u) / (2 * np.pi) + turn) * count, 1) - 0.5) * 2
        d = np.minimum(d, np.maximum(rho - s * 1.65, np.maximum(s * 1.15 - rho, (spikes - 0.35) * s * 0.4)))
    rim = np.clip(rho / s, 0, 1)[..., None] ** 3
    c.paint(p, c.cover(d, s * 0.04), np.array(core, np.float32) * (1 - 0.25 * rim) + np.array(glow, np.float32) * 0.25 * rim + (1 - rim) * 18, color, 0)


def moon(c, rng, x, y, s, color, near, free=True):
    base = np.array([238, 236, 224] if color == "white" else [250, 226, 140], np.float32)
    full, turn = rng.random() < 0.35, rng.uniform(-0.6, 0.6) + (np.pi if rng.random() < 0.5 else 0)
    c.begin("moon", color, near)
    r2 = child(rng)
    p = c.patch(x - s * 4, y - s * 4, x + s * 4, y + s * 4)
    if not p:
        return
    u, v = rotate(p.x - x, p.y - y, turn)
    c.tone(p, np.exp(-((np.sqrt(u * u + v * v) / (s * 1.7)) ** 2)) * 0.22, base)
    d = circle(u, v, s)
    if not full:
        d = np.maximum(d, -circle(u - s * rng.uniform(0.4, 0.75), v, s * rng.uniform(0.85, 1)))
    spots = c.fractal(p, r2, s * 0.5, s * 0.5, 2, (x - s * 4, y - s * 4, x + s * 4, y + s * 4))
    c.paint(p, c.cover(d), base * (1 - 0.1 * np.clip(spots, 0, 1.5))[..., None], color, 0)


def cloud(c, rng, x, y, s, color, near, free=True):
    base = np.array([250, 250, 252], np.float32) if color == "white" else np.array([165, 168, 176], np.float32) * rng.uniform(0.75, 1.1)
    c.begin("cloud", color, near)
    r2 = child(rng)
    puffs = [(rng.uniform(-0.75, 0.75), rng.uniform(-0.2, 0.1), rng.uniform(0.2, 0.4)) for _ in range(int(rng.integers(4, 8)))]
    p = c.patch(x - s * 1.4, y - s * 0.9, x + s * 1.4, y + s * 0.7)
    if not p:
        return
    u, v = p.x - x, p.y - y
    d = ellipse(u, v, s * 0.95, s * 0.24)
    for px, py, r in puffs:
        d = smooth_min(d, circle(u - px * s, v - py * s, r * s * (1 - 0.5 * abs(px))), s * 0.1)
    d = d + c.fractal(p, r2, s * 0.22, s * 0.18, 3, (x - s * 1.4, y - s * 0.9, x + s * 1.4, y + s * 0.7)) * s * 0.045
    n = c.inflate(d, s * 0.2)
    shade = 0.84 - 0.3 * v / s + 0.16 * np.clip(-n[1] * 0.8 + n[2] * 0.4 + n[0] * c.light[0], -0.6, 1)
    soft = np.clip(0.5 - d / (s * 0.1), 0, 1)
    c.paint(p, soft, np.minimum(base * shade[..., None], 255), color, 0)


def tree(c, rng, x, y, s, color, near, free=False):
    bark, green = pigment(rng, "brown"), pigment(rng, "green") * rng.uniform(0.75, 1.05) * np.array([1.1, 1, 0.8], np.float32)
    c.shadow(x, y, s * 0.7, s * 0.14, 0.4)
    c.begin("tree", "green", near)
    r2 = child(rng)
    conifer = rng.random() < 0.35
    top = 2.0 * s
    puffs = [(rng.uniform(-0.5, 0.5), rng.uniform(-1.7, -0.95), rng.uniform(0.28, 0.46)) for _ in range(int(rng.integers(5, 9)))]
    p = c.patch(x - s * 1.1, y - top * 1.12, x + s * 1.1, y + s * 0.1)
    if not p:
        return
    world = (x - s * 1.1, y - top * 1.12, x + s * 1.1, y + s * 0.1)
    u, v = p.x - x, p.y - y + 0 * p.x
    d, n, _ = turned(c, p, u, v, -s * 1.1, 0, [0, 0.8, 1], [s * 0.07, s * 0.11, s * 0.16])
    c.paint(p, c.cover(d), c.lit(bark, n) * (1 + 0.15 * c.noise(p, r2, s * 0.05, s * 0.3, world))[..., None], "brown", 0)
    rough = c.fractal(p, r2, s * 0.16, s * 0.14, 5, world)
    if conifer:
        d = None
        for k in range(4):
            hi, lo, half = -top + k * s * 0.32, -top + s * (0.75 + k * 0.36), s * (0.3 + 0.13 * k)
            e = polygon(u, v, [(0, hi), (half, lo), (-half, lo)])
            d = e if d is None else np.minimum(d, e)
    else:
        d = ellipse(u, v + s * 1.3, s * 0.6, s * 0.55)
        for px, py, r in puffs:
            d = smooth_min(d, circle(u - px * s, v - py * s, r * s), s * 0.06)
    d = d + rough * s * 0.04
    n = c.inflate(d, s * 0.3)
    n = (n[0] + 0.2 * rough, n[1] - 0.3 * rough, n[2])
    crown = green * (1 + 0.2 * rough)[..., None]
    c.paint(p, c.cover(d), c.lit(crown, n, 0, wrap=0.15), "green", np.clip(n[2], 0, 1) * 0.02)


def house(c, rng, x, y, s, color, near, free=False):
    base, roof_color = pigment(rng, color), ["red", "brown", "gray", "black", "orange"][int(rng.integers(5))]
    roof = pigment(rng, roof_color)
    wide, tall, peak = s * rng.uniform(0.75, 1.0), s * rng.uniform(0.85, 1.1), s * rng.uniform(0.5, 0.75)
    deep = s * rng.uniform(0, 0.6) if rng.random() < 0.7 else 0.0
    gable = rng.random() < 0.6
    c.shadow(x, y, s * 1.3, s * 0.12, 0.35)
    c.begin("house", color, near)
    r2 = child(rng)
    p = c.patch(x - wide * 1.2, y - tall - peak * 1.6, x + wide * 1.2 + deep, y + s * 0.08)
    if not p:
        return
    world = (x - wide * 1.2, y - tall - peak * 1.6, x + wide * 1.2 + deep, y + s * 0.08)
    x0 = x - deep / 2
    u, v = p.x - x0, p.y - y
    rise = deep * 0.12
    boards = 1 + 0.05 * c.noise(p, r2, s * 2, s * 0.05, world)
    if rng.random() < 0.6:
        cx = wide * rng.uniform(0.2, 0.5)
        c.paint(p, c.cover(np.maximum(np.abs(u - cx) - s * 0.1, np.abs(v + tall + peak * 0.75) - peak * 0.55)), roof * 0.8 * c.tint, None, -0.002)
    if deep:
        side = polygon(u, v, [(wide, -tall), (wide + deep, -tall - rise), (wide + deep, -rise), (wide, 0)])
        c.paint(p, c.cover(side), (base * 0.62 * c.tint) * boards[..., None], color, -0.004)
    c.paint(p, c.cover(np.maximum(np.abs(u) - wide, np.abs(v + tall / 2) - tall / 2)), (base * c.tint) * boards[..., None], color, 0)
    tiles = 1 + 0.09 * (np.mod(v / (s * 0.09), 1) < 0.25) + 0.06 * c.noise(p, r2, s * 0.1, s * 0.06, world)
    over = wide * 1.12
    if gable:
        if deep:
            back = polygon(u, v, [(0, -tall - peak), (deep, -tall - peak - rise), (wide * 1.12 + deep, -tall - rise + s * 0.05), (over, -tall + s * 0.06)])
            c.paint(p, c.cover(back), (roof * 0.8 * c.tint) * tiles[..., None], roof_color, -0.002)
        front = polygon(u, v, [(0, -tall - peak), (over, -tall + s * 0.06), (-over, -tall + s * 0.06)])
        inner = polygon(u, v, [(0, -tall - peak + s * 0.14), (over - s * 0.2, -tall + s * 0.03), (-over + s * 0.2, -tall + s * 0.03)])
        c.paint(p, c.cover(front), (roof * c.tint) * tiles[..., None], roof_color, 0.001)
        c.paint(p, c.cover(inner), base * 0.94 * c.tint, color, 0.001)
    else:
        slab = polygon(u, v, [(-wide * 0.85, -tall - peak), (wide * 0.85 + deep, -tall - peak - rise), (over + deep, -tall + s * 0.04 - rise * 0.5), (-over, -tall + s * 0.05)])
        c.paint(p, c.cover(slab), (roof * c.tint) * tiles[..., None], roof_color, 0.001)
    dark, pane = np.array([60, 48, 42], np.float32), np.array([150, 185, 205], np.float32) * rng.uniform(0.5, 1.1)
    door_x = wide * rng.uniform(-0.25, 0.25)
    c.paint(p, c.cover(np.maximum(np.abs(u - door_x) - s * 0.13, np.abs(v + s * 0.24) - s * 0.24)), dark * c.tint, None, 0.001)
    for wx in (-0.62, 0.62):
        hole = np.maximum(np.abs(u - wx * wide) - s * 0.15, np.abs(v + tall * 0.6) - s * 0.16)
        c.paint(p, c.cover(hole - s * 0.03), np.array([235, 232, 225], np.float32) * c.tint, None, 0.001)
        c.paint(p, c.cover(hole), pane * c.tint, None, 0.001)
        bar = np.minimum(np.abs(u - wx * wide), np.abs(v + tall * 0.6)) - s * 0.015
        c.paint(p, c.cover(np.maximum(bar, hole)), np.array([235, 232, 225], np.float32) * c.tint, None, 0.001)


DRAW = dict(
    orange=orange, lemon=lemon, apple=apple, banana=banana, pear=pear, grapes=grapes, leaf=leaf, flower=flower, bowl=bowl,
    bottle=bottle, cup=cup, book=book, sun=sun, moon=moon, cloud=cloud, tree=tree, house=house,
    candle=candle, spoon=spoon, box=parcel, frame=frame, rock=rock, post=post,
)


def draw(c: Canvas, rng: np.random.Generator, name: str, x: float, y: float, s: float, near: float, color=None, **extra) -> None:
    """Draw a thing by name in a color of its palette, with a generator of its own.

    Seldom in the color of a surface of the scene, where nobody could see it.
    """
    own = child(rng)
    surfaces = {COLORS[main] for thing, main in c.table if main >= 0 and thing != OTHER and THINGS[thing] in SURFACES | {"cloth"}}
    choices = [q for q in PALETTE[name] if q not in surfaces or own.random() < 0.1] or PALETTE[name]
    picked = choices[int(own.integers(len(choices)))]
    DRAW[name](c, own, x, y, s, color or picked, near, **extra)
