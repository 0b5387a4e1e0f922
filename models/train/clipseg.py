"""CLIPSeg in plain PyTorch: the architecture and the parameter names of the published model, in small.

One departure: the published decoder upsamples with two transposed convolutions of patch // 4 each, which gives full
resolution for patches of 16 only; for patches of 8 the kernels here are 4 and 2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import nn


@dataclass
class VisionConfig:
    hidden: int = 128
    layers: int = 6
    heads: int = 4
    image: int = 112
    patch: int = 8

    @property
    def grid(self) -> int:
        return self.image // self.patch


@dataclass
class TextConfig:
    vocabulary: int
    hidden: int = 64
    layers: int = 2
    heads: int = 2
    positions: int = 77


@dataclass
class Config:
    text: TextConfig
    vision: VisionConfig = field(default_factory=VisionConfig)
    projection: int = 64
    extract: tuple[int, ...] = (1, 3, 5)
    reduce: int = 64
    decoder_heads: int = 2
    decoder_inner: int = 256


class Attention(nn.Module):
    def __init__(self, size: int, heads: int):
        super().__init__()
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(size, size) for _ in range(4))

    def forward(self, x, mask=None):
        n, t, size = x.shape
        q, k, v = (f(x).view(n, t, self.heads, size // self.heads).transpose(1, 2) for f in (self.q_proj, self.k_proj, self.v_proj))
        scores = (q * (size // self.heads) ** -0.5) @ k.transpose(-1, -2)
        if mask is not None:
            scores = scores + mask
        with torch.autocast("cpu", enabled=False):  # in bfloat16 when training is: the scores are the most there is to move
            shares = scores.softmax(-1)
        return self.out_proj((shares @ v).transpose(1, 2).reshape(n, t, size))


class MLP(nn.Module):
    def __init__(self, size: int, inner: int, relu: bool):
        super().__init__()
        self.fc1, self.fc2, self.relu = nn.Linear(size, inner), nn.Linear(inner, size), relu

    def forward(self, x):
        x = self.fc1(x)
        return self.fc2(F.relu(x) if self.relu else x * torch.sigmoid(1.702 * x))


class Layer(nn.Module):
    """A transformer layer, normalised before (encoders) or after (decoder) its two parts."""

    def __init__(self, size: int, heads: int, inner: int, after: bool = False):
        super().__init__()
        self.after = after
        self.self_attn = Attention(size, heads)
        self.layer_norm1, self.layer_norm2 = nn.LayerNorm(size), nn.LayerNorm(size)
        self.mlp = MLP(size, inner, relu=after)

    def forward(self, x, mask=None):
        if self.after:
            x = self.layer_norm1(x + self.self_attn(x))
            return self.layer_norm2(x + self.mlp(x))
        x = x + self.self_attn(self.layer_norm1(x), mask)
        return x + self.mlp(self.layer_norm2(x))


class VisionEmbeddings(nn.Module):
    def __init__(self, c: VisionConfig):
        super().__init__()
        self.c = c
        self.class_embedding = nn.Parameter(torch.randn(c.hidden) * c.hidden**-0.5)
        self.patch_embedding = nn.Conv2d(3, c.hidden, c.patch, c.patch, bias=False)
        self.position_embedding = nn.Embedding(c.grid**2 + 1, c.hidden)

    def forward(self, pixels, window=(0, 0)):
        """`window`: where a image smaller than the model's lies in the grid of positions (training on crops)."""
        n, _, side, _ = pixels.shape
        p, g = self.c.patch, side // self.c.patch
        if self.training:  # the strided convolution as a product of matrices: much faster backwards on a CPU
            tiles = pixels.view(n, 3, g, p, g, p).permute(0, 2, 4, 1, 3, 5).reshape(n, g * g, -1)
            x = tiles @ self.patch_embedding.weight.flatten(1).t()
        else:
            x = self.patch_embedding(pixels).flatten(2).transpose(1, 2)
        positions = self.position_embedding.weight
        if g != self.c.grid:
            r, q = window
            part = positions[1:].view(self.c.grid, self.c.grid, -1)[r : r + g, q : q + g].reshape(g * g, -1)
            positions = torch.cat([positions[:1], part])
        return torch.cat([self.class_embedding.expand(n, 1, -1), x], 1) + positions


class Vision(nn.Module):
    def __init__(self, c: VisionConfig):
        super().__init__()
        self.embeddings = VisionEmbeddings(c)
        self.pre_layrnorm = nn.LayerNorm(c.hidden)
        self.layers = nn.ModuleList(Layer(c.hidden, c.heads, 4 * c.hidden) for _ in range(c.layers))

    def forward(self, pixels, window=(0, 0)):
        states = [self.pre_layrnorm(self.embeddings(pixels, window))]
        for layer in self.layers:
            states.append(layer(states[-1]))
        return states


