"""Score an exported tiny CLIPSeg on scenes it never saw.

    python3 models/train/evaluate.py models/tiny-clipseg --count 600 --seed 20000000

Needs the package onnxruntime. Each scene is drawn in its own format at 384 pixels height, stretched to the model's square,
and the logits are brought back to the scene's size (bilinear) and cut at probability 0.5, as the toolkit does it. The truth
is the drawer's, at the scene's size. Pixels whose colour has no plain name do not count for colour words.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict

import numpy as np
import onnxruntime
from PIL import Image

import tokenizer
from scenes import compose, photograph, queries_of, random_aspect, shares
from words import COLOURS, SURFACES, THINGS, UNSEEN_WORDS, phrase, truth

HEIGHT = 384
MEAN, STD = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)


class Model:
    def __init__(self, folder: str):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(f"{folder}/onnx/model.onnx", options)
        with open(f"{folder}/preprocessor_config.json") as f:
            self.side = json.load(f)["size"]["height"]

    def masks(self, picture: Image.Image, texts: list[str]) -> np.ndarray:
        pixels = np.asarray(picture.resize((self.side, self.side), Image.BILINEAR), np.float32) / 255
        ids, mask = tokenizer.encode(texts)
        (logits,) = self.session.run(
            None,
            dict(input_ids=np.array(ids, np.int64), attention_mask=np.array(mask, np.int64), pixel_values=((pixels - MEAN) / STD).transpose(2, 0, 1)[None]),
        )
        return np.stack([np.asarray(Image.fromarray(x).resize(picture.size, Image.BILINEAR)) > 0 for x in logits])


def mean(values) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def table_row(name, values) -> str:
    return f"| {name} | {len(values)} | {mean(values):.3f} | {float(np.median(values)) if values else float('nan'):.3f} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--seed", type=int, default=20_000_000)
    parser.add_argument("--least", type=float, default=0.01, help="present phrases cover at least this share of the picture")
    parser.add_argument("--plain", action="store_true", help="plain phrases only: no articles, plurals or synonyms")
    a = parser.parse_args()
    model = Model(a.folder)
    kinds, things, sizes, colours = defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(list)
    absent_kinds, absent_things = defaultdict(list), defaultdict(list)
    for seed in range(a.seed, a.seed + a.count):
        c = compose(seed, round(HEIGHT * random_aspect(seed)), HEIGHT)
        picture = Image.fromarray(photograph(c.rgb, seed, 0.7))
        rnd = random.Random(seed)
        table, _, _ = shares(c)
        queries = queries_of(c, seed, a.least, 8, UNSEEN_WORDS)
        got = model.masks(picture, [phrase(q, rnd, plain=a.plain) for q in queries])
        for query, mask in zip(queries, got):
            true, unclear = truth(query, c.instance, c.colour, table)
            mask = mask & ~unclear
            kind = query.kind
            if kind == "thing" and THINGS[query.thing] in SURFACES:
                kind = "surface"
            if not true.any():
                wrong = mask.mean() > 0.005
                absent_kinds[kind].append(wrong)
                if query.kind == "thing":
                    absent_things[THINGS[query.thing]].append(wrong)
                continue
            score = float((mask & true).sum() / max((mask | true).sum(), 1))
            kinds[kind].append(score)
            if query.kind == "thing":
                things[THINGS[query.thing]].append(score)
            if query.kind == "colour":
                colours[COLOURS[query.colour]].append(score)
            share = true.mean()
            sizes["1 to 4 %" if share < 0.04 else "4 to 15 %" if share < 0.15 else "15 % and more"].append(score)
    everything = [v for values in kinds.values() for v in values]
    wrong = [v for values in absent_kinds.values() for v in values]
    print("| present phrases | number | mean IoU | median IoU |\n|---|---|---|---|")
    print(table_row("all", everything))
    for group in (kinds, sizes, dict(sorted(things.items())), dict(sorted(colours.items()))):
        for name, values in group.items():
            print(table_row(f"colour: {name}" if group and name in colours and values is colours.get(name) else name, values))
    print("\n| absent phrases | number | select more than 0.5 % |\n|---|---|---|")
    print(f"| all | {len(wrong)} | {100 * mean(wrong):.1f} % |")
    for name, values in [*absent_kinds.items(), *sorted(absent_things.items())]:
        print(f"| {name} | {len(values)} | {100 * mean(values):.1f} % |")


if __name__ == "__main__":
    main()
