"""CLIPSeg as Hugging Face documents it, over the model that make-full-size-model.py made.

    python clipseg_reference.py heatmaps MODEL OUT PHRASE PICTURE...   float32 probabilities: picture by picture,
                                                                       stretched, then padded
    python clipseg_reference.py time MODEL PICTURE RUNS                JSON: seconds, and peak memory
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time

import numpy
import torch
from PIL import Image
from transformers import CLIPSegConfig, CLIPSegForImageSegmentation, CLIPTokenizerFast, ViTImageProcessor

SIDE = 352


def load(folder: str):
    with open(f"{folder}/config.json", encoding="utf-8") as file:
        model = CLIPSegForImageSegmentation(CLIPSegConfig.from_dict(json.load(file)))
    model.load_state_dict(torch.load(f"{folder}/reference.pt"))
    tokenizer = CLIPTokenizerFast(tokenizer_file=f"{folder}/tokenizer.json", pad_token="<|endoftext|>")
    return model.eval(), tokenizer, ViTImageProcessor.from_pretrained(folder)


def look(parts, image: Image.Image, phrases: list[str]) -> torch.Tensor:
    model, tokenizer, processor = parts
    text = tokenizer(phrases, padding=True, return_tensors="pt")
    pixels = processor(images=[image] * len(phrases), return_tensors="pt").pixel_values
    with torch.no_grad():
        return torch.sigmoid(model(pixel_values=pixels, **text).logits)


def padded(image: Image.Image) -> Image.Image:
    scale = SIDE / max(image.size)
    square = Image.new("RGB", (SIDE, SIDE))
    square.paste(image.resize(tuple(max(1, round(n * scale)) for n in image.size), Image.BILINEAR))
    return square


def heatmaps(folder: str, out: str, phrase: str, *pictures: str) -> None:
    parts = load(folder)
    with open(out, "wb") as file:
        for path in pictures:
            image = Image.open(path).convert("RGB")
            for view in (image, padded(image)):
                file.write(look(parts, view, [phrase]).numpy().astype(numpy.float32).tobytes())


def timing(folder: str, picture: str, runs: str) -> None:
    start = time.perf_counter()
    parts = load(folder)
    seconds = {"load": time.perf_counter() - start}
    for count in (1, 4, 8):
        taken = []
        for run in range(int(runs) + 1):
            start = time.perf_counter()
            look(parts, Image.open(picture).convert("RGB"), [f"thing {count} {run} {i}" for i in range(count)])
            taken.append(time.perf_counter() - start)
        seconds[str(count)] = sorted(taken[1:])[len(taken[1:]) // 2]
    print(json.dumps(dict(seconds=seconds, peakMegabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)))


if __name__ == "__main__":
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    dict(heatmaps=heatmaps, time=timing)[sys.argv[1]](*sys.argv[2:])
