"""Train the tiny CLIPSeg on drawn scenes.

    python3 models/train/train_clipseg.py --data DIR --out clipseg.pt --minutes 80 --seed 1

Two stages. First words are aligned with patches: how much of each patch does a phrase cover, according to the decoder's own
reduction and modulation layers, on many small crops; training the decoder from nothing hardly moves. Then the whole
decoder learns masks, on crops and whole images in turn and at last on whole images only. Two processes with one thread each average their gradients. What is kept is the
moving average of the weights.
"""

from __future__ import annotations

import argparse
import copy
import math
import os
import random
import time

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn

import tokenizer
from clipseg import ClipSeg, Config, TextConfig, VisionConfig
from dataset import load, scene_square
from words import COLORS, THINGS, UNSEEN_WORDS, absent, phrase, present, truth

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1) * 255
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1) * 255
HELD_OUT = 10_000_000  # seeds from here on are never trained on


def new_model(image: int) -> ClipSeg:
    return ClipSeg(Config(text=TextConfig(vocabulary=len(tokenizer.VOCAB)), vision=VisionConfig(image=image)))


def side_of(state: dict) -> int:
    """The side of the images that the model of a saved state takes."""
    places = state["clip.vision_model.embeddings.position_embedding.weight"].shape[0] - 1
    return math.isqrt(places) * VisionConfig.patch


def for_side(state: dict, image: int) -> dict:
    """The weights of a model for images of another side: the learned positions are spread over the new grid."""
    name = "clip.vision_model.embeddings.position_embedding.weight"
    old, new = side_of(state) // VisionConfig.patch, image // VisionConfig.patch
    grid = state[name][1:].T.reshape(1, -1, old, old)
    spread = F.interpolate(grid, (new, new), mode="bicubic", align_corners=False).flatten(2)[0].T
    return {**state, name: torch.cat([state[name][:1], spread])}


def areas(instance, color, table):
    size = instance.size
    return np.bincount(instance.ravel(), minlength=len(table)) / size, np.bincount(color.ravel(), minlength=len(COLORS) + 1) / size


def choose(table, area, color_area, rnd: random.Random, count: int, least: float):
    """Queries for one image: some 58 % present, things and color + thing more often than the rest."""
    found = present(table, area, color_area, least)
    weight = {"thing": 1.0, "color thing": 0.9, "color": 0.7, "fruit": 0.6}
    queries = []
    for _ in range(count):
        if found and rnd.random() < 0.58:
            queries.append(rnd.choices(found, [weight[q.kind] for q in found])[0])
        else:
            queries.append(absent(table, area, color_area, rnd))
    return queries


