import { expect, it } from 'vitest';
import type { MaskPrompt } from '../../../src/models/sam/promptable-segmenter.js';
import { createHeatmap, createRaster } from '../../../src/raster/index.js';
import { openModelSegmenter } from '../../../src/sources/interaction/model-segmenter.js';
import type { SourceSettings } from '../../../src/sources/source.js';

const SIDE = 8;
const BOX = { x: 2, y: 2, width: 4, height: 4 };
const SEEDS = {
  points: [
    { x: 3, y: 3 },
    { x: 0, y: 0, include: false },
  ],
  boxes: [BOX],
};

/** A model that takes some kinds of prompts, and notes those that it is asked for. */
async function openWith(takes: { points: boolean; boxes: boolean }) {
  const prompts: MaskPrompt[] = [];
  const data = new Float32Array(SIDE * SIDE).fill(1);
  const segmenter = {
    takes: { ...takes, masks: false },
    inputSize: () => ({ width: SIDE, height: SIDE }),
    open: () => ({
      segment: async (prompt: MaskPrompt) => {
        prompts.push(prompt);
        return [{ heatmap: createHeatmap(SIDE, SIDE, data), logits: data, score: 0 }];
      },
    }),
  };
  const models = { promptableSegmenter: async () => segmenter };
  const settings = { models, prompt: { refine: 'off' } } as unknown as SourceSettings;
  return { prompts, opened: await openModelSegmenter('some-sam', createRaster(SIDE, SIDE, 3), settings) };
}

it('a model that takes both gets both, without a warning', async () => {
  const { prompts, opened } = await openWith({ points: true, boxes: true });
  await opened.segment(SEEDS);
  expect(prompts).toEqual([{ box: BOX, points: SEEDS.points }]);
  expect(opened.warningsOf(SEEDS)).toEqual([]);
});

it('a model without boxes gets the points in the box or its middle, and a warning says so', async () => {
  const { prompts, opened } = await openWith({ points: true, boxes: false });
  await opened.segment(SEEDS);
  await opened.segment({ boxes: [BOX] });
  expect(prompts).toEqual([{ points: SEEDS.points }, { points: [{ x: 4, y: 4 }] }]);
  expect(opened.warningsOf(SEEDS)).toEqual([expect.stringMatching(/^some-sam takes points only: .*middle/)]);
  expect(opened.warningsOf({ points: SEEDS.points })).toEqual([]);
});

it('a model without points gets the box, and a warning says that points have no effect', async () => {
  const { prompts, opened } = await openWith({ points: false, boxes: true });
  await opened.segment(SEEDS);
  expect(prompts).toEqual([{ box: BOX }]);
  expect(opened.warningsOf(SEEDS)).toEqual(['some-sam takes boxes only: points and strokes have no effect']);
  await expect(opened.segment({ points: SEEDS.points })).rejects.toMatchObject({
    code: 'USAGE',
    message: 'some-sam takes boxes only',
    hint: expect.stringContaining('--box'),
  });
});
