"""A tiny Segment Anything: SAM's prompt encoder and mask decoder, as transformers has them, on a small convolutional encoder.

The published image encoder is a vision transformer; as in MobileSAM and EdgeSAM a smaller network takes its place here. It gives what
the decoder expects: an embedding of 64 channels for each cell of 8 x 8 pixels, at a quarter of the resolution of the masks.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn
from transformers import SamConfig
from transformers.models.sam.modeling_sam import SamMaskDecoder, SamPromptEncoder

SIDE, CELL, HIDDEN = 208, 8, 64
PLACES = 13  # learned positions along an edge, for cells of 16 pixels; spread over the grid of other sizes
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1) * 255
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1) * 255


def config(side: int = SIDE) -> SamConfig:
    return SamConfig(
        # The encoder's own settings are not used: these give the size of the grid and the frequencies of positions.
        vision_config=dict(hidden_size=HIDDEN, output_channels=HIDDEN, image_size=side, patch_size=CELL, num_pos_feats=HIDDEN // 2, num_hidden_layers=1, num_attention_heads=1),
        prompt_encoder_config=dict(hidden_size=HIDDEN, image_size=side, patch_size=CELL, mask_input_channels=8),
        mask_decoder_config=dict(hidden_size=HIDDEN, mlp_dim=2 * HIDDEN, num_hidden_layers=2, num_attention_heads=4, iou_head_hidden_dim=HIDDEN),
        attn_implementation="eager",
    )


def conv(inner: int, outer: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inner, outer, 3, stride, 1, bias=False), nn.BatchNorm2d(outer), nn.ReLU(inplace=True))


class Residual(nn.Module):
    def __init__(self, size: int):
        super().__init__()
        self.body = nn.Sequential(conv(size, size), nn.Conv2d(size, size, 3, 1, 1, bias=False), nn.BatchNorm2d(size))

    def forward(self, x):
        return F.relu(x + self.body(x))


class Attention(nn.Module):
    """A transformer layer over the cells of the coarsest map: what belongs to a thing is seen from afar."""

    def __init__(self, size: int, heads: int = 4):
        super().__init__()
        self.heads, self.norm1, self.norm2 = heads, nn.LayerNorm(size), nn.LayerNorm(size)
        self.qkv, self.out = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.mlp = nn.Sequential(nn.Linear(size, 2 * size), nn.ReLU(), nn.Linear(2 * size, size))

    def forward(self, x):
        n, t, size = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(n, t, 3, self.heads, size // self.heads).permute(2, 0, 3, 1, 4)
        shares = ((q * (size // self.heads) ** -0.5) @ k.transpose(-1, -2)).softmax(-1)
        x = x + self.out((shares @ v).transpose(1, 2).reshape(n, t, size))
        return x + self.mlp(self.norm2(x))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.quarter = nn.Sequential(conv(3, 16, 2), conv(16, 32, 2), Residual(32))
        self.eighth = nn.Sequential(conv(32, 64, 2), Residual(64), Residual(64))
        self.sixteenth = nn.Sequential(conv(64, 128, 2), Residual(128))
        self.positions = nn.Parameter(torch.randn(1, 128, PLACES, PLACES) * 0.02)
        self.context = nn.Sequential(Attention(128), Attention(128))
        self.from_sixteenth = nn.Conv2d(128, HIDDEN, 1)
        self.from_quarter = nn.Conv2d(32 * 4, HIDDEN, 1)
        self.merge = nn.Sequential(Residual(64), nn.Conv2d(64, HIDDEN, 3, 1, 1))

    def forward(self, pixels):
        fine = self.quarter(pixels)
        middle = self.eighth(fine)
        coarse = self.sixteenth(middle)
        n, size, h, w = coarse.shape
        places = self.positions if (h, w) == (PLACES, PLACES) else F.interpolate(self.positions, size=(h, w), mode="bilinear", align_corners=False)
        tokens = self.context((coarse + places).flatten(2).transpose(1, 2))
        coarse = self.from_sixteenth(tokens.transpose(1, 2).reshape(n, size, h, w))
        x = middle + F.interpolate(coarse, scale_factor=2, mode="nearest") + self.from_quarter(F.pixel_unshuffle(fine, 2))
        return self.merge(F.relu(x))


class TinySam(nn.Module):
    """For images of `side` pixels, a multiple of 16. The weights fit every side."""

    def __init__(self, side: int = SIDE):
        super().__init__()
        c = config(side)
        self.side, self.grid = side, side // CELL
        self.encoder = Encoder()
        self.prompt_encoder = SamPromptEncoder(c)
        # The scale of the paper's code, at which a click is encoded like its cell; the default of the class is for loading weights.
        nn.init.normal_(self.prompt_encoder.shared_embedding.positional_embedding)
        self.mask_decoder = SamMaskDecoder(c.mask_decoder_config)

    def positions(self) -> torch.Tensor:
        """The encoding of the places of cells: [1, 64, grid, grid]. As `SamModel.get_image_wide_positional_embeddings`."""
        step = (torch.arange(self.grid) + 0.5) / self.grid
        y, x = torch.meshgrid(step, step, indexing="ij")
        return self.prompt_encoder.shared_embedding(torch.stack([x, y], -1)).permute(2, 0, 1)[None]

    def decode(self, embeddings, points, labels, boxes, masks=None):
        """Logits [N, P, 3, mask side, mask side] and scores [N, P, 3] for P prompts an image.

        points [N, P, K, 2] in pixels, labels [N, P, K] (1 on the thing, 0 outside, -10 no point), boxes [N, P, 4]: the whole image where
        there is none. masks [N, P, mask side, mask side]: logits of an earlier answer.
        """
        encoder, (n, p) = self.prompt_encoder, boxes.shape[:2]
        tokens = torch.cat([encoder._embed_points(points, labels, pad=False), encoder._embed_boxes(boxes.reshape(n * p, 1, 4)).reshape(n, p, 2, HIDDEN)], 2)
        if masks is None:
            dense = encoder.no_mask_embed.weight.view(1, -1, 1, 1).expand(n * p, -1, self.grid, self.grid)
        else:
            dense = encoder.mask_embed(masks.reshape(n * p, 1, 4 * self.grid, 4 * self.grid))
        return self.masks(embeddings, self.positions(), tokens, dense)

    def masks(self, embeddings, positions, tokens, dense):
        """The mask decoder. One prompt an "image": every prompt has a mask of its own."""
        n, p = tokens.shape[:2]
        repeated = embeddings.repeat_interleave(p, 0)
        logits, scores = self.mask_decoder(repeated, positions.expand(n * p, -1, -1, -1), tokens.reshape(n * p, 1, -1, HIDDEN), dense, True)[:2]
        return logits.reshape(n, p, *logits.shape[2:]), scores.reshape(n, p, -1)
