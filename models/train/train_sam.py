"""Train the tiny SAM on drawn scenes.

    python3 models/train/train_sam.py --data DIR --out small.pt --minutes 45 --side 112 --stop 0.65
    python3 models/train/train_sam.py --data DIR --out sam.pt --minutes 17 --from small.pt --side 160 --start 0.65

A step of the first run, at 112 x 112 pixels, takes half the time of one of the second.
Every drawn thing of a scene is asked for by a click in it, a box around it, or both; then again with a click where the answer is
most wrong and the answer itself as a mask. Of the three masks the best one counts most, and the score learns the IoU of each. What is kept is
the moving average of the weights. A run that was interrupted is continued from its file.
"""

from __future__ import annotations

import argparse
import copy
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from dataset import load
from sam import CELL, HIDDEN, MEAN, SIDE, STD, TinySam

LEAST = 0.006  # of the image: smaller things are not asked for
MARGIN = 0.015  # of the side, by which the edges of a box are moved


def placed(rgb, instance, side: int, rng):
    """A part of a square scene in a format of its own at the top left of the model's square, as SAM's preprocessing puts it."""
    whole = len(rgb)
    zoom = 1.0 if rng.random() < 0.4 else rng.uniform(0.55, 1.0)
    h, w = (max(48, round(whole * zoom * s)) for s in ((1, 1) if rng.random() < 0.5 else rng.uniform(0.6, 1, 2)))
    y, x = rng.integers(0, whole - h + 1), rng.integers(0, whole - w + 1)
    aspect = w / h * rng.choice([1, 1, 4 / 3, 1.5, 16 / 9, 0.75])
    width, height = (side, max(8, round(side / aspect))) if aspect > 1 else (max(8, round(side * aspect)), side)
    pixels = torch.from_numpy(rgb[y : y + h, x : x + w].copy()).permute(2, 0, 1)[None].float()
    pixels = F.interpolate(pixels, size=(height, width), mode="bilinear", antialias=True, align_corners=False)
    ids = torch.from_numpy(instance[y : y + h, x : x + w].copy())[None, None].float()
    ids = F.interpolate(ids, size=(height, width), mode="nearest-exact")[0, 0].long()
    if rng.random() < 0.5:
        pixels, ids = pixels.flip(3), ids.flip(1)
    pixels = (pixels - 128) * rng.uniform(0.85, 1.15) + 128 + torch.from_numpy(rng.uniform(-8, 8, (1, 3, 1, 1))).float()
    out, names = torch.zeros(3, side, side), torch.full((side, side), 255)
    out[:, :height, :width] = ((pixels - MEAN) / STD)[0]
    names[:height, :width] = ids
    return out, names


def click(region, rng, middle: float):
    """A pixel of a region: most often one that lies deep inside."""
    ys, xs = np.nonzero(region)
    side = len(region)
    tries = rng.integers(0, len(ys), 12 if rng.random() < middle else 1)
    if len(tries) > 1:
        table = np.zeros((side + 1, side + 1), np.int32)
        table[1:, 1:] = region.cumsum(0).cumsum(1)
        r = max(2, round(0.35 * len(ys) ** 0.5))
        top, left = np.maximum(ys[tries] - r, 0), np.maximum(xs[tries] - r, 0)
        bottom, right = np.minimum(ys[tries] + r + 1, side), np.minimum(xs[tries] + r + 1, side)
        depth = table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]
        tries = tries[[depth.argmax()]]
    return xs[tries[0]], ys[tries[0]]


