"""Train the tiny Depth Anything on drawn scenes, write its folder, and score it.

    python3 models/train/train_depth.py --data DIR --out models/tiny-depth --minutes 20 --seed 1

The truth is the drawer's nearness: surfaces that run away from the viewer and, on them, the things that stand there.
The score is the share of pairs of things of a scene (still lifes, landscapes, jumbles) whose order in depth comes out right.
"""

from __future__ import annotations

import argparse
import copy
import math
import os
import time

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F

from dataset import load
from depth_anything import DepthAnything, DepthConfig
from export import export_onnx, write_json
from train_clipseg import MEAN, STD


def batch(data, index, side: int, generator: np.random.Generator):
    rgb = np.empty((len(index), side, side, 3), np.uint8)
    near = np.empty((len(index), side, side), np.uint8)
    for k, i in enumerate(index):
        # Crops stay near the full height: where the ground meets the image's foot is a clue to depth.
        y, x = generator.integers(0, data["rgb"].shape[1] - side + 1, 2)
        flip = slice(None, None, -1) if generator.random() < 0.5 else slice(None)
        rgb[k] = data["rgb"][i, y : y + side, x : x + side][:, flip]
        near[k] = data["near"][i, y : y + side, x : x + side][:, flip]
    pixels = torch.from_numpy(rgb).permute(0, 3, 1, 2).float()
    pixels = (pixels - 128) * torch.empty(len(index), 1, 1, 1).uniform_(0.88, 1.12) + 128 + torch.empty(len(index), 3, 1, 1).uniform_(-7, 7)
    return ((pixels - MEAN) / STD).contiguous(), torch.from_numpy(near).float() / 255


def work(rank: int, a) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{a.port}", rank=rank, world_size=a.processes)
    torch.manual_seed(a.seed)
    model = DepthAnything()
    average = copy.deepcopy(model)
    parameters = list(model.parameters())
    optimiser = torch.optim.AdamW(parameters, lr=a.rate, betas=(0.9, 0.98), weight_decay=0.02)
    torch.manual_seed(a.seed * 100 + rank)
    generator = np.random.default_rng([a.seed, rank])
    data = load(a.data)
    began, step, order, smooth, count = time.time(), 0, [], None, a.batch
    while True:
        progress = torch.tensor([(time.time() - began) / (60 * a.minutes)])
        dist.broadcast(progress, 0)
        progress = progress.item()
        if progress >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = a.rate * min(1, (step + 1) / 100) * (0.5 * (1 + math.cos(math.pi * progress)) + 0.01)
        if len(order) < count:
            order = generator.permutation(len(data["rgb"])).tolist()
        pixels, truth = batch(data, [order.pop() for _ in range(count)], model.c.image, generator)
        got = model(pixels)
        error = got - truth
        loss = error.abs().mean()
        for size in (1, 4):  # edges, fine and coarse
            e = F.avg_pool2d(error[:, None], size) if size > 1 else error[:, None]
            loss = loss + 0.5 * ((e[..., 1:] - e[..., :-1]).abs().mean() + (e[:, :, 1:] - e[:, :, :-1]).abs().mean())
        optimiser.zero_grad()
        loss.backward()
        grads = torch.cat([p.grad.flatten() for p in parameters])
        dist.all_reduce(grads)
        grads /= a.processes
        grads *= min(1.0, 1.0 / (float(grads.norm()) + 1e-6))
        offset = 0
        for p in parameters:
            p.grad = grads[offset : offset + p.numel()].view_as(p).clone()
            offset += p.numel()
        optimiser.step()
        step += 1
        with torch.no_grad():
            for mean, p in zip(average.parameters(), model.parameters()):
                mean.lerp_(p, 1 - min(0.997, step / (step + 20)))
        value = error.abs().mean().item()
        smooth = value if smooth is None else 0.98 * smooth + 0.02 * value
        if rank == 0 and step % 100 == 0:
            print(f"{time.time() - began:6.0f} s  step {step}  {step * count * a.processes} images  mean error {smooth:.4f}", flush=True)
    if rank == 0:
        export(average, a.out)


def export(model: DepthAnything, folder: str) -> None:
    c: DepthConfig = model.c
    path = f"{folder}/onnx/model.onnx"
    axes = dict(pixel_values={0: "batch_size"}, predicted_depth={0: "batch_size"})
    export_onnx(model, (torch.randn(1, 3, c.image, c.image),), path, ["pixel_values"], ["predicted_depth"], axes)
    stages = [f"stage{k + 1}" for k in range(c.layers)]
    write_json(
        f"{folder}/config.json",
        dict(
            architectures=["DepthAnythingForDepthEstimation"], model_type="depth_anything",
            backbone_config=dict(
                model_type="dinov2", architectures=["Dinov2Model"], hidden_size=c.hidden, num_hidden_layers=c.layers,
                num_attention_heads=c.heads, mlp_ratio=4, image_size=c.image, patch_size=c.patch, num_channels=3,
                out_features=stages, out_indices=list(range(1, c.layers + 1)), stage_names=["stem", *stages], reshape_hidden_states=False,
            ),
            patch_size=c.patch, reassemble_hidden_size=c.hidden, reassemble_factors=[4, 2, 1, 0.5], neck_hidden_sizes=list(c.neck),
            fusion_hidden_size=c.fusion, head_in_index=-1, head_hidden_size=c.head, depth_estimation_type="relative", max_depth=1,
        ),
    )
    write_json(
        f"{folder}/preprocessor_config.json",
        dict(
            image_processor_type="DPTImageProcessor", do_resize=True, do_rescale=True, do_normalize=True, do_pad=False,
            rescale_factor=1 / 255, resample=2, size=dict(height=c.image, width=c.image), keep_aspect_ratio=False,
            ensure_multiple_of=c.patch, image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225],
        ),
    )
    print(f"{path}: {os.path.getsize(path) / 1e6:.2f} MB, {sum(p.numel() for p in model.parameters())} parameters")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, help="folder written by dataset.py")
    parser.add_argument("--out", required=True, help="folder for transformers.js")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--port", type=int, default=29541)
    a = parser.parse_args()
    torch.multiprocessing.spawn(work, (a,), nprocs=a.processes)


if __name__ == "__main__":
    main()