class Batch:
    """Images, phrases and truth. `crop` is the side of the square cut from each scene, `side` what it is reduced to;
    `small` crops are cut around something."""

    def __init__(self, data, index, rnd: random.Random, phrases: int, crop: int, side: int, least: float, small: bool):
        n, step, whole_side = len(index), crop // side, data["rgb"].shape[1]
        rgb = np.empty((n, crop, crop, 3), np.uint8)
        self.instance, self.color = np.empty((n, side, side), np.uint8), np.empty((n, side, side), np.uint8)
        self.table = data["table"][index].astype(np.int64)
        targets, keep, texts = [], [], []
        for k, i in enumerate(index):
            if small and rnd.random() < 0.85:  # around a pixel of some instance, small ones as often as large ones
                whole = data["instance"][i]
                spots = np.flatnonzero(whole == rnd.choice(np.unique(whole).tolist()))
                spot = int(spots[rnd.randrange(len(spots))])
                y, x = spot // whole_side - rnd.randint(crop // 4, 3 * crop // 4), spot % whole_side - rnd.randint(crop // 4, 3 * crop // 4)
            else:
                y, x = rnd.randint(0, whole_side - crop), rnd.randint(0, whole_side - crop)
            y, x = min(max(y, 0), whole_side - crop), min(max(x, 0), whole_side - crop)
            flip = slice(None, None, -1) if rnd.random() < 0.5 else slice(None)
            rgb[k] = data["rgb"][i, y : y + crop, x : x + crop][:, flip]
            inst = self.instance[k] = data["instance"][i, y : y + crop, x : x + crop][step // 2 :: step, step // 2 :: step][:, flip]
            col = self.color[k] = data["color"][i, y : y + crop, x : x + crop][step // 2 :: step, step // 2 :: step][:, flip]
            table = self.table[k]
            for query in choose(table, *areas(inst, col, table), rnd, phrases, least):
                mask, unclear = truth(query, inst, col, table)
                targets.append(mask)
                keep.append(~unclear)
                texts.append(phrase(query, rnd))
        pixels = torch.from_numpy(rgb).permute(0, 3, 1, 2).float()
        if step > 1:
            pixels = F.avg_pool2d(pixels, step)
        pixels = (pixels - 128) * torch.empty(n, 1, 1, 1).uniform_(0.88, 1.12) + 128 + torch.empty(n, 3, 1, 1).uniform_(-7, 7)
        self.pixels = ((pixels - MEAN) / STD).contiguous()
        self.target = torch.from_numpy(np.stack(targets)).float()
        self.keep = torch.from_numpy(np.stack(keep)).float()
        unique = sorted(set(texts))
        ids, mask = tokenizer.encode(unique)
        self.ids, self.mask = torch.tensor(ids), torch.tensor(mask)
        where = {t: k for k, t in enumerate(unique)}
        self.text = torch.tensor([where[t] for t in texts])

    def attributes(self, patch: int):
        """The share of each patch that each thing and each color covers: [N, patches, things + colors]."""
        instance, color = self.instance[:, ::2, ::2], self.color[:, ::2, ::2]  # every fourth pixel tells enough
        n, side, _ = instance.shape
        thing = np.take_along_axis(self.table[:, :, 0], instance.reshape(n, -1).astype(np.int64), 1).reshape(n, side, side)
        thing = np.where((thing < 0) | (thing >= len(THINGS)), -1, thing)
        hits = np.concatenate([thing[..., None] == np.arange(len(THINGS)), color[..., None] == np.arange(len(COLORS)) + 1], -1)
        step = patch // 2
        share = hits.reshape(n, side // step, step, side // step, step, -1).mean((2, 4), dtype=np.float32)
        return torch.from_numpy(share.reshape(n, (side // step) ** 2, -1))


def weighted(loss, keep):
    return (loss * keep).sum() / keep.sum().clamp(min=1)


def held_out(count: int, side: int):
    """Scenes no training seed draws, at the model's own size."""
    scenes = [scene_square(HELD_OUT + k, side) for k in range(count)]
    return [(rgb, inst, col, table.astype(np.int64)) for rgb, inst, col, _, table in scenes]


@torch.no_grad()
def evaluate(model: ClipSeg, scenes, seed: int = 3) -> str:
    """A quick look: mean IoU over present queries by kind, and how often absent ones select more than 0.5 %."""
    model.eval()
    by_kind: dict[str, list[float]] = {}
    wrong = []
    for k, (rgb, inst, col, table) in enumerate(scenes):
        rnd = random.Random(seed * 1000 + k)
        area, color_area = areas(inst, col, table)
        queries = present(table, area, color_area, 0.004)
        queries += [absent(table, area, color_area, rnd, UNSEEN_WORDS) for _ in range(5)]
        ids, mask = tokenizer.encode([phrase(q, rnd, plain=True) for q in queries])
        pixels = (torch.from_numpy(rgb.copy()).permute(2, 0, 1)[None].float() - MEAN) / STD
        got = (model(torch.tensor(ids), pixels, torch.tensor(mask)) > 0).numpy()
        for q, g in zip(queries, got):
            t, unclear = truth(q, inst, col, table)
            if t.any():
                g = g & ~unclear
                by_kind.setdefault(q.kind, []).append((g & t).sum() / (g | t).sum())
            else:
                wrong.append((g & ~unclear).mean() > 0.005)
    model.train()
    everything = [v for values in by_kind.values() for v in values]
    kinds = " ".join(f"{k} {np.mean(v):.3f} ({len(v)})" for k, v in sorted(by_kind.items()))
    return f"mean IoU {np.mean(everything):.3f} | {kinds} | absent {np.mean(wrong):.3f} ({len(wrong)})"


def work(rank: int, a) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{a.port}", rank=rank, world_size=a.processes)
    torch.manual_seed(a.seed)
    model = new_model(a.image)
    attribute_head = nn.Linear(model.c.vision.hidden, len(THINGS) + len(COLORS))
    scale = nn.Parameter(torch.tensor([1.0, -2.0]))
    start = 0.0
    if a.resume:
        saved = torch.load(a.resume)
        model.load_state_dict(for_side(saved["raw"], a.image))
        attribute_head.load_state_dict(saved["head"])
        scale.data.copy_(saved["scale"])
        start = saved["progress"] if a.start is None else a.start
    average = copy.deepcopy(model)
    if a.resume:
        average.load_state_dict(for_side(saved["model"], a.image))
    # In the second stage what the first has learnt moves slowly: noisy gradients through a raw decoder would undo it.
    fresh = {id(p) for part in (model.decoder.layers, model.decoder.transposed_convolution) for p in part.parameters()}
    parameters = [*model.parameters(), *attribute_head.parameters(), scale]
    groups = [
        dict(params=[p for p in parameters if (id(p) in fresh) == new and (p.ndim > 1) == matrix], weight_decay=0.02 if matrix else 0.0, new=new)
        for new in (False, True) for matrix in (False, True)
    ]
    optimiser = torch.optim.AdamW(groups, lr=a.rate, betas=(0.9, 0.98))
    torch.manual_seed(a.seed * 100 + rank)
    rnd, shuffle = random.Random(a.seed * 1000 + rank), np.random.default_rng([a.seed, rank])
    data = load(a.data)
    total, patch = len(data["rgb"]), model.c.vision.patch
    whole, half = a.image, a.image // 2
    scenes = held_out(40, whole) if rank == 0 else []
    began, step, seen, order = time.time(), 0, 0, []
    next_save, ema = began + 60 * a.every, {}
    while True:
        progress = torch.tensor([start + (1 - start) * (time.time() - began) / (60 * a.minutes)])
        dist.broadcast(progress, 0)
        progress = progress.item()
        if progress >= 1:
            break
        aligning = progress < a.align
        rate = a.rate * min(1, (step + 1) / (30 if a.resume else 200)) * (0.5 * (1 + math.cos(math.pi * progress)) + 0.01)
        for group in optimiser.param_groups:
            group["lr"] = rate if aligning or group["new"] else 0.3 * rate
        if aligning:
            count, phrases, crop, side = 48, 8, rnd.choice([half, half, whole]), half
            if step % 6 == 5:  # now and then the whole, so that all positions are learnt together
                count, phrases, crop, side = 14, 10, whole, whole
        elif progress < 0.7 and step % 2:  # half of the steps on crops: many more things seen in the same time
            count, phrases, crop, side = 18, 4, half, half
        else:
            count, phrases, crop, side = 5, 5, whole, whole
        if len(order) < count:
            order = shuffle.permutation(total).tolist()
        batch = Batch(data, [order.pop() for _ in range(count)], rnd, phrases, crop, side, 0.012 if side < whole else 0.004, crop == half)
        free = model.c.vision.grid - side // patch
        with torch.autocast("cpu", torch.bfloat16, enabled=a.bf16):
            activations = model.activations(batch.pixels, (rnd.randint(0, free), rnd.randint(0, free)))
            condition = model.condition(batch.ids, batch.mask)[batch.text]
            deep = activations[-1][:, 1:]
            attribute_loss = F.binary_cross_entropy_with_logits(attribute_head(deep).float(), batch.attributes(patch))
            d = model.decoder
            words = d.film_mul(condition).view(count, phrases, -1)
            likeness = d.reduces[0](deep) @ words.transpose(1, 2) * scale[0] + d.film_add(condition).sum(-1).view(count, 1, -1) + scale[1]
            likeness = likeness.float()
            pool = lambda m: F.avg_pool2d(m.view(count, phrases, side, side), patch).flatten(2).transpose(1, 2)  # noqa: E731
            cover = pool(batch.target)
            align_loss = weighted(F.binary_cross_entropy_with_logits(likeness, cover, reduction="none"), pool(batch.keep))
            log = dict(attribute=attribute_loss.item(), align=align_loss.item())
            log["patch IoU"] = (((likeness > 0) & (cover > 0.5)).sum() / ((likeness > 0) | (cover > 0.5)).sum().clamp(min=1)).item()
            if aligning:
                loss = 1.5 * attribute_loss + 3 * align_loss
            else:
                logits = d.train_forward(activations, condition, phrases).float()
                keep = batch.keep
                mask_loss = weighted(F.binary_cross_entropy_with_logits(logits, batch.target, reduction="none"), keep)
                p, t = logits.sigmoid() * keep, batch.target * keep
                mass, size = p.flatten(1).sum(1), t.flatten(1).sum(1)
                there = (size > 0).float()
                dice = 1 - (2 * (p * t).flatten(1).sum(1) + 1) / (mass + size + 1)
                # Absent: how near the selected share is to half a percent of the image, the limit it is judged by.
                spill = mass / (mass + 0.005 * side * side)
                dice_loss, spill_loss = (dice * there).mean(), (spill * (1 - there)).mean()
                loss = 0.5 * attribute_loss + 0.7 * align_loss + mask_loss + 0.6 * dice_loss + 0.3 * spill_loss
                log.update(mask=mask_loss.item(), dice=(dice_loss / there.mean().clamp(min=0.01)).item(), spill=(spill_loss / (1 - there).mean().clamp(min=0.01)).item())
        optimiser.zero_grad()
        loss.backward()
        grads = torch.cat([(p.grad if p.grad is not None else torch.zeros_like(p)).flatten() for p in parameters])
        dist.all_reduce(grads)
        grads /= a.processes
        grads *= min(1.0, 1.0 / (float(grads.norm()) + 1e-6))
        offset = 0
        for p in parameters:
            p.grad = grads[offset : offset + p.numel()].view_as(p).clone()
            offset += p.numel()
        optimiser.step()
        step += 1
        seen += count * a.processes
        with torch.no_grad():
            keep_share = min(0.998, step / (step + 20))
            for mean, p in zip(average.parameters(), model.parameters()):
                mean.lerp_(p, 1 - keep_share)
        for k, v in log.items():
            ema[k] = v if k not in ema else 0.98 * ema[k] + 0.02 * v
        if rank == 0 and step % 100 == 0:
            numbers = " ".join(f"{k} {v:.4f}" for k, v in ema.items())
            print(f"{time.time() - began:6.0f} s  step {step}  {seen} images  {progress:.3f}  {numbers}", flush=True)
        if rank == 0 and time.time() > next_save:
            save(a.out, model, average, attribute_head, scale, step, seen, progress)
            if not aligning:
                print("    held out:", evaluate(average, scenes), flush=True)
            next_save = time.time() + 60 * a.every
    if rank == 0:
        save(a.out, model, average, attribute_head, scale, step, seen, 1.0)
        print(f"end: {step} steps, {seen} images, {(time.time() - began) / 60:.1f} min; held out: {evaluate(average, scenes)}", flush=True)


def save(path, model, average, head, scale, step, seen, progress) -> None:
    state = dict(model=average.state_dict(), raw=model.state_dict(), head=head.state_dict(), scale=scale.data, step=step, seen=seen, progress=progress)
    torch.save(state, path + ".part")
    os.replace(path + ".part", path)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, help="folder written by dataset.py")
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, default=80)
    parser.add_argument("--image", type=int, default=112, help="side of the images the model takes; a multiple of 16 at most the scenes' side")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--every", type=float, default=4, help="minutes between saves")
    parser.add_argument("--align", type=float, default=0.3, help="share of the time for the first stage")
    parser.add_argument("--resume", help="a saved state to go on from")
    parser.add_argument("--start", type=float, help="progress of the schedule (0..1) at which to go on; as saved when not given")
    parser.add_argument("--bf16", action="store_true", help="multiply in bfloat16: three times as fast where the processor has AMX")
    parser.add_argument("--port", type=int, default=29531)
    a = parser.parse_args()
    torch.multiprocessing.spawn(work, (a,), nprocs=a.processes)


if __name__ == "__main__":
    main()
