"""A canvas in world units: signed distances, lighting, soft shadows, textures.

The world is `aspect` wide and 1 high, y downwards; the canvas samples it with any number of pixels, so one scene can be
drawn as a photograph of 1500 x 1000 and, stretched, as a training square of 128 x 128. Beside the colors the canvas keeps
for every pixel the instance that is seen there, the name of its color, and how near it is.
"""

from __future__ import annotations

import colorsys
from typing import NamedTuple, Optional

import numpy as np

from words import COLORS, OTHER, THINGS

# Hue, saturation and value of each named color, with clear gaps between neighbours.
HSV = {
    "red": ((-0.025, 0.015), (0.75, 0.95), (0.6, 0.92)),
    "orange": ((0.062, 0.092), (0.82, 1), (0.88, 1)),
    "yellow": ((0.133, 0.165), (0.7, 0.95), (0.86, 1)),
    "green": ((0.25, 0.42), (0.5, 0.9), (0.35, 0.75)),
    "blue": ((0.56, 0.66), (0.55, 0.95), (0.45, 0.95)),
    "purple": ((0.74, 0.82), (0.45, 0.8), (0.35, 0.7)),
    "pink": ((0.89, 0.96), (0.32, 0.55), (0.9, 1)),
    "brown": ((0.045, 0.085), (0.5, 0.75), (0.3, 0.5)),
    "black": ((0, 1), (0, 0.2), (0.05, 0.13)),
    "white": ((0.05, 0.15), (0, 0.06), (0.92, 1)),
    "gray": ((0, 1), (0, 0.06), (0.4, 0.65)),
}


def pigment(rng: np.random.Generator, color: str) -> np.ndarray:
    """A shade of a named color, 0..255."""
    h, s, v = (rng.uniform(*span) for span in HSV[color])
    return np.array(colorsys.hsv_to_rgb(h % 1, s, v), np.float32) * 255


def child(rng: np.random.Generator) -> np.random.Generator:
    """A generator of its own for a part, so that what it draws does not shift the rest of the scene."""
    return np.random.default_rng(int(rng.integers(2**62)))


class Patch(NamedTuple):
    """A rectangle of the canvas with its world coordinates as a column and a row."""

    rows: slice
    cols: slice
    x: np.ndarray
    y: np.ndarray


# --- signed distances: negative inside, world units -------------------------------------------------------------------

def circle(x, y, r):
    return np.sqrt(x * x + y * y) - r


def ellipse(x, y, a, b):
    k0 = np.sqrt((x / a) ** 2 + (y / b) ** 2)
    k1 = np.sqrt((x / a**2) ** 2 + (y / b**2) ** 2)
    return k0 * (k0 - 1) / np.maximum(k1, 1e-6)


def box(x, y, w, h, r=0.0):
    """A rectangle of half sizes w, h with rounded corners."""
    qx, qy = np.abs(x) - w + r, np.abs(y) - h + r
    return np.sqrt(np.maximum(qx, 0) ** 2 + np.maximum(qy, 0) ** 2) + np.minimum(np.maximum(qx, qy), 0) - r


def capsule(x, y, x0, y0, x1, y1, r):
    dx, dy = x1 - x0, y1 - y0
    t = np.clip(((x - x0) * dx + (y - y0) * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
    return np.sqrt((x - x0 - t * dx) ** 2 + (y - y0 - t * dy) ** 2) - r


def polygon(x, y, points):
    """A convex polygon, points clockwise on the image (y down)."""
    d = None
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]]):
        nx, ny = by - ay, ax - bx
        length = float(np.hypot(nx, ny)) or 1e-9
        e = (x - ax) * (nx / length) + (y - ay) * (ny / length)
        d = e if d is None else np.maximum(d, e)
    return d


def lens(x, y, length, width):
    """A leaf: two arcs that meet in points at (0, -length) and (0, length)."""
    r = (length * length + width * width) / (2 * width)
    return np.maximum(circle(x - (r - width), y, r), circle(x + (r - width), y, r))


def smooth_min(a, b, k):
    h = np.clip(0.5 + 0.5 * (b - a) / k, 0, 1)
    return b + (a - b) * h - k * h * (1 - h)


def rotate(x, y, angle):
    c, s = np.cos(angle), np.sin(angle)
    return c * x + s * y, c * y - s * x


