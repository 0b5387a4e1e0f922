"""CLIPSeg as Hugging Face documents it, over the model that make_full_size_model.py made.

    python clipseg.py serve MODEL                         operations: see the end of this file
    python clipseg.py once MODEL IMAGE PHRASE OUTDIR    one command: the three files that `maskwright mask` writes
"""

from __future__ import annotations

import os
import sys

import numpy
import torch
from PIL import Image
from serve import serve
from transformers import CLIPSegForImageSegmentation, CLIPSegProcessor

SIDE = 352


def load(folder: str):
    return CLIPSegForImageSegmentation.from_pretrained(folder).eval(), CLIPSegProcessor.from_pretrained(folder)


def detect(parts, image: Image.Image, phrases: list[str]) -> torch.Tensor:
    """As the documentation has it: the image is repeated for each phrase."""
    model, processor = parts
    inputs = processor(text=phrases, images=[image] * len(phrases), padding=True, return_tensors="pt")
    with torch.inference_mode():
        return torch.sigmoid(model(**inputs).logits)


def detect_once(parts, image: Image.Image, phrases: list[str]) -> torch.Tensor:
    """By hand: the vision encoder sees the image once for all phrases."""
    model, processor = parts
    inputs = processor(text=phrases, images=[image], padding=True, return_tensors="pt")
    with torch.inference_mode():
        vision = model.clip.vision_model(
            inputs["pixel_values"], output_hidden_states=True, interpolate_pos_encoding=True, return_dict=True
        )
        seen = [vision.hidden_states[i + 1].expand(len(phrases), -1, -1) for i in model.extract_layers]
        texts = model.get_conditional_embeddings(
            batch_size=len(phrases), input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]
        )
        return torch.sigmoid(model.decoder(seen, texts).logits)


def padded(image: Image.Image) -> Image.Image:
    scale = SIDE / max(image.size)
    square = Image.new("RGB", (SIDE, SIDE))
    square.paste(image.resize(tuple(max(1, round(n * scale)) for n in image.size), Image.Resampling.BILINEAR))
    return square


def heatmaps(parts, out: str, phrase: str, images: list[str]) -> None:
    """Float32 probabilities: image by image, stretched, then padded."""
    with open(out, "wb") as file:
        for path in images:
            image = Image.open(path).convert("RGB")
            for view in (image, padded(image)):
                file.write(detect(parts, view, [phrase]).numpy().astype(numpy.float32).tobytes())


def once(folder: str, path: str, phrase: str, outdir: str) -> None:
    parts = load(folder)
    image = Image.open(path).convert("RGB")
    probability = detect(parts, image, [phrase])[None].reshape(1, 1, SIDE, SIDE)
    size = image.size[::-1]
    alpha = torch.nn.functional.interpolate(probability, size=size, mode="bilinear")[0, 0].numpy()
    os.makedirs(outdir, exist_ok=True)
    selected = Image.fromarray((alpha * 255).round().astype(numpy.uint8))
    image.putalpha(selected)
    image.save(f"{outdir}/selected.png")
    image.putalpha(Image.eval(selected, lambda value: 255 - value))
    image.save(f"{outdir}/deselected.png")
    Image.fromarray((alpha >= 0.5).astype(numpy.uint8) * 255).save(f"{outdir}/masked.png")


def main(action: str, folder: str, *rest: str) -> None:
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    if action == "once":
        once(folder, *rest)
        return
    parts = load(folder)
    serve(
        {
            "detect": lambda path, phrases: len(detect(parts, Image.open(path).convert("RGB"), phrases)),
            "detect once": lambda path, phrases: len(detect_once(parts, Image.open(path).convert("RGB"), phrases)),
            "differ": lambda path, phrases: float(
                (detect(parts, Image.open(path).convert("RGB"), phrases) - detect_once(parts, Image.open(path).convert("RGB"), phrases))
                .abs()
                .max()
            ),
            "heatmaps": lambda out, phrase, images: heatmaps(parts, out, phrase, images),
        }
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
