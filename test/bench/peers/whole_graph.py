"""Logits of a CLIPSeg export, the whole graph for each image and each phrase alone:

    python whole_graph.py FOLDER FILE OUT IMAGES PHRASES     (the last two are JSON lists)

Images are prepared as transformers' ViTImageProcessor does it. Needs numpy, onnxruntime, pillow and tokenizers.
"""

from __future__ import annotations

import json
import os
import sys

import numpy
import onnxruntime
from PIL import Image
from tokenizers import Tokenizer


def read(folder: str, name: str) -> dict:
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file)


def pixels(path: str, config: dict) -> numpy.ndarray:
    size = config["size"]["width"], config["size"]["height"]
    image = Image.open(path).convert("RGB").resize(size, Image.Resampling(config["resample"]))
    values = (numpy.asarray(image, dtype=numpy.float32) / 255 - config["image_mean"]) / config["image_std"]
    return values.transpose(2, 0, 1)[None].astype(numpy.float32)


def main(folder: str, file: str, out: str, images: str, phrases: str) -> None:
    config = read(folder, "preprocessor_config.json")
    tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(os.path.join(folder, file), options, providers=["CPUExecutionProvider"])
    kinds = {"tensor(float16)": numpy.float16, "tensor(float)": numpy.float32, "tensor(int64)": numpy.int64}
    inputs = {each.name: kinds[each.type] for each in session.get_inputs()}
    with open(out, "wb") as target:
        for image in json.loads(images):
            values = pixels(image, config)
            for phrase in json.loads(phrases):
                ids = numpy.array([tokenizer.encode(phrase).ids])
                feeds = {"pixel_values": values, "input_ids": ids, "attention_mask": numpy.ones_like(ids)}
                feeds = {name: feeds[name].astype(kind) for name, kind in inputs.items()}
                target.write(session.run(["logits"], feeds)[0].astype("<f4").tobytes())
    print(f"onnxruntime {onnxruntime.__version__}")


if __name__ == "__main__":
    main(*sys.argv[1:])
