"""Write the folder that transformers.js loads: python3 models/train/export_clipseg.py clipseg.pt models/tiny-clipseg [side]

`side`: of the images that the model will take, when it is not the one it was trained on.
"""

from __future__ import annotations

import os
import sys

import torch

import tokenizer
from clipseg import ClipSeg
from export import export_onnx, write_json
from train_clipseg import for_side, new_model, side_of


def configuration(model: ClipSeg) -> dict:
    c = model.c
    return dict(
        architectures=["CLIPSegForImageSegmentation"],
        model_type="clipseg",
        projection_dim=c.projection,
        extract_layers=list(c.extract),
        reduce_dim=c.reduce,
        decoder_num_attention_heads=c.decoder_heads,
        decoder_intermediate_size=c.decoder_inner,
        decoder_hidden_act="quick_gelu",
        conditional_layer=0,
        use_complex_transposed_convolution=True,
        text_config=dict(
            model_type="clipseg_text_model", vocab_size=c.text.vocabulary, hidden_size=c.text.hidden, intermediate_size=4 * c.text.hidden,
            num_hidden_layers=c.text.layers, num_attention_heads=c.text.heads, max_position_embeddings=c.text.positions,
            hidden_act="quick_gelu", bos_token_id=tokenizer.START_ID, eos_token_id=tokenizer.END_ID, pad_token_id=tokenizer.END_ID,
        ),
        vision_config=dict(
            model_type="clipseg_vision_model", hidden_size=c.vision.hidden, intermediate_size=4 * c.vision.hidden,
            num_hidden_layers=c.vision.layers, num_attention_heads=c.vision.heads, image_size=c.vision.image, patch_size=c.vision.patch,
            num_channels=3, hidden_act="quick_gelu",
        ),
    )


def preprocessor(side: int) -> dict:
    return dict(
        image_processor_type="ViTImageProcessor", do_resize=True, do_rescale=True, do_normalize=True, rescale_factor=1 / 255, resample=2,
        size=dict(height=side, width=side), image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225],
    )


def main(checkpoint: str, folder: str, image: str | None = None) -> None:
    state = torch.load(checkpoint)["model"]
    side = int(image or side_of(state))
    model = new_model(side)
    model.load_state_dict(for_side(state, side))
    c = model.c
    last = tokenizer.END_ID
    ids = torch.tensor([[last - 1, 5, 6, last], [last - 1, 7, last, last]])
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])
    text_axes = {0: "text_batch_size", 1: "sequence_length"}
    path = f"{folder}/onnx/model.onnx"
    export_onnx(
        model, (ids, torch.randn(1, 3, side, side), mask), path, ["input_ids", "pixel_values", "attention_mask"], ["logits"],
        dict(input_ids=text_axes, attention_mask=text_axes, pixel_values={0: "image_batch_size"}, logits={0: "text_batch_size"}),
    )
    write_json(f"{folder}/config.json", configuration(model))
    write_json(f"{folder}/preprocessor_config.json", preprocessor(side))
    write_json(f"{folder}/tokenizer.json", tokenizer.tokenizer_json(), indent=None)
    write_json(
        f"{folder}/tokenizer_config.json",
        dict(
            tokenizer_class="CLIPTokenizer", model_max_length=c.text.positions, bos_token=tokenizer.START, eos_token=tokenizer.END,
            unk_token=tokenizer.END, pad_token=tokenizer.END, do_lower_case=True, add_prefix_space=False,
        ),
    )
    print(f"{path}: {os.path.getsize(path) / 1e6:.2f} MB, {sum(p.numel() for p in model.parameters())} parameters")


if __name__ == "__main__":
    main(*sys.argv[1:])
