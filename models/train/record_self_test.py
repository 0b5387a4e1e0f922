"""Records what Python's onnxruntime gives for the embedded models on a computed image: the self-test of maskwright doctor.

    python3 models/train/record_self_test.py

Needs numpy and onnxruntime. Writes models/self-test.json. The image has at (x, y) the channels (3x + y, 2y, x * y) mod 256.
"""
import json
import os

import numpy as np
import onnxruntime

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = os.path.join(HERE, "..")
SAMPLES = 16


def pixels(folder):
    with open(os.path.join(MODELS, folder, "preprocessor_config.json")) as file:
        processor = json.load(file)
    width, height = processor["size"]["width"], processor["size"]["height"]
    y, x = np.mgrid[0:height, 0:width]
    rgb = np.stack([3 * x + y, 2 * y, x * y], -1) % 256
    return ((rgb / 255 - processor["image_mean"]) / processor["image_std"]).transpose(2, 0, 1)[None].astype(np.float32)


def run(folder, feeds, output):
    session = onnxruntime.InferenceSession(os.path.join(MODELS, folder, "onnx", "model.onnx"), providers=["CPUExecutionProvider"])
    return session.run([output], feeds)[0].reshape(-1).astype(np.float64)


def record(values):
    places = np.linspace(0, values.size - 1, SAMPLES).round().astype(int)
    return {"mean": float(values.mean()), "places": places.tolist(), "values": values[places].tolist()}


with open(os.path.join(MODELS, "tiny-clipseg", "tokenizer.json")) as file:
    vocabulary = json.load(file)["model"]["vocab"]
ids = np.array([[vocabulary["<|startoftext|>"], vocabulary["sky</w>"], vocabulary["<|endoftext|>"]]], np.int64)
logits = run("tiny-clipseg", {"input_ids": ids, "attention_mask": np.ones_like(ids), "pixel_values": pixels("tiny-clipseg")}, "logits")
depth = run("tiny-depth", {"pixel_values": pixels("tiny-depth")}, "predicted_depth")
with open(os.path.join(MODELS, "self-test.json"), "w") as file:
    json.dump({"tiny": {"phrase": "sky", **record(1 / (1 + np.exp(-logits)))}, "depth-tiny": record(depth)}, file, indent=2)
    file.write("\n")