def prompts(names, count: int, rng):
    """Masks of things [count, side, side], clicks, and boxes."""
    ids, sizes = np.unique(names, return_counts=True)
    area = (names < 255).sum()
    known = [i for i, s in zip(ids, sizes) if i < 255 and s >= LEAST * area]
    if not known:
        known = [i for i in ids if i < 255][:1]
    # Small things as often as large ones; each at least once where there are enough prompts.
    chosen = rng.permutation(known)[:count].tolist()
    chosen += rng.choice(known, count - len(chosen)).tolist()
    masks = np.stack([names == i for i in chosen])
    points = np.stack([click(m, rng, 0.7) for m in masks])
    boxes = []
    for m in masks:
        xs, ys = np.flatnonzero(m.any(0)), np.flatnonzero(m.any(1))
        jitter = rng.uniform(-1, 1, 4) * min(MARGIN * len(m), 0.05 * min(len(xs), len(ys)) + 0.5)
        boxes.append(np.clip(np.array([xs[0], ys[0], xs[-1] + 1, ys[-1] + 1]) + jitter, 0, len(names)))
    return masks, points, np.stack(boxes)


def losses(logits, truth, scores):
    """Loss of each mask [N, P, 3], and its IoU."""
    p = logits.sigmoid()
    t = truth[:, :, None].expand_as(p)
    error = F.binary_cross_entropy_with_logits(logits, t, reduction="none")
    share = t.mean((3, 4), keepdim=True)
    # Inside and outside weigh alike for small things too, up to a limit.
    weight = torch.where(t > 0.5, (0.5 / share.clamp(min=0.06)).clamp(max=8), 1.0)
    cross = (error * weight).mean((3, 4))
    dice = 1 - (2 * (p * t).sum((3, 4)) + 1) / (p.sum((3, 4)) + t.sum((3, 4)) + 1)
    with torch.no_grad():
        hit, true = logits > 0, t > 0.5
        iou = (hit & true).sum((3, 4)) / (hit | true).sum((3, 4)).clamp(min=1)
    return cross + dice, iou, (scores - iou) ** 2


def step_loss(logits, truth, scores):
    loss, iou, score = losses(logits, truth, scores)
    total = loss.min(2).values.mean() + 0.3 * loss.mean() + score.mean()
    chosen = scores.argmax(2)
    return total, iou.gather(2, chosen[..., None]).mean().item(), chosen