class Text(nn.Module):
    def __init__(self, c: TextConfig):
        super().__init__()
        self.token_embedding = nn.Embedding(c.vocabulary, c.hidden)
        self.position_embedding = nn.Embedding(c.positions, c.hidden)
        self.layers = nn.ModuleList(Layer(c.hidden, c.heads, 4 * c.hidden) for _ in range(c.layers))
        self.final_layer_norm = nn.LayerNorm(c.hidden)
        self.register_buffer("causal", torch.full((c.positions, c.positions), -1e9).triu(1), persistent=False)

    def forward(self, ids, attention_mask):
        length = ids.shape[1]
        x = self.token_embedding(ids) + self.position_embedding.weight[:length]
        mask = self.causal[:length, :length] + (1 - attention_mask[:, None, None].to(x.dtype)) * -1e9
        for layer in self.layers:
            x = layer(x, mask)
        # End-of-text has the highest id: its first place is where the text is read off.
        return self.final_layer_norm(x)[torch.arange(x.shape[0]), ids.to(torch.int32).argmax(-1)]


class Clip(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.text_model, self.vision_model = Text(c.text), Vision(c.vision)
        self.text_projection = nn.Linear(c.text.hidden, c.projection, bias=False)


class Decoder(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        r = c.reduce
        self.c = c
        self.film_mul, self.film_add = nn.Linear(c.projection, r), nn.Linear(c.projection, r)
        self.transposed_convolution = nn.Sequential(
            nn.Conv2d(r, r, 3, padding=1), nn.ReLU(),
            nn.ConvTranspose2d(r, r // 2, c.vision.patch // 2, c.vision.patch // 2), nn.ReLU(),
            nn.ConvTranspose2d(r // 2, 1, 2, 2),
        )
        self.reduces = nn.ModuleList(nn.Linear(c.vision.hidden, r) for _ in c.extract)
        self.layers = nn.ModuleList(Layer(r, c.decoder_heads, c.decoder_inner, after=True) for _ in c.extract)

    def mix(self, reduced, condition):
        """The decoder's transformer over reduced activations, deepest first; the phrase enters at the first layer."""
        out = None
        for i, (z, layer) in enumerate(zip(reduced, self.layers)):
            out = z if out is None else z + out
            if i == 0:
                out = self.film_mul(condition)[:, None] * out + self.film_add(condition)[:, None]
            out = layer(out)
        return out[:, 1:]

    def forward(self, activations, condition):
        """One image or as many as there are phrases."""
        x = self.mix([f(a) for f, a in zip(self.reduces, activations[::-1])], condition)
        g = self.c.vision.grid
        return self.transposed_convolution(x.permute(0, 2, 1).reshape(-1, self.c.reduce, g, g)).squeeze(1)

    def train_forward(self, activations, condition, phrases: int):
        """The same numbers for `phrases` phrases a image, in operations that are fast on a CPU."""
        x = self.mix([f(a).repeat_interleave(phrases, 0) for f, a in zip(self.reduces, activations[::-1])], condition)
        n, g, r = x.shape[0], int(math.sqrt(x.shape[1])), self.c.reduce
        conv, _, up1, _, up2 = self.transposed_convolution
        x = F.relu(conv(x.permute(0, 2, 1).reshape(n, r, g, g))).permute(0, 2, 3, 1).reshape(-1, r)
        # Kernels are as large as their strides, so each output pixel belongs to one place of the grid: products of matrices.
        k, inner = up1.kernel_size[0], up1.out_channels
        y = torch.addmm(up1.bias.repeat(k * k), x, up1.weight.permute(0, 2, 3, 1).reshape(r, -1))
        y = torch.addmm(up2.bias.expand(4), F.relu(y).view(-1, inner), up2.weight.view(inner, 4))
        return y.view(n, g, g, k, k, 2, 2).permute(0, 1, 3, 5, 2, 4, 6).reshape(n, g * k * 2, g * k * 2)


class ClipSeg(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c, self.clip, self.decoder = c, Clip(c), Decoder(c)
        for m in self.modules():
            if isinstance(m, nn.Embedding):
                nn.init.normal_(m.weight, std=0.02)
            elif isinstance(m, nn.Linear):
                nn.init.xavier_uniform_(m.weight)
                if m.bias is not None:
                    nn.init.zeros_(m.bias)
        with torch.no_grad():  # the decoder starts as: features times phrase, passed through
            nn.init.eye_(self.decoder.film_mul.weight)
            nn.init.zeros_(self.decoder.film_add.weight)
            for layer in self.decoder.layers:
                layer.self_attn.out_proj.weight.mul_(0.1)
                layer.mlp.fc2.weight.mul_(0.1)

    def activations(self, pixels, window=(0, 0)):
        states = self.clip.vision_model(pixels, window)
        return [states[i + 1] for i in self.c.extract]

    def condition(self, ids, attention_mask):
        return self.clip.text_projection(self.clip.text_model(ids, attention_mask))

    def forward(self, input_ids, pixel_values, attention_mask):
        return self.decoder(self.activations(pixel_values), self.condition(input_ids, attention_mask))
