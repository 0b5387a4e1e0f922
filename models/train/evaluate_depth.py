"""Score an exported tiny Depth Anything: python3 models/train/evaluate_depth.py models/tiny-depth --count 600 --seed 30000000

Needs the package onnxruntime. For every scene all pairs of things (1 % of the image or more, surfaces left out) whose
nearness differs by at least 0.05: is the order of the medians of what the model says right?
"""

from __future__ import annotations

import argparse
import itertools
import json

import numpy as np
import onnxruntime
from PIL import Image

from scenes import compose, photograph, random_aspect, shares
from words import SURFACES, THINGS

HEIGHT = 384


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--seed", type=int, default=30_000_000)
    a = parser.parse_args()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(f"{a.folder}/onnx/model.onnx", options)
    with open(f"{a.folder}/preprocessor_config.json") as f:
        side = json.load(f)["size"]["height"]
    mean, std = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)
    pairs, errors, correlations = [], [], []
    for seed in range(a.seed, a.seed + a.count):
        c = compose(seed, round(HEIGHT * random_aspect(seed)), HEIGHT)
        image = Image.fromarray(photograph(c.rgb, seed, 0.7))
        pixels = (np.asarray(image.resize((side, side), Image.BILINEAR), np.float32) / 255 - mean) / std
        (depth,) = session.run(None, dict(pixel_values=pixels.transpose(2, 0, 1)[None]))
        depth = np.asarray(Image.fromarray(depth[0]).resize(image.size, Image.BILINEAR))
        errors.append(np.abs(depth - c.near).mean())
        correlations.append(np.corrcoef(depth.ravel(), c.near.ravel())[0, 1] if c.near.std() > 0 and depth.std() > 0 else 0.0)
        _, area, _ = shares(c)
        things = []
        for i, (thing, _) in enumerate(c.table):
            named_surface = thing < len(THINGS) and (THINGS[thing] in SURFACES or THINGS[thing] in ("cloth", "mountain"))
            if area[i] >= 0.01 and not named_surface:
                where = c.instance == i
                things.append((np.median(c.near[where]), np.median(depth[where])))
        for (n1, d1), (n2, d2) in itertools.combinations(things, 2):
            if abs(n1 - n2) >= 0.05:
                pairs.append((n1 > n2) == (d1 > d2))
    print(f"pairs in the right order: {100 * np.mean(pairs):.1f} % of {len(pairs)}")
    print(f"mean absolute error of nearness (0..1): {np.mean(errors):.4f}; mean correlation with the truth: {np.nanmean(correlations):.3f}")


if __name__ == "__main__":
    main()
