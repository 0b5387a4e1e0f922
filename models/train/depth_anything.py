"""Depth Anything in plain PyTorch, in small: a DINOv2 backbone and a DPT neck and head.

The published architecture and order of operations, with patches of 8 and a fixed square input.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from clipseg import Attention


@dataclass
class DepthConfig:
    hidden: int = 112
    layers: int = 4
    heads: int = 4
    image: int = 112
    patch: int = 8
    neck: tuple[int, ...] = (32, 64, 112, 112)
    fusion: int = 32
    head: int = 16

    @property
    def grid(self) -> int:
        return self.image // self.patch


class Block(nn.Module):
    """A DINOv2 layer: normalise, transform, scale, add."""

    def __init__(self, size: int, heads: int):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(size, 1e-6), nn.LayerNorm(size, 1e-6)
        self.attention = Attention(size, heads)
        self.fc1, self.fc2 = nn.Linear(size, 4 * size), nn.Linear(4 * size, size)
        self.scale1, self.scale2 = nn.Parameter(torch.ones(size)), nn.Parameter(torch.ones(size))

    def forward(self, x):
        x = x + self.scale1 * self.attention(self.norm1(x))
        return x + self.scale2 * self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Backbone(nn.Module):
    def __init__(self, c: DepthConfig):
        super().__init__()
        self.c = c
        self.cls_token = nn.Parameter(torch.randn(1, 1, c.hidden) * 0.02)
        self.patch_embedding = nn.Conv2d(3, c.hidden, c.patch, c.patch)
        self.position_embeddings = nn.Parameter(torch.randn(1, c.grid**2 + 1, c.hidden) * 0.02)
        self.layers = nn.ModuleList(Block(c.hidden, c.heads) for _ in range(c.layers))
        self.layernorm = nn.LayerNorm(c.hidden, 1e-6)

    def forward(self, pixels):
        n, p, g = pixels.shape[0], self.c.patch, self.c.grid
        if self.training:
            tiles = pixels.view(n, 3, g, p, g, p).permute(0, 2, 4, 1, 3, 5).reshape(n, g * g, -1)
            x = tiles @ self.patch_embedding.weight.flatten(1).t() + self.patch_embedding.bias
        else:
            x = self.patch_embedding(pixels).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(n, 1, -1), x], 1) + self.position_embeddings
        maps = []
        for layer in self.layers:
            x = layer(x)
            maps.append(self.layernorm(x)[:, 1:].transpose(1, 2).reshape(n, self.c.hidden, g, g))
        return maps


class Residual(nn.Module):
    def __init__(self, size: int):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(size, size, 3, padding=1), nn.Conv2d(size, size, 3, padding=1)

    def forward(self, x):
        return x + self.conv2(F.relu(self.conv1(F.relu(x))))


class Fusion(nn.Module):
    def __init__(self, size: int, first: bool):
        super().__init__()
        self.residual1 = None if first else Residual(size)
        self.residual2 = Residual(size)
        self.projection = nn.Conv2d(size, size, 1)

    def forward(self, x, skip=None, size=None):
        if skip is not None:
            x = x + self.residual1(skip)
        x = self.residual2(x)
        size = size or (x.shape[2] * 2, x.shape[3] * 2)
        return self.projection(F.interpolate(x, size=size, mode="bilinear", align_corners=True))


class DepthAnything(nn.Module):
    def __init__(self, c: DepthConfig = DepthConfig()):
        super().__init__()
        self.c = c
        self.backbone = Backbone(c)
        self.projections = nn.ModuleList(nn.Conv2d(c.hidden, n, 1) for n in c.neck)
        a, b, _, d = c.neck
        self.resizes = nn.ModuleList(
            [nn.ConvTranspose2d(a, a, 4, 4), nn.ConvTranspose2d(b, b, 2, 2), nn.Identity(), nn.Conv2d(d, d, 3, 2, 1)]
        )
        self.convs = nn.ModuleList(nn.Conv2d(n, c.fusion, 3, padding=1, bias=False) for n in c.neck)
        self.fusions = nn.ModuleList(Fusion(c.fusion, i == 0) for i in range(4))
        self.head1 = nn.Conv2d(c.fusion, c.fusion // 2, 3, padding=1)
        self.head2 = nn.Conv2d(c.fusion // 2, c.head, 3, padding=1)
        self.head3 = nn.Conv2d(c.head, 1, 1)
        nn.init.constant_(self.head3.bias, 0.3)

    def forward(self, pixel_values):
        """Relative inverse depth [N, H, W]: larger is nearer."""
        maps = [conv(resize(project(m))) for m, project, resize, conv in zip(self.backbone(pixel_values), self.projections, self.resizes, self.convs)]
        x = None
        for i, fusion in enumerate(self.fusions):
            deep = maps[3 - i]
            size = tuple(int(v) for v in maps[2 - i].shape[2:]) if i < 3 else None
            x = fusion(deep, None, size) if x is None else fusion(x, deep, size)
        x = self.head1(x)
        x = F.interpolate(x, size=(self.c.image, self.c.image), mode="bilinear", align_corners=True)
        return F.relu(self.head3(F.relu(self.head2(x)))).squeeze(1)