class Canvas:
    """Pixels, instances, color names and nearness of a scene being drawn back to front."""

    def __init__(self, width: int, height: int, aspect: float):
        self.w, self.h, self.aspect = width, height, aspect
        self.xs = ((np.arange(width, dtype=np.float32) + 0.5) / width * aspect)[None]
        self.ys = ((np.arange(height, dtype=np.float32) + 0.5) / height)[:, None]
        self.step = (aspect / width, 1 / height)
        self.pixel = float(np.sqrt(self.step[0] * self.step[1]))
        self.rgb = np.zeros((height, width, 3), np.float32)
        self.instance = np.zeros((height, width), np.uint8)
        self.color = np.zeros((height, width), np.uint8)
        self.near = np.zeros((height, width), np.float32)
        self.table: list[tuple[int, int]] = []
        self.current = 0
        self.base = 0.0
        self.light = np.array([-0.45, -0.6, 0.66], np.float32)
        self.ambient = 0.5
        self.tint = np.ones(3, np.float32)

    def begin(self, thing: str, color: Optional[str], near: float) -> None:
        """Start an instance: what is painted from now on belongs to it."""
        index = OTHER if thing == "other" else THINGS.index(thing)
        self.table.append((index, COLORS.index(color) if color else -1))
        self.current, self.base = len(self.table) - 1, near

    def patch(self, x0: float, y0: float, x1: float, y1: float) -> Optional[Patch]:
        """The pixels of a world rectangle with a margin of two; None when fewer than 2 x 2 are on the canvas."""
        c0, c1 = int(np.floor(x0 / self.step[0])) - 2, int(np.ceil(x1 / self.step[0])) + 2
        r0, r1 = int(np.floor(y0 / self.step[1])) - 2, int(np.ceil(y1 / self.step[1])) + 2
        c0, c1, r0, r1 = max(c0, 0), min(c1, self.w), max(r0, 0), min(r1, self.h)
        if c1 - c0 < 2 or r1 - r0 < 2:
            return None
        rows, cols = slice(r0, r1), slice(c0, c1)
        return Patch(rows, cols, self.xs[:, cols], self.ys[rows])

    def whole(self) -> Patch:
        return Patch(slice(0, self.h), slice(0, self.w), self.xs, self.ys)

    def cover(self, distance: np.ndarray, soft: float = 0.0) -> np.ndarray:
        """Coverage 0..1 from a signed distance, antialiased over one pixel (or over `soft` world units)."""
        return np.clip(0.5 - distance / max(self.pixel, soft), 0, 1)

    def gradient(self, d: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        gy, gx = np.gradient(d)
        return gx / self.step[0], gy / self.step[1]

    def inflate(self, d: np.ndarray, radius) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Normals of a body whose outline is `d`, rounded over `radius` from the edge inwards (a circle becomes a ball)."""
        gx, gy = self.gradient(d)
        k = np.clip(1 + d / radius, 0, 1) / np.maximum(np.sqrt(gx * gx + gy * gy), 1e-6)
        nx, ny = gx * k, gy * k
        return nx, ny, np.sqrt(np.clip(1 - nx * nx - ny * ny, 0, 1))

    def lit(self, base, normal, gloss: float = 0.0, sharp: float = 24.0, wrap: float = 0.25) -> np.ndarray:
        """Shade a color (one, or one per pixel) by normals, with a highlight."""
        nx, ny, nz = normal
        lx, ly, lz = self.light
        diffuse = np.clip((nx * lx + ny * ly + nz * lz + wrap) / (1 + wrap), 0, 1)
        shade = self.ambient * (0.75 + 0.25 * nz) + (1.08 - self.ambient) * diffuse
        rgb = base * shade[..., None] * self.tint
        if gloss:
            hx, hy, hz = lx, ly, lz + 1
            n = float(np.sqrt(hx * hx + hy * hy + hz * hz))
            spec = np.clip((nx * hx + ny * hy + nz * hz) / n, 0, 1) ** sharp
            rgb = rgb + (255 * gloss) * spec[..., None] * self.tint
        return rgb

    def paint(self, p: Patch, alpha: np.ndarray, rgb, color: Optional[str], bulge=0.0) -> None:
        """Lay colors over a patch for the current instance. `bulge` is added to its nearness."""
        a = alpha[..., None]
        view = self.rgb[p.rows, p.cols]
        view += (rgb - view) * a
        hit = alpha > 0.5
        self.instance[p.rows, p.cols][hit] = self.current
        self.color[p.rows, p.cols][hit] = 0 if color is None else COLORS.index(color) + 1
        near = self.near[p.rows, p.cols]
        near[hit] = np.broadcast_to(self.base + bulge, hit.shape)[hit]

    def tone(self, p: Patch, alpha: np.ndarray, rgb) -> None:
        """Change colors only: shadows, glows, highlights."""
        view = self.rgb[p.rows, p.cols]
        view += (rgb - view) * alpha[..., None]

    def shadow(self, x: float, y: float, a: float, b: float, strength: float = 0.55) -> None:
        """A soft shadow on the ground around a contact at (x, y), thrown away from the light."""
        x -= float(self.light[0]) * a * 0.5
        p = self.patch(x - 2 * a, y - 2.5 * b, x + 2 * a, y + 2.5 * b)
        if p:
            d = ((p.x - x) / a) ** 2 + ((p.y - y) / b) ** 2
            view = self.rgb[p.rows, p.cols]
            view *= (1 - strength * np.exp(-1.2 * d))[..., None]

    def noise(self, p: Patch, rng: np.random.Generator, cell_x: float, cell_y: float, world=None) -> np.ndarray:
        """Smooth noise of about unit size with cells of the given world size, faded out where cells fall below pixels."""
        x0, y0, x1, y1 = world or (0.0, 0.0, self.aspect, 1.0)
        nx, ny = int((x1 - x0) / cell_x) + 3, int((y1 - y0) / cell_y) + 3
        grid = rng.standard_normal((ny, nx)).astype(np.float32)

        def weights(v, v0, cell, n):
            t = np.clip((v - v0) / cell, 0, n - 1.001)
            i = t.astype(np.int32)
            f = t - i
            return i, f * f * (3 - 2 * f)

        ix, fx = weights(p.x[0], x0, cell_x, nx)
        iy, fy = weights(p.y[:, 0], y0, cell_y, ny)
        across = grid[:, ix] * (1 - fx) + grid[:, np.minimum(ix + 1, nx - 1)] * fx
        out = across[iy] * (1 - fy)[:, None] + across[np.minimum(iy + 1, ny - 1)] * fy[:, None]
        fade = min(1.0, cell_x / (2 * self.step[0])) * min(1.0, cell_y / (2 * self.step[1]))
        return out * fade

    def fractal(self, p: Patch, rng, cell_x: float, cell_y: float, octaves: int = 3, world=None) -> np.ndarray:
        """Noise of several sizes, halving."""
        total = 0.0
        for o in range(octaves):
            total = total + self.noise(p, rng, cell_x / 2**o, cell_y / 2**o, world) * 0.6**o
        return total
