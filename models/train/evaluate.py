"""Score an exported tiny CLIPSeg on scenes it never saw.

    python3 models/train/evaluate.py models/tiny-clipseg --count 600 --seed 20000000

Needs the package onnxruntime. Each scene is drawn in its own format at 384 pixels height, stretched to the model's square,
and the logits are brought back to the scene's size (bilinear) and cut at probability 0.5, as the toolkit does it. The truth
is the drawer's, at the scene's size. Pixels whose color has no plain name do not count for color words.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random

import numpy as np
import onnxruntime
from PIL import Image

import tokenizer
from scenes import compose, photograph, queries_of, random_aspect, shares
from words import COLORS, SURFACES, THINGS, UNSEEN_WORDS, phrase, truth

HEIGHT = 384
MEAN, STD = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)


class Model:
    def __init__(self, folder: str):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(f"{folder}/onnx/model.onnx", options)
        with open(f"{folder}/preprocessor_config.json") as f:
            self.side = json.load(f)["size"]["height"]

    def masks(self, image: Image.Image, texts: list[str]) -> np.ndarray:
        pixels = np.asarray(image.resize((self.side, self.side), Image.BILINEAR), np.float32) / 255
        ids, mask = tokenizer.encode(texts)
        (logits,) = self.session.run(
            None,
            dict(input_ids=np.array(ids, np.int64), attention_mask=np.array(mask, np.int64), pixel_values=((pixels - MEAN) / STD).transpose(2, 0, 1)[None]),
        )
        return np.stack([np.asarray(Image.fromarray(x).resize(image.size, Image.BILINEAR)) > 0 for x in logits])


def score(job) -> list[tuple[str, str, str, float, float]]:
    """(kind, thing, color, share of the image, score) of every phrase of some scenes; for absent ones the share is 0 and
    the score is whether more than 0.5 % of the image was selected."""
    folder, seeds, least, plain = job
    model, rows = Model(folder), []
    for seed in seeds:
        c = compose(seed, round(HEIGHT * random_aspect(seed)), HEIGHT)
        image = Image.fromarray(photograph(c.rgb, seed, 0.7))
        rnd = random.Random(seed)
        table, _, _ = shares(c)
        queries = queries_of(c, seed, least, 8, UNSEEN_WORDS)
        got = model.masks(image, [phrase(q, rnd, plain) for q in queries])
        for query, mask in zip(queries, got):
            true, unclear = truth(query, c.instance, c.color, table)
            mask = mask & ~unclear
            thing = THINGS[query.thing] if query.kind == "thing" else ""
            color = COLORS[query.color] if query.kind == "color" else ""
            kind = "surface" if thing in SURFACES else query.kind
            if true.any():
                rows.append((kind, thing, color, float(true.mean()), float((mask & true).sum() / (mask | true).sum())))
            else:
                rows.append((kind, thing, color, 0.0, float(mask.mean() > 0.005)))
    return rows


def size_of(share: float) -> str:
    return "1 to 4 % of the image" if share < 0.04 else "4 to 15 %" if share < 0.15 else "15 % and more"


def grouped(rows, key) -> dict[str, list[float]]:
    groups: dict[str, list[float]] = {}
    for row in rows:
        if key(row):
            groups.setdefault(key(row), []).append(row[4])
    return dict(sorted(groups.items()))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--seed", type=int, default=20_000_000)
    parser.add_argument("--least", type=float, default=0.01, help="present phrases cover at least this share of the image")
    parser.add_argument("--plain", action="store_true", help="plain phrases only: no articles, plurals or synonyms")
    parser.add_argument("--workers", type=int, default=2)
    a = parser.parse_args()
    seeds = list(range(a.seed, a.seed + a.count))
    jobs = [(a.folder, seeds[k : k + 15], a.least, a.plain) for k in range(0, a.count, 15)]
    with multiprocessing.Pool(a.workers) as pool:
        rows = [row for part in pool.imap_unordered(score, jobs) for row in part]
    present, absent = [r for r in rows if r[3] > 0], [r for r in rows if r[3] == 0]
    print("| present phrases | number | mean IoU | median IoU |\n|---|---|---|---|")
    large = [r for r in present if r[3] >= 0.04]
    groups = [
        ("all", [r[4] for r in present]),
        *grouped(present, lambda r: r[0]).items(),
        *grouped(present, lambda r: size_of(r[3])).items(),
        ("4 % and more", [r[4] for r in large]),
        *grouped(large, lambda r: f"{r[0]}, 4 % and more").items(),
        *grouped(present, lambda r: r[1]).items(),
    ]
    for name, values in groups:
        print(f"| {name} | {len(values)} | {np.mean(values):.3f} | {np.median(values):.3f} |")
    print("\n| absent phrases | number | select more than 0.5 % |\n|---|---|---|")
    for name, values in [("all", [r[4] for r in absent]), *grouped(absent, lambda r: r[0]).items()]:
        print(f"| {name} | {len(values)} | {100 * np.mean(values):.1f} % |")


if __name__ == "__main__":
    main()
