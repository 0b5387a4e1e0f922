"""Cut-outs by a phrase as rembg makes its own: Pillow, numpy and one onnxruntime session for all files.

    python rembg_style.py MODEL OUTDIR PHRASE IMAGE...
"""

import os
import sys

import numpy as np
import onnxruntime
from PIL import Image
from tokenizers import Tokenizer

SIDE = 352
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)


def main(model, outdir, phrase, *images):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = len(os.sched_getaffinity(0))
    session = onnxruntime.InferenceSession(f"{model}/onnx/model.onnx", options, providers=["CPUExecutionProvider"])
    ids = np.array([Tokenizer.from_file(f"{model}/tokenizer.json").encode(phrase).ids], np.int64)
    os.makedirs(outdir, exist_ok=True)
    for path in images:
        image = Image.open(path).convert("RGB")
        square = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.float32) / 255
        pixels = ((square - MEAN) / DEVIATION).transpose(2, 0, 1)[None]
        feeds = {"pixel_values": pixels, "input_ids": ids, "attention_mask": np.ones_like(ids)}
        (logits,) = session.run(["logits"], feeds)
        probability = 1 / (1 + np.exp(-logits.reshape(SIDE, SIDE)))
        mask = Image.fromarray((probability * 255).astype(np.uint8)).resize(image.size, Image.Resampling.LANCZOS)
        image.putalpha(mask)
        image.save(f"{outdir}/{os.path.splitext(os.path.basename(path))[0]}.png")


main(*sys.argv[1:])
