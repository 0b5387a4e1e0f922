import { expect, it } from 'vitest';
import type { MaskPrompt } from '../../../src/models/sam/promptable-segmenter.js';
import { createHeatmap, createRaster } from '../../../src/raster/index.js';
import { refineByModel } from '../../../src/sources/interaction/refine-by-model.js';
import type { SourceSettings } from '../../../src/sources/source.js';

const SIDE = 40;
const raster = (): ReturnType<typeof createRaster> => createRaster(SIDE, SIDE, 3);

/** 1 in a rectangle, 0 elsewhere. */
function box(left: number, top: number, width: number, height: number): Float32Array {
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    return Number(x >= left && x < left + width && y >= top && y < top + height);
  });
}

/** Settings whose model answers every prompt with the same masks. */
function settingsWith(masks: readonly Float32Array[], prompts: MaskPrompt[] = []): SourceSettings {
  const segmenter = {
    takes: { points: true, boxes: true, masks: false },
    inputSize: () => ({ width: SIDE, height: SIDE }),
    open: () => ({
      segment: async (prompt: MaskPrompt) => {
        prompts.push(prompt);
        return masks.map((data) => ({ heatmap: createHeatmap(SIDE, SIDE, data), logits: data, score: 0 }));
      },
    }),
  };
  const pool = { promptableSegmenter: async () => segmenter };
  return { models: pool, prompt: { threshold: 0.5, fit: 'stretch', refine: 'off' } } as unknown as SourceSettings;
}

/** Two soft instances: one at the left with the peak at (7, 8), one at the right with the peak at (30, 30). */
function detected(): Float32Array {
  const [left, right] = [box(4, 4, 8, 8), box(26, 26, 8, 8)];
  const values = left.map((value, i) => 0.7 * (value + right[i]!));
  values[8 * SIDE + 7] = 0.9;
  values[30 * SIDE + 30] = 0.8;
  return values;
}

it('each instance is asked for by its box and its peak', async () => {
  const prompts: MaskPrompt[] = [];
  await refineByModel(
    'dog',
    createHeatmap(SIDE, SIDE, detected()),
    0.5,
    raster(),
    settingsWith([box(0, 0, 1, 1)], prompts),
  );
  expect(prompts).toEqual([
    { points: [{ x: 7, y: 8 }], box: { x: 4, y: 4, width: 8, height: 8 } },
    { points: [{ x: 30, y: 30 }], box: { x: 26, y: 26, width: 8, height: 8 } },
  ]);
});

it('the mask with the highest IoU replaces the instance, and one that disagrees leaves it as it is', async () => {
  // IoU with the left instance: 64 / 100, and 64 / 1600. With the right one 0, and 64 / 1600.
  const settings = settingsWith([box(0, 0, SIDE, SIDE), box(3, 3, 10, 10)]);
  const { mask, heatmap, warnings } = await refineByModel(
    'dog',
    createHeatmap(SIDE, SIDE, detected()),
    0.5,
    raster(),
    settings,
  );
  const expected = box(3, 3, 10, 10).map((value, i) => Math.max(value, box(26, 26, 8, 8)[i]!));
  expect([...mask.data].map((value) => value / 255)).toEqual([...expected]);
  expect(heatmap.data[3 * SIDE + 3]).toBe(1);
  expect(warnings).toEqual(['dog: edgetam disagrees about 1 of 2 instances, which stays as the heatmap has it']);
});

it('what only the heatmap selected is taken back', async () => {
  const settings = settingsWith([box(4, 4, 8, 6)]);
  const found = createHeatmap(
    SIDE,
    SIDE,
    box(4, 4, 8, 8).map((value) => 0.7 * value),
  );
  const { mask } = await refineByModel('dog', found, 0.5, raster(), settings);
  expect([...mask.data].map((value) => value / 255)).toEqual([...box(4, 4, 8, 6)]);
});

it('nothing is asked where nothing was found', async () => {
  const prompts: MaskPrompt[] = [];
  const { mask } = await refineByModel('dog', createHeatmap(SIDE, SIDE), 0.5, raster(), settingsWith([], prompts));
  expect([prompts, mask.data.some((value) => value > 0)]).toEqual([[], false]);
});
