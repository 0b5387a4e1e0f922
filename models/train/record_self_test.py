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
    size = processor["size"]
    width, height = (size.get(side, size.get("longest_edge")) for side in ("width", "height"))
    y, x = np.mgrid[0:height, 0:width]
    rgb = np.stack([3 * x + y, 2 * y, x * y], -1) % 256
    return ((rgb / 255 - processor["image_mean"]) / processor["image_std"]).transpose(2, 0, 1)[None].astype(np.float32)


def run(folder, feeds, output, graph="model"):
    session = onnxruntime.InferenceSession(os.path.join(MODELS, folder, "onnx", f"{graph}.onnx"), providers=["CPUExecutionProvider"])
    return session.run([output], feeds)[0]


def click(folder, image, point):
    """Logits of the first mask for a click, in pixels of the square."""
    names, side = ("image_embeddings", "image_positional_embeddings"), image.shape[-1]
    feeds = {name: run(folder, {"pixel_values": image}, name, "vision_encoder") for name in names}
    feeds["input_points"] = np.array([[[[point["x"], point["y"]]]]], np.float32)
    feeds["input_labels"] = np.ones((1, 1, 1), np.int64)
    feeds["input_boxes"] = np.array([[[0, 0, side, side]]], np.float32)
    feeds["mask_input"], feeds["has_mask_input"] = np.zeros((1, 1, side // 2, side // 2), np.float32), np.zeros(1, np.float32)
    return run(folder, feeds, "pred_masks", "prompt_encoder_mask_decoder")[0, 0, 0]


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits.astype(np.float64)))


def record(values):
    values = values.reshape(-1).astype(np.float64)
    places = np.linspace(0, values.size - 1, SAMPLES).round().astype(int)
    return {"mean": float(values.mean()), "places": places.tolist(), "values": values[places].tolist()}


with open(os.path.join(MODELS, "tiny-clipseg", "tokenizer.json")) as file:
    vocabulary = json.load(file)["model"]["vocab"]
ids = np.array([[vocabulary["<|startoftext|>"], vocabulary["sky</w>"], vocabulary["<|endoftext|>"]]], np.int64)
logits = run("tiny-clipseg", {"input_ids": ids, "attention_mask": np.ones_like(ids), "pixel_values": pixels("tiny-clipseg")}, "logits")
depth = run("tiny-depth", {"pixel_values": pixels("tiny-depth")}, "predicted_depth")
point = {"x": 60, "y": 40}
square = pixels("tiny-sam")
mask = click("tiny-sam", square, point)
with open(os.path.join(MODELS, "self-test.json"), "w") as file:
    recorded = {
        "tiny": {"phrase": "sky", **record(sigmoid(logits))},
        "depth-tiny": record(depth),
        "sam-tiny": {"side": square.shape[-1], "point": point, **record(sigmoid(mask))},
    }
    json.dump(recorded, file, indent=2)
    file.write("\n")
