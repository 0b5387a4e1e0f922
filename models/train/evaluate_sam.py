"""Score an exported tiny SAM on scenes it never saw, and write them with its answers for evaluate_sam.mjs.

    python3 models/train/evaluate_sam.py models/tiny-sam --count 100 --seed 40000000 --out scenes
    node models/train/evaluate_sam.mjs scenes

Needs the package onnxruntime. Each scene is drawn in its own format at 384 pixels height. Every thing of 1 % of it and more, named or not,
is asked for by one click at its pixel that is farthest from its outline, and by the box around what is seen of it. Logits of the mask
with the highest score are brought to the size of the scene (bilinear) and cut at 0.
"""

from __future__ import annotations

import argparse
import json
import os

import numpy as np
import onnxruntime
from PIL import Image

from evaluate import HEIGHT, MEAN, STD, grouped, size_of
from scenes import compose, photograph, random_aspect
from words import SURFACES, THINGS

LEAST = 0.01


class Model:
    """Preprocessing by the rules of transformers' SamImageProcessor, and both graphs."""

    def __init__(self, folder: str):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.vision, self.decoder = (
            onnxruntime.InferenceSession(f"{folder}/onnx/{name}.onnx", options) for name in ("vision_encoder", "prompt_encoder_mask_decoder")
        )
        with open(f"{folder}/preprocessor_config.json") as f:
            self.side = json.load(f)["size"]["longest_edge"]

    def open(self, image: np.ndarray) -> None:
        height, width = image.shape[:2]
        scale = self.side / max(height, width)
        self.height, self.width = int(height * scale + 0.5), int(width * scale + 0.5)
        resized = np.asarray(Image.fromarray(image).resize((self.width, self.height), Image.BILINEAR), np.float32)
        pixels = np.zeros((1, 3, self.side, self.side), np.float32)
        pixels[0, :, : self.height, : self.width] = ((resized / 255 - MEAN) / STD).transpose(2, 0, 1)
        self.size, self.scale = (width, height), np.array([self.width / width, self.height / height], np.float32)
        names = ("image_embeddings", "image_positional_embeddings")
        self.features = dict(zip(names, self.vision.run(names, dict(pixel_values=pixels))))

    def ask(self, points=(), box=None):
        """Logits of three masks and their scores. Points and box in pixels of the image."""
        corners = np.array(box, np.float32).reshape(2, 2) * self.scale if box else np.array([[0, 0], [self.side, self.side]], np.float32)
        places = np.array(points, np.float32).reshape(1, 1, -1, 2) * self.scale
        mask = self.side // 2
        feeds = dict(
            input_points=places.astype(np.float32), input_labels=np.ones(places.shape[:3], np.int64), input_boxes=corners.reshape(1, 1, 4),
            mask_input=np.zeros((1, 1, mask, mask), np.float32), has_mask_input=np.zeros(1, np.float32), **self.features,
        )
        masks, scores = self.decoder.run(["pred_masks", "iou_scores"], feeds)
        return masks[0, 0], scores[0, 0]

    def mask(self, logits: np.ndarray) -> np.ndarray:
        square = np.asarray(Image.fromarray(logits).resize((self.side, self.side), Image.BILINEAR))
        return np.asarray(Image.fromarray(square[: self.height, : self.width]).resize(self.size, Image.BILINEAR)) > 0


def innermost(mask: np.ndarray) -> tuple[int, int]:
    """The pixel of a mask that is farthest from its outline; the edges of the image are outlines."""
    ys, xs = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    inside = np.pad(mask[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1], 1)
    above, below = np.zeros(inside.shape, np.float32), np.zeros(inside.shape, np.float32)
    for y in range(1, len(inside)):
        above[y] = (above[y - 1] + 1) * inside[y]
        below[-1 - y] = (below[-y] + 1) * inside[-1 - y]
    vertical = np.minimum(above, below) ** 2
    across = (np.arange(inside.shape[1])[:, None] - np.arange(inside.shape[1])[None]) ** 2
    distance = np.stack([(row[None] + across).min(1) for row in vertical])
    y, x = np.unravel_index(distance.argmax(), distance.shape)
    return int(x + xs[0] - 1), int(y + ys[0] - 1)


def iou(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=40_000_000)
    parser.add_argument("--out", help="folder for scenes, truths and answers")
    parser.add_argument("--logits", type=int, default=10, help="scenes whose logits are written as well")
    a = parser.parse_args()
    model, rows, written = Model(a.folder), dict(click=[], box=[]), []
    for seed in range(a.seed, a.seed + a.count):
        c = compose(seed, round(HEIGHT * random_aspect(seed)), HEIGHT)
        image = photograph(c.rgb, seed, 0.7)
        model.open(image)
        asked = []
        for i, size in enumerate(np.bincount(c.instance.ravel(), minlength=len(c.table))):
            share, thing = float(size / c.instance.size), c.table[i][0]
            name = THINGS[thing] if 0 <= thing < len(THINGS) else "unnamed"
            if share < LEAST:
                continue
            truth = c.instance == i
            x, y = innermost(truth)
            xs, ys = np.flatnonzero(truth.any(0)), np.flatnonzero(truth.any(1))
            box = [int(xs[0]), int(ys[0]), int(xs[-1] + 1), int(ys[-1] + 1)]
            answers = dict(click=model.ask(points=[[x + 0.5, y + 0.5]]), box=model.ask(box=box))
            for kind, (logits, scores) in answers.items():
                score = iou(model.mask(logits[scores.argmax()]), truth)
                rows[kind].append(("surface" if name in SURFACES else "thing", name, "", share, score))
            asked.append(dict(label=i, point=[x + 0.5, y + 0.5], box=box, kind=rows["click"][-1][0]))
            if a.out and seed - a.seed < a.logits:
                for kind, (logits, _) in answers.items():
                    os.makedirs(a.out, exist_ok=True)
                    logits.astype("<f4").tofile(f"{a.out}/{seed}-{i}-{kind}.f32")
        if a.out:
            os.makedirs(a.out, exist_ok=True)
            Image.fromarray(image).save(f"{a.out}/{seed}.png")
            Image.fromarray(c.instance.astype(np.uint8)).save(f"{a.out}/{seed}-truth.png")
            written.append(dict(scene=seed, things=asked, logits=seed - a.seed < a.logits))
    if a.out:
        with open(f"{a.out}/scenes.json", "w") as f:
            json.dump(dict(model=os.path.abspath(a.folder), scenes=written), f)
    print("| | number | mean IoU, click | median | mean IoU, box | median |\n|---|---|---|---|---|---|")
    click, box = (dict([("all", [r[4] for r in rows[k]]), *grouped(rows[k], lambda r: r[0]).items(), *grouped(rows[k], lambda r: size_of(r[3])).items()]) for k in rows)
    for key, values in click.items():
        print(f"| {key} | {len(values)} | {np.mean(values):.3f} | {np.median(values):.3f} | {np.mean(box[key]):.3f} | {np.median(box[key]):.3f} |")


if __name__ == "__main__":
    main()
