"""Write the folder that transformers.js loads: python3 models/train/export_sam.py sam.pt models/tiny-sam [side]

`side`: of the square that the model will take, when it is not 208.
"""

from __future__ import annotations

import os
import sys

import torch
from torch import nn

from export import export_onnx, write_json
from sam import CELL, HIDDEN, SIDE, TinySam, config


class VisionEncoder(nn.Module):
    def __init__(self, model: TinySam):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return self.model.encoder(pixel_values), self.model.positions()


class Decoder(nn.Module):
    """One prompt of any number of points, none included, and one box. With the flag that Meta's export has: 1 where there is an earlier mask."""

    def __init__(self, model: TinySam):
        super().__init__()
        self.model = model

    def forward(self, points, labels, boxes, mask_input, has_mask_input, embeddings, positions):
        encoder = self.model.prompt_encoder
        corners = encoder._embed_boxes(boxes).reshape(1, 1, 2, HIDDEN)
        tokens = torch.cat([encoder._embed_points(points, labels, pad=False), corners], 2)
        none = encoder.no_mask_embed.weight.reshape(1, -1, 1, 1)
        dense = has_mask_input * encoder.mask_embed(mask_input) + (1 - has_mask_input) * none
        masks, scores = self.model.masks(embeddings, positions, tokens, dense)
        return scores, masks


INPUTS = ["input_points", "input_labels", "input_boxes", "mask_input", "has_mask_input", "image_embeddings", "image_positional_embeddings"]


def main(checkpoint: str, folder: str, size: str | None = None) -> None:
    side = int(size or SIDE)
    model = TinySam(side)
    model.load_state_dict(torch.load(checkpoint)["model"])
    model.eval()
    onnx = f"{folder}/onnx"
    pixels, mask_side = torch.randn(1, 3, side, side), 4 * side // CELL
    export_onnx(VisionEncoder(model), (pixels,), f"{onnx}/vision_encoder.onnx", ["pixel_values"], ["image_embeddings", "image_positional_embeddings"], {})
    with torch.no_grad():
        features = VisionEncoder(model)(pixels)
    prompt = (torch.rand(1, 1, 2, 2) * side, torch.ones(1, 1, 2, dtype=torch.long), torch.tensor([[[0.0, 0.0, side, side]]]))
    earlier = (torch.randn(1, 1, mask_side, mask_side), torch.ones(1))
    points = {2: "nb_points_per_image"}
    export_onnx(
        Decoder(model), (*prompt, *earlier, *features), f"{onnx}/prompt_encoder_mask_decoder.onnx", INPUTS, ["iou_scores", "pred_masks"],
        dict(input_points=points, input_labels=points),
    )
    c = config(side)
    write_json(
        f"{folder}/config.json",
        dict(
            architectures=["SamModel"], model_type="sam",
            vision_config=dict(image_size=side, patch_size=CELL, hidden_size=HIDDEN, output_channels=HIDDEN),
            prompt_encoder_config=dict(hidden_size=HIDDEN, image_size=side, patch_size=CELL, mask_input_channels=c.prompt_encoder_config.mask_input_channels),
            mask_decoder_config=dict(
                hidden_size=HIDDEN, mlp_dim=c.mask_decoder_config.mlp_dim, num_hidden_layers=c.mask_decoder_config.num_hidden_layers,
                num_attention_heads=c.mask_decoder_config.num_attention_heads, iou_head_hidden_dim=c.mask_decoder_config.iou_head_hidden_dim,
            ),
        ),
    )
    write_json(
        f"{folder}/preprocessor_config.json",
        dict(
            image_processor_type="SamImageProcessor", processor_class="SamProcessor", do_resize=True, do_rescale=True, do_normalize=True, do_pad=True,
            rescale_factor=1 / 255, resample=2, size=dict(longest_edge=side), pad_size=dict(height=side, width=side),
            image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225],
        ),
    )
    total = sum(os.path.getsize(f"{onnx}/{name}") for name in os.listdir(onnx))
    print(f"{folder}: {total / 1e6:.2f} MB, {sum(p.numel() for p in model.parameters())} parameters")


if __name__ == "__main__":
    main(*sys.argv[1:])