def edges(names):
    """Where a pixel's right or lower neighbor is another thing: [N, cell * cell, grid, grid]."""
    edge = torch.zeros_like(names, dtype=torch.float32)
    edge[:, :-1] = (names[:, 1:] != names[:, :-1]).float()
    edge[:, :, :-1] = torch.maximum(edge[:, :, :-1], (names[:, :, 1:] != names[:, :, :-1]).float())
    return F.pixel_unshuffle(edge[:, None], CELL)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, nargs="+", help="folders written by dataset.py --side 208; they may still be growing")
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, default=55)
    parser.add_argument("--side", type=int, default=SIDE, help="of the images, a multiple of 16")
    parser.add_argument("--from", dest="source", help="file of an earlier run to start from")
    parser.add_argument("--start", type=float, default=0.0, help="where the schedule of the rate begins")
    parser.add_argument("--stop", type=float, default=1.0, help="where it ends")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--images", type=int, default=8)
    parser.add_argument("--prompts", type=int, default=6, help="for each image")
    parser.add_argument("--every", type=int, default=100, help="steps between saves")
    a = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    side, mask_side = a.side, a.side // 2
    model, edge_head = TinySam(side), nn.Conv2d(HIDDEN, CELL * CELL, 1)
    parameters = [*model.parameters(), *edge_head.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=a.rate, betas=(0.9, 0.98), weight_decay=0.02)
    average, step, before = copy.deepcopy(model), 0, 0.0
    source = a.out if os.path.exists(a.out) else a.source
    if source:
        saved = torch.load(source)
        for part, key in ((model, "raw"), (average, "model"), (edge_head, "edges"), (optimizer, "optimizer")):
            part.load_state_dict(saved[key])
        step, before = saved["step"], saved["seconds"] if source == a.out else 0.0
    data, began, smooth = [load(folder) for folder in a.data], time.time(), {}
    rng = np.random.default_rng([a.seed, step])

    def draw():
        while True:
            folder = data[rng.integers(len(data))]
            i = rng.integers(len(folder["rgb"]))
            if folder["rgb"][i, ::16, ::16].any():  # else it is not drawn yet
                return placed(folder["rgb"][i], folder["instance"][i], side, rng)

    def save() -> None:
        state = dict(model=average.state_dict(), raw=model.state_dict(), edges=edge_head.state_dict(), optimizer=optimizer.state_dict(), step=step, seconds=before + time.time() - began)
        torch.save(state, a.out + ".part")
        os.replace(a.out + ".part", a.out)

    while True:
        done = (before + time.time() - began) / (60 * a.minutes)
        if done >= 1:
            break
        progress = a.start + (a.stop - a.start) * done
        for group in optimizer.param_groups:
            group["lr"] = a.rate * min(1, (step + 1) / 100) * (0.5 * (1 + math.cos(math.pi * progress)) + 0.01)
        scenes = [draw() for _ in range(a.images)]
        pixels, names = torch.stack([s[0] for s in scenes]), torch.stack([s[1] for s in scenes])
        asked = [prompts(n.numpy(), a.prompts, rng) for n in names]
        full = torch.from_numpy(np.stack([m for m, _, _ in asked]))
        truth = F.avg_pool2d(full.float(), side // mask_side)
        points = torch.from_numpy(np.stack([p for _, p, _ in asked])).float()[:, :, None]
        boxes = torch.from_numpy(np.stack([b for _, _, b in asked])).float()
        shape = (a.images, a.prompts)
        kind = rng.random()  # a click, a click and a box, or a box
        if kind < 0.6:
            boxes = torch.tensor([0.0, 0.0, side, side]).expand(*shape, 4)
        elif kind > 0.7:
            points = points[:, :, :0]
        labels = torch.ones(points.shape[:3], dtype=torch.long)
        embeddings = model.encoder(pixels)
        edge_loss = F.binary_cross_entropy_with_logits(edge_head(embeddings), edges(names), pos_weight=torch.tensor(4.0))
        logits, scores = model.decode(embeddings, points, labels, boxes)
        first, first_iou, chosen = step_loss(logits, truth, scores)
        loss, log = first + 0.5 * edge_loss, {"edge": edge_loss.item(), "loss": first.item(), "IoU of clicks" if kind < 0.6 else "of boxes": first_iou}
        if step % 3 == 2:
            earlier = logits.detach().gather(2, chosen[..., None, None, None].expand(-1, -1, 1, mask_side, mask_side))[:, :, 0]
            wrong = (F.interpolate(earlier, size=(side, side), mode="bilinear") > 0) != full
            wrong &= (names < 255)[:, None]
            wrong, more, which = wrong.numpy(), np.zeros((*shape, 1, 2), np.float32), np.full((*shape, 1), -10)
            for i, j in np.ndindex(*shape):
                if wrong[i, j].any():
                    more[i, j, 0] = x, y = click(wrong[i, j], rng, 0.8)
                    which[i, j] = int(full[i, j, y, x])
            points, labels = torch.cat([points, torch.from_numpy(more)], 2), torch.cat([labels, torch.from_numpy(which)], 2)
            logits, scores = model.decode(embeddings, points, labels, boxes, earlier.clamp(-20, 20) if rng.random() < 0.8 else None)
            second, log["after another click"], _ = step_loss(logits, truth, scores)
            loss = loss + second
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        with torch.no_grad():
            share = 1 - min(0.995, step / (step + 20))
            for mean, value in zip(average.state_dict().values(), model.state_dict().values()):
                if value.dtype.is_floating_point:
                    mean.lerp_(value, share)
        for key, value in log.items():
            smooth[key] = value if key not in smooth else 0.97 * smooth[key] + 0.03 * value
        if step % 25 == 0:
            print(f"{before + time.time() - began:6.0f} s  {time.process_time():5.0f} s of processor  step {step}  " + " ".join(f"{k} {v:.4f}" for k, v in smooth.items()), flush=True)
        if step % a.every == 0:
            save()
    save()


if __name__ == "__main__":
    main()
